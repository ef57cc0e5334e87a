"""Lists that pages and forms need beside figures: institutions, targets, options of open dimensions."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import case, func, or_, select

from analytics.core.selection import Scope
from analytics.measures.facts import SERVICE_RECORDS
from analytics.measures.within import open_within, seen_by
from analytics.standard.names import members
from analytics.store.schema import BATCHES, DEMAND, INSTITUTION_MONTHS, INSTITUTIONS, TARGETS
from analytics.store.snapshot import Snapshot
from analytics.store.told import told_of

_SHOWN = (
    "institution_id",
    "name",
    "tier",
    "category",
    "district",
    "township",
    "operator_type",
    "opened_on",
    "closed_on",
    "address",
    "lon_wgs84",
    "lat_wgs84",
    "phone",
    "focus_industries",
)


def institutions(snapshot: Snapshot, *, scope: Scope, on: date | None = None) -> list[dict[str, Any]]:
    """Return the institutions a reader may see, by number; those open on a day when ``on`` is given."""
    table = INSTITUTIONS.current.c
    conditions = seen_by(scope, {"district": table.district, "institution": table.institution_id})
    if on is not None:
        conditions += open_within(table, on)
    statement = select(*(table[name] for name in _SHOWN)).where(*conditions).order_by(table.institution_id)
    return snapshot.rows(statement)


def targets(snapshot: Snapshot, *, scope: Scope, year: int) -> list[dict[str, Any]]:
    """Return the targets of a year: measure, scope (as ``str(Scope)``) and target."""
    table = TARGETS.current.c
    conditions = [table.year == year]
    if scope.kind != "city":
        conditions.append(table.scope == scope.place)
    statement = select(table.measure, table.scope, table.target).where(*conditions)
    return snapshot.rows(statement.order_by(table.measure, table.scope))


def demand(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return the demand points: number, name, district, place (WGS-84, degrees) and demand.

    One institution's readers see none: the points are a district's.
    """
    table = DEMAND.current.c
    shown = (table.area_id, table.name, table.district, table.lon_wgs84, table.lat_wgs84, table.demand)
    if scope.kind == "institution":
        return []
    conditions = seen_by(scope, {"district": table.district})
    return snapshot.rows(select(*shown).where(*conditions).order_by(table.area_id))


def batches(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return the import history, the latest batch first; empty but for readers of the whole city.

    A batch may hold ledgers of many districts: its counts belong to none of them alone. ``withdrawn_by``
    is who withdrew it, empty where nobody did or said so.
    """
    if scope.kind != "city":
        return []
    rows = snapshot.rows(select(BATCHES).order_by(BATCHES.c.batch_id.desc()))
    return [row | {"withdrawn_by": told_of(row.pop("report"))["withdrawn_by"]} for row in rows]


def reported(snapshot: Snapshot, *, scope: Scope, month: str) -> tuple[int, int]:
    """Return how many institutions reported a month, and how many were open on its last day."""
    table = INSTITUTION_MONTHS.c
    conditions = seen_by(scope, {"district": table.district, "institution": table.institution_id})
    has_reported = or_(table.has_records, table.has_totals)
    counts = select(func.coalesce(func.sum(case((has_reported, 1), else_=0)), 0), func.count())
    with snapshot.connect() as connection:
        done, opened = connection.execute(
            counts.where(table.is_open, table.month == month, *conditions)
        ).one()
    return int(done), int(opened)


def options(snapshot: Snapshot, dimension: str, *, scope: Scope) -> tuple[str, ...]:
    """Return the codes a dimension can be filtered by: its catalogue, else the values on record."""
    if members(dimension):
        return members(dimension)
    if dimension == "institution":
        return tuple(row["institution_id"] for row in institutions(snapshot, scope=scope))
    column = SERVICE_RECORDS.columns[dimension]
    conditions = seen_by(scope, SERVICE_RECORDS.columns)
    statement = select(column).where(column.is_not(None), *conditions).distinct().order_by(column)
    with snapshot.connect() as connection:
        return tuple(connection.execute(statement).scalars())
