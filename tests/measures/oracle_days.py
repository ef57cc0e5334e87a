"""Months and working days for the second implementation, counted one by one."""

from __future__ import annotations

import warnings
from calendar import monthrange
from datetime import date, datetime, timedelta

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import chinese_calendar


def quarter(month: str) -> str:
    return f"{month[:4]}Q{(int(month[5:]) - 1) // 3 + 1}"


def shifted(month: str, by: int) -> str:
    count = int(month[:4]) * 12 + int(month[5:]) - 1 + by
    return f"{count // 12}-{count % 12 + 1:02d}"


def months_between(first: str, last: str) -> list[str]:
    months = []
    while first <= last:
        months.append(first)
        first = shifted(first, 1)
    return months


def last_day(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, monthrange(year, number)[1])


def is_worked(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


def working_days_after(start: date, days: float) -> date:
    """Return the last day that still counts as within ``days`` working days of ``start``."""
    day, left = start, int(days)
    while left:
        day += timedelta(days=1)
        left -= is_worked(day)
    return day


def day_of(moment: datetime | date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
