"""Tallies that several rules share, and short ways to write the others."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, case, func, or_, true

from analytics.compliance.declare import Counted, Rule, Share, Tally
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.declare import Totals
from analytics.store.engines.functions import has_text
from analytics.store.schema import (
    ACTIVITIES,
    ASSIGNMENTS,
    CLIENT_TAGS,
    COMPLAINTS,
    EVALUATIONS,
    INSTITUTION_MONTHS,
    LEDGERS,
    MONTHLY,
    SERVICES,
    Ledger,
)

S = SERVICES.current.c
A = ACTIVITIES.current.c
X = ASSIGNMENTS.current.c
C = COMPLAINTS.current.c
E = EVALUATIONS.current.c
M = MONTHLY.current.c

# Not a ledger that anybody sends: which months an institution was open, and reported.
REPORTING = Ledger("institution_months", (), False, True, INSTITUTION_MONTHS, INSTITUTION_MONTHS)
_QUARTERS = (("01", "02", "03"), ("04", "05", "06"), ("07", "08", "09"), ("10", "11", "12"))
REFERRED = S.outcome == "转介"
COMPLETED = and_(S.completed_at_day.is_not(None), S.outcome == "办结")
PUBLICITY = A.activity_kind.in_(["集中宣传", "日常宣传"])
VISIT = A.activity_kind == "走访"
KEY_CLIENT = S.client_id.in_(
    CLIENT_TAGS.select().with_only_columns(CLIENT_TAGS.c.client_id).scalar_subquery()
)


def services(*conditions: ColumnElement[bool]) -> Tally:
    """Return a tally of service records."""
    return Tally(SERVICES, and_(true(), *conditions))


@lru_cache(maxsize=64)
def given(service: str) -> Tally:
    """Return the tally of records of one service, ``T03.1`` and the like included."""
    column = S.service_detail if "." in service else S.service
    return Tally(SERVICES, column == service)


@lru_cache(maxsize=64)
def totalled(service: str) -> Tally:
    """Return the tally of what monthly totals hold of a service, in months without a record."""
    column = M.service_detail if "." in service else M.service
    return Tally(MONTHLY, case((and_(M.counts_by_service, column == service), M.services), else_=0))


@lru_cache(maxsize=64)
def visited(quarter: int) -> Tally:
    """Return the tally of services given on visits in a quarter of the year, from 1."""
    return services(S.channel == "走访", func.substr(S.month, 6, 2).in_(_QUARTERS[quarter - 1]))


def activities(*conditions: ColumnElement[bool]) -> Tally:
    """Return a tally of activities."""
    return Tally(ACTIVITIES, and_(true(), *conditions))


def assignments(*conditions: ColumnElement[bool]) -> Tally:
    """Return a tally of experts' assignments."""
    return Tally(ASSIGNMENTS, and_(true(), *conditions))


# Whom experts worked for at all; shared, so that it is counted once.
ALL_ASSIGNMENTS = assignments()


def complaints(*conditions: ColumnElement[bool]) -> Tally:
    """Return a tally of complaints."""
    return Tally(COMPLAINTS, and_(true(), *conditions))


def evaluations(*conditions: ColumnElement[bool]) -> Tally:
    """Return a tally of evaluations."""
    return Tally(EVALUATIONS, and_(true(), *conditions))


def about(*words: str) -> ColumnElement[bool]:
    """Return the condition that a record's topic names one of ``words``."""
    return or_(*(has_text(S.topic, word) for word in words))


@lru_cache(maxsize=32)
def of_measure(key: str) -> Share:
    """Return the share that a measure of the catalogue counts: a clause and a page show the same."""
    measure = registry.get(key)
    if measure.denominator is None:
        raise ValueError(f"{key} has no denominator")
    ledger, whole, part = LEDGERS[measure.fact.name], measure.denominator, measure.numerator
    if isinstance(whole.type, Boolean):
        part = and_(whole, part)
    within: Any = true() if measure.where is None else measure.where
    sides = (Tally(ledger, _where(within, part)), Tally(ledger, _where(within, whole)))
    return Share(*sides, _in_totals(measure.totals))


def _in_totals(totals: Totals | None) -> tuple[Tally, Tally] | None:
    """Return what monthly totals add to a measure's numerator and denominator."""
    if totals is None or totals.denominator is None:
        return None
    within = M.counts_plain if totals.where is None else and_(M.counts_plain, totals.where)
    return Tally(MONTHLY, _where(within, totals.numerator)), Tally(
        MONTHLY, _where(within, totals.denominator)
    )


def _where(within: Any, counted: Any) -> ColumnElement[Any]:
    """Return what is counted of rows that a measure is about, rows that do or numbers to add."""
    if isinstance(counted.type, Boolean):
        return and_(within, counted)
    return case((within, counted), else_=0)


def service_rule(clause: str, service: str, zh: str, en: str) -> Rule:
    """Return the rule of a clause that asks for a service: its records are on record."""
    return Rule(
        clause=clause,
        asks=Text(zh=f"近 12 个月“{zh}”服务件次", en=f"Services of ‘{en}’ in twelve months"),
        form=Counted(given(service), (totalled(service),)),
        fields=("services.service", "monthly.services"),
    )


def topic_rule(clause: str, zh: str, en: str, *words: str) -> Rule:
    """Return the rule of a clause whose work ledgers name in 主题."""
    return Rule(
        clause=clause,
        asks=Text(
            zh=f"近 12 个月主题为“{zh}”的服务件次", en=f"Services in twelve months whose topic is {en}"
        ),
        form=Counted(services(about(*words))),
        fields=("services.topic",),
        note=Text(
            zh=f"按台账“主题”一栏是否含有“{'”“'.join(words)}”识别。",
            en=f"Known by the words {', '.join(words)} in the ledger's column 主题.",
        ),
    )


def referral_rule(clause: str, service: str, zh: str, en: str) -> Rule:
    """Return the rule of a clause that asks to refer clients to professional services."""
    return Rule(
        clause=clause,
        asks=Text(zh=f"近 12 个月“{zh}”中办理结果为转介的件次", en=f"Referrals among services of ‘{en}’"),
        form=Counted(services(S.service == service, REFERRED)),
        fields=("services.service", "services.outcome"),
    )


def referral_follow_up_rule(clause: str, service: str, zh: str, en: str) -> Rule:
    """Return the rule of a clause that asks to follow referrals up."""
    followed = services(S.service == service, REFERRED, S.referral_followed_up_at_day.is_not(None))
    return Rule(
        clause=clause,
        asks=Text(zh=f"“{zh}”转介后已回访的比例", en=f"Referrals from ‘{en}’ that were followed up"),
        form=Share(followed, services(S.service == service, REFERRED)),
        fields=("services.outcome", "services.referral_followed_up_at"),
        at_least=0.8,
        note=REGULARLY_FOLLOWED,
    )


REGULARLY_FOLLOWED = Text(
    zh="“定期”没有数字，默认八成以上为符合，可在设置中更改。",
    en="The text says ‘regularly’ without a number: 80 % by default, a setting.",
)


def quarters(counted: ColumnElement[bool]) -> tuple[Tally, ...]:
    """Return a tally of activities for each quarter of the year: twelve months hold each of them once."""
    numbers = func.substr(A.month, 6, 2)
    return tuple(activities(counted, numbers.in_(group)) for group in _QUARTERS)
