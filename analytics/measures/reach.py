"""What the analysis of reach needs beside figures: supply of stations, located clients, response times."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Integer, cast, func, select

from analytics.core.periods import Period
from analytics.core.selection import Scope
from analytics.measures.within import open_within, seen_by
from analytics.store.schema import CLIENTS, INSTITUTIONS, SERVICES
from analytics.store.snapshot import Snapshot

# Steps of a degree in which located clients are gathered: about 1.1 km by 0.85 km at 40° north.
CELL_DEGREES = 0.01
_SHOWN = (
    "institution_id",
    "name",
    "tier",
    "district",
    "operator_type",
    "opened_on",
    "lon_wgs84",
    "lat_wgs84",
    "staff_full_time",
    "staff_part_time",
    "open_hours_per_week",
    "annual_capacity",
)


def stations(snapshot: Snapshot, *, scope: Scope, on: date | None = None) -> list[dict[str, Any]]:
    """Return institutions with place and capacity, by number; those open on a day when ``on`` is given."""
    table = INSTITUTIONS.current.c
    conditions = seen_by(scope, table) + ([] if on is None else open_within(table, on))
    statement = select(*(table[name] for name in _SHOWN)).where(*conditions).order_by(table.institution_id)
    return snapshot.rows(statement)


def located_clients(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return clients with a known place, gathered in cells: number, district, middle and how many.

    The place is the middle of the cell, never a client's own. Empty for readers who may not see records,
    as a cell may hold a single client, and for those of one institution. A cell across a border of
    districts is told apart by district.
    """
    if scope.audience != "records" or scope.kind == "institution":
        return []
    table = CLIENTS.current.c
    east = cast(func.floor(table.lon_wgs84 / CELL_DEGREES), Integer)
    north = cast(func.floor(table.lat_wgs84 / CELL_DEGREES), Integer)
    known: list[Any] = [table.lon_wgs84.is_not(None), table.lat_wgs84.is_not(None)]
    if scope.kind == "district":
        known.append(table.district == scope.code)
    cell = (east.label("east"), north.label("north"), table.district)
    statement = select(*cell, func.count().label("clients")).where(*known)
    statement = statement.group_by(east, north, table.district).order_by(east, north, table.district)
    with snapshot.connect() as connection:
        found = connection.execute(statement).mappings().all()
    return [
        {
            "area_id": f"{row['east']}-{row['north']}-{row['district'] or ''}".rstrip("-"),
            "name": None,
            "district": row["district"],
            "lon_wgs84": round((row["east"] + 0.5) * CELL_DEGREES, 6),
            "lat_wgs84": round((row["north"] + 0.5) * CELL_DEGREES, 6),
            "demand": float(row["clients"]),
        }
        for row in found
    ]


def response_logs(
    snapshot: Snapshot, *, scope: Scope, period: Period
) -> tuple[float, list[tuple[str, str, str | None, int, float, float]]]:
    """Return what was added to days, and by institution, service and channel three sums.

    These are: answered records, the sum of logarithms of days between receipt and answer, the sum
    of their squares. Half a day is added where most records tell whole days only, else an hour, since
    nothing has a logarithm at 0.
    """
    table = SERVICES.current.c
    days = table.response_days
    conditions = [days.is_not(None), days >= 0, table.month.between(period.first_month, period.last_month)]
    if scope.kind == "district":
        conditions.append(table.district == scope.code)
    if scope.kind == "institution":
        conditions.append(table.institution_id == scope.code)
    whole = func.count().filter(days == func.floor(days))
    with snapshot.connect() as connection:
        whole_days, every = connection.execute(select(whole, func.count()).where(*conditions)).one()
        added = 0.5 if 2 * whole_days > every else 1.0 / 24.0
        log = func.ln(days + added)
        cut = (table.institution_id, table.service, table.channel)
        sums = (func.count(), func.sum(log), func.sum(log * log))
        rows = connection.execute(select(*cut, *sums).where(*conditions).group_by(*cut).order_by(*cut))
        return added, [
            (str(row[0]), str(row[1]), row[2], int(row[3]), float(row[4]), float(row[5])) for row in rows
        ]
