"""Share of rated services that the client rated satisfied or better."""

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, Totals, setting
from analytics.measures.facts import (
    HAS_RATINGS_IN_TOTALS,
    RATINGS_IN_TOTALS,
    SERVICE_RECORDS,
    ratings_in_totals,
)

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="satisfaction_rate",
    kind="proportion",
    name=Text(zh="满意率", en="Satisfaction rate"),
    definition=Text(
        zh="评价为“基本满意”及以上的件次（起点可在设置中更改）占已评价件次的比例。",
        en="Services rated 基本满意 or better (a setting) over rated services.",
    ),
    unit=SHARE,
    clauses=(
        Clause("6.1.3.c"),
        Clause("9.4"),
    ),
    counts_persons=True,
    fact=SERVICE_RECORDS,
    numerator=_rows.rated_level >= setting("satisfied_from"),
    denominator=_rows.rated_level.is_not(None),
    totals=Totals(
        numerator=ratings_in_totals(from_level=setting("satisfied_from")),
        denominator=RATINGS_IN_TOTALS,
        where=HAS_RATINGS_IN_TOTALS,
    ),
    higher_is_better=True,
    caveats=Text(
        zh="评价方式为“默认”的不算评价；请与评价率一并看。",
        en="Ratings by default are no ratings; read it with the response rate.",
    ),
)
