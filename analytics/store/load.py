"""Take one import command's rows in: each valid row ends as loaded, unchanged, superseded or waiting."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import (
    Connection,
    FromClause,
    Select,
    Table,
    and_,
    func,
    insert,
    literal,
    select,
    update,
)

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.store.batch import Batch, Outcome, Problem, ValidRows
from analytics.store.current import Oddities, current_versions, institution_of, key_of
from analytics.store.engines import append
from analytics.store.publish import publish
from analytics.store.schema import (
    BATCHES,
    FILES,
    INSTITUTIONS,
    LEDGERS,
    PROBLEMS,
    REJECTED,
    REPEATS,
    Ledger,
    metadata,
)

CrossCheck = Callable[[Connection, int], list[Problem]]
Outcomes = dict[tuple[int, str, str | None], Outcome]
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def load_batch(
    connection: Connection, batch: Batch, settings: Settings, cross_check: CrossCheck | None = None
) -> tuple[int, list[Outcome]]:
    """Write a batch, publish what it changes and return its number and the outcome of its rows.

    Parameters
    ----------
    connection : Connection
        The writer's connection; all happens in its one transaction.
    batch : Batch
        What the import read; its ``problems`` grow by what ``cross_check`` finds.
    cross_check : callable, optional
        Finds contradictions between ledgers once the new facts stand.

    Returns
    -------
    batch_id : int
    outcomes : list of Outcome
        One a file, sheet and kind; they add up to the data rows read.
    """
    batch_id = 1 + (connection.execute(select(func.max(BATCHES.c.batch_id))).scalar() or 0)
    file_ids = _write_files(connection, batch_id, batch)
    outcomes = _counted_rejects(batch)
    kinds = sorted({rows.kind for rows in batch.rows}, key=list(LEDGERS).index)
    # The batch is in force before its rows are judged: a kind may refer to another of the same batch.
    _write_batch(connection, batch_id, batch)
    for kind in kinds:
        _load_kind(connection, LEDGERS[kind], batch_id, file_ids, batch, outcomes)
        connection.commit()
    publish(connection, kinds, settings)
    for kind in kinds:
        _count_waiting(connection, LEDGERS[kind], batch_id, file_ids, outcomes)
    if cross_check is not None:
        batch.problems += cross_check(connection, batch_id)
    _write_rejects(connection, batch_id, file_ids, batch)
    _write_counts(connection, batch_id, outcomes)
    return batch_id, list(outcomes.values())


def withdraw_batch(connection: Connection, batch_id: int, settings: Settings) -> None:
    """Take a batch out of every figure, as if it had never come.

    Raises
    ------
    UserError
        When there is no such batch in force.
    """
    row = connection.execute(select(BATCHES.c.withdrawn_at).where(BATCHES.c.batch_id == batch_id)).first()
    if row is None or row[0] is not None:
        raise UserError(
            Text(
                zh=f"没有可撤回的批次 {batch_id}。",
                en=f"There is no batch {batch_id} in force.",
            ),
            Text(zh="用 ipdash batches 查看批次。", en="List the batches with ipdash batches."),
        )
    connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(withdrawn_at=_now()))
    publish(connection, LEDGERS, settings)


def _now() -> datetime:
    return datetime.now(_SHANGHAI).replace(tzinfo=None, microsecond=0)


def _write_files(connection: Connection, batch_id: int, batch: Batch) -> list[int]:
    first = 1 + (connection.execute(select(func.max(FILES.c.file_id))).scalar() or 0)
    ids = list(range(first, first + len(batch.files)))
    if ids:
        rows = [
            {"file_id": i, "batch_id": batch_id, **asdict(f)} for i, f in zip(ids, batch.files, strict=True)
        ]
        append(connection, FILES, pa.Table.from_pylist(rows))
    return ids


def _counted_rejects(batch: Batch) -> Outcomes:
    outcomes: Outcomes = {}
    for row in batch.rejected:
        outcome = _outcome(outcomes, row.file_no, row.sheet, row.kind)
        outcome.rejected += 1
        outcome.data_rows += 1
    return outcomes


def _outcome(outcomes: Outcomes, file_no: int, sheet: str, kind: str | None) -> Outcome:
    return outcomes.setdefault((file_no, sheet, kind), Outcome(file_no, sheet, kind))


def _load_kind(
    connection: Connection,
    ledger: Ledger,
    batch_id: int,
    file_ids: list[int],
    batch: Batch,
    outcomes: Outcomes,
) -> None:
    """Append one kind's rows; what is current already becomes a repeat instead of a version."""
    is_first = connection.execute(select(ledger.rows.c.version_id).limit(1)).first() is None
    position = _next_position(connection)
    target = ledger.rows if is_first else _staging(connection, ledger)
    for rows in batch.rows:
        if rows.kind == ledger.kind:
            append(connection, target, _numbered(rows, ledger, batch_id, file_ids[rows.file_no], position))
            position += rows.table.num_rows
            outcome = _outcome(outcomes, rows.file_no, rows.sheet, rows.kind)
            outcome.data_rows += rows.table.num_rows
            outcome.loaded += rows.table.num_rows
    odd = Oddities.of(connection)
    unchanged = None if is_first else _settle(connection, ledger, target, batch_id, odd)
    _count(connection, ledger, target, batch_id, file_ids, outcomes, odd, unchanged)
    if not is_first:
        target.drop(connection)


def _next_position(connection: Connection) -> int:
    highest = [connection.execute(select(func.max(REPEATS.c.position))).scalar() or 0]
    for ledger in LEDGERS.values():
        highest.append(connection.execute(select(func.max(ledger.rows.c.version_id))).scalar() or 0)
    return max(highest) + 1


def _staging(connection: Connection, ledger: Ledger) -> Table:
    staging = ledger.rows.to_metadata(type(metadata)(), name=f"{ledger.kind}_incoming")
    staging.create(connection)
    return staging


def _numbered(rows: ValidRows, ledger: Ledger, batch_id: int, file_id: int, position: int) -> pa.Table:
    """Return the rows with version numbers and their source, columns cast to the store's types."""
    count = rows.table.num_rows
    known = {"source_row", "row_key", *ledger.content}
    columns = {name: rows.table[name] for name in rows.table.column_names if name in known}
    return pa.table(
        {
            "version_id": pa.array(range(position, position + count), pa.int64()),
            "batch_id": pa.repeat(pa.scalar(batch_id, pa.int32()), count),
            "file_id": pa.repeat(pa.scalar(file_id, pa.int32()), count),
            "sheet": pa.repeat(pa.scalar(rows.sheet), count),
            **columns,
        }
    )


def _settle(connection: Connection, ledger: Ledger, incoming: Table, batch_id: int, odd: Oddities) -> Table:
    """Move incoming rows to the versions, except those that say what is current already."""
    last = _last_of_key(ledger, incoming, odd)
    # This batch has no versions of the kind yet: what is current is what was current before it.
    before = current_versions(ledger, odd)
    same_key = and_(*_pairs(key_of(ledger, incoming, odd), key_of(ledger, before, odd)))
    compared = [
        name for name in ledger.content if not (ledger.institution_in_key and name == "institution_id")
    ]
    same = and_(*(incoming.c[n].is_not_distinct_from(before.c[n]) for n in compared))
    found = (
        select(literal(ledger.kind), incoming.c.version_id, before.c.version_id, literal(batch_id))
        .select_from(incoming.join(last, last.c.version_id == incoming.c.version_id).join(before, same_key))
        .where(same)
    )
    connection.execute(insert(REPEATS).from_select(["kind", "position", "version_id", "batch_id"], found))
    repeated = select(REPEATS.c.position).where(REPEATS.c.kind == ledger.kind, REPEATS.c.batch_id == batch_id)
    fresh = select(incoming).where(incoming.c.version_id.not_in(repeated))
    connection.execute(insert(ledger.rows).from_select([c.name for c in incoming.columns], fresh))
    return REPEATS


def _pairs(left: Iterable[Any], right: Iterable[Any]) -> list[Any]:
    return [a == b for a, b in zip(left, right, strict=True)]


def _last_of_key(ledger: Ledger, incoming: FromClause, odd: Oddities) -> FromClause:
    rank = func.row_number().over(
        partition_by=key_of(ledger, incoming, odd), order_by=incoming.c.version_id.desc()
    )
    ranked = select(incoming.c.version_id, rank.label("from_last")).subquery()
    return select(ranked.c.version_id).where(ranked.c.from_last == 1).subquery("last_of_key")


def _count(
    connection: Connection,
    ledger: Ledger,
    incoming: Table,
    batch_id: int,
    file_ids: list[int],
    outcomes: Outcomes,
    odd: Oddities,
    unchanged: Table | None,
) -> None:
    """Move counts from loaded to superseded (not the last of its key) and unchanged."""
    last = _last_of_key(ledger, incoming, odd)
    place = (incoming.c.file_id, incoming.c.sheet)
    source = incoming.outerjoin(last, last.c.version_id == incoming.c.version_id)
    own = and_(incoming.c.batch_id == batch_id)
    superseded = (
        select(*place, func.count())
        .select_from(source)
        .where(own, last.c.version_id.is_(None))
        .group_by(*place)
    )
    _move(connection, superseded, "superseded", ledger, file_ids, outcomes)
    if unchanged is None:
        return
    again = incoming.join(
        REPEATS,
        and_(
            REPEATS.c.position == incoming.c.version_id,
            REPEATS.c.batch_id == batch_id,
            REPEATS.c.kind == ledger.kind,
        ),
    )
    repeated = select(*place, func.count()).select_from(again).group_by(*place)
    _move(connection, repeated, "unchanged", ledger, file_ids, outcomes)


def _move(
    connection: Connection,
    counts: Select[Any],
    outcome_name: str,
    ledger: Ledger,
    file_ids: list[int],
    outcomes: Outcomes,
) -> None:
    for file_id, sheet, count in connection.execute(counts):
        outcome = _outcome(outcomes, file_ids.index(file_id), sheet, ledger.kind)
        setattr(outcome, outcome_name, getattr(outcome, outcome_name) + count)
        outcome.loaded -= count


def _count_waiting(
    connection: Connection, ledger: Ledger, batch_id: int, file_ids: list[int], outcomes: Outcomes
) -> None:
    """Move counts from loaded to waiting: current rows of this batch whose institution is not listed."""
    if not ledger.institution_ref:
        return
    odd = Oddities.of(connection)
    current = current_versions(ledger, odd)
    listed = select(INSTITUTIONS.current.c.institution_id)
    meant = institution_of(ledger, current, odd)
    place = (current.c.file_id, current.c.sheet)
    waiting = (
        select(*place, func.count())
        .where(current.c.batch_id == batch_id, meant.is_not(None), meant.not_in(listed))
        .group_by(*place)
    )
    _move(connection, waiting, "waiting", ledger, file_ids, outcomes)


def _write_batch(connection: Connection, batch_id: int, batch: Batch) -> None:
    connection.execute(
        insert(BATCHES).values(
            batch_id=batch_id,
            imported_at=_now(),
            imported_by=batch.imported_by,
            is_sample=batch.is_sample,
            data_rows=0,
            loaded=0,
            unchanged=0,
            superseded=0,
            waiting=0,
            rejected=0,
            not_data=batch.not_data,
            report="",
        )
    )


def _write_counts(connection: Connection, batch_id: int, outcomes: Outcomes) -> None:
    sums: dict[str, int] = defaultdict(int)
    for outcome in outcomes.values():
        for name in ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected"):
            sums[name] += getattr(outcome, name)
    report = json.dumps([asdict(outcome) for outcome in outcomes.values()], ensure_ascii=False)
    connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(report=report, **sums))


def _write_rejects(connection: Connection, batch_id: int, file_ids: list[int], batch: Batch) -> None:
    rejected = [
        {
            "batch_id": batch_id,
            "file_id": file_ids[row.file_no],
            "sheet": row.sheet,
            "source_row": row.source_row,
            "kind": row.kind,
            "cells": json.dumps(row.cells, ensure_ascii=False),
            "reasons": "、".join(row.reasons),
        }
        for row in batch.rejected
    ]
    problems = [
        {
            "batch_id": batch_id,
            "file_id": file_ids[problem.file_no],
            "sheet": problem.sheet,
            "source_row": problem.source_row,
            "kind": problem.kind,
            "column_name": problem.column,
            "value": problem.value,
            "code": problem.code,
            "severity": problem.severity,
            "zh": problem.zh,
            "en": problem.en,
        }
        for problem in batch.problems
    ]
    for table, rows in ((REJECTED, rejected), (PROBLEMS, problems)):
        if rows:
            append(connection, table, pa.Table.from_pylist(rows))
