"""Can figures be trusted: which fields are filled in, how fresh ledgers are, which names nobody resolved."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, inspect, or_, select

from analytics.core.selection import Scope, Selection
from analytics.measures.evaluate import EVER, asked_period
from analytics.measures.facts import HELD_ACTIVITIES, REPORTING_MONTHS, SERVICE_RECORDS, Fact
from analytics.measures.plan import conditions_of
from analytics.measures.within import seen_by
from analytics.standard.industries import industries_by_key
from analytics.standard.resolve import resolve_industry
from analytics.store.schema import (
    ACTIVITIES,
    ASSIGNMENTS,
    CLIENTS,
    COMPLAINTS,
    EVALUATIONS,
    EVIDENCE,
    INDUSTRY_REFS,
    INSTITUTION_MONTHS,
    INSTITUTIONS,
    MONTHLY,
    PUBLICATIONS,
    SERVICES,
    Ledger,
)
from analytics.store.snapshot import Snapshot

# Columns of the service ledger that are not required of every row, the starter ones first.
FIELDS = (
    "client_type", "rating", "channel", "client_id", "industry", "client_district", "topic", "ip_type",
    "responded_at", "completed_at", "outcome", "promised_days", "followed_up_at", "expert_id", "fee_yuan",
)  # fmt: skip
_STORED = {name: f"{name}_day" for name in ("responded_at", "completed_at", "followed_up_at")}
# What dates the rows of each ledger.
_DATED = (
    (SERVICES, "received_at"), (ASSIGNMENTS, "notified_at"), (ACTIVITIES, "held_on"),
    (COMPLAINTS, "received_at"), (EVALUATIONS, "evaluated_on"), (PUBLICATIONS, "published_on"),
    (EVIDENCE, "checked_on"), (MONTHLY, "month"),
)  # fmt: skip
# A longer text is no name, and to look for known ones within it takes time.
_LONGEST_NAME = 200


def completeness(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None, by: str | None = None
) -> list[dict[str, Any]]:
    """Return, for each field of the service ledger, how many records give it.

    Keys: ``field``, ``filled``, ``records``, and the group under ``by`` (``institution``, ``month`` …).
    What a ledger does not have at all counts as not filled: 未采集; so does what only the list of clients
    says of a record. An industry that nobody understood was filled in.
    """
    given = SERVICES.rows.c
    columns: dict[str, ColumnElement[Any]] = {name: given[_STORED.get(name, name)] for name in FIELDS}
    columns["industry"] = func.coalesce(given.industry_text, given.industry)
    group = [] if by is None else [SERVICE_RECORDS.columns[by].label("group")]
    facts = SERVICE_RECORDS.table
    statement = (
        select(
            *group,
            func.count().label("records"),
            *(func.count(column).label(name) for name, column in columns.items()),
        )
        .select_from(facts.join(SERVICES.rows, given.version_id == facts.c.version_id))
        .where(*_chosen(snapshot, SERVICE_RECORDS, scope, selection))
        .group_by(*group)
    )
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


def last_days(snapshot: Snapshot, *, scope: Scope) -> list[tuple[str, str]]:
    """Return the last day (ISO) that each ledger of dated rows tells of, as (kind, day)."""
    found = []
    for ledger, name in _DATED:
        column = ledger.current.c[name]
        statement = select(func.max(column).label("day")).where(*seen_by(scope, ledger.current.c))
        (row,) = snapshot.rows(statement)
        if row["day"] is not None:
            found.append((ledger.kind, str(row["day"])[:10]))
    return found


def unresolved_industries(snapshot: Snapshot, *, scope: Scope, limit: int = 200) -> list[dict[str, Any]]:
    """Return industries as ledgers write them that nobody knows.

    Keys: ``kind``, ``text``, ``rows``, ``near`` and ``why``. None is dropped: the rows count, under an
    unknown industry (a record under its client's, where the list of clients knows that), until the bureau
    says in 产业同义词 what the words mean. ``why`` is ``unknown``, ``ambiguous`` (a fragment of several
    names) or ``several`` (names several at once); ``near`` are the industries it may mean. The most frequent
    of each ledger stand first; ``limit`` holds for each.
    """
    found = [row for ledger in (SERVICES, CLIENTS) for row in _unknown(snapshot, ledger, scope, limit)]
    found += _unknown_focus(snapshot, scope)[:limit]
    for row in found:
        meant = resolve_industry(row["text"][:_LONGEST_NAME])
        row |= {"near": list(meant.candidates), "why": meant.problem or "unknown"}
    return found


def _unknown(snapshot: Snapshot, ledger: Ledger, scope: Scope, limit: int) -> list[dict[str, Any]]:
    current, rows = ledger.current, ledger.rows
    unknown = [rows.c.industry.is_(None), rows.c.industry_text.is_not(None)]
    with snapshot.connect() as connection:
        # A store of an earlier version, which nothing was written to since, knows no synonyms.
        if inspect(connection).has_table(INDUSTRY_REFS.name):
            refs = INDUSTRY_REFS.c
            known = select(refs.text).where(refs.part == "industry", refs.meant.is_not(None))
            unknown.append(rows.c.industry_text.not_in(known))
    statement = (
        select(rows.c.industry_text.label("text"), func.count().label("rows"))
        .select_from(current.join(rows, rows.c.version_id == current.c.version_id))
        .where(*unknown, *seen_by(scope, current.c))
        .group_by(rows.c.industry_text)
        .order_by(func.count().desc(), rows.c.industry_text)
        .limit(limit)
    )
    return [{"kind": ledger.kind, **row} for row in snapshot.rows(statement)]


def _unknown_focus(snapshot: Snapshot, scope: Scope) -> list[dict[str, Any]]:
    """Return what institutions declare as focus and is no industry."""
    listed = INSTITUTIONS.current.c
    statement = select(listed.focus_industries).where(
        listed.focus_industries.is_not(None), *seen_by(scope, listed)
    )
    entries = (entry for row in snapshot.rows(statement) for entry in row["focus_industries"].split("、"))
    counts = Counter(entry for entry in entries if entry and entry not in industries_by_key())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"kind": INSTITUTIONS.kind, "text": text, "rows": rows} for text, rows in ordered]


def courses_held(
    snapshot: Snapshot, *, scope: Scope, selection: Selection | None = None
) -> list[dict[str, Any]]:
    """Return trainings by course: ``course``, ``sessions``, ``attendees``, ``returned``, ``satisfied``.

    ``returned`` and ``satisfied`` are of sessions that know both: as the measure of training satisfaction.
    Courses that were never held are not among them; trainings outside Appendix B stand under None.
    """
    table = ACTIVITIES.current.c
    both = and_(table.survey_returned.is_not(None), table.survey_satisfied.is_not(None))
    sums = [
        func.coalesce(func.sum(column), 0).label(name)
        for name, column in (
            ("attendees", table.attendees),
            ("returned", case((both, table.survey_returned))),
            ("satisfied", case((both, table.survey_satisfied))),
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
