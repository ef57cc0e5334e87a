"""Make the current facts anew from the versions: what other ledgers say is judged again each time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, delete, insert, literal, null, select, union

from analytics.core.institutions import InstitutionIndex
from analytics.core.settings import Settings
from analytics.store.about import write_about, write_calendar
from analytics.store.current import Oddities, current_versions
from analytics.store.derive import derived_columns
from analytics.store.months import write_institution_months
from analytics.store.schema import CLIENT_TAGS, CLIENTS, INSTITUTION_REFS, INSTITUTIONS, LEDGERS, Ledger

# What must be made again when a ledger changed.
_DEPENDENTS = {
    "institutions": tuple(kind for kind in LEDGERS if kind != "institutions"),
    "clients": ("services",),
    # A month's total counts only while the institution holds no record of that month.
    "services": ("monthly",),
}
# Facts that hold ordinals of the working-day calendar.
_COUNTED_IN_WORKDAYS = ("services", "assignments")


def publish(connection: Connection, changed: Iterable[str], settings: Settings) -> None:
    """Rebuild the facts of the ``changed`` kinds and of all that depend on them."""
    kinds = set(changed)
    for kind in ("institutions", "clients", "services"):
        if kind in kinds:
            kinds.update(_DEPENDENTS[kind])
    if "institutions" in kinds:
        _rebuild(connection, INSTITUTIONS, Oddities.of(connection))
    _write_refs(connection)
    odd = Oddities.of(connection)
    if "clients" in kinds:
        _rebuild(connection, CLIENTS, odd)
        _write_client_tags(connection)
    if write_calendar(connection, settings):
        kinds.update(_COUNTED_IN_WORKDAYS)
    for kind, ledger in LEDGERS.items():
        if kind in kinds and kind not in ("institutions", "clients"):
            _rebuild(connection, ledger, odd)
    write_institution_months(connection)
    write_about(connection, settings)


def _rebuild(connection: Connection, ledger: Ledger, odd: Oddities) -> None:
    table = ledger.current
    table.drop(connection, checkfirst=True)
    table.create(connection)
    versions = current_versions(ledger, odd)
    values, source, condition = derived_columns(ledger, versions, odd)
    selected = [values.get(c.name, _plain(versions, c.name)).label(c.name) for c in table.columns]
    statement = select(*selected).select_from(source)
    if condition is not None:
        statement = statement.where(condition)
    connection.execute(insert(table).from_select([c.name for c in table.columns], statement))
    connection.commit()


def _plain(versions: FromClause, name: str) -> ColumnElement[Any]:
    return versions.c[name] if name in versions.c else null()


def _write_refs(connection: Connection) -> None:
    """Resolve institution numbers that are on no list: names, and numbers that lost their zeros."""
    listed = INSTITUTIONS.current
    names = connection.execute(select(listed.c.institution_id, listed.c.name)).all()
    index = InstitutionIndex([(institution_id, name or "") for institution_id, name in names])
    refs = union(
        *(
            select(ledger.rows.c.institution_id).where(ledger.rows.c.institution_id.is_not(None))
            for ledger in LEDGERS.values()
            if ledger.institution_ref
        )
    ).subquery()
    unknown = select(refs.c.institution_id).where(
        refs.c.institution_id.not_in(select(listed.c.institution_id))
    )
    found = [(ref, index.match(ref).institution_id) for (ref,) in connection.execute(unknown)]
    connection.execute(delete(INSTITUTION_REFS))
    resolved = [{"ref": ref, "institution_id": meant} for ref, meant in found if meant]
    if resolved:
        connection.execute(insert(INSTITUTION_REFS), resolved)


def _write_client_tags(connection: Connection) -> None:
    """Write one row a client and tag; the ledger holds them as one text joined by ``、``."""
    clients = CLIENTS.current
    connection.execute(delete(CLIENT_TAGS))
    tagged = connection.execute(select(clients.c.key_tags).where(clients.c.key_tags.is_not(None)).distinct())
    tags = sorted({tag for (text,) in tagged for tag in text.split("、") if tag})
    for tag in tags:
        padded = literal("、") + clients.c.key_tags + literal("、")
        rows = select(clients.c.client_id, literal(tag)).where(padded.contains(f"、{tag}、", autoescape=True))
        connection.execute(insert(CLIENT_TAGS).from_select(["client_id", "key_tag"], rows))
