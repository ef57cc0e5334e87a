"""The way from a page to the brief (一页专报) of what the reader has chosen there."""

from __future__ import annotations

import streamlit as st

from dashboard.context import Context
from dashboard.parts import links


def draw(ctx: Context) -> None:
    """Draw a button that leads to the brief, period and district taken along."""
    st.button(
        ctx.say("brief.open"),
        key="open-brief",
        icon=":material/description:",
        help=ctx.say("brief.open_help"),
        on_click=links.go,
        args=("brief",),
    )
