"""Thirty industry keys that hold the priority industries of Appendix D and the spellings of ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.core.text import Text
from analytics.standard.table import FOLDER, Row, check_unique, read_rows

CLUSTERS = (
    "digital", "finance", "health", "manufacturing", "materials_energy_env", "logistics",
    "agriculture", "culture",
)  # fmt: skip
_COLUMNS = (
    "key", "zh", "short_zh", "en", "cluster", "synonyms", "sei_2018", "gbt_4754_2017",
    "digital_core_2021", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Industry:
    """An industry: names, cluster, spellings in ledgers, and classes of three national classifications.

    ``sei_2018`` are classes of the strategic emerging industries (2018), ``gbt_4754_2017``
    of GB/T 4754-2017, ``digital_core_2021`` of the digital economy (2021).
    """

    key: str
    name: Text
    short_name: Text
    cluster: str
    synonyms: tuple[str, ...]
    sei_2018: tuple[str, ...]
    gbt_4754_2017: tuple[str, ...]
    digital_core_2021: tuple[str, ...]
    note: str


def load_industries(file: Path) -> tuple[Industry, ...]:
    """Read industries from a CSV; raises ``BrokenTableError`` on the first broken row.

    A synonym that stands under two keys is a broken row.
    """
    rows = read_rows(file, _COLUMNS)
    check_unique(rows, "key")
    _check_synonyms(rows)
    return tuple(_industry(row) for row in rows)


@lru_cache(maxsize=1)
def industries() -> tuple[Industry, ...]:
    """Return the 30 industries, cluster by cluster."""
    return load_industries(FOLDER / "industries.csv")


@lru_cache(maxsize=1)
def industries_by_key() -> dict[str, Industry]:
    """Return the industries by key."""
    return {industry.key: industry for industry in industries()}


def _check_synonyms(rows: list[Row]) -> None:
    owner: dict[str, str] = {}
    for row in rows:
        for synonym in row.items("synonyms"):
            if owner.setdefault(synonym.casefold(), row.text("key")) != row.text("key"):
                raise row.broken("synonyms", f"{synonym} already stands under {owner[synonym.casefold()]}")


def _industry(row: Row) -> Industry:
    return Industry(
        key=row.text("key"),
        name=row.both("zh", "en"),
        short_name=row.both("short_zh", "en"),
        cluster=row.choice("cluster", CLUSTERS),
        synonyms=row.items("synonyms"),
        sei_2018=row.items("sei_2018", ";"),
        gbt_4754_2017=row.items("gbt_4754_2017", ";"),
        digital_core_2021=row.items("digital_core_2021", ";"),
        note=row.optional("note"),
    )
