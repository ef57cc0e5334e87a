"""The page 数据导入: bring ledgers in, look at earlier batches, fetch blank workbooks."""

from __future__ import annotations

import streamlit as st

from dashboard.context import Context
from dashboard.parts import importing_history, importing_templates, importing_upload

SECTIONS = ("upload", "history", "templates")
_SECTION = "_import_section"


def draw(ctx: Context) -> None:
    """Draw the chosen section; the others cost nothing."""
    key = f"import-section-{ctx.language}"
    st.session_state[key] = st.session_state.get(_SECTION, "upload")

    def changed() -> None:
        st.session_state[_SECTION] = st.session_state[key]

    chosen = st.segmented_control(
        ctx.say("import.section"),
        SECTIONS,
        format_func=lambda name: ctx.say(f"import.section_{name}"),
        key=key,
        on_change=changed,
        required=True,
        label_visibility="collapsed",
    )
    {
        "upload": importing_upload.draw,
        "history": importing_history.draw,
        "templates": importing_templates.draw,
    }[chosen or "upload"](ctx)
