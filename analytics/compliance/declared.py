"""What institutions declare of themselves, and what they publish: rows of 规范自查 and 清单公示."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from analytics.compliance.verdict import DECLARED, Status
from analytics.core.selection import Scope
from analytics.measures.within import seen_by
from analytics.store.schema import EVIDENCE, PUBLICATIONS
from analytics.store.snapshot import Snapshot

# A check from outside weighs more than the institution's own of the same day.
_WEIGHT = {"市中心": 2, "区中心": 1}


class Declared(NamedTuple):
    """The declared status of a clause: by whom, when, and on what evidence."""

    status: Status
    checked_on: date
    checked_by: str | None
    evidence: str | None


def declared_statuses(
    snapshot: Snapshot, *, scope: Scope, as_of: date
) -> dict[tuple[str, str], list[Declared]]:
    """Return the declarations until ``as_of`` by institution and clause, the one in force last."""
    table = EVIDENCE.current.c
    shown = (table.institution_id, table.clause_id, table.status, table.checked_on)
    statement = (
        select(*shown, table.checked_by, table.evidence)
        .where(table.checked_on <= as_of, *seen_by(scope, EVIDENCE.current.c))
        .order_by(table.institution_id, table.clause_id, table.checked_on)
    )
    found: dict[tuple[str, str], list[Declared]] = defaultdict(list)
    with snapshot.connect() as connection:
        for institution_id, clause, status, day, by, evidence in connection.execute(statement):
            if status in DECLARED:
                found[institution_id, clause].append(Declared(DECLARED[status], day, by, evidence))
    for checks in found.values():
        checks.sort(key=lambda check: (check.checked_on, _WEIGHT.get(check.checked_by or "", 0)))
    return dict(found)


def published_lists(snapshot: Snapshot, *, scope: Scope, as_of: date) -> dict[str, list[Mapping[str, Any]]]:
    """Return the lists published until ``as_of`` by institution, the earliest first."""
    table = PUBLICATIONS.current.c
    names = (
        "institution_id", "list_kind", "list_year", "published_on", "updated_on", "elements",
        "elements_required", "elements_present", "items_planned", "items_done", "channels",
    )  # fmt: skip
    statement = (
        select(*(table[name] for name in names))
        .where(table.published_on <= as_of, *seen_by(scope, PUBLICATIONS.current.c))
        .order_by(table.institution_id, table.list_year, table.published_on)
    )
    found: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    with snapshot.connect() as connection:
        for row in connection.execute(statement).mappings():
            found[row["institution_id"]].append(dict(row))
    return dict(found)
