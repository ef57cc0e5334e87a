"""Assignments that no expert has answered although their time is up."""

from sqlalchemy import and_, case

from analytics.core.text import Clause, Text
from analytics.measures.declare import Measure, about, setting, setting_text
from analytics.measures.facts import EXPERT_WORK

_rows = EXPERT_WORK.table.c
_days = setting("expert_answer_within_days")

MEASURE = Measure(
    key="expert_overdue",
    kind="count",
    name=Text(zh="专家逾期未响应派单", en="Assignments overdue"),
    definition=Text(
        zh="没有响应，且期限（接到通知后 2 日，设置可选日历日或工作日）不晚于派单台账最后日期的派单数。",
        en=(
            "Assignments without an answer that were due (2 days after notification, calendar or working "
            "days by setting) by the last day of that ledger."
        ),
    ),
    unit=Text(zh="次", en="assignments"),
    clauses=(Clause("8.4.c"),),
    fact=EXPERT_WORK,
    numerator=and_(
        _rows.responded_at_day.is_(None),
        case(
            (
                setting_text("expert_answer_days") == "working",
                _rows.notified_worked_until + _days <= about("assignments_last_worked_until"),
            ),
            else_=_rows.notified_at_day + _days <= about("assignments_last_day"),
        ),
    ),
    higher_is_better=False,
)
