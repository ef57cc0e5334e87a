"""Share of completed services that were followed up."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="followed_up_rate",
    kind="proportion",
    name=Text(zh="服务回访率", en="Followed up"),
    definition=Text(
        zh="有回访时间的件次占办结件次的比例。",
        en="Completed records with a follow-up date over completed records.",
    ),
    unit=SHARE,
    clauses=(Clause("7.4.2.5"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.followed_up_at_day.is_not(None),
    denominator=_rows.outcome == "办结",
    higher_is_better=True,
)
