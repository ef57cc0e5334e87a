"""What current rows contradict in other ledgers, as statements over the current facts.

Each judgement is a rule's code with the rows that break it. A row is judged by what the lists say
now, never by what they said when it came: the order in which ledgers come does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from analytics.store.current import Oddities, current_versions, institution_of, sharing_keys
from analytics.store.schema import (
    CLIENTS,
    EXPERTS,
    INSTITUTION_MONTHS,
    INSTITUTIONS,
    LEDGERS,
    MONTHLY,
    SERVICES,
    Ledger,
)

UNKNOWN_CLIENT = "E601"
UNKNOWN_EXPERT = "E602"
OUTSIDE_OPEN_DAYS = "E603"
TOTAL_DIFFERS_FROM_RECORDS = "E604"
TOTAL_DIFFERS_FROM_PARTS = "E605"
UNKNOWN_INSTITUTION = "E606"
# Rules that the settings may make a rejection: then such rows do not count.
CAN_TURN_AWAY = (UNKNOWN_CLIENT, UNKNOWN_EXPERT, OUTSIDE_OPEN_DAYS)

# The date of a fact, which must lie within the open days of its institution; months are special.
FACT_DATES = {
    "services": "received_at",
    "monthly": "month",
    "assignments": "notified_at",
    "complaints": "received_at",
    "activities": "held_on",
    "publications": "published_on",
    "evidence": "checked_on",
    "evaluations": "evaluated_on",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A rule about the rows of one ledger.

    Attributes
    ----------
    code : str
        The rule.
    ledger : Ledger
        Whose rows it is about.
    lists : frozenset of str
        Kinds whose change makes all of these rows be judged anew; else a batch's own rows are.
    broken : callable
        Returns the rows that break it, of all current facts or of one batch's (its number).
    """

    code: str
    ledger: Ledger
    lists: frozenset[str]
    broken: Callable[[int | None], Select[Any]]


def row_judgements(connection: Connection) -> Iterator[Judgement]:
    """Return the rules about single rows; one against a list that holds nothing finds nothing."""
    for ledger in LEDGERS.values():
        names = ledger.current.c
        if "client_id" in names and ledger is not CLIENTS:
            yield _not_listed(connection, UNKNOWN_CLIENT, ledger, CLIENTS, "client_id")
        if "expert_id" in names and ledger is not EXPERTS:
            yield _not_listed(connection, UNKNOWN_EXPERT, ledger, EXPERTS, "expert_id")
        if ledger.kind in FACT_DATES:
            yield _outside_open_days(ledger)


def _not_listed(
    connection: Connection, code: str, ledger: Ledger, directory: Ledger, column: str
) -> Judgement:
    facts, listed = ledger.current, directory.current
    is_empty = connection.execute(select(listed.c[column]).limit(1)).first() is None

    def broken(batch_id: int | None) -> Select[Any]:
        known = exists().where(listed.c[column] == facts.c[column])
        value = facts.c[column]
        chosen = _found(ledger, code, value, literal("")).where(value.is_not(None), ~known)
        chosen = chosen.where(_of_batch(facts, batch_id))
        return chosen.where(literal(0) == 1) if is_empty else chosen

    return Judgement(code, ledger, frozenset({directory.kind, "institutions"}), broken)


def _outside_open_days(ledger: Ledger) -> Judgement:
    facts, listed = ledger.current, INSTITUTIONS.current
    name = FACT_DATES[ledger.kind]

    def broken(batch_id: int | None) -> Select[Any]:
        if name == "month":
            # A month that reaches into the open days is none outside them.
            value: ColumnElement[Any] = facts.c.month
            outside = or_(value < _month_of(listed.c.opened_on), value > _month_of(listed.c.closed_on))
        else:
            day, value = facts.c[f"{name}_day"], cast(cast(facts.c[name], Date), Text)
            # The day of closing is still open.
            outside = or_(day < listed.c.opened_on_day, day > listed.c.closed_on_day)
        own = listed.c.institution_id == facts.c.institution_id
        chosen = _found(ledger, OUTSIDE_OPEN_DAYS, value, facts.c.institution_id)
        return chosen.where(exists().where(and_(own, outside)), _of_batch(facts, batch_id))

    return Judgement(OUTSIDE_OPEN_DAYS, ledger, frozenset({"institutions"}), broken)


def _month_of(day: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(cast(day, Text), 1, 7)


def _of_batch(facts: FromClause, batch_id: int | None) -> ColumnElement[bool]:
    return literal(1) == 1 if batch_id is None else facts.c.batch_id == batch_id


def _found(ledger: Ledger, code: str, value: ColumnElement[Any], detail: ColumnElement[Any]) -> Select[Any]:
    facts = ledger.current
    month = facts.c.month if "month" in facts.c else null()
    return select(
        literal(ledger.kind),
        facts.c.version_id,
        literal(code),
        value,
        detail,
        facts.c.institution_id,
        cast(month, Text),
    )


def write_waiting(
    connection: Connection, ledger: Ledger, odd: Oddities, write: Callable[[Select[Any]], None]
) -> None:
    """Give ``write`` the rows of a ledger that wait, each with the institution it names."""
    rows, listed = ledger.rows, INSTITUTIONS.current
    meant = institution_of(ledger, rows, odd)
    known = select(listed.c.institution_id)
    unlisted = select(rows).where(meant.is_not(None), meant.not_in(known))
    # The few distinct ones are looked up faster than those of all rows.
    named = select(rows.c.institution_id).distinct().subquery("named")
    own_meant = institution_of(ledger, named, odd)
    asked = select(named.c.institution_id).where(own_meant.is_not(None), own_meant.not_in(known)).limit(1)
    if connection.execute(asked).first() is None:
        return
    with sharing_keys(connection, ledger, unlisted.subquery("unlisted"), odd) as within:
        current = current_versions(ledger, odd, within)
        own = institution_of(ledger, current, odd)
        month = current.c.month if "month" in current.c else null()
        write(
            select(
                literal(ledger.kind),
                current.c.version_id,
                literal(UNKNOWN_INSTITUTION),
                current.c.institution_id,
                literal(""),
                own,
                cast(month, Text),
            ).where(own.is_not(None), own.not_in(known))
        )


def differing_totals(connection: Connection) -> Iterator[Select[Any]]:
    """Return the months whose totals differ from their parts, and those that differ from the records."""
    sums, first = _sums_of_months(), _first_rows()
    source = sums.join(
        first, and_(first.c.institution_id == sums.c.institution_id, first.c.month == sums.c.month)
    )
    plain, parts = sums.c.plain, sums.c.parts
    yield (
        _month_found(TOTAL_DIFFERS_FROM_PARTS, sums, first, plain, parts)
        .select_from(source)
        .where(plain.is_not(None), parts.is_not(None), plain != parts)
    )
    facts, seen = SERVICES.current, INSTITUTION_MONTHS
    has_both = and_(seen.c.has_records == true(), seen.c.has_totals == true())
    if connection.execute(select(seen.c.month).where(has_both).limit(1)).first() is None:
        # Most institutions send either: the many records need not be counted for nothing.
        return
    both = and_(seen.c.institution_id == facts.c.institution_id, seen.c.month == facts.c.month, has_both)
    records = (
        select(facts.c.institution_id, facts.c.month, func.count().label("records"))
        .where(exists().where(both))
        .group_by(facts.c.institution_id, facts.c.month)
        .subquery("records")
    )
    source = source.join(
        records, and_(records.c.institution_id == sums.c.institution_id, records.c.month == sums.c.month)
    )
    # Where both are given the finer rows count.
    total = func.coalesce(parts, plain)
    yield (
        _month_found(TOTAL_DIFFERS_FROM_RECORDS, sums, first, total, records.c.records)
        .select_from(source)
        .where(total != records.c.records)
    )


def _month_found(
    code: str, sums: FromClause, first: FromClause, value: ColumnElement[Any], detail: ColumnElement[Any]
) -> Select[Any]:
    return select(
        literal("monthly"),
        first.c.version_id,
        literal(code),
        cast(value, Text),
        cast(detail, Text),
        sums.c.institution_id,
        sums.c.month,
    )


def _sums_of_months() -> FromClause:
    """Return, by institution and month, the plain total and the sum of the finest rows beside it."""
    fine = _finest()
    return (
        select(
            fine.c.institution_id,
            fine.c.month,
            cast(func.sum(case((fine.c.is_plain, fine.c.services), else_=null())), BigInteger).label("plain"),
            cast(func.sum(case((fine.c.is_part, fine.c.services), else_=null())), BigInteger).label("parts"),
        )
        .group_by(fine.c.institution_id, fine.c.month)
        .subquery("sums")
    )


def _finest() -> FromClause:
    """Say of each row of totals whether it is the plain total or one of the finest rows that make it up.

    Rows by service and channel are the finest; then rows by service alone where none of these covers the
    service; and rows by channel that none covers where no row is by service alone.
    """
    rows = MONTHLY.current.c
    has_service, has_channel = rows.service.is_not(None), rows.channel.is_not(None)
    both, only_service = and_(has_service, has_channel), and_(has_service, ~has_channel)

    def any_of(condition: ColumnElement[bool], *within: ColumnElement[Any]) -> ColumnElement[bool]:
        flag = func.max(case((condition, 1), else_=0))
        return flag.over(partition_by=[rows.institution_id, rows.month, *within]) == 1

    covered = any_of(both, func.coalesce(rows.service_detail, rows.service))
    by_channel = and_(~has_service, has_channel, ~any_of(both, rows.channel), ~any_of(only_service))
    return select(
        rows.institution_id,
        rows.month,
        rows.services,
        and_(~has_service, ~has_channel).label("is_plain"),
        or_(both, and_(only_service, ~covered), by_channel).label("is_part"),
    ).subquery("fine")


def _first_rows() -> FromClause:
    """Return the row by which a month's totals are named: the plain total, else the first by its key."""
    facts, rows = MONTHLY.current, MONTHLY.rows
    place = func.row_number().over(
        partition_by=[facts.c.institution_id, facts.c.month], order_by=[rows.c.row_key, rows.c.version_id]
    )
    ordered = (
        select(facts.c.institution_id, facts.c.month, facts.c.version_id, place.label("place"))
        .select_from(facts.join(rows, rows.c.version_id == facts.c.version_id))
        .subquery("ordered")
    )
    return (
        select(ordered.c.institution_id, ordered.c.month, ordered.c.version_id)
        .where(ordered.c.place == 1)
        .subquery("first")
    )
