"""How busy each day is: weekday, holidays, 4.26 week, year end and growth."""

from __future__ import annotations

import warnings
from datetime import date, timedelta

import numpy as np

from analytics.core.settings import Settings
from analytics.core.workdays import is_workday
from sample_data.plan import Plan

GROWTH_A_YEAR = 1.14
_BY_WEEKDAY = (1.08, 1.10, 1.02, 1.0, 0.88, 0.6, 0.5)
_DAY_OFF = 0.05
_BY_MONTH = (0.95, 0.85, 1.08, 1.10, 1.0, 1.0, 0.93, 0.90, 1.02, 0.95, 1.10, 1.25)
_IP_WEEK = 1.7
_BEFORE_SPRING_FESTIVAL = 0.55


def day_weights(plan: Plan) -> np.ndarray:
    """Return the relative number of services of each day of the plan."""
    return np.array([_weight(day, plan) for day in plan.days])


def worked(plan: Plan) -> np.ndarray:
    """Return whether each day of the plan is a working day."""
    return np.array([is_workday(day, Settings()) for day in plan.days])


def is_ip_week(day: date) -> bool:
    """Say whether ``day`` lies in the week of publicity around 26 April."""
    return day.month == 4 and 20 <= day.day <= 26


def _weight(day: date, plan: Plan) -> float:
    if not is_workday(day, Settings()):
        return _DAY_OFF
    years = (day - plan.first_day).days / 365.25
    weight = GROWTH_A_YEAR**years * _BY_WEEKDAY[day.weekday()] * _BY_MONTH[day.month - 1]
    if is_ip_week(day):
        weight *= _IP_WEEK
    if any(_is_spring_festival(day + timedelta(days=n)) for n in range(1, 8)):
        weight *= _BEFORE_SPRING_FESTIVAL
    return float(weight)


def _is_spring_festival(day: date) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import chinese_calendar

    try:
        return bool(
            chinese_calendar.get_holiday_detail(day)[1] == chinese_calendar.Holiday.spring_festival.value
        )
    except NotImplementedError:
        return False
