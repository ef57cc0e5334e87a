"""Reads one workbook in a process of its own: ``python -m analytics.ingest.child FILE FOLDER``.

A workbook of a few kilobytes can make its reader ask for more memory than there is, which ends
the process and nothing else can stop. Sheets are written to FOLDER beside ``sheets.json``: a line for
each batch of rows, holding its columns as JSON. Little is imported here, for a workbook is read in less
time than a larger library needs to start.
The exit code is 0 also for files that cannot be read; ``sheets.json`` then says why.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from analytics.ingest.error_cells import Errors, error_cells
from analytics.ingest.parse.cells import NUMBER_MARK

# Rows of the first batch, in which headings are looked for, and of the others.
HEAD_ROWS = 60
ROWS_A_BATCH = 5_000
# Cells a sheet may span beyond what it fills before it counts as hostile.
_AREA_ALLOWED = 20_000_000
_AREA_A_CELL = 100
_ROW = re.compile(rb'<row[^>]*? r="(\d{1,7})"')
_WIDE = re.compile(rb'<c r="[A-Z]{3}\d')
_PAIR = re.compile(rb'<c r="[A-Z]{2}\d')
# Formatted cells without a value take no place once read.
_FILLED = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/>])?>\s*(?:<f(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*<(?:v|is)[ >]'
)

# Name of the stream in which an encrypted workbook lies.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def main(file: str, folder: str, memory_mib: str, hidden: str = "") -> None:
    """Read the workbook, or write down why it cannot be read; ``hidden``: hidden sheets too."""
    limit = int(memory_mib) << 20
    # What the interpreter and its libraries reserved already is not the workbook's doing.
    reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (reserved + limit, reserved + limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        told: object = _read(Path(file), Path(folder), limit, read_hidden=bool(hidden))
    except MemoryError:
        told = {"code": "E104", "detail": f"{memory_mib} MiB"}
    except PasswordError:
        told = {"code": "E102", "detail": ""}
    except Exception as error:  # noqa: BLE001 - whatever a damaged file makes the reader raise
        code = "E102" if "password" in str(error).lower() else "E101"
        told = {"code": code, "detail": _first_line(error)}
    (Path(folder) / "sheets.json").write_text(json.dumps(told), encoding="utf-8")


def _read(file: Path, folder: Path, limit: int, *, read_hidden: bool) -> object:
    if zipfile.is_zipfile(file):
        wrong = _hostile(file, limit)
        if wrong:
            return wrong
    elif _ENCRYPTED in file.read_bytes():
        return {"code": "E102", "detail": ""}
    errors = _error_cells(file)
    sheets = []
    # By content: the ending of a file is whatever its sender made it.
    with file.open("rb") as stream, CalamineWorkbook.from_filelike(stream) as workbook:
        for number, about in enumerate(workbook.sheets_metadata):
            if about.typ is not SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            target = folder / f"{number}.jsonl"
            hidden = about.visible is not SheetVisibleEnum.Visible and not read_hidden
            rows = sheet.end[0] + 1 if sheet.end else 0
            if not hidden:
                rows = _write(sheet, target, errors.get(about.name, {}))
            sheets.append({"name": about.name, "file": target.name, "hidden": hidden, "rows": rows})
    return {"sheets": sheets}


def _hostile(file: Path, limit: int) -> dict[str, str] | None:
    """Say why a zipped workbook must not be opened: no workbook, a bomb, a sheet of an impossible area."""
    with zipfile.ZipFile(file) as archive:
        entries = archive.infolist()
        if not any(entry.filename.startswith("xl/") or entry.filename == "content.xml" for entry in entries):
            return {"code": "E105", "detail": ""}
        if sum(entry.file_size for entry in entries) > limit:
            return {"code": "E104", "detail": f"{limit >> 20} MiB"}
        for entry in entries:
            if not (entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")):
                continue
            if _is_wide(*_extent(archive, entry)) and _is_wide(*_filled_extent(archive, entry)):
                return {"code": "E103", "detail": Path(entry.filename).stem}
    return None


def _is_wide(rows: int, columns: int, cells: int) -> bool:
    return rows * columns > max(_AREA_ALLOWED, _AREA_A_CELL * cells)


def _extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int, int]:
    """Return at once, and no less than true, a sheet's last row and widest column, and its cells."""
    last_row, columns, cells = 0, 26, 0
    for text, fresh in _texts(archive, entry):
        cells += text.count(b"<c ", fresh)
        last_row = max([last_row, *map(int, _ROW.findall(text))])
        if _WIDE.search(text):
            columns = 16_384
        elif columns < 702 and _PAIR.search(text):
            columns = 702
    return last_row, columns, cells


def _filled_extent(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> tuple[int, int, int]:
    """Return the last row, the last column and the number of cells that hold a value."""
    last_row, columns, cells = 0, 0, 0
    for text, fresh in _texts(archive, entry):
        for match in _FILLED.finditer(text):
            if match.end() > fresh:
                cells += 1
                last_row = max(last_row, int(match[2]))
                columns = max(columns, _number_of(match[1]))
    return last_row, columns, cells


def _texts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """Yield an entry in blocks that overlap, each with where its fresh part begins."""
    tail = b""
    with archive.open(entry) as stream:
        while block := stream.read(1 << 20):
            yield tail + block, len(tail)
            tail = (tail + block)[-400:]


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _error_cells(file: Path) -> dict[str, Errors]:
    if not zipfile.is_zipfile(file):
        return {}
    with zipfile.ZipFile(file) as archive:
        return error_cells(archive)


def _write(sheet: CalamineSheet, target: Path, errors: Errors) -> int:
    """Write a sheet's cells as text, a batch of rows a line; return its number of rows."""
    first_column = sheet.start[1] if sheet.start else 0
    merged = _merged(sheet)
    count = 0
    with target.open("w", encoding="utf-8", errors="replace") as sink:
        for rows in _batches(sheet, first_column):
            _put_errors(rows, count, errors)
            for row, column, value in merged.pop_until(count, rows):
                rows[row][column] = value
            json.dump(list(zip(*rows, strict=True)), sink, ensure_ascii=False)
            sink.write("\n")
            count += len(rows)
    return count


def _put_errors(rows: list[list[str | None]], first: int, errors: Errors) -> None:
    for number, cells in enumerate(rows, start=first) if errors else ():
        for column, text in errors.get(number, ()):
            if column < len(cells) and not cells[column]:
                cells[column] = text


def _batches(sheet: CalamineSheet, first_column: int) -> Iterator[list[list[str | None]]]:
    held: list[list[str | None]] = []
    before: list[str | None] = [None] * first_column
    size = HEAD_ROWS
    for cells in sheet.iter_rows():
        held.append(before + [_text(cell) for cell in cells])
        if len(held) >= size:
            yield held
            held, size = [], ROWS_A_BATCH
    if held:
        yield held


class _Merged:
    """The merged areas of a sheet, handed out as the rows they cover come by."""

    def __init__(self, areas: list[tuple[tuple[int, int], tuple[int, int]]], width: int) -> None:
        self._areas = sorted(
            (top, left, bottom, min(right, width - 1)) for (top, left), (bottom, right) in areas
        )
        self._values: dict[tuple[int, int], str | None] = {}

    def pop_until(self, first: int, rows: list[list[str | None]]) -> Iterator[tuple[int, int, str | None]]:
        """Yield (row in ``rows``, column, value) of covered cells; ``first`` numbers the first row."""
        end = first + len(rows)
        for top, left, bottom, right in self._areas:
            if top >= end:
                break
            if bottom < first or left > right:
                continue
            if top >= first:
                self._values[top, left] = rows[top - first][left]
            value = self._values.get((top, left))
            for row in range(max(top, first), min(bottom + 1, end)):
                for column in range(left, right + 1):
                    yield row - first, column, value
        self._areas = [area for area in self._areas if area[2] >= end]


def _merged(sheet: CalamineSheet) -> _Merged:
    first_column = sheet.start[1] if sheet.start else 0
    return _Merged(list(sheet.merged_cell_ranges or []), first_column + sheet.width)


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
        return (cell + timedelta(microseconds=500_000)).replace(microsecond=0).isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


if __name__ == "__main__":
    main(*sys.argv[1:5])
