"""Count what the rules name: one statement a ledger, by institution and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Boolean, Column, ColumnElement, Select, and_, case, func, select

from analytics.compliance.declare import Tally
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.measures.evaluate import bound_values
from analytics.measures.within import seen_by
from analytics.stats.arrays import Floats
from analytics.store.schema import CALENDAR, Ledger
from analytics.store.snapshot import Snapshot

WINDOW_MONTHS = 12
# The one date of a fact that periods go by.
DAYS = {
    "services": "received_at_day",
    "activities": "held_on_day",
    "assignments": "notified_at_day",
    "complaints": "received_at_day",
    "evaluations": "evaluated_on_day",
    "publications": "published_on_day",
}
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Counts:
    """Sums of tallies by institution and month.

    ``months`` are the last months (``YYYY-MM``), ending with the day asked for; ``by_month`` holds for each
    institution an array of shape (months, tallies).
    """

    tallies: tuple[Tally, ...]
    months: tuple[str, ...]
    by_month: dict[str, Floats]

    def at(self, institution_id: str, months_back: int = 0) -> dict[Tally, float]:
        """Return the sums over the twelve months that end ``months_back`` months before the last one."""
        found = self.by_month.get(institution_id)
        if found is None:
            return {}
        end = len(self.months) - months_back
        sums = found[max(0, end - WINDOW_MONTHS) : end].sum(axis=0)
        return dict(zip(self.tallies, sums.tolist(), strict=True))


def count(snapshot: Snapshot, tallies: Sequence[Tally], *, scope: Scope, as_of: date, months: int) -> Counts:
    """Sum ``tallies`` over facts dated until ``as_of``, in its month and the ``months - 1`` before it."""
    last = month_number(as_of.isoformat()[:7])
    codes = tuple(month_code(number) for number in range(last - months + 1, last + 1))
    place = {code: number for number, code in enumerate(codes)}
    column = {tally: number for number, tally in enumerate(tallies)}
    by_month: dict[str, Floats] = {}
    values = bound_values_on(snapshot, as_of)
    with snapshot.connect() as connection:
        for ledger in {tally.ledger.kind: tally.ledger for tally in tallies}.values():
            mine = [tally for tally in tallies if tally.ledger is ledger]
            statement = _statement(ledger, mine, scope, codes[0], as_of)
            for institution_id, month, *sums in connection.execute(statement, values):
                if institution_id not in by_month:
                    by_month[institution_id] = np.zeros((months, len(tallies)))
                by_month[institution_id][place[month], [column[tally] for tally in mine]] = sums
    return Counts(tuple(tallies), codes, by_month)


def _statement(
    ledger: Ledger, tallies: Sequence[Tally], scope: Scope, first_month: str, as_of: date
) -> Select[Any]:
    table = ledger.current.c
    conditions = [table.month >= first_month, table.month <= as_of.isoformat()[:7]]
    conditions.append(table.institution_id.is_not(None))
    if ledger.kind in DAYS:
        conditions.append(table[DAYS[ledger.kind]] <= day_number(as_of))
    conditions += seen_by(scope, ledger.current.c)
    sums = [_sum(tally.counted).label(f"t{number}") for number, tally in enumerate(tallies)]
    statement = select(table.institution_id, table.month, *sums).where(*conditions)
    return statement.group_by(table.institution_id, table.month)


def _sum(counted: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(counted.type, Boolean):
        return func.coalesce(func.sum(case((counted, 1), else_=0)), 0)
    return func.coalesce(func.sum(counted), 0)


def bound_values_on(snapshot: Snapshot, as_of: date) -> dict[str, Any]:
    """Return what statements leave open: settings, and last days of data, none after ``as_of``."""
    values = bound_values(snapshot)
    today = day_number(as_of)
    worked_until = _worked_until(snapshot, today)
    for name, value in values.items():
        if name.endswith("_last_worked_until"):
            values[name] = min(value, worked_until)
        elif name.endswith("_last_day"):
            values[name] = min(value, today)
    return values


def _worked_until(snapshot: Snapshot, day: int) -> int:
    column: Column[Any] = CALENDAR.c.worked_until
    statement = select(func.max(column)).where(and_(CALENDAR.c.day <= day))
    with snapshot.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)


def day_number(day: date) -> int:
    """Return days since 1970-01-01, as ledgers' days are stored."""
    return (day - _EPOCH).days
