"""Closed lists of values that ledgers know: tiers, channels, client types and their like.

A code is the value as ledgers spell it, except for service groups and rating levels.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.core.text import Text
from analytics.standard.table import FOLDER, check_unique, read_rows


@dataclass(frozen=True, slots=True)
class Member:
    """One value of a closed list."""

    dimension: str
    code: str
    name: Text


def load_catalogues(file: Path) -> dict[str, tuple[Member, ...]]:
    """Read all lists from a CSV, by dimension; raises ``BrokenTableError`` on the first broken row."""
    rows = read_rows(file, ("dimension", "code", "zh", "en"))
    check_unique(rows, "dimension", "code")
    lists: dict[str, list[Member]] = {}
    for row in rows:
        member = Member(row.text("dimension"), row.text("code"), row.both("zh", "en"))
        lists.setdefault(member.dimension, []).append(member)
    return {dimension: tuple(found) for dimension, found in lists.items()}


@lru_cache(maxsize=1)
def catalogues() -> dict[str, tuple[Member, ...]]:
    """Return every closed list by its dimension, members in the order of the ledgers."""
    return load_catalogues(FOLDER / "catalogues.csv")


def catalogue(dimension: str) -> tuple[Member, ...]:
    """Return one closed list; raises ``KeyError`` when there is none of that name."""
    return catalogues()[dimension]
