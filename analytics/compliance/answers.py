"""Clause statuses as rows for the command line, pages and files, as a reader may see them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from analytics.compliance.areas import area_rows
from analytics.compliance.behind import rows_behind
from analytics.compliance.declare import Rule
from analytics.compliance.each_expert import expert_rows
from analytics.compliance.missing import MISSING
from analytics.compliance.rules import rules
from analytics.compliance.statuses import Cell, ClauseTable, clause_table
from analytics.compliance.tallies import WINDOW_MONTHS
from analytics.core.errors import UserError
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures.result import Figures
from analytics.measures.suppress import count_limit, counts_of, is_small, rounded
from analytics.standard.clauses import ClauseText, clauses_by_number, is_clause
from analytics.stats.intervals import wilson_interval
from analytics.store.snapshot import Snapshot


def clause_rows(
    snapshot: Snapshot,
    *,
    scope: Scope,
    as_of: date | None = None,
    institution: str | None = None,
    clause: str | None = None,
    with_rows: bool = False,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return ``(meta, rows)``: a row a clause and institution, in the standard's order.

    Parameters
    ----------
    institution, clause : str, optional
        One institution's number, one clause's with those below it.
    with_rows : bool
        Add to each row ``rows``: the rows of ledgers that made its status, each with batch, file, sheet and
        row; see :func:`analytics.compliance.behind.rows_behind`. Takes a moment for each.

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
    rows = rows_of(chosen, listed, scope, table.as_of)
    if with_rows:
        for row in rows:
            pair = (row["clause_id"], row["institution_id"])
            row["rows"] = rows_behind(snapshot, *pair, scope=scope, as_of=table.as_of)
    return _meta(snapshot, scope, table), rows


def unit_rows(
    snapshot: Snapshot, unit: str, *, scope: Scope, as_of: date | None = None, clause: str | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return ``(meta, rows)`` of clauses that are a matter of areas or of experts themselves.

    Parameters
    ----------
    unit : str
        ``area`` (:func:`analytics.compliance.areas.area_rows`) or ``expert``
        (:func:`analytics.compliance.each_expert.expert_rows`).

    Raises
    ------
    UserError
        When the standard has no such clause.
    """
    if clause is not None and not is_clause(clause):
        raise _no_clause(clause)
    day = as_of or date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    rows = (area_rows if unit == "area" else expert_rows)(snapshot, scope=scope, as_of=day)
    chosen = [
        row
        for row in rows
        if clause is None or row["clause_id"] == clause or row["clause_id"].startswith(f"{clause}.")
    ]
    return _facts(snapshot, scope, day) | {"unit": unit}, chosen


def rows_of(
    cells: Iterable[Cell], listed: Mapping[str, Mapping[str, Any]], scope: Scope, day: date
) -> list[dict[str, Any]]:
    """Return cells as rows, clauses in the standard's order and institutions by number."""
    known = clauses_by_number()
    place = {number: order for order, number in enumerate(known)}
    ordered = sorted(cells, key=lambda cell: (place[cell.clause], cell.institution_id))
    of_clauses = {number: _of_clause(known[number], day) for number in {cell.clause for cell in ordered}}
    rows = [
        _row(cell, of_clauses[cell.clause], listed[cell.institution_id], figure_of(cell, scope))
        for cell in ordered
    ]
    _add_intervals(rows)
    return rows


def _of_clause(clause: ClauseText, day: date) -> dict[str, Any]:
    """Return what is the same for every institution: level, rule, threshold, period, what is missing."""
    rule, missing = rules().get(clause.number), MISSING.get(clause.number)
    first = period_of(rule, day)[0]
    return {
        "clause_id": clause.number,
        "title": _both(clause.title),
        "level": clause.level,
        "binds": clause.binds,
        "kind": clause.kind,
        "threshold": None if rule is None else rule.threshold,
        "threshold_basis": clause.threshold_basis,
        "threshold_text": clause.threshold or None,
        "frequency": list(clause.frequency),
        "period_from": first.isoformat(),
        "period_to": day.isoformat(),
        "rule": None if rule is None else _both(rule.asks),
        "fields": [] if rule is None else list(rule.fields),
        "missing": None if missing is None else _both(missing.words),
        "missing_fields": [] if missing is None else list(missing.fields),
    }


def period_of(rule: Rule | None, day: date) -> tuple[date, date]:
    """Return the days that a rule looks at: twelve months where it counts, else the day itself."""
    if rule is None or not rule.form.tallies:
        return day, day
    first = month_code(month_number(day.isoformat()[:7]) - WINDOW_MONTHS + 1)
    return date.fromisoformat(f"{first}-01"), day


def _row(
    cell: Cell, of_clause: Mapping[str, Any], institution: Mapping[str, Any], figure: Mapping[str, Any]
) -> dict[str, Any]:
    declared = cell.declared
    return {
        "institution_id": cell.institution_id,
        "institution": institution["name"],
        "district": institution["district"],
        "tier": institution["tier"],
        **of_clause,
        "status": cell.status,
        "source": cell.source,
        **figure,
        "because": None if cell.computed is None else _both(cell.computed.because),
        "since": cell.since,
        "since_or_earlier": cell.since_is_open,
        "declared_status": declared.status if declared else None,
        "declared_on": declared.checked_on.isoformat() if declared else None,
        "declared_by": declared.checked_by if declared else None,
        "evidence": declared.evidence if declared else None,
        "contradiction": cell.is_contradicted,
    }


def _add_intervals(rows: Sequence[dict[str, Any]]) -> None:
    """Add 95 % intervals (Wilson) to shares of cases, in one go."""
    shares = [row for row in rows if row["is_rate"] and row["value"] is not None]
    low, high = wilson_interval(
        [round(row["numerator"]) for row in shares], [round(row["denominator"]) for row in shares]
    )
    for row in rows:
        row["low"] = row["high"] = None
    for row, lower, upper in zip(shares, low.tolist(), high.tolist(), strict=True):
        row["low"], row["high"] = lower, upper


def figure_of(cell: Cell, scope: Scope) -> dict[str, Any]:
    """Return the figure as a reader may see it, with ``is_rate`` for a share of cases.

    A rate over too few is shown to nobody, what it is made of to those alone who may see records. For
    others small counts of cases are hidden and the rest rounded (:mod:`analytics.measures.suppress`); what
    an institution says of itself, on its list or in what it publishes, is no count of cases.
    """
    verdict, rule = cell.computed, rules().get(cell.clause)
    nothing = {"value": None, "numerator": None, "denominator": None, "masked": False, "is_rate": False}
    if verdict is None or rule is None or verdict.numerator is None:
        return nothing
    figure = Figures(verdict.numerator, verdict.denominator)
    is_rate, limit = rule.form.is_rate and bool(rule.form.tallies), count_limit(scope, settings())
    over = verdict.numerator if verdict.denominator is None else verdict.denominator
    if rule.form.is_rate and 0 < over < settings().rate_hidden_below:
        seen = scope.audience == "records"
        shown = {"numerator": verdict.numerator, "denominator": verdict.denominator} if seen else {}
        return nothing | shown | {"masked": True}
    if limit and rule.form.tallies:
        if any(is_small(count, limit) for count in counts_of(figure)):
            return nothing | {"masked": True}
        figure = rounded(figure, limit)
    value = figure.numerator if figure.denominator is None else None
    if figure.denominator:
        value = (figure.numerator or 0) / figure.denominator
    return {
        "value": value,
        "numerator": figure.numerator,
        "denominator": figure.denominator,
        "masked": False,
        "is_rate": is_rate,
    }


def _meta(snapshot: Snapshot, scope: Scope, table: ClauseTable) -> dict[str, Any]:
    more = {"unit": "institution", "institutions": len(table.institutions)}
    return _facts(snapshot, scope, table.as_of) | more


def _facts(snapshot: Snapshot, scope: Scope, day: date) -> dict[str, Any]:
    return {
        "as_of": day.isoformat(),
        "window_months": WINDOW_MONTHS,
        "scope": str(scope),
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
