"""What the tables of a snapshot say against each other: keys, current facts, counts of the batches.

The current facts are compared with what the versions say by statements of their own, not by those that
made them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, Select, and_, func, inspect, literal, or_, select, union_all

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.store.current import Oddities, institution_of, key_of
from analytics.store.rejected import wrong_with_rejected
from analytics.store.schema import (
    BATCHES,
    ERASED_ROWS,
    INSTITUTIONS,
    LEDGERS,
    REPEATS,
    TURNED_AWAY,
    Ledger,
)
from analytics.store.store import Store

_OUTCOMES = ("loaded", "unchanged", "superseded", "waiting", "rejected")
BACKUP = Text(
    zh="请从备份恢复：ipdash restore 备份文件夹。",
    en="Bring back a backup: ipdash restore FOLDER.",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it should be.

    Attributes
    ----------
    code : str
        Names the sort of finding, for scripts.
    needs_hands : bool
        Whether the store does not mend it by itself.
    """

    code: str
    what: Text
    next_step: Text
    needs_hands: bool


def damaged_file(name: str, next_step: Text, *, needs_hands: bool) -> Finding:
    """Return the finding that a file is not what was written."""
    what = Text(zh=f"{name} 损坏或缺失。", en=f"{name} is damaged or missing.")
    return Finding("damaged", what, next_step, needs_hands)


@dataclass(frozen=True, slots=True)
class Contents:
    """How much a snapshot holds: batches, and versions of rows."""

    batches: int
    rows: int

    @classmethod
    def of(cls, connection: Connection) -> Contents:
        """Count them."""
        batches = connection.execute(select(func.count()).select_from(BATCHES)).scalar_one()
        there = set(inspect(connection).get_table_names())
        rows = 0
        for ledger in LEDGERS.values():
            if ledger.rows.name in there:
                rows += connection.execute(select(func.count()).select_from(ledger.rows)).scalar_one()
        return cls(batches, rows)


def contents_findings(folder: Path, connection: Connection) -> Iterator[Finding]:
    """Find what the tables of a snapshot, its rejected rows and the secret do not agree in."""
    # A store of an earlier version lacks the tables that came since.
    there = set(inspect(connection).get_table_names())
    ledgers = [ledger for ledger in LEDGERS.values() if {ledger.rows.name, ledger.current.name} <= there]
    odd = Oddities.of(connection)
    for ledger in ledgers:
        yield from _keys(connection, ledger, odd)
        yield from _facts(connection, ledger, odd, has_turned_away=TURNED_AWAY.name in there)
    yield from _batches(connection, ledgers, has_erased=ERASED_ROWS.name in there)
    yield from _references(connection, ledgers)
    for name in wrong_with_rejected(folder, connection):
        step = Text(
            zh="该批次的退回行无法下载，其他数据不受影响。可从备份恢复，或重新导入原台账。",
            en="The rejected rows of its batch cannot be downloaded; nothing else is touched. "
            "Bring back a backup, or import the ledgers again.",
        )
        yield damaged_file(f"rejects/{name}", step, needs_hands=True)
    yield from salt_findings(folder, connection)


def _wrong(code: str, what: Text) -> Finding:
    return Finding(code, what, BACKUP, needs_hands=True)


def _keys(connection: Connection, ledger: Ledger, odd: Oddities) -> Iterator[Finding]:
    """Each key once among the current facts, each number once among the versions."""
    rows = ledger.rows
    facts = select(rows).where(rows.c.version_id.in_(select(ledger.current.c.version_id))).subquery()
    grouped = (
        (facts, key_of(ledger, facts, odd)),
        (rows, [rows.c.version_id]),
        (ledger.current, [ledger.current.c.version_id]),
    )
    for table, key in grouped:
        twice = select(func.count().label("n")).select_from(table).group_by(*key)
        several = twice.having(func.count() > 1).subquery()
        count = connection.execute(select(func.count()).select_from(several)).scalar_one()
        if count:
            yield _wrong(
                "keys",
                Text(
                    zh=f"{ledger.kind} 中有 {count} 个主键重复。",
                    en=f"{count} keys of {ledger.kind} stand more than once.",
                ),
            )


def _facts(
    connection: Connection, ledger: Ledger, odd: Oddities, *, has_turned_away: bool
) -> Iterator[Finding]:
    """The current facts are the latest versions in force, without those that wait or are turned away."""
    expected = _expected(ledger, odd, has_turned_away=has_turned_away).subquery("expected")
    current = ledger.current.c.version_id
    missing = select(func.count()).where(expected.c.version_id.not_in(select(current)))
    beyond = select(func.count()).where(current.not_in(select(expected.c.version_id)))
    lacking, extra = (connection.execute(statement).scalar_one() for statement in (missing, beyond))
    if lacking or extra:
        yield _wrong(
            "facts",
            Text(
                zh=f"{ledger.kind} 的现行数据与历史版本不一致：缺 {lacking} 行，多 {extra} 行。",
                en=f"The current rows of {ledger.kind} are not what its versions say: "
                f"{lacking} missing, {extra} too many.",
            ),
        )


def _expected(ledger: Ledger, odd: Oddities, *, has_turned_away: bool) -> Select[tuple[int]]:
    """Select the versions that should be current facts: of each key the one whose place is the latest."""
    rows = ledger.rows
    force = select(BATCHES.c.batch_id).where(BATCHES.c.withdrawn_at.is_(None))
    own = select(rows.c.version_id, rows.c.version_id.label("place")).where(rows.c.batch_id.in_(force))
    again = select(REPEATS.c.version_id, REPEATS.c.position.label("place")).where(
        REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id.in_(force)
    )
    places = union_all(own, again).subquery("places")
    last = (
        select(func.max(places.c.place).label("place"))
        .select_from(rows.join(places, places.c.version_id == rows.c.version_id))
        .group_by(*key_of(ledger, rows, odd))
        .subquery("last")
    )
    statement = select(places.c.version_id).join(last, last.c.place == places.c.place)
    if ledger.institution_ref:
        is_listed = _is_listed(ledger, institution_of(ledger, rows, odd))
        statement = statement.where(places.c.version_id.in_(select(rows.c.version_id).where(is_listed)))
    if has_turned_away:
        away = select(TURNED_AWAY.c.version_id).where(TURNED_AWAY.c.kind == ledger.kind)
        statement = statement.where(places.c.version_id.not_in(away))
    return statement


def _is_listed(ledger: Ledger, meant: ColumnElement[str]) -> ColumnElement[bool]:
    listed = meant.in_(select(INSTITUTIONS.current.c.institution_id))
    # Targets of the city or of a district name no institution.
    return or_(meant.is_(None), listed) if ledger.kind == "targets" else and_(meant.is_not(None), listed)


def _batches(connection: Connection, ledgers: list[Ledger], *, has_erased: bool) -> Iterator[Finding]:
    """Each batch's counts add up, and its rows are all there: as versions, repeats, or erased on request."""
    kept = _kept_by_batch(connection, ledgers, has_erased=has_erased)
    table = BATCHES.c
    counts = select(table.batch_id, table.data_rows, *(table[name] for name in _OUTCOMES))
    known = set()
    for batch_id, data_rows, *outcomes in connection.execute(counts.order_by(table.batch_id)):
        known.add(batch_id)
        rejected, stored = outcomes[-1], kept.get(batch_id, 0)
        # Rows turned away for what they contradict count as rejected, and stand among the versions.
        if data_rows != sum(outcomes) or not data_rows - rejected <= stored <= data_rows:
            yield _wrong(
                "counts",
                Text(
                    zh=f"批次 {batch_id} 记录了 {data_rows} 行（退回 {rejected} 行），库中有 {stored} 行。",
                    en=f"Batch {batch_id} counted {data_rows} rows ({rejected} rejected), "
                    f"{stored} are there.",
                ),
            )
    for batch_id in sorted(set(kept) - known):
        yield _wrong(
            "counts",
            Text(
                zh=f"库中有批次 {batch_id} 的数据，但没有该批次的登记。",
                en=f"Rows of batch {batch_id} are there, the batch is not.",
            ),
        )


def _kept_by_batch(connection: Connection, ledgers: list[Ledger], *, has_erased: bool) -> dict[int, int]:
    parts = [
        select(ledger.rows.c.batch_id, func.count().label("n")).group_by(ledger.rows.c.batch_id)
        for ledger in ledgers
    ]
    parts.append(select(REPEATS.c.batch_id, func.count().label("n")).group_by(REPEATS.c.batch_id))
    if has_erased:
        erased = ERASED_ROWS.c
        parts.append(select(erased.batch_id, erased.versions + erased.repeats))
    every = union_all(*parts).subquery("kept")
    total = select(every.c.batch_id, func.sum(every.c.n)).group_by(every.c.batch_id)
    return {batch_id: int(count) for batch_id, count in connection.execute(total)}


def _references(connection: Connection, ledgers: list[Ledger]) -> Iterator[Finding]:
    """Each repeat is of a version that is there."""
    versions = union_all(
        *(select(literal(led.kind).label("kind"), led.rows.c.version_id) for led in ledgers)
    ).subquery("versions")
    same = and_(versions.c.kind == REPEATS.c.kind, versions.c.version_id == REPEATS.c.version_id)
    lost = select(func.count()).select_from(REPEATS.outerjoin(versions, same))
    count = connection.execute(lost.where(versions.c.version_id.is_(None))).scalar_one()
    if count:
        yield _wrong(
            "repeats",
            Text(zh=f"{count} 行重复登记所指的数据不存在。", en=f"{count} repeats are of rows not there."),
        )


def salt_findings(folder: Path, connection: Connection | None) -> Iterator[Finding]:
    """Find a secret that is damaged, or missing where there are data."""
    path = folder / "salt"
    if not path.exists() and connection is None:
        return
    try:
        if path.exists():
            Store(folder).salt()
            return
    except UserError as error:
        if not os.access(path, os.R_OK):
            yield Finding("salt", error.what, error.next_step, needs_hands=True)
            return
    yield Finding(
        "salt",
        Text(
            zh="密钥文件 salt 缺失或损坏：新导入的服务对象无法与已有的对应。",
            en="The secret in the file salt is missing or damaged: new clients cannot be matched with old.",
        ),
        Text(
            zh="请从备份中取回 salt 文件放入数据文件夹，或用 ipdash restore 恢复备份。",
            en="Put the file salt of a backup back into the folder, or bring back the backup: "
            "ipdash restore FOLDER.",
        ),
        needs_hands=True,
    )
