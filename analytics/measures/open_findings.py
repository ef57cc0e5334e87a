"""Findings that are open: what current rows contradict in other ledgers, and where each of them stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Text,
    and_,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    true,
    union_all,
)

from analytics.core.errors import UserError
from analytics.core.periods import parse_period
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text as Words
from analytics.store.schema import (
    FILES,
    INDUSTRY_SYNONYMS,
    INSTITUTIONS,
    LEDGERS,
    OPEN_FINDINGS,
    SERVICES,
    TURNED_AWAY,
)
from analytics.store.snapshot import Snapshot

# What findings can be chosen by: the month of the fact and the institution that gave it.
DIMENSIONS = ("district", "tier", "institution", "operator_type", "township")


def open_findings(
    snapshot: Snapshot,
    *,
    scope: Scope,
    selection: Selection | None = None,
    code: str | None = None,
    limit: int = 1000,
) -> list[dict[str, Any]]:
    """Return the open findings a reader may see, by rule, file and row.

    Parameters
    ----------
    scope : Scope
        Who asks. A row that waits for its institution belongs to no district yet: only the city sees it.
    selection : Selection, optional
        Months and institutions to look at; a fact without a month (a target) counts in the whole period only.
    code : str, optional
        One rule alone.
    limit : int
        At most so many.

    Returns
    -------
    list of dict
        ``code``, ``kind``, ``value``, ``detail``, ``institution_id``, ``month``, ``batch_id``, ``file``,
        ``sheet``, ``source_row`` and ``counts`` (false where the settings turn the row away). ``value`` is
        empty for records whose client asked for confidence.

    Raises
    ------
    UserError
        When the selection filters by what findings do not know (see :data:`DIMENSIONS`).
    """
    conditions = _conditions(snapshot, scope, selection or Selection(), code)
    # Synonyms name nothing in other ledgers, and stores of an earlier version lack their table.
    parts = [_placed(kind, conditions) for kind in LEDGERS if kind != INDUSTRY_SYNONYMS.kind]
    found = union_all(*parts).subquery("found")
    order = [found.c[name] for name in ("code", "file", "batch_id", "sheet", "source_row")]
    return snapshot.rows(select(found).order_by(*order).limit(limit))


def count_open_findings(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return how many findings are open, by rule and ledger: ``code``, ``kind``, ``count``.

    Arguments and errors as of :func:`open_findings`.
    """
    table = OPEN_FINDINGS.c
    counted = (
        select(table.code, table.kind, func.count().label("count"))
        .select_from(_with_institution())
        .where(*_conditions(snapshot, scope, selection or Selection(), None))
        .group_by(table.code, table.kind)
        .order_by(table.code, table.kind)
    )
    return snapshot.rows(counted)


def by_institution(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return how many findings are open, by rule and institution: ``code``, ``institution_id``, ``count``.

    Arguments and errors as of :func:`open_findings`. The most frequent stand first.
    """
    table = OPEN_FINDINGS.c
    counted = (
        select(table.code, table.institution_id, func.count().label("count"))
        .select_from(_with_institution())
        .where(*_conditions(snapshot, scope, selection or Selection(), None))
        .group_by(table.code, table.institution_id)
        .order_by(func.count().desc(), table.code, table.institution_id)
    )
    return snapshot.rows(counted)


def _with_institution() -> FromClause:
    listed = INSTITUTIONS.current
    return OPEN_FINDINGS.outerjoin(listed, listed.c.institution_id == OPEN_FINDINGS.c.institution_id)


def _placed(kind: str, conditions: list[ColumnElement[bool]]) -> Select[Any]:
    """Return the findings about one ledger with the place of their rows."""
    rows, table = LEDGERS[kind].rows, OPEN_FINDINGS.c
    away = exists().where(TURNED_AWAY.c.kind == kind, TURNED_AWAY.c.version_id == table.version_id)
    value: ColumnElement[Any] = table.value
    if kind == SERVICES.kind:
        value = case((rows.c.is_confidential == true(), cast(null(), Text)), else_=value)
    source = (
        _with_institution()
        .join(rows, and_(rows.c.version_id == table.version_id, table.kind == kind))
        .join(FILES, FILES.c.file_id == rows.c.file_id)
    )
    named = (table.code, table.kind, value.label("value"), table.detail, table.institution_id, table.month)
    place = (rows.c.batch_id, FILES.c.name.label("file"), rows.c.sheet, rows.c.source_row)
    return select(*named, *place, (~away).label("counts")).select_from(source).where(*conditions)


def _conditions(
    snapshot: Snapshot, scope: Scope, selection: Selection, code: str | None
) -> list[ColumnElement[bool]]:
    listed = INSTITUTIONS.current.c
    columns: dict[str, ColumnElement[Any]] = {"institution": OPEN_FINDINGS.c.institution_id}
    columns |= {name: listed[name] for name in DIMENSIONS if name != "institution"}
    conditions = [] if scope.kind == "city" else [columns[scope.kind] == scope.code]
    if scope.kind == "institution":
        # A number that is on no list is nobody's yet.
        conditions.append(listed.institution_id.is_not(None))
    conditions += _within_period(snapshot, selection.period)
    for name, codes in selection.filters:
        if name not in columns:
            raise _cannot_filter(name)
        known = [code for code in codes if code is not None]
        unknown = [columns[name].is_(None)] if None in codes else []
        conditions.append(or_(columns[name].in_(known), *unknown))
    if code is not None:
        conditions.append(OPEN_FINDINGS.c.code == code)
    return conditions


def _within_period(snapshot: Snapshot, text: str) -> list[ColumnElement[bool]]:
    if text == "all":
        return []
    known, month = snapshot.about, OPEN_FINDINGS.c.month
    period = parse_period(
        text,
        first_month=known.get("first_month", "2000-01"),
        last_month=known.get("last_month", "1999-12"),
        last_full_month=known.get("last_full_month", "1999-12"),
    )
    return [month >= period.first_month, month <= period.last_month]


def _cannot_filter(name: str) -> UserError:
    known = (*DIMENSIONS, "period")
    return UserError(
        Words(
            zh=f"数据问题不能按“{name}”筛选。",
            en=f"Open findings cannot be filtered by ‘{name}’.",
        ),
        Words(zh="可用：" + "、".join(known), en="Possible: " + ", ".join(known)),
    )
