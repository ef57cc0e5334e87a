"""The pool of volunteer experts as a clause sees it: their own ledger names no institution that runs them.

An area's experts are counted for its district institution, experts without an area for the city's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from analytics.compliance.declare import Case, Form
from analytics.compliance.verdict import NOTHING, Verdict, of_share
from analytics.core.selection import Scope
from analytics.core.text import Text
from analytics.store.schema import EXPERTS
from analytics.store.snapshot import Snapshot

PoolFigure = Literal["qualified", "recommended", "officials", "left", "struck_off"]
_LICENCE = "专利代理师"
_LEAST_YEARS = 3
# Offices whose people need their consent (8.1.e), as 单位类型 names them.
_OFFICES = ("行政", "机关", "司法", "法院", "检察", "公安", "政府")
_NO_OFFICIALS = Text(
    zh="没有行政或司法部门的专家", en="no expert comes from an administrative or judicial office"
)


@dataclass(frozen=True, slots=True)
class Pooled(Form):
    """A figure of the experts whom an institution manages."""

    figure: PoolFigure

    @property
    def is_rate(self) -> bool:
        """Shares of a pool are, numbers of those who left are not."""
        return self.figure not in ("left", "struck_off")

    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """Judge the share; those who left are a number on record."""
        part, whole = case.pool.get(self.figure, (0.0, 0.0))
        if threshold is None:
            return Verdict("recorded", part) if part else NOTHING
        if self.figure == "officials" and not whole:
            return Verdict("not_applicable", because=_NO_OFFICIALS)
        return of_share(part, whole, threshold)


def pools(
    snapshot: Snapshot, institutions: Sequence[Mapping[str, Any]], *, scope: Scope, as_of: date
) -> dict[str, dict[str, tuple[float, float]]]:
    """Return each managing institution's figures as (part, whole)."""
    managers = _managers(institutions)
    found: dict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    with snapshot.connect() as connection:
        for district, *numbers in connection.execute(_statement(scope, as_of)):
            manager = managers.get(district or "all") or managers.get("all")
            if manager is None:
                continue
            active, qualified, recommended, officials, agreed, left, struck_off = (
                float(number or 0) for number in numbers
            )
            shares = {
                "qualified": (qualified, active), "recommended": (recommended, active),
                "officials": (agreed, officials), "left": (left, 0.0), "struck_off": (struck_off, 0.0),
            }  # fmt: skip
            for name, (part, whole) in shares.items():
                before = found[manager].get(name, (0.0, 0.0))
                found[manager][name] = (before[0] + part, before[1] + whole)
    return dict(found)


def is_qualified(table: Any) -> ColumnElement[bool]:
    """Return the condition of 8.1.b on rows of the list of experts: three years, and the licence."""
    has_licence: ColumnElement[bool] = table.licences.contains(_LICENCE, autoescape=True)
    return and_(table.experience_years >= _LEAST_YEARS, has_licence)


def is_official(table: Any) -> ColumnElement[bool]:
    """Return the condition that an expert comes from an administrative or judicial office (8.1.e)."""
    return or_(*(table.employer_type.contains(word, autoescape=True) for word in _OFFICES))


def _managers(institutions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the institution that stands for each area: the public-service centre before a branch."""
    found: dict[str, str] = {}
    of_tier = [row for row in institutions if row["tier"] in ("市级", "区级")]
    for row in sorted(of_tier, key=lambda row: (row["category"] == "快速协同保护", row["institution_id"])):
        found.setdefault(row["district"], row["institution_id"])
    return found


def _statement(scope: Scope, as_of: date) -> Any:
    table = EXPERTS.current.c
    listed = table.registered_on <= as_of
    stays = and_(listed, or_(table.left_on.is_(None), table.left_on > as_of))
    year_before = date(as_of.year - 1, as_of.month, min(as_of.day, 28))
    left = and_(table.left_on <= as_of, table.left_on > year_before)
    qualified, official = is_qualified(table), is_official(table)
    wanted = (
        stays, and_(stays, qualified), and_(stays, table.is_recommended),
        and_(stays, official), and_(stays, official, table.is_recommended),
        and_(left, or_(table.leave_reason.is_(None), table.leave_reason != "除名")),
        and_(left, table.leave_reason == "除名"),
    )  # fmt: skip
    sums = [func.sum(case((condition, 1), else_=0)) for condition in wanted]
    statement = select(table.district, *sums).group_by(table.district)
    if scope.kind == "district":
        return statement.where(table.district == scope.code)
    # One institution's readers manage no pool.
    return statement if scope.kind == "city" else statement.where(table.expert_id.is_(None))
