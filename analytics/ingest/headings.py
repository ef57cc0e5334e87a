"""Finding the row of headings, the ledger kind it belongs to, and which column is which."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache

from analytics.ingest.declare import Column, Source
from analytics.ingest.parse.cells import shown
from analytics.ingest.parse.numbers import heading_factor
from analytics.ingest.sources import sources

ROWS_SEARCHED = 30
# The column that a workbook of rejected rows adds; it is passed over when that comes back.
REASONS_HEADING = "退回原因"
# What a template shows beside what is to be filled in.
AID_HEADING = "条款要点（仅供参考，不导入）"
# What the first cell of a template's own sheets begins with, in either language: notes, lists of values.
TEMPLATE_NOTES = ("本表为模板说明，不导入", "Notes of the template, not imported")
_PASSED_OVER = frozenset({REASONS_HEADING, AID_HEADING})
# What cells beyond the last heading come back under.
OVERLONG_HEADING = "（多出列{letter}）"
_IS_OVERLONG = re.compile(r"[（(]多出列[A-Z]+[）)]")
_DROPPED = re.compile(r"[\s_\-()\[\]{}<>【】〔〕《》“”\"'‘’*:;.,、。·#※]+")
_BRACKETED = re.compile(r"[(\[{【〔<《]([^()\[\]{}【】〔〕<>《》]*)[)\]}】〕>》]")
# Names of a column rank: the canonical heading before aliases before the English name.
_CANONICAL, _ALIAS, _ENGLISH, _SERIAL = range(4)


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
    """A row of headings read as one kind."""

    source: Source
    row: int
    texts: list[str]
    found: dict[str, Found] = field(default_factory=dict)
    extra: list[int] = field(default_factory=list)
    doubled: list[tuple[str, str]] = field(default_factory=list)

    @property
    def missing(self) -> list[Column]:
        """Return the required columns that no heading names."""
        return [column for column in self.source.required if column.name not in self.found]

    @property
    def own(self) -> int:
        """Return how many headings belong to the kind."""
        return len(self.found)


def fold(text: str) -> str:
    """Fold width, case, spaces, brackets and stars, so that spellings of a heading compare equal."""
    return _DROPPED.sub("", unicodedata.normalize("NFKC", shown(text))).casefold()


def is_overlong(heading: str) -> bool:
    """Say whether a heading is the one that cells beyond the last heading come back under."""
    return _IS_OVERLONG.fullmatch(heading) is not None


def find(head: Sequence[Sequence[str | None]], kind: str | None) -> list[Headings]:
    """Return the best readings of a sheet's first rows, the best first.

    Readings with every required column come first, then those with most columns. Nothing is
    returned when no row has two headings of a ledger.
    """
    wanted = [sources()[kind]] if kind else list(sources().values())
    readings = [
        read(cells, source, row)
        for row, cells in enumerate(head[:ROWS_SEARCHED])
        if _could_be_headings(cells)
        for source in wanted
    ]
    useful = [reading for reading in readings if reading.own >= 2]
    return sorted(useful, key=lambda r: (bool(r.missing), -r.own, len(r.missing), r.row))


def read(cells: Sequence[str | None], source: Source, row: int) -> Headings:
    """Read one row of cells as the headings of ``source``."""
    texts = [shown(cell or "").strip() for cell in cells]
    reading = Headings(source, row, texts)
    ranked = sorted(
        (
            (rank, index, column, text)
            for index, text in enumerate(texts)
            for rank, column in _named(text, source)
        ),
        key=lambda item: item[:2],
    )
    for rank, index, column, text in ranked:
        before = reading.found.get(column.name)
        if before is None:
            factor = _factor(text, column)
            reading.found[column.name] = Found(column, index, text, factor, rank == _SERIAL)
        elif rank != _SERIAL:
            reading.doubled.append((before.heading, text))
    taken = {found.index for found in reading.found.values()}
    reading.extra = [
        index
        for index, text in enumerate(texts)
        if text and index not in taken and text not in _PASSED_OVER and not is_overlong(text)
    ]
    return reading


def nearest(missing: Column, texts: Iterable[str]) -> list[str]:
    """Return the headings most like a missing one, the most alike first, at most three."""
    names = [fold(name) for name in (missing.heading, *missing.aliases, missing.name)]

    def likeness(text: str) -> float:
        return max(SequenceMatcher(None, name, fold(text)).ratio() for name in names)

    close = [(likeness(text), text) for text in texts if text]
    return [text for score, text in sorted(close, reverse=True)[:3] if score >= 0.4]


def _could_be_headings(cells: Sequence[str | None]) -> bool:
    return len({cell for cell in cells if cell}) >= 2


def _named(text: str, source: Source) -> list[tuple[int, Column]]:
    """Return the column that a heading names, with the rank of the name: none or one."""
    names = _names(source.kind)
    for form in _forms(text):
        if form in names:
            return [names[form]]
    return []


@lru_cache(maxsize=4096)
def _forms(text: str) -> list[str]:
    """Return a heading as it stands, then without one remark in brackets, then without any."""
    whole = unicodedata.normalize("NFKC", text)
    without_one = [whole[: m.start()] + whole[m.end() :] for m in _BRACKETED.finditer(whole)]
    return [fold(form) for form in (whole, *without_one, _BRACKETED.sub("", whole))]


@lru_cache(maxsize=64)
def _names(kind: str) -> dict[str, tuple[int, Column]]:
    source = sources()[kind]
    names: dict[str, tuple[int, Column]] = {}
    for column in source.columns:
        ranked = [(_CANONICAL, column.heading), *((_ALIAS, alias) for alias in column.aliases)]
        for rank, name in [*ranked, (_ENGLISH, column.name)]:
            names.setdefault(fold(name), (rank, column))
    for heading in source.serial_headings:
        names.setdefault(fold(heading), (_SERIAL, source.columns[0]))
    return names


def _factor(text: str, column: Column) -> float:
    if not column.unit:
        return 1.0
    for written in _BRACKETED.findall(unicodedata.normalize("NFKC", text)):
        factor = heading_factor(column.unit, written.strip())
        if factor is not None:
            return factor
    return 1.0
