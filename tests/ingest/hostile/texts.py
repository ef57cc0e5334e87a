"""Hostile text files: each function writes one into a folder and returns its path."""

from __future__ import annotations

import gzip
import sqlite3
from collections.abc import Callable
from pathlib import Path

from tests.ingest.hostile.parts import CSV, HEAD

Maker = Callable[[Path], Path]
_MIB = 1 << 20
_LINE = "R{n},002,B02,2026-03-05\n"


def _file(name: str, content: str | bytes) -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def _repeated(name: str, before: bytes, block: bytes, times: int, after: bytes = b"") -> Maker:
    def make(folder: Path) -> Path:
        path = folder / name
        with path.open("wb") as out:
            out.write(before)
            for _ in range(times):
                out.write(block)
            out.write(after)
        return path

    return make


def mixed_encodings(folder: Path) -> Path:
    """UTF-8 lines with one in GBK among them."""
    lines = [f"R{n},002,业务办理咨询,2026-03-05".encode() for n in range(50)]
    lines[30] = "R30,002,业务办理咨询,2026-03-05".encode("gbk")
    return _file("mixed.csv", b"\n".join([",".join(HEAD).encode(), *lines]))(folder)


def mostly_gbk(folder: Path) -> Path:
    """GBK lines with one in UTF-8 among them: all of it would pass for GBK, and be garbled."""
    lines = [f"R{n},002,业务办理咨询,2026-03-05".encode("gbk") for n in range(50)]
    lines[20] = "R20,002,业务办理咨询服务,2026-03-05".encode()
    return _file("mostly.csv", b"\n".join([",".join(HEAD).encode("gbk"), *lines]))(folder)


def utf16_bare(folder: Path) -> Path:
    """UTF-16 without its mark."""
    return _file("bare16.csv", CSV.encode("utf-16-le"))(folder)


def utf16_surrogate(folder: Path) -> Path:
    """UTF-16 with half a character in its second row."""
    return _file("half16.csv", "\ufeff".encode("utf-16-le") + CSV.encode("utf-16-le") + b"\x00\xd8,\x00")(
        folder
    )


def nul_bytes(folder: Path) -> Path:
    """NUL bytes in one row."""
    return _file("nul.csv", CSV.encode() + b"R3,002,B\x00\x0002,2026-03-05\n")(folder)


def nul_late(folder: Path) -> Path:
    """A tail of NUL bytes behind two megabytes of rows, as a power cut leaves it."""
    rows = "".join(_LINE.format(n=n) for n in range(80_000))
    return _file("nultail.csv", (CSV + rows).encode() + b"\0" * 4096)(folder)


def unseen_signs(folder: Path) -> Path:
    """Marks of order, zero width and line in headings and codes."""
    head = "\ufeff记录\u200b编号,机\u2060构编号,服务事项\u200f,受理\u202e时间\n"
    rows = "R\u200b1,0\u200d02,B02\ufeff,2026-03-05\n\ufeff" + head + "R2,002,B02,2026-03-05\u2028\n"
    return _file("unseen.csv", head + rows)(folder)


def escapes(folder: Path) -> Path:
    """Cells that would steer a terminal."""
    return _file("escapes.csv", CSV + "R3,002,\x1b[2J\x1b]0;x\x07坏,2026-03-05\n")(folder)


def deep_json(folder: Path) -> Path:
    """Brackets nested a hundred thousand deep within a cell."""
    return _file("json.csv", CSV + 'R3,002,"' + "[" * 100_000 + '",2026-03-05\n')(folder)


def brackets(folder: Path) -> Path:
    """Headings of nothing but brackets, half a megabyte."""
    return _file("brackets.csv", CSV.replace("时间", "时间," + "()" * 250_000, 1))(folder)


def live_cells(folder: Path) -> Path:
    """Formulas as text."""
    cells = ['"=HYPERLINK(""http://x"")"', "=cmd|' /C calc'!A0", "+1", "-1", "@x", "=WEBSERVICE(1)"]
    rows = [f"L{n},002,B02,2026-03-05,{cell}" for n, cell in enumerate(cells)]
    bad = [f"M{n},002,{cell},2026-03-05,x" for n, cell in enumerate(cells)]
    return _file("live.csv", ",".join((*HEAD, "备注")) + "\n" + "\n".join([*rows, *bad]))(folder)


def sqlite(folder: Path) -> Path:
    """A database under a ledger's ending."""
    path = folder / "base.csv"
    with sqlite3.connect(path) as base:
        base.execute("create table t (a)")
    base.close()
    return path


_HEAD_LINE = (",".join(HEAD) + "\n").encode()
_WIDE = ",".join(f"列{n}" for n in range(1_000)).encode() + b"\n"

# Case, who makes it, and the code that the report must name; an empty code: its rows are judged one by one.
CASES: dict[str, tuple[Maker, str]] = {
    "1,000,000 columns in the headings": (_repeated("wide.csv", b"x", b",x", 1_000_000, b"\n1,2\n"), "E111"),
    "1,000,000 columns in a row": (_repeated("row.csv", CSV.encode(), b"x,", 1_000_000, b"\n"), "E111"),
    "1,000,000 commas in a row": (_repeated("commas.csv", CSV.encode(), b",", 1_000_000, b"\n"), ""),
    "1,000 headings, 30 rows of them": (_repeated("wide30.csv", b"", _WIDE, 30), "E2"),
    "1,000 headings, 100,000 narrow rows": (_repeated("narrow.csv", _WIDE, b"1,2\n", 100_000), "E103"),
    "a cell of 100 MB": (_repeated("cell.csv", CSV.encode() + b"R3,", b"x" * _MIB, 100, b",a\n"), "E113"),
    "a quoted cell of 100 MB": (
        _repeated("quoted.csv", CSV.encode() + b'R3,"', b"x" * 63 + b"\n", 1_600_000, b'",a\n'),
        "E113",
    ),
    "a line of 300 MB": (_repeated("line.csv", b"", b"ab," * (_MIB // 3), 300), "E111"),
    "10,000,000 rows of commas": (_repeated("rows.csv", CSV.encode(), b",,,\n" * 10_000, 1000), ""),
    "10,000,000 empty lines": (_repeated("lines.csv", CSV.encode(), b"\n" * 10_000, 1000), ""),
    "data behind 200,000 empty lines": (_file("below.csv", "\n" * 200_000 + CSV), "E2"),
    "cut within quotation marks": (_file("cut.csv", CSV + 'R3,002,"B0'), "E108"),
    "cut within a sign, UTF-8": (_file("cut8.csv", (CSV + "R3,002,专").encode()[:-1]), "E107"),
    "cut within a sign, GBK": (_file("cutgbk.csv", (CSV + "R3,002,专").encode("gbk")[:-1]), "E107"),
    "one line in GBK": (mixed_encodings, "E109"),
    "one line in UTF-8 among GBK": (mostly_gbk, "E109"),
    "UTF-16 without mark": (utf16_bare, ""),
    "half a character": (utf16_surrogate, "E107"),
    "NUL bytes in a row": (nul_bytes, "E110"),
    "a tail of NUL bytes": (nul_late, "E110"),
    "marks that are not seen": (unseen_signs, ""),
    "terminal escapes": (escapes, "E410"),
    "deep JSON in a cell": (deep_json, "E410"),
    "a heading of 250,000 brackets": (brackets, ""),
    "formulas as text": (live_cells, "E410"),
    "html named .xls": (_file("page.xls", "<html><table><tr><td>记录编号</td></tr></table>"), "E105"),
    "pdf named .xlsx": (_file("paper.xlsx", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"), "E105"),
    "rtf named .csv": (_file("letter.csv", "{\\rtf1\\ansi 记录}"), "E105"),
    "json named .csv": (_file("data.csv", '[{"记录编号": "R1", "机构编号": "002"}]'), "E105"),
    "xml named .csv": (_file("data.tsv", '<?xml version="1.0"?><a>记录编号,机构编号</a>'), "E105"),
    "png named .xlsx": (_file("scan.xlsx", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" * 20), "E105"),
    "gzip named .csv": (_file("rows.csv", gzip.compress(CSV.encode() * 100)), "E105"),
    "sqlite named .csv": (sqlite, "E105"),
    "parquet named .csv": (_file("table.csv", b"PAR1" + bytes(range(256)) + b"PAR1"), "E105"),
    "an empty file": (_file("empty.xlsx", b""), "E106"),
    "nothing but blanks": (_file("blank.csv", b"\xef\xbb\xbf \r\n\t \r\n" * 20_000), "E106"),
}
