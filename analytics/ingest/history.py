"""The import history as it was reported: every batch with its files, and its report once more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from analytics.core.errors import UserError
from analytics.core.scratch import scratch_folder
from analytics.core.selection import Scope
from analytics.core.text import Language, Text
from analytics.ingest import report
from analytics.measures import listings
from analytics.store import Store
from analytics.store.batch import Batch, Earlier, Outcome, Problem, SheetRead, SourceFile
from analytics.store.rejected import rejected_of
from analytics.store.schema import BATCHES, FILES, PROBLEMS
from analytics.store.snapshot import Snapshot
from analytics.store.told import told_of


def history(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return the batches, the latest first, each with the names of its ``files`` and its ``kinds``.

    Empty but for readers of the whole city: a batch may hold ledgers of many districts.
    """
    rows = listings.batches(snapshot, scope=scope)
    if not rows:
        return []
    names: dict[int, list[str]] = {}
    kinds: dict[int, list[str]] = {}
    with snapshot.connect() as connection:
        files = select(FILES.c.batch_id, FILES.c.name).order_by(FILES.c.file_id)
        for batch_id, name in connection.execute(files):
            names.setdefault(batch_id, []).append(name)
        for batch_id, told in connection.execute(select(BATCHES.c.batch_id, BATCHES.c.report)):
            read = (sheet["kind"] for sheet in told_of(told)["sheets"] if sheet["kind"])
            kinds[batch_id] = list(dict.fromkeys(read))
    return [
        {**row, "files": names.get(row["batch_id"], []), "kinds": kinds.get(row["batch_id"], [])}
        for row in rows
    ]


def report_of(snapshot: Snapshot, batch_id: int, *, scope: Scope) -> dict[str, Any]:
    """Return a batch's report as :func:`analytics.ingest.report.as_json` gave it on import.

    Raises
    ------
    UserError
        When there is no such batch for the reader.
    """
    batch, outcomes = _batch_of(snapshot, batch_id, scope)
    return report.as_json(batch, outcomes, batch_id)


def rejects_of(store: Store, batch_id: int, *, scope: Scope, language: Language = "zh") -> bytes | None:
    """Return the workbook of a batch's rejected rows, the reasons in a language.

    Empty when none were rejected, ``None`` when the time that rejected rows are kept has passed.

    Raises
    ------
    UserError
        When there is no such batch for the reader, or what was kept is damaged.
    """
    batch, _ = _batch_of(store.snapshot(), batch_id, scope)
    rows = rejected_of(store, batch_id)
    if rows is None:
        return None
    batch.rejected = rows
    return rejects_workbook(batch, language)


def rejects_workbook(batch: Batch, language: Language = "zh") -> bytes:
    """Return the workbook of a batch's rejected rows as a file, empty when there are none."""
    if not batch.rejected:
        return b""
    with scratch_folder() as folder:
        path = folder / "rejects.xlsx"
        report.write_rejects(path, batch, language)
        return path.read_bytes()


def _batch_of(snapshot: Snapshot, batch_id: int, scope: Scope) -> tuple[Batch, list[Outcome]]:
    """Return what the store kept of a batch, without its rows."""
    row = next((r for r in listings.batches(snapshot, scope=scope) if r["batch_id"] == batch_id), None)
    if row is None:
        raise UserError(
            Text(zh=f"没有批次 {batch_id}。", en=f"There is no batch {batch_id}."),
            Text(zh="请在导入历史中选择批次。", en="Choose a batch of the import history."),
        )
    batch = Batch(is_sample=row["is_sample"], imported_by=row["imported_by"] or "")
    with snapshot.connect() as connection:
        own = select(BATCHES.c.report).where(BATCHES.c.batch_id == batch_id)
        told = told_of(connection.execute(own).scalar())
        batch.resolved = told["resolved"]
        outcomes = [Outcome(**sheet) for sheet in told["sheets"]]
        batch.sheets = [SheetRead(o.file_no, o.sheet, o.kind, o.not_data) for o in outcomes]
        batch.not_data = sum(outcome.not_data for outcome in outcomes)
        batch.files, numbers = _files(connection, batch_id)
        batch.problems = _problems(connection, batch_id, numbers)
    return batch, outcomes


def _files(connection: Connection, batch_id: int) -> tuple[list[SourceFile], dict[int, int]]:
    """Return a batch's files in their order, and the place of each by its number in the store."""
    table = FILES.c
    own = select(table.file_id, table.name, table.sha256, table.size_bytes)
    rows = connection.execute(own.where(table.batch_id == batch_id).order_by(table.file_id)).all()
    files = [SourceFile(row.name, row.sha256, row.size_bytes) for row in rows]
    return files, {row.file_id: place for place, row in enumerate(rows)}


def _problems(connection: Connection, batch_id: int, numbers: dict[int, int]) -> list[Problem]:
    """Return a batch's problems; one may be about a row of an earlier batch's file."""
    table = PROBLEMS.c
    statement = (
        select(PROBLEMS, FILES.c.batch_id.label("brought_by"), FILES.c.name.label("file"))
        .select_from(PROBLEMS.outerjoin(FILES, FILES.c.file_id == table.file_id))
        .where(table.batch_id == batch_id)
    )
    return [
        Problem(
            file_no=numbers.get(row.file_id, -1),
            sheet=row.sheet,
            source_row=row.source_row,
            kind=row.kind,
            column=row.column_name,
            value=row.value,
            code=row.code,
            severity=row.severity,
            zh=row.zh,
            en=row.en,
            earlier=None
            if row.file_id in numbers
            else Earlier(row.brought_by or 0, row.file_id, row.file or ""),
        )
        for row in connection.execute(statement)
    ]
