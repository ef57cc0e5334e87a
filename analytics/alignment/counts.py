"""Count services and clients by area and industry, as a reader may see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, distinct, func, or_, select

from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.measures.facts import SERVICE_RECORDS
from analytics.measures.plan import conditions_of
from analytics.standard.districts import priority_keys
from analytics.store.schema import CLIENTS
from analytics.store.snapshot import Snapshot


@dataclass
class Counted:
    """What was counted, by area.

    ``services`` and ``clients``: area → industry → number; ``at_home``: services that went to the area's own
    clients, or to who knows whose; ``unknown``: services without a known industry.
    ``kinds``: area → (priority services, services, clients of that sort, whether they bear a number).
    ``elsewhere``: area → industry →
    (services by the area's own institutions, by others), of the area's clients.
    """

    services: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    at_home: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    unknown: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    clients: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    kinds: dict[str, list[tuple[int, int, int, bool]]] = field(default_factory=lambda: defaultdict(list))
    elsewhere: dict[str, dict[str, tuple[int, int]]] = field(default_factory=lambda: defaultdict(dict))
    clients_are_listed: bool = True


def counted(
    snapshot: Snapshot, *, selection: Selection, scope: Scope, period: Period, by_client: bool
) -> Counted:
    """Count services by the area of the institution, or of the client, and the clients there are."""
    found = Counted()
    conditions = conditions_of(SERVICE_RECORDS, (), selection, scope, period)
    area = SERVICE_RECORDS.columns["client_district" if by_client else "district"]
    with snapshot.connect() as connection:
        for district, industry, services, at_home in connection.execute(_services(area, conditions)):
            if industry is None:
                found.unknown[district] += int(services)
            else:
                found.services[district][industry] = int(services)
                found.at_home[district][industry] = int(at_home)
        for district, *kind in connection.execute(_kinds(area, conditions)):
            found.kinds[district].append((int(kind[0]), int(kind[1]), int(kind[3]), bool(kind[2])))
        for district, industry, own, others in connection.execute(_by_whom(conditions)):
            found.elsewhere[district][industry] = (int(own), int(others))
        listed = connection.execute(_listed_clients(scope)).all()
        found.clients_are_listed = bool(listed)
        for district, industry, clients in listed or connection.execute(_served_clients(conditions)):
            found.clients[district][industry] = int(clients)
    return found


def _services(area: ColumnElement[Any], conditions: list[ColumnElement[bool]]) -> Any:
    industry = SERVICE_RECORDS.columns["industry"]
    client = SERVICE_RECORDS.columns["client_district"]
    at_home = func.sum(case((or_(client.is_(None), client == area), 1), else_=0))
    statement = select(area, industry, func.count(), at_home).where(area.is_not(None), *conditions)
    return statement.group_by(area, industry)


def _kinds(area: ColumnElement[Any], conditions: list[ColumnElement[bool]]) -> Any:
    """Select how many clients had how many services; a record without a client is one of its own."""
    table = SERVICE_RECORDS.table.c
    is_priority = or_(
        *(and_(area == district, table.industry.in_(keys)) for district, keys in priority_keys().items())
    )
    client = func.coalesce(table.client_id, table.institution_id + "/" + table.record_id)
    each = (
        select(
            area.label("area"),
            func.sum(case((is_priority, 1), else_=0)).label("part"),
            func.count().label("whole"),
            func.max(case((table.client_id.is_not(None), 1), else_=0)).label("is_named"),
        )
        .where(area.is_not(None), table.industry.is_not(None), *conditions)
        .group_by(area, client)
        .subquery("each_client")
    )
    groups = (each.c.area, each.c.part, each.c.whole, each.c.is_named)
    # In a fixed order: the same seed must draw the same clients.
    return select(*groups, func.count()).group_by(*groups).order_by(*groups)


def _by_whom(conditions: list[ColumnElement[bool]]) -> Any:
    table = SERVICE_RECORDS.table.c
    own = table.district == table.client_district
    groups = (table.client_district, table.industry)
    sums = [func.sum(case((condition, 1), else_=0)) for condition in (own, ~own)]
    known = (table.client_district.is_not(None), table.industry.is_not(None), table.district.is_not(None))
    return select(*groups, *sums).where(*known, *conditions).group_by(*groups)


def _listed_clients(scope: Scope) -> Any:
    table = CLIENTS.current.c
    statement = select(table.district, table.industry, func.count())
    statement = statement.where(table.district.is_not(None), table.industry.is_not(None))
    if scope.kind == "district":
        statement = statement.where(table.district == scope.code)
    elif scope.kind == "institution":
        # The list of clients is the bureau's; one institution's readers see whom it served.
        statement = statement.where(table.client_id.is_(None))
    return statement.group_by(table.district, table.industry)


def _served_clients(conditions: list[ColumnElement[bool]]) -> Any:
    table = SERVICE_RECORDS.table.c
    groups = (table.client_district, table.industry)
    known = (table.client_district.is_not(None), table.industry.is_not(None))
    statement = select(*groups, func.count(distinct(table.client_id)))
    return statement.where(*known, *conditions).group_by(*groups)
