"""Reads one workbook in a process of its own: ``python -m analytics.ingest.child FILE FOLDER LIMITS``.

A workbook of a few kilobytes can make its reader ask for more memory than there is, which ends
the process and nothing else can stop. Sheets are written to FOLDER beside ``sheets.json``: a line for
each batch of rows, holding its number of rows and its columns as JSON, ``null`` for a column without
any value. Little is imported here, for a workbook is read in less time than a larger library needs to
start. LIMITS is JSON with the fields of :class:`analytics.ingest.limits.Limits`.
The exit code is 0 also for files that cannot be read; ``sheets.json`` then says why.
"""

from __future__ import annotations

import json
import resource
import struct
import sys
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from analytics.ingest.archive import RefusedError, inspect
from analytics.ingest.error_cells import Errors, error_cells
from analytics.ingest.error_cells_ods import Beside, beside_cells
from analytics.ingest.error_cells_xls import error_cells_xls
from analytics.ingest.limits import Limits
from analytics.ingest.merged import Merged
from analytics.ingest.parse.cells import NUMBER_MARK

# Rows of the first batch, in which headings are looked for, and of the others.
HEAD_ROWS = 1_000
ROWS_A_BATCH = 5_000
# Cells of a batch: a wide sheet is handed over in fewer rows at a time.
_CELLS_A_BATCH = 400_000
_CELLS_OF_HEAD = 100_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of streams: where an encrypted workbook lies, and where an old one does.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_BOOKS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
# The record that begins an old workbook (BIFF8), and the one that says it is encrypted.
_GLOBALS = bytes.fromhex("09081000000605 00")
_FILEPASS = 0x002F


def main(file: str, folder: str, limits: str) -> None:
    """Read the workbook, or write down why it cannot be read."""
    within = Limits(**json.loads(limits))
    _confine(within)
    told: object
    try:
        told = _read(Path(file), Path(folder), within)
    except MemoryError:
        told = {"code": "E104", "detail": "memory"}
    except PasswordError:
        told = {"code": "E102", "detail": ""}
    except RefusedError as refused:
        told = {"code": refused.code, "detail": refused.detail}
    except OSError as error:
        told = {"code": "E104", "detail": "scratch"} if error.filename is None else _damaged(error)
    # The reader's own panics are no Exception.
    except BaseException as error:  # noqa: BLE001 - whatever a damaged file makes the reader raise
        told = _damaged(error)
    (Path(folder) / "sheets.json").write_text(json.dumps(told), encoding="utf-8")


def _damaged(error: BaseException) -> dict[str, str]:
    is_locked = "password" in str(error).lower() or "encrypted" in str(error).lower()
    return {"code": "E102" if is_locked else "E101", "detail": "" if is_locked else "broken"}


def _confine(limits: Limits) -> None:
    """Give this process no more than it may take; where a system lacks a limit, the others remain."""
    size = (limits.memory_mib << 20) + _reserved()
    wanted = {
        "RLIMIT_AS": size,
        "RLIMIT_CPU": limits.cpu_seconds,
        "RLIMIT_FSIZE": limits.scratch_mib << 20,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
    }
    for name, value in wanted.items():
        with suppress(ValueError, OSError, AttributeError):
            # A second more until the hard limit: the signal then says that it was the time.
            resource.setrlimit(getattr(resource, name), (value, value + (name == "RLIMIT_CPU")))


def _reserved() -> int:
    """Return what the interpreter and its libraries reserved already, which is not the workbook's doing."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def _read(file: Path, folder: Path, limits: Limits) -> object:
    with file.open("rb") as stream:
        is_ole = stream.read(8) == _OLE
    if is_ole:
        _check_ole(file)
    elif zipfile.is_zipfile(file):
        inspect(file, limits.unpacked_mib << 20)
    else:
        raise RefusedError("E101", "broken")
    beside = _beside(file, is_ole=is_ole)
    sheets: list[dict[str, Any]] = []
    left = limits.scratch_mib << 20
    # By content: the ending of a file is whatever its sender made it.
    with file.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as workbook:
        listed = [about for about in workbook.sheets_metadata if about.typ is SheetTypeEnum.WorkSheet]
        if len(listed) > limits.sheets:
            raise RefusedError("E112", str(len(listed)))
        for number, about in enumerate(listed):
            sheet = workbook.get_sheet_by_name(about.name)
            target = folder / f"{number}.jsonl"
            hidden = about.visible is not SheetVisibleEnum.Visible and not limits.read_hidden
            rows = sheet.end[0] + 1 if sheet.end else 0
            if not hidden:
                rows = _write(sheet, target, limits, left, beside.get(about.name, Beside()))
                left -= target.stat().st_size
            sheets.append({"name": about.name, "file": target.name, "hidden": hidden, "rows": rows})
    return {"sheets": sheets}


def _check_ole(file: Path) -> None:
    """Tell encrypted workbooks and other documents by the names of their streams."""
    found: set[bytes] = set()
    tail = b""
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            text = tail + block
            found |= {name for name in (_ENCRYPTED, *_BOOKS) if name in text}
            tail = text[-64:]
    if _ENCRYPTED in found:
        raise RefusedError("E102", "")
    if found.isdisjoint(_BOOKS):
        raise RefusedError("E101", "broken")
    if _has_filepass(file):
        raise RefusedError("E102", "")


def _has_filepass(file: Path) -> bool:
    """Say whether the records at the start of an old workbook tell of a password, whatever its cipher.

    Its reader recognises one cipher only, and hands what the older one garbled over as text.
    """
    with file.open("rb") as stream:
        raw = stream.read(1 << 20)
    at = raw.find(_GLOBALS)
    for _ in range(8 if at >= 0 else 0):
        kind, size = struct.unpack_from("<HH", raw, at) if at + 4 <= len(raw) else (0, 0)
        if kind == _FILEPASS:
            return True
        at += 4 + size
    return False


def _write(sheet: CalamineSheet, target: Path, limits: Limits, most_bytes: int, beside: Beside) -> int:
    """Write a sheet's cells as text, a batch of rows a line; return its number of rows."""
    first_row, first_column = sheet.start or (0, 0)
    width = first_column + sheet.width
    areas = [*(sheet.merged_cell_ranges or []), *beside.merged]
    merged = Merged(areas, first_row + sheet.height, width)
    if merged.overlap:
        raise RefusedError("E114", "merged")
    count = written = 0
    with target.open("w", encoding="utf-8", errors="replace") as sink:
        for rows in _batches(sheet, first_column):
            _put_errors(rows, count, beside.errors)
            # A row that holds nothing of its own is blank, whatever is merged over it.
            blank = [not any(cells) for cells in rows]
            for row, column, value in merged.pop_until(count, rows):
                if not blank[row]:
                    rows[row][column] = value
            written += _put(rows, count, sink, limits)
            if written > most_bytes:
                raise RefusedError("E104", "scratch")
            count += len(rows)
    return count


def _beside(file: Path, *, is_ole: bool) -> dict[str, Beside]:
    """Return, by sheet, what the reader does not hand over: errors, and merged areas of an .ods."""
    if is_ole:
        return {name: Beside(errors) for name, errors in error_cells_xls(file.read_bytes()).items()}
    with zipfile.ZipFile(file) as archive:
        if "content.xml" in archive.namelist():
            return beside_cells(archive)
        return {name: Beside(errors) for name, errors in error_cells(archive).items()}


def _put_errors(rows: list[list[str | None]], first: int, errors: Errors) -> None:
    for number, cells in enumerate(rows, start=first) if errors else ():
        for column, text in errors.get(number, ()):
            if column < len(cells) and not cells[column]:
                cells[column] = text


def _put(rows: list[list[str | None]], before: int, sink: TextIO, limits: Limits) -> int:
    """Write a batch of rows as one line and return its length."""
    columns = [column if any(column) else None for column in zip(*rows, strict=True)]
    beyond = [column for column in columns[limits.columns :] if column]
    if beyond:
        raise RefusedError("E111", str(before + 1 + min(_first_filled(column) for column in beyond)))
    columns = columns[: limits.columns]
    for column in filter(None, columns):
        longest = max((len(cell) for cell in column if cell), default=0)
        if longest > limits.cell_chars:
            place = next(n for n, cell in enumerate(column) if cell and len(cell) == longest)
            raise RefusedError("E113", str(before + place + 1))
    line = json.dumps([len(rows), columns], ensure_ascii=False)
    sink.write(line + "\n")
    return len(line)


def _first_filled(column: Sequence[str | None]) -> int:
    return next(place for place, cell in enumerate(column) if cell)


def _batches(sheet: CalamineSheet, first_column: int) -> Iterator[list[list[str | None]]]:
    before: list[str | None] = [None] * first_column
    rows = (before + [_text(cell) for cell in cells] for cells in sheet.iter_rows())
    size = max(60, min(HEAD_ROWS, _CELLS_OF_HEAD // max(1, sheet.width)))
    while held := list(islice(rows, size)):
        yield held
        size = max(1, min(ROWS_A_BATCH, _CELLS_A_BATCH // max(1, len(held[0]))))


def _text(cell: Any) -> str | None:
    """Return a cell as text: numbers marked, dates and times in ISO form to the second."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        whole = cell.is_integer() and abs(cell) < 1e17
        return NUMBER_MARK + (str(int(cell)) if whole else repr(cell))
    if isinstance(cell, int):
        return NUMBER_MARK + str(cell)
    if isinstance(cell, datetime):
        return _moment(cell)
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _moment(cell: datetime) -> str:
    try:
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
    except OverflowError:  # the last half second of the year 9999
        return cell.replace(microsecond=0).isoformat()


if __name__ == "__main__":
    main(*sys.argv[1:4])
