"""Sums of groups before division, and what a city's own rates let expect of each unit's mix.

For statistics over all units of the city: nothing here is protected, so nothing of it is shown as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Double,
    FromClause,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.visitors import iterate

from analytics.core.periods import Period
from analytics.core.selection import CITY, Scope, Selection
from analytics.measures.declare import Measure
from analytics.measures.evaluate import EVER, add_totals, asked_period, grouped_sums
from analytics.measures.plan import records_statement
from analytics.measures.result import Figures, Key
from analytics.measures.suppress import COARSE_SHARE
from analytics.store.snapshot import Snapshot

# What the mix of a unit is made of; a fact that lacks one of these is adjusted for the others.
STRATA = ("service", "channel", "client_type")


@dataclass(frozen=True, slots=True)
class Expected:
    """A unit's events, what they are out of, and the events that the city's rates let expect of its mix."""

    observed: float
    over: float
    expected: float


def sums(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    *,
    by: Sequence[str],
    selection: Selection,
    scope: Scope = CITY,
) -> tuple[list[dict[Key, Figures]], list[dict[str, Any]]]:
    """Return each measure's sums by group, records and monthly totals together, and a note on the totals.

    The measures are of one fact. Groups that hold nothing are left out.
    """
    period = EVER if selection.period == "all" else asked_period(snapshot, selection.period)
    with snapshot.connect() as connection:
        return grouped_sums(connection, snapshot, measures, (tuple(by), selection, scope, period))


def expected_sums(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    *,
    unit: str,
    selection: Selection,
    limits: Sequence[int] = (),
) -> list[dict[str | None, Expected]]:
    """Return each measure's events by unit beside what the whole city's rates let expect, from the records.

    ``E = Σ n·(city rate of the stratum)`` over the strata :data:`STRATA` that the fact knows and the measure
    does not tell apart itself (see :func:`adjusted_for`), an unknown value being a stratum of its own. One
    statement for all measures, which are of one fact; it returns one row a unit.

    ``limits`` gives the limit of small counts of each measure, 0 where none: strata of which the whole, or
    what lies outside the unit, is small are expected to be as the city's overall rate
    (:mod:`analytics.measures.suppress`).
    """
    from analytics.measures.evaluate import bound_values

    period = EVER if selection.period == "all" else asked_period(snapshot, selection.period)
    statement = _expected_statement(measures, unit, selection, period, limits or [0] * len(measures))
    found: list[dict[str | None, Expected]] = [{} for _ in measures]
    with snapshot.connect() as connection:
        for code, *values in connection.execute(statement, bound_values(snapshot)):
            for place in range(len(measures)):
                observed, over, expected = (float(part or 0) for part in values[3 * place : 3 * place + 3])
                found[place][code] = Expected(observed, over, expected)
    return found


def _expected_statement(
    measures: Sequence[Measure], unit: str, selection: Selection, period: Period, limits: Sequence[int]
) -> Select[Any]:
    """Select each unit's events, what they are out of, and what is expected: three columns a measure.

    The records are read once, into cells of the finest strata that any of the measures needs; those with
    coarser strata add cells up.
    """
    strata = [adjusted_for(measure, unit) for measure in measures]
    finest = tuple(name for name in STRATA if any(name in own for own in strata))
    by = (unit, *finest)
    cells = _cells(records_statement(measures, by, selection, CITY, period), by, len(measures))
    places: dict[tuple[str, ...], dict[int, int]] = {}
    for place, own in enumerate(strata):
        places.setdefault(own, {})[place] = limits[place]
    parts = {}
    for number, (own, chosen) in enumerate(places.items()):
        those = cells if own == finest else _coarser(cells, (unit, *own), chosen, f"cells{number}")
        parts[own] = _by_unit(those, (unit, *own), chosen, str(number)).subquery(f"part{number}")
    first, *others = parts.values()
    joined: FromClause = first
    for other in others:
        joined = joined.join(other, other.c.unit.is_not_distinct_from(first.c.unit))
    columns = [parts[own].c[f"{name}{place}"] for place, own in enumerate(strata) for name in "xne"]
    return select(first.c.unit, *columns).select_from(joined)


def _cells(records: Select[Any], by: Sequence[str], count: int) -> CTE:
    """Select the cells with their sums as floating numbers, which add up in half the time of whole ones."""
    held = records.subquery("records")
    sums_of = [cast(held.c[f"{part}{place}"], Double) for place in range(count) for part in "nd"]
    names = [f"{part}{place}" for place in range(count) for part in "nd"]
    columns = [column.label(name) for column, name in zip(sums_of, names, strict=True)]
    return select(*(held.c[f"by_{name}"] for name in by), *columns).cte("cells")


def _coarser(cells: CTE, by: Sequence[str], places: Iterable[int], name: str) -> CTE:
    keys = [cells.c[f"by_{part}"] for part in by]
    columns = [
        func.sum(cells.c[f"{part}{place}"]).label(f"{part}{place}") for place in places for part in "nd"
    ]
    return select(*keys, *columns).group_by(*keys).cte(name)


def with_totals(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    held: Sequence[Mapping[str | None, Expected]],
    *,
    unit: str,
    selection: Selection,
) -> tuple[list[dict[Key, Figures]], list[dict[str, Any]]]:
    """Return what :func:`sums` by unit would, without reading the records again.

    ``held`` is what :func:`expected_sums` found in them. Not for quantiles nor distinct counts.
    """
    period = EVER if selection.period == "all" else asked_period(snapshot, selection.period)
    figures: list[dict[Key, Figures]] = [
        {(code,): Figures(part.observed, _over(measure, part)) for code, part in found.items()}
        for measure, found in zip(measures, held, strict=True)
    ]
    with snapshot.connect() as connection:
        notes = add_totals(connection, snapshot, measures, figures, ((unit,), selection, CITY, period))
    return figures, notes


def _over(measure: Measure, part: Expected) -> float | None:
    return part.over if measure.kind == "proportion" else None


def adjusted_for(measure: Measure, unit: str) -> tuple[str, ...]:
    """Return the strata by which a unit's mix is taken into account.

    Not those that the measure itself tells apart: given the channel, the share given online is no question.
    """
    own = {column.key for column in iterate(measure.numerator) if isinstance(column, Column)}
    columns = measure.fact.columns
    return tuple(
        name
        for name in STRATA
        if name in measure.dimensions and name != unit and columns[name].key not in own
    )


def _by_unit(cells: CTE, by: Sequence[str], limits: Mapping[int, int], mark: str) -> Select[Any]:
    """Select each unit's events, what they are out of, and ``Σ n·rate`` over its strata.

    ``limits`` by the measure's place; ``mark`` sets names apart. Rates are joined to the cells: window sums
    over the strata said the same and took twice as long.
    """
    rates = _rates(cells, by[1:], limits, mark)
    same = [cells.c[f"by_{name}"].is_not_distinct_from(rates.c[f"by_{name}"]) for name in by[1:]]
    unit = cells.c[f"by_{by[0]}"]
    totals = _totals_of_units(cells, unit, limits, mark)
    columns: list[Any] = [unit.label("unit")]
    for place, limit in limits.items():
        events, over = cells.c[f"n{place}"], cells.c[f"d{place}"]
        rate: ColumnElement[Any] = rates.c[f"rate{place}"]
        if limit:
            rate = case((_tells(cells, rates, totals, place, limit), _overall(cells, place)), else_=rate)
        columns += [func.sum(events).label(f"x{place}"), func.sum(over).label(f"n{place}")]
        columns.append(func.sum(over * rate).label(f"e{place}"))
    joined = cells.join(rates, and_(true(), *same))
    if any(limits.values()):
        joined = joined.join(totals, totals.c.unit.is_not_distinct_from(unit))
    return select(*columns).select_from(joined).group_by(unit)


def _totals_of_units(cells: CTE, unit: ColumnElement[Any], places: Iterable[int], mark: str) -> CTE:
    """Select what each unit's events are out of, over all strata."""
    over = [func.sum(cells.c[f"d{place}"]).label(f"d{place}") for place in places]
    return select(unit.label("unit"), *over).group_by(unit).cte(f"totals{mark}")


def _rates(cells: CTE, strata: Sequence[str], places: Iterable[int], mark: str) -> CTE:
    """Select the city's sums and rate of each stratum, the rate null where nothing is out of it."""
    keys = [cells.c[f"by_{name}"] for name in strata]
    columns: list[Any] = []
    for place in places:
        events, over = func.sum(cells.c[f"n{place}"]), func.sum(cells.c[f"d{place}"])
        rate = events / func.nullif(over, 0)
        columns += [events.label(f"n{place}"), over.label(f"d{place}"), rate.label(f"rate{place}")]
    return select(*keys, *columns).group_by(*keys).cte(f"rates{mark}")


def _tells(cells: CTE, rates: CTE, totals: CTE, place: int, limit: int) -> ColumnElement[bool]:
    """Say whether a stratum's rate would tell of few: in the whole city, or outside the unit.

    Also where a unit makes up so much of a stratum that fewer than ``limit`` cases of others would move its
    expected share by more than it is rounded to.
    """
    events, over = rates.c[f"n{place}"], rates.c[f"d{place}"]
    others, others_over = events - cells.c[f"n{place}"], over - cells.c[f"d{place}"]
    counts = (events, over, over - events, others, others_over, others_over - others)
    moved = (limit - 1) * cells.c[f"d{place}"] > COARSE_SHARE * over * totals.c[f"d{place}"]
    return or_(and_(others_over > 0, moved), *(and_(count > 0, count < limit) for count in counts))


def _overall(cells: CTE, place: int) -> Any:
    whole = func.nullif(func.sum(cells.c[f"d{place}"]), 0)
    rate = func.sum(cells.c[f"n{place}"]) / whole
    return select(rate).select_from(cells).scalar_subquery()
