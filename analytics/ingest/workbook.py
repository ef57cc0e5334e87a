"""Workbooks, read by a child process under limits of memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.core.settings import Settings
from analytics.ingest.sheets import PIECE_ROWS, Sheet, UnreadableError


def read_workbook(
    path: Path, file_no: int, scratch: Path, settings: Settings, *, hidden: bool = False
) -> list[Sheet]:
    """Return the sheets of a workbook, whose cells lie in ``scratch``; ``hidden`` reads hidden ones too.

    Raises
    ------
    UnreadableError
        When the file is damaged, protected, or asks for more than the limits.
    """
    folder = scratch / str(file_no)
    folder.mkdir()
    told = _run(path, folder, settings, hidden=hidden)
    if "code" in told:
        raise UnreadableError(told["code"], told["detail"])
    return [_sheet(folder, about, file_no) for about in told["sheets"]]


def _run(path: Path, folder: Path, settings: Settings, *, hidden: bool) -> dict[str, Any]:
    limit = str(settings.read_memory_mib)
    command = [sys.executable, "-m", "analytics.ingest.child", str(path.resolve()), str(folder), limit]
    command += ["hidden"] if hidden else []
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=settings.read_seconds,
            check=False,
            cwd=Path(__file__).parent.parent.parent,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("E104", f"{settings.read_seconds} s") from error
    told = folder / "sheets.json"
    if done.returncode != 0 or not told.exists():
        raise UnreadableError("E104", f"{limit} MiB")
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return found


def _sheet(folder: Path, about: dict[str, Any], file_no: int) -> Sheet:
    if about["hidden"]:
        return Sheet(file_no, about["name"], [[]] * about["rows"], lambda _: iter(()), is_hidden=True)
    file = folder / about["file"]
    first = next(_batches(file), [])
    head = [list(row) for row in zip(*first, strict=True)]

    def pieces(skip: int) -> Iterator[pa.Table]:
        held: list[pa.Table] = []
        for table in map(_table, _batches(file)):
            rest = table.slice(skip)
            skip = max(0, skip - table.num_rows)
            held.append(rest)
            if sum(part.num_rows for part in held) >= PIECE_ROWS:
                yield pa.concat_tables(held).combine_chunks()
                held = []
        if sum(part.num_rows for part in held):
            yield pa.concat_tables(held).combine_chunks()

    return Sheet(file_no, about["name"], head, pieces)


def _batches(file: Path) -> Iterator[list[list[str | None]]]:
    """Yield the columns of each batch of rows that the child wrote."""
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            yield json.loads(line)


def _table(columns: list[list[str | None]]) -> pa.Table:
    arrays = [pa.array(column, pa.string()) for column in columns]
    return pa.table(arrays, names=[f"c{n}" for n in range(len(arrays))])
