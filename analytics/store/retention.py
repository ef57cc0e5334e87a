"""Clients whose time has passed: who they are by the setting ``client_kept_months``, and their erasure."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from analytics.core.settings import Settings, settings
from analytics.store.phases import Progress
from analytics.store.purge import Erasure, purge_clients
from analytics.store.schema import CLIENTS, SERVICES

if TYPE_CHECKING:
    from analytics.store.store import Store

_EPOCH = date(1970, 1, 1)


def expired_clients(connection: Connection, rules: Settings, on: date) -> list[str]:
    """Return the clients whose last service lies more than ``client_kept_months`` before the day ``on``.

    A client without services counts from the day or year it was listed for; one of which no day is known
    is kept.
    """
    if not rules.client_kept_months:
        return []
    limit = (_months_before(on, rules.client_kept_months) - _EPOCH).days
    days: dict[str, int] = {}
    services, listed = SERVICES.rows.c, CLIENTS.rows.c
    last = select(services.client_id, func.max(services.received_at_day)).where(
        services.client_id.is_not(None)
    )
    for client_id, day in connection.execute(last.group_by(services.client_id)):
        days[client_id] = day
    known = select(listed.client_id, func.max(listed.registered_on_day), func.max(listed.list_year))
    for client_id, day, year in connection.execute(known.group_by(listed.client_id)):
        ends = [day, (date(year, 12, 31) - _EPOCH).days if year else None, days.get(client_id)]
        given = [end for end in ends if end is not None]
        if given:
            days[client_id] = max(given)
    return sorted(client_id for client_id, day in days.items() if day is not None and day < limit)


def purge_expired(store: Store, *, on: date, progress: Progress | None = None) -> Erasure:
    """Erase the clients whose time has passed on the day ``on``; see :func:`expired_clients`."""
    with store.snapshot().connect() as connection:
        client_ids = expired_clients(connection, settings(), on)
    if not client_ids:
        return Erasure()
    until = _months_before(on, settings().client_kept_months)
    return purge_clients(store, client_ids, until=until, progress=progress)


def _months_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    last = (date(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
