"""The one door from pages to briefs (一页专报): the same two pages that ``ipdash brief`` writes.

A brief is kept by snapshot, reader, district and period, as answers of :mod:`dashboard.context` are.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.briefing import compose, document, screen
from analytics.briefing.content import Brief
from analytics.comparison.signals import Signal
from analytics.core.selection import Scope
from dashboard.context import Context, snapshot_of

_CACHED = 64
_SECONDS_KEPT = 24 * 3600
CITY = compose.CITY_NAME


def district_of(ctx: Context) -> str | None:
    """Return the one district that the reader has chosen or may see, ``city``; ``None`` for several."""
    if ctx.scope.kind == "district":
        return ctx.scope.code
    chosen = ctx.selection.get("district")
    if len(chosen) > 1 or ctx.scope.kind == "institution":
        return None
    return next(iter(chosen), None) or CITY


def month_of(ctx: Context) -> str:
    """Return the month at whose end the problems of a brief stand.

    Raises
    ------
    UserError
        When the period chosen holds no whole month of data.
    """
    return compose.signals_month(snapshot_of(ctx.data.version), ctx.selection.period)


def made(ctx: Context, district: str, found: Sequence[Signal]) -> Brief:
    """Return the brief of a district or the city for the reader's period; ``found`` are all signals.

    Raises
    ------
    UserError
        When the district is unknown, or the period holds no whole month of data.
    """
    return _made(ctx.data.version, str(ctx.scope), district, ctx.selection.period, found)


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _made(version: str, scope: str, district: str, period: str, _found: Sequence[Signal]) -> Brief:
    return compose.brief(
        snapshot_of(version), scope=Scope.parse(scope), district=district, period=period, found=_found
    )


document_of = document.document_of
page_of = screen.page_of
article_of = screen.article_of
style = screen.style
