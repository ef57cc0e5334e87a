"""How many services were rated, and at which of the five levels."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RATINGS

_rows = SERVICE_RATINGS.table.c

MEASURE = Measure(
    key="ratings",
    kind="count",
    name=Text(zh="评价件次", en="Ratings"),
    definition=Text(
        zh="已评价的服务记录数，可按非常满意至非常不满意五级分组。",
        en="Rated service records; can be cut by the five levels from very satisfied to very dissatisfied.",
    ),
    unit=Text(zh="件次", en="ratings"),
    clauses=(Clause("6.1.3.c"), Clause("9.4")),
    counts_persons=True,
    fact=SERVICE_RATINGS,
    where=_rows.rated_level.is_not(None),
    numerator=_rows.record_id.is_not(None),
    caveats=Text(
        zh="评价方式为“默认”的不算评价；只含逐条记录，不含月报汇总。",
        en="Ratings by default are no ratings; single records only, without monthly totals.",
    ),
)
