"""How many services were given."""

from sqlalchemy import true

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure, Totals
from analytics.measures.facts import MONTHLY_TOTALS, SERVICE_RECORDS

_totals = MONTHLY_TOTALS.table.c

MEASURE = Measure(
    key="services",
    kind="count",
    name=Text(zh="服务量", en="Services"),
    definition=Text(
        zh="受理时间在时段内的服务记录数；机构某月没有记录而有月报汇总的，计入汇总数。",
        en=(
            "Service records received in the period; where an institution holds only a monthly total "
            "for a month, that total counts."
        ),
    ),
    unit=Text(zh="件次", en="services"),
    clauses=(Clause("6.1.1"),),
    fact=SERVICE_RECORDS,
    numerator=true(),
    totals=Totals(numerator=_totals.services),
    caveats=Text(
        zh="所附说明给出其中来自月报汇总的比例。",
        en="The share that rests on monthly totals is given with each figure.",
    ),
)
