"""Turn questions into statements: one scan answers all measures of one fact, cut and selection."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    distinct,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import True_

from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.measures.declare import Measure, Totals
from analytics.measures.facts import MONTHLY_TOTALS, Fact
from analytics.store.schema import CLIENT_TAGS, MONTHLY, SERVICES


def records_statement(
    measures: Sequence[Measure], by: Sequence[str], selection: Selection, scope: Scope, period: Period
) -> Select[Any]:
    """Select the groups, then numerator and denominator of each measure, from the records."""
    fact = measures[0].fact
    values: list[ColumnElement[Any]] = []
    for place, measure in enumerate(measures):
        numerator, denominator = _sums(measure)
        values += [numerator.label(f"n{place}"), denominator.label(f"d{place}")]
    return _grouped(fact, by, values).where(*conditions_of(fact, by, selection, scope, period))


def quantile_statement(
    measure: Measure, by: Sequence[str], selection: Selection, scope: Scope, period: Period
) -> Select[Any]:
    """Select the groups with the sorted values of each as ``sorted_values`` and their count as ``n``."""
    from analytics.store.engines.functions import sorted_values

    values = [func.count(measure.numerator).label("n"), sorted_values(measure.numerator).label("sorted")]
    statement = _grouped(measure.fact, by, values)
    conditions = conditions_of(measure.fact, by, selection, scope, period)
    return statement.where(measure.numerator.is_not(None), *conditions)


def count_statement(
    measure: Measure, by: Sequence[str], selection: Selection, scope: Scope, period: Period
) -> Select[Any]:
    """Select the groups with the number of values in each."""
    statement = _grouped(measure.fact, by, [func.count(measure.numerator).label("n")])
    return statement.where(*conditions_of(measure.fact, by, selection, scope, period))


def totals_statement(
    totals: Sequence[Totals], by: Sequence[str], selection: Selection, scope: Scope, period: Period
) -> Select[Any]:
    """Select the groups, then what monthly totals add to each measure."""
    flag = _totals_flag(by, selection, needs_channel=any(part.needs_channel for part in totals))
    values: list[ColumnElement[Any]] = []
    for place, part in enumerate(totals):
        keep = true() if part.where is None else part.where
        values.append(_sum_where(keep, part.numerator).label(f"n{place}"))
        over = part.numerator if part.denominator is None else part.denominator
        values.append(_sum_where(keep, over).label(f"d{place}"))
    statement = _grouped(MONTHLY_TOTALS, by, values)
    return statement.where(flag, *conditions_of(MONTHLY_TOTALS, by, selection, scope, period))


def left_out_statement(selection: Selection, scope: Scope, period: Period) -> Select[Any]:
    """Select the services in monthly totals that a cut or filter they lack keeps out."""
    known = {name: codes for name, codes in selection.filters if name in MONTHLY_TOTALS.columns}
    kept = Selection.of(selection.period, **known)
    flag = _totals_flag((), kept, needs_channel=False)
    total = func.coalesce(func.sum(MONTHLY.current.c.services), 0)
    return select(total).where(flag, *conditions_of(MONTHLY_TOTALS, (), kept, scope, period))


def totals_can_tell(by: Sequence[str], selection: Selection) -> bool:
    """Say whether monthly totals know every dimension of a question."""
    asked = {*by, *(name for name, _ in selection.filters)}
    has_sub_service = any("." in (code or "") for code in selection.get("service"))
    return asked <= set(MONTHLY_TOTALS.columns) and not has_sub_service


def _totals_flag(by: Sequence[str], selection: Selection, *, needs_channel: bool) -> ColumnElement[bool]:
    asked = {*by, *(name for name, _ in selection.filters)}
    by_service = bool(asked & {"service", "service_group"})
    by_channel = needs_channel or "channel" in asked
    columns = MONTHLY.current.c
    if by_service and by_channel:
        return columns.counts_by_both
    if by_service:
        return columns.counts_by_service
    return columns.counts_by_channel if by_channel else columns.counts_plain


def _sums(measure: Measure) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    keep = true() if measure.where is None else measure.where
    if measure.denominator is not None:
        keep_over = keep if _is_number(measure.denominator) else and_(keep, measure.denominator)
        return _sum_where(keep_over, measure.numerator), _sum_where(keep, measure.denominator)
    if measure.kind == "distinct" and not _is_number(measure.numerator):
        return _sum_where(keep, measure.numerator), func.count()
    if measure.kind == "distinct":
        return func.count(distinct(measure.numerator)), func.count()
    return _sum_where(keep, measure.numerator), func.count()


def _is_number(expression: ColumnElement[Any]) -> bool:
    return not isinstance(expression.type, Boolean)


def _sum_where(keep: ColumnElement[bool], expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """Sum a number over the rows kept, or count the rows kept for which a condition holds.

    A count of what a condition leaves takes two thirds of the time of a sum of ones.
    """
    if isinstance(keep, True_) and isinstance(expression, True_):
        return func.count()
    if _is_number(expression):
        return func.coalesce(func.sum(case((keep, func.coalesce(expression, 0)), else_=0)), 0)
    return func.count(case((and_(keep, expression), 1)))


def _grouped(fact: Fact, by: Sequence[str], values: Sequence[ColumnElement[Any]]) -> Select[Any]:
    source: FromClause = fact.table
    if "key_tag" in by:
        source = source.outerjoin(CLIENT_TAGS, CLIENT_TAGS.c.client_id == fact.table.c.client_id)
    groups = [fact.columns[name].label(f"by_{name}") for name in by]
    return select(*groups, *values).select_from(source).group_by(*groups)


def conditions_of(
    fact: Fact, by: Sequence[str], selection: Selection, scope: Scope, period: Period
) -> list[ColumnElement[bool]]:
    """Return which rows of a fact count: of the period, within the scope, as the filters choose."""
    month = fact.columns["month"]
    conditions = [month >= period.first_month, month <= period.last_month]
    if scope.kind != "city":
        conditions.append(fact.columns[scope.kind] == scope.code)
    for name, codes in selection.filters:
        conditions.append(_filter(fact, name, codes, joined="key_tag" in by))
    return conditions


def _filter(fact: Fact, name: str, codes: tuple[str | None, ...], *, joined: bool) -> ColumnElement[bool]:
    known = [code for code in codes if code is not None]
    if name == "key_tag" and not joined:
        tagged = select(CLIENT_TAGS.c.client_id)
        client = fact.table.c.client_id
        chosen: ColumnElement[bool] = client.in_(tagged.where(CLIENT_TAGS.c.key_tag.in_(known)))
        untagged = or_(client.is_(None), client.not_in(tagged))
        return or_(chosen, untagged) if None in codes else chosen
    column = fact.columns[name]
    parts = [column.is_(None)] if None in codes else []
    if name == "service" and fact.table is SERVICES.current:
        details = [code for code in known if "." in code]
        if details:
            parts.append(SERVICES.current.c.service_detail.in_(details))
        known = [code for code in known if "." not in code]
    if known:
        parts.append(column.in_(known))
    return or_(*parts) if parts else false()
