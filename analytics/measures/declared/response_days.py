"""How long clients waited for a response."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="response_days",
    kind="quantile",
    name=Text(zh="响应时长", en="Response time"),
    definition=Text(
        zh="从受理到响应的日历天数，给出中位数和第 90 百分位；只有日期的记录按整天计。",
        en=(
            "Calendar days from receipt to response, median and 90th percentile; records dated by "
            "day count whole days."
        ),
    ),
    unit=Text(zh="天", en="days"),
    clauses=(Clause("7.4.2.2"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.response_days,
    quantiles=(0.5, 0.9),
    higher_is_better=False,
    caveats=Text(
        zh="只含受理与响应时间都有的记录。",
        en="Only records with both times.",
    ),
)
