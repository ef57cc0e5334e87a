"""Which column of a ledger a heading names, and in which unit its numbers are."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from analytics.core.printable import without_unseen
from analytics.ingest.declare import Column, Source
from analytics.ingest.parse.cells import shown
from analytics.ingest.parse.numbers import is_unit, unit_factor, units_of
from analytics.ingest.sources import sources

_DROPPED = re.compile(r"[\s_\-()\[\]{}<>【】〔〕《》“”\"'‘’*:;.,、。·#※]+")
_BRACKETED = re.compile(r"[(\[{【〔<《]([^()\[\]{}【】〔〕<>《》]*)[)\]}】〕>》]")
# Names of a column rank: the canonical heading before aliases before the English name.
CANONICAL, ALIAS, ENGLISH, SERIAL = range(4)
# Characters of a heading; what is longer is prose, or made to take time.
LONGEST = 200
# Where a number without its unit says nothing, a heading that leaves it out names no column.
_UNIT_NEEDED = frozenset({"10k_yuan"})


@dataclass(frozen=True, slots=True)
class Named:
    """The column that a heading names.

    ``factor`` turns numbers without unit into the column's. ``is_clear`` is false where the heading's
    unit is none of the column's, or is left out though it matters: its numbers could mean anything.
    """

    rank: int
    column: Column
    factor: float = 1.0
    is_clear: bool = True


def fold(text: str) -> str:
    """Fold width, case, spaces, brackets and stars, so that spellings of a heading compare equal."""
    return _DROPPED.sub("", without_unseen(unicodedata.normalize("NFKC", shown(text)))).casefold()


def named(text: str, source: Source) -> Named | None:
    """Return the column of ``source`` that a heading names, ``None`` when it names none."""
    return _named(text, source.kind) if text and len(text) <= LONGEST else None


@lru_cache(maxsize=65536)
def _named(text: str, kind: str) -> Named | None:
    whole, *shorter = _forms(text)
    names = _names(kind)
    if whole in names:
        return names[whole]
    with_unit = _with_unit(whole, kind)
    if with_unit is not None:
        return with_unit
    for form in shorter:
        if form in names:
            return _in_own_unit(names[form], text)
    return _bare(kind).get(whole)


def _forms(text: str) -> list[str]:
    """Return a heading as it stands, then without one remark in brackets, then without any."""
    whole = unicodedata.normalize("NFKC", text)
    without_one = [whole[: m.start()] + whole[m.end() :] for m in _BRACKETED.finditer(whole)]
    return [fold(form) for form in (whole, *without_one, _BRACKETED.sub("", whole))]


@lru_cache(maxsize=64)
def _names(kind: str) -> dict[str, Named]:
    source = sources()[kind]
    names: dict[str, Named] = {}
    for column in source.columns:
        ranked = [(CANONICAL, column.heading), *((ALIAS, alias) for alias in column.aliases)]
        for rank, name in [*ranked, (ENGLISH, column.name)]:
            names.setdefault(fold(name), Named(rank, column))
    for heading in source.serial_headings:
        names.setdefault(fold(heading), Named(SERIAL, source.columns[0]))
    return names


@lru_cache(maxsize=64)
def _stems(kind: str) -> dict[str, Named]:
    """Return names of columns of numbers, and those that end in a unit without it (成效金额)."""
    stems = {name: found for name, found in _names(kind).items() if found.column.unit}
    for name, found in list(stems.items()):
        for unit in units_of(found.column.unit):
            stem = name.removesuffix(fold(unit))
            if stem != name and len(stem) > 1:
                stems.setdefault(stem, Named(ALIAS, found.column))
    return stems


@lru_cache(maxsize=64)
def _bare(kind: str) -> dict[str, Named]:
    """Return names without the unit that their column needs."""
    own = _names(kind)
    return {
        stem: Named(found.rank, found.column, is_clear=False)
        for stem, found in _stems(kind).items()
        if stem not in own and found.column.unit in _UNIT_NEEDED
    }


def _with_unit(whole: str, kind: str) -> Named | None:
    """Read a name followed by a unit: 成效金额（元）, 承诺时限（小时）."""
    for stem in sorted(_stems(kind), key=len, reverse=True):
        if not whole.startswith(stem) or whole == stem:
            continue
        found = _stems(kind)[stem]
        unit = whole[len(stem) :].removeprefix("/").removeprefix("单位")
        factor = unit_factor(found.column.unit, unit)
        if factor is not None:
            return Named(max(found.rank, ALIAS), found.column, factor)
        if is_unit(unit):
            return Named(ALIAS, found.column, is_clear=False)
    return None


def _in_own_unit(found: Named, text: str) -> Named:
    """Return the column with the factor of a unit that stands in brackets anywhere in its heading."""
    if not found.column.unit:
        return found
    for written in _BRACKETED.findall(unicodedata.normalize("NFKC", text)):
        factor = unit_factor(found.column.unit, written.strip())
        if factor is not None:
            return Named(found.rank, found.column, factor)
    return found
