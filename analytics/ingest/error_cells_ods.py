"""What the reader of an .ods does not hand over: errors of formulas, and which cells are merged.

Imported by the reader's process: nothing large is imported here. Declared entities were refused
before (:mod:`analytics.ingest.archive`), so that a plain parser is safe.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers.expat import ExpatError, ParserCreate

from analytics.ingest.error_cells import MOST_ERRORS, Errors
from analytics.ingest.merged import Area

_BLOCK = 1 << 20
_PART = "content.xml"
_TELLING = (b'value-type="error"', b"-spanned=")
_ERROR = re.compile(r"#(?:N/A|NAME\?|[A-Z/0]+!)|(?:Err|错误)[::]\s?\d{3}")
# Repeated cells written out, so that a sign of repetition makes no endless list.
_MOST_REPEATED = 1_000


@dataclass(slots=True)
class Beside:
    """Errors by row as (column, text), and merged areas as (top, left), (bottom, right); all from 0."""

    errors: Errors = field(default_factory=dict)
    merged: list[Area] = field(default_factory=list)


def beside_cells(archive: zipfile.ZipFile) -> dict[str, Beside]:
    """Return what stands beside the cells of each sheet, by its name; nothing where nothing does."""
    if not _tells(archive):
        return {}
    scan = _Scan()
    parser = ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = scan.start
    parser.EndElementHandler = scan.end
    parser.CharacterDataHandler = scan.text
    try:
        for block in _blocks(archive):
            parser.Parse(block)
        parser.Parse(b"", True)
    except ExpatError:  # the reader says what is wrong with the file
        return {}
    return scan.sheets


def _blocks(archive: zipfile.ZipFile) -> Iterator[bytes]:
    with archive.open(_PART) as stream:
        while block := stream.read(_BLOCK):
            yield block


def _tells(archive: zipfile.ZipFile) -> bool:
    """Say whether the file holds an error or a merged cell at all: most do not, and are not parsed twice."""
    tail = b""
    for block in _blocks(archive):
        text = tail + block
        if any(sign in text for sign in _TELLING):
            return True
        tail = text[-64:]
    return False


class _Scan:
    """Follows rows and cells of the tables as the parser comes by them."""

    def __init__(self) -> None:
        self.sheets: dict[str, Beside] = {}
        self._sheet = Beside()
        self._row = self._column = 0
        self._rows = self._columns = 1
        self._text: list[str] | None = None
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        own = name.rpartition(" ")[2]
        given = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if own == "table":
            self._sheet = self.sheets.setdefault(given.get("name", ""), Beside())
            self._row = 0
        elif own == "table-row":
            self._rows, self._column = _number(given.get("number-rows-repeated")), 0
        elif own in ("table-cell", "covered-table-cell"):
            self._columns = _number(given.get("number-columns-repeated"))
            down, right = (_number(given.get(f"number-{way}-spanned")) for way in ("rows", "columns"))
            if down > 1 or right > 1:
                corner = (self._row + down - 1, self._column + right - 1)
                self._sheet.merged.append(((self._row, self._column), corner))
            self._text = [] if attributes.get(_CALCEXT) == "error" else None

    def text(self, text: str) -> None:
        """Take text within a cell."""
        if self._text is not None:
            self._text.append(text)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        own = name.rpartition(" ")[2]
        if own == "table-row":
            self._row += self._rows
        elif own in ("table-cell", "covered-table-cell"):
            if self._text is not None:
                self._put("".join(self._text).strip())
            self._text = None
            self._column += self._columns

    def _put(self, said: str) -> None:
        text = said if _ERROR.fullmatch(said) else "#VALUE!"
        for row in range(self._row, self._row + min(self._rows, _MOST_REPEATED)):
            for column in range(self._column, self._column + min(self._columns, _MOST_REPEATED)):
                if self._count < MOST_ERRORS:
                    self._sheet.errors.setdefault(row, []).append((column, text))
                    self._count += 1


_CALCEXT = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"


def _number(written: str | None) -> int:
    return int(written) if written and written.isdecimal() and len(written) < 8 else 1
