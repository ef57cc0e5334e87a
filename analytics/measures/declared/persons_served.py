"""How many persons were served, counted at each service."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure, Totals
from analytics.measures.facts import MONTHLY_TOTALS, SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c
_totals = MONTHLY_TOTALS.table.c

MEASURE = Measure(
    key="persons_served",
    kind="count",
    name=Text(zh="服务人次", en="Persons served"),
    definition=Text(
        zh="时段内服务记录的服务人次之和，未填按 1 人次；含月报汇总的服务人次。",
        en="Sum of persons served over service records, 1 where not given; monthly totals included.",
    ),
    unit=Text(zh="人次", en="persons"),
    clauses=(Clause("6.1.2"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.persons_served,
    totals=Totals(numerator=_totals.persons_served, where=_totals.persons_served.is_not(None)),
    caveats=Text(
        zh="同一人多次接受服务计多次。",
        en="One person served several times counts several times.",
    ),
)
