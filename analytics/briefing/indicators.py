"""The indicators of a brief: value, interval, what it rests on, and how it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from analytics.briefing.content import Indicator, Source
from analytics.briefing.wording import (
    MASKED,
    base_of,
    change_of,
    interval_of,
    value_of,
)
from analytics.comparison.change import change
from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text
from analytics.measures import Request, evaluate_many, registry
from analytics.measures.declare import Measure
from analytics.store.snapshot import Snapshot

KEYS = (
    "services",
    "clients_served",
    "new_clients",
    "satisfaction_rate",
    "rating_response_rate",
    "bad_rating_followed_up_rate",
    "response_days",
    "answered_in_time_rate",
    "expert_answered_in_time_rate",
    "complaints",
    "reporting_rate",
)
_MEDIAN = Text(zh="{name}中位数", en="{name}, median")
_WITH_UNIT = Text(zh="{name}（{unit}）", en="{name} ({unit})")
_INTERVALS = {
    "proportion": Text(zh="Wilson 95%", en="Wilson 95%"),
    "quantile": Text(zh="次序统计量 95%", en="by ranks 95%"),
    "count": Text(zh="精确泊松 95%", en="exact Poisson 95%"),
    "distinct": Text(zh="无", en="none"),
}


@dataclass(frozen=True, slots=True)
class Read:
    """One indicator as read: its declaration, its row, and the rows of its change."""

    measure: Measure
    row: dict[str, Any]
    changed: dict[str, Any]
    meta: dict[str, Any]
    number: int


def read(snapshot: Snapshot, *, scope: Scope, period: Period) -> list[Read]:
    """Read all indicators of ``scope`` in a period, in the order of :data:`KEYS`."""
    selection = Selection(str(period))
    answers = evaluate_many(snapshot, [Request(key, (), selection, True) for key in KEYS], scope=scope)
    found = []
    for number, (key, answer) in enumerate(zip(KEYS, answers, strict=True), start=1):
        row = next(row for row in answer.rows if row.get("quantile", 0.5) == 0.5)
        changed = change(snapshot, key, scope=scope, selection=selection).rows[0]
        found.append(Read(registry.get(key), row, changed, answer.meta, number))
    return found


def table_of(found: list[Read]) -> tuple[Indicator, ...]:
    """Return the lines of the table."""
    return tuple(
        Indicator(
            key=part.measure.key,
            name=name_of(part.measure),
            value=value_of(part.measure, part.row["value"]),
            interval=interval_of(part.measure, part.row["lower"], part.row["upper"]),
            base=base_of(part.measure, part.row),
            year_before=_changed(part, "year_before"),
            period_before=_changed(part, "period_before"),
            source=part.number,
        )
        for part in found
    )


def _changed(part: Read, which: str) -> Text:
    return MASKED if part.row["masked"] else change_of(part.measure, part.changed, part.changed[which])


def name_of(measure: Measure) -> Text:
    """Return a measure's name as a table shows it: with its unit, and that it is a median."""
    if measure.kind == "proportion":
        return measure.name
    name = _MEDIAN.format(name=measure.name) if measure.kind == "quantile" else measure.name
    if measure.unit.en in name.en.lower():
        return Text(zh=_WITH_UNIT.zh.format(name=name.zh, unit=measure.unit.zh), en=name.en)
    return _WITH_UNIT.format(name=name, unit=measure.unit)


def sources_of(found: list[Read]) -> tuple[Source, ...]:
    """Return where the indicators come from, in their order."""
    return tuple(
        Source(
            number=part.number,
            name=part.measure.name,
            keys=(part.measure.key,),
            clauses=tuple(clause.number for clause in part.measure.clauses),
            base=base_of(part.measure, part.row),
            interval=_INTERVALS[part.measure.kind],
            period=part.meta["period"],
        )
        for part in found
    )
