"""What a zipped workbook is made of, looked at before any reader opens it: bombs, lies, impossible areas.

A workbook is unpacked here once in small blocks, counting what really comes out: sizes that an archive
declares prove nothing. Nothing is ever written, so that names of parts can point nowhere.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

# Excel itself stays far below: a part a sheet, and one a picture.
MAX_PARTS = 10_000
# Cells a sheet may span beyond what it fills: 16 columns down to the last row a sheet can have.
_AREA_ALLOWED = 17_000_000
_AREA_A_CELL = 100
# Cells that repetition alone may fill; programs that write .ods repeat equal neighbours.
_REPEATED_ALLOWED = 200_000
_BLOCK = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")
_STORED, _DEFLATED = 0, 8

_ROW = re.compile(rb'<row[^>]*? r="(\d{1,7})"')
_WIDE = re.compile(rb'<c r="[A-Z]{3}\d')
_PAIR = re.compile(rb'<c r="[A-Z]{2}\d')
# Formatted cells without a value take no place once read.
_FILLED = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?:[^>]*[^/>])?>\s*(?:<f(?:[^>]*/>|[^>]*>[^<]*</f>))?\s*<(?:v|is)[ >]'
)
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^>]*)>")
_ODS_COLUMNS = re.compile(rb'table:number-columns-repeated="(\d{1,9})"')
_ODS_ROWS = re.compile(rb'table:number-rows-repeated="(\d{1,9})"')
_ODS_NAME = re.compile(rb'table:name="([^"]*)"')
# Longest tag looked for across the border of two blocks.
_TAG_BYTES = 1 << 16


class RefusedError(Exception):
    """A workbook that must not be opened: the code of the rule it breaks, and a key or word that says why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail


@dataclass(slots=True)
class _Budget:
    """Bytes that may still be unpacked."""

    left: int

    def take(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise RefusedError("E104", "unpacked")


def inspect(file: Path, most_bytes: int) -> None:
    """Unpack all that a reader would, and raise where it is not what a spreadsheet program writes.

    Raises
    ------
    RefusedError
        For what is no workbook (E105), unpacks to more than ``most_bytes`` (E104), spans an area out of
        proportion to its content (E103), has a password (E102) or a suspicious structure (E114).
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        # Python itself recognises parts that share their bytes, the densest of bombs.
        raise RefusedError(
            *(("E114", "overlap") if "verlap" in str(error) else ("E101", "broken"))
        ) from error
    _check_parts(entries)
    is_ods = any(entry.filename == "content.xml" for entry in entries)
    if not is_ods and not any(entry.filename.lower().startswith("xl/") for entry in entries):
        raise RefusedError("E105", "")
    budget = _Budget(most_bytes)
    with file.open("rb") as stream:
        if is_ods:
            _check_is_spreadsheet(stream, entries)
        _check_overlaps(stream, entries)
        for entry in filter(_is_read, entries):
            _check_part(stream, entry, budget)


def _check_parts(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_PARTS:
        raise RefusedError("E114", "parts")
    names = {entry.filename.lower() for entry in entries}
    if len(names) < len(entries):
        raise RefusedError("E114", "twice")
    if any(".." in PurePosixPath(name.replace("\\", "/")).parts for name in names):
        raise RefusedError("E114", "path")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("E102", "")


def _is_read(entry: zipfile.ZipInfo) -> bool:
    return not entry.is_dir() and entry.filename.lower().endswith((".xml", ".rels", ".bin"))


def _check_is_spreadsheet(stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    """Raise for one with a password, and for texts and presentations, which have a ``content.xml`` too."""
    for entry in entries:
        if entry.filename == "META-INF/manifest.xml":
            told = b"".join(_unpacked(stream, entry, _Budget(16 << 20)))
            if b"encryption-data" in told:
                raise RefusedError("E102", "")
    kinds = [entry for entry in entries if entry.filename == "mimetype"]
    for entry in kinds:
        told = b"".join(_unpacked(stream, entry, _Budget(1 << 10)))
        if b"opendocument.spreadsheet" not in told:
            raise RefusedError("E105", "")


def _check_overlaps(stream: BinaryIO, entries: list[zipfile.ZipInfo]) -> None:
    last = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < last:
            raise RefusedError("E114", "overlap")
        last = _data_start(stream, entry) + entry.compress_size


def _data_start(stream: BinaryIO, entry: zipfile.ZipInfo) -> int:
    if entry.header_offset < 0:
        raise RefusedError("E101", "broken")
    stream.seek(entry.header_offset)
    header = stream.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise RefusedError("E101", "broken")
    signature, name, extra = _LOCAL_HEADER.unpack(header)
    if signature != b"PK\x03\x04":
        raise RefusedError("E101", "broken")
    return entry.header_offset + _LOCAL_HEADER.size + int(name) + int(extra)


def _unpacked(stream: BinaryIO, entry: zipfile.ZipInfo, budget: _Budget) -> Iterator[bytes]:
    """Yield what a part really holds, whatever size the archive declares for it."""
    if entry.compress_type not in (_STORED, _DEFLATED):
        raise RefusedError("E114", "method")
    stream.seek(_data_start(stream, entry))
    packed, size = entry.compress_size, 0
    inflate = zlib.decompressobj(-15) if entry.compress_type == _DEFLATED else None
    while packed > 0 and (raw := stream.read(min(_BLOCK >> 4, packed))):
        packed -= len(raw)
        for block in _inflated(inflate, raw):
            size += len(block)
            budget.take(len(block))
            yield block
        if size > entry.file_size:
            raise RefusedError("E114", "size")
    if packed > 0 or (inflate is not None and not inflate.eof):
        raise RefusedError("E101", "broken")


def _inflated(inflate: zlib._Decompress | None, raw: bytes) -> Iterator[bytes]:
    if inflate is None:
        yield raw
        return
    try:
        while raw and not inflate.eof:
            yield inflate.decompress(raw, _BLOCK)
            raw = inflate.unconsumed_tail
    except zlib.error as error:
        raise RefusedError("E101", "broken") from error


def _check_part(stream: BinaryIO, entry: zipfile.ZipInfo, budget: _Budget) -> None:
    name = entry.filename.lower()
    if name == "content.xml":
        _check_ods(_texts(stream, entry, budget))
    elif name.startswith("xl/worksheets/") and name.endswith(".xml"):
        if _is_wide(*_extent(_texts(stream, entry, budget))) and _is_wide(
            *_filled_extent(_texts(stream, entry, _Budget(budget.left + entry.file_size)))
        ):
            raise RefusedError("E103", PurePosixPath(entry.filename).stem)
    else:
        for _ in _texts(stream, entry, budget):
            pass


def _is_wide(rows: int, columns: int, cells: int) -> bool:
    return rows * columns > max(_AREA_ALLOWED, _AREA_A_CELL * cells)


def _texts(stream: BinaryIO, entry: zipfile.ZipInfo, budget: _Budget) -> Iterator[tuple[bytes, int]]:
    """Yield a part in blocks that overlap, each with where its fresh portion begins."""
    tail = b""
    is_xml = not entry.filename.lower().endswith(".bin")
    for block in _unpacked(stream, entry, budget):
        text = tail + block
        # No spreadsheet program declares entities; readers leave out what they stand for.
        if is_xml and (b"<!DOCTYPE" in text or b"<!ENTITY" in text):
            raise RefusedError("E114", "entities")
        yield text, len(tail)
        tail = text[-400:]


def _extent(texts: Iterator[tuple[bytes, int]]) -> tuple[int, int, int]:
    """Return at once, and no less than true, a sheet's last row and widest column, and its cells."""
    last_row, columns, cells = 0, 26, 0
    for text, fresh in texts:
        cells += text.count(b"<c ", fresh)
        last_row = max([last_row, *map(int, _ROW.findall(text))])
        if _WIDE.search(text):
            columns = 16_384
        elif columns < 702 and _PAIR.search(text):
            columns = 702
    return last_row, columns, cells


def _filled_extent(texts: Iterator[tuple[bytes, int]]) -> tuple[int, int, int]:
    """Return the last row, the last column and the number of cells that hold a value."""
    last_row, columns, cells = 0, 0, 0
    for text, fresh in texts:
        for match in _FILLED.finditer(text):
            if match.end() > fresh:
                cells += 1
                last_row = max(last_row, int(match[2]))
                columns = max(columns, _number_of(match[1]))
    return last_row, columns, cells


def _number_of(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


@dataclass(slots=True)
class _OdsSheet:
    """How far the filled cells of one sheet reach, repeated cells and rows counted as often as they stand."""

    name: str = ""
    tags: int = 0
    last_row: int = 0
    columns: int = 0
    row: int = 0
    column: int = 0
    filled_to: int = 0
    filled: int = 0
    filled_in_row: int = 0
    repeated: int = 1

    @property
    def is_bomb(self) -> bool:
        """Whether few bytes stand for cells without measure."""
        if self.filled > max(_REPEATED_ALLOWED, _AREA_A_CELL * self.tags):
            return True
        return _is_wide(self.last_row, max(self.columns, self.filled_to), self.tags)

    def see(self, tag: bytes, attributes: bytes, *, closes: bool) -> None:
        """Take the next tag of the sheet into account."""
        self.tags += 1
        if tag == b"table-row":
            self._row(attributes, closes=closes)
        elif not closes:
            repeated = _repeats(_ODS_COLUMNS, attributes)
            self.column += repeated
            if b"value-type" in attributes or not attributes.endswith(b"/"):
                self.filled_to = self.column
                self.filled_in_row += repeated

    def _row(self, attributes: bytes, *, closes: bool) -> None:
        if closes or attributes.endswith(b"/"):
            self.row += self.repeated if closes else _repeats(_ODS_ROWS, attributes)
            if closes and self.filled_to:
                self.last_row, self.columns = self.row, max(self.columns, self.filled_to)
                self.filled += self.filled_in_row * self.repeated
        else:
            self.repeated = _repeats(_ODS_ROWS, attributes)
        self.column = self.filled_to = self.filled_in_row = 0


def _repeats(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    found = pattern.search(attributes)
    return int(found[1]) if found else 1


def _check_ods(texts: Iterator[tuple[bytes, int]]) -> None:
    sheet = _OdsSheet()
    held = b""
    for text, fresh in texts:
        held += text[fresh:]
        end = held.rfind(b">") + 1
        for match in _ODS_TAG.finditer(held, 0, end):
            if match[2] == b"table":
                name = _ODS_NAME.search(match[3])
                sheet = sheet if match[1] else _OdsSheet(name[1].decode(errors="replace") if name else "")
            else:
                sheet.see(match[2], match[3], closes=bool(match[1]))
                if sheet.is_bomb:
                    raise RefusedError("E103", sheet.name)
        held = held[end:][-_TAG_BYTES:]
