"""Share of services given online."""

from sqlalchemy import case, true

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, Totals
from analytics.measures.facts import MONTHLY_TOTALS, SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c
_totals = MONTHLY_TOTALS.table.c

MEASURE = Measure(
    key="online_share",
    kind="proportion",
    name=Text(zh="线上服务占比", en="Online share"),
    definition=Text(
        zh="服务方式为“线上”的件次占服务件次的比例。",
        en="Services by 线上 over services.",
    ),
    unit=SHARE,
    clauses=(Clause("4.2"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.channel == "线上",
    denominator=true(),
    totals=Totals(
        numerator=case((_totals.channel == "线上", _totals.services), else_=0),
        denominator=_totals.services,
        needs_channel=True,
    ),
)
