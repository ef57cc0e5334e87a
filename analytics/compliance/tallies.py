"""Count what the rules name, as it was known on each of several days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.sql import visitors

from analytics.compliance.declare import Tally
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.measures.evaluate import bound_values
from analytics.measures.within import seen_by
from analytics.stats.arrays import Floats
from analytics.store.schema import (
    ASSIGNMENTS,
    CALENDAR,
    COMPLAINTS,
    EVALUATIONS,
    SERVICES,
    Ledger,
)
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
# What becomes known after a fact's own date, and the day on which it does: ledger -> column -> day.
_KNOWN_ON = {
    SERVICES.kind: {
        "responded_at_day": "responded_at_day", "responded_next_worked": "responded_at_day",
        "response_days": "responded_at_day", "completed_at_day": "completed_at_day",
        "completed_next_worked": "completed_at_day", "outcome": "completed_at_day",
        "result_kind": "completed_at_day", "result_amount_10k_yuan": "completed_at_day",
        "referral_followed_up_at_day": "referral_followed_up_at_day",
        "followed_up_at_day": "followed_up_at_day", "rated_level": "rated_at_day", "rating": "rated_at_day",
        "rated_at_day": "rated_at_day",
    },
    ASSIGNMENTS.kind: {
        "responded_at_day": "responded_at_day", "responded_next_worked": "responded_at_day",
        "served_on_day": "served_on_day", "feedback_on_day": "feedback_on_day",
    },
    COMPLAINTS.kind: {
        "closed_at_day": "closed_at_day", "is_upheld": "closed_at_day", "improved_on_day": "improved_on_day",
    },
    EVALUATIONS.kind: {"improved_on_day": "improved_on_day"},
}  # fmt: skip
# The largest ledger. Of it rules count what has happened, never what has not: that lasts once it is known.
_LASTING = frozenset({SERVICES.kind})
_EPOCH = date(1970, 1, 1)
_Sums = dict[str, Floats]


@dataclass(frozen=True)
class Counts:
    """Sums of tallies over the twelve months that end with each of several days, by institution."""

    tallies: tuple[Tally, ...]
    by_end: tuple[_Sums, ...]

    def at(self, institution_id: str, place: int = 0) -> dict[Tally, float]:
        """Return an institution's sums on the day at ``place``."""
        found = self.by_end[place].get(institution_id)
        return {} if found is None else dict(zip(self.tallies, found.tolist(), strict=True))


def count(snapshot: Snapshot, tallies: Sequence[Tally], *, scope: Scope, ends: Sequence[date]) -> Counts:
    """Sum ``tallies`` over the twelve months until each of ``ends``, the latest first.

    What came to be known after a day does not count on it: a case that was completed later was open. What
    never changes is counted once by month; so is what lasts once it is known, by the day from which it
    counts; the rest once a day.
    """
    place = {tally: number for number, tally in enumerate(tallies)}
    by_end: tuple[_Sums, ...] = tuple(
        defaultdict(lambda: np.zeros(len(tallies), dtype=np.float64)) for _ in ends
    )
    for ledger in {tally.ledger.kind: tally.ledger for tally in tallies}.values():
        mine = [tally for tally in tallies if tally.ledger is ledger]
        steady = [tally for tally in mine if not _moves(tally)]
        moving = [tally for tally in mine if _moves(tally)]
        if steady:
            _add_by_month(snapshot, ledger, steady, scope, ends, by_end, [place[one] for one in steady])
        if ledger.kind in _LASTING and len(ends) > 1:
            for group in _by_days_known(moving):
                _add_once_known(snapshot, ledger, group, scope, ends, by_end, [place[one] for one in group])
            continue
        for end, sums in zip(ends, by_end, strict=True):
            if moving:
                _add(snapshot, ledger, moving, scope, end, sums, [place[one] for one in moving])
    return Counts(tuple(tallies), tuple(dict(sums) for sums in by_end))


def known_by(tally: Tally) -> ColumnElement[Any]:
    """Return what a tally counts as it was known on the day bound as ``as_of_day``."""
    table = tally.ledger.current
    known_on = _KNOWN_ON.get(tally.ledger.kind, {})

    def replace(element: Any, **_: Any) -> Any:
        if not isinstance(element, Column) or element.table is not table or element.name not in known_on:
            return None
        day = table.c[known_on[element.name]]
        return case((or_(day.is_(None), day <= bindparam("as_of_day")), element), else_=null())

    # The library gives no type for what it copies.
    copied: ColumnElement[Any] = visitors.replacement_traverse(tally.counted, {}, replace)
    return copied


def _moves(tally: Tally) -> bool:
    """Say whether what a tally counts of a fact may change after the fact's own date."""
    return bool(_days_known(tally))


@lru_cache(maxsize=512)
def _days_known(tally: Tally) -> frozenset[str]:
    """Return the columns of days on which what a tally counts becomes known."""
    known_on = _KNOWN_ON.get(tally.ledger.kind, {})
    return frozenset(
        known_on[part.name]
        for part in visitors.iterate(tally.counted)
        if isinstance(part, Column) and part.table is tally.ledger.current and part.name in known_on
    )


def _by_days_known(tallies: Sequence[Tally]) -> Iterable[list[Tally]]:
    groups: dict[frozenset[str], list[Tally]] = defaultdict(list)
    for tally in tallies:
        groups[_days_known(tally)].append(tally)
    return groups.values()


def _add_once_known(
    snapshot: Snapshot,
    ledger: Ledger,
    tallies: Sequence[Tally],
    scope: Scope,
    ends: Sequence[date],
    by_end: Sequence[_Sums],
    places: Sequence[int],
) -> None:
    """Add sums of what lasts: by month, and by the first of ``ends`` on which it was known."""
    table = ledger.current.c
    day = table[DAYS[ledger.kind]]
    known: ColumnElement[Any] = day
    for name in sorted(_days_known(tallies[0])):
        known = func.greatest(known, func.coalesce(table[name], day))
    # Written out: the same expression must be told twice, and a parameter is each time another.
    first = case(
        *(
            (known <= literal_column(str(day_number(end))), literal_column(str(number)))
            for number, end in sorted(enumerate(ends), reverse=True)
        ),
        else_=literal_column("-1"),
    )
    sums = [summed(tally.counted).label(f"t{number}") for number, tally in enumerate(tallies)]
    statement = select(table.institution_id, table.month, first, *sums).where(
        table.institution_id.is_not(None), *in_window(ledger, ends[0], ends[-1]), *seen_by(scope, table)
    )
    statement = statement.group_by(table.institution_id, table.month, first)
    windows = [_window(ledger, end) for end in ends]
    for institution_id, code, since, *found in _fetched(snapshot, statement, ends[0]):
        added = np.asarray(found, dtype=np.float64)
        for number in range(since + 1):
            if windows[number][0] <= code <= windows[number][1]:
                by_end[number][institution_id][places] += added


def _add_by_month(
    snapshot: Snapshot,
    ledger: Ledger,
    tallies: Sequence[Tally],
    scope: Scope,
    ends: Sequence[date],
    by_end: Sequence[_Sums],
    places: Sequence[int],
) -> None:
    """Add sums of what never changes: months once, then windows of twelve of them."""
    month = ledger.current.c.month
    statement = _statement(ledger, tallies, scope, ends[-1], ends[0], month).group_by(month)
    windows = [_window(ledger, end) for end in ends]
    for institution_id, code, *sums in _fetched(snapshot, statement, ends[0]):
        added = np.asarray(sums, dtype=np.float64)
        for (first, last), found in zip(windows, by_end, strict=True):
            if first <= code <= last:
                found[institution_id][places] += added


def _add(
    snapshot: Snapshot,
    ledger: Ledger,
    tallies: Sequence[Tally],
    scope: Scope,
    end: date,
    found: _Sums,
    places: Sequence[int],
) -> None:
    statement = _statement(ledger, tallies, scope, end, end)
    for institution_id, *sums in _fetched(snapshot, statement, end):
        found[institution_id][places] += np.asarray(sums, dtype=np.float64)


def _statement(
    ledger: Ledger,
    tallies: Sequence[Tally],
    scope: Scope,
    earliest: date,
    latest: date,
    *by: ColumnElement[Any],
) -> Select[Any]:
    table = ledger.current.c
    conditions = [table.institution_id.is_not(None), *in_window(ledger, latest, earliest)]
    conditions += seen_by(scope, table)
    sums = [summed(known_by(tally)).label(f"t{number}") for number, tally in enumerate(tallies)]
    statement = select(table.institution_id, *by, *sums).where(*conditions)
    return statement.group_by(table.institution_id)


def _fetched(snapshot: Snapshot, statement: Select[Any], end: date) -> Iterable[Any]:
    with snapshot.connect() as connection:
        return connection.execute(statement, bound_values_on(snapshot, end)).all()


def _window(ledger: Ledger, end: date) -> tuple[str, str]:
    """Return the first and last of the twelve months until a day.

    What is told by the month alone, totals and reports, is known when the month is over.
    """
    last = month_number(end.isoformat()[:7])
    if ledger.kind not in DAYS and (end + timedelta(days=1)).day != 1:
        last -= 1
    return month_code(last - WINDOW_MONTHS + 1), month_code(last)


def in_window(ledger: Ledger, end: date, earliest: date | None = None) -> list[ColumnElement[bool]]:
    """Return what keeps rows of a ledger to the twelve months until the day bound as ``as_of_day``.

    With ``earliest`` they begin with the twelve months until that day.
    """
    table = ledger.current.c
    conditions = [
        table.month >= _window(ledger, earliest or end)[0],
        table.month <= _window(ledger, end)[1],
    ]
    if ledger.kind in DAYS:
        conditions.append(table[DAYS[ledger.kind]] <= bindparam("as_of_day"))
    return conditions


def summed(counted: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the sum of what a tally counts: of rows that do, or of a number."""
    if isinstance(counted.type, Boolean):
        return func.coalesce(func.sum(case((counted, 1), else_=0)), 0)
    return func.coalesce(func.sum(counted), 0)


def bound_values_on(snapshot: Snapshot, as_of: date) -> Mapping[str, Any]:
    """Return what statements leave open: the day, settings, and last days of data, none after the day."""
    values = bound_values(snapshot)
    today = day_number(as_of)
    worked_until = _worked_until(snapshot, today)
    for name, value in values.items():
        if name.endswith("_last_worked_until"):
            values[name] = min(value, worked_until)
        elif name.endswith("_last_day"):
            values[name] = min(value, today)
    return values | {"as_of_day": today}


def _worked_until(snapshot: Snapshot, day: int) -> int:
    column: Column[Any] = CALENDAR.c.worked_until
    statement = select(func.max(column)).where(and_(CALENDAR.c.day <= day))
    with snapshot.connect() as connection:
        return int(connection.execute(statement).scalar() or 0)


def day_number(day: date) -> int:
    """Return days since 1970-01-01, as ledgers' days are stored."""
    return (day - _EPOCH).days
