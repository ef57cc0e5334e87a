"""Small workbooks of the two older and freer formats, written by hand: .xls (BIFF8) and .ods."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

Rows = Sequence[Sequence[Any]]
_XLS_ERRORS = {"#REF!": 0x17, "#DIV/0!": 0x07, "#N/A": 0x2A}
_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_EXCEL_DAY_0 = datetime(1899, 12, 30)


@dataclass(frozen=True)
class ErrorCell:
    """A cell whose formula came to an error, as spreadsheet programs store it; ``by_formula`` in .xls."""

    text: str
    by_formula: bool = False


@dataclass(frozen=True)
class MergedCell:
    """A cell of an .ods merged downwards over ``rows`` rows."""

    text: str
    rows: int


def write_xls(path: Path, sheets: dict[str, Rows], *, hidden: Sequence[str] = ()) -> Path:
    """Write a workbook as Excel 97 to 2003 do; dates become serial numbers in a date format."""
    parts = [_biff_sheet(rows) for rows in sheets.values()]
    bof = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 0x0006))
    formats = _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 0, 1, 32, 0, 0, 0, 0, 0, 0x20C0))
    formats += _record(0x00E0, struct.pack("<HHHBBBBIIH", 0, 22, 1, 32, 0, 0, 0, 0, 0, 0x20C0))
    names = [_text8(name) for name in sheets]
    start = len(bof) + len(formats) + sum(10 + len(name) for name in names) + 4
    bounds = b""
    for name, key, part in zip(names, sheets, parts, strict=True):
        bounds += _record(0x0085, struct.pack("<IBB", start, int(key in hidden), 0) + name)
        start += len(part)
    stream = bof + formats + bounds + _record(0x000A, b"") + b"".join(parts)
    path.write_bytes(_compound(stream))
    return path


def _biff_sheet(rows: Rows) -> bytes:
    width = max((len(row) for row in rows), default=0)
    out = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 0x0006))
    out += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            out += _biff_cell(number, column, cell)
    return out + _record(0x000A, b"")


def _biff_cell(row: int, column: int, cell: Any) -> bytes:
    if cell in (None, ""):
        return b""
    if isinstance(cell, date):
        at = cell if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
        serial = (at - _EXCEL_DAY_0).total_seconds() / 86400
        return _record(0x0203, struct.pack("<HHHd", row, column, 1, serial))
    if isinstance(cell, ErrorCell):
        place, code = struct.pack("<HHH", row, column, 0), _XLS_ERRORS[cell.text]
        if cell.by_formula:
            return _record(0x0006, place + struct.pack("<BBBBBBHHIH", 2, 0, code, 0, 0, 0, 0xFFFF, 0, 0, 0))
        return _record(0x0205, place + struct.pack("<BB", code, 1))
    if isinstance(cell, int | float):
        return _record(0x0203, struct.pack("<HHHd", row, column, 0, float(cell)))
    text = str(cell).encode("utf-16-le")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)


def _text8(text: str) -> bytes:
    encoded = text.encode("utf-16-le")
    return struct.pack("<BB", len(encoded) // 2, 1) + encoded


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _compound(stream: bytes) -> bytes:
    """Return a compound file that holds one stream, ``Workbook``, in ordinary sectors."""
    size = max(len(stream), 4096)
    data = stream.ljust(-(-size // _SECTOR) * _SECTOR, b"\0")
    sectors = len(data) // _SECTOR
    assert sectors + 2 <= 128, "one sector of the allocation table is enough for a test"
    table = [_FAT, _END, *range(3, sectors + 2), _END]
    fat = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0)
    head += struct.pack("<108I", *[_FREE] * 108)
    entries = _entry("Root Entry", 5, child=1, start=_END, size=0)
    entries += _entry("Workbook", 2, child=_FREE, start=2, size=size)
    return head + fat + entries.ljust(_SECTOR, b"\0") + data


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    entry = encoded.ljust(64, b"\0") + struct.pack("<HBBIII", len(encoded), kind, 1, _FREE, _FREE, child)
    return entry + b"\0" * 36 + struct.pack("<IQ", start, size)


def write_ods(path: Path, sheets: dict[str, Rows], *, hidden: Sequence[str] = ()) -> Path:
    """Write a workbook as LibreOffice does, without formats."""
    tables = "".join(
        f'<table:table table:name="{escape(name)}"{_style(name in hidden)}>{_ods_rows(rows)}</table:table>'
        for name, rows in sheets.items()
    )
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
        for short in ("office", "table", "text", "style")
    )
    spaces += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.3">'
        '<office:automatic-styles><style:style style:name="gone" style:family="table">'
        '<style:table-properties table:display="false"/></style:style></office:automatic-styles>'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", kind, zipfile.ZIP_STORED)
        book.writestr("content.xml", content)
        book.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest '
            'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
            f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
            '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
            "</manifest:manifest>",
        )
    return path


def _style(is_hidden: bool) -> str:
    return ' table:style-name="gone"' if is_hidden else ""


def _ods_rows(rows: Rows) -> str:
    return "".join(
        f"<table:table-row>{''.join(_ods_cell(cell) for cell in row)}</table:table-row>" for row in rows
    )


def _ods_cell(cell: Any) -> str:
    if cell in (None, ""):
        return "<table:table-cell/>"
    if isinstance(cell, date):
        return _ods_typed("date", f' office:date-value="{cell.isoformat()}"', cell.isoformat())
    if isinstance(cell, ErrorCell):
        empty = ' office:string-value="" calcext:value-type="error" table:formula="of:=NA()"'
        return _ods_typed("string", empty, escape(cell.text))
    if isinstance(cell, MergedCell):
        spans = f' table:number-rows-spanned="{cell.rows}" table:number-columns-spanned="1"'
        return _ods_typed("string", spans, escape(cell.text))
    if isinstance(cell, int | float):
        return _ods_typed("float", f' office:value="{cell}"', str(cell))
    return _ods_typed("string", "", escape(str(cell)))


def _ods_typed(kind: str, value: str, text: str) -> str:
    opened = f'<table:table-cell office:value-type="{kind}"{value}>'
    return f"{opened}<text:p>{text}</text:p></table:table-cell>"
