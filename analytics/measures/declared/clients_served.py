"""How many different clients were served."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="clients_served",
    kind="distinct",
    name=Text(zh="服务对象数", en="Clients served"),
    definition=Text(
        zh="时段内服务记录中不同服务对象编号的个数。",
        en="Different client numbers among the service records of the period.",
    ),
    unit=Text(zh="家", en="clients"),
    clauses=(Clause("7.3.1.1.a"),),
    counts_persons=True,
    fact=SERVICE_RECORDS,
    numerator=_rows.client_id,
    caveats=Text(
        zh="没有服务对象编号的记录不计入；各组之和可能大于总数。",
        en="Records without a client number are left out; groups may add up to more than the whole.",
    ),
)
