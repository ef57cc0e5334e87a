"""CSV in the encodings, separators and irregularities of real ledgers; no record is ever lost."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.csv as pacsv
from charset_normalizer import from_bytes

from analytics.ingest.headings import fold
from analytics.ingest.sheets import HEAD_ROWS, PIECE_ROWS, Cells, Sheet, UnreadableError, table_of
from analytics.ingest.sources import sources

_BLOCK = 4 << 20
_ARROW_BLOCK = 16 << 20
_SEPARATORS = (",", "\t", ";")
_BLANK_LINE = re.compile(rb"\n[ \t]*\r?\n")
# Web pages saved as workbooks, and documents, are text and yet no table.
_MARKUP = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<(?:!doctype|html|table|head|\?xml)|%PDF|\{\\rtf)", re.IGNORECASE
)
_MAX_CELL = 1 << 20


@dataclass(frozen=True, slots=True)
class _Form:
    """How a file (in UTF-8) is written."""

    path: Path
    separator: str
    quotes: int
    is_plain: bool


def read_delimited(path: Path, file_no: int, scratch: Path) -> Sheet | None:
    """Return the file's one sheet, ``None`` when the file is empty."""
    encoding = find_encoding(path)
    if encoding is None:
        return None
    readable = path if encoding == "utf-8" else _transcoded(path, encoding, scratch / f"{file_no}.csv")
    form = _form_of(readable)
    if form.quotes % 2:
        _check_quotes(form)
    with _opened(form) as stream:
        head = [cells for cells, _ in zip(_records(stream, form), range(HEAD_ROWS), strict=False)]

    def pieces(skip: int) -> Iterator[pa.Table]:
        width = max((len(cells) for cells in head[max(0, skip - 1) : skip]), default=0)
        return _pieces(form, skip, width)

    return Sheet(file_no, "", head, pieces, ragged=True)


def find_encoding(path: Path) -> str | None:
    """Return ``utf-8``, ``utf-16``, ``gb18030`` or what the text looks like; ``None`` for no text at all."""
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
    if not start.strip(b"\xef\xbb\xbf \r\n\t"):
        return None
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in start or _MARKUP.match(start):
        raise UnreadableError("E105")
    for encoding in ("utf-8", "gb18030"):
        if _decodes(path, encoding):
            return encoding
    guess = from_bytes(start).best()
    if guess is None or not _decodes(path, guess.encoding):
        raise UnreadableError("E107")
    return guess.encoding


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as stream:
        try:
            while block := stream.read(_BLOCK):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _transcoded(path: Path, encoding: str, target: Path) -> Path:
    with (
        path.open(encoding=encoding, newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while block := source.read(_BLOCK):
            out.write(block)
    return target


def _form_of(path: Path) -> _Form:
    quotes, has_blank, last = 0, False, b"\n"
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
        stream.seek(0)
        while block := stream.read(_BLOCK):
            quotes += block.count(b'"')
            has_blank = has_blank or _BLANK_LINE.search(last + block) is not None
            # Old Macintosh files end lines with a carriage return alone.
            has_blank = has_blank or (b"\r" in block and b"\n" not in block)
            last = block[-64:]
    return _Form(path, _separator(start), quotes, not has_blank)


def _separator(start: bytes) -> str:
    """Return the separator under which most known headings, then most cells, appear."""
    text = start.decode("utf-8-sig", errors="ignore")
    known = {
        fold(name)
        for source in sources().values()
        for column in source.columns
        for name in (column.heading, column.name, *column.aliases)
    }
    lines = text.splitlines()[:40]

    def fit(separator: str) -> tuple[int, int]:
        rows = [line.split(separator) for line in lines]
        headings = max((sum(fold(cell) in known for cell in row) for row in rows), default=0)
        return headings, max((len(row) for row in rows), default=0)

    return max(_SEPARATORS, key=fit)


def _opened(form: _Form) -> TextIO:
    return form.path.open(encoding="utf-8-sig", newline="")


def _records(stream: TextIO, form: _Form) -> Iterator[Cells]:
    csv.field_size_limit(_MAX_CELL)
    reader = csv.reader(stream, delimiter=form.separator)
    number = 0
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise UnreadableError("E108", str(number + 1)) from error
        number += 1
        yield [cell or None for cell in record]


def _check_quotes(form: _Form) -> None:
    """Raise where a quotation mark opens a cell and none closes it: the rest would be one cell."""
    end = "\0end"
    with _opened(form) as stream:
        csv.field_size_limit(form.path.stat().st_size + len(end))
        reader = csv.reader(chain(stream, [end]), delimiter=form.separator)
        number, record = max(enumerate(reader, start=1), key=lambda numbered: numbered[0])
    if record != [end]:
        raise UnreadableError("E108", str(number))


def _pieces(form: _Form, skip: int, width: int) -> Iterator[pa.Table]:
    """Yield the records after the first ``skip``: fast while the file is regular, carefully from there on."""
    done = 0
    if form.is_plain and width > 1:
        with suppress(pa.ArrowInvalid):
            for table in _fast(form, skip, width):
                done += table.num_rows
                yield table
            return
    yield from _careful(form, skip + done, width)


def _careful(form: _Form, skip: int, width: int) -> Iterator[pa.Table]:
    rows: list[Cells] = []
    with _opened(form) as stream:
        for number, record in enumerate(_records(stream, form)):
            if number < skip:
                continue
            rows.append(record)
            if len(rows) >= PIECE_ROWS // 5:
                yield table_of(rows, width)
                rows = []
    if rows:
        yield table_of(rows, width)


def _fast(form: _Form, skip: int, width: int) -> Iterator[pa.Table]:
    names = [f"c{n}" for n in range(width)]
    options: dict[str, Any] = {
        "read_options": pacsv.ReadOptions(
            column_names=names, skip_rows=_lines_of(form, skip), block_size=_ARROW_BLOCK
        ),
        "parse_options": pacsv.ParseOptions(
            delimiter=form.separator,
            quote_char='"' if form.quotes else False,
            newlines_in_values=form.quotes > 0,
        ),
        "convert_options": pacsv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=False
        ),
    }
    batches: list[pa.RecordBatch] = []
    with pacsv.open_csv(pa.memory_map(str(form.path)), **options) as reader:
        for batch in reader:
            batches.append(batch)
            if sum(held.num_rows for held in batches) >= PIECE_ROWS:
                yield pa.Table.from_batches(batches).combine_chunks()
                batches = []
    if batches:
        yield pa.Table.from_batches(batches).combine_chunks()


def _lines_of(form: _Form, records: int) -> int:
    """Return how many lines the first records take."""
    with _opened(form) as stream:
        reader = csv.reader(stream, delimiter=form.separator)
        for _ in range(records):
            next(reader)
        return reader.line_num
