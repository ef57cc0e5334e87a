"""The 17 areas of Appendix D (16 districts and 经开区), with the whole city and places outside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.core.text import Text
from analytics.standard.industries import industries_by_key
from analytics.standard.table import FOLDER, Row, check_unique, read_rows

CITYWIDE = "all"
OUTSIDE = "outside"
KINDS = ("district", "city", "outside")
_COLUMNS = ("code", "order", "zh", "short_zh", "en", "kind", "is_central", "aliases", "prefixes")


@dataclass(frozen=True, slots=True)
class District:
    """An area: its division code (``BDA`` for 经开区, which has none), names and other spellings.

    ``kind`` is ``district``, ``city`` (全市, for institutions of the city tier) or
    ``outside`` (京外, for clients only); ``is_central`` marks the six drawn in the map's inset.
    ``prefixes`` are names that decide by standing first, as the provinces do for 京外.
    """

    code: str
    order: int
    name: Text
    short_name: Text
    kind: str
    is_central: bool
    aliases: tuple[str, ...]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PriorityIndustry:
    """A priority industry of an area: the term as printed in Appendix D and the key it belongs to."""

    district: str
    printed_term: str
    industry: str
    note: str


def load_districts(file: Path) -> tuple[District, ...]:
    """Read areas from a CSV; raises ``BrokenTableError`` on the first broken row."""
    rows = read_rows(file, _COLUMNS)
    check_unique(rows, "code")
    check_unique(rows, "zh")
    return tuple(_district(row) for row in rows)


def load_priority_industries(file: Path) -> tuple[PriorityIndustry, ...]:
    """Read areas' priority industries from a CSV; raises ``BrokenTableError`` on the first broken row."""
    rows = read_rows(file, ("district", "printed_term", "industry", "note"))
    check_unique(rows, "district", "printed_term")
    districts_known = {district.code for district in districts()}
    return tuple(
        PriorityIndustry(
            district=row.reference("district", districts_known),
            printed_term=row.text("printed_term"),
            industry=row.reference("industry", industries_by_key()),
            note=row.optional("note"),
        )
        for row in rows
    )


@lru_cache(maxsize=1)
def all_districts() -> tuple[District, ...]:
    """Return the 17 areas, then 全市 and 京外."""
    return load_districts(FOLDER / "districts.csv")


@lru_cache(maxsize=1)
def districts() -> tuple[District, ...]:
    """Return the 17 areas in the order of Appendix D."""
    return tuple(district for district in all_districts() if district.kind == "district")


@lru_cache(maxsize=1)
def districts_by_code() -> dict[str, District]:
    """Return the 17 areas, 全市 and 京外 by code."""
    return {district.code: district for district in all_districts()}


@lru_cache(maxsize=1)
def priority_industries() -> tuple[PriorityIndustry, ...]:
    """Return every term of Appendix D in its printed order."""
    return load_priority_industries(FOLDER / "district_industries.csv")


@lru_cache(maxsize=1)
def priority_keys() -> dict[str, tuple[str, ...]]:
    """Return each area's industry keys, each once, in printed order."""
    keys: dict[str, dict[str, None]] = {district.code: {} for district in districts()}
    for entry in priority_industries():
        keys[entry.district][entry.industry] = None
    return {district: tuple(found) for district, found in keys.items()}


def _district(row: Row) -> District:
    return District(
        code=row.text("code"),
        order=row.integer("order"),
        name=row.both("zh", "en"),
        short_name=row.both("short_zh", "en"),
        kind=row.choice("kind", KINDS),
        is_central=row.yes("is_central"),
        aliases=row.items("aliases"),
        prefixes=row.items("prefixes"),
    )
