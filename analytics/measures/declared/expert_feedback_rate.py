"""Share of served assignments with written feedback."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import EXPERT_ASSIGNMENTS

_rows = EXPERT_ASSIGNMENTS.table.c

MEASURE = Measure(
    key="expert_feedback_rate",
    kind="proportion",
    name=Text(zh="专家书面反馈率", en="Expert feedback in writing"),
    definition=Text(
        zh="有反馈日期的派单占已服务派单的比例。",
        en="Served assignments with feedback over served assignments.",
    ),
    unit=SHARE,
    clauses=(Clause("8.4.d"),),
    fact=EXPERT_ASSIGNMENTS,
    numerator=_rows.feedback_on_day.is_not(None),
    denominator=_rows.served_on_day.is_not(None),
    higher_is_better=True,
)
