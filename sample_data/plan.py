"""What is to be made: how many rows, from which seed, up to which month."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from analytics.core.periods import Period, last_day_of, month_code, month_number

MONTHS = 60
WORKBOOK_MONTHS = 12
# An empty cell in an array of objects, and an unknown time; typed loosely as numpy's stubs know neither.
NOTHING: Any = None
UNKNOWN_TIME: Any = np.datetime64("NaT", "m")


@dataclass(frozen=True, slots=True)
class Plan:
    """One sample: the same plan gives the same bytes.

    ``rows`` counts the service records that are right; the planted errors and repeats come on top.
    ``stations`` counts all institutions, the city centre and the 17 district centres included.
    """

    rows: int = 300_000
    seed: int = 1
    until: str = "2026-10"
    stations: int = 190

    def __post_init__(self) -> None:
        if self.rows < 1_000:
            raise ValueError("a sample needs at least 1,000 service records")
        if self.stations < 50:
            raise ValueError("a sample needs at least 50 institutions")

    @property
    def period(self) -> Period:
        """All months of the sample."""
        return Period(month_code(month_number(self.until) - MONTHS + 1), self.until)

    @property
    def workbook_period(self) -> Period:
        """The months that come as workbooks; earlier ones come as CSV."""
        return Period(month_code(month_number(self.until) - WORKBOOK_MONTHS + 1), self.until)

    @property
    def first_day(self) -> date:
        """The first day of the sample."""
        return self.period.first_day

    @property
    def last_day(self) -> date:
        """The last day of the sample; nothing is dated later."""
        return last_day_of(self.until)

    @property
    def days(self) -> list[date]:
        """Every day of the sample in order."""
        count = (self.last_day - self.first_day).days + 1
        return [self.first_day + timedelta(days=n) for n in range(count)]

    @property
    def is_small(self) -> bool:
        """Whether files are gathered so that a small sample stays small."""
        return self.rows < 20_000

    def rng(self, purpose: str) -> np.random.Generator:
        """Return the random stream of one purpose, independent of every other purpose."""
        return np.random.default_rng([self.seed, zlib.crc32(purpose.encode())])

    def part(self, share: float, *, at_least: int) -> int:
        """Return ``share`` of the service rows, but no fewer than ``at_least``."""
        return max(at_least, round(self.rows * share))
