"""How many clients came for the first time."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="new_clients",
    kind="distinct",
    name=Text(zh="新服务对象数", en="New clients"),
    definition=Text(
        zh="在全网络全部数据中首次接受服务落在时段内的服务对象数。",
        en="Clients whose first service in the whole network, over all data, falls in the period.",
    ),
    unit=Text(zh="家", en="clients"),
    clauses=(Clause("7.3.1.1.a"),),
    counts_persons=True,
    fact=SERVICE_RECORDS,
    numerator=_rows.is_clients_first,
    caveats=Text(
        zh="按首次服务的那条记录归组；数据开始的头几个月会偏高。",
        en="Grouped by that first record; the first months of data read high.",
    ),
)
