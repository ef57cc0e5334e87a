"""The versions of one row: when it came, by whom, what it said, which of them counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from analytics.core.selection import Scope
from analytics.store.current import Oddities, current_ids, institution_of
from analytics.store.schema import BATCHES, FILES, INSTITUTIONS, LEDGERS, REPEATS, Ledger
from analytics.store.snapshot import Snapshot

KEY_SEPARATOR = "\x1f"
# What identifies a client is never shown, only that it changed.
_HIDDEN = frozenset({"name_hash", "lon_wgs84", "lat_wgs84"})
# Follows from other columns of the row.
_DERIVED = ("_day", "_is_date")
_PERIODS = frozenset({"month", "quarter", "year"})


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a row.

    Attributes
    ----------
    state : str
        ``current``; ``replaced`` by a later one; ``withdrawn`` with its batch.
    repeated_by : tuple of int
        Later batches that brought the same again.
    changed : dict
        By column, what it said before and what it says now; the first version has none.
    values : dict
        What it says; empty where the client asked for confidence.
    """

    version_id: int
    batch_id: int
    imported_at: datetime
    imported_by: str
    file: str
    sheet: str
    source_row: int
    institution_id: str | None
    state: str
    repeated_by: tuple[int, ...]
    changed: dict[str, tuple[Any, Any]]
    values: dict[str, Any]
    is_confidential: bool


def history(
    snapshot: Snapshot, kind: str, key: tuple[str, ...], *, scope: Scope, institution: str | None = None
) -> list[Version]:
    """Return the versions of the rows with a key, the earliest first, that a reader may see.

    Parameters
    ----------
    key : tuple of str
        The parts of the key without the institution's number, in the order of the ledger; empty for "all".
    institution : str, optional
        Only rows of this institution: the number of a record is unique within its institution only.

    Notes
    -----
    A record whose client asked for confidence shows when it came and nothing of what it says. Lists of
    clients are shown to readers of the whole city alone.
    """
    ledger = LEDGERS[kind]
    if scope.kind != "city" and not (ledger.institution_ref or kind == "institutions"):
        return []
    with snapshot.connect() as connection:
        found = _rows(connection, ledger, KEY_SEPARATOR.join(key), institution, scope)
        return _told(connection, ledger, found)


def _rows(
    connection: Connection, ledger: Ledger, key: str, institution: str | None, scope: Scope
) -> list[dict[str, Any]]:
    rows, odd = ledger.rows, Oddities.of(connection)
    shown = [*rows.c, BATCHES.c.imported_at, BATCHES.c.imported_by, BATCHES.c.withdrawn_at]
    source = rows.join(BATCHES, BATCHES.c.batch_id == rows.c.batch_id).join(
        FILES, FILES.c.file_id == rows.c.file_id
    )
    statement = select(*shown, FILES.c.name.label("file_name")).select_from(source)
    statement = statement.where(rows.c.row_key == key).order_by(rows.c.version_id)
    if "institution_id" in rows.c:
        meant = institution_of(ledger, rows, odd)
        if institution is not None:
            statement = statement.where(meant == institution)
        if scope.kind == "institution":
            statement = statement.where(meant == scope.code)
        if scope.kind == "district":
            listed = INSTITUTIONS.current.c
            own = select(listed.institution_id).where(listed.district == scope.code)
            statement = statement.where(meant.in_(own))
    return [dict(row) for row in connection.execute(statement).mappings()]


def _told(connection: Connection, ledger: Ledger, rows: list[dict[str, Any]]) -> list[Version]:
    ids = [row["version_id"] for row in rows]
    odd = Oddities.of(connection)
    wanted = current_ids(ledger, odd).subquery()
    current = set(
        connection.execute(select(wanted.c.version_id).where(wanted.c.version_id.in_(ids))).scalars()
    )
    repeats: dict[int, list[int]] = {}
    again = select(REPEATS.c.version_id, REPEATS.c.batch_id).where(
        REPEATS.c.kind == ledger.kind, REPEATS.c.version_id.in_(ids)
    )
    for version_id, batch_id in connection.execute(again.order_by(REPEATS.c.position)):
        repeats.setdefault(version_id, []).append(batch_id)
    # Of a record that was confidential once nothing is shown, in any of its versions.
    is_confidential = any(row.get("is_confidential") for row in rows)
    before: dict[str | None, dict[str, Any]] = {}
    told = []
    for row in rows:
        own = row.get("institution_id") if ledger.institution_in_key else None
        said = {} if is_confidential else _said(ledger, row)
        earlier = before.get(own)
        changed = {
            name: (earlier[name], value)
            for name, value in said.items()
            if earlier is not None and earlier[name] != value
        }
        before[own] = said
        shown = {name: value for name, value in said.items() if name not in _HIDDEN}
        changed = {name: pair if name not in _HIDDEN else (None, None) for name, pair in changed.items()}
        state = "current" if row["version_id"] in current else "replaced"
        told.append(
            Version(
                row["version_id"],
                row["batch_id"],
                row["imported_at"],
                row["imported_by"] or "",
                row["file_name"],
                row["sheet"],
                row["source_row"],
                row.get("institution_id"),
                "withdrawn" if state == "replaced" and row["withdrawn_at"] else state,
                tuple(repeats.get(row["version_id"], ())),
                changed,
                shown,
                is_confidential,
            )
        )
    return told


def _said(ledger: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: row[name]
        for name in ledger.content
        if not name.endswith(_DERIVED) and (name not in _PERIODS or ledger.kind == "monthly")
    }
