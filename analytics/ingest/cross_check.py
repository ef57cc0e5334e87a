"""Contradictions between ledgers, looked for once a batch's facts stand beside all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    FromClause,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
)

from analytics.core.text import Text
from analytics.ingest.rules import (
    MORE_LIKE_THIS,
    OUTSIDE_OPEN_DAYS,
    TOTAL_DIFFERS_FROM_PARTS,
    TOTAL_DIFFERS_FROM_RECORDS,
    UNKNOWN_CLIENT,
    UNKNOWN_EXPERT,
    Rule,
)
from analytics.store.batch import Problem
from analytics.store.schema import FILES, INSTITUTIONS, LEDGERS, Ledger

# Findings of one rule that are listed one by one; the rest is counted in one line a file.
LISTED = 200
_DATES = {
    "services": "received_at",
    "assignments": "notified_at",
    "complaints": "received_at",
    "activities": "held_on",
}


def findings(connection: Connection, batch_id: int) -> list[Problem]:
    """Return what the rows of a batch contradict: lists of clients and experts, open days, totals.

    Rows that wait for their institution are judged when it is listed. All questions go to the
    current facts, so the answer is the same whatever the order in which files came.
    """
    file_ids = connection.execute(
        select(FILES.c.file_id).where(FILES.c.batch_id == batch_id).order_by(FILES.c.file_id)
    )
    places = {file_id: number for number, file_id in enumerate(file_ids.scalars())}
    found: list[Problem] = []
    for rule, ledger, column in _references():
        found += _unknown(connection, batch_id, places, rule, ledger, column)
    for kind in _DATES:
        found += _outside_open_days(connection, batch_id, places, LEDGERS[kind])
    return found + list(_totals(connection, batch_id, places))


def _references() -> Iterator[tuple[Rule, Ledger, str]]:
    yield UNKNOWN_CLIENT, LEDGERS["services"], "client_id"
    for kind in ("services", "assignments", "complaints"):
        yield UNKNOWN_EXPERT, LEDGERS[kind], "expert_id"


def _unknown(
    connection: Connection, batch_id: int, places: dict[int, int], rule: Rule, ledger: Ledger, column: str
) -> list[Problem]:
    """Find references to a client or expert that is not on its list, unless there is no list at all."""
    listed = LEDGERS["clients" if column == "client_id" else "experts"].current
    if connection.execute(select(listed.c[column]).limit(1)).first() is None:
        return []
    facts = ledger.current
    known = exists().where(listed.c[column] == facts.c[column])
    condition = facts.c[column].is_not(None) & ~known
    return _listed(connection, batch_id, places, rule, ledger, condition, facts.c[column], None)


def _outside_open_days(
    connection: Connection, batch_id: int, places: dict[int, int], ledger: Ledger
) -> list[Problem]:
    facts, institutions = ledger.current, INSTITUTIONS.current
    day = facts.c[f"{_DATES[ledger.kind]}_day"]
    # The day of closing is still open.
    outside = or_(day < institutions.c.opened_on_day, day > institutions.c.closed_on_day)
    condition = exists().where((institutions.c.institution_id == facts.c.institution_id) & outside)
    value = cast(facts.c[_DATES[ledger.kind]], Date)
    return _listed(
        connection, batch_id, places, OUTSIDE_OPEN_DAYS, ledger, condition, value, facts.c.institution_id
    )


def _listed(
    connection: Connection,
    batch_id: int,
    places: dict[int, int],
    rule: Rule,
    ledger: Ledger,
    condition: ColumnElement[bool],
    value: ColumnElement[Any],
    detail: ColumnElement[str] | None,
) -> list[Problem]:
    """Return the rows of the batch that meet ``condition``: the first few singly, all of them counted."""
    facts, rows = ledger.current, ledger.rows
    joined: FromClause = facts.join(rows, rows.c.version_id == facts.c.version_id)
    chosen: Select[Any] = (
        select(
            rows.c.file_id, rows.c.sheet, rows.c.source_row, value, detail if detail is not None else value
        )
        .select_from(joined)
        .where(facts.c.batch_id == batch_id, condition)
    )
    first = chosen.order_by(rows.c.file_id, rows.c.version_id).limit(LISTED)
    found = [
        _problem(rule, ledger.kind, (places[file_id], sheet, row), str(shown), {"detail": str(extra)})
        for file_id, sheet, row, shown, extra in connection.execute(first)
    ]
    if len(found) < LISTED:
        return found
    counts = chosen.with_only_columns(rows.c.file_id, func.count()).group_by(rows.c.file_id)
    told = Counter(problem.file_no for problem in found)
    for file_id, count in connection.execute(counts.order_by(rows.c.file_id)):
        left = count - told[places[file_id]]
        if left:
            fill: dict[str, str | Text] = {"code": rule.code, "detail": str(left)}
            found.append(_problem(MORE_LIKE_THIS, ledger.kind, (places[file_id], "", None), None, fill))
    return found


@dataclass(slots=True)
class _Month:
    """The totals of one institution and month, by how fine they are, and a row to name them by."""

    place: tuple[int, str, int | None]
    plain: int | None = None
    by_service: Counter[str] = field(default_factory=Counter)
    by_channel: Counter[str] = field(default_factory=Counter)
    by_both: Counter[str] = field(default_factory=Counter)

    def add(self, service: str | None, channel: str | None, count: int) -> None:
        """Take in one row of totals."""
        if service and channel:
            self.by_both[service] += count
        elif service:
            self.by_service[service] += count
        elif channel:
            self.by_channel[channel] += count
        else:
            self.plain = count

    @property
    def parts(self) -> int | None:
        """Return the sum of the finer rows, ``None`` when there are none."""
        by_service = {**self.by_service, **self.by_both}
        if by_service:
            return sum(by_service.values())
        return sum(self.by_channel.values()) if self.by_channel else None


def _totals(connection: Connection, batch_id: int, places: dict[int, int]) -> Iterator[Problem]:
    """Compare totals with their parts and with records, where the batch brought either."""
    records = _records(connection, batch_id)
    for (institution, month), totals in sorted(_months(connection, batch_id).items()):
        counted, file_id = records.get((institution, month), (0, None))
        place = totals.place if totals.place[0] in places else (file_id, "", None)
        if place[0] not in places:
            continue
        where = (places[place[0]], place[1], place[2])
        said: dict[str, str | Text] = {"institution": institution, "month": month}
        plain, parts = totals.plain, totals.parts
        if plain is not None and parts is not None and plain != parts:
            fill = said | {"detail": str(parts)}
            yield _problem(TOTAL_DIFFERS_FROM_PARTS, "monthly", where, str(plain), fill)
        total = parts if plain is None else plain
        if counted and total is not None and total != counted:
            fill = said | {"detail": str(counted)}
            yield _problem(TOTAL_DIFFERS_FROM_RECORDS, "monthly", where, str(total), fill)


def _records(connection: Connection, batch_id: int) -> dict[tuple[str, str], tuple[int, int | None]]:
    """Count records by institution and month that have totals, with a file of the batch that holds some."""
    facts, rows, monthly = LEDGERS["services"].current, LEDGERS["services"].rows, LEDGERS["monthly"].current
    wanted = select(monthly.c.institution_id, monthly.c.month).distinct().subquery("wanted")
    own = case((facts.c.batch_id == batch_id, rows.c.file_id), else_=null())
    joined = facts.join(rows, rows.c.version_id == facts.c.version_id).join(
        wanted, and_(wanted.c.institution_id == facts.c.institution_id, wanted.c.month == facts.c.month)
    )
    counted = (
        select(facts.c.institution_id, facts.c.month, func.count(), func.min(own))
        .select_from(joined)
        .group_by(facts.c.institution_id, facts.c.month)
    )
    return {(i, month): (count, file_id) for i, month, count, file_id in connection.execute(counted)}


def _months(connection: Connection, batch_id: int) -> dict[tuple[str, str], _Month]:
    """Return the totals of institutions and months; a row of the batch names them where there is one."""
    facts, rows = LEDGERS["monthly"].current, LEDGERS["monthly"].rows
    chosen = (
        select(
            *(facts.c[name] for name in ("institution_id", "month", "service", "channel", "services")),
            *(rows.c[name] for name in ("file_id", "sheet", "source_row")),
        )
        .select_from(facts.join(rows, rows.c.version_id == facts.c.version_id))
        .order_by(case((facts.c.batch_id == batch_id, 0), else_=1), rows.c.version_id)
    )
    months: dict[tuple[str, str], _Month] = {}
    for institution, month, service, channel, count, *place in connection.execute(chosen):
        found = months.setdefault((institution, month), _Month((place[0], place[1], place[2])))
        found.add(service, channel, count)
    return months


def _problem(
    rule: Rule,
    kind: str,
    where: tuple[int, str, int | None],
    value: str | None,
    fill: dict[str, str | Text],
) -> Problem:
    columns = {"E601": "服务对象编号", "E602": "专家编号"}
    text = rule.message.format(**({"value": value or ""} | fill))
    return Problem(*where, kind, columns.get(rule.code), value, rule.code, "finding", text.zh, text.en)
