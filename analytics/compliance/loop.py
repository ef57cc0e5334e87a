"""The loop of chapter 9: what was found wrong, what was improved, how long it took, what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from analytics.compliance.tallies import day_number
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.measures.suppress import count_limit, is_small, round_to
from analytics.measures.within import open_within, seen_by
from analytics.store.schema import COMPLAINTS, EVALUATIONS, INSTITUTIONS, SERVICES, Ledger
from analytics.store.snapshot import Snapshot

Source = Literal["evaluation", "complaint", "bad_rating"]
SOURCES: tuple[Source, ...] = ("evaluation", "complaint", "bad_rating")
_YEAR = timedelta(days=365)
_PLACES = {"district": "district", "tier": "tier", "institution": "institution_id"}


# Bad ratings are many and are looked into within the year; what an evaluation or complaint found stays open.
_STAYS_OPEN: tuple[Source, ...] = ("evaluation", "complaint")


@dataclass(frozen=True, slots=True)
class Loop:
    """What was raised from one source, and what is open on a day.

    Attributes
    ----------
    raised, done : int or None
        Findings, upheld complaints or bad ratings of the twelve months before the day, and those of them
        that were improved. None of all these: too few bad ratings for who may not see records.
    open, overdue : int or None
        Not improved on the day, and those of them for longer than ``within_days``. Findings and complaints
        raised before the twelve months count here too: time alone closes nothing.
    oldest_days : int or None
        Days since the oldest open one was raised.
    days : float or None
        Median from raising to improvement of those done.
    within_days : int
        The setting.
    """

    source: Source
    raised: int | None
    done: int | None
    open: int | None
    overdue: int | None
    oldest_days: int | None
    days: float | None
    within_days: int


def loops(snapshot: Snapshot, *, scope: Scope, as_of: date, selection: Selection | None = None) -> list[Loop]:
    """Return, source by source, how much of what was raised was improved, what is open and what overdue."""
    found = []
    with snapshot.connect() as connection:
        for source in SOURCES:
            one = _loop(connection, source, scope, as_of, selection)
            limit = count_limit(scope, settings()) if source == "bad_rating" else 0
            found.append(_as_seen(one, limit) if limit else one)
    return found


def _loop(
    connection: Connection, source: Source, scope: Scope, as_of: date, selection: Selection | None
) -> Loop:
    within, day = settings().improve_within_days, day_number(as_of)
    each = _each(source, scope, as_of, selection).subquery("each")
    recent = each.c.raised_day > day - _YEAR.days
    is_done, is_open = each.c.done_day.is_not(None), each.c.done_day.is_(None)
    late = and_(is_open, each.c.raised_day + within < day)
    sums = select(
        *(func.sum(case((one, 1), else_=0)) for one in (recent, and_(recent, is_done), is_open, late)),
        func.min(case((is_open, each.c.raised_day))),
    )
    *counts, first = connection.execute(sums.select_from(each)).one()
    days = select(each.c.done_day - each.c.raised_day).where(is_done, recent)
    taken = [int(value) for value in connection.execute(days).scalars()]
    raised, done, still, overdue_ = (int(count or 0) for count in counts)
    oldest = None if first is None else day - int(first)
    return Loop(
        source, raised, done, still, overdue_, oldest, float(median(taken)) if taken else None, within
    )


def _as_seen(one: Loop, limit: int) -> Loop:
    """Round what who may not see records gets; nothing where a number is too small, or would be told."""
    counts = (one.raised or 0, one.done or 0, one.open or 0, one.overdue or 0)
    differences = (counts[0] - counts[1], counts[2] - counts[3])
    if any(is_small(count, limit) for count in (*counts, *differences)):
        return Loop(one.source, None, None, None, None, None, None, one.within_days)
    raised, done, still, late = (int(round_to(count, limit)) for count in counts)
    return Loop(one.source, raised, done, still, late, None, one.days, one.within_days)


def overdue(
    snapshot: Snapshot,
    *,
    scope: Scope,
    as_of: date,
    selection: Selection | None = None,
    limit: int = 500,
) -> list[dict[str, Any]]:
    """Return what was raised and not improved within the days set, the oldest first.

    Keys: ``source``, ``institution_id``, ``name``, ``number`` (none where the client asked for confidence),
    ``raised_on`` and ``age_days``. Readers who may not see records get none.
    """
    if scope.audience != "records":
        return []
    within, day = settings().improve_within_days, day_number(as_of)
    listed = INSTITUTIONS.current
    found: list[dict[str, Any]] = []
    with snapshot.connect() as connection:
        for source in SOURCES:
            each = _each(source, scope, as_of, selection).subquery("each")
            joined = each.outerjoin(listed, listed.c.institution_id == each.c.institution_id)
            statement = (
                select(each, listed.c.name)
                .select_from(joined)
                .where(each.c.done_day.is_(None), each.c.raised_day + within < day)
                .order_by(each.c.raised_day, each.c.institution_id)
                .limit(limit)
            )
            found += [_item(source, row, day) for row in connection.execute(statement).mappings()]
    return sorted(found, key=lambda item: -item["age_days"])[:limit]


def evaluated(
    snapshot: Snapshot, *, scope: Scope, as_of: date, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return, by area, how many open institutions were evaluated within twelve months.

    Keys: ``district``, ``institutions``, ``internal``, ``external``, ``both`` (9.1 asks for both).
    """
    listed, table = INSTITUTIONS.current.c, EVALUATIONS.current.c
    recent = and_(table.evaluated_on <= as_of, table.evaluated_on > as_of - _YEAR)
    each = select(
        table.institution_id,
        *(
            func.max(case((table.evaluation_kind == kind, 1), else_=0)).label(name)
            for kind, name in (("内部", "internal"), ("外部", "external"))
        ),
    )
    kinds = each.where(recent).group_by(table.institution_id).subquery("kinds")
    source = INSTITUTIONS.current.outerjoin(kinds, kinds.c.institution_id == listed.institution_id)
    conditions = [
        *open_within(listed, as_of),
        *seen_by(scope, listed),
        *_at(selection, listed),
    ]
    sums = {
        "internal": func.sum(kinds.c.internal),
        "external": func.sum(kinds.c.external),
        "both": func.sum(kinds.c.internal * kinds.c.external),
    }
    statement = select(
        listed.district,
        func.count().label("institutions"),
        *(func.coalesce(value, 0).label(name) for name, value in sums.items()),
    )
    statement = statement.select_from(source).where(*conditions).group_by(listed.district)
    with snapshot.connect() as connection:
        rows = connection.execute(statement.order_by(listed.district)).mappings()
        return [
            {name: int(value) if name != "district" else value for name, value in row.items()} for row in rows
        ]


def _each(source: Source, scope: Scope, as_of: date, selection: Selection | None) -> Select[Any]:
    """Select ``institution_id``, ``number``, ``raised_day`` and ``done_day`` of what was raised until a day.

    What was raised more than a year before is among it only where it stays open until it is improved.
    """
    day = day_number(as_of)
    if source == "evaluation":
        table = EVALUATIONS.current.c
        return _raised(
            EVALUATIONS, table.evaluation_id, table.evaluated_on_day, table.improved_on_day,
            [table.findings.is_not(None),
             _is_in_view(source, table.evaluated_on_day, table.improved_on_day, day),
             *_at(selection, table)],
            scope, day,
        )  # fmt: skip
    if source == "complaint":
        complaints = COMPLAINTS.current.c
        return _raised(
            COMPLAINTS, complaints.complaint_id, complaints.received_at_day, complaints.improved_on_day,
            [complaints.is_upheld == true(),
             _is_in_view(source, complaints.received_at_day, complaints.improved_on_day, day),
             *_at(selection, complaints)],
            scope, day,
        )  # fmt: skip
    services = SERVICES.current.c
    number = case((services.is_confidential == true(), cast(null(), Text)), else_=services.record_id)
    return _raised(
        SERVICES, number, services.bad_rating_day, services.bad_rating_resolved_at_day,
        [services.rated_level <= 2,
         _is_in_view(source, services.bad_rating_day, services.bad_rating_resolved_at_day, day),
         *_at(selection, services)],
        scope, day,
    )  # fmt: skip


def _raised(
    ledger: Ledger,
    number: ColumnElement[Any],
    raised: ColumnElement[Any],
    done: ColumnElement[Any],
    conditions: list[ColumnElement[bool]],
    scope: Scope,
    day: int,
) -> Select[Any]:
    known = case((done <= day, done), else_=literal(None, raised.type))
    columns = (
        ledger.current.c.institution_id,
        number.label("number"),
        raised.label("raised_day"),
        known.label("done_day"),
    )
    return select(*columns).where(*conditions, raised <= day, *seen_by(scope, ledger.current.c))


def _at(selection: Selection | None, columns: Any) -> list[ColumnElement[bool]]:
    """Return what keeps rows to the places of a selection; its other filters are not heeded."""
    chosen = {} if selection is None else {name: selection.get(name) for name in _PLACES}
    return [columns[_PLACES[name]].in_(codes) for name, codes in chosen.items() if codes]


def _is_in_view(
    source: Source, raised: ColumnElement[Any], done: ColumnElement[Any], day: int
) -> ColumnElement[bool]:
    recent = raised > day - _YEAR.days
    return or_(recent, done.is_(None), done > day) if source in _STAYS_OPEN else recent


def _item(source: Source, row: Any, day: int) -> dict[str, Any]:
    raised = date(1970, 1, 1) + timedelta(days=row["raised_day"])
    return {
        "source": source,
        "institution_id": row["institution_id"],
        "name": row["name"] or row["institution_id"],
        "number": row["number"],
        "raised_on": raised,
        "age_days": day - row["raised_day"],
    }
