"""Sums of groups before division, and what a city's own rates let expect of each unit's mix.

For statistics over all units of the city: nothing here is protected, so nothing of it is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Column, Double, Select, and_, cast, func, select, true
from sqlalchemy.sql.visitors import iterate

from analytics.core.selection import CITY, Scope, Selection
from analytics.measures.declare import Measure
from analytics.measures.evaluate import EVER, add_totals, asked_period, grouped_sums
from analytics.measures.plan import records_statement
from analytics.measures.result import Figures, Key
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
    snapshot: Snapshot, measures: Sequence[Measure], *, unit: str, selection: Selection
) -> list[dict[str | None, Expected]]:
    """Return each measure's events by unit beside what the whole city's rates let expect, from the records.

    ``E = Σ n·(city rate of the stratum)`` over the strata :data:`STRATA` that the fact knows, an unknown
    value being a stratum of its own. One statement for all measures, which are of one fact and have the same
    strata (see :func:`adjusted_for`); it returns one row a unit.
    """
    from analytics.measures.evaluate import bound_values

    period = EVER if selection.period == "all" else asked_period(snapshot, selection.period)
    by = (unit, *adjusted_for(measures[0], unit))
    cells = records_statement(measures, by, selection, CITY, period).cte("cells")
    found: list[dict[str | None, Expected]] = [{} for _ in measures]
    with snapshot.connect() as connection:
        for code, *values in connection.execute(_by_unit(cells, by, len(measures)), bound_values(snapshot)):
            for place in range(len(measures)):
                observed, over, expected = (float(part or 0) for part in values[3 * place : 3 * place + 3])
                found[place][code] = Expected(observed, over, expected)
    return found


def with_totals(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    held: Sequence[Mapping[str | None, Expected]],
    *,
    unit: str,
    selection: Selection,
) -> list[dict[str | None, tuple[float, float]]]:
    """Return each measure's events, and what they are out of, by unit, with what monthly totals add.

    ``held`` is what :func:`expected_sums` found in the records, so that these are not read again.
    """
    period = EVER if selection.period == "all" else asked_period(snapshot, selection.period)
    figures: list[dict[Key, Figures]] = [
        {(code,): Figures(part.observed, part.over) for code, part in found.items()} for found in held
    ]
    with snapshot.connect() as connection:
        add_totals(connection, snapshot, measures, figures, ((unit,), selection, CITY, period))
    return [
        {key[0]: (part.numerator or 0.0, part.denominator or 0.0) for key, part in found.items()}
        for found in figures
    ]


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


def _by_unit(cells: CTE, by: Sequence[str], count: int) -> Select[Any]:
    """Select each unit's events, what they are out of, and ``Σ n·rate`` over its strata.

    Rates are joined to the cells: window sums over the strata said the same and took twice as long.
    """
    rates = _rates(cells, by[1:], count)
    same = [cells.c[f"by_{name}"].is_not_distinct_from(rates.c[f"by_{name}"]) for name in by[1:]]
    unit = cells.c[f"by_{by[0]}"]
    columns: list[Any] = [unit.label("unit")]
    for place in range(count):
        events, over = cells.c[f"n{place}"], cells.c[f"d{place}"]
        columns += [func.sum(events), func.sum(over), func.sum(over * rates.c[f"rate{place}"])]
    joined = cells.join(rates, and_(true(), *same))
    return select(*columns).select_from(joined).group_by(unit)


def _rates(cells: CTE, strata: Sequence[str], count: int) -> CTE:
    """Select the city's rate of each stratum, null where nothing is out of it."""
    keys = [cells.c[f"by_{name}"] for name in strata]
    rates = [
        (cast(func.sum(cells.c[f"n{place}"]), Double) / func.nullif(func.sum(cells.c[f"d{place}"]), 0)).label(
            f"rate{place}"
        )
        for place in range(count)
    ]
    return select(*keys, *rates).group_by(*keys).cte("rates")
