"""The door from pages to industry alignment."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.alignment import Alignment, alignment
from analytics.core.selection import Scope, Selection
from dashboard.context import Context, snapshot_of

# Filters that choose records; the industry is what is looked at, and stays whole.
_HEEDED = ("district", "tier", "institution", "service", "channel", "client_type")


def aligned(ctx: Context, *, by_client: bool = False) -> Alignment:
    """Return the alignment of the reader's selection."""
    filters = tuple((name, codes) for name, codes in ctx.selection.filters if name in _HEEDED)
    return _aligned(ctx.data.version, str(ctx.scope), ctx.selection.period, filters, by_client)


@st.cache_data(show_spinner=False, max_entries=64)
def _aligned(version: str, scope: str, period: str, filters: Any, by_client: bool) -> Alignment:
    return alignment(
        snapshot_of(version),
        scope=Scope.parse(scope),
        selection=Selection(period, filters),
        by_client=by_client,
    )
