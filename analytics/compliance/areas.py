"""Clauses that ask something of an area and not of an institution: 5.2 and 4.4."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, select

from analytics.compliance.tallies import WINDOW_MONTHS, day_number
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.core.settings import settings
from analytics.measures.suppress import count_limit, is_small, round_to
from analytics.measures.within import open_within, seen_by
from analytics.standard.districts import districts
from analytics.standard.services import services as catalogue
from analytics.stats.concentration import gini
from analytics.store.schema import DEMAND, INSTITUTIONS, SERVICES, Ledger
from analytics.store.snapshot import Snapshot

_KINDS = sum(1 for service in catalogue() if "." not in service.code)
_PER = 1000


def area_rows(snapshot: Snapshot, *, scope: Scope, as_of: date) -> list[dict[str, Any]]:
    """Return a row an area and clause: whether it has a district institution (5.2), and how even supply is.

    Of 4.4, whose text sets no number, the four things it asks for are on record: ``operator_types`` (kinds
    of operators there are), ``per_demand`` (services of twelve months for 1,000 of demand, where demand is
    known), ``service_kinds`` (of the twenty) and ``qualified_share`` (staff with a licence, where the list
    tells). ``gini`` is the same in all rows: how uneven ``per_demand`` is over the areas seen.
    """
    codes = [area.code for area in districts() if area.code != "all"]
    if scope.kind == "district":
        codes = [code for code in codes if code == scope.code]
    if scope.kind == "institution":
        return []
    listed = _listed(snapshot, scope, as_of)
    served, demanded = _served(snapshot, scope, as_of), _demanded(snapshot, scope)
    limit = count_limit(scope, settings())
    supply = [_supply(listed[code], served.get(code), demanded.get(code), limit) for code in codes]
    known = [one["per_demand"] for one in supply if one["per_demand"] is not None]
    evenness = float(gini(known)) if len(known) > 1 and sum(known) else None
    rows = []
    for code, figures in zip(codes, supply, strict=True):
        centres = sum(1 for row in listed[code] if row["tier"] == "区级")
        figures |= {"numerator": figures["services"], "denominator": figures["demand"], "gini": evenness}
        rows.append(_row(code, "4.4", "recorded" if listed[code] else "no_evidence", figures))
        rows.append(_row(code, "5.2", "met" if centres else "not_met", {"numerator": centres}))
    return sorted(rows, key=lambda row: row["clause_id"])


def _row(code: str, clause: str, status: str, figures: Mapping[str, Any]) -> dict[str, Any]:
    return {"district": code, "clause_id": clause, "status": status, "source": "computed", **figures}


def _supply(
    listed: list[Mapping[str, Any]], served: tuple[int, int] | None, demand: float | None, limit: int
) -> dict[str, Any]:
    services, kinds = served or (0, 0)
    hidden = is_small(services, limit)
    services = int(round_to(services, limit)) if limit else services
    told = [row for row in listed if row["qualified_staff_count"] is not None]
    staff = sum((row["staff_full_time"] or 0) + (row["staff_part_time"] or 0) for row in told)
    return {
        "institutions": len(listed),
        "operator_types": len({row["operator_type"] for row in listed if row["operator_type"]}),
        "services": None if hidden else services,
        "demand": demand,
        "per_demand": None if hidden or not demand else _PER * services / demand,
        "service_kinds": None if hidden else kinds,
        "service_kinds_of": _KINDS,
        "staff": staff,
        "qualified_share": sum(row["qualified_staff_count"] for row in told) / staff if staff else None,
    }


def _listed(snapshot: Snapshot, scope: Scope, day: date) -> defaultdict[str, list[Mapping[str, Any]]]:
    table = INSTITUTIONS.current.c
    names = (
        "district", "tier", "operator_type", "qualified_staff_count", "staff_full_time", "staff_part_time"
    )  # fmt: skip
    statement = select(*(table[name] for name in names)).where(
        *open_within(table, day), *seen_by(scope, table)
    )
    found: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in snapshot.rows(statement):
        found[row["district"]].append(row)
    return found


def _served(snapshot: Snapshot, scope: Scope, day: date) -> dict[str, tuple[int, int]]:
    table = SERVICES.current.c
    first = month_code(month_number(day.isoformat()[:7]) - WINDOW_MONTHS + 1)
    statement = select(table.district, func.count(), func.count(table.service.distinct())).where(
        table.month >= first, table.received_at_day <= day_number(day), *seen_by(scope, table)
    )
    return {code: (int(n), int(kinds)) for code, n, kinds in _all(snapshot, statement, SERVICES)}


def _demanded(snapshot: Snapshot, scope: Scope) -> dict[str, float]:
    table = DEMAND.current.c
    statement = select(table.district, func.sum(table.demand)).where(*seen_by(scope, table))
    return {code: float(total or 0) for code, total in _all(snapshot, statement, DEMAND)}


def _all(snapshot: Snapshot, statement: Any, ledger: Ledger) -> Iterable[Any]:
    with snapshot.connect() as connection:
        return connection.execute(statement.group_by(ledger.current.c.district)).all()
