"""How often volunteer experts were called upon."""

from sqlalchemy import true

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import EXPERT_WORK

MEASURE = Measure(
    key="expert_assignments",
    kind="count",
    name=Text(zh="专家派单数", en="Expert assignments"),
    definition=Text(
        zh="志愿服务专家派单记录数，按通知时间计入所属月份。",
        en="Assignments of volunteer experts, in the month of their notification.",
    ),
    unit=Text(zh="次", en="assignments"),
    clauses=(Clause("8.2.d"), Clause("8.4.c")),
    fact=EXPERT_WORK,
    numerator=true(),
)
