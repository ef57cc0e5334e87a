"""Rules of loading that ledgers break: in rows that count today, and in rows that were rejected."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, Date, FromClause, Select, and_, cast, func, inspect, null, or_, select

from analytics.core.selection import Scope, Selection
from analytics.measures.evaluate import EVER, asked_period
from analytics.measures.open_findings import by_institution
from analytics.measures.within import seen_by
from analytics.store.current import in_force
from analytics.store.schema import BATCHES, INDUSTRY_REFS, INSTITUTIONS, LEDGERS, PROBLEMS, Ledger
from analytics.store.snapshot import Snapshot

_UNKNOWN_INDUSTRY = "E416"
_PLACES = ("district", "tier", "operator_type", "township")


def rules_broken(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return how often current rows break a rule, by rule and institution, the most frequent first.

    Keys: ``code``, ``institution_id`` (none: the ledger names no institution, or a row waits for its own)
    and ``count``. What was found in a row when it came counts while that row is current; what contradicts
    other ledgers while it does. Of one rule in one sheet no more than the findings listed on import
    count: 1,000.

    Parameters
    ----------
    selection : Selection, optional
        Months of the facts and institutions; rows without a month count in the whole period only.
    """
    asked = selection or Selection()
    found: Counter[tuple[str, str | None]] = Counter()
    for row in by_institution(snapshot, scope=scope, selection=asked):
        found[row["code"], row["institution_id"]] += int(row["count"])
    with snapshot.connect() as connection:
        there = set(inspect(connection).get_table_names())
        # A store of an earlier version lacks the tables of kinds that came since.
        for ledger in (ledger for ledger in LEDGERS.values() if ledger.rows.name in there):
            has_synonyms = INDUSTRY_REFS.name in there
            statement = _on_import(snapshot, ledger, scope, asked, has_synonyms=has_synonyms)
            for code, number, count in connection.execute(statement) if statement is not None else ():
                found[code, number] += int(count)
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))
    return [{"code": code, "institution_id": number, "count": count} for (code, number), count in ordered]


def rows_rejected(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return how many rows were rejected under each rule, of batches in force that came within the period.

    Keys: ``code``, ``kind``, ``rows``. A row that breaks two rules counts under both; one corrected and sent
    again since still counts. Whose rows they are nobody knows for certain: only readers of the whole city
    are told, and only where no institutions are chosen.
    """
    asked = selection or Selection()
    if scope.kind != "city" or any(name in (*_PLACES, "institution") for name, _ in asked.filters):
        return []
    table = PROBLEMS.c
    conditions: list[ColumnElement[bool]] = [
        table.severity == "reject", table.source_row.is_not(None), table.batch_id.in_(in_force()),
    ]  # fmt: skip
    if asked.period != "all":
        period = asked_period(snapshot, asked.period)
        came = select(BATCHES.c.batch_id).where(
            cast(BATCHES.c.imported_at, Date).between(period.first_day, period.last_day)
        )
        conditions.append(table.batch_id.in_(came))
    statement = select(table.code, table.kind, func.count().label("rows")).where(*conditions)
    statement = statement.group_by(table.code, table.kind)
    return snapshot.rows(statement.order_by(func.count().desc(), table.code, table.kind))


def _on_import(
    snapshot: Snapshot, ledger: Ledger, scope: Scope, asked: Selection, *, has_synonyms: bool
) -> Select[Any] | None:
    """Select the findings about a ledger's current rows; ``None`` where a reader or choice leaves none."""
    facts, rows = ledger.current, ledger.rows
    names = facts.c
    listed = INSTITUTIONS.current.alias("listed")
    source: FromClause = PROBLEMS.join(
        rows,
        and_(
            rows.c.file_id == PROBLEMS.c.file_id,
            rows.c.sheet == PROBLEMS.c.sheet,
            rows.c.source_row == PROBLEMS.c.source_row,
        ),
    ).join(facts, facts.c.version_id == rows.c.version_id)
    conditions = [PROBLEMS.c.kind == ledger.kind, PROBLEMS.c.severity == "finding", ~_is_across()]
    number: ColumnElement[Any] = null()
    if "institution_id" in names:
        number = names.institution_id
        source = source.outerjoin(listed, listed.c.institution_id == number)
    elif scope.kind != "city" or asked.filters:
        return None
    period = EVER if asked.period == "all" else asked_period(snapshot, asked.period)
    if asked.period != "all":
        if "month" not in names:
            return None
        conditions.append(names.month.between(period.first_month, period.last_month))
    conditions += seen_by(scope, listed.c) + (_still_unknown(rows) if has_synonyms else [])
    for name, codes in asked.filters:
        if name not in (*_PLACES, "institution"):
            continue
        column = number if name == "institution" else listed.c[name]
        conditions.append(column.in_([code for code in codes if code is not None]))
    groups = (PROBLEMS.c.code, number) if "institution_id" in names else (PROBLEMS.c.code,)
    counted = select(PROBLEMS.c.code, number.label("number"), func.count()).select_from(source)
    return counted.where(*conditions).group_by(*groups)


def _still_unknown(rows: FromClause) -> list[ColumnElement[bool]]:
    """Leave out names of industries that a synonym has explained since the row came."""
    if "industry_text" not in rows.c:
        return []
    refs = INDUSTRY_REFS.c
    known = select(refs.text).where(refs.part == "industry", refs.meant.is_not(None))
    return [or_(PROBLEMS.c.code != _UNKNOWN_INDUSTRY, rows.c.industry_text.not_in(known))]


def _is_across() -> ColumnElement[bool]:
    """Say whether a problem is about other ledgers: these are judged anew and stand among open findings."""
    return PROBLEMS.c.code.like("E6%")
