"""Control charts of every unit against its own past, and how unlikely its latest months are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import betainc, stdtr

from analytics.comparison.series import (
    BASELINE_MONTHS,
    FEWEST_BASELINE,
    JUDGED_MONTHS,
    Series,
    many_series,
)
from analytics.comparison.units import Unit, UnitKind, seen_by, units_of
from analytics.core.numbers import finite
from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.evaluate import resolve_period
from analytics.stats.arrays import Flags, Floats
from analytics.stats.control_chart import RULES, ControlChart, xmr_chart
from analytics.store.snapshot import Snapshot

# Runs of latest months whose mean is held against the baseline: an event, a quarter, half a year.
_RUNS = (1, 3, 6)
# The mean moving range of k points is as sure as a standard deviation of about .62(k − 1) degrees of freedom.
_FREEDOM = 0.62
TOO_SHORT = Text(
    zh="可比月份不足 {least} 个，不画控制界限", en="fewer than {least} comparable months: no limits are drawn"
)

_EVERYONE = Text(zh="所选范围", en="The selection")
WHOLE = Unit("all", _EVERYONE, None, None, "all", _EVERYONE, {})


@dataclass(frozen=True)
class Evidence:
    """What a unit's chart says at its end.

    ``chart`` is over the months ``known`` (positions in the series). ``low`` and ``high`` are one-sided
    chances of latest months so low or so high, 1 where no rule of the chart signals on that side or the last
    month is not known. ``run`` is how many latest months are least likely together.
    """

    place: int
    chart: ControlChart
    known: Any
    low: float
    high: float
    run: int


@dataclass(frozen=True, slots=True)
class ControlCharts:
    """Charts of the units that a reader may see; ``rows`` one a unit, each with its ``months``."""

    meta: dict[str, Any]
    rows: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return the charts as plain data."""
        return {"meta": self.meta, "rows": self.rows}


def control_chart(
    snapshot: Snapshot,
    measure_key: str,
    by: UnitKind | None = None,
    *,
    scope: Scope,
    selection: Selection | None = None,
    month: str | None = None,
) -> ControlCharts:
    """Chart a measure by month, of the whole city or of each district or institution.

    Limits are taken from the 24 months before the last 6 and frozen; only the last 6 may signal. Volumes are
    divided by the city's seasonal index first and shown with limits that follow the season.

    Parameters
    ----------
    by : {"district", "institution"}, optional
        Whose months; the whole city's if not given.
    selection : Selection, optional
        Its period's last month is the chart's last, unless ``month`` (``YYYY-MM``) says which.

    Raises
    ------
    UserError
        When the measure or a filter is unknown, or the reader may not see such charts.
    """
    (found,) = control_charts(snapshot, [measure_key], by, scope=scope, selection=selection, month=month)
    return found


def control_charts(
    snapshot: Snapshot,
    measure_keys: Sequence[str],
    by: UnitKind | None = None,
    *,
    scope: Scope,
    selection: Selection | None = None,
    month: str | None = None,
) -> list[ControlCharts]:
    """Chart several measures of one fact, which share a scan; see :func:`control_chart`."""
    selection = selection or Selection()
    measures = [registry.get(key) for key in measure_keys]
    last = last_month_of(snapshot, selection, month)
    units = _units(snapshot, by, last, scope, selection)
    counted = counted_by(selection, by, scope)
    codes = tuple(unit.code for unit in units)
    read = many_series(snapshot, measures, codes, unit=by, selection=counted, scope=scope, last_month=last)
    return [_charts(snapshot, series, units, by, scope, selection) for series in read]


def _charts(
    snapshot: Snapshot,
    series: Series,
    units: Sequence[Unit],
    by: UnitKind | None,
    scope: Scope,
    selection: Selection,
) -> ControlCharts:
    rows = [chart_row(unit, series, place, evidence_of(series, place)) for place, unit in enumerate(units)]
    meta = {
        "measure": series.measure.key,
        "unit": series.measure.unit_code,
        "by": by,
        "selection": selection.as_dict(),
        "scope": str(scope),
        "months": list(series.months),
        "season": [float(part) for part in series.season],
        "baseline_months": BASELINE_MONTHS,
        "judged_months": JUDGED_MONTHS,
        "data_version": snapshot.version,
        "data_until": snapshot.about.get("data_until"),
        "sample_data": snapshot.is_sample,
    }
    return ControlCharts(meta, rows)


def last_month_of(snapshot: Snapshot, selection: Selection, month: str | None) -> str:
    """Return the last month to chart: as asked, at most the last month that is over."""
    asked = month or resolve_period(snapshot, selection.period).last_month
    return min(asked, snapshot.about.get("last_full_month", asked))


def counted_by(selection: Selection, by: str | None, scope: Scope) -> Selection:
    """Return which records a chart counts: a whole-city chart shows a reader its own records alone."""
    if by is None and scope.kind != "city":
        own: dict[str, Any] = {scope.kind: (scope.code or "",)}
        return selection.replace(**own)
    return selection


def _units(
    snapshot: Snapshot, by: UnitKind | None, last: str, scope: Scope, selection: Selection
) -> list[Unit]:
    if by is None:
        return [WHOLE]
    units = units_of(snapshot, by, period=Period(last, last))
    places = (
        ("district",)
        if by == "district"
        else ("district", "tier", "institution", "operator_type", "township")
    )
    shown = Selection.of(selection.period, **{name: selection.get(name) for name in places})
    return seen_by(units, by, scope=scope, selection=shown)


def evidence_of(series: Series, place: int, *, end: int | None = None) -> Evidence | None:
    """Return the chart of a unit that ends before position ``end``; ``None`` where its past is too short."""
    stop = len(series.months) if end is None else end
    start = max(0, stop - BASELINE_MONTHS - JUDGED_MONTHS)
    known = start + np.flatnonzero(np.isfinite(series.value[place, start:stop]))
    baseline = known < stop - JUDGED_MONTHS
    if baseline.sum() < FEWEST_BASELINE:
        return None
    x = series.value[place, known]
    is_share = series.measure.kind == "proportion"
    chart = xmr_chart(
        x,
        baseline=baseline,
        judged=int((~baseline).sum()),
        lowest=None if series.measure.kind == "quantile" else 0.0,
        highest=1.0 if is_share else None,
    )
    if not known.size or known[-1] != stop - 1:
        return Evidence(place, chart, known, 1.0, 1.0, 1)
    low, high, run = _chances(series, place, x, known, baseline, chart)
    return Evidence(place, chart, known, low, high, run)


def _chances(
    series: Series, place: int, x: Floats, known: Any, baseline: Flags, chart: ControlChart
) -> tuple[float, float, int]:
    """Return one-sided chances of the latest months, and the run of them that is least likely.

    The mean of the last 1, 3 and 6 judged months against the baseline's, by t with the moving range's degrees
    of freedom, times three for the choice of run. Of shares also the binomial tail: the larger counts, for
    months of few ratings are skewed.
    """
    count = int(baseline.sum())
    freedom = _FREEDOM * (count - 1)
    judged = int((~baseline).sum())
    best = (1.0, 1.0, 1)
    for run in _RUNS:
        if run > judged:
            continue
        error = chart.sigma * np.sqrt(1.0 / run + 1.0 / count)
        distance = float(x[-run:].mean() - chart.centre)
        t = distance / error if error > 0 else (np.sign(distance) * np.inf if distance else 0.0)
        low, high = float(stdtr(freedom, t)), float(stdtr(freedom, -t))
        if series.measure.kind == "proportion":
            exact = _binomial(series, place, known[-run:], known[baseline])
            low, high = max(low, exact[0]), max(high, exact[1])
        low, high = min(1.0, low * len(_RUNS)), min(1.0, high * len(_RUNS))
        if min(low, high) < min(best[:2]):
            best = (low, high, run)
    above = _signalled(x, chart)
    return (best[0] if above[0] else 1.0), (best[1] if above[1] else 1.0), best[2]


def _signalled(x: Floats, chart: ControlChart) -> tuple[bool, bool]:
    """Say whether a rule signals at a judged month below the centre, and at one above it."""
    at = chart.any_signal
    return bool(np.any(at & (x < chart.centre))), bool(np.any(at & (x > chart.centre)))


def _binomial(series: Series, place: int, latest: Any, past: Any) -> tuple[float, float]:
    x, n = (part[place, latest].sum() for part in (series.events, series.over))
    before = series.over[place, past].sum()
    p = float(np.clip((series.events[place, past].sum() + 0.5) / (before + 1.0), 1e-9, 1.0 - 1e-9))
    x = float(min(x, n))
    low = betainc(n - x, x + 1.0, 1.0 - p) if x < n else 1.0
    high = betainc(x, n - x + 1.0, p) if x > 0 else 1.0
    return float(low), float(high)


def signal_months(series: Series, evidence: Evidence) -> list[tuple[str, list[str], bool]]:
    """Return the months that signal with the rules that do, and whether they lie below the centre."""
    found = []
    for i in np.flatnonzero(evidence.chart.any_signal):
        rules = [RULES[rule] for rule in np.flatnonzero(evidence.chart.signals[:, i])]
        position = int(evidence.known[i])
        below = bool(series.value[evidence.place, position] < evidence.chart.centre)
        found.append((series.months[position], rules, below))
    return found


def chart_row(unit: Unit, series: Series, place: int, evidence: Evidence | None) -> dict[str, Any]:
    """Return a unit's row of :func:`control_chart`: its months with limits and the rules that signal."""
    signals = (
        {} if evidence is None else {month: rules for month, rules, _ in signal_months(series, evidence)}
    )
    limits = _limits(series, evidence)
    values = series.on_scale(series.value[place])
    months = [
        {
            "month": month,
            "value": finite(values[i]),
            "n": None if series.hidden[place, i] else int(series.over[place, i]),
            "centre": limits[0][i],
            "lower": limits[1][i],
            "upper": limits[2][i],
            "signals": signals.get(month, []),
            "masked": bool(series.hidden[place, i]),
        }
        for i, month in enumerate(series.months)
    ]
    short = TOO_SHORT.format(least=FEWEST_BASELINE) if evidence is None else None
    return {
        "unit": unit.code,
        "name": {"zh": unit.name.zh, "en": unit.name.en},
        "months": months,
        "reason": None if short is None else {"zh": short.zh, "en": short.en},
    }


def _limits(series: Series, evidence: Evidence | None) -> list[list[float | None]]:
    """Return centre and limits of each month on the measure's own scale, with the season of volumes."""
    if evidence is None:
        return [[None] * len(series.months)] * 3
    chart, flat = evidence.chart, np.ones(len(series.months))
    lines = (series.on_scale(flat * line) for line in (chart.centre, chart.lower, chart.upper))
    return [[finite(value) for value in line] for line in lines]
