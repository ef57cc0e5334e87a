"""The facts measures are taken over, and the dimensions each can be cut by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, case, cast, func, or_

from analytics.store.schema import (
    ACTIVITIES,
    ASSIGNMENTS,
    CLIENT_TAGS,
    COMPLAINTS,
    INSTITUTION_MONTHS,
    MONTHLY,
    SERVICES,
)


@dataclass(frozen=True, slots=True, eq=False)
class Fact:
    """A table of current facts with the column of each dimension it knows.

    ``key_tag`` is the one dimension with several values a row; its column is another table's,
    joined by the client.
    """

    name: str
    table: Table
    columns: Mapping[str, ColumnElement[Any]]


def _fact(table: Table, *more: str) -> Fact:
    cuts = ("year", "quarter", "month", "district", "tier", "institution", "operator_type", "township", *more)
    names = {"institution": "institution_id"}
    columns = {cut: table.c[names.get(cut, cut)] for cut in cuts}
    return Fact(table.name, table, MappingProxyType(columns))


def _with_tags(table: Table, *more: str) -> Fact:
    fact = _fact(table, *more)
    return Fact(table.name, table, MappingProxyType({**fact.columns, "key_tag": CLIENT_TAGS.c.key_tag}))


SERVICE_RECORDS = _with_tags(
    SERVICES.current,
    "client_district",
    "service",
    "service_group",
    "topic",
    "ip_type",
    "channel",
    "client_type",
    "industry",
)
SERVICE_RESULTS = Fact(
    "services",
    SERVICES.current,
    MappingProxyType({**SERVICE_RECORDS.columns, "result_kind": SERVICES.current.c.result_kind}),
)
SERVICE_RATINGS = Fact(
    "services",
    SERVICES.current,
    MappingProxyType({**SERVICE_RECORDS.columns, "rating": cast(SERVICES.current.c.rated_level, Text)}),
)
MONTHLY_TOTALS = _fact(MONTHLY.current, "service", "service_group", "channel")
EXPERT_ASSIGNMENTS = _fact(ASSIGNMENTS.current)
_assigned = ASSIGNMENTS.current.c
_days = _assigned.responded_at_day - _assigned.notified_at_day
# From here on days to the answer are one group.
MOST_ANSWER_DAYS = 10
EXPERT_WORK = Fact(
    "assignments",
    ASSIGNMENTS.current,
    MappingProxyType(
        {
            **EXPERT_ASSIGNMENTS.columns,
            "expert": _assigned.expert_id,
            "assignment_form": _assigned.form,
            "answer_days": cast(case((_days > MOST_ANSWER_DAYS, MOST_ANSWER_DAYS), else_=_days), Text),
        }
    ),
)
CLIENT_COMPLAINTS = _fact(COMPLAINTS.current)
HELD_ACTIVITIES = _fact(ACTIVITIES.current)
REPORTING_MONTHS = _fact(INSTITUTION_MONTHS)


def ratings_in_totals(*, from_level: ColumnElement[int]) -> ColumnElement[int]:
    """Return how many ratings of a monthly total are of ``from_level`` (1 to 5) or better."""
    return _sum(case((from_level <= level, _count(level)), else_=0) for level in (1, 2, 3, 4, 5))


def _count(level: int) -> ColumnElement[int]:
    return func.coalesce(MONTHLY.current.c[f"rating_{level}"], 0)


def _sum(parts: Iterable[ColumnElement[int]]) -> ColumnElement[int]:
    return reduce(add, parts)


RATINGS_IN_TOTALS = _sum(_count(level) for level in (1, 2, 3, 4, 5))
HAS_RATINGS_IN_TOTALS = or_(*(MONTHLY.current.c[f"rating_{level}"].is_not(None) for level in (1, 2, 3, 4, 5)))
