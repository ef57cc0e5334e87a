"""What comparisons rest on: figures and what to expect of them; several measures share their scans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan

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
from analytics.measures.evaluate import evaluate_many, results_of
from analytics.measures.result import Figures, Key, Request, Result
from analytics.measures.sums import Expected, expected_sums, with_totals
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
    rated, given = _by_city_rates(snapshot, measures, unit, selection, limits, reader)
    asked = [measure for measure in measures if with_medians or measure.kind != "quantile"]
    requests = [_request(each, unit, selection) for each in asked if each.key not in given]
    given |= {answer.measure.key: answer for answer in evaluate_many(snapshot, requests, scope=reader)}
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


def _request(measure: Measure, unit: str, selection: Selection) -> Request:
    return Request(measure.key, (unit,), selection, with_interval=True)


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
    reader: Scope,
) -> tuple[dict[str, tuple[Held, Logs]], dict[str, Result]]:
    """Return what the city's rates let expect, by measure, and the answers that come of the same scan.

    One statement for all measures of a fact, counts without rates among them. Of days, events are the
    logarithms: what is compared is their mean, and they have no answer here.
    """
    by_fact: dict[int, list[Measure]] = defaultdict(list)
    for measure in measures:
        if has_city_rates(measure) or measure.kind in ("count", "sum"):
            by_fact[id(measure.fact.table)].append(measure)
    rated: dict[str, tuple[Held, Logs]] = {}
    given: dict[str, Result] = {}
    for group in by_fact.values():
        if not any(map(has_city_rates, group)):
            continue
        asked = [part for measure in group for part in _parts(measure)]
        least = [
            limits[measure.key] if has_city_rates(measure) else 0
            for measure in group
            for _ in _parts(measure)
        ]
        held = iter(expected_sums(snapshot, asked, unit=unit, selection=selection, limits=least))
        read = {measure.key: [next(held) for _ in _parts(measure)] for measure in group}
        given |= _answered(snapshot, group, read, unit, selection, reader)
        rated |= {
            each.key: (read[each.key][0], _logs(read[each.key])) for each in group if has_city_rates(each)
        }
    return rated, given


def _answered(
    snapshot: Snapshot,
    group: Sequence[Measure],
    read: dict[str, list[Held]],
    unit: str,
    selection: Selection,
    reader: Scope,
) -> dict[str, Result]:
    """Return the answers of a group, with what monthly totals hold; put that into the shares of ``read`` too.

    Totals do not say whom they are about: of what comes from them the city's overall rate is expected.
    """
    plain = [measure for measure in group if measure.kind != "quantile"]
    records = [read[measure.key][0] for measure in plain]
    figures, notes = with_totals(snapshot, plain, records, unit=unit, selection=selection)
    for measure, own, whole in zip(plain, records, figures, strict=True):
        if measure.totals is not None and measure.kind == "proportion":
            read[measure.key] = [_merged(own, whole)]
    requests = [_request(measure, unit, selection) for measure in plain]
    answers = results_of(snapshot, requests, figures, notes, scope=reader)
    return {answer.measure.key: answer for answer in answers}


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


def _merged(own: Held, figures: Mapping[Key, Figures]) -> Held:
    over = sum(figure.denominator or 0.0 for figure in figures.values())
    rate = sum(figure.numerator or 0.0 for figure in figures.values()) / over if over else 0.0
    merged: Held = {}
    for (code,), figure in figures.items():
        events, held = figure.numerator or 0.0, figure.denominator or 0.0
        known = own.get(code, Expected(0.0, 0.0, 0.0))
        merged[code] = Expected(events, held, known.expected + rate * (held - known.over))
    return merged
