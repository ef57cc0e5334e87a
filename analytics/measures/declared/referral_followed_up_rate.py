"""Share of referrals that were followed up."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="referral_followed_up_rate",
    kind="proportion",
    name=Text(zh="对接回访率", en="Referrals followed up"),
    definition=Text(
        zh="有对接回访时间的件次占转介件次的比例。",
        en="Referrals with a follow-up date over referrals.",
    ),
    unit=SHARE,
    clauses=(
        Clause("7.4.2.5"),
        Clause("6.1.5.e"),
        Clause("6.1.6.e"),
    ),
    fact=SERVICE_RECORDS,
    numerator=_rows.referral_followed_up_at_day.is_not(None),
    denominator=_rows.outcome == "转介",
    higher_is_better=True,
)
