"""Rules of chapter 9, and of reporting: evaluation, complaints and improvement."""

from __future__ import annotations

from sqlalchemy import and_, or_

from analytics.compliance.declare import Kinds, Rule, Share, Tally
from analytics.compliance.rows import REPORTING, C, E, complaints, evaluations, of_measure
from analytics.core.text import Text

_HAS_FINDINGS = E.findings.is_not(None)
_months = REPORTING.current.c
_REPORTED = and_(_months.is_open, or_(_months.has_records, _months.has_totals))

RULES = (
    Rule(
        clause="9.1",
        asks=Text(
            zh="近 12 个月内部评价和外部评价是否都有",
            en="Both an internal and an external evaluation in twelve months",
        ),
        form=Kinds(
            tuple(evaluations(E.evaluation_kind == kind) for kind in ("内部", "外部")), all_asked=True
        ),
        fields=("evaluations.kind", "evaluations.evaluated_on"),
        at_least=1.0,
    ),
    Rule(
        clause="9.2",
        asks=Text(zh="投诉已办结的比例", en="Complaints that were closed"),
        form=Share(complaints(C.closed_at_day.is_not(None)), complaints()),
        fields=("complaints.received_at", "complaints.closed_at"),
    ),
    Rule(
        clause="9.3",
        asks=Text(zh="评价发现的问题已完成改进的比例", en="Findings of evaluations that were improved"),
        form=Share(
            evaluations(and_(_HAS_FINDINGS, E.improved_on_day.is_not(None))), evaluations(_HAS_FINDINGS)
        ),
        fields=("evaluations.findings", "evaluations.improved_on"),
    ),
    Rule(
        clause="9.4",
        asks=Text(zh="满意率", en="Satisfaction rate"),
        form=of_measure("satisfaction_rate"),
        fields=("services.rating", "monthly.rated"),
    ),
    Rule(
        clause="7.4.3.4",
        asks=Text(zh="近 12 个月已报送的月份比例", en="Months of the last twelve with anything reported"),
        form=Share(Tally(REPORTING, _REPORTED), Tally(REPORTING, _months.is_open)),
        fields=("services.received_at", "monthly.month"),
    ),
)
