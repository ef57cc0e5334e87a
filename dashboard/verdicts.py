"""同比 and 环比 with what to call them: 正常波动, or 显著变化 where the control chart signals too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    measure, selection = by_month.measure, by_month.selection
    months = chart_period(ctx).months
    filters = selection.filters
    if measure.kind == "quantile":
        return _marks_of_days(ctx.data.version, str(ctx.scope), measure.key, filters, months[-1])
    held = {row["month"]: row for row in by_month.rows}
    rows = [held[month] for month in months if month in held]
    known = tuple(row["month"] for row in rows)
    season = _season(ctx.data.version, measure.key, filters, known)
    return verdicts.marks_of_rows(measure.key, rows, season=season, reported=_reported(ctx, selection, known))


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
