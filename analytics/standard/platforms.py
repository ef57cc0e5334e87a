"""The 17 public search platforms of Appendix A, with addresses as printed and as they work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from analytics.core.text import Clause, Text
from analytics.standard.table import FOLDER, Row, check_unique, read_rows

CLAUSE = Clause("附录A")
_COLUMNS = (
    "number", "zh", "en", "printed_url", "url", "is_url_as_printed", "jurisdiction_zh", "jurisdiction_en",
    "kind_zh", "kind_en", "note_zh", "note_en",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Platform:
    """A search platform; ``is_url_as_printed`` is false where the printed address is malformed."""

    number: int
    name: Text
    printed_url: str
    url: str
    is_url_as_printed: bool
    jurisdiction: Text
    kind: Text
    note: Text | None


def load_platforms(file: Path) -> tuple[Platform, ...]:
    """Read platforms from a CSV; raises ``BrokenTableError`` on the first broken row."""
    rows = read_rows(file, _COLUMNS)
    check_unique(rows, "number")
    return tuple(_platform(row) for row in rows)


@lru_cache(maxsize=1)
def platforms() -> tuple[Platform, ...]:
    """Return the platforms in the order of Appendix A."""
    return load_platforms(FOLDER / "platforms.csv")


def _platform(row: Row) -> Platform:
    if not row.text("url").startswith(("http://", "https://")):
        raise row.broken("url", "is no web address")
    as_printed = row.yes("is_url_as_printed")
    if as_printed != (row.text("url") == row.text("printed_url")):
        raise row.broken("is_url_as_printed", "contradicts the two addresses")
    return Platform(
        number=row.integer("number"),
        name=row.both("zh", "en"),
        printed_url=row.text("printed_url"),
        url=row.text("url"),
        is_url_as_printed=as_printed,
        jurisdiction=row.both("jurisdiction_zh", "jurisdiction_en"),
        kind=row.both("kind_zh", "kind_en"),
        note=row.optional_both("note_zh", "note_en"),
    )
