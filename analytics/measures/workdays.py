"""Which answers rest on working days, and in which of their years only weekdays could be counted."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Column, Table
from sqlalchemy.sql.visitors import iterate

from analytics.core.periods import Period
from analytics.core.settings import settings
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.store.snapshot import Snapshot

_ORDINALS = ("_worked_until", "_next_worked")
_CHOICE = "setting_expert_answer_days"


def workday_note(snapshot: Snapshot, measure: Measure, period: Period) -> dict[str, Any]:
    """Return what ``meta`` says of a measure of working days: the years without a statutory calendar.

    In those years Monday to Friday count as worked. Other measures have no such entry.
    """
    if not _counts_workdays(measure.key, settings().expert_answer_days):
        return {}
    first = int(snapshot.about.get("workdays_known_from") or 0)
    last = int(snapshot.about.get("workdays_known_to") or 9999)
    years = sorted({int(month[:4]) for month in period.months})
    return {"workdays_by_weekday_only": [year for year in years if not first <= year <= last]}


@lru_cache(maxsize=128)
def _counts_workdays(key: str, expert_answer_days: str) -> bool:
    """Say whether a declaration compares ordinals of working days, where its setting asks for them."""
    measure = registry.get(key)
    parts = [part for part in (measure.numerator, measure.denominator) if part is not None]
    found = [element for part in parts for element in iterate(part)]
    if any(isinstance(element, BindParameter) and element.key == _CHOICE for element in found):
        return expert_answer_days == "working"
    return any(
        isinstance(element, Column) and isinstance(element.table, Table) and element.name.endswith(_ORDINALS)
        for element in found
    )
