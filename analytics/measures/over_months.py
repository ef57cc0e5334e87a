"""Questions of one fact and selection by month, quarter, year or as a whole: the longest's months answer all.

What a condition leaves is counted; counts of months add up to those of any longer time, exactly. Distinct
counts and quantiles do not, and sums of amounts would in another order of adding.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Boolean

from analytics.core.periods import Period, quarter_of
from analytics.core.selection import Selection
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.measures.result import Figures, Key, Request

_TIMES: dict[tuple[str, ...], Callable[[str], Key]] = {
    (): lambda _: (),
    ("month",): lambda month: (month,),
    ("quarter",): lambda month: (quarter_of(month),),
    ("year",): lambda month: (month[:4],),
}


@dataclass(frozen=True)
class Months:
    """One question by month in place of several.

    ``measures`` are asked by month of ``selection`` within ``period``; ``places`` says of each question that
    they answer which of ``measures`` it is, how its groups are named, and its own months.
    """

    measures: tuple[Measure, ...]
    selection: Selection
    period: Period
    places: dict[int, tuple[int, tuple[str, ...], Period]]


@dataclass(frozen=True)
class _Asked:
    measure: Measure
    by: tuple[str, ...]
    period: Period
    # What is asked in a statement of its own; of others those of one cut and period share one.
    alone: int | None

    @property
    def statement(self) -> tuple[object, ...]:
        return self.by, self.period.first_month, self.period.last_month, self.alone


def shared_months(requests: Sequence[Request], periods: Sequence[Period]) -> list[Months]:
    """Return what to ask by month so that fewer statements answer the same; empty where none is saved.

    Of a quantile it is how many values there are, which are counted before they are sorted.
    """
    groups: dict[object, dict[int, _Asked]] = defaultdict(dict)
    for place, (request, period) in enumerate(zip(requests, periods, strict=True)):
        measure = registry.get(request.key)
        if request.by in _TIMES:
            is_quantile = measure.kind == "quantile"
            counted = _known_values(measure) if is_quantile else measure
            asked = _Asked(counted, request.by, period, place if is_quantile else None)
            groups[id(measure.fact.table), request.selection.filters][place] = asked
    found = (_of_group(places, requests) for places in groups.values())
    return [months for months in found if months is not None]


def _of_group(asked: dict[int, _Asked], requests: Sequence[Request]) -> Months | None:
    adding = [place for place, each in asked.items() if _adds_up(each.measure)]
    if not adding:
        return None
    longest = max(adding, key=lambda place: _length(asked[place].period))
    hull = asked[longest].period
    # What is asked by month of just these months comes along, whatever it counts.
    inside = [
        place
        for place, each in asked.items()
        if (each.by == ("month",) and each.period == hull) or (place in adding and _lies(each.period, hull))
    ]
    before = {asked[place].statement for place in inside}
    left = {each.statement for place, each in asked.items() if place not in inside} & before
    if 1 + len(left) >= len(before):
        return None
    measures = {asked[place].measure.key: asked[place].measure for place in inside}
    keys = list(measures)
    places = {
        place: (keys.index(asked[place].measure.key), asked[place].by, asked[place].period)
        for place in inside
    }
    return Months(tuple(measures.values()), requests[longest].selection, hull, places)


def _known_values(measure: Measure) -> Measure:
    """Return the measure of how many values a quantile is taken of."""
    return replace(
        measure,
        key=f"{measure.key}_known",
        kind="count",
        numerator=measure.numerator.is_not(None),
        denominator=None,
        where=None,
        totals=None,
    )


def _adds_up(measure: Measure) -> bool:
    """Say whether a measure counts rows that meet conditions, so that months add up."""
    parts = [measure.numerator, *([] if measure.denominator is None else [measure.denominator])]
    return all(isinstance(part.type, Boolean) for part in parts)


def _lies(period: Period, hull: Period) -> bool:
    return hull.first_month <= period.first_month and period.last_month <= hull.last_month


def _length(period: Period) -> int:
    first, last = period.first_month, period.last_month
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:]) - int(first[5:])


def added_up(
    by_month: dict[Key, Figures], measure: Measure, by: tuple[str, ...], period: Period
) -> dict[Key, Figures]:
    """Return the figures of groups of months within a period; each group is a new object."""
    name, is_share = _TIMES[by], measure.kind == "proportion"
    found: dict[Key, Figures] = {(): Figures(0.0, 0.0)} if is_share and not by else {}
    for (month,), part in by_month.items():
        if month is None or not period.first_month <= month <= period.last_month:
            continue
        figure = found.setdefault(name(month), Figures(0.0, 0.0 if is_share else None))
        figure.numerator = (figure.numerator or 0.0) + (part.numerator or 0.0)
        if is_share:
            figure.denominator = (figure.denominator or 0.0) + (part.denominator or 0.0)
    return found
