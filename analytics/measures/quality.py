"""Can figures be trusted: which fields are filled in, how fresh ledgers are, which names nobody resolved."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from analytics.core.selection import Scope, Selection
from analytics.measures.evaluate import EVER, asked_period
from analytics.measures.facts import HELD_ACTIVITIES, REPORTING_MONTHS, SERVICE_RECORDS, Fact
from analytics.measures.plan import conditions_of
from analytics.measures.within import seen_by
from analytics.store.schema import ACTIVITIES, CLIENTS, INSTITUTION_MONTHS, INSTITUTIONS, SERVICES
from analytics.store.snapshot import Snapshot

# Columns of the service ledger that are not required of every row, the starter ones first.
FIELDS = (
    "client_type", "rating", "channel", "client_id", "industry", "client_district", "topic", "ip_type",
    "responded_at", "completed_at", "outcome", "promised_days", "followed_up_at", "expert_id", "fee_yuan",
)  # fmt: skip
_DAYS = {"responded_at": "responded_at_day", "completed_at": "completed_at_day"}
_DAYS["followed_up_at"] = "followed_up_at_day"


def completeness(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None, by: str | None = None
) -> list[dict[str, Any]]:
    """Return, for each field of the service ledger, how many records give it.

    Keys: ``field``, ``filled``, ``records``, and the group under ``by`` (``institution``, ``month`` …).
    What a ledger does not have at all counts as not filled: 未采集.
    """
    table = SERVICE_RECORDS.table.c
    sums = [
        func.sum(case((table[_DAYS.get(name, name)].is_not(None), 1), else_=0)).label(name) for name in FIELDS
    ]
    group = [] if by is None else [SERVICE_RECORDS.columns[by].label("group")]
    statement = select(*group, func.count().label("records"), *sums)
    statement = statement.where(*_chosen(snapshot, SERVICE_RECORDS, scope, selection)).group_by(*group)
    found = []
    for row in snapshot.rows(statement.order_by(*group)):
        common = {} if by is None else {by: row["group"]}
        found += [
            {**common, "field": name, "filled": int(row[name] or 0), "records": int(row["records"])}
            for name in FIELDS
        ]
    return found


def reporting(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None, by: str = "month"
) -> list[dict[str, Any]]:
    """Return institution-months reported and open, by month, area or institution: ``reported``, ``open``."""
    table = INSTITUTION_MONTHS.c
    has_reported = and_(table.is_open, or_(table.has_records, table.has_totals))
    group = REPORTING_MONTHS.columns[by]
    sums = [
        func.sum(case((condition, 1), else_=0)).label(name)
        for name, condition in (("reported", has_reported), ("open", table.is_open))
    ]
    statement = select(group.label(by), *sums).where(
        *_chosen(snapshot, REPORTING_MONTHS, scope, _places(selection))
    )
    return [
        {by: row[by], "reported": int(row["reported"]), "open": int(row["open"])}
        for row in snapshot.rows(statement.group_by(group).order_by(group))
    ]


def freshness(snapshot: Snapshot, *, scope: Scope) -> list[dict[str, Any]]:
    """Return, for each institution on the list, the last month it sent anything for.

    Keys: ``institution_id``, ``name``, ``district``, ``tier``, ``last_month`` (None: nothing ever) and
    ``closed_on``.
    """
    listed, months = INSTITUTIONS.current.c, INSTITUTION_MONTHS.c
    last = (
        select(months.institution_id, func.max(months.month).label("last_month"))
        .where(or_(months.has_records, months.has_totals))
        .group_by(months.institution_id)
        .subquery("last")
    )
    shown = (listed.institution_id, listed.name, listed.district, listed.tier, listed.closed_on)
    source = INSTITUTIONS.current.outerjoin(last, last.c.institution_id == listed.institution_id)
    statement = select(*shown, last.c.last_month).select_from(source).where(*seen_by(scope, listed))
    return snapshot.rows(statement.order_by(last.c.last_month, listed.institution_id))


def unresolved_industries(snapshot: Snapshot, *, scope: Scope, limit: int = 200) -> list[dict[str, Any]]:
    """Return industries as ledgers write them that no table of synonyms knows: ``kind``, ``text``, ``rows``.

    None is dropped: the rows count, under an unknown industry, until the table knows the word.
    """
    found: list[dict[str, Any]] = []
    for ledger in (SERVICES, CLIENTS):
        current, rows = ledger.current, ledger.rows
        unknown = (current.c.industry.is_(None), rows.c.industry_text.is_not(None))
        statement = (
            select(rows.c.industry_text.label("text"), func.count().label("rows"))
            .select_from(current.join(rows, rows.c.version_id == current.c.version_id))
            .where(*unknown, *seen_by(scope, current.c))
            .group_by(rows.c.industry_text)
            .order_by(func.count().desc(), rows.c.industry_text)
            .limit(limit)
        )
        found += [{"kind": ledger.kind, **row} for row in snapshot.rows(statement)]
    return found


def courses_held(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return trainings by course: ``course``, ``sessions``, ``attendees``, ``returned``, ``satisfied``.

    Courses that were never held are not among them; trainings outside Appendix B stand under None.
    """
    table = ACTIVITIES.current.c
    sums = [
        func.coalesce(func.sum(column), 0).label(name)
        for name, column in (
            ("attendees", table.attendees),
            ("returned", table.survey_returned),
            ("satisfied", table.survey_satisfied),
        )
    ]
    conditions = _chosen(snapshot, HELD_ACTIVITIES, scope, _places(selection))
    statement = select(table.course, func.count().label("sessions"), *sums).where(
        table.activity_kind == "培训", *conditions
    )
    return snapshot.rows(statement.group_by(table.course).order_by(table.course))


def _chosen(
    snapshot: Snapshot, fact: Fact, scope: Scope, selection: Selection | None
) -> list[ColumnElement[bool]]:
    asked = selection or Selection()
    period = EVER if asked.period == "all" else asked_period(snapshot, asked.period)
    return conditions_of(fact, (), asked, scope, period)


def _places(selection: Selection | None) -> Selection:
    """Keep what activities and months of reporting know: period and institutions."""
    if selection is None:
        return Selection()
    known = ("district", "tier", "institution", "operator_type", "township")
    return Selection(selection.period, tuple(one for one in selection.filters if one[0] in known))
