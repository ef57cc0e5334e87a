"""A brief on the screen: made when asked for, shown as it prints, and as a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard import attention, briefs
from dashboard.context import Context
from dashboard.parts import arrange, html
from dashboard.words import formats

_MADE = "_briefs_made"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# The signals of a month that nobody asked for yet take seconds to find.
_PATIENCE_SECONDS = 300.0
# Nothing but the brief goes on paper.
_PRINTED = (
    "@media print{.st-key-header,.st-key-brief-bar,[data-testid=stHeader],.ip-chips,[data-testid=stToolbar]"
    "{display:none!important}.stMainBlockContainer{padding:0!important;max-width:none!important}"
    "html,body,.stApp,.stAppViewContainer,.stMain{overflow:visible!important;height:auto!important;"
    "position:static!important;display:block!important;background:#fff!important}}"
)


def draw(ctx: Context) -> None:
    """Draw the brief of the period and the district chosen, once the reader has asked for it."""
    district = briefs.district_of(ctx)
    if district is None:
        with arrange.panel("brief"):
            st.html(html.block(ctx.say("brief.one_district"), "ip-what"))
        return
    asked = (ctx.data.version, str(ctx.scope), district, ctx.selection.period)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="brief-bar"):
        made = st.session_state.setdefault(_MADE, set())
        brief = _brief(ctx, district) if asked in made else None
        if brief is None:
            _offer(ctx, district, lambda: made.add(asked))
        else:
            _files(ctx, brief, district)
    if brief is not None:
        st.html(f"<style>{briefs.style()}{_PRINTED}</style>")
        st.html(briefs.article_of(brief, ctx.language))


def _offer(ctx: Context, district: str, take: Callable[[], None]) -> None:
    """Draw what the brief will be about, and the button that asks for it."""
    place = ctx.say("brief.city") if district == briefs.CITY else ctx.name("district", district)
    period = formats.span(ctx.period, ctx.language)
    st.html(html.block(ctx.say("brief.about", place=place, period=period)))
    st.button(
        ctx.say("brief.make"),
        key="make-brief",
        type="primary",
        icon=":material/description:",
        on_click=take,
    )


def _brief(ctx: Context, district: str) -> Any:
    with st.spinner(ctx.say("brief.making")):
        found = attention.listed(ctx, month=briefs.month_of(ctx), patience=_PATIENCE_SECONDS)
        return briefs.made(ctx, district, found or ())


def _files(ctx: Context, brief: Any, district: str) -> None:
    name = f"brief-{district}-{brief.period}"
    st.download_button(
        ctx.say("brief.word"),
        data=lambda: briefs.document_of(brief, ctx.language),
        file_name=f"{name}.docx",
        mime=_WORD,
        key="brief-word",
        on_click="ignore",
        icon=":material/download:",
    )
    st.download_button(
        ctx.say("brief.page"),
        data=lambda: briefs.page_of(brief, ctx.language).encode(),
        file_name=f"{name}.html",
        mime="text/html",
        key="brief-page",
        on_click="ignore",
        icon=":material/print:",
    )
    st.html(html.block(ctx.say("brief.print"), "quiet"))
