"""The one door from pages to fair comparison: who stands where, what changed, which months are unusual.

Answers are kept by snapshot, reader and question, as those of :mod:`dashboard.context` are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from analytics import comparison
from analytics.core.selection import Scope, Selection
from analytics.measures import registry, waiting
from dashboard.context import Context, Row, snapshot_of

_CACHED = 128
_SECONDS_KEPT = 24 * 3600

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a comparison gave.

    ``rows`` and ``meta`` are those of ``ipdash compare --format json`` (of :func:`changed` and
    :func:`charted`: of the functions that they call); ``curves`` are the limits to draw, of :func:`compared`
    alone; ``unfiltered`` names filters that the measure's facts lack, which were left out.
    """

    measure: Any
    meta: dict[str, Any]
    rows: list[Row]
    selection: Selection
    unfiltered: tuple[str, ...] = ()
    curves: tuple[dict[str, Any], ...] = ()


def compared(
    ctx: Context,
    key: str,
    unit: str = "institution",
    *,
    selection: Selection | None = None,
    peers: str = "all",
    by_client: bool = False,
    with_ranks: bool = True,
) -> Compared:
    """Compare districts or institutions by one measure; see :func:`analytics.comparison.compare`."""
    asked, lacking = ctx.heeded(key, selection)
    found = _compared(
        ctx.data.version,
        str(ctx.scope),
        key,
        unit,
        asked.period,
        asked.filters,
        peers,
        by_client,
        with_ranks,
    )
    meta, rows, curves = found
    return Compared(registry.get(key), meta, rows, asked, lacking, tuple(curves))


def compared_many(
    ctx: Context,
    keys: Sequence[str],
    unit: str,
    *,
    selection: Selection | None = None,
    peers: str = "all",
    by_client: bool = False,
    with_medians: bool = True,
) -> list[Compared]:
    """Compare by several measures in shared scans, without ranks and shrunk shares.

    See :func:`analytics.comparison.compare_many`. Measures that heed different filters are asked apart.
    """
    asked = {key: ctx.heeded(key, selection) for key in keys}
    groups: dict[Selection, list[str]] = {}
    for key, (chosen, _) in asked.items():
        groups.setdefault(chosen, []).append(key)
    found: dict[str, Compared] = {}
    for chosen, together in groups.items():
        answers = _compared_many(
            ctx.data.version,
            str(ctx.scope),
            tuple(together),
            unit,
            chosen.period,
            chosen.filters,
            peers,
            by_client,
            with_medians,
        )
        for key, (meta, rows) in zip(together, answers, strict=True):
            found[key] = Compared(registry.get(key), meta, rows, chosen, asked[key][1])
    return [found[key] for key in keys]


def changed(
    ctx: Context, key: str, unit: str | None = None, *, selection: Selection | None = None
) -> Compared:
    """Compare a period with those before it; see :func:`analytics.comparison.change`."""
    asked, lacking = ctx.heeded(key, selection)
    meta, rows = _changed(ctx.data.version, str(ctx.scope), key, unit, asked.period, asked.filters)
    return Compared(registry.get(key), meta, rows, asked, lacking)


def charted(
    ctx: Context,
    key: str,
    by: str | None = None,
    *,
    selection: Selection | None = None,
    month: str | None = None,
) -> Compared:
    """Chart a measure by month against its own past; see :func:`analytics.comparison.control_chart`."""
    return charted_many(ctx, (key,), by, selection=selection, month=month)[0]


def charted_many(
    ctx: Context,
    keys: Sequence[str],
    by: str | None = None,
    *,
    selection: Selection | None = None,
    month: str | None = None,
) -> list[Compared]:
    """Chart several measures of one fact in a shared scan; see :func:`charted`."""
    asked, lacking = ctx.heeded(keys[0], selection)
    version, scope = ctx.data.version, str(ctx.scope)
    found = _charted(version, scope, tuple(keys), by, asked.period, asked.filters, month)
    return [
        Compared(registry.get(key), meta, rows, asked, lacking)
        for key, (meta, rows) in zip(keys, found, strict=True)
    ]


def late_follow_ups(ctx: Context) -> list[Row]:
    """Return the institutions with bad ratings that wait; see :func:`analytics.measures.waiting`."""
    asked, _ = ctx.heeded("bad_rating_followed_up_rate")
    return _late_follow_ups(ctx.data.version, str(ctx.scope), asked.period, asked.filters)


def complaints_received(ctx: Context) -> tuple[list[Row], tuple[str, ...]]:
    """Return complaints by institution and category, and the filters that their ledger lacks."""
    asked, lacking = ctx.heeded("complaints")
    return _complaints(ctx.data.version, str(ctx.scope), asked.period, asked.filters), lacking


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _late_follow_ups(version: str, scope: str, period: str, filters: Filters) -> list[Row]:
    selection = Selection(period, filters)
    return waiting.late_follow_ups(snapshot_of(version), scope=Scope.parse(scope), selection=selection)


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _complaints(version: str, scope: str, period: str, filters: Filters) -> list[Row]:
    selection = Selection(period, filters)
    return waiting.complaints_received(snapshot_of(version), scope=Scope.parse(scope), selection=selection)


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _compared(
    version: str,
    scope: str,
    key: str,
    unit: Any,
    period: str,
    filters: Filters,
    peers: Any,
    by_client: bool,
    with_ranks: bool,
) -> tuple[dict[str, Any], list[Row], list[dict[str, Any]]]:
    found = comparison.compare(
        snapshot_of(version),
        key,
        unit,
        scope=Scope.parse(scope),
        selection=Selection(period, filters),
        peers=peers,
        by_client=by_client,
        with_ranks=with_ranks,
    )
    return found.meta, found.rows, found.curves


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _compared_many(
    version: str,
    scope: str,
    keys: tuple[str, ...],
    unit: Any,
    period: str,
    filters: Filters,
    peers: Any,
    by_client: bool,
    with_medians: bool,
) -> list[tuple[dict[str, Any], list[Row]]]:
    found = comparison.compare_many(
        snapshot_of(version),
        keys,
        unit,
        scope=Scope.parse(scope),
        selection=Selection(period, filters),
        peers=peers,
        by_client=by_client,
        in_full=False,
        with_medians=with_medians,
    )
    return [(each.meta, each.rows) for each in found]


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _changed(
    version: str, scope: str, key: str, unit: Any, period: str, filters: Filters
) -> tuple[dict[str, Any], list[Row]]:
    selection = Selection(period, filters)
    found = comparison.change(snapshot_of(version), key, unit, scope=Scope.parse(scope), selection=selection)
    return found.meta, found.rows


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _charted(
    version: str,
    scope: str,
    keys: tuple[str, ...],
    by: Any,
    period: str,
    filters: Filters,
    month: str | None,
) -> list[tuple[dict[str, Any], list[Row]]]:
    selection = Selection(period, filters)
    found = comparison.control_charts(
        snapshot_of(version), keys, by, scope=Scope.parse(scope), selection=selection, month=month
    )
    return [(each.meta, each.rows) for each in found]
