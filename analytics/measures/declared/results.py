"""How many results services led to."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RESULTS

_rows = SERVICE_RESULTS.table.c

MEASURE = Measure(
    key="results",
    kind="count",
    name=Text(zh="服务成效数", en="Results"),
    definition=Text(
        zh="有成效类型的服务记录数。",
        en="Service records with a kind of result.",
    ),
    unit=Text(zh="项", en="results"),
    clauses=(
        Clause("6.1.14"),
        Clause("6.1.15"),
        Clause("7.3.2.1.a"),
    ),
    fact=SERVICE_RESULTS,
    numerator=_rows.result_kind.is_not(None),
)
