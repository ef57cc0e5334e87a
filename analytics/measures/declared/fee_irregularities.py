"""How many basic services were charged for without a basis."""

from sqlalchemy import and_

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="fee_irregularities",
    kind="count",
    name=Text(zh="收费异常件次", en="Charges without a basis"),
    definition=Text(
        zh="基础服务中收费金额大于 0 且没有收费依据的件次。",
        en="Basic services with a fee above 0 and no basis given.",
    ),
    unit=Text(zh="件次", en="services"),
    clauses=(
        Clause("6.1.9.c"),
        Clause("6.1.10.c"),
        Clause("7.4.2.1"),
    ),
    fact=SERVICE_RECORDS,
    numerator=and_(_rows.fee_yuan > 0, _rows.fee_basis.is_(None), _rows.service_group == "basic"),
    higher_is_better=False,
)
