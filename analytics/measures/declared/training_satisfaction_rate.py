"""Share of returned training questionnaires that were satisfied."""

from sqlalchemy import and_

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import HELD_ACTIVITIES

_rows = HELD_ACTIVITIES.table.c

MEASURE = Measure(
    key="training_satisfaction_rate",
    kind="proportion",
    name=Text(zh="培训满意率", en="Training satisfaction"),
    definition=Text(
        zh="培训问卷中满意数占回收数的比例。",
        en="Satisfied over returned training questionnaires.",
    ),
    unit=SHARE,
    clauses=(Clause("6.1.11.c"),),
    fact=HELD_ACTIVITIES,
    numerator=_rows.survey_satisfied,
    denominator=_rows.survey_returned,
    where=and_(
        _rows.activity_kind == "培训",
        _rows.survey_returned.is_not(None),
        _rows.survey_satisfied.is_not(None),
    ),
    higher_is_better=True,
)
