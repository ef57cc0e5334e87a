"""The list of volunteer experts, by number: who is on it, for which fields, with what on file."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select

from analytics.core.selection import Scope
from analytics.store.schema import EXPERTS
from analytics.store.snapshot import Snapshot

_SHOWN = (
    "expert_id",
    "district",
    "employer_type",
    "licences",
    "experience_years",
    "fields",
    "is_recommended",
    "registered_on",
    "left_on",
)
# Entries of a list stand in one cell.
_BETWEEN = "、"


def experts(snapshot: Snapshot, *, scope: Scope, first: date, last: date) -> list[dict[str, Any]]:
    """Return the experts on the list at any time from ``first`` to ``last``, by number.

    ``fields`` are codes of services and keys of industries. The ledger holds no names. Readers of one
    district see its own experts, readers of one institution none: the list is a district's.
    """
    if scope.kind == "institution":
        return []
    table = EXPERTS.current.c
    conditions = [
        or_(table.registered_on.is_(None), table.registered_on <= last),
        or_(table.left_on.is_(None), table.left_on >= first),
    ]
    if scope.kind == "district":
        conditions.append(table.district == scope.code)
    statement = select(*(table[name] for name in _SHOWN)).where(*conditions).order_by(table.expert_id)
    found = snapshot.rows(statement)
    return [row | {name: _entries(row[name]) for name in ("fields", "licences")} for row in found]


def _entries(cell: str | None) -> tuple[str, ...]:
    return tuple(entry for entry in (cell or "").split(_BETWEEN) if entry)
