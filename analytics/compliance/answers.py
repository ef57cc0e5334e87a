"""Clause statuses as rows for the command line, pages and files, as a reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from analytics.compliance.rules import rules
from analytics.compliance.statuses import Cell, ClauseTable, clause_table
from analytics.core.errors import UserError
from analytics.core.selection import Scope
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures.suppress import count_limit, is_small
from analytics.standard.clauses import ClauseText, clauses_by_number, is_clause
from analytics.store.snapshot import Snapshot


def clause_rows(
    snapshot: Snapshot,
    *,
    scope: Scope,
    as_of: date | None = None,
    institution: str | None = None,
    clause: str | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return ``(meta, rows)``: a row a clause and institution, in the standard's order.

    Parameters
    ----------
    institution, clause : str, optional
        One institution's number, one clause's.

    Raises
    ------
    UserError
        When the standard has no such clause, or the reader sees no such institution on that day.
    """
    if clause is not None and not is_clause(clause):
        raise _no_clause(clause)
    table = clause_table(snapshot, scope=scope, as_of=as_of)
    listed = {row["institution_id"]: row for row in table.institutions}
    if institution is not None and institution not in listed:
        raise _no_institution(institution, table.as_of)
    chosen = [
        cell
        for cell in table.cells
        if (institution is None or cell.institution_id == institution)
        and (clause is None or cell.clause == clause or cell.clause.startswith(f"{clause}."))
    ]
    return _meta(snapshot, scope, table), rows_of(chosen, listed, scope)


def rows_of(
    cells: Iterable[Cell], listed: Mapping[str, Mapping[str, Any]], scope: Scope
) -> list[dict[str, Any]]:
    """Return cells as rows, clauses in the standard's order and institutions by number."""
    known = clauses_by_number()
    place = {number: order for order, number in enumerate(known)}
    ordered = sorted(cells, key=lambda cell: (place[cell.clause], cell.institution_id))
    return [_row(cell, known[cell.clause], listed[cell.institution_id], scope) for cell in ordered]


def _row(cell: Cell, clause: ClauseText, institution: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    rule = rules().get(cell.clause)
    declared = cell.declared
    return {
        "institution_id": cell.institution_id,
        "institution": institution["name"],
        "district": institution["district"],
        "tier": institution["tier"],
        "clause_id": cell.clause,
        "level": clause.level,
        "kind": clause.kind,
        "status": cell.status,
        "source": cell.source,
        **figure_of(cell, scope),
        "threshold": None if rule is None else rule.threshold,
        "threshold_basis": clause.threshold_basis,
        "because": None if cell.computed is None else _both(cell.computed.because),
        "since": cell.since,
        "since_or_earlier": cell.since_is_open,
        "declared_status": declared.status if declared else None,
        "declared_on": declared.checked_on.isoformat() if declared else None,
        "declared_by": declared.checked_by if declared else None,
        "evidence": declared.evidence if declared else None,
        "contradiction": cell.is_contradicted,
        "rule": None if rule is None else _both(rule.asks),
    }


def figure_of(cell: Cell, scope: Scope) -> dict[str, Any]:
    """Return the figure; a rate over too few is not shown, nor what it is made of where records are not."""
    verdict, rule = cell.computed, rules().get(cell.clause)
    nothing = {"value": None, "numerator": None, "denominator": None, "masked": False}
    if verdict is None or verdict.numerator is None:
        return nothing
    is_rate = rule is not None and rule.form.is_rate
    over = verdict.numerator if verdict.denominator is None else verdict.denominator
    if is_rate and 0 < over < settings().rate_hidden_below:
        seen = scope.audience == "records"
        shown = {"numerator": verdict.numerator, "denominator": verdict.denominator} if seen else {}
        return nothing | shown | {"masked": True}
    if rule is not None and is_small(verdict.numerator, count_limit(scope, settings())):
        return nothing | {"masked": bool(rule.form.tallies)}
    return nothing | {
        "value": verdict.value,
        "numerator": verdict.numerator,
        "denominator": verdict.denominator,
    }


def _meta(snapshot: Snapshot, scope: Scope, table: ClauseTable) -> dict[str, Any]:
    return {
        "as_of": table.as_of.isoformat(),
        "window_months": 12,
        "scope": str(scope),
        "institutions": len(table.institutions),
        "data_version": snapshot.version,
        "data_until": snapshot.about.get("data_until"),
        "sample_data": snapshot.is_sample,
    }


def _both(text: Text) -> dict[str, str] | None:
    return {"zh": text.zh, "en": text.en} if text.zh else None


def _no_clause(number: str) -> UserError:
    return UserError(
        Text(zh=f"规范中没有条款“{number}”。", en=f"The standard has no clause ‘{number}’."),
        Text(zh="请写条款号，如 6.1.3 或 7.4.3.1.a。", en="Write its number, such as 6.1.3 or 7.4.3.1.a."),
    )


def _no_institution(number: str, day: date) -> UserError:
    return UserError(
        Text(
            zh=f"{day} 名录中没有开放的机构“{number}”，或不在您的查看范围内。",
            en=f"No open institution ‘{number}’ is on the list on {day}, or it is beyond your scope.",
        ),
        Text(zh="请核对机构编号和日期。", en="Check the number and the date."),
    )
