"""Share of services answered within the promised or usual time."""

from sqlalchemy import func

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, setting, within_workdays
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c

MEASURE = Measure(
    key="answered_in_time_rate",
    kind="proportion",
    name=Text(zh="按时响应率", en="Answered in time"),
    definition=Text(
        zh=(
            "在承诺时限内响应（未承诺的按设置，默认 2 个工作日）的件次占受理与响应时间齐全件次的比例；"
            "按日期判断，最后一天全天有效。"
        ),
        en=(
            "Answered within the promised days (else within the setting, 2 working days) over "
            "records with both times; judged by date, the last day counting in full."
        ),
    ),
    unit=SHARE,
    clauses=(Clause("7.4.2.2"),),
    fact=SERVICE_RECORDS,
    numerator=within_workdays(
        start_day=_rows.received_at_day,
        start_worked_until=_rows.received_worked_until,
        end_day=_rows.responded_at_day,
        end_next_worked=_rows.responded_next_worked,
        days=func.coalesce(_rows.promised_days, setting("answer_within_days")),
    ),
    denominator=_rows.responded_at_day.is_not(None),
    higher_is_better=True,
    caveats=Text(
        zh="2 个工作日是本地约定，标准只对专家规定 2 日。",
        en="Two working days are a local choice; the text sets 2 days for experts only.",
    ),
)
