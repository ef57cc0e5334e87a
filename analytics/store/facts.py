"""Writing the current facts of a kind: all of them anew, or those of some versions in place."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)

from analytics.store.current import Oddities, current_versions
from analytics.store.derive import derived_columns
from analytics.store.schema import CLIENT_TAGS, CLIENTS, FACT_TABLES, Ledger

# Facts are made anew when a fourth of them was replaced: each replaced one leaves a gap in the table.
_REPLACED_SHARE = 0.25
_RULES = ("current.py", "derive.py", "facts.py", "industry_refs.py", "schema.py")


def rebuild(connection: Connection, ledger: Ledger, odd: Oddities) -> None:
    """Make all facts of a kind anew from its versions."""
    table = ledger.current
    table.drop(connection, checkfirst=True)
    table.create(connection)
    _insert(connection, ledger, odd, None)
    connection.execute(delete(FACT_TABLES).where(FACT_TABLES.c.kind == ledger.kind))
    connection.execute(insert(FACT_TABLES).values(kind=ledger.kind, made_by=rules_hash(), replaced=0))
    connection.commit()


def replace(connection: Connection, ledger: Ledger, within: FromClause, odd: Oddities) -> None:
    """Take out the facts of the versions ``within`` and write those that are current among them.

    ``within`` holds for each of its keys the version that was current and the one that is.
    """
    facts = ledger.current
    touched = facts.c.version_id.in_(select(within.c.version_id))
    gone = connection.execute(select(func.count()).select_from(facts).where(touched)).scalar_one()
    if gone:
        connection.execute(delete(facts).where(touched))
    _insert(connection, ledger, odd, within)
    connection.execute(
        update(FACT_TABLES)
        .where(FACT_TABLES.c.kind == ledger.kind)
        .values(replaced=FACT_TABLES.c.replaced + gone)
    )
    connection.commit()


def can_replace(connection: Connection, ledger: Ledger, touched: int) -> bool:
    """Say whether ``touched`` facts may be replaced in place: few of them, made by the rules of today."""
    made = connection.execute(
        select(FACT_TABLES.c.made_by, FACT_TABLES.c.replaced).where(FACT_TABLES.c.kind == ledger.kind)
    ).first()
    if made is None or made[0] != rules_hash():
        return False
    if not touched:
        return True
    facts = connection.execute(select(func.count()).select_from(ledger.current)).scalar_one()
    return bool(made[1] + touched <= _REPLACED_SHARE * facts)


def write_client_tags(connection: Connection, chosen: ColumnElement[bool]) -> None:
    """Write one row a client and tag for the ``chosen``; a ledger's cell joins them by ``、``."""
    clients = CLIENTS.current
    tagged = select(clients.c.key_tags).where(clients.c.key_tags.is_not(None), chosen).distinct()
    tags = sorted({tag for (text,) in connection.execute(tagged) for tag in text.split("、") if tag})
    for tag in tags:
        padded = literal("、") + clients.c.key_tags + literal("、")
        rows = select(clients.c.client_id, literal(tag))
        rows = rows.where(padded.contains(f"、{tag}、", autoescape=True), chosen)
        connection.execute(insert(CLIENT_TAGS).from_select(["client_id", "key_tag"], rows))


@cache
def rules_hash() -> str:
    """Return a hash of the modules that say what a fact is: facts made by others must be made anew."""
    texts = [(Path(__file__).parent / name).read_bytes() for name in _RULES]
    return hashlib.sha256(b"\0".join(texts)).hexdigest()


def _insert(connection: Connection, ledger: Ledger, odd: Oddities, within: FromClause | None) -> None:
    table = ledger.current
    versions = current_versions(ledger, odd, within)
    values, source, condition = derived_columns(ledger, versions, odd, whole=within is None)
    selected = [values.get(c.name, _plain(versions, c.name)).label(c.name) for c in table.columns]
    statement = select(*selected).select_from(source)
    if condition is not None:
        statement = statement.where(condition)
    connection.execute(insert(table).from_select([c.name for c in table.columns], statement))


def _plain(versions: FromClause, name: str) -> ColumnElement[Any]:
    return versions.c[name] if name in versions.c else null()
