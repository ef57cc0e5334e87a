"""The frame: finds the pages, reads the address, draws what every page shares, and runs one page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.text import Language
from dashboard.context import NOTHING_YET, Context, Data, current_data, reader_scope
from dashboard.page import DEFAULT_SLUG, GROUPS, Page, all_pages
from dashboard.parts import address, filters, header, links, messages
from dashboard.words import say

_ICON = Path(__file__).parent / "script" / "static" / "favicon.svg"


def main() -> None:
    """Draw the screen that the address asks for."""
    language = opened_address()
    # Before the navigation: else the browser asks the outside for a picture of the page's icon.
    st.set_page_config(page_icon=str(_ICON), layout="wide")
    ready: list[Context] = []
    pages = all_pages()
    entries = {page.slug: _entry(page, language, ready) for page in pages}
    chosen = st.navigation(_grouped(pages, entries, language), expanded=True)
    links.follow(entries)
    page = next(page for page in pages if entries[page.slug] is chosen)
    st.set_page_config(page_title=f"{page.title.get(language)} · {say('frame.product', language)}")
    ctx = frame(page, language, entries.get("import"))
    address.write()
    if ctx is not None:
        ready.append(ctx)
        chosen.run()


def opened_address() -> Language:
    """Take over the address and return the language it asks for."""
    address.adopt(filters.KNOWN)
    if filters.PERIOD not in address.current():
        address.choose(**{filters.PERIOD: (filters.DEFAULT_PERIOD,)})
    return filters.language()


def frame(page: Page, language: Language, import_entry: Any = None) -> Context | None:
    """Draw what stands round a page; return what the page needs, ``None`` when it cannot be drawn."""
    dark = header.is_dark()
    header.style(language, dark=dark)
    header.brand(language, dark=dark)
    data, error = _data()
    header.line(language, page.title.get(language), data)
    if error is not None:
        messages.reader_error(error, language)
    elif data is None and page.needs_data:
        messages.no_data(language, import_entry)
    if page.needs_data and data is None:
        return None
    try:
        scope = reader_scope()
    except UserError as refused:
        if error is None:  # else it is said already
            messages.reader_error(refused, language)
        return None
    ctx = Context(language, scope, filters.selection(data), data or NOTHING_YET, is_dark=dark)
    if page.uses_selection and data is not None:
        filters.bar(ctx)
        filters.chips(ctx)
    return ctx


def render(page: Page, ctx: Context) -> None:
    """Draw a page; what the reader can put right is said, anything else is left to the server."""
    try:
        page.render(ctx)
    except UserError as error:
        messages.reader_error(error, ctx.language)


def _data() -> tuple[Data | None, UserError | None]:
    try:
        return current_data(), None
    except UserError as error:
        return None, error


def _entry(page: Page, language: Language, ready: list[Context]) -> Any:
    return st.Page(
        _runner(page, ready),
        title=page.title.get(language),
        icon=page.icon,
        url_path=page.slug,
        default=page.slug == DEFAULT_SLUG,
    )


def _runner(page: Page, ready: list[Context]) -> Callable[[], None]:
    def run() -> None:
        render(page, ready[0])

    return run


def _grouped(pages: tuple[Page, ...], entries: dict[str, Any], language: Language) -> dict[str, list[Any]]:
    groups: dict[str, list[Any]] = {}
    for page in pages:
        groups.setdefault(GROUPS[page.group].get(language), []).append(entries[page.slug])
    return groups
