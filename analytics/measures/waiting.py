"""What waits: bad ratings not followed up in time, and complaints with what became of them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select

from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.measures import registry
from analytics.measures.declare import about, setting
from analytics.measures.evaluate import EVER, asked_period, bound_values, protected
from analytics.measures.facts import CLIENT_COMPLAINTS, SERVICE_RECORDS
from analytics.measures.plan import conditions_of
from analytics.measures.result import Figures, Key
from analytics.measures.suppress import limit_for
from analytics.store.schema import CALENDAR
from analytics.store.snapshot import Snapshot

_EPOCH = date(1970, 1, 1)
# What is late by more working days than this is told apart: about a month.
LONG_WORKDAYS = 20


def late_follow_ups(snapshot: Snapshot, *, scope: Scope, selection: Selection) -> list[dict[str, Any]]:
    """Return the institutions with bad ratings whose deadline passed without contact, by number.

    As of the last day of the service ledgers; the deadline is ``bad_rating_contact_within_days`` working
    days after the rating, else after receipt (a local choice).

    Parameters
    ----------
    selection : Selection
        Records received in its period that fit its filters.

    Returns
    -------
    list of dict
        ``institution``; ``waiting``, of ``due`` bad ratings whose deadline passed or that were contacted;
        ``long``, how many of those that wait are late by more than :data:`LONG_WORKDAYS`; ``since``, the day
        of the oldest that waits, and ``late_workdays``, by how many working days it is late; ``masked``.
        Readers who may not see records get small numbers masked and no ages.

    Raises
    ------
    UserError
        When the period is not understood.
    """
    rows, days = SERVICE_RECORDS.table.c, setting("bad_rating_contact_within_days")
    now = about("services_last_worked_until")
    passed = rows.bad_rating_worked_until + days <= now
    contacted = rows.bad_rating_contacted_at_day.is_not(None)
    waits = and_(passed, ~contacted)
    values = [
        func.sum(case((waits, 1), else_=0)).label("waiting"),
        func.sum(case((passed | contacted, 1), else_=0)).label("due"),
        func.sum(
            case((and_(waits, rows.bad_rating_worked_until + days + LONG_WORKDAYS < now), 1), else_=0)
        ).label("long"),
        func.min(case((waits, rows.bad_rating_day))).label("since"),
        func.min(case((waits, rows.bad_rating_worked_until + days))).label("deadline"),
    ]
    statement = (
        select(rows.institution_id, *values).where(rows.rated_level <= 2).group_by(rows.institution_id)
    )
    found = _asked(snapshot, statement, SERVICE_RECORDS, selection, scope)
    held = {row["institution_id"]: row for row in found if row["waiting"] and row["institution_id"]}
    return _shown(snapshot, held, scope)


def complaints_received(snapshot: Snapshot, *, scope: Scope, selection: Selection) -> list[dict[str, Any]]:
    """Return complaints by institution and category, with what became of them as of the data's last day.

    Parameters
    ----------
    selection : Selection
        Complaints received in its period; filters that the complaints' ledger lacks are no good here.

    Returns
    -------
    list of dict
        ``institution``, ``category`` (code of the catalogue, ``None`` where not recorded), ``received``,
        ``upheld``, ``not_upheld`` (the rest is not decided), ``closed``, ``improved`` (upheld, with a day on
        which the improvement was done), ``late`` (open for more than ``complaint_close_within_days`` working
        days, a local choice) and ``late_workdays``, by how many the oldest of these is late.

    Raises
    ------
    UserError
        When the period is not understood.
    """
    rows, days = CLIENT_COMPLAINTS.table.c, setting("complaint_close_within_days")
    closed = rows.closed_at_day.is_not(None)
    deadline = CALENDAR.c.worked_until + days
    is_late = and_(~closed, deadline < about("services_last_worked_until"))
    conditions = {
        "received": rows.complaint_id.is_not(None),
        "upheld": rows.is_upheld,
        "not_upheld": ~rows.is_upheld,
        "closed": closed,
        "improved": and_(rows.is_upheld, rows.improved_on.is_not(None)),
        "late": is_late,
    }
    values = [func.sum(case((condition, 1), else_=0)).label(name) for name, condition in conditions.items()]
    groups = (rows.institution_id, rows.category)
    statement = (
        select(*groups, *values, func.min(case((is_late, deadline))).label("deadline"))
        .select_from(CLIENT_COMPLAINTS.table.outerjoin(CALENDAR, CALENDAR.c.day == rows.received_at_day))
        .group_by(*groups)
        .order_by(*groups)
    )
    now = _now(snapshot)
    return [
        {
            "institution": row["institution_id"],
            "category": row["category"],
            **{name: int(row[name]) for name in conditions},
            "late_workdays": None if row["deadline"] is None else now - int(row["deadline"]),
        }
        for row in _asked(snapshot, statement, CLIENT_COMPLAINTS, selection, scope)
    ]


def _asked(
    snapshot: Snapshot, statement: Any, fact: Any, selection: Selection, scope: Scope
) -> list[dict[str, Any]]:
    period = EVER if selection.period == "all" else asked_period(snapshot, selection.period)
    limited = statement.where(*conditions_of(fact, (), selection, scope, period))
    return snapshot.rows(limited, bound_values(snapshot))


def _shown(snapshot: Snapshot, held: dict[str, dict[str, Any]], scope: Scope) -> list[dict[str, Any]]:
    """Return the rows as a reader may see them: one case's age would tell of one client."""
    measure = registry.get("bad_rating_followed_up_rate")
    figures: dict[Key, Figures] = {
        (code,): Figures(float(row["waiting"]), float(row["due"])) for code, row in held.items()
    }
    shown, hidden, _ = protected(measure, figures, scope)
    is_guarded, now = bool(limit_for(scope, measure, settings())), _now(snapshot)
    made = []
    for (code,), figure in sorted(shown.items(), key=str):
        row, masked = held[str(code)], (code,) in hidden
        ages = masked or is_guarded
        made.append({
            "institution": code,
            "waiting": None if masked else round(figure.numerator or 0),
            "due": None if masked else round(figure.denominator or 0),
            "long": None if ages else int(row["long"]),
            "since": None if ages else (_EPOCH + timedelta(days=int(row["since"]))).isoformat(),
            "late_workdays": None if ages else now - int(row["deadline"]),
            "masked": masked,
        })  # fmt: skip
    return made


def _now(snapshot: Snapshot) -> int:
    return int(snapshot.about.get("services_last_worked_until", 0))
