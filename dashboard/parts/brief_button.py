"""The way from a page to the brief (一页专报) of what the reader has chosen there."""

from __future__ import annotations

import streamlit as st

from dashboard.context import Context
from dashboard.parts import links


def draw(ctx: Context, *, is_small: bool = False) -> None:
    """Draw a button that leads to the brief, period and district taken along; a small one is a sign alone."""
    st.button(
        "" if is_small else ctx.say("brief.open"),
        key="open-brief",
        icon=":material/description:",
        type="tertiary" if is_small else "secondary",
        help=ctx.say("brief.open") + ctx.say("frame.stop") + ctx.say("brief.open_help")
        if is_small
        else ctx.say("brief.open_help"),
        on_click=links.go,
        args=("brief",),
    )
