"""Days from the notification of an expert to the answer."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import EXPERT_WORK

_rows = EXPERT_WORK.table.c

MEASURE = Measure(
    key="expert_answer_days",
    kind="quantile",
    name=Text(zh="专家响应天数", en="Days to an expert's answer"),
    definition=Text(
        zh="从通知到响应的日历天数，按日期计（当天响应为 0 天）；只计已响应的派单。",
        en="Calendar days from notification to answer, by date (0: the same day); answered assignments only.",
    ),
    unit=Text(zh="天", en="days"),
    clauses=(Clause("8.4.c"),),
    fact=EXPERT_WORK,
    numerator=_rows.responded_at_day - _rows.notified_at_day,
    quantiles=(0.5, 0.9),
    higher_is_better=False,
    caveats=Text(
        zh="没有响应的派单不在其中，应与按时响应率一并看。",
        en="Those never answered are not in it: read it beside the share answered in time.",
    ),
)
