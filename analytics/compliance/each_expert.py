"""Clauses of chapter 8 for each volunteer expert: who keeps the list sees whom to speak to."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select

from analytics.compliance.pool import is_official, is_qualified
from analytics.compliance.rows import of_measure
from analytics.compliance.tallies import DAYS, WINDOW_MONTHS, bound_values_on, known_by, summed
from analytics.compliance.verdict import NOTHING, Verdict, of_share
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.measures.within import seen_by
from analytics.store.schema import ASSIGNMENTS, EXPERTS
from analytics.store.snapshot import Snapshot

# Shares of an expert's own assignments, by clause; all of them must be as the text asks.
_OF_ASSIGNMENTS = {"8.4.c": "expert_answered_in_time_rate", "8.4.d": "expert_feedback_rate"}


def expert_rows(snapshot: Snapshot, *, scope: Scope, as_of: date) -> list[dict[str, Any]]:
    """Return a row an expert and clause: experience and licence (8.1.b), recommendation (8.1.d), consent of
    officials' offices (8.1.e), answers within two days (8.4.c) and feedback (8.4.d).

    Experts are known by number alone. The list is the city's and its districts': readers of one
    institution, and those who may not see records, get none.
    """
    if scope.kind == "institution" or scope.audience != "records":
        return []
    table = EXPERTS.current.c
    named = (
        table.expert_id, table.district, is_qualified(table).label("qualified"), table.is_recommended,
        is_official(table).label("official"), table.experience_years, table.licences,
    )  # fmt: skip
    statement = select(*named).where(table.registered_on <= as_of, *seen_by(scope, table))
    statement = statement.where(func.coalesce(table.left_on, date.max) > as_of).order_by(table.expert_id)
    counted = _counted(snapshot, scope, as_of)
    rows = []
    for row in snapshot.rows(statement):
        verdicts = _of_list(row) | _of_work(counted.get(row["expert_id"], {}))
        rows += [
            {
                "expert_id": row["expert_id"],
                "district": row["district"],
                "clause_id": clause,
                "status": verdict.status,
                "source": "none" if verdict.status == "no_evidence" else "computed",
                "numerator": verdict.numerator,
                "denominator": verdict.denominator,
            }
            for clause, verdict in verdicts.items()
        ]
    return sorted(rows, key=lambda row: (row["clause_id"], row["expert_id"]))


def _of_list(row: dict[str, Any]) -> dict[str, Verdict]:
    known = row["experience_years"] is not None and row["licences"] is not None
    consent = _said(row["is_recommended"]) if row["official"] else Verdict("not_applicable")
    return {
        "8.1.b": _said(bool(row["qualified"]) if known else None),
        "8.1.d": _said(row["is_recommended"]),
        "8.1.e": consent,
    }


def _said(held: bool | None) -> Verdict:
    return NOTHING if held is None else Verdict("met" if held else "not_met")


def _of_work(counts: dict[str, tuple[float, float]]) -> dict[str, Verdict]:
    return {clause: of_share(*counts.get(clause, (0.0, 0.0)), 1.0) for clause in _OF_ASSIGNMENTS}


def _counted(snapshot: Snapshot, scope: Scope, as_of: date) -> dict[str, dict[str, tuple[float, float]]]:
    """Return each expert's (part, whole) by clause, over twelve months."""
    table = ASSIGNMENTS.current.c
    first = month_code(month_number(as_of.isoformat()[:7]) - WINDOW_MONTHS + 1)
    shares = [of_measure(key) for key in _OF_ASSIGNMENTS.values()]
    sums: list[ColumnElement[Any]] = [
        summed(known_by(tally)).label(f"t{place}{side}")
        for place, share in enumerate(shares)
        for side, tally in enumerate(share.tallies)
    ]
    values = bound_values_on(snapshot, as_of)
    statement = select(table.expert_id, *sums).where(
        table.month >= first,
        table[DAYS[ASSIGNMENTS.kind]] <= values["as_of_day"],
        *seen_by(scope, table),
    )
    with snapshot.connect() as connection:
        found = connection.execute(statement.group_by(table.expert_id), values).all()
    return {
        expert: {
            clause: (float(numbers[2 * place]), float(numbers[2 * place + 1]))
            for place, clause in enumerate(_OF_ASSIGNMENTS)
        }
        for expert, *numbers in found
    }
