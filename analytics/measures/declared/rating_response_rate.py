"""Share of services that the client rated."""

from sqlalchemy import func, or_, true

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, Totals
from analytics.measures.facts import HAS_RATINGS_IN_TOTALS, MONTHLY_TOTALS, RATINGS_IN_TOTALS, SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c
_totals = MONTHLY_TOTALS.table.c

MEASURE = Measure(
    key="rating_response_rate",
    kind="proportion",
    name=Text(zh="评价率", en="Rating response rate"),
    definition=Text(
        zh="已评价件次占服务件次的比例。",
        en="Rated services over services.",
    ),
    unit=SHARE,
    clauses=(Clause("6.1.3.c"),),
    counts_persons=True,
    fact=SERVICE_RECORDS,
    numerator=_rows.rated_level.is_not(None),
    denominator=true(),
    totals=Totals(
        numerator=func.coalesce(_totals.rated, RATINGS_IN_TOTALS),
        denominator=_totals.services,
        where=or_(_totals.rated.is_not(None), HAS_RATINGS_IN_TOTALS),
    ),
    higher_is_better=True,
    caveats=Text(
        zh="评价率低时，满意率可能不代表全部服务对象。",
        en="Where it is low, satisfaction may not stand for all clients.",
    ),
)
