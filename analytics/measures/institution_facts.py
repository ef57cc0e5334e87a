"""What the list says of one institution beside its figures: staff, hours, capacity; no person's name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import distinct, func, select

from analytics.core.periods import Period
from analytics.core.selection import Scope
from analytics.store.schema import ASSIGNMENTS, INSTITUTIONS
from analytics.store.snapshot import Snapshot

# No telephone number, no person's name: the profile is printed and handed round.
_SHOWN = (
    "institution_id", "name", "tier", "category", "district", "township", "operator_name", "operator_type",
    "opened_on", "closed_on", "address", "focus_industries", "staff_full_time", "staff_part_time",
    "liaison_count", "qualified_staff_count", "has_search_database", "has_online_platform",
    "open_hours_per_week", "annual_capacity",
)  # fmt: skip


def facts_of_institution(
    snapshot: Snapshot, institution: str, *, scope: Scope, period: Period
) -> dict[str, Any] | None:
    """Return an institution's row of the list, and how many experts were dispatched to it in a period.

    Returns
    -------
    dict or None
        Columns of the list, ``None`` where not filled in, and ``experts``; ``None`` for an institution that
        is not listed or that the reader may not see.
    """
    table = INSTITUTIONS.current.c
    conditions = [table.institution_id == institution]
    if scope.kind != "city":
        conditions.append(
            (table.district if scope.kind == "district" else table.institution_id) == scope.code
        )
    sent = ASSIGNMENTS.current.c
    experts = select(func.count(distinct(sent.expert_id))).where(
        sent.institution_id == institution, sent.month >= period.first_month, sent.month <= period.last_month
    )
    with snapshot.connect() as connection:
        row = (
            connection.execute(select(*(table[name] for name in _SHOWN)).where(*conditions))
            .mappings()
            .first()
        )
        if row is None:
            return None
        return {**row, "experts": int(connection.execute(experts).scalar() or 0)}
