"""Working days in China: statutory days off and make-up days, with weekdays where a year is unknown."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from datetime import date, timedelta

from analytics.core.settings import Settings


def is_workday(day: date, settings: Settings) -> bool:
    """Say whether ``day`` is worked, by settings first, then the statutory calendar, then the weekday."""
    if day in settings.extra_holidays:
        return False
    if day in settings.extra_workdays:
        return True
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import chinese_calendar

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def covered_years() -> tuple[int, int]:
    """Return the first and last year whose statutory days are known."""
    from chinese_calendar.constants import holidays

    years = [day.year for day in holidays]
    return min(years), max(years)


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
