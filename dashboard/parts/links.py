"""Ways from one page to another that take the selection along."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from dashboard.page import DEFAULT_SLUG
from dashboard.parts import address

_GO_TO = "_go_to"


def go(slug: str, **changed: tuple[str, ...]) -> None:
    """Change the choice and lead to another page; for callbacks of buttons and of clicks on charts."""
    address.choose(**changed)
    st.session_state[_GO_TO] = slug


def follow(entries: Mapping[str, Any]) -> None:
    """Lead to the page that a callback asked for; ``entries`` are the pages of the navigation by slug."""
    slug = st.session_state.pop(_GO_TO, None)
    if slug in entries:
        st.switch_page(entries[slug])


def href(slug: str, **changed: tuple[str, ...]) -> str:
    """Return the address of a page with the choice in force and these changes, for links in tables."""
    choice = {**address.current(), **changed}
    pairs = [(name, value) for name, values in sorted(choice.items()) for value in values]
    return ("./" if slug == DEFAULT_SLUG else slug) + ("?" + urlencode(pairs) if pairs else "")
