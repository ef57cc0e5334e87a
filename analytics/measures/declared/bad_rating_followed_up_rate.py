"""Share of bad ratings whose client was contacted in time."""

from sqlalchemy import and_, or_

from analytics.core.text import Clause, Text
from analytics.measures.declare import SHARE, Measure, about, setting, within_workdays
from analytics.measures.facts import SERVICE_RECORDS

_rows = SERVICE_RECORDS.table.c
_days = setting("bad_rating_contact_within_days")

MEASURE = Measure(
    key="bad_rating_followed_up_rate",
    kind="proportion",
    name=Text(zh="差评按时回访率", en="Bad ratings followed up in time"),
    definition=Text(
        zh=(
            "在期限内（设置，默认 5 个工作日）回访的差评占可判断差评的比例；"
            "自评价时间起算，没有则自受理时间起算。"
        ),
        en=(
            "Bad ratings contacted within the deadline (a setting, 5 working days) over those that "
            "can be judged; counted from the rating, else from receipt."
        ),
    ),
    unit=SHARE,
    clauses=(Clause("9.3"),),
    counts_persons=True,
    fact=SERVICE_RECORDS,
    numerator=within_workdays(
        start_day=_rows.bad_rating_day,
        start_worked_until=_rows.bad_rating_worked_until,
        end_day=_rows.bad_rating_contacted_at_day,
        end_next_worked=_rows.bad_rating_contacted_next_worked,
        days=_days,
    ),
    denominator=and_(
        _rows.rated_level <= 2,
        or_(
            _rows.bad_rating_contacted_at_day.is_not(None),
            _rows.bad_rating_worked_until + _days <= about("services_last_worked_until"),
        ),
    ),
    higher_is_better=True,
    caveats=Text(
        zh="5 个工作日是本地约定。",
        en="Five working days are a local choice.",
    ),
)
