"""Take one import command's rows in: each valid row ends as loaded, unchanged, superseded or waiting."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import BigInteger, Column, Connection, func, insert, select, update

from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.store.about import named_days
from analytics.store.batch import Batch, Contradictions, Outcome
from analytics.store.current import held
from analytics.store.engines import append
from analytics.store.findings import refresh_findings
from analytics.store.known import KnownFile, repeated_rows
from analytics.store.notes import write_repeats
from analytics.store.outcomes import (
    Outcomes,
    by_sheet,
    count_turned_away,
    count_waiting,
    counted_rejects,
    outcome_of,
)
from analytics.store.phases import begin
from analytics.store.publish import publish_batch
from analytics.store.schema import BATCHES, ERASED_ROWS, FILES, LEDGERS, PROBLEMS
from analytics.store.settle import load_kind

CrossCheck = Callable[[Connection, int], Contradictions]


def load_batch(
    connection: Connection,
    batch: Batch,
    settings: Settings,
    cross_check: CrossCheck | None = None,
    *,
    known: Sequence[KnownFile] = (),
) -> tuple[int, list[Outcome]]:
    """Write a batch, publish what it changes and return its number and the outcome of its rows.

    Parameters
    ----------
    connection : Connection
        The writer's connection; all happens in its one transaction.
    batch : Batch
        What the import read; its ``problems`` and ``rejected`` grow by what ``cross_check`` finds, and its
        ``rows`` are let go of once they are stored.
    cross_check : callable, optional
        Finds contradictions between ledgers once the new facts stand.
    known : sequence of KnownFile
        The batch's files, one each, when none was read because all were before; ``batch`` has no rows then.

    Returns
    -------
    batch_id : int
    outcomes : list of Outcome
        One a file, sheet and kind; they add up to the data rows read.
    """
    begin("loading")
    batch_id = 1 + (connection.execute(select(func.max(BATCHES.c.batch_id))).scalar() or 0)
    file_ids = _write_files(connection, batch_id, batch)
    outcomes = counted_rejects(batch)
    kinds = sorted({rows.kind for rows in batch.rows}, key=list(LEDGERS).index)
    # The batch is in force before its rows are judged: a kind may refer to another of the same batch.
    _write_batch(connection, batch_id, batch)
    _write_erased(connection, batch_id, batch, outcomes)
    days = named_days(connection)
    with ExitStack() as stack:
        shared = {}
        for kind in kinds:
            column = Column("version_id", BigInteger, nullable=False)
            sharing = stack.enter_context(held(connection, f"{kind}_shared", column))
            if load_kind(connection, LEDGERS[kind], batch_id, file_ids, batch, outcomes, sharing):
                shared[kind] = sharing
            connection.commit()
        # They are in the database now, and publishing needs the room.
        batch.rows.clear()
        begin("publishing")
        for repeated in list(repeated_rows(connection, known, outcomes)):
            write_repeats(connection, repeated, batch_id)
        publish_batch(connection, batch_id, settings, days=days, shared=shared)
    for kind in kinds:
        count_waiting(connection, LEDGERS[kind], batch_id, file_ids, outcomes)
    begin("cross_checking")
    if cross_check is not None:
        found = cross_check(connection, batch_id)
        batch.problems += found.problems
        batch.rejected += found.rejected
        batch.resolved = found.resolved
        count_turned_away(outcomes, found.rejected)
    begin("recording")
    _write_problems(connection, batch_id, file_ids, batch)
    _write_counts(connection, batch_id, outcomes, batch)
    return batch_id, list(outcomes.values())


def withdraw_batch(connection: Connection, batch_id: int, settings: Settings) -> None:
    """Take a batch out of every figure, as if it had never come.

    Raises
    ------
    UserError
        When there is no such batch in force.
    """
    begin("withdrawing")
    row = connection.execute(select(BATCHES.c.withdrawn_at).where(BATCHES.c.batch_id == batch_id)).first()
    if row is None or row[0] is not None:
        raise UserError(
            Text(
                zh=f"没有可撤回的批次 {batch_id}。",
                en=f"There is no batch {batch_id} in force.",
            ),
            Text(zh="用 ipdash batches 查看批次。", en="List the batches with ipdash batches."),
        )
    connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(withdrawn_at=now()))
    begin("publishing")
    publish_batch(connection, batch_id, settings, withdrawn=True)
    refresh_findings(connection, settings)


def now() -> datetime:
    """Return the time in Shanghai, as batches bear it."""
    return clock.now().replace(microsecond=0)


def _write_files(connection: Connection, batch_id: int, batch: Batch) -> list[int]:
    first = 1 + (connection.execute(select(func.max(FILES.c.file_id))).scalar() or 0)
    ids = list(range(first, first + len(batch.files)))
    if ids:
        rows = [
            {"file_id": i, "batch_id": batch_id, **asdict(f)} for i, f in zip(ids, batch.files, strict=True)
        ]
        append(connection, FILES, pa.Table.from_pylist(rows))
    return ids


def _write_batch(connection: Connection, batch_id: int, batch: Batch) -> None:
    connection.execute(
        insert(BATCHES).values(
            batch_id=batch_id,
            imported_at=now(),
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


def _write_erased(connection: Connection, batch_id: int, batch: Batch, outcomes: Outcomes) -> None:
    """Count rows that name an erased client as unchanged: they were read, and nothing of them is kept."""
    for (file_no, sheet, kind), count in batch.erased.items():
        outcome = outcome_of(outcomes, file_no, sheet, kind)
        outcome.data_rows += count
        outcome.unchanged += count
        row = {"batch_id": batch_id, "kind": kind, "versions": 0, "repeats": count}
        connection.execute(insert(ERASED_ROWS).values(**row))


def _write_counts(connection: Connection, batch_id: int, outcomes: Outcomes, batch: Batch) -> None:
    counted = counts(outcomes, batch)
    connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(**counted))


def counts(outcomes: Outcomes, batch: Batch) -> dict[str, Any]:
    """Return what a batch's row says of the outcome: sums over all sheets, and the report by sheet."""
    sums: dict[str, Any] = defaultdict(int)
    for outcome in outcomes.values():
        for name in ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected"):
            sums[name] += getattr(outcome, name)
    return {**sums, "report": json.dumps(by_sheet(outcomes, batch), ensure_ascii=False)}


def _write_problems(connection: Connection, batch_id: int, file_ids: list[int], batch: Batch) -> None:
    problems = problem_rows(batch_id, file_ids, batch)
    if problems:
        append(connection, PROBLEMS, pa.Table.from_pylist(problems))


def problem_rows(batch_id: int, file_ids: list[int], batch: Batch) -> list[dict[str, Any]]:
    """Return the rows of the table ``problems`` for a batch."""
    return [
        {
            "batch_id": batch_id,
            "file_id": problem.earlier.file_id if problem.earlier else file_ids[problem.file_no],
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
