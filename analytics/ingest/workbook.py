"""Workbooks, read by a child process under limits of memory, time and disk that follow the file's size."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.core.printable import printable
from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest.limits import Limits, limits_of
from analytics.ingest.sheets import PIECE_BYTES, PIECE_ROWS, Sheet, UnreadableError

_EXCEEDED = {
    "file": Text("文件超过 {limit} MiB（设置 max_file_mib）", "the file has more than {limit} MiB"),
    "memory": Text("所用内存超过 {limit} MiB（设置 read_memory_mib）", "more memory than {limit} MiB"),
    "time": Text("处理时间超过 {limit} 秒（设置 read_seconds）", "more than {limit} s of processing"),
    "unpacked": Text("解压后超过 {limit} MiB，疑似压缩炸弹", "it unpacks to more than {limit} MiB"),
    "scratch": Text(
        "展开后占用磁盘超过 {limit} MiB（设置 read_scratch_mib）",
        "more than {limit} MiB once unfolded",
    ),
}
_REASONS = {
    "broken": Text("内部结构不完整", "its structure is incomplete"),
    "parts": Text("内部文件过多", "too many parts"),
    "twice": Text("内部文件重名", "two parts of one name"),
    "path": Text("内部文件名指向文件夹之外", "a part's name points outside"),
    "overlap": Text("内部文件相互重叠", "parts that overlap"),
    "size": Text("内部文件的实际大小与声明不符", "a part larger than it claims"),
    "method": Text("不常用的压缩方式", "an unusual compression"),
    "entities": Text("含有实体声明（DOCTYPE）", "declared entities (DOCTYPE)"),
    "merged": Text("合并单元格相互重叠", "merged cells that overlap"),
}


def read_workbook(
    path: Path, file_no: int, scratch: Path, settings: Settings, *, hidden: bool = False
) -> list[Sheet]:
    """Return the sheets of a workbook, whose cells lie in ``scratch``; ``hidden`` reads hidden ones too.

    Raises
    ------
    UnreadableError
        When the file is damaged, protected, suspicious, or asks for more than the limits.
    """
    size = path.stat().st_size
    if size > settings.max_file_mib << 20:
        raise UnreadableError("E104", _EXCEEDED["file"].format(limit=settings.max_file_mib))
    folder = scratch / str(file_no)
    folder.mkdir()
    limits = limits_of(size, settings, read_hidden=hidden)
    told = _run(path, folder, limits, settings)
    if "code" in told:
        raise _refused(told["code"], told["detail"], limits)
    names = _own_names([about["name"] for about in told["sheets"]])
    return [_sheet(folder, about, file_no, name) for about, name in zip(told["sheets"], names, strict=True)]


def _run(path: Path, folder: Path, limits: Limits, settings: Settings) -> dict[str, Any]:
    command = [sys.executable, "-m", "analytics.ingest.child"]
    command += [str(path.resolve()), str(folder), json.dumps(asdict(limits))]
    # A session of its own, so that whatever it may start ends with it.
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        cwd=Path(__file__).parent.parent.parent,
    ) as child:
        try:
            status = child.wait(settings.read_seconds)
        except subprocess.TimeoutExpired:
            _end(child)
            return {"code": "E104", "detail": "wall"}
        except BaseException:
            _end(child)
            raise
    told = folder / "sheets.json"
    if status != 0 or not told.exists():
        return {"code": "E104", "detail": "time" if status == -signal.SIGXCPU else "memory"}
    found: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return found


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child and all that it started; its group lives on while one of them does."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _refused(code: str, detail: str, limits: Limits) -> UnreadableError:
    if code == "E104":
        return UnreadableError(code, _limit(detail, limits))
    if code == "E111":
        return UnreadableError(code, detail, row=detail, limit=str(limits.columns))
    if code == "E112":
        return UnreadableError(code, detail, limit=str(limits.sheets))
    if code == "E113":
        where = Text(f"第 {detail} 行", f"row {detail}")
        return UnreadableError(code, where, limit=f"{limits.cell_chars:,}")
    if code == "E103":
        return UnreadableError(code, printable(detail))
    return UnreadableError(code, _REASONS.get(detail, detail))


def _limit(which: str, limits: Limits) -> Text:
    figures = {
        "memory": limits.memory_mib,
        "time": limits.cpu_seconds,
        "wall": limits.wall_seconds,
        "unpacked": limits.unpacked_mib,
        "scratch": limits.scratch_mib,
    }
    return _EXCEEDED["time" if which == "wall" else which].format(limit=figures[which])


def _own_names(names: list[str]) -> list[str]:
    """Return names of sheets that print as they are and differ: counts are kept by name."""
    made: dict[str, None] = {}
    for name in names:
        shown, number = printable(name), 2
        while shown in made:
            shown, number = f"{printable(name)} ({number})", number + 1
        made[shown] = None
    return list(made)


def _sheet(folder: Path, about: dict[str, Any], file_no: int, name: str) -> Sheet:
    if about["hidden"]:
        return Sheet(file_no, name, [[]] * about["rows"], lambda _: iter(()), is_hidden=True)
    file = folder / about["file"]
    head = next(_tables(file), None)
    columns = [column.to_pylist() for column in head.columns] if head is not None else []
    rows = [list(row) for row in zip(*columns, strict=True)]

    def pieces(skip: int) -> Iterator[pa.Table]:
        held: list[pa.Table] = []
        for table in _tables(file):
            rest = table.slice(skip)
            skip = max(0, skip - table.num_rows)
            held.append(rest)
            if _is_full(held):
                yield pa.concat_tables(held).combine_chunks()
                held = []
        if sum(part.num_rows for part in held):
            yield pa.concat_tables(held).combine_chunks()

    return Sheet(file_no, name, rows, pieces)


def _is_full(held: list[pa.Table]) -> bool:
    rows, size = sum(part.num_rows for part in held), sum(part.nbytes for part in held)
    return bool(rows >= PIECE_ROWS or size >= PIECE_BYTES)


def _tables(file: Path) -> Iterator[pa.Table]:
    """Yield each batch of rows that the child wrote, as text columns c0, c1, …"""
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            rows, columns = json.loads(line)
            nothing = pa.nulls(rows, pa.string())
            arrays = [nothing if column is None else pa.array(column, pa.string()) for column in columns]
            yield pa.table(arrays, names=[f"c{n}" for n in range(len(arrays))])
