"""States in which there is nothing to draw, each with what to do next."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.text import Language
from dashboard.context import Answer, Context
from dashboard.parts import html
from dashboard.words import say


def no_data(language: Language, import_page: Any) -> None:
    """Say that nothing was imported yet, and lead to the import."""
    with st.container(border=True, key="message-no-data"):
        st.html(_words(say("messages.no_data", language), say("messages.no_data_next", language)))
        if import_page is not None:
            st.page_link(
                import_page, label=say("messages.to_import", language), icon=":material/upload_file:"
            )


def nothing_chosen(ctx: Context, answers: list[Answer]) -> bool:
    """Say so when no record fits the selection; return whether that is so."""
    if any(row.get("value") or row.get("masked") for answer in answers for row in answer.rows):
        return False
    with st.container(border=True, key="message-nothing"):
        st.html(_words(ctx.say("messages.nothing"), ctx.say("messages.nothing_next")))
    return True


def too_few(ctx: Context, title: str) -> None:
    """Say in a chart's place that there is too little to show it."""
    st.html(html.heading(title) + html.block(ctx.say("masked.long"), "quiet"))


def reader_error(error: UserError, language: Language) -> None:
    """Show an error that the reader can put right."""
    with st.container(border=True, key="message-error"):
        st.html(_words(error.what.get(language), error.next_step.get(language)))


def fault(reference: str, language: Language) -> None:
    """Show a fault of ours with the number under which the log holds it."""
    with st.container(border=True, key="message-fault"):
        st.html(
            _words(say("messages.fault", language), say("messages.fault_next", language, reference=reference))
        )


def _words(what: str, next_step: str) -> str:
    return html.div(html.block(what, "ip-what") + html.block(next_step, "quiet"), "ip-message", role="status")
