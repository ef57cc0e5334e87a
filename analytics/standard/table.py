"""Reading of the packaged tables: a broken cell is an error naming its file, row, column and value."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.core.text import Text

FOLDER = Path(__file__).parent
LIST_SEPARATOR = "、"


class BrokenTableError(Exception):
    """A packaged table says something impossible: a fault of ours, never of a reader."""

    def __init__(self, reason: str, *, file: Path, row: int, column: str, value: str) -> None:
        super().__init__(f"{file.name}, row {row}, column {column}: {value!r}: {reason}")
        self.file, self.row, self.column, self.value, self.reason = file, row, column, value, reason


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a packaged table; ``number`` is its line as a spreadsheet counts, the heading being 1."""

    file: Path
    number: int
    cells: dict[str, str]

    def broken(self, column: str, reason: str) -> BrokenTableError:
        """Return the error that names this row and ``column``."""
        value = self.cells.get(column, "")
        return BrokenTableError(reason, file=self.file, row=self.number, column=column, value=value)

    def optional(self, column: str) -> str:
        """Return the cell, possibly empty."""
        return self.cells[column]

    def text(self, column: str) -> str:
        """Return the cell, which must not be empty."""
        if not self.cells[column]:
            raise self.broken(column, "must not be empty")
        return self.cells[column]

    def both(self, zh: str, en: str) -> Text:
        """Return two filled cells as one text in both languages."""
        return Text(zh=self.text(zh), en=self.text(en))

    def optional_both(self, zh: str, en: str) -> Text | None:
        """Return two cells as one text, ``None`` when both are empty; one alone is an error."""
        if not self.cells[zh] and not self.cells[en]:
            return None
        return self.both(zh, en)

    def integer(self, column: str) -> int:
        """Return the cell as a whole number from 0."""
        if not self.cells[column].isdecimal():
            raise self.broken(column, "must be a whole number")
        return int(self.cells[column])

    def choice(self, column: str, allowed: Collection[str]) -> str:
        """Return the cell, which must be one of ``allowed``."""
        if self.cells[column] not in allowed:
            raise self.broken(column, "must be one of " + ", ".join(sorted(allowed)))
        return self.cells[column]

    def reference(self, column: str, known: Collection[str]) -> str:
        """Return the cell, which must be a code that another table defines."""
        if self.cells[column] not in known:
            raise self.broken(column, "refers to nothing known")
        return self.cells[column]

    def yes(self, column: str) -> bool:
        """Return whether the cell says ``yes`` (else it must say ``no``)."""
        return self.choice(column, ("yes", "no")) == "yes"

    def items(self, column: str, separator: str = LIST_SEPARATOR) -> tuple[str, ...]:
        """Return the parts of the cell, none when it is empty; an empty part is an error."""
        if not self.cells[column]:
            return ()
        parts = tuple(part.strip() for part in self.cells[column].split(separator))
        if not all(parts):
            raise self.broken(column, "holds an empty part")
        return parts


def read_rows(file: Path, columns: Sequence[str]) -> list[Row]:
    """Read a CSV in UTF-8 whose headings are exactly ``columns``, in any order.

    Raises
    ------
    BrokenTableError
        When a heading is missing, strange or doubled, a row has too few or too many cells,
        or the table has no rows.
    """
    with file.open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        headings = next(reader, [])
        _check_headings(file, headings, columns)
        rows = [_row(file, number, headings, cells) for number, cells in enumerate(reader, start=2)]
    if not rows:
        raise BrokenTableError("the table has no rows", file=file, row=1, column=columns[0], value="")
    return rows


def check_unique(rows: Iterable[Row], *columns: str) -> None:
    """Raise :class:`BrokenTableError` at the first row that repeats an earlier row's key."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        key = tuple(row.text(column) for column in columns)
        if key in seen:
            raise row.broken(columns[-1], "stands twice")
        seen.add(key)


def _check_headings(file: Path, headings: list[str], columns: Sequence[str]) -> None:
    for column in columns:
        if headings.count(column) != 1:
            reason = "the column is missing" if column not in headings else "the column stands twice"
            raise BrokenTableError(reason, file=file, row=1, column=column, value=",".join(headings))
    for heading in headings:
        if heading not in columns:
            raise BrokenTableError("unknown column", file=file, row=1, column=heading, value=heading)


def _row(file: Path, number: int, headings: list[str], cells: list[str]) -> Row:
    if len(cells) != len(headings):
        reason = f"has {len(cells)} cells instead of {len(headings)}"
        raise BrokenTableError(reason, file=file, row=number, column=headings[0], value=",".join(cells))
    return Row(file, number, dict(zip(headings, (cell.strip() for cell in cells), strict=True)))
