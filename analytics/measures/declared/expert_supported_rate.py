"""Share of services in which a volunteer expert took part."""

from sqlalchemy import true

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="expert_supported_rate",
    kind="proportion",
    name=Text(zh="专家参与服务占比", en="Services with an expert"),
    definition=Text(
        zh="服务台账中填有志愿服务专家编号的件次占服务件次的比例。",
        en="Services whose record names a volunteer expert over services.",
    ),
    unit=SHARE,
    clauses=(Clause("8.3"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.expert_id.is_not(None),
    denominator=true(),
    caveats=Text(
        zh="只计服务台账；没有填写专家编号的，看作没有专家参与。月报汇总不计入。",
        en="From service ledgers alone; where no expert is named, none took part. Monthly totals stay out.",
    ),
)
