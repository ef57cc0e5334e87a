"""Share of assignments that experts answered within two days."""

from sqlalchemy import case, or_

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, about, setting, setting_text, within_workdays
from analytics.measures.facts import EXPERT_ASSIGNMENTS

_rows = EXPERT_ASSIGNMENTS.table.c
_days = setting("expert_answer_within_days")

MEASURE = Measure(
    key="expert_answered_in_time_rate",
    kind="proportion",
    name=Text(zh="专家 2 日内响应率", en="Experts answering within 2 days"),
    definition=Text(
        zh=(
            "接到通知后 2 日内（设置可选日历日或工作日）响应的派单占可判断派单的比例；已响应，"
            "或期限不晚于派单台账最后日期的，为可判断。"
        ),
        en=(
            "Answered within 2 days of notification (calendar or working days by setting) over "
            "assignments that can be judged: answered, or due by the last day of that ledger."
        ),
    ),
    unit=SHARE,
    clauses=(Clause("8.4.c"),),
    fact=EXPERT_ASSIGNMENTS,
    numerator=case(
        (
            setting_text("expert_answer_days") == "working",
            within_workdays(
                start_day=_rows.notified_at_day,
                start_worked_until=_rows.notified_worked_until,
                end_day=_rows.responded_at_day,
                end_next_worked=_rows.responded_next_worked,
                days=_days,
            ),
        ),
        else_=_rows.responded_at_day <= _rows.notified_at_day + _days,
    ),
    denominator=or_(
        _rows.responded_at_day.is_not(None),
        case(
            (
                setting_text("expert_answer_days") == "working",
                _rows.notified_worked_until + _days <= about("assignments_last_worked_until"),
            ),
            else_=_rows.notified_at_day + _days <= about("assignments_last_day"),
        ),
    ),
    higher_is_better=True,
    caveats=Text(
        zh="“日”默认按日历日；只有日期的按天判断。",
        en="日 is read as calendar days unless set otherwise; dates without times are judged by day.",
    ),
)
