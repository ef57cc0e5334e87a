"""Share of rated services that the client rated well satisfied or better."""

from sqlalchemy import literal

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, Totals
from analytics.measures.facts import (
    HAS_RATINGS_IN_TOTALS,
    RATINGS_IN_TOTALS,
    SERVICE_RECORDS,
    ratings_in_totals,
)

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="well_satisfied_rate",
    kind="proportion",
    name=Text(zh="非常满意和满意率", en="Well-satisfied rate"),
    definition=Text(
        zh="评价为“满意”及以上的件次占已评价件次的比例。",
        en="Services rated 满意 or better over rated services.",
    ),
    unit=SHARE,
    clauses=(
        Clause("6.1.3.c"),
        Clause("9.4"),
    ),
    counts_persons=True,
    fact=SERVICE_RECORDS,
    numerator=_rows.rated_level >= 4,
    denominator=_rows.rated_level.is_not(None),
    totals=Totals(
        numerator=ratings_in_totals(from_level=literal(4)),
        denominator=RATINGS_IN_TOTALS,
        where=HAS_RATINGS_IN_TOTALS,
    ),
    higher_is_better=True,
    caveats=Text(
        zh="评价方式为“默认”的不算评价；请与评价率一并看。",
        en="Ratings by default are no ratings; read it with the response rate.",
    ),
)
