"""Small honest files of every format, and their raw parts, from which hostile ones are made."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

HEAD = ("记录编号", "机构编号", "服务事项", "受理时间")
ROWS = (("R1", "002", "B02", "2026-03-05"), ("R2", "002", "B01", "2026-03-06"))
CSV = "\n".join(",".join(row) for row in (HEAD, *ROWS)) + "\n"

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "http://schemas.openxmlformats.org/package/2006/"
_ODS = "urn:oasis:names:tc:opendocument:xmlns:"


def sheet_xml(rows: str, after: str = "") -> str:
    """Return a worksheet with these rows, and what stands behind them."""
    return f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>'


def text_rows(rows: tuple[tuple[str, ...], ...] = (HEAD, *ROWS)) -> str:
    """Return rows of inline texts."""
    return "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{t}</t></is></c>' for c, t in enumerate(row))
        + "</row>"
        for r, row in enumerate(rows, 1)
    )


def xlsx_parts(sheets: int = 1, sheet: str | None = None) -> dict[str, str]:
    """Return the parts of a workbook of ``sheets`` equal sheets."""
    numbers = range(1, sheets + 1)
    listed = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="r{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    book = f'<Relationship Id="b" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/>'
    related = f'<Relationships xmlns="{_TYPE}relationships">{related}</Relationships>'
    content = sheet or sheet_xml(text_rows())
    return {
        "[Content_Types].xml": f'<Types xmlns="{_TYPE}content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_TYPE}relationships">{book}</Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related,
        **{f"xl/worksheets/sheet{n}.xml": content for n in numbers},
    }


def zipped(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write parts as a zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def ods_parts(rows: str, manifest: str = "") -> dict[str, str]:
    """Return the parts of an OpenDocument spreadsheet with these rows."""
    spaces = " ".join(f'xmlns:{p}="{_ODS}{p}:1.0"' for p in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="s1">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    space = f'xmlns:manifest="{_ODS}manifest:1.0"'
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": content,
        "META-INF/manifest.xml": f"<manifest:manifest {space}>{manifest}</manifest:manifest>",
    }


def ods_cell(text: str, more: str = "") -> str:
    """Return a cell of text."""
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def ods_rows(rows: tuple[tuple[str, ...], ...] = (HEAD, *ROWS)) -> str:
    """Return rows of texts."""
    return "".join(f"<table:table-row>{''.join(map(ods_cell, row))}</table:table-row>" for row in rows)


def xls_stream(
    rows: tuple[tuple[str, ...], ...] = (HEAD, *ROWS),
    *,
    dimensions: tuple[int, int] | None = None,
    globals_more: bytes = b"",
    far: tuple[int, int] | None = None,
) -> bytes:
    """Return the records of an old workbook (BIFF8) of one sheet; ``far`` adds a number at (row, column)."""
    high, wide = dimensions or (len(rows), len(rows[0]))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, high, 0, wide, 0))
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            body = struct.pack("<HHHHB", r, c, 0, len(text), 1) + text.encode("utf-16-le")
            sheet += _record(0x0204, body)
    if far:
        sheet += _record(0x0203, struct.pack("<HHHd", *far, 0, 1.0))
    sheet += _record(0x000A, b"")
    name = "s1"
    before = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + globals_more
    bound = len(before) + 4 + 8 + len(name) + 4
    before += _record(0x0085, struct.pack("<IBBBB", bound, 0, 0, len(name), 0) + name.encode())
    return before + _record(0x000A, b"") + sheet


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def compound(path: Path, stream: bytes, name: str = "Workbook") -> Path:
    """Write one stream as a compound file (OLE), in which old and encrypted workbooks come."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % 512)
    sectors = len(stream) // 512
    tables = -(-(sectors + 2) // 127) if sectors + 2 > 127 else 1
    end, free, table = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    chain = [table] * tables + [end] + [n + 1 for n in range(tables + 1, tables + sectors)] + [end]
    chain += [free] * (tables * 128 - len(chain))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, end, 0, end, 0
    )
    header += struct.pack("<109I", *range(tables), *[free] * (109 - tables))
    root = _directory("Root Entry", 5, child=1, start=end, size=0)
    entries = root + _directory(name, 2, child=free, start=tables + 1, size=len(stream)) + b"\0" * 256
    path.write_bytes(header + struct.pack(f"<{len(chain)}I", *chain) + entries + stream)
    return path


def _directory(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, none, none, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def honest(folder: Path) -> dict[str, Path]:
    """Write the same small ledger in every format."""
    text = folder / "honest.csv"
    text.write_text(CSV, encoding="utf-8")
    tabs = folder / "honest.tsv"
    tabs.write_text(CSV.replace(",", "\t"), encoding="utf-8")
    return {
        "xlsx": zipped(folder / "honest.xlsx", xlsx_parts()),
        "ods": zipped(folder / "honest.ods", ods_parts(ods_rows())),
        "xls": compound(folder / "honest.xls", xls_stream()),
        "csv": text,
        "tsv": tabs,
    }
