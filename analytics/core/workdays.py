"""Working days in China: statutory days off and make-up days, with weekdays where a year is unknown."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from analytics.core.settings import Settings


@dataclass(frozen=True, slots=True)
class _Statute:
    """The statutory calendar: its first and last year, days off, and days worked to make up for these."""

    first_year: int
    last_year: int
    days_off: frozenset[date]
    made_up: frozenset[date]
    festival_days: frozenset[date]


@cache
def _statute() -> _Statute:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from chinese_calendar.constants import holidays, workdays
    # Asking the library day by day looks through all its days each time.
    years = [day.year for day in holidays]
    festival = frozenset(day for day, name in holidays.items() if "Spring Festival" in str(name))
    return _Statute(min(years), max(years), frozenset(holidays), frozenset(workdays), festival)


def is_workday(day: date, settings: Settings) -> bool:
    """Say whether ``day`` is worked, by settings first, then the statutory calendar, then the weekday."""
    if day in settings.extra_holidays:
        return False
    if day in settings.extra_workdays:
        return True
    known = _statute()
    is_weekday = day.weekday() < 5
    if not known.first_year <= day.year <= known.last_year:
        return is_weekday
    return day in known.made_up or (is_weekday and day not in known.days_off)


@cache
def spring_festival_month(year: int) -> int | None:
    """Return the month with most statutory days off of Spring Festival, ``None`` for an unknown year."""
    months = [day.month for day in _statute().festival_days if day.year == year]
    return max(sorted(set(months)), key=months.count) if months else None


def covered_years() -> tuple[int, int]:
    """Return the first and last year whose statutory days are known."""
    return _statute().first_year, _statute().last_year


def workday_calendar(first: date, last: date, settings: Settings) -> Iterator[tuple[date, int, int]]:
    """Yield each day with two ordinals that turn deadlines into comparisons of integers.

    ``worked_until`` is the number of working days up to and including the day;
    ``next_worked`` the ordinal of the first working day on or after it. An answer on
    day *a* to a question of day *s* came within *n* working days exactly when
    ``a <= s`` or ``next_worked(a) <= worked_until(s) + n``.
    """
    worked = 0
    day = first
    while day <= last:
        working = is_workday(day, settings)
        next_worked = worked + 1
        worked += working
        yield day, worked, next_worked
        day += timedelta(days=1)
