"""Share of concluded services that were referred on."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="referral_rate",
    kind="proportion",
    name=Text(zh="转介率", en="Referred"),
    definition=Text(
        zh="办理结果为“转介”的件次占办结、转介、终止件次的比例。",
        en="Referred over completed, referred and ended services.",
    ),
    unit=SHARE,
    clauses=(Clause("6.1.5.d"),),
    fact=SERVICE_RECORDS,
    numerator=_rows.outcome == "转介",
    denominator=_rows.outcome.in_(("办结", "转介", "终止")),
)
