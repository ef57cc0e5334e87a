"""同比 and 环比 with what to call them: 正常波动, or 显著变化 where the control chart signals too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from analytics.comparison import verdicts
from analytics.comparison.change import Marks, judged
from analytics.comparison.series import BASELINE_MONTHS, JUDGED_MONTHS
from analytics.core.periods import Period, month_code, month_number
from analytics.core.selection import Scope, Selection
from dashboard.context import Answer, Context, Row, snapshot_of

_CACHED = 256
_SECONDS_KEPT = 24 * 3600
_REPORTING = "reporting_rate"

Filters = tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Change:
    """How a figure changed against an earlier period.

    Attributes
    ----------
    before : Period
        The period it is held against.
    size : float or None
        A ratio for counts, else a difference (of shares: a fraction).
    interval : (float, float) or None
        95 %; ``None`` where the kind has none.
    verdict : str
        In the reader's language; ``is_marked`` where it is 显著变化.
    """

    before: Period
    size: float | None
    interval: tuple[float | None, float | None] | None
    verdict: str
    is_marked: bool


def chart_period(ctx: Context) -> Period:
    """Return the months whose chart tells chance from change: 30 that end with the last full one chosen."""
    last = min(ctx.period.last_month, ctx.data.last_full_month)
    first = max(month_number(last) - BASELINE_MONTHS - JUDGED_MONTHS + 1, month_number(ctx.data.first_month))
    return Period(min(month_code(first), last), last)


def periods_before(ctx: Context) -> dict[str, Period]:
    """Return the periods to hold the chosen one against: a year before, and the one just before it.

    Twelve months have the same months before them either way: one comparison, called 同比. Empty where the
    data do not reach back, or more than a year was chosen.
    """
    if ctx.compared is None:
        return {}
    full, year_before = ctx.compared
    found = {"year": year_before}
    just_before = full.shifted(-len(full.months))
    if just_before != year_before and just_before.first_month >= ctx.data.first_month:
        found["period"] = just_before
    return found


def changes_of(
    ctx: Context, now: Answer, before: Mapping[str, Answer], by_month: Answer
) -> dict[str, Change]:
    """Return the changes of a measure against each earlier period, from answers that were read together.

    Parameters
    ----------
    now : Answer
        Of the full months chosen (``ctx.compared``).
    before : mapping of str to Answer
        Of :func:`periods_before`.
    by_month : Answer
        By month, :func:`chart_period` among its months.
    """
    periods = periods_before(ctx)
    if ctx.compared is None or not before:
        return {}
    marks = _marks(ctx, by_month)
    made = {}
    for name, answer in before.items():
        found = judged(now.measure, now.only, answer.only, marks, ctx.compared[0])
        interval = None if found["interval"] is None else tuple(found["interval"])
        verdict = found["verdict"][ctx.language]
        made[name] = Change(periods[name], found["change"], interval, verdict, found["is_marked"])
    return made


def _marks(ctx: Context, by_month: Answer) -> Marks | None:
    measure = by_month.measure
    if measure.kind == "quantile":
        last, filters = chart_period(ctx).last_month, by_month.selection.filters
        return _marks_of_days(ctx.data.version, str(ctx.scope), measure.key, filters, last)
    rows, season, reported = _months(ctx, by_month)
    return verdicts.marks_of_rows(measure.key, rows, season=season, reported=reported)


def charted(ctx: Context, by_month: Answer) -> tuple[dict[str, Any], Row]:
    """Return meta and row of a measure's control chart from its months, :func:`chart_period` among them.

    Those of :func:`analytics.comparison.control_chart` without another read; not for measures in days.
    """
    rows, season, reported = _months(ctx, by_month)
    row = verdicts.chart_of_rows(by_month.measure.key, rows, season=season, reported=reported)
    meta = {
        **by_month.meta,
        "months": [month["month"] for month in rows],
        "season": season,
        "baseline_months": BASELINE_MONTHS,
        "judged_months": JUDGED_MONTHS,
    }
    return meta, row


def _months(ctx: Context, by_month: Answer) -> tuple[list[Row], list[float], list[bool]]:
    """Return the months of the chart, the city's season of each, and whether anything was sent in."""
    held = {row["month"]: row for row in by_month.rows}
    rows = [held[month] for month in chart_period(ctx).months if month in held]
    known = tuple(row["month"] for row in rows)
    season = _season(ctx.data.version, by_month.measure.key, by_month.selection.filters, known)
    return rows, season, _reported(ctx, by_month.selection, known)


def _reported(ctx: Context, selection: Selection, months: Sequence[str]) -> list[bool]:
    """Return in which months anything was sent in: a month without a report is none without services."""
    asked = selection.replace(period=str(chart_period(ctx)))
    rows: list[Row] = ctx.measure(_REPORTING, ("month",), asked).rows
    sent = {row["month"] for row in rows if row["numerator"] or row["masked"]}
    return [month in sent for month in months]


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _marks_of_days(version: str, scope: str, key: str, filters: Filters, last_month: str) -> Marks | None:
    return verdicts.marks_of_days(
        snapshot_of(version),
        key,
        scope=Scope.parse(scope),
        selection=Selection("all", filters),
        last_month=last_month,
    )


def _season(version: str, key: str, filters: Filters, months: tuple[str, ...]) -> list[float]:
    """Return the season of the whole city, asked so that most selections share a read."""
    asked, selection = verdicts.season_question(key, Selection("all", filters))
    return _seasonal(version, asked, selection.filters, months)


@st.cache_data(show_spinner=False, max_entries=_CACHED, ttl=_SECONDS_KEPT)
def _seasonal(version: str, key: str, filters: Filters, months: tuple[str, ...]) -> list[float]:
    return verdicts.seasonal_indices(snapshot_of(version), key, months, selection=Selection("all", filters))
