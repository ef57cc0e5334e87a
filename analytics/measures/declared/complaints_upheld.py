"""How many complaints were upheld."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import CLIENT_COMPLAINTS

_rows = CLIENT_COMPLAINTS.table.c

MEASURE = Measure(
    key="complaints_upheld",
    kind="count",
    name=Text(zh="属实投诉量", en="Complaints upheld"),
    definition=Text(
        zh="经核实属实的投诉件数。",
        en="Complaints found to be true.",
    ),
    unit=Text(zh="件", en="complaints"),
    clauses=(Clause("9.2"),),
    fact=CLIENT_COMPLAINTS,
    numerator=_rows.is_upheld,
    higher_is_better=False,
)
