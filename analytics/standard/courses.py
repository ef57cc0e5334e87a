"""The 13 training courses of Appendix B with their 41 items."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from analytics.core.text import Clause, Text
from analytics.standard.services import services_by_code
from analytics.standard.table import FOLDER, Row, check_unique, read_rows

CLAUSE = Clause("附录B")
_COLUMNS = ("code", "order", "zh", "en", "item", "item_zh", "item_en", "service")


@dataclass(frozen=True, slots=True)
class Course:
    """A course: its number in Appendix B, name, items in order and the service it belongs to."""

    code: str
    order: int
    name: Text
    items: tuple[Text, ...]
    service: str


def load_courses(file: Path) -> tuple[Course, ...]:
    """Read courses from a CSV with one row an item.

    Raises ``BrokenTableError`` on a broken row, a gap in the numbers of items, or rows of
    one course that differ in what they say of the course.
    """
    rows = read_rows(file, _COLUMNS)
    check_unique(rows, "code", "item")
    return tuple(_course(list(items)) for _, items in groupby(rows, key=lambda row: row.text("code")))


@lru_cache(maxsize=1)
def courses() -> tuple[Course, ...]:
    """Return the courses in the order of Appendix B."""
    return load_courses(FOLDER / "courses.csv")


@lru_cache(maxsize=1)
def courses_by_code() -> dict[str, Course]:
    """Return the courses by code, ``C01`` to ``C13``."""
    return {course.code: course for course in courses()}


def _course(rows: list[Row]) -> Course:
    first = rows[0]
    for number, row in enumerate(rows, start=1):
        if row.integer("item") != number:
            raise row.broken("item", f"should be {number}")
        for column in ("order", "zh", "en", "service"):
            if row.text(column) != first.text(column):
                raise row.broken(column, f"differs from row {first.number} of the same course")
    return Course(
        code=first.text("code"),
        order=first.integer("order"),
        name=first.both("zh", "en"),
        items=tuple(row.both("item_zh", "item_en") for row in rows),
        service=first.reference("service", services_by_code()),
    )
