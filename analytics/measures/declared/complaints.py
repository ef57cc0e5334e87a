"""How many complaints came in."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import CLIENT_COMPLAINTS

_rows = CLIENT_COMPLAINTS.table.c

MEASURE = Measure(
    key="complaints",
    kind="count",
    name=Text(zh="投诉量", en="Complaints"),
    definition=Text(
        zh="收到时间在时段内的投诉件数。",
        en="Complaints received in the period.",
    ),
    unit=Text(zh="件", en="complaints"),
    clauses=(Clause("9.2"),),
    fact=CLIENT_COMPLAINTS,
    numerator=_rows.complaint_id.is_not(None),
)
