"""Where parts stand on a page."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import streamlit as st


def columns(*weights: int) -> Sequence[AbstractContextManager[Any]]:
    """Return columns side by side, as wide as their weights; draw in one with ``with``."""
    return st.columns(list(weights), gap="small")


def panel(key: str) -> AbstractContextManager[Any]:
    """Return a card for things that are not charts."""
    return st.container(border=True, key=f"panel-{key}")


def tabs(*titles: str) -> Sequence[AbstractContextManager[Any]]:
    """Return tabs, the first of them open."""
    return st.tabs(list(titles))


def sheet(key: str) -> AbstractContextManager[Any]:
    """Return a part of a page without a frame; style sheets know it by its key."""
    return st.container(key=f"sheet-{key}")
