"""Who reported when: one row an institution and month between the first and last month of data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, select, true

from analytics.core.open_days import is_open
from analytics.core.periods import last_day_of, month_code, month_number, quarter_of
from analytics.store.engines import append
from analytics.store.schema import INSTITUTION_MONTHS, INSTITUTIONS, MONTHLY, SERVICES


def write_institution_months(connection: Connection, touched: FromClause | None = None) -> None:
    """Rebuild the table of institution-months from records, totals and open days.

    Parameters
    ----------
    touched : FromClause, optional
        Institutions and months in which records or totals came or went since the table was written, where
        these are known: of all others the table itself says what they hold.
    """
    seen = INSTITUTION_MONTHS.c
    recorded = _seen(connection, SERVICES.current, seen.has_records, touched)
    totalled = _seen(connection, MONTHLY.current, seen.has_totals, touched)
    INSTITUTION_MONTHS.drop(connection, checkfirst=True)
    INSTITUTION_MONTHS.create(connection)
    months = sorted({month for _, month in recorded | totalled})
    if not months:
        return
    rows = list(_rows(connection, months, recorded, totalled))
    if rows:
        names = [column.name for column in INSTITUTION_MONTHS.columns]
        columns = zip(*rows, strict=True)
        append(connection, INSTITUTION_MONTHS, pa.table(dict(zip(names, map(list, columns), strict=True))))


def _seen(
    connection: Connection, facts: Any, was_seen: ColumnElement[bool], touched: FromClause | None
) -> set[tuple[str, str]]:
    asked = select(facts.c.institution_id, facts.c.month).distinct()
    if touched is None:
        return _pairs(connection, asked)
    own = and_(touched.c.institution_id == facts.c.institution_id, touched.c.month == facts.c.month)
    now = _pairs(connection, asked.where(exists().where(own).correlate(facts)))
    table = INSTITUTION_MONTHS.c
    before = _pairs(connection, select(table.institution_id, table.month).where(was_seen == true()))
    return (before - _pairs(connection, select(touched.c.institution_id, touched.c.month).distinct())) | now


def _pairs(connection: Connection, asked: Select[Any]) -> set[tuple[str, str]]:
    return {(institution, month) for institution, month in connection.execute(asked)}


def _rows(
    connection: Connection,
    months: list[str],
    recorded: set[tuple[str, str]],
    totalled: set[tuple[str, str]],
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows in the order of the table's columns."""
    first, last = month_number(months[0]), month_number(months[-1])
    codes = [month_code(n) for n in range(first, last + 1)]
    spine = [(code, quarter_of(code), code[:4], last_day_of(code)) for code in codes]
    table = INSTITUTIONS.current.c
    columns = (table.institution_id, table.district, table.tier, table.operator_type, table.township)
    for number, *cuts, opened, closed in connection.execute(
        select(*columns, table.opened_on, table.closed_on)
    ).all():
        for month, quarter, year, last_day in spine:
            seen = (number, month) in recorded, (number, month) in totalled
            yield number, month, quarter, year, *cuts, is_open(opened, closed, last_day), *seen
