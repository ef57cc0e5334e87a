"""Rejected rows with their cells, kept apart from the snapshots and for a limited time.

One file a batch in the folder ``rejects`` of the store, readable by its owner alone. It is on the disk
before the snapshot that names it (table ``reject_files``, with its hash) becomes current: a killed import
leaves at most a file that no snapshot names, which the next command that writes removes, as it does with
those that are older than ``rejects_kept_days``.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, insert, inspect, select

from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.store.batch import RejectedRow
from analytics.store.files import sync_folder
from analytics.store.schema import BATCHES, FILES, REJECT_FILES, REJECTED

if TYPE_CHECKING:
    from analytics.store.store import Store

FOLDER = "rejects"
_DAMAGED = UserError(
    Text(
        zh="该批次的退回行文件缺失或损坏。",
        en="The file of this batch's rejected rows is missing or damaged.",
    ),
    Text(
        zh="请用 ipdash check 检查数据库，从备份恢复，或重新导入原台账。",
        en="Run ipdash check, restore a backup, or import the ledgers again.",
    ),
)


def write_rejected(folder: Path, connection: Connection, batch_id: int, rows: Sequence[RejectedRow]) -> None:
    """Write a batch's rejected rows to the disk and name their file in the snapshot being written.

    Parameters
    ----------
    folder : Path
        The store's folder.
    connection : Connection
        The writer's connection; the file counts once its snapshot is current.
    """
    if not rows or not settings().rejects_kept_days:
        return
    place = folder / FOLDER
    place.mkdir(mode=0o700, exist_ok=True)
    path = place / f"batch-{batch_id:06d}-{secrets.token_hex(4)}.jsonl.gz"
    try:
        _write_lines(path, rows)
        sync_folder(place)
        sync_folder(folder)
        digest = _sha256(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    named = {"batch_id": batch_id, "name": path.name, "sha256": digest, "rows": len(rows)}
    connection.execute(insert(REJECT_FILES).values(**named))


def rejected_of(store: Store, batch_id: int) -> list[RejectedRow] | None:
    """Return the rejected rows of a batch, or ``None`` when the time they are kept has passed.

    Raises
    ------
    UserError
        When there is no such batch, or its file is missing or damaged.
    """
    with store.snapshot().connect() as connection:
        batch = connection.execute(
            select(BATCHES.c.imported_at, BATCHES.c.rejected).where(BATCHES.c.batch_id == batch_id)
        ).first()
        if batch is None:
            raise UserError(
                Text(zh=f"没有批次 {batch_id}。", en=f"There is no batch {batch_id}."),
                Text(zh="用 ipdash batches 查看批次。", en="List the batches with ipdash batches."),
            )
        if not batch.rejected:
            return []
        if batch.imported_at < _oldest_kept():
            return None
        if not inspect(connection).has_table(REJECT_FILES.name):
            return _of_earlier_version(connection, batch_id)
        named = connection.execute(
            select(REJECT_FILES.c.name, REJECT_FILES.c.sha256).where(REJECT_FILES.c.batch_id == batch_id)
        ).first()
        if named is None:
            # Not yet moved out of the snapshot, or removed while a shorter time was set.
            return _of_earlier_version(connection, batch_id) or None
    path = store.folder / FOLDER / named.name
    if not path.is_file() or _sha256(path) != named.sha256:
        raise _DAMAGED
    return read_rejected(path)


def read_rejected(path: Path) -> list[RejectedRow]:
    """Return the rows of one file that :func:`write_rejected` wrote."""
    sheets: list[tuple[str | None, int, str, tuple[str, ...]]] = []
    rows = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            if isinstance(told, dict):
                sheets.append((told["kind"], told["file_no"], told["sheet"], tuple(told["headings"])))
                continue
            number, source_row, cells, reasons, numbers = told
            kind, file_no, sheet, headings = sheets[number]
            rows.append(
                RejectedRow(
                    kind, file_no, sheet, source_row, cells, tuple(reasons), headings, frozenset(numbers)
                )
            )
    return rows


def tidy_rejected(folder: Path, connection: Connection) -> bool:
    """Remove what is kept too long or named by no snapshot; move out what an earlier version kept inside.

    To be called by a command that writes, while it holds the lock, before it changes anything. Return
    whether rows were moved out, of which deleted bytes are then left in the snapshot's file.
    """
    moved = _move_out(folder, connection)
    old = select(BATCHES.c.batch_id).where(BATCHES.c.imported_at < _oldest_kept())
    connection.execute(delete(REJECT_FILES).where(REJECT_FILES.c.batch_id.in_(old)))
    sweep_rejected(folder, set(connection.execute(select(REJECT_FILES.c.name)).scalars()))
    return moved


def has_expired(connection: Connection) -> bool:
    """Say whether rejected rows are named that are kept too long, for :func:`tidy_rejected` to remove."""
    old = select(BATCHES.c.batch_id).where(BATCHES.c.imported_at < _oldest_kept())
    asked = select(REJECT_FILES).where(REJECT_FILES.c.batch_id.in_(old)).limit(1)
    return connection.execute(asked).first() is not None


def sweep_rejected(folder: Path, named: set[str]) -> None:
    """Remove the files of rejected rows that are not ``named``."""
    place = folder / FOLDER
    if not place.is_dir():
        return
    for path in place.iterdir():
        if path.name not in named:
            path.unlink(missing_ok=True)


def wrong_with_rejected(folder: Path, connection: Connection) -> list[str]:
    """Return the names of files of rejected rows that should be there and are missing or damaged."""
    if not inspect(connection).has_table(REJECT_FILES.name):
        return []
    due = (
        select(REJECT_FILES.c.name, REJECT_FILES.c.sha256)
        .join_from(REJECT_FILES, BATCHES, BATCHES.c.batch_id == REJECT_FILES.c.batch_id)
        .where(BATCHES.c.imported_at >= _oldest_kept())
    )
    places = [(folder / FOLDER / name, sha256) for name, sha256 in connection.execute(due)]
    return [path.name for path, sha256 in places if not path.is_file() or _sha256(path) != sha256]


def _oldest_kept() -> datetime:
    return clock.now() - timedelta(days=settings().rejects_kept_days)


def _write_lines(path: Path, rows: Iterable[RejectedRow]) -> None:
    numbers: dict[tuple[str | None, int, str, tuple[str, ...]], int] = {}
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        with gzip.GzipFile("", "wb", compresslevel=4, fileobj=raw, mtime=0) as sink:
            for row in rows:
                sheet = (row.kind, row.file_no, row.sheet, row.headings)
                if sheet not in numbers:
                    numbers[sheet] = len(numbers)
                    names = ("kind", "file_no", "sheet", "headings")
                    sink.write(_line(dict(zip(names, sheet, strict=True))))
                told = [numbers[sheet], row.source_row, row.cells, row.reasons, sorted(row.numbers)]
                sink.write(_line(told))
        raw.flush()
        os.fsync(raw.fileno())


def _line(told: object) -> bytes:
    # Escaped: a cell may hold half of a character that UTF-8 cannot write.
    return (json.dumps(told, separators=(",", ":")) + "\n").encode("ascii")


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _move_out(folder: Path, connection: Connection) -> bool:
    batches = connection.execute(select(REJECTED.c.batch_id).distinct()).scalars().all()
    kept = select(BATCHES.c.batch_id).where(BATCHES.c.imported_at >= _oldest_kept())
    within = set(connection.execute(kept).scalars())
    for batch_id in sorted(batches):
        if batch_id in within:
            write_rejected(folder, connection, batch_id, _of_earlier_version(connection, batch_id))
    if batches:
        connection.execute(delete(REJECTED))
        connection.commit()
    return bool(batches)


def _of_earlier_version(connection: Connection, batch_id: int) -> list[RejectedRow]:
    """Return rejected rows from the snapshot, where stores of an earlier version kept them."""
    file_ids = connection.execute(
        select(FILES.c.file_id).where(FILES.c.batch_id == batch_id).order_by(FILES.c.file_id)
    )
    places = {file_id: number for number, file_id in enumerate(file_ids.scalars())}
    rows = connection.execute(
        select(REJECTED).where(REJECTED.c.batch_id == batch_id).order_by(REJECTED.c.file_id)
    ).all()
    cells = [json.loads(row.cells) for row in rows]
    headings: dict[tuple[int, str], dict[str, None]] = {}
    for row, own in zip(rows, cells, strict=True):
        headings.setdefault((row.file_id, row.sheet), {}).update(dict.fromkeys(own))
    return [
        RejectedRow(
            row.kind,
            places[row.file_id],
            row.sheet,
            row.source_row,
            own,
            tuple(row.reasons.split("、")),
            tuple(headings[row.file_id, row.sheet]),
        )
        for row, own in zip(rows, cells, strict=True)
    ]


def purge_expired_rejects(store: Store) -> None:
    """Remove rejected rows that are kept too long at once, without waiting for the next import."""
    with store.writing("purge"):
        pass  # every command that writes tidies them first
