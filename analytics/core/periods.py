"""Periods as readers name them: ``2026``, ``2026Q3``, ``2026-03``, ``2025-07..2026-06``, ``last12``, all."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from analytics.core.errors import UserError
from analytics.core.text import Text

_ONE = re.compile(r"([1-9]\d{3})(?:Q([1-4])|-(0[1-9]|1[0-2]))?")


@dataclass(frozen=True, slots=True)
class Period:
    """A run of whole months, both ends included, as ``YYYY-MM``."""

    first_month: str
    last_month: str

    @property
    def months(self) -> tuple[str, ...]:
        """All months of the period in order; empty when it ends before it begins."""
        first, last = month_number(self.first_month), month_number(self.last_month)
        return tuple(month_code(n) for n in range(first, last + 1))

    @property
    def first_day(self) -> date:
        """The first day of the first month."""
        return date(int(self.first_month[:4]), int(self.first_month[5:]), 1)

    @property
    def last_day(self) -> date:
        """The last day of the last month."""
        return last_day_of(self.last_month)

    def shifted(self, months: int) -> Period:
        """Return the same run of months, ``months`` later (earlier when negative)."""
        return Period(
            month_code(month_number(self.first_month) + months),
            month_code(month_number(self.last_month) + months),
        )

    def __str__(self) -> str:
        if self.first_month == self.last_month:
            return self.first_month
        return f"{self.first_month}..{self.last_month}"


def runs_of(months: Iterable[str]) -> list[Period]:
    """Return months (``YYYY-MM``, in any order) as runs without a gap, the earliest first."""
    runs: list[Period] = []
    for month in sorted(set(months)):
        if runs and month_number(runs[-1].last_month) + 1 == month_number(month):
            runs[-1] = Period(runs[-1].first_month, month)
        else:
            runs.append(Period(month, month))
    return runs


def month_number(month: str) -> int:
    """Count months since year 0, so that months can be added and compared."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def month_code(number: int) -> str:
    """Return ``YYYY-MM`` of a month number."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def quarter_of(month: str) -> str:
    """Return ``2026Q3`` for ``2026-08``."""
    return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"


def last_day_of(month: str) -> date:
    """Return the last day of ``YYYY-MM``."""
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def parse_period(text: str, *, first_month: str, last_month: str, last_full_month: str) -> Period:
    """Read a period as a reader writes it.

    Parameters
    ----------
    text : str
        One of the forms in the module's first line.
    first_month, last_month : str
        The months between which data exist; ``all`` means these.
    last_full_month : str
        Where ``last12`` ends.

    Raises
    ------
    UserError
        When the text is none of the forms or runs backwards.
    """
    text = text.strip()
    if text == "all":
        return Period(first_month, last_month)
    if text == "last12":
        return Period(month_code(month_number(last_full_month) - 11), last_full_month)
    start, separator, end = text.partition("..")
    first, last = _bounds(start), _bounds(end if separator else start)
    if first is None or last is None or first[0] > last[1]:
        raise UserError(
            Text(zh=f"时段“{text}”无法识别。", en=f"The period ‘{text}’ is not understood."),
            Text(
                zh="可写 2026、2026Q3、2026-03、2025-07..2026-06、last12 或 all。",
                en="Write 2026, 2026Q3, 2026-03, 2025-07..2026-06, last12 or all.",
            ),
        )
    return Period(first[0], last[1])


def _bounds(text: str) -> tuple[str, str] | None:
    match = _ONE.fullmatch(text.strip())
    if match is None:
        return None
    year, quarter, month = match.groups()
    if month:
        return f"{year}-{month}", f"{year}-{month}"
    if quarter:
        last = int(quarter) * 3
        return f"{year}-{last - 2:02d}", f"{year}-{last:02d}"
    return f"{year}-01", f"{year}-12"
