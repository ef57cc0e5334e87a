"""CSV in the encodings, separators and irregularities of real ledgers; no record is ever lost."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any, TextIO

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest.encodings import find_encoding
from analytics.ingest.heading_names import fold
from analytics.ingest.sheets import (
    HEAD_ROWS,
    PIECE_BYTES,
    PIECE_ROWS,
    Cells,
    Sheet,
    UnreadableError,
    head_of,
    table_of,
)
from analytics.ingest.sources import sources

_BLOCK = 4 << 20
_ARROW_BLOCK = 16 << 20
_SEPARATORS = (",", "\t", ";")
_BLANK = ("\n", "\r\n", "\r")
_BLANK_LINE = re.compile(rb"\n[ \t]*\r?\n")
# Characters of a record, however many cells it has.
_MAX_RECORD = 16 << 20
# Cells of a piece that is read carefully, and those beyond what is written that a wide row may cause.
_PIECE_CELLS = 4_000_000
_AREA_ALLOWED = 2_000_000
_AREA_A_CELL = 20
# Blank rows in a run that a piece takes in among others.
_BLANK_HELD = 1_000


@dataclass(frozen=True, slots=True)
class _Form:
    """How a file (in UTF-8) is written, and how many columns and characters of a cell it may have."""

    path: Path
    separator: str
    quotes: int
    is_plain: bool
    max_columns: int
    max_cell: int


def read_delimited(path: Path, file_no: int, scratch: Path, settings: Settings) -> Sheet | None:
    """Return the file's one sheet, ``None`` when the file is empty.

    Memory is bounded whatever the file holds: it is read in blocks, and refused where a record, a cell
    or the number of columns exceeds the settings.

    Raises
    ------
    UnreadableError
        When the file is no text, in no encoding or in two, or exceeds a limit.
    """
    if path.stat().st_size > settings.max_file_mib << 20:
        raise UnreadableError("E104", _too_large(settings))
    encoding = find_encoding(path)
    if encoding is None:
        return None
    readable = path if encoding == "utf-8" else _transcoded(path, encoding, scratch / f"{file_no}.csv")
    form = _form_of(readable, settings)
    if form.quotes % 2:
        _check_quotes(form)
    with _opened(form) as stream:
        head = head_of(_records(_Lines(stream, form), form))

    def pieces(skip: int) -> Iterator[pa.Table]:
        width = max((len(cells) for cells in head[max(0, skip - 1) : skip]), default=0)
        return _pieces(form, skip, width)

    return Sheet(file_no, "", head, pieces, ragged=True)


def _too_large(settings: Settings) -> Text:
    limit = f"{settings.max_file_mib} MiB"
    return Text(f"文件超过 {limit}（设置 max_file_mib）", f"the file has more than {limit}")


def _transcoded(path: Path, encoding: str, target: Path) -> Path:
    with (
        path.open(encoding=encoding, newline="") as source,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        while block := source.read(_BLOCK):
            out.write(block)
    return target


def _form_of(path: Path, settings: Settings) -> _Form:
    quotes, is_plain, last, lines, bare = 0, True, b"\n", 0, 0
    with path.open("rb") as stream:
        start = stream.read(1 << 16)
        stream.seek(0)
        while block := stream.read(_BLOCK):
            if b"\0" in block:
                raise UnreadableError("E110", str(lines + block.count(b"\n", 0, block.index(b"\0")) + 1))
            quotes += block.count(b'"')
            lines += block.count(b"\n")
            is_plain = is_plain and _BLANK_LINE.search(last + block) is None and _has_short_lines(block)
            # A carriage return alone ends a line too, in old files and damaged ones.
            bare += block.count(b"\r") - block.count(b"\r\n")
            bare -= last.endswith(b"\r") and block.startswith(b"\n")
            last = block[-64:]
    plain = is_plain and bare == 0
    return _Form(path, _separator(start), quotes, plain, settings.max_columns, settings.max_cell_chars)


def _has_short_lines(block: bytes) -> bool:
    """Say whether lines end often enough for a reader that takes the file in blocks."""
    step = _ARROW_BLOCK // 32
    return all(block.find(b"\n", at, at + step) >= 0 for at in range(0, len(block) - step + 1, step))


def _separator(start: bytes) -> str:
    """Return the separator under which most known headings, then most cells, appear."""
    text = start.decode("utf-8-sig", errors="ignore")
    known = {
        fold(name)
        for source in sources().values()
        for column in source.columns
        for name in (column.heading, column.name, *column.aliases)
    }
    lines = text.splitlines()[:HEAD_ROWS]

    def fit(separator: str) -> tuple[int, int]:
        rows = [line.split(separator) for line in lines]
        headings = max((sum(fold(cell) in known for cell in row) for row in rows), default=0)
        return headings, max((len(row) for row in rows), default=0)

    return max(_SEPARATORS, key=fit)


def _opened(form: _Form) -> TextIO:
    return form.path.open(encoding="utf-8-sig", newline="")


@dataclass(slots=True)
class _Lines:
    """The lines of a file, which raise where a record takes more than it may.

    ``taken`` counts characters since the last record. Blank lines are left out where no quotation mark
    can hold them, and counted in ``skipped``: files hold millions of them.
    """

    stream: TextIO
    form: _Form
    taken: int = 0
    number: int = 0
    skipped: int = 0

    def __iter__(self) -> Iterator[str]:
        readline, may_skip = self.stream.readline, self.form.quotes == 0
        while line := readline(_MAX_RECORD):
            if may_skip and line in _BLANK:
                self.skipped += 1
                continue
            self.taken += len(line)
            if self.taken >= _MAX_RECORD:
                is_wide = line.count(self.form.separator) > self.form.max_columns
                raise _too_long(self.form, self.number + self.skipped, is_wide=is_wide)
            yield line


def _too_long(form: _Form, records: int, *, is_wide: bool) -> UnreadableError:
    if is_wide:
        return UnreadableError("E111", "", row=str(records + 1), limit=str(form.max_columns))
    where = Text(f"第 {records + 1} 行", f"row {records + 1}")
    return UnreadableError("E113", where, limit=f"{form.max_cell:,}")


def _records(lines: _Lines, form: _Form) -> Iterator[Cells]:
    """Yield the records; ``lines.taken`` is then the length of the last one."""
    csv.field_size_limit(form.max_cell)
    reader = csv.reader(lines, delimiter=form.separator)
    while True:
        lines.taken = lines.skipped = 0
        try:
            record = next(reader)
        except StopIteration:
            yield from repeat([], lines.skipped)
            return
        except csv.Error as error:
            if "field limit" in str(error):
                raise _too_long(form, lines.number + lines.skipped, is_wide=False) from error
            raise UnreadableError("E108", str(lines.number + lines.skipped + 1)) from error
        if lines.skipped:
            yield from repeat([], lines.skipped)
        lines.number += lines.skipped + 1
        if len(record) > form.max_columns and any(record[form.max_columns :]):
            raise _too_long(form, lines.number - 1, is_wide=True)
        yield [cell or None for cell in record[: form.max_columns]]


def _check_quotes(form: _Form) -> None:
    """Raise where a quotation mark opens a cell and none closes it: the rest would be one cell."""
    end = "\0end"
    last: list[str] = []
    with _opened(form) as stream:
        csv.field_size_limit(form.max_cell)
        lines = _Lines(stream, form)
        try:
            for record in csv.reader(chain(lines, [end]), delimiter=form.separator):
                last = record
                lines.number += 1
                lines.taken = 0
        except csv.Error as error:
            raise UnreadableError("E108", str(lines.number + 1)) from error
    if last != [end]:
        raise UnreadableError("E108", str(lines.number))


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


@dataclass(slots=True)
class _Piece:
    """Rows held until they make a piece; a wide row among narrow ones ends it early."""

    width: int
    rows: list[Cells] = field(default_factory=list)
    widest: int = 0
    chars: int = 0
    area: int = 0
    written: int = 0

    def is_full(self, record: Cells) -> bool:
        """Say whether the piece is to be handed over before ``record``."""
        widest = max(self.width, self.widest, len(record))
        is_large = (len(self.rows) + 1) * widest > _PIECE_CELLS or self.chars > PIECE_BYTES // 4
        return bool(self.rows) and (is_large or len(self.rows) >= PIECE_ROWS // 5)

    def add(self, record: Cells, chars: int) -> None:
        """Hold a row; raise where wide rows make narrow ones take space without measure."""
        self.rows.append(record)
        self.widest = max(self.widest, len(record))
        self.chars += chars

    def cut(self) -> pa.Table:
        """Return the rows held as a table, and hold none."""
        self.area += sum(map(bool, self.rows)) * max(self.width, self.widest)
        self.written += sum(map(len, self.rows))
        if self.area > max(_AREA_ALLOWED, _AREA_A_CELL * self.written):
            raise UnreadableError("E103", "CSV")
        made = table_of(self.rows, self.width)
        self.rows, self.widest, self.chars = [], 0, 0
        return made


def _careful(form: _Form, skip: int, width: int) -> Iterator[pa.Table]:
    piece, blank = _Piece(width), 0
    with _opened(form) as stream:
        lines = _Lines(stream, form)
        for record in islice(_records(lines, form), skip, None):
            if not record:
                blank += 1
                continue
            if blank:
                yield from _blank_rows(piece, blank)
                blank = 0
            if piece.is_full(record):
                yield piece.cut()
            piece.add(record, lines.taken)
    yield from _blank_rows(piece, blank)
    if piece.rows:
        yield piece.cut()


def _blank_rows(piece: _Piece, count: int) -> Iterator[pa.Table]:
    """Take a run of blank rows into the piece, or make tables of their own of very many."""
    if count <= _BLANK_HELD:
        piece.rows += [[]] * count
        return
    if piece.rows:
        yield piece.cut()
    for start in range(0, count, PIECE_ROWS):
        yield table_of([[]] * min(PIECE_ROWS, count - start), piece.width)


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
    # No memory map: a file cut short while it is read would end the whole process.
    with form.path.open("rb") as source, pacsv.open_csv(source, **options) as reader:
        done = skip
        for batch in reader:
            _check_cells(batch, done, form)
            done += batch.num_rows
            batches.append(batch)
            if _is_full(batches):
                yield pa.Table.from_batches(batches).combine_chunks()
                batches = []
    if batches:
        yield pa.Table.from_batches(batches).combine_chunks()


def _is_full(batches: list[pa.RecordBatch]) -> bool:
    rows, size = sum(held.num_rows for held in batches), sum(held.nbytes for held in batches)
    return bool(rows >= PIECE_ROWS or size >= PIECE_BYTES)


def _check_cells(batch: pa.RecordBatch, before: int, form: _Form) -> None:
    for column in batch.columns:
        if batch.nbytes > form.max_cell and (pc.max(pc.binary_length(column)).as_py() or 0) > form.max_cell:
            lengths = pc.utf8_length(column).to_pylist()
            places = [row for row, length in enumerate(lengths) if (length or 0) > form.max_cell]
            if places:
                raise _too_long(form, before + places[0], is_wide=False)


def _lines_of(form: _Form, records: int) -> int:
    """Return how many lines the first records take."""
    with _opened(form) as stream:
        reader = csv.reader(stream, delimiter=form.separator)
        for _ in range(records):
            next(reader)
        return reader.line_num
