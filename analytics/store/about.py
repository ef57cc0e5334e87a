"""Facts about a snapshot as a whole, and the calendar its deadlines are counted by."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pyarrow as pa
from sqlalchemy import Connection, delete, exists, func, insert, select, true

from analytics.core.periods import last_day_of, month_code, month_number
from analytics.core.settings import Settings
from analytics.core.workdays import covered_years, is_workday, workday_calendar
from analytics.store.engines import append
from analytics.store.schema import (
    ABOUT,
    ASSIGNMENTS,
    BATCHES,
    CALENDAR,
    COMPLAINTS,
    INSTITUTION_MONTHS,
    MONTHLY,
    SERVICES,
    Ledger,
)

_EPOCH = date(1970, 1, 1)
# Days beyond the data over which deadlines may run.
_MARGIN = timedelta(days=400)
# Working days are counted from here on, whatever the data: a day keeps its ordinals when earlier data come.
_COUNTED_FROM = date(2000, 1, 1)


def write_calendar(connection: Connection, settings: Settings, days: list[int] | None = None) -> bool:
    """Write working-day ordinals for every day a ledger names, with a margin on both sides.

    Parameters
    ----------
    days : list of int, optional
        The first and last days that ledgers name, where they are known (:func:`named_days`).

    Return whether a day has other ordinals than before (days off were set, the statutory calendar
    grew, or data came from before 2000): facts that hold the old ones must then be made again.
    """
    before = _ordinals(connection)
    if days is None:
        days = named_days(connection)
    connection.execute(delete(CALENDAR))
    if not days:
        return False
    first, last = _day(min(days)) - _MARGIN, _day(max(days)) + _MARGIN
    counted = workday_calendar(min(first, _COUNTED_FROM), last, settings)
    rows = [((day - _EPOCH).days, *ordinals) for day, *ordinals in counted if day >= first]
    columns = zip(*rows, strict=True)
    names = ("day", "worked_until", "next_worked")
    append(connection, CALENDAR, pa.table(dict(zip(names, map(list, columns), strict=True))))
    return any(before.get(day, tuple(ordinals)) != tuple(ordinals) for day, *ordinals in rows)


def named_days(connection: Connection, batch_id: int | None = None) -> list[int]:
    """Return the first and last day in each column of days, of all versions or of a batch's own.

    Of all versions the database knows them without looking, but only until it is written to.
    """
    ledgers = (SERVICES, ASSIGNMENTS, COMPLAINTS)
    return [day for ledger in ledgers for day in _extremes(connection, ledger, batch_id)]


def _extremes(connection: Connection, ledger: Ledger, batch_id: int | None) -> list[int]:
    columns = [column for column in ledger.rows.c if column.name.endswith("_day")]
    asked = select(*(bound(c) for c in columns for bound in (func.min, func.max)))
    if batch_id is not None:
        asked = asked.where(ledger.rows.c.batch_id == batch_id)
    return [day for day in connection.execute(asked).one() if day is not None]


def _ordinals(connection: Connection) -> dict[int, tuple[int, int]]:
    rows = connection.execute(select(CALENDAR.c.day, CALENDAR.c.worked_until, CALENDAR.c.next_worked))
    return {day: (worked_until, next_worked) for day, worked_until, next_worked in rows}


def write_about(connection: Connection, settings: Settings) -> None:
    """Write what readers and measures need to know about the whole."""
    facts = {
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "sample_data": _has_sample(connection),
        **_extent(connection, settings),
        **_last_days(connection),
        "workdays_known_from": str(covered_years()[0]),
        "workdays_known_to": str(covered_years()[1]),
    }
    connection.execute(delete(ABOUT))
    connection.execute(insert(ABOUT), [{"name": name, "value": value} for name, value in facts.items()])


def _day(number: int) -> date:
    return _EPOCH + timedelta(days=number)


def _has_sample(connection: Connection) -> str:
    sample = exists().where(BATCHES.c.is_sample == true(), BATCHES.c.withdrawn_at.is_(None))
    return "true" if connection.execute(select(sample)).scalar() else ""


def _extent(connection: Connection, settings: Settings) -> dict[str, str]:
    """Return the first and last month and day of data, and the last month that is over."""
    monthly, seen = MONTHLY.current.c, INSTITUTION_MONTHS.c
    last_day = connection.execute(select(func.max(SERVICES.current.c.received_at_day))).scalar()
    first, last = connection.execute(
        select(func.min(seen.month), func.max(seen.month)).where(seen.has_records == true())
    ).one()
    first_total, last_total = connection.execute(
        select(func.min(monthly.month), func.max(monthly.month))
    ).one()
    months = [month for month in (first, last, first_total, last_total) if month]
    if not months:
        return {}
    ends = [_day(last_day)] if last_day is not None else []
    ends += [last_day_of(last_total)] if last_total else []
    until = max(ends)
    return {
        "first_month": min(months),
        "last_month": max(months),
        "data_until": until.isoformat(),
        "last_full_month": _last_full_month(until, settings),
    }


def _last_full_month(until: date, settings: Settings) -> str:
    """Return the last month that is over: its last working day has data, or a later day has."""
    month = f"{until:%Y-%m}"
    day = last_day_of(month)
    while not is_workday(day, settings):
        day -= timedelta(days=1)
    return month if until >= day else month_code(month_number(month) - 1)


def _last_days(connection: Connection) -> dict[str, str]:
    """Return, by ledger, the last day of its data and the working days until then."""
    facts = {}
    for ledger, column in (
        (SERVICES, SERVICES.current.c.received_at_day),
        (ASSIGNMENTS, ASSIGNMENTS.current.c.notified_at_day),
    ):
        last = connection.execute(select(func.max(column))).scalar()
        if last is None:
            continue
        worked = connection.execute(select(CALENDAR.c.worked_until).where(CALENDAR.c.day == last)).scalar()
        facts[f"{ledger.kind}_last_day"] = str(last)
        facts[f"{ledger.kind}_last_worked_until"] = str(worked)
    return facts
