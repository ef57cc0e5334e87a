"""Search the whole city for stations that stand out, and keep what survives so many tests.

Every month each institution is tested on each measure: its last twelve months against what its mix (or its
capacity) lets expect, and its latest months against its own past. All these tests together are one family:
Benjamini and Hochberg's procedure keeps the expected share of false ones at 10 %.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from analytics.comparison.charts import Evidence, evidence_of, signal_months
from analytics.comparison.expectation import SHIFT_DAYS, capacities, log_measures
from analytics.comparison.series import BASELINE_MONTHS, JUDGED_MONTHS, Series, many_series
from analytics.comparison.units import Unit
from analytics.core.periods import Period, month_code, month_number
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.measures import registry
from analytics.measures.sums import expected_sums
from analytics.stats.adjusted import adjusted_funnel
from analytics.stats.arrays import Flags, Floats
from analytics.stats.dispersion import pooled_errors
from analytics.stats.funnel import log_mean_funnel
from analytics.stats.gamma_poisson import fit_gamma_prior
from analytics.stats.intervals import poisson_interval, wilson_interval
from analytics.stats.multiple import benjamini_hochberg
from analytics.store.snapshot import Snapshot

FALSE_DISCOVERY = 0.1
# Searched in the records; all of one fact, so that one scan answers.
SHARES = ("satisfaction_rate", "answered_in_time_rate")
DAYS, VOLUME = "response_days", "services"
MEASURES = (VOLUME, *SHARES, DAYS)
WINDOW = 12
# Fewer services a month on average are too few for a chart of volumes.
_LEAST_VOLUME = 5.0

Kind = Literal["funnel", "control_chart"]


@dataclass(frozen=True)
class Found:
    """One test that stands out: what was seen, what was expected, within what it usually lies, since when.

    ``value``, ``expected`` and ``interval`` are on the measure's scale. The interval is that of the value for
    a funnel, and the chart's limits for a control chart. ``run`` is over how many months.
    """

    kind: Kind
    measure: str
    unit: str
    p_value: float
    value: float
    expected: float
    interval: tuple[float, float]
    n: int
    run: int
    since: str


@dataclass(frozen=True)
class _Test:
    kind: Kind
    series: Series
    place: int
    p_value: float
    detail: Any


@dataclass(frozen=True)
class Screen:
    """All that the tests of a month and of the months before are computed from.

    ``rates`` holds, by measure, the share (or mean logarithm) that each unit's mix lets expect;
    ``deviation`` the standard deviation of logarithms; ``capacity`` what is declared, NaN where nothing is.
    ``funnels`` keeps the tests of a measure's months up to a position: the month before needs them again.
    """

    units: list[Unit]
    series: dict[str, Series]
    rates: dict[str, Floats]
    deviation: float
    capacity: Floats
    funnels: dict[tuple[str, int], list[_Test]] = field(default_factory=dict)


def read_screen(snapshot: Snapshot, units: list[Unit], *, scope: Scope, month: str) -> Screen:
    """Read monthly figures of all units up to a month, and what their mix of the last year lets expect."""
    codes = tuple(unit.code for unit in units)
    measures = [registry.get(key) for key in MEASURES]
    found = many_series(
        snapshot,
        measures,
        codes,
        unit="institution",
        selection=Selection(),
        scope=scope,
        last_month=month,
        count=BASELINE_MONTHS + JUDGED_MONTHS + 1,
    )
    window = Period(month_code(month_number(month) - WINDOW + 1), month)
    logs = log_measures(registry.get(DAYS))
    asked = [*(registry.get(key) for key in SHARES), *logs]
    held = expected_sums(snapshot, asked, unit="institution", selection=Selection(str(window)))
    coarse = scope.audience != "records"
    rates = {
        key: np.array([_rate(part.get(code), part, coarse=coarse and key in SHARES) for code in codes])
        for key, part in zip((*SHARES, DAYS), held, strict=False)
    }
    declared = capacities(snapshot, units, window)
    capacity = np.array([declared.get(code, np.nan) for code in codes])
    return Screen(
        units, dict(zip(MEASURES, found, strict=True)), rates, _deviation(held[2], held[3]), capacity
    )


def _rate(own: Any, everyone: Any, *, coarse: bool) -> float:
    """Return what one case of a unit is expected to bring; of units with monthly totals alone, the city's."""
    if own is not None and own.over:
        rate = own.expected / own.over
    else:
        over = sum(part.over for part in everyone.values())
        rate = sum(part.observed for part in everyone.values()) / over if over else 0.0
    return float(round(rate, 2) if coarse else rate)


def _deviation(logs: Any, squares: Any) -> float:
    """Return the standard deviation of logarithms within units, pooled; NaN where no unit has two."""
    held = [
        (part.observed, squares[code].observed, part.over) for code, part in logs.items() if part.over >= 1
    ]
    if not any(n > 1 for *_, n in held):
        return float("nan")
    total, square, n = np.array(held).T
    spread = np.sqrt(np.maximum(square - total**2 / n, 0.0) / np.maximum(n - 1.0, 1.0))
    return float(pooled_errors(spread, n)[0] * np.sqrt(n[0]))


def screen(read: Screen, *, back: int = 0) -> list[Found]:
    """Return what stands out in the last month read, or ``back`` months earlier, city-wide."""
    end = len(read.series[VOLUME].months) - back
    if end < 1:
        return []
    tests = [*_funnels(read, end), *_charts(read, end)]
    if not tests:
        return []
    p_values = np.array([test.p_value for test in tests])
    rejected, _ = benjamini_hochberg(p_values, level=FALSE_DISCOVERY)
    if not rejected.any():
        return []
    worst = float(p_values[rejected].max())
    chosen = [test for test, stays in zip(tests, rejected, strict=True) if stays]
    out = {(test.series.measure.key, test.place) for test in chosen if test.kind == "funnel"}
    earlier = _earlier(read, end, worst, out)
    return [_found(read, test, end, earlier) for test in chosen]


def _judged(read: Screen, last: str) -> Flags:
    """Return who is judged: open for a year on the last day of that month, and not closed before it."""
    day = Period(last, last).last_day
    year = day.replace(year=day.year - 1, day=min(day.day, 28))
    judged = [
        (unit.facts["opened_on"] is None or unit.facts["opened_on"] <= year)
        and (unit.facts["closed_on"] is None or unit.facts["closed_on"] >= day)
        for unit in read.units
    ]
    return np.array(judged, dtype=bool)


def _funnels(read: Screen, end: int, keys: Collection[str] = MEASURES) -> list[_Test]:
    """Return one test a unit and measure: its last twelve months, on the side that asks for attention."""
    if end < WINDOW:
        return []
    for key in keys:
        if (key, end) not in read.funnels:
            read.funnels[key, end] = _funnel_tests(read, key, end)
    return [test for key in MEASURES if key in keys for test in read.funnels[key, end]]


def _funnel_tests(read: Screen, key: str, end: int) -> list[_Test]:
    window = slice(end - WINDOW, end)
    judged = _judged(read, read.series[VOLUME].months[end - 1])
    if key in SHARES:
        return _share_tests(read, key, window, judged)
    return (_day_tests if key == DAYS else _volume_tests)(read, window, judged)


def _window(series: Series, window: slice) -> tuple[Floats, Floats]:
    return series.events[:, window].sum(axis=1), series.over[:, window].sum(axis=1)


def _share_tests(read: Screen, key: str, window: slice, judged: Flags) -> list[_Test]:
    series = read.series[key]
    x, n = (np.rint(part) for part in _window(series, window))
    x, counted = np.minimum(x, n), judged & (n >= settings().rate_hidden_below)
    expected = n * read.rates[key]
    whole = expected[counted].sum()
    if not counted.any() or whole <= 0:
        return []
    # Rates are those of the last year read; a window before it has its own level.
    expected = np.minimum(expected * (x[counted].sum() / whole), n)
    # Its limits are not asked for: only the chances are.
    funnel = adjusted_funnel(x, n, expected, levels=(), judged=counted)
    lower, upper = wilson_interval(x, n)
    return [
        _Test(
            "funnel",
            series,
            int(i),
            float(funnel.low[i]),
            (float(funnel.value[i]), float(funnel.target[i]), (float(lower[i]), float(upper[i])), int(n[i])),
        )
        for i in np.flatnonzero(counted)
    ]


def _day_tests(read: Screen, window: slice, judged: Flags) -> list[_Test]:
    series = read.series[DAYS]
    total, n = _window(series, window)
    counted = judged & (n >= settings().rate_hidden_below)
    if counted.sum() < 2 or not read.deviation > 0:
        return []
    places = np.flatnonzero(counted)
    mean, target = total[places] / n[places], read.rates[DAYS][places]
    target = target + np.average(mean - target, weights=n[places])
    s = read.deviation / np.sqrt(n[places])
    funnel = log_mean_funnel(mean - target, s, target=1.0, consistent=True)
    from scipy.special import ndtr

    chances = ndtr(-funnel.z)
    tests = []
    for i, place in enumerate(places):
        low, high = (float(np.exp(mean[i] + sign * 1.96 * s[i]) - SHIFT_DAYS) for sign in (-1, 1))
        value, expected = (float(np.exp(part[i]) - SHIFT_DAYS) for part in (mean, target))
        detail = (value, expected, (max(low, 0.0), high), int(n[place]))
        tests.append(_Test("funnel", series, int(place), float(chances[i]), detail))
    return tests


def _volume_tests(read: Screen, window: slice, judged: Flags) -> list[_Test]:
    series = read.series[VOLUME]
    count = np.rint(series.events[:, window].sum(axis=1))
    counted = judged & np.isfinite(read.capacity)
    if counted.sum() < 2:
        return []
    places = np.flatnonzero(counted)
    observed, capacity = count[places], read.capacity[places]
    expected = observed.sum() * capacity / capacity.sum()
    if not observed.any():
        return []
    prior = fit_gamma_prior(observed, expected)
    chances = prior.lower_tail(observed, expected)
    low, high = poisson_interval(observed)
    return [
        _Test(
            "funnel",
            series,
            int(place),
            float(chances[i]),
            (float(observed[i]), float(expected[i]), (float(low[i]), float(high[i])), int(observed[i])),
        )
        for i, place in enumerate(places)
    ]


def _charts(read: Screen, end: int) -> list[_Test]:
    """Return one test a unit and measure: its latest months against its own frozen past."""
    tests = []
    for key in MEASURES:
        series = read.series[key]
        for place in range(len(read.units)):
            evidence = evidence_of(series, place, end=end)
            if evidence is None or (key == VOLUME and evidence.chart.centre < _LEAST_VOLUME):
                continue
            better = series.measure.higher_is_better
            low, high = evidence.low, evidence.high
            p = min(1.0, 2.0 * min(low, high)) if better is None else low if better else high
            tests.append(_Test("control_chart", series, place, p, evidence))
    return tests


def _earlier(read: Screen, end: int, worst: float, out: set[tuple[str, int]]) -> list[set[tuple[str, int]]]:
    """Return, month by month back, which of the funnels ``out`` stood out as much all the time since."""
    found = []
    for stop in range(end - 1, WINDOW - 1, -1):
        if not out:
            break
        tests = _funnels(read, stop, {key for key, _ in out})
        out &= {(test.series.measure.key, test.place) for test in tests if test.p_value <= worst}
        found.append(set(out))
    return found


def _found(read: Screen, test: _Test, end: int, earlier: list[set[tuple[str, int]]]) -> Found:
    key, unit = test.series.measure.key, read.units[test.place].code
    if test.kind == "control_chart":
        return _from_chart(test, end)
    value, expected, interval, n = test.detail
    back = 0
    while back < len(earlier) and (key, test.place) in earlier[back]:
        back += 1
    since = test.series.months[end - 1 - back]
    return Found("funnel", key, unit, test.p_value, value, expected, interval, n, WINDOW, since)


def _from_chart(test: _Test, end: int) -> Found:
    series, evidence = test.series, test.detail
    assert isinstance(evidence, Evidence)
    latest = evidence.known[-evidence.run :]
    charted = float(series.value[test.place, latest].mean())
    season = series.season[end - 1]
    lines = np.array([charted, evidence.chart.centre, evidence.chart.lower, evidence.chart.upper])
    if series.measure.kind == "quantile":
        lines = np.exp(lines) - SHIFT_DAYS
    elif series.measure.kind == "count" and evidence.run == 1:
        lines = lines * season
    below = bool(charted < evidence.chart.centre)
    months = [month for month, _, side in signal_months(series, evidence) if side == below]
    return Found(
        "control_chart",
        series.measure.key,
        series.codes[test.place],
        test.p_value,
        float(lines[0]),
        float(lines[1]),
        (float(lines[2]), float(lines[3])),
        int(series.over[test.place, latest].sum()),
        evidence.run,
        months[0] if months else series.months[end - 1],
    )
