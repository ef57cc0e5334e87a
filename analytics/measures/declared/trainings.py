"""How many trainings were held."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import HELD_ACTIVITIES

_rows = HELD_ACTIVITIES.table.c

MEASURE = Measure(
    key="trainings",
    kind="count",
    name=Text(zh="培训场次", en="Trainings"),
    definition=Text(
        zh="举办日期在时段内的培训场数。",
        en="Activities of kind training held in the period.",
    ),
    unit=Text(zh="场", en="trainings"),
    clauses=(Clause("6.1.11"),),
    fact=HELD_ACTIVITIES,
    numerator=_rows.activity_kind == "培训",
)
