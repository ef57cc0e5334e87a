"""Finding the row of headings, the ledger kind it belongs to, and which column is which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import islice

from analytics.ingest.declare import Column, Source
from analytics.ingest.heading_names import LONGEST, SERIAL, fold, named
from analytics.ingest.parse.cells import shown
from analytics.ingest.parse.numbers import units_of
from analytics.ingest.sources import sources

# Rows searched where headings stand among the first ones, as they nearly always do.
ROWS_SEARCHED = 60
# Cells among them, so that a sheet of thousands of columns takes no minutes.
CELLS_SEARCHED = 3_000
# Places below the first rows, empty ones too: 1,000 rows of 20 columns.
PLACES_SEARCHED = 20_000
# Columns whose headings are held against a missing one.
COLUMNS_COMPARED = 60
MOST_HEADING_ROWS = 3
# The column that a workbook of rejected rows adds; it is passed over when that comes back.
REASONS_HEADING = "退回原因"
# Further columns of one that holds texts longer than a cell of a spreadsheet; joined when they come back.
CONTINUED_HEADING = "（续左列）"
# What a template shows beside what is to be filled in, by kind.
AID_HEADING = "条款要点（仅供参考，不导入）"
AID_HEADINGS = {"evidence": AID_HEADING, "industry_synonyms": "出现情况（仅供参考，不导入）"}
# What the first cell of a template's own sheets begins with, in either language: notes, lists of values.
TEMPLATE_NOTES = ("本表为模板说明，不导入", "Notes of the template, not imported")
_PASSED_OVER = frozenset({REASONS_HEADING, *AID_HEADINGS.values(), CONTINUED_HEADING})
# What cells beyond the last heading come back under.
OVERLONG_HEADING = "（多出列{letter}）"
_IS_OVERLONG = re.compile(r"[（(]多出列[A-Z]+[）)]")


@dataclass(frozen=True, slots=True)
class Found:
    """A column of the ledger at its place in the sheet.

    ``factor`` turns numbers without unit into the column's where the heading names another unit.
    """

    column: Column
    index: int
    heading: str
    factor: float = 1.0
    is_serial: bool = False


@dataclass(slots=True)
class Headings:
    """A row of headings read as one kind; of headings in several rows ``row`` is the last.

    ``doubled`` holds pairs of headings of one column, ``unclear`` headings whose unit fits no column;
    ``joined`` counts headings made of parts that stand in several rows, ``parts`` holds these.
    """

    source: Source
    row: int
    texts: list[str]
    found: dict[str, Found] = field(default_factory=dict)
    extra: list[int] = field(default_factory=list)
    doubled: list[tuple[str, str]] = field(default_factory=list)
    unclear: list[tuple[str, Column]] = field(default_factory=list)
    joined: int = 0
    parts: list[frozenset[str]] = field(default_factory=list)

    @property
    def missing(self) -> list[Column]:
        """Return the required columns that no heading names."""
        return [column for column in self.source.required if column.name not in self.found]

    @property
    def own(self) -> int:
        """Return how many headings belong to the kind."""
        return len(self.found)


def is_overlong(heading: str) -> bool:
    """Say whether a heading is the one that cells beyond the last heading come back under."""
    return _IS_OVERLONG.fullmatch(heading) is not None


def find(head: Sequence[Sequence[str | None]], kind: str | None) -> list[Headings]:
    """Return the best readings of a sheet's first rows, the best first.

    Headings may stand in one row, or in two or three that are read together: 差评 above 回访时间 is
    差评回访时间. Readings with every required column come first, then those with most columns.
    Nothing is returned when no row has two headings of a ledger.
    """
    wanted = [sources()[kind]] if kind else list(sources().values())
    width = max((len(cells) for cells in head), default=0)
    readings: list[Headings] = []
    is_found = False
    for row in _rows_searched(head):
        if row >= ROWS_SEARCHED and is_found:
            break
        if not _could_be_headings(head[row]):
            continue
        ending = [reading for source in wanted for reading in _ending_at(head, row, source)]
        readings += [reading for reading in ending if reading.own >= 2]
        is_found = is_found or any(not reading.missing for reading in ending)
        # Nothing below can say more than a row in which every column is a heading and none is missing.
        if any(reading.own == width and not reading.missing for reading in ending):
            break
    useful = [reading for reading in readings if reading.own >= 2]
    return sorted(useful, key=lambda r: (bool(r.missing), -r.own, len(r.missing), -r.joined, r.row))


def _rows_searched(head: Sequence[Sequence[str | None]]) -> Iterator[int]:
    """Yield the rows in which headings may stand: the first ones, fewer where they hold very many cells."""
    cells = 0
    places = 0
    for row in range(len(head)):
        places += len(head[row]) if row >= ROWS_SEARCHED else 0
        if cells > CELLS_SEARCHED or places > PLACES_SEARCHED:
            return
        cells += sum(cell is not None for cell in head[row])
        yield row


def _ending_at(head: Sequence[Sequence[str | None]], row: int, source: Source) -> Iterator[Headings]:
    """Yield the readings of the headings that end in ``row``: by itself, then with rows above it."""
    yield read(head[row], source, row)
    for first in range(row - 1, max(-1, row - MOST_HEADING_ROWS), -1):
        if not any(head[first]):
            return
        yield _read_together(head[first : row + 1], source, row)


def _read_together(rows: Sequence[Sequence[str | None]], source: Source, row: int) -> Headings:
    """Read several rows as headings of which the upper ones stand over groups of columns."""
    width = max(len(cells) for cells in rows)
    columns = list(zip(*(_over_groups(cells, width, rows[-1]) for cells in rows), strict=True))
    texts = [_together(parts, source) for parts in columns]
    reading = read(texts, source, row)
    own = {found.index for found in reading.found.values()}
    reading.joined = sum(texts[index] not in columns[index] for index in own)
    reading.parts = [frozenset(fold(part) for part in parts if part) for parts in columns]
    return reading


def _over_groups(cells: Sequence[str | None], width: int, last: Sequence[str | None]) -> list[str]:
    """Return a row of headings; a group's name holds on until the next where the last row goes on.

    In a workbook merged cells hold their text in every column; text files only name the first.
    """
    texts = [shown(cells[n] or "").strip() if n < len(cells) else "" for n in range(width)]
    if cells is last:
        return texts
    goes_on = [n < len(last) and bool(last[n]) for n in range(width)]
    for n in range(1, width):
        if not texts[n] and goes_on[n] and goes_on[n - 1]:
            texts[n] = texts[n - 1]
    return texts


def _together(parts: Sequence[str], source: Source) -> str:
    """Return the heading that a column's parts make: the longest known one, else all of them."""
    own = list(dict.fromkeys(part for part in parts if part))
    if len(own) < 2:
        return own[0] if own else ""
    last = parts[-1]
    tried = ["".join(own[n:]) for n in range(len(own) - 1)]
    tried += [part + last for part in own[:-1] if last]
    known = next((text for text in [*tried, own[-1]] if named(text, source)), None)
    return known or "".join(own)


def read(cells: Sequence[str | None], source: Source, row: int) -> Headings:
    """Read one row of cells as the headings of ``source``."""
    texts = [shown(cell or "").strip() for cell in cells]
    reading = Headings(source, row, texts)
    told = [(index, text, named(text, source)) for index, text in enumerate(texts)]
    clear = [(what.rank, index, what, text) for index, text, what in told if what and what.is_clear]
    for rank, index, what, text in sorted(clear, key=lambda item: item[:2]):
        before = reading.found.get(what.column.name)
        if before is None:
            is_serial = rank == SERIAL
            reading.found[what.column.name] = Found(what.column, index, text, what.factor, is_serial)
        elif rank != SERIAL:
            reading.doubled.append((before.heading, text))
    reading.unclear = [(text, what.column) for _, text, what in told if what and not what.is_clear]
    taken = {found.index for found in reading.found.values()}
    reading.extra = [
        index
        for index, text in enumerate(texts)
        if text and index not in taken and text not in _PASSED_OVER and not is_overlong(text)
    ]
    return reading


def with_unit(column: Column) -> str:
    """Return a heading of ``column`` that names its unit, as an example."""
    if any(column.heading.endswith(unit) for unit in units_of(column.unit)):
        return column.heading
    return f"{column.heading}（{units_of(column.unit)[0]}）"


def nearest(missing: Column, texts: Iterable[str]) -> list[str]:
    """Return the headings most like a missing one, the most alike first, at most three."""
    names = [fold(name) for name in (missing.heading, *missing.aliases, missing.name)]
    short = (text for text in texts if text and len(text) <= LONGEST // 4)

    def likeness(text: str) -> float:
        return max(SequenceMatcher(None, name, fold(text)).ratio() for name in names)

    close = [(likeness(text), text) for text in islice(short, COLUMNS_COMPARED)]
    return [text for score, text in sorted(close, reverse=True)[:3] if score >= 0.4]


def _could_be_headings(cells: Sequence[str | None]) -> bool:
    return len({cell for cell in cells if cell}) >= 2
