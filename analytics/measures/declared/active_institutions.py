"""How many institutions gave at least one service."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="active_institutions",
    kind="distinct",
    name=Text(zh="有服务机构数", en="Active institutions"),
    definition=Text(
        zh="时段内至少有一条服务记录的机构数。",
        en="Institutions with at least one service record in the period.",
    ),
    unit=Text(zh="家", en="institutions"),
    clauses=(Clause("3.2"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.institution_id,
    caveats=Text(
        zh="只有月报汇总的机构不在其内。",
        en="Institutions that hold monthly totals only are not in it.",
    ),
)
