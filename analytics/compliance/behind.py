"""The rows that made a status: from a clause and an institution back to the ledgers."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Text, case, cast, func, literal, null, or_, select, true

from analytics.compliance.declare import Rule, Tally
from analytics.compliance.pool import Pooled
from analytics.compliance.rows import REPORTING
from analytics.compliance.rules import rules
from analytics.compliance.tallies import DAYS, bound_values_on, in_window, known_by
from analytics.core.selection import Scope
from analytics.measures.within import seen_by
from analytics.standard.districts import CITYWIDE
from analytics.store.schema import (
    EVIDENCE,
    EXPERTS,
    FILES,
    INSTITUTIONS,
    LEDGERS,
    MONTHLY,
    PUBLICATIONS,
    SERVICES,
    Ledger,
)
from analytics.store.snapshot import Snapshot

# What names a row to its keeper; never a client or person.
_NUMBERS = {
    "services": "record_id",
    "activities": "activity_id",
    "assignments": "assignment_id",
    "complaints": "complaint_id",
    "evaluations": "evaluation_id",
    "monthly": "service",
}


def rows_behind(
    snapshot: Snapshot,
    clause: str,
    institution: str,
    *,
    scope: Scope,
    as_of: date | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return the rows that a clause's status at an institution was computed from.

    Readers who may not see records get none. Each row tells ``kind``, ``number``, ``day``, ``counts`` (the
    number of the tally it counts for: the first is what is asked for), ``batch_id``, ``file``, ``sheet`` and
    ``source_row``. What comes from the list of institutions, published lists or 规范自查 is a row of that.
    """
    if scope.audience != "records":
        return []
    day = as_of or date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    rule = rules().get(clause)
    found = [] if rule is None else _of_rule(snapshot, rule, institution, scope, day, limit)
    return found + _declared(snapshot, clause, institution, scope, day, limit)


def _of_rule(
    snapshot: Snapshot, rule: Rule, institution: str, scope: Scope, day: date, limit: int
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, tally in enumerate(rule.form.tallies):
        if tally.ledger.kind in LEDGERS:
            found += _of_tally(snapshot, tally, number, institution, scope, day, limit)
    kinds = {name.split(".")[0] for name in rule.fields}
    if "publications" in kinds:
        found += _listed(snapshot, PUBLICATIONS, institution, scope, day, limit)
    if "institutions" in kinds:
        found += _listed(snapshot, INSTITUTIONS, institution, scope, day, limit)
    if any(tally.ledger is REPORTING for tally in rule.form.tallies):
        found += _months(snapshot, institution, scope, day, limit)
    if isinstance(rule.form, Pooled):
        found += _pool(snapshot, institution, scope, day, limit)
    return found


def _months(
    snapshot: Snapshot, institution: str, scope: Scope, day: date, limit: int
) -> list[dict[str, Any]]:
    """Return one row a month of what made it a month reported: a record, a monthly total."""
    found: list[dict[str, Any]] = []
    for ledger, name in ((SERVICES, SERVICES.current.c.record_id), (MONTHLY, MONTHLY.current.c.month)):
        table = ledger.current.c
        conditions = [table.institution_id == institution, *in_window(ledger, day), *seen_by(scope, table)]
        latest = select(func.max(table.version_id)).where(*conditions).group_by(table.month)
        statement = _placed(ledger, 0, name, cast(table.month, Text)).where(table.version_id.in_(latest))
        found += _fetched(snapshot, statement.order_by(table.month.desc()).limit(limit), day)
    return found


def _pool(snapshot: Snapshot, institution: str, scope: Scope, day: date, limit: int) -> list[dict[str, Any]]:
    """Return the rows of the experts on the list on the day whose pool the institution manages, by number."""
    table, listed = EXPERTS.current.c, INSTITUTIONS.current.c
    area = select(listed.district).where(listed.institution_id == institution).scalar_subquery()
    conditions = [
        func.coalesce(table.district, CITYWIDE) == area,
        table.registered_on <= day,
        or_(table.left_on.is_(None), table.left_on > day),
        *seen_by(scope, table),
    ]
    statement = _placed(EXPERTS, 0, table.expert_id, cast(table.registered_on, Text)).where(*conditions)
    return _fetched(snapshot, statement.order_by(table.expert_id).limit(limit), day)


def _of_tally(
    snapshot: Snapshot, tally: Tally, number: int, institution: str, scope: Scope, day: date, limit: int
) -> list[dict[str, Any]]:
    ledger, table = tally.ledger, tally.ledger.current.c
    counted = known_by(tally)
    is_number = not isinstance(counted.type, Boolean)
    conditions = [table.institution_id == institution, *in_window(ledger, day), *seen_by(scope, table)]
    conditions.append(counted > 0 if is_number else counted)
    moment = table[DAYS[ledger.kind].removesuffix("_day")] if ledger.kind in DAYS else table.month
    statement = _placed(ledger, number, table[_NUMBERS[ledger.kind]], cast(moment, Text)).where(*conditions)
    return _fetched(snapshot, statement.order_by(moment.desc()).limit(limit), day)


def _declared(
    snapshot: Snapshot, clause: str, institution: str, scope: Scope, day: date, limit: int
) -> list[dict[str, Any]]:
    table = EVIDENCE.current.c
    statement = _placed(EVIDENCE, 0, table.status, cast(table.checked_on, Text)).where(
        table.institution_id == institution,
        table.clause_id == clause,
        table.checked_on <= day,
        *seen_by(scope, EVIDENCE.current.c),
    )
    return _fetched(snapshot, statement.order_by(table.checked_on.desc()).limit(limit), day)


def _listed(
    snapshot: Snapshot, ledger: Ledger, institution: str, scope: Scope, day: date, limit: int
) -> list[dict[str, Any]]:
    table = ledger.current.c
    is_list = ledger is PUBLICATIONS
    name = table.list_kind if is_list else table.institution_id
    moment: ColumnElement[Any] = cast(table.published_on if is_list else table.opened_on, Text)
    conditions = [table.institution_id == institution, *seen_by(scope, ledger.current.c)]
    return _fetched(snapshot, _placed(ledger, 0, name, moment).where(*conditions).limit(limit), day)


def _placed(ledger: Ledger, number: int, name: ColumnElement[Any], moment: ColumnElement[Any]) -> Any:
    rows, table = ledger.rows, ledger.current
    shown: ColumnElement[Any] = name
    if ledger is SERVICES:
        shown = case((table.c.is_confidential == true(), cast(null(), Text)), else_=name)
    columns = (
        literal(ledger.kind).label("kind"), shown.label("number"), moment.label("day"),
        literal(str(number)).label("counts"), rows.c.batch_id, FILES.c.name.label("file"), rows.c.sheet,
        rows.c.source_row,
    )  # fmt: skip
    joined = table.join(rows, rows.c.version_id == table.c.version_id).join(
        FILES, FILES.c.file_id == rows.c.file_id
    )
    return select(*columns).select_from(joined)


def _fetched(snapshot: Snapshot, statement: Any, day: date) -> list[dict[str, Any]]:
    found = snapshot.rows(statement, bound_values_on(snapshot, day))
    return [{**row, "counts": int(row["counts"])} for row in found]
