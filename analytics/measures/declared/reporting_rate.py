"""Share of open institutions that reported, month by month."""

from sqlalchemy import or_

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure
from analytics.measures.facts import REPORTING_MONTHS

_rows = REPORTING_MONTHS.table.c

MEASURE = Measure(
    key="reporting_rate",
    kind="proportion",
    name=Text(zh="报送率", en="Reporting rate"),
    definition=Text(
        zh="有服务记录或月报汇总的机构月数占在运行机构月数的比例；机构在该月最后一天仍开放即为在运行。",
        en=(
            "Institution-months with records or totals over institution-months open; a month counts "
            "when the institution was open on its last day."
        ),
    ),
    unit=SHARE,
    clauses=(Clause("7.4.3.4"),),
    fact=REPORTING_MONTHS,
    numerator=or_(_rows.has_records, _rows.has_totals),
    denominator=_rows.is_open,
    higher_is_better=True,
)
