"""Share of completed services concluded within the promised days."""

from sqlalchemy import and_

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, within_workdays
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="on_time_completion_rate",
    kind="proportion",
    name=Text(zh="按期办结率", en="Completed on time"),
    definition=Text(
        zh="在承诺时限（工作日）内办结的件次占有办结时间和承诺时限的办结件次的比例；按日期判断。",
        en=(
            "Completed within the promised working days over completed records that have both; "
            "judged by date."
        ),
    ),
    unit=SHARE,
    clauses=(Clause("7.4.3.1.e"),),
    fact=SERVICE_RECORDS,
    numerator=within_workdays(
        start_day=_rows.received_at_day,
        start_worked_until=_rows.received_worked_until,
        end_day=_rows.completed_at_day,
        end_next_worked=_rows.completed_next_worked,
        days=_rows.promised_days,
    ),
    denominator=and_(
        _rows.outcome == "办结",
        _rows.completed_at_day.is_not(None),
        _rows.promised_days.is_not(None),
    ),
    higher_is_better=True,
)
