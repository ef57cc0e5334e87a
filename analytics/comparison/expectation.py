"""What each unit is expected to have: by the city's rates for its mix, by services, capacity or demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Boolean, ColumnElement, Double, func, select
from sqlalchemy.sql.elements import True_

from analytics.comparison.units import Unit, UnitKind
from analytics.core.periods import Period, last_day_of
from analytics.core.selection import CITY, Selection
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.measures.facts import CLIENT_COMPLAINTS
from analytics.measures.listings import demand
from analytics.measures.sums import Expected, sums
from analytics.store.schema import INSTITUTIONS, SERVICES
from analytics.store.snapshot import Snapshot

Treatment = Literal["share", "days", "count", "plain"]

# Half a day is added before logarithms are taken: an answer on the spot took no days at all.
SHIFT_DAYS = 0.5

_NOTES = {
    "city_rates": Text(
        zh="按全市同类业务（服务事项、服务方式、服务对象类型）的比率和本单位的业务构成推算",
        en="from the city's rates for the unit's own mix of service, channel and client type",
    ),
    "services": Text(
        zh="按全市每件次服务的比率和本单位的服务量推算",
        en="from the city's rate per service and the unit's services",
    ),
    "annual_capacity": Text(
        zh="按填报的年服务能力和开放月数分摊全市服务量",
        en="the city's services shared out by declared annual capacity",
    ),
    "demand": Text(zh="按各区服务需求分摊全市服务量", en="the city's services shared out by demand"),
}
NO_EXPECTATION = Text(
    zh="没有可靠的预计依据（如服务能力、需求数据），只给出数值，不作比较",
    en="nothing to expect it from (such as capacity or demand): figures only, no comparison",
)


@dataclass(frozen=True, slots=True)
class Expectation:
    """Expected events by unit, ``None`` for a unit without; ``source`` is ``None`` where none has any.

    ``held`` holds what the expectation rests on by unit, where it was read from the records.
    """

    source: str | None
    by_unit: Mapping[str | None, float | None]
    held: Mapping[str | None, Expected]

    @property
    def note(self) -> Text:
        """Where the expectation comes from, for readers."""
        return NO_EXPECTATION if self.source is None else _NOTES[self.source]


def treatment_of(measure: Measure) -> Treatment:
    """Return how a measure's units can be compared at all."""
    if measure.kind == "proportion":
        return "share"
    if measure.kind == "quantile":
        return "days"
    return "count" if measure.kind == "count" else "plain"


def log_measures(measure: Measure) -> tuple[Measure, Measure]:
    """Return measures of the sum, and the sum of squares, of the logarithms of a measure in days."""
    logarithm: ColumnElement[float] = func.ln(measure.numerator + SHIFT_DAYS, type_=Double())
    known = measure.numerator.is_not(None)
    first, second = (
        Measure(
            key=f"{measure.key}_{name}",
            kind="proportion",
            name=measure.name,
            definition=measure.definition,
            unit=measure.unit,
            clauses=measure.clauses,
            fact=measure.fact,
            numerator=numerator,
            denominator=known,
        )
        for name, numerator in (("log", logarithm), ("log_squared", logarithm * logarithm))
    )
    return first, second


def has_city_rates(measure: Measure) -> bool:
    """Say whether the city's rates for a unit's mix are what to expect of a measure."""
    treatment = treatment_of(measure)
    return treatment in ("share", "days") or (treatment == "count" and _is_part_of_records(measure))


def of_city_rates(held: Mapping[str | None, Expected]) -> Expectation:
    """Return what the city's rates let expect, from what was read of it."""
    return Expectation("city_rates", {code: part.expected for code, part in held.items()}, held)


def expectation_of(
    snapshot: Snapshot,
    measure: Measure,
    *,
    kind: UnitKind,
    unit: str,
    units: list[Unit],
    selection: Selection,
    period: Period,
) -> Expectation:
    """Return what to expect of a count without rates (see :func:`has_city_rates`), from the best source."""
    if treatment_of(measure) == "plain":
        return Expectation(None, {}, {})
    if measure.fact is CLIENT_COMPLAINTS:
        return Expectation("services", _by_services(snapshot, measure, unit, selection), {})
    if measure.key == "services" and not _is_narrowed(selection):
        shares = capacities(snapshot, units, period) if kind == "institution" else _demands(snapshot, units)
        source = "annual_capacity" if kind == "institution" else "demand"
        if shares:
            return Expectation(source, _shared_out(snapshot, measure, unit, selection, shares), {})
    return Expectation(None, {}, {})


def _is_part_of_records(measure: Measure) -> bool:
    """Say whether a count is of service records that meet a condition, so that it has a rate."""
    return measure.fact.table is SERVICES.current and _is_condition(measure)


def _is_condition(measure: Measure) -> bool:
    return isinstance(measure.numerator.type, Boolean) and not isinstance(measure.numerator, True_)


def _is_narrowed(selection: Selection) -> bool:
    places = {"district", "tier", "institution", "operator_type", "township"}
    return any(name not in places for name, _ in selection.filters)


def _by_services(
    snapshot: Snapshot, measure: Measure, unit: str, selection: Selection
) -> dict[str | None, float | None]:
    (events,), _ = sums(snapshot, [measure], by=(unit,), selection=selection)
    (services,), _ = sums(snapshot, [registry.get("services")], by=(unit,), selection=selection)
    whole = sum(figure.numerator or 0 for figure in services.values())
    rate = sum(figure.numerator or 0 for figure in events.values()) / whole if whole else 0.0
    return {code: rate * (figure.numerator or 0) for (code,), figure in services.items()}


def capacities(snapshot: Snapshot, units: list[Unit], period: Period) -> dict[str | None, float]:
    """Return each institution's declared annual capacity times its open months, where it declared one."""
    table = INSTITUTIONS.current.c
    statement = select(table.institution_id, table.annual_capacity).where(table.annual_capacity > 0)
    with snapshot.connect() as connection:
        declared = {row.institution_id: row.annual_capacity for row in connection.execute(statement)}
    return {
        unit.code: declared[unit.code] * _months_open(unit.facts, period)
        for unit in units
        if unit.code in declared
    }


def _months_open(facts: dict[str, Any], period: Period) -> int:
    opened, closed = facts["opened_on"], facts["closed_on"]
    ends = [last_day_of(month) for month in period.months]
    return sum((opened is None or opened <= end) and (closed is None or closed >= end) for end in ends)


def _demands(snapshot: Snapshot, units: list[Unit]) -> dict[str | None, float]:
    known = {unit.code for unit in units}
    found: dict[str | None, float] = {}
    for row in demand(snapshot, scope=CITY):
        if row["district"] in known and row["demand"]:
            found[row["district"]] = found.get(row["district"], 0.0) + row["demand"]
    return found


def _shared_out(
    snapshot: Snapshot, measure: Measure, unit: str, selection: Selection, shares: dict[str | None, float]
) -> dict[str | None, float | None]:
    (found,), _ = sums(snapshot, [measure], by=(unit,), selection=selection)
    whole = sum(figure.numerator or 0 for (code,), figure in found.items() if code in shares)
    weight = sum(shares.values())
    return {code: whole * share / weight if weight else None for code, share in shares.items()}
