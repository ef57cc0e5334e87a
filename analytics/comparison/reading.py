"""What comparisons rest on: figures and what to expect of them; several measures share their scans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Any

from analytics.comparison.expectation import (
    Expectation,
    expectation_of,
    has_city_rates,
    log_measures,
    of_city_rates,
)
from analytics.comparison.units import Unit, UnitKind
from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.measures.declare import Measure
from analytics.measures.evaluate import evaluate_many
from analytics.measures.result import Request, Result
from analytics.measures.sums import Expected, adjusted_for, expected_sums, with_totals
from analytics.measures.suppress import is_small, yardstick_limit
from analytics.store.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Read:
    """What one measure's comparison rests on.

    ``answer`` holds the figures as the reader may see them. ``logs`` are, of measures in days, the sums of
    logarithms of ``days + ½`` and of their squares by unit. ``limit`` is that of small counts in what is
    computed of other units, 0 where the reader may see them all.
    """

    measure: Measure
    answer: Result
    expectation: Expectation
    logs: Mapping[str | None, tuple[float, float]] = field(default_factory=dict)
    limit: int = 0


def read_all(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    *,
    kind: UnitKind,
    unit: str,
    units: list[Unit],
    selection: Selection,
    period: Period,
    scope: Scope,
    with_medians: bool = True,
) -> list[Read]:
    """Read measures for all units of the city, in the order given.

    Parameters
    ----------
    kind, unit : str, str
        What is compared, and the dimension that names it (``client_district`` where districts are clients').
    selection : Selection
        Which records count.
    scope : Scope
        The reader's: all units are read, small counts protected as the reader must not see them.
    with_medians : bool
        If not, of days only how many there are is told, not their medians: every other statistic of days
        rests on logarithms, and medians take longer than all the rest.
    """
    reader = Scope("city", None, scope.audience)
    limits = {measure.key: yardstick_limit(scope, measure, settings()) for measure in measures}
    asked = [measure for measure in measures if with_medians or measure.kind != "quantile"]
    requests = [Request(measure.key, (unit,), selection, with_interval=True) for measure in asked]
    answers = evaluate_many(snapshot, requests, scope=reader)
    given = {answer.measure.key: answer for answer in answers}
    with_rates = [measure for measure in measures if has_city_rates(measure)]
    rated = _by_city_rates(snapshot, with_rates, unit, selection, limits)
    found = []
    for measure in measures:
        if measure.key in rated:
            held, logs = rated[measure.key]
            answer = given.get(measure.key) or _counted(measure, held, unit)
            limit = limits[measure.key]
            found.append(Read(measure, answer, of_city_rates(_untold(held, limit)), logs, limit))
        else:
            expectation = expectation_of(
                snapshot, measure, kind=kind, unit=unit, units=units, selection=selection, period=period
            )
            found.append(Read(measure, given[measure.key], expectation))
    return found


Held = dict[str | None, Expected]
Logs = dict[str | None, tuple[float, float]]


def _counted(measure: Measure, held: Held, unit: str) -> Result:
    """Return how many values each unit has, in place of its quantiles."""
    blank = dict.fromkeys(("value", "numerator", "lower", "upper")) | {"masked": False}
    rows = [{unit: code, "denominator": int(part.over), **blank} for code, part in held.items()]
    return Result(measure, {"measure": measure.key}, rows)


def _by_city_rates(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    unit: str,
    selection: Selection,
    limits: Mapping[str, int],
) -> dict[str, tuple[Held, Logs]]:
    """Return what the city's rates let expect, by measure; one statement for all measures of a fact and mix.

    Of days, events are the logarithms: what is compared is their mean.
    """
    by_fact: dict[Any, list[Measure]] = defaultdict(list)
    for measure in measures:
        by_fact[id(measure.fact.table), adjusted_for(measure, unit)].append(measure)
    found: dict[str, tuple[Held, Logs]] = {}
    for group in by_fact.values():
        asked = [part for measure in group for part in _parts(measure)]
        least = [limits[measure.key] for measure in group for _ in _parts(measure)]
        held = iter(expected_sums(snapshot, asked, unit=unit, selection=selection, limits=least))
        read = {measure.key: [next(held) for _ in _parts(measure)] for measure in group}
        _add_totals(snapshot, group, read, unit, selection)
        found |= {key: (parts[0], _logs(parts)) for key, parts in read.items()}
    return found


def _untold(held: Held, limit: int) -> Held:
    """Return expectations, NaN for units where the whole city, or what lies outside the unit, is small.

    The unit's own figures beside the city's rate would tell how few the others are.
    """
    if not limit:
        return held
    events, over = (sum(getattr(part, name) for part in held.values()) for name in ("observed", "over"))
    return {
        code: replace(part, expected=nan)
        if _is_told(events, over, limit) or _is_told(events - part.observed, over - part.over, limit)
        else part
        for code, part in held.items()
    }


def _is_told(events: float, over: float, limit: int) -> bool:
    return any(is_small(count, limit) for count in (events, over, over - events))


def _parts(measure: Measure) -> tuple[Measure, ...]:
    return log_measures(measure) if measure.kind == "quantile" else (measure,)


def _logs(parts: Sequence[Held]) -> Logs:
    if len(parts) == 1:
        return {}
    first, second = parts
    return {code: (part.observed, second[code].observed) for code, part in first.items()}


def _add_totals(
    snapshot: Snapshot, group: Sequence[Measure], read: dict[str, list[Held]], unit: str, selection: Selection
) -> None:
    """Put what monthly totals hold into the shares that take them.

    Totals do not say whom they are about: of what comes from them the city's overall rate is expected.
    """
    shares = [measure for measure in group if measure.totals is not None and measure.kind == "proportion"]
    if not shares:
        return
    records = [read[measure.key][0] for measure in shares]
    whole = with_totals(snapshot, shares, records, unit=unit, selection=selection)
    for measure, own, figures in zip(shares, records, whole, strict=True):
        read[measure.key] = [_merged(own, figures)]


def _merged(own: Held, figures: Mapping[str | None, tuple[float, float]]) -> Held:
    over = sum(held for _, held in figures.values())
    rate = sum(events for events, _ in figures.values()) / over if over else 0.0
    merged: Held = {}
    for code, (events, held) in figures.items():
        known = own.get(code, Expected(0.0, 0.0, 0.0))
        merged[code] = Expected(events, held, known.expected + rate * (held - known.over))
    return merged
