"""Columns of the current facts that no single ledger row holds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, case, exists, func, literal, null, or_, select

from analytics.store.current import Oddities, current_ids, institution_of
from analytics.store.industry_refs import INDUSTRY, LISTS, with_meaning
from analytics.store.schema import CALENDAR, CLIENTS, INSTITUTIONS, SERVICES, TURNED_AWAY, Ledger

Columns = dict[str, ColumnElement[Any]]


def derived_columns(
    ledger: Ledger, versions: FromClause, odd: Oddities, *, whole: bool = True
) -> tuple[Columns, FromClause, ColumnElement[bool] | None]:
    """Return a ledger's derived columns by name, what to select them from, and which rows count.

    Rows whose institution is not on the list wait: they are left out, and so are rows that the settings
    turn away. Targets of the city or of a district name no institution and count. Unless ``versions``
    are ``whole``, what looks at other rows of the ledger is left to :mod:`analytics.store.refresh`: no
    record is marked as a client's first.
    """
    if not ledger.institution_ref:
        return *_with_industries(ledger, versions), None
    institutions = INSTITUTIONS.current.alias("i")
    meant = institution_of(ledger, versions, odd)
    condition = ~is_turned_away(ledger, versions)
    own: Columns = {}
    if ledger.kind == "targets":
        source = versions.outerjoin(institutions, institutions.c.institution_id == meant)
        is_listed = or_(versions.c.institution_id.is_(None), institutions.c.institution_id.is_not(None))
        condition = and_(condition, is_listed)
        listed = institutions.c.institution_id
        # Whatever it was called when the target came, its scope is the institution's number.
        own["scope"] = case((listed.is_not(None), "institution:" + listed), else_=versions.c.scope)
    else:
        source = versions.join(institutions, institutions.c.institution_id == meant)
    values: Columns = {"institution_id": institutions.c.institution_id} | own
    for name in ("district", "tier", "operator_type", "township"):
        if name in ledger.current.c and name not in ledger.content:
            values[name] = institutions.c[name]
    if "service_group" in ledger.current.c:
        values["service_group"] = _service_group(versions.c.service)
    add = {"services": _services, "monthly": _monthly, "assignments": _assignments}.get(ledger.kind)
    if add is None:
        return values, source, condition
    values, joined = add(values, versions, source, odd)
    if "is_clients_first" in values and not whole:
        values["is_clients_first"] = literal(False)
    return values, joined, condition


def _with_industries(ledger: Ledger, versions: FromClause) -> tuple[Columns, FromClause]:
    """Say which industries a list means that its own words did not tell when it came."""
    if ledger is CLIENTS:
        source, meant = with_meaning(INDUSTRY, versions, versions.c.industry_text)
        return {"industry": func.coalesce(versions.c.industry, meant)}, source
    for part in (part for part, other in LISTS.items() if other is ledger):
        source, meant = with_meaning(part, versions, versions.c[part])
        return {part: func.coalesce(meant, versions.c[part])}, source
    return {}, versions


def is_turned_away(ledger: Ledger, rows: FromClause) -> ColumnElement[bool]:
    """Say of a row whether the settings turn it away for what it contradicts in other ledgers."""
    same = and_(TURNED_AWAY.c.kind == ledger.kind, TURNED_AWAY.c.version_id == rows.c.version_id)
    return exists().where(same)


def _service_group(service: ColumnElement[str]) -> ColumnElement[str]:
    return case(
        (service.like("B%"), literal("basic")), (service.like("T%"), literal("special")), else_=null()
    )


def _services(
    values: Columns, rows: FromClause, source: FromClause, odd: Oddities
) -> tuple[Columns, FromClause]:
    clients = CLIENTS.current.alias("k")
    source = source.outerjoin(clients, clients.c.client_id == rows.c.client_id)
    source, meant = with_meaning(INDUSTRY, source, rows.c.industry_text)
    rated = case((rows.c.rating_source == "默认", null()), else_=rows.c.rating)
    bad_day = case((rated <= 2, func.coalesce(rows.c.rated_at_day, rows.c.received_at_day)), else_=null())
    source, received = _calendar(source, "received", rows.c.received_at_day)
    source, responded = _calendar(source, "responded", rows.c.responded_at_day)
    source, completed = _calendar(source, "completed", rows.c.completed_at_day)
    source, bad = _calendar(source, "bad", bad_day)
    source, contacted = _calendar(source, "contacted", rows.c.bad_rating_contacted_at_day)
    return {
        **values,
        # What a record says wins over what the client list says.
        "client_type": func.coalesce(rows.c.client_type, clients.c.client_type),
        "industry": func.coalesce(rows.c.industry, meant, clients.c.industry),
        "client_district": func.coalesce(rows.c.client_district, clients.c.district),
        "topic": func.coalesce(rows.c.topic, rows.c.service_detail),
        "rated_level": rated,
        "received_worked_until": received.c.worked_until,
        "responded_next_worked": responded.c.next_worked,
        "completed_next_worked": completed.c.next_worked,
        "bad_rating_day": bad_day,
        "bad_rating_worked_until": bad.c.worked_until,
        "bad_rating_contacted_next_worked": contacted.c.next_worked,
        "is_clients_first": _is_clients_first(rows, odd),
    }, source


def _is_clients_first(rows: FromClause, odd: Oddities) -> ColumnElement[bool]:
    """Mark each client's first record in the network: the earliest time, then the lowest number.

    The order is taken over the few columns it needs, not over whole rows.
    """
    versions, institutions = SERVICES.rows, INSTITUTIONS.current
    meant = institution_of(SERVICES, versions, odd)
    order = func.row_number().over(
        partition_by=versions.c.client_id,
        order_by=(versions.c.received_at, versions.c.record_id, institutions.c.institution_id),
    )
    ordered = (
        select(versions.c.version_id, order.label("place"))
        .select_from(versions.join(institutions, institutions.c.institution_id == meant))
        .where(
            versions.c.client_id.is_not(None),
            versions.c.version_id.in_(current_ids(SERVICES, odd)),
            ~is_turned_away(SERVICES, versions),
        )
        .subquery("ordered")
    )
    return rows.c.version_id.in_(select(ordered.c.version_id).where(ordered.c.place == 1))


def _assignments(
    values: Columns, rows: FromClause, source: FromClause, _odd: Oddities
) -> tuple[Columns, FromClause]:
    source, notified = _calendar(source, "notified", rows.c.notified_at_day)
    source, responded = _calendar(source, "responded", rows.c.responded_at_day)
    return {
        **values,
        "notified_worked_until": notified.c.worked_until,
        "responded_next_worked": responded.c.next_worked,
    }, source


def _calendar(source: FromClause, name: str, day: ColumnElement[int]) -> tuple[FromClause, FromClause]:
    calendar = CALENDAR.alias(f"{name}_calendar")
    return source.outerjoin(calendar, calendar.c.day == day), calendar


def _monthly(
    values: Columns, rows: FromClause, source: FromClause, _odd: Oddities
) -> tuple[Columns, FromClause]:
    """Say which totals count: only where an institution has no records that month, and the finest rows.

    Rows by service and channel count; then rows by service alone where none of these covers the service;
    where no row is by service alone, rows by channel that none covers; a plain total when it stands alone.
    """
    institution = values["institution_id"]
    records = (
        select(SERVICES.current.c.institution_id, SERVICES.current.c.month)
        .distinct()
        .subquery("with_records")
    )
    source = source.outerjoin(
        records,
        and_(records.c.institution_id == institution, records.c.month == rows.c.month),
    )
    free = records.c.institution_id.is_(None)
    has_service, has_channel = rows.c.service.is_not(None), rows.c.channel.is_not(None)
    both, only_service = and_(has_service, has_channel), and_(has_service, ~has_channel)
    only_channel, plain = and_(~has_service, has_channel), and_(~has_service, ~has_channel)

    def any_of(condition: ColumnElement[bool], *within: ColumnElement[Any]) -> ColumnElement[bool]:
        flag = func.max(case((condition, 1), else_=0))
        return flag.over(partition_by=[institution, rows.c.month, *within]) == 1

    by_service = or_(
        both, and_(only_service, ~any_of(both, func.coalesce(rows.c.service_detail, rows.c.service)))
    )
    by_channel = or_(both, and_(only_channel, ~any_of(both, rows.c.channel)))
    counts_plain = or_(
        by_service,
        and_(only_channel, by_channel, ~any_of(only_service)),
        and_(plain, ~any_of(or_(has_service, has_channel))),
    )
    return {
        **values,
        "counts_plain": and_(free, counts_plain),
        "counts_by_service": and_(free, by_service),
        "counts_by_channel": and_(free, by_channel),
        "counts_by_both": and_(free, both),
    }, source
