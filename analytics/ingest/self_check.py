"""The rows that a self-check begins with: every clause that asks something, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from analytics.core.errors import UserError
from analytics.core.selection import Scope
from analytics.core.text import Text
from analytics.ingest.template_choices import clause_cell, demanding_clauses
from analytics.measures import listings
from analytics.store.schema import EVIDENCE
from analytics.store.snapshot import Snapshot

_BINDS = {
    "市级": ("all", "city_centre", "expert"),
    "区级": ("all", "district_centre", "expert"),
    "工作站": ("all", "workstation"),
}
_KNOWN = ("status", "evidence", "checked_on", "checked_by")


def blank_rows() -> list[dict[str, Any]]:
    """Return a row a clause for any institution."""
    return _rows(None, "", {})


def rows_for(snapshot: Snapshot, institution_id: str, *, scope: Scope) -> list[dict[str, Any]]:
    """Return a row for each clause that binds an institution, with the latest status on record.

    Raises
    ------
    UserError
        When no institution that the reader may see has that number.
    """
    listed = {row["institution_id"]: row for row in listings.institutions(snapshot, scope=scope)}
    if institution_id not in listed:
        raise UserError(
            Text(
                zh=f"机构名录中没有编号 {institution_id}。", en=f"No institution has number {institution_id}."
            ),
            Text(zh="请核对机构编号，或不填机构。", en="Check the number, or leave the institution out."),
        )
    return _rows(institution_id, str(listed[institution_id]["tier"] or ""), _latest(snapshot, institution_id))


def _latest(snapshot: Snapshot, institution_id: str) -> dict[str, Mapping[str, Any]]:
    """Return the latest row on record of each clause."""
    table = EVIDENCE.current.c
    shown = (table.clause_id, *(table[name] for name in _KNOWN))
    statement = select(*shown).where(table.institution_id == institution_id).order_by(table.checked_on)
    with snapshot.connect() as connection:
        return {row["clause_id"]: dict(row) for row in connection.execute(statement).mappings()}


def _rows(
    institution_id: str | None, tier: str, known: Mapping[str, Mapping[str, Any]]
) -> list[dict[str, Any]]:
    binds = _BINDS.get(tier)
    made = []
    for clause in demanding_clauses():
        if binds is not None and clause.binds not in binds:
            continue
        row = {"institution_id": institution_id, "clause_id": clause_cell(clause), "aid": clause.summary.zh}
        made.append(row | {name: known.get(clause.number, {}).get(name) for name in _KNOWN})
    return made
