"""Share of concluded services that were completed."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="completed_rate",
    kind="proportion",
    name=Text(zh="办结率", en="Completed"),
    definition=Text(
        zh="办理结果为“办结”的件次占办结、转介、终止件次的比例。",
        en="Completed over completed, referred and ended services.",
    ),
    unit=SHARE,
    clauses=(Clause("7.4.2.3"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.outcome == "办结",
    denominator=_rows.outcome.in_(("办结", "转介", "终止")),
)
