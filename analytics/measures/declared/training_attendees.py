"""How many persons attended trainings."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import HELD_ACTIVITIES

_rows = HELD_ACTIVITIES.table.c

MEASURE = Measure(
    key="training_attendees",
    kind="count",
    name=Text(zh="培训人次", en="Training attendances"),
    definition=Text(
        zh="培训参加人数之和。",
        en="Sum of attendees of trainings.",
    ),
    unit=Text(zh="人次", en="attendances"),
    clauses=(Clause("6.1.11"),),
    fact=HELD_ACTIVITIES,
    numerator=_rows.attendees,
    where=_rows.activity_kind == "培训",
    caveats=Text(
        zh="计人次，不计人数。",
        en="Attendances, not people.",
    ),
)
