"""同比 and 环比: how much changed, how far chance could have carried it, and whether the chart agrees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.comparison.charts import Evidence, counted_by, evidence_of, last_month_of, signal_months
from analytics.comparison.series import Series, monthly_series
from analytics.comparison.units import Unit, UnitKind, seen_by, units_of
from analytics.core.numbers import finite
from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.measures.evaluate import asked_period, evaluate
from analytics.stats.change import difference_from_intervals, proportion_change, rate_change
from analytics.stats.trend import theil_sen
from analytics.store.snapshot import Snapshot

USUAL = Text(zh="正常波动", en="usual variation")
MARKED = Text(zh="显著变化", en="marked change")
UNKNOWN = Text(zh="可比月份不足，无法判断", en="too few months to tell")
_PLACES = ("district", "tier", "institution", "operator_type", "township")
_TREND_LEAST = 12
# Months that signal on a chart, each with whether it lies below the centre.
Marks = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """One row a unit; see :func:`change`."""

    measure: Measure
    meta: dict[str, Any]
    rows: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return the rows as plain data."""
        return {"meta": self.meta, "rows": self.rows}


def change(
    snapshot: Snapshot,
    measure_key: str,
    unit: UnitKind | None = None,
    *,
    scope: Scope,
    selection: Selection | None = None,
) -> Changes:
    """Compare a period with the one before it (环比) and with the same months a year earlier (同比).

    Shares and days change by a difference, counts by a ratio; each with its 95 % interval (Newcombe; exact
    conditional; medians by their own intervals), null where the kind has none or a period is masked. It is
    显著变化 only where a month of the period signals on the control chart, on the side that it
    moved to, and the interval leaves out "no change"; else 正常波动.

    Parameters
    ----------
    unit : {"district", "institution"}, optional
        Whose figures; those of the whole selection if not given.
    selection : Selection
        Its period is the later one; ``all`` has none before it.

    Returns
    -------
    Changes
        Each row: the unit, ``value``, ``n``, ``year_before`` and ``period_before`` (each with ``period``,
        ``value``, ``n``, ``change``, ``interval``, ``verdict``), and ``trend`` a month by Theil and Sen.

    Raises
    ------
    UserError
        When the measure or a filter is unknown.
    """
    selection = selection or Selection("last12")
    measure = registry.get(measure_key)
    period = _over(snapshot, asked_period(snapshot, selection.period))
    units = _units(snapshot, unit, period, scope, selection)
    counted = counted_by(selection, unit, scope)
    answers = {
        name: _figures(snapshot, measure, unit, shifted, scope, counted)
        for name, shifted in _periods(period).items()
    }
    last = last_month_of(snapshot, selection.replace(period=str(period)), None)
    codes = tuple(each.code for each in units)
    series = monthly_series(
        snapshot, measure, codes, unit=unit, selection=counted, scope=scope, last_month=last
    )
    rows = [_row(measure, each, place, series, answers, period) for place, each in enumerate(units)]
    meta = {
        "measure": measure.key,
        "unit": measure.unit_code,
        "by": unit,
        "period": str(period),
        "change": "ratio" if _is_ratio(measure) else "difference",
        "selection": selection.as_dict(),
        "scope": str(scope),
        "data_version": snapshot.version,
        "data_until": snapshot.about.get("data_until"),
        "sample_data": snapshot.is_sample,
    }
    return Changes(measure, meta, rows)


def _periods(period: Period) -> dict[str, Period]:
    return {
        "now": period,
        "year_before": period.shifted(-12),
        "period_before": period.shifted(-len(period.months)),
    }


def _over(snapshot: Snapshot, period: Period) -> Period:
    """Return the months of a period that are over: one still running is no match for a whole one."""
    last = min(period.last_month, snapshot.about.get("last_full_month", period.last_month))
    return Period(period.first_month, last) if last >= period.first_month else period


def _is_ratio(measure: Measure) -> bool:
    return measure.kind in ("count", "sum", "distinct")


def _units(
    snapshot: Snapshot, unit: UnitKind | None, period: Period, scope: Scope, selection: Selection
) -> list[Unit]:
    if unit is None:
        everyone = Text(zh="所选范围", en="The selection")
        return [Unit("all", everyone, None, None, "all", everyone, {})]
    places = ("district",) if unit == "district" else _PLACES
    shown = Selection.of(selection.period, **{name: selection.get(name) for name in places})
    return seen_by(units_of(snapshot, unit, period=period), unit, scope=scope, selection=shown)


def _figures(
    snapshot: Snapshot, measure: Measure, unit: str | None, period: Period, scope: Scope, selection: Selection
) -> dict[str, dict[str, Any]]:
    """Return each unit's row of one period; empty where the period lies before all data."""
    if period.last_month < snapshot.about.get("first_month", "9999-12"):
        return {}
    asked = selection.replace(period=str(period))
    by = () if unit is None else (unit,)
    answer = evaluate(snapshot, measure.key, scope=scope, by=by, selection=asked, with_interval=True)
    rows = [row for row in answer.rows if row.get("quantile", 0.5) == 0.5]
    return {("all" if unit is None else row[unit]): row for row in rows}


def _row(
    measure: Measure,
    unit: Unit,
    place: int,
    series: Series,
    answers: dict[str, dict[str, dict[str, Any]]],
    period: Period,
) -> dict[str, Any]:
    now = answers["now"].get(unit.code)
    evidence = evidence_of(series, place)
    made = {
        name: {
            "period": str(shifted),
            **_against(measure, now, answers[name].get(unit.code), series, evidence, period),
        }
        for name, shifted in _periods(period).items()
        if name != "now"
    }
    return {
        "unit": unit.code,
        "name": {"zh": unit.name.zh, "en": unit.name.en},
        "value": now["value"] if now else None,
        "n": _size(measure, now),
        **made,
        "trend": _trend(series, place),
    }


def _size(measure: Measure, row: Mapping[str, Any] | None) -> int | None:
    if row is None:
        return None
    found: int | None = row["numerator"] if _is_ratio(measure) else row["denominator"]
    return found


def _against(
    measure: Measure,
    now: dict[str, Any] | None,
    before: dict[str, Any] | None,
    series: Series,
    evidence: Evidence | None,
    period: Period,
) -> dict[str, Any]:
    marks = None if evidence is None else marks_of(series, evidence)
    return {
        "value": before["value"] if before else None,
        "n": _size(measure, before),
        **judged(measure, now, before, marks, period),
    }


def marks_of(series: Series, evidence: Evidence) -> Marks:
    """Return the months that signal, each with whether it lies below the centre."""
    return tuple((month, below) for month, _, below in signal_months(series, evidence))


def judged(
    measure: Measure,
    now: Mapping[str, Any] | None,
    before: Mapping[str, Any] | None,
    marks: Marks | None,
    period: Period,
) -> dict[str, Any]:
    """Return how much changed between two rows of a measure, its interval, and what to call it.

    Parameters
    ----------
    marks : tuple, optional
        The months that signal on the chart of the same records; ``None`` where its past is too short.
    period : Period
        The later period.

    Returns
    -------
    dict
        ``change`` (ratio of counts, else difference), ``interval`` (95 %, ``None`` where the kind has none),
        ``verdict`` in both languages and ``is_marked``.
    """
    size, interval = _change(measure, now, before)
    verdict = _verdict(size, interval, marks, period, is_ratio=_is_ratio(measure))
    return {
        "change": size,
        "interval": interval,
        "verdict": {"zh": verdict.zh, "en": verdict.en},
        "is_marked": verdict is MARKED,
    }


def _change(
    measure: Measure, now: Mapping[str, Any] | None, before: Mapping[str, Any] | None
) -> tuple[float | None, list[float | None] | None]:
    if now is None or before is None or now["value"] is None or before["value"] is None:
        return None, None
    if measure.kind == "proportion":
        counts = [(min(row["numerator"], row["denominator"]), row["denominator"]) for row in (now, before)]
        found = proportion_change(*counts[0], *counts[1])
    elif measure.kind == "quantile":
        bounds = [(row["value"], row["lower"], row["upper"]) for row in (now, before)]
        if any(part is None for bound in bounds for part in bound):
            return now["value"] - before["value"], None
        found = difference_from_intervals(*bounds[0], *bounds[1])
    elif measure.kind == "count":
        found = rate_change(now["numerator"], before["numerator"])
    else:
        return (now["value"] / before["value"] if before["value"] else None), None
    size, lower, upper = (finite(part) for part in found)
    return size, None if size is None else [lower, upper]


def _verdict(
    size: float | None,
    interval: list[float | None] | None,
    marks: Marks | None,
    period: Period,
    *,
    is_ratio: bool,
) -> Text:
    """Return what to call a change: marked only where the chart signals on the side that it moved to."""
    if size is None or marks is None:
        return UNKNOWN
    none = 1.0 if is_ratio else 0.0
    if interval is not None:
        low, high = interval
        if (low is None or low <= none) and (high is None or high >= none):
            return USUAL
    fell = size < none
    within = set(period.months)
    agrees = any(month in within and below == fell for month, below in marks)
    return MARKED if agrees else USUAL


def _trend(series: Series, place: int) -> dict[str, Any] | None:
    """Return the slope a month with its interval over the charted months, season taken out.

    Days are charted as logarithms: their slope is a share a month. ``None`` with fewer than 12 months.
    """
    x = series.value[place]
    known = np.flatnonzero(np.isfinite(x))
    if known.size < _TREND_LEAST:
        return None
    line = theil_sen(x[known], known.astype(float))
    scale = "log" if series.measure.kind == "quantile" else "value"
    interval = [finite(line.lower), finite(line.upper)]
    return {"slope": finite(line.slope), "interval": interval, "months": int(known.size), "scale": scale}
