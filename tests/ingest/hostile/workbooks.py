"""Hostile workbooks: each function writes one into a folder and returns its path."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.ingest.hostile.parts import (
    HEAD,
    ROWS,
    compound,
    ods_cell,
    ods_parts,
    ods_rows,
    sheet_xml,
    text_rows,
    xls_stream,
    xlsx_parts,
    zipped,
)

Maker = Callable[[Path], Path]
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)


def _sheet(name: str, rows: str, after: str = "") -> Maker:
    return lambda folder: zipped(folder / name, xlsx_parts(sheet=sheet_xml(rows, after)))


def _ods(name: str, rows: str, manifest: str = "") -> Maker:
    return lambda folder: zipped(folder / name, ods_parts(rows, manifest))


def _numbers(count: int) -> Iterator[str]:
    for row in range(10, 10 + count):
        yield f'<row r="{row}"/>'


def two_far_cells(folder: Path) -> Path:
    """Cells A1 and XFD1048576 only."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return _sheet("far.xlsx", rows)(folder)


def zip_bomb(folder: Path) -> Path:
    """A sheet that unpacks to half a gigabyte, within half a megabyte."""
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in xlsx_parts().items():
            if name != SHEET:
                archive.writestr(name, content)
        with archive.open(SHEET, "w", force_zip64=True) as out:
            for _ in range(128):
                out.write(b" " * (4 << 20))
    return path


def nested_bomb(folder: Path) -> Path:
    """A zip within a zip within a zip."""
    inner = b"\0" * (8 << 20)
    for level in range(3):
        path = zipped(folder / f"nested{level}.zip", {f"{n}.zip": inner for n in range(10)})
        inner = path.read_bytes()
        path.unlink()
    return zipped(folder / "nested.xlsx", {**xlsx_parts(), "xl/media/1.zip": inner})


def overlapping(folder: Path) -> Path:
    """A thousand entries of the directory that share one packed part."""
    path = zipped(folder / "overlap.xlsx", xlsx_parts())
    raw = path.read_bytes()
    end = raw.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", raw, end + 16)[0]
    entry = raw.index(SHEET.encode(), start) - 46
    size = 46 + len(SHEET)
    copies = b"".join(
        raw[entry : entry + 46] + f"xl/worksheets/shee{n:03}.xml"[-len(SHEET) :].encode() for n in range(1000)
    )
    assert size * 1000 == len(copies)
    directory = raw[start:end] + copies
    count = struct.unpack_from("<H", raw, end + 10)[0] + 1000
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start, 0)
    path.write_bytes(raw[:start] + directory + tail)
    return path


def lying_size(folder: Path) -> Path:
    """A part of 300 MB whose header claims ten bytes, with the checksum of those."""
    path = folder / "lie.xlsx"
    big = b"<row/>" * (50 << 20)
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = packed.compress(big) + packed.flush()
    zipped(path, {name: text for name, text in xlsx_parts().items() if name != SHEET})
    raw = path.read_bytes()
    end = raw.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", raw, end + 16)[0]
    about = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, zlib.crc32(big[:10]), len(content), 10, len(SHEET), 0)
    local = b"PK\x03\x04" + about + SHEET.encode() + content
    central = b"PK\x01\x02" + struct.pack("<H", 20) + about + struct.pack("<HHHII", 0, 0, 0, 0, start)
    directory = raw[start:end] + central + SHEET.encode()
    count = struct.unpack_from("<H", raw, end + 10)[0] + 1
    tail = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(directory), start + len(local), 0)
    path.write_bytes(raw[:start] + local + directory + tail)
    return path


def many_entries(folder: Path) -> Path:
    """A hundred thousand empty parts."""
    return zipped(folder / "entries.xlsx", xlsx_parts() | {f"xl/media/{n}": "" for n in range(100_000)})


def twice_named(folder: Path) -> Path:
    """Two parts of one name: programs differ in which they read."""
    path = zipped(folder / "twice.xlsx", xlsx_parts())
    with zipfile.ZipFile(path, "a") as archive:
        archive._didModify = True  # type: ignore[attr-defined]
        info = zipfile.ZipInfo(SHEET.replace("sheet1", "Sheet1"))
        archive.writestr(info, sheet_xml(text_rows((HEAD,))))
    return path


def path_names(folder: Path) -> Path:
    """Parts whose names point out of the archive."""
    more = {"../../../../tmp/ipdash-escaped": "x", "xl/../../escaped.xml": "x"}
    return zipped(folder / "paths.xlsx", xlsx_parts() | more)


def shared_strings_bomb(folder: Path) -> Path:
    """A text of 32,000 characters that a million cells refer to."""
    row = "<row>" + '<c t="s"><v>0</v></c>' * 100 + "</row>"
    text = "字" * 32_000
    parts = xlsx_parts(sheet=sheet_xml(row * 10_000))
    space = "http://schemas.openxmlformats.org/"
    related = parts["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        f'<Relationship Id="t" Type="{space}officeDocument/2006/relationships/sharedStrings" '
        'Target="sharedStrings.xml"/></Relationships>',
    )
    shared = f'<sst xmlns="{space}spreadsheetml/2006/main"><si><t>{text}</t></si></sst>'
    return zipped(
        folder / "shared.xlsx",
        parts | {"xl/sharedStrings.xml": shared, "xl/_rels/workbook.xml.rels": related},
    )


def laughs_in_sheet(folder: Path) -> Path:
    """Entities that stand for a billion words, in the sheet."""
    sheet = sheet_xml(text_rows((*ROWS, ("&j;",) * 4))).replace("?>", f"?>{LAUGHS}]>", 1)
    return zipped(folder / "laughs.xlsx", xlsx_parts(sheet=sheet))


def laughs_in_ods(folder: Path) -> Path:
    """The same in an OpenDocument spreadsheet."""
    parts = ods_parts(ods_rows((HEAD, ("&j;",) * 4)))
    return zipped(
        folder / "laughs.ods",
        parts | {"content.xml": parts["content.xml"].replace("?>", f"?>{LAUGHS}]>", 1)},
    )


def deep_xml(folder: Path) -> Path:
    """Elements nested a million deep."""
    return _sheet("deep.xlsx", "<row>" + "<c>" * 1_000_000 + "</c>" * 1_000_000 + "</row>")(folder)


def deep_ods(folder: Path) -> Path:
    """The same within a cell of an OpenDocument spreadsheet."""
    depth = 500_000
    cell = ods_cell("<text:span>" * depth + "x" + "</text:span>" * depth)
    return _ods("deep.ods", f"<table:table-row>{cell}</table:table-row>")(folder)


def _repeated(rows: int, columns: int) -> str:
    cell = ods_cell("x", f' table:number-columns-repeated="{columns}"')
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'


def empty_rows(folder: Path) -> Path:
    """Five million rows without cells, and one that is a ledger's."""
    return _sheet("emptyrows.xlsx", text_rows() + "<row/>" * 5_000_000)(folder)


def blank_cells(folder: Path) -> Path:
    """Formatted cells without values down to the last row."""
    rows = "".join(f'<row r="{n}"><c r="A{n}" s="0"/><c r="XFD{n}" s="0"/></row>' for n in range(4, 200_000))
    return _sheet("blankcells.xlsx", text_rows() + rows)(folder)


def wide_sheet(folder: Path) -> Path:
    """Headings in every one of 16,384 columns, all different."""
    cells = "".join(f'<c t="inlineStr"><is><t>列{n}</t></is></c>' for n in range(16_384))
    return _sheet("wide.xlsx", f"<row>{cells}</row>" * 5)(folder)


def merged_million(folder: Path) -> Path:
    """A million merged areas."""
    areas = "".join(f'<mergeCell ref="A{n}:B{n}"/>' for n in range(10, 1_000_010))
    return _sheet("merged.xlsx", text_rows(), f"<mergeCells>{areas}</mergeCells>")(folder)


def merged_same(folder: Path) -> Path:
    """Twenty thousand areas that all cover the whole sheet."""
    areas = '<mergeCell ref="A1:XFD1048576"/>' * 20_000
    return _sheet("overmerged.xlsx", text_rows(), f"<mergeCells>{areas}</mergeCells>")(folder)


def merged_whole(folder: Path) -> Path:
    """One area over all of a sheet that reaches down to its last row."""
    rows = text_rows() + '<row r="1048576"><c r="P1048576"><v>1</v></c></row>'
    return _sheet("mergedall.xlsx", rows, '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')(folder)


def long_text(folder: Path) -> Path:
    """One text of ten million characters."""
    return _sheet("long.xlsx", text_rows((HEAD, (*ROWS[0][:3], "字" * 10_000_000))))(folder)


def absurd_numbers(folder: Path) -> Path:
    """Serials and numbers beyond any day: each row is judged by itself."""
    values = ("1e308", "-1e308", "NaN", "Infinity", "2958466", "99999999999999", "-1", "0x1F", "1e-308")
    rows = "".join(
        f"<row>{''.join(f'<c t=|inlineStr|><is><t>{t}</t></is></c>' for t in (f'N{n}', '002', 'B02'))}"
        f"<c><v>{value}</v></c></row>".replace("|", '"')
        for n, value in enumerate(values)
    )
    return _sheet("numbers.xlsx", text_rows((HEAD, ROWS[0])) + rows)(folder)


def sheets_300(folder: Path) -> Path:
    """Three hundred honest sheets."""
    return zipped(folder / "sheets300.xlsx", xlsx_parts(300))


def sheets_9000(folder: Path) -> Path:
    """Nine thousand sheets."""
    return zipped(folder / "sheets9000.xlsx", xlsx_parts(9000))


def formulas(folder: Path) -> Path:
    """Formula, link and DDE cells in a workbook that says it has macros: cells are data."""
    live = ("=HYPERLINK(&quot;http://x&quot;)", "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "-2+3")
    rows = ((*HEAD, "备注"), *((f"F{n}", "002", "B02", "2026-03-05", text) for n, text in enumerate(live)))
    formula = (
        '<row><c t="str"><f>cmd|" /C calc"!A0</f><v>R9</v></c><c t="str"><f>WEBSERVICE("x")</f></c></row>'
    )
    parts = xlsx_parts(sheet=sheet_xml(text_rows(rows) + formula))
    more = {"xl/vbaProject.bin": "macro", "xl/externalLinks/externalLink1.xml": "<externalLink/>"}
    return zipped(folder / "formulas.xlsm", parts | more)


def encrypted_xlsx(folder: Path) -> Path:
    """A workbook with a password: an OLE file around an encrypted package."""
    return compound(folder / "locked.xlsx", b"\x07" * 5000, "EncryptedPackage")


def encrypted_xls(folder: Path) -> Path:
    """An old workbook with a password (record FILEPASS)."""
    filepass = struct.pack("<HHHHH", 0x2F, 6, 0, 0x1234, 0x5678)
    return compound(folder / "locked.xls", xls_stream(globals_more=filepass))


def encrypted_ods(folder: Path) -> Path:
    """An OpenDocument spreadsheet with a password."""
    entry = (
        '<manifest:file-entry manifest:full-path="content.xml" manifest:size="9">'
        '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
    )
    parts = ods_parts("", entry)
    return zipped(folder / "locked.ods", parts | {"content.xml": "\x01\x02\x03"})


def xls_dimensions(folder: Path) -> Path:
    """An old workbook that claims four billion rows."""
    return compound(folder / "dims.xls", xls_stream(dimensions=(0xFFFFFFFF, 0xFFFF)))


def xls_far(folder: Path) -> Path:
    """An old workbook with a cell at its very end."""
    return compound(folder / "far.xls", xls_stream(far=(65535, 255)))


def word(folder: Path) -> Path:
    """A letter under a workbook's ending."""
    return zipped(folder / "letter.xlsx", {"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})


def odt(folder: Path) -> Path:
    """An OpenDocument text under a spreadsheet's ending."""
    parts = ods_parts("") | {"mimetype": "application/vnd.oasis.opendocument.text"}
    return zipped(folder / "letter.ods", parts)


# Case, who makes it, and the code that the report must name; an empty code: its rows are judged one by one.
CASES: dict[str, tuple[Maker, str]] = {
    "A1 and XFD1048576": (two_far_cells, "E103"),
    "zip bomb, 512 MB": (zip_bomb, "E104"),
    "nested zips": (nested_bomb, ""),
    "overlapping entries": (overlapping, "E114"),
    "entry lying about its size": (lying_size, "E114"),
    "100,000 entries": (many_entries, "E114"),
    "two parts of one name": (twice_named, "E114"),
    "entries named ../../": (path_names, "E114"),
    "1,000,000 cells of one long text": (shared_strings_bomb, "E104"),
    "billion laughs, xlsx": (laughs_in_sheet, "E114"),
    "billion laughs, ods": (laughs_in_ods, "E114"),
    "1,000,000 nested elements, xlsx": (deep_xml, "E101"),
    "500,000 nested elements, ods": (deep_ods, "E2"),
    "ods, a row repeated 1,048,576 times": (_ods("rows.ods", _repeated(1_048_576, 1)), "E103"),
    "ods, a cell repeated 16,384 times": (_ods("columns.ods", _repeated(1, 16_384)), "E111"),
    "ods, both": (_ods("both.ods", _repeated(1_048_576, 16_384)), "E103"),
    "5,000,000 empty rows, xlsx": (empty_rows, ""),
    "400,000 formatted blank cells": (blank_cells, ""),
    "16,384 headings": (wide_sheet, "E111"),
    "1,000,000 merged areas": (merged_million, ""),
    "20,000 merged areas over each other": (merged_same, "E114"),
    "one merged area A1:XFD1048576": (merged_whole, "E203"),
    "a text of 10,000,000 characters": (long_text, "E113"),
    "absurd numbers and serials": (absurd_numbers, "E4"),
    "300 sheets": (sheets_300, ""),
    "9,000 sheets": (sheets_9000, "E112"),
    "formula and DDE cells, macros": (formulas, ""),
    "xlsx with a password": (encrypted_xlsx, "E102"),
    "xls with a password": (encrypted_xls, "E102"),
    "ods with a password": (encrypted_ods, "E102"),
    "xls claiming 4,294,967,295 rows": (xls_dimensions, ""),
    "xls with a cell at IV65536": (xls_far, ""),
    "docx named .xlsx": (word, "E105"),
    "odt named .ods": (odt, "E105"),
}
