"""Workbooks, read by a child process under limits of memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.core.settings import Settings
from analytics.ingest.sheets import HEAD_ROWS, PIECE_ROWS, Sheet, UnreadableError


def read_workbook(path: Path, file_no: int, scratch: Path, settings: Settings) -> list[Sheet]:
    """Return the sheets of a workbook, which lie as Arrow files in ``scratch``.

    Raises
    ------
    UnreadableError
        When the file is damaged, protected, or asks for more than the limits.
    """
    folder = scratch / str(file_no)
    folder.mkdir()
    told = _run(path, folder, settings)
    if "code" in told:
        raise UnreadableError(told["code"], told["detail"])
    return [_sheet(folder, about, file_no) for about in told["sheets"]]


def _run(path: Path, folder: Path, settings: Settings) -> dict[str, Any]:
    limit = str(settings.read_memory_mib)
    command = [sys.executable, "-m", "analytics.ingest.child", str(path.resolve()), str(folder), limit]
    # Pools of threads and allocators reserve address space that the limit would count.
    quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            timeout=settings.read_seconds,
            check=False,
            env={**os.environ, **quiet},
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
    table = pa.ipc.open_file(pa.memory_map(str(folder / about["file"]))).read_all()
    head = [list(row.values()) for row in table.slice(0, HEAD_ROWS).to_pylist()]

    def pieces(skip: int) -> Iterator[pa.Table]:
        for start in range(skip, table.num_rows, PIECE_ROWS):
            yield table.slice(start, PIECE_ROWS).combine_chunks()

    return Sheet(file_no, about["name"], head, pieces)
