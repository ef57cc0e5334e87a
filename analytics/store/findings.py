"""Findings that stay open: what current rows contradict in other ledgers, kept beside the facts.

The table ``open_findings`` is what all ledgers in force say against each other, whatever the order in
which they came: equal to judging every row anew. After an import only what the batch touches is judged:
its own rows, all rows that refer to a list it changed, and months of totals.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    MetaData,
    Select,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    select,
)

from analytics.core.settings import Settings
from analytics.store.current import Oddities
from analytics.store.judge import (
    CAN_TURN_AWAY,
    TOTAL_DIFFERS_FROM_PARTS,
    TOTAL_DIFFERS_FROM_RECORDS,
    UNKNOWN_INSTITUTION,
    differing_totals,
    row_judgements,
    write_waiting,
)
from analytics.store.publish import publish
from analytics.store.schema import BATCHES, FILES, JUDGED, LEDGERS, OPEN_FINDINGS, TURNED_AWAY

# New findings of one rule and ledger that are told one by one; the rest is counted, a file at a time.
LISTED = 200
_TOTALS = (TOTAL_DIFFERS_FROM_PARTS, TOTAL_DIFFERS_FROM_RECORDS)
_NAMES = [column.name for column in OPEN_FINDINGS.columns]


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding at the row it is about; ``value`` and ``detail`` are what its message is filled with."""

    code: str
    kind: str
    version_id: int
    value: str
    detail: str
    institution_id: str | None
    month: str | None
    batch_id: int
    file_id: int
    file: str
    sheet: str
    source_row: int


@dataclass(frozen=True, slots=True)
class More:
    """How many findings of a rule in a file were not told one by one."""

    code: str
    kind: str
    batch_id: int
    file_id: int
    file: str
    count: int


@dataclass(slots=True)
class Changes:
    """What a command changed in the open findings.

    Attributes
    ----------
    new : list of Finding
        The first :data:`LISTED` of each rule and ledger, rows of the batch itself first.
    more : list of More
        The new ones beyond these.
    resolved : int
        Places where a finding was open before, and none of its rule is now.
    """

    new: list[Finding] = field(default_factory=list)
    more: list[More] = field(default_factory=list)
    resolved: int = 0


def refresh_findings(connection: Connection, settings: Settings, batch_id: int | None = None) -> Changes:
    """Bring the open findings up to date with the facts, and turn away what the settings say.

    Parameters
    ----------
    connection : Connection
        The writer's connection; the facts stand already.
    settings : Settings
        ``rule_severity`` says which contradictions turn a row away: it then does not count while they last.
    batch_id : int, optional
        The batch that has just come. When left out (rows were withdrawn or erased) all rows are judged.

    Returns
    -------
    Changes
        Against the findings that were open before.
    """
    turning = {code for code in CAN_TURN_AWAY if settings.rule_severity.get(code) == "reject"}
    came_back = _let_back_in(connection, settings)
    is_whole = batch_id is None or bool(turning or came_back) or not _is_judged_until(connection, batch_id)
    with ExitStack() as stack:
        fresh, new, gone = (
            stack.enter_context(_held(connection, name)) for name in ("fresh", "new_ones", "gone")
        )
        judging = _Judging(connection, fresh, None if is_whole else batch_id)
        judging.judge_rows()
        judging.settle(new, gone)
        if turning:
            _turn_away(connection, settings, turning)
        # Records that do not count are not held against totals either.
        judging.judge_totals()
        judging.settle(new, gone)
        # A store made before findings were kept: what its rows contradict was told when they came.
        since = batch_id if _was_never_judged(connection) else None
        changes = _changes(connection, new, gone, batch_id, since, turning)
    _judged_until_last(connection)
    return changes


def turned_away(connection: Connection, batch_id: int) -> list[tuple[str, int, tuple[str, ...]]]:
    """Return the rows of a batch that do not count: kind, version, and the codes of the reasons."""
    found: list[tuple[str, int, tuple[str, ...]]] = []
    kinds = connection.execute(select(TURNED_AWAY.c.kind).distinct().order_by(TURNED_AWAY.c.kind)).scalars()
    for kind in kinds.all():
        rows = LEDGERS[kind].rows
        same = and_(OPEN_FINDINGS.c.kind == kind, OPEN_FINDINGS.c.version_id == TURNED_AWAY.c.version_id)
        reasons = (
            select(TURNED_AWAY.c.version_id, OPEN_FINDINGS.c.code)
            .join(rows, rows.c.version_id == TURNED_AWAY.c.version_id)
            .join(OPEN_FINDINGS, same)
            .where(TURNED_AWAY.c.kind == kind, rows.c.batch_id == batch_id)
            .order_by(TURNED_AWAY.c.version_id, OPEN_FINDINGS.c.code)
        )
        by_row: dict[int, list[str]] = {}
        for version_id, code in connection.execute(reasons):
            by_row.setdefault(version_id, []).append(code)
        found += [(kind, version_id, tuple(codes)) for version_id, codes in by_row.items()]
    return found


class _Judging:
    """Judges the rows of one batch, or all rows, and settles what is open by the outcome."""

    def __init__(self, connection: Connection, fresh: Table, batch_id: int | None) -> None:
        self.connection = connection
        self.fresh = fresh
        self.batch_id = batch_id
        self.changed = set(LEDGERS) if batch_id is None else _kinds_of(connection, batch_id)
        # What was judged since the last settling: (kind, code), and whether as a whole.
        self.judged: list[tuple[str, str, bool]] = []

    def judge_rows(self) -> None:
        """Judge rows against lists; those of the batch alone where no list they refer to changed."""
        for judgement in row_judgements(self.connection):
            kind = judgement.ledger.kind
            is_whole = self.batch_id is None or bool(judgement.lists & self.changed)
            if is_whole or kind in self.changed:
                self._write(judgement.broken(None if is_whole else self.batch_id))
                self.judged.append((kind, judgement.code, is_whole))
        odd = Oddities.of(self.connection)
        for kind, ledger in LEDGERS.items():
            if ledger.institution_ref and {kind, "institutions"} & self.changed:
                write_waiting(self.connection, ledger, odd, self._write)
                self.judged.append((kind, UNKNOWN_INSTITUTION, True))

    def judge_totals(self) -> None:
        """Hold totals against their parts and against the records."""
        if self.changed & {"institutions", "services", "monthly"}:
            for found in differing_totals(self.connection):
                self._write(found)
            self.judged += [("monthly", code, True) for code in _TOTALS]

    def settle(self, new: Table, gone: Table) -> None:
        """Move what was judged into the open findings; add the difference to ``new`` and ``gone``."""
        fresh, opened = self.fresh, OPEN_FINDINGS
        for kind, code, is_whole in self.judged:
            own = and_(opened.c.kind == kind, opened.c.code == code)
            if is_whole:
                still = exists().where(fresh.c.kind == kind, fresh.c.code == code, *_same(fresh, opened))
            else:
                facts = LEDGERS[kind].current
                still = exists().where(facts.c.version_id == opened.c.version_id)
            _copy(self.connection, gone, select(opened).where(own, ~still))
        known = exists().where(
            opened.c.kind == fresh.c.kind, opened.c.code == fresh.c.code, *_same(opened, fresh)
        )
        _copy(self.connection, new, select(fresh).where(~known))
        self.connection.execute(delete(opened).where(exists().where(*_identity(gone, opened))))
        added = select(new).where(~exists().where(*_identity(opened, new)))
        _copy(self.connection, opened, added)
        self.connection.execute(delete(fresh))
        self.judged.clear()

    def _write(self, found: Select[Any]) -> None:
        _copy(self.connection, self.fresh, found)


def _same(left: FromClause, right: FromClause) -> list[ColumnElement[bool]]:
    return [left.c[name] == right.c[name] for name in ("version_id", "value", "detail")]


def _identity(left: FromClause, right: FromClause) -> list[ColumnElement[bool]]:
    return [left.c[name] == right.c[name] for name in ("kind", "version_id", "code", "value", "detail")]


def _copy(connection: Connection, into: Table, found: Select[Any]) -> None:
    connection.execute(insert(into).from_select(_NAMES, found))


@contextmanager
def _held(connection: Connection, name: str) -> Iterator[Table]:
    """Hold findings for a while in a temporary table."""
    columns = [Column(c.name, c.type, nullable=c.nullable) for c in OPEN_FINDINGS.columns]
    table = Table(f"{name}_findings", MetaData(), *columns, prefixes=["TEMPORARY"])
    table.create(connection, checkfirst=False)
    yield table
    table.drop(connection, checkfirst=False)


def _kinds_of(connection: Connection, batch_id: int) -> set[str]:
    """Return the kinds a batch brought new versions of; what it repeated changed nothing."""
    return {
        kind
        for kind, ledger in LEDGERS.items()
        if connection.execute(
            select(ledger.rows.c.version_id).where(ledger.rows.c.batch_id == batch_id).limit(1)
        ).first()
    }


def _is_judged_until(connection: Connection, batch_id: int) -> bool:
    last = connection.execute(select(func.max(BATCHES.c.batch_id)).where(BATCHES.c.batch_id < batch_id))
    judged = connection.execute(select(JUDGED.c.batch_id)).scalar()
    return judged == (last.scalar() or 0) or (judged is None and batch_id == 1)


def _was_never_judged(connection: Connection) -> bool:
    return connection.execute(select(JUDGED.c.batch_id)).first() is None


def _judged_until_last(connection: Connection) -> None:
    last = connection.execute(select(func.max(BATCHES.c.batch_id))).scalar() or 0
    connection.execute(delete(JUDGED))
    connection.execute(insert(JUDGED).values(batch_id=last))


def _let_back_in(connection: Connection, settings: Settings) -> bool:
    """Let rows count again that were turned away: they are judged anew with all others."""
    kinds = connection.execute(select(TURNED_AWAY.c.kind).distinct()).scalars().all()
    if kinds:
        connection.execute(delete(TURNED_AWAY))
        publish(connection, kinds, settings)
    return bool(kinds)


def _turn_away(connection: Connection, settings: Settings, codes: set[str]) -> None:
    """Take rows out of the facts that break one of the rules ``codes``."""
    chosen = select(OPEN_FINDINGS.c.kind, OPEN_FINDINGS.c.version_id).where(
        OPEN_FINDINGS.c.code.in_(sorted(codes))
    )
    connection.execute(insert(TURNED_AWAY).from_select(["kind", "version_id"], chosen.distinct()))
    kinds = connection.execute(select(TURNED_AWAY.c.kind).distinct()).scalars().all()
    if kinds:
        publish(connection, kinds, settings)


def _changes(
    connection: Connection,
    new: Table,
    gone: Table,
    batch_id: int | None,
    since: int | None,
    turning: set[str],
) -> Changes:
    changes = Changes()
    asked = connection.execute(select(new.c.kind, new.c.code).distinct().order_by(new.c.code, new.c.kind))
    for kind, code in asked.all():
        _tell(connection, changes, new, kind, code, batch_id, since, code in turning)
    kinds = connection.execute(select(gone.c.kind).distinct()).scalars().all()
    changes.resolved = sum(_resolved(connection, gone, kind) for kind in kinds)
    return changes


def _tell(
    connection: Connection,
    changes: Changes,
    new: Table,
    kind: str,
    code: str,
    batch_id: int | None,
    since: int | None,
    is_turning: bool,
) -> None:
    """Add the new findings of a rule: the first of them singly, the rest counted by file.

    Where the rule turns rows away each of the batch's own is told: a rejected row needs its reason.
    """
    rows = LEDGERS[kind].rows
    source = new.join(rows, rows.c.version_id == new.c.version_id).join(
        FILES, FILES.c.file_id == rows.c.file_id
    )
    conditions = [new.c.kind == kind, new.c.code == code]
    if since is not None:
        conditions.append(rows.c.batch_id >= since)
    own = select(func.count()).select_from(source).where(*conditions, rows.c.batch_id == batch_id)
    limit = max(LISTED, connection.execute(own).scalar_one()) if is_turning else LISTED
    place = (rows.c.batch_id, rows.c.file_id, FILES.c.name)
    filled = (new.c.version_id, new.c.value, new.c.detail, new.c.institution_id, new.c.month)
    own_first = case((rows.c.batch_id == batch_id, 0), else_=1)
    first: Select[Any] = (
        select(*filled, *place, rows.c.sheet, rows.c.source_row)
        .select_from(source)
        .where(*conditions)
        .order_by(own_first, rows.c.file_id, rows.c.version_id)
        .limit(limit)
    )
    told: dict[int, int] = {}
    for found in connection.execute(first).all():
        changes.new.append(Finding(code, kind, *found))
        told[changes.new[-1].file_id] = told.get(changes.new[-1].file_id, 0) + 1
    if sum(told.values()) < limit:
        return
    counts = select(*place, func.count()).select_from(source).where(*conditions).group_by(*place)
    for batch, file_id, name, count in connection.execute(counts.order_by(rows.c.file_id)).all():
        left = count - told.get(file_id, 0)
        if left:
            changes.more.append(More(code, kind, batch, file_id, name, left))


def _resolved(connection: Connection, gone: Table, kind: str) -> int:
    """Count the findings that closed; one that a corrected row brought again under its key did not."""
    before, after = LEDGERS[kind].rows.alias("before"), LEDGERS[kind].rows.alias("after")
    opened = OPEN_FINDINGS
    again = (
        exists()
        .where(
            opened.c.kind == kind,
            opened.c.code == gone.c.code,
            opened.c.institution_id.is_not_distinct_from(gone.c.institution_id),
            opened.c.version_id == after.c.version_id,
            after.c.row_key == before.c.row_key,
        )
        .correlate(gone, before)
    )
    closed = (
        select(func.count())
        .select_from(gone.outerjoin(before, before.c.version_id == gone.c.version_id))
        .where(gone.c.kind == kind, ~again)
    )
    return int(connection.execute(closed).scalar_one())
