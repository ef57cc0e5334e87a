"""What the results amount to."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RESULTS

_rows = SERVICE_RESULTS.table.c

MEASURE = Measure(
    key="result_amount",
    kind="sum",
    name=Text(zh="成效金额", en="Amount of results"),
    definition=Text(
        zh="服务记录的成效金额之和。",
        en="Sum of the amounts of results.",
    ),
    unit=Text(zh="万元", en="10,000 yuan"),
    clauses=(
        Clause("6.1.14"),
        Clause("6.1.15"),
    ),
    fact=SERVICE_RESULTS,
    numerator=_rows.result_amount_10k_yuan,
    where=_rows.result_amount_10k_yuan.is_not(None),
)
