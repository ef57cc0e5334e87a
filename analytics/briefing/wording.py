"""Figures in words, the same for tables and sentences of a brief."""

from __future__ import annotations

from typing import Any

from analytics.core.periods import Period, last_day_of, month_number, quarter_of
from analytics.core.text import Text
from analytics.measures.declare import Measure
from analytics.standard.names import name_of

NOTHING = "—"
MASKED = Text(zh="样本不足，不显示", en="too few, not shown")
NO_EARLIER = Text(zh="无可比数据", en="no earlier data")
_NO_RECORDS = Text(zh="无记录", en="no records")
_CHANGED = Text(zh="{size}{unit} [{low}, {high}]\n{verdict}", en="{size}{unit} [{low}, {high}]\n{verdict}")
_NOT_JUDGED = Text(zh="无区间，不判断", en="no interval, not judged")
_BARE = Text(zh="{size}{unit}\n{verdict}", en="{size}{unit}\n{verdict}")
_FROM_TO = Text(zh="由 {before} 到 {now}\n{verdict}", en="from {before} to {now}\n{verdict}")
_FEW = 10
_MONTHS = Text(zh="{first}—{last}", en="{first} – {last}")
_CUT = Text(zh="{name}（截至{month}）", en="{name} (to {month})")


def value_of(measure: Measure, value: float | None) -> str:
    """Return a value with its unit's sign or digits, e.g. ``95.3%``, ``22,410``, ``0.11``."""
    if value is None:
        return NOTHING
    if measure.kind == "proportion":
        return f"{value:.1%}"
    if measure.kind in ("count", "distinct"):
        return f"{value:,.0f}"
    return f"{value:,.2f}" if abs(value) < 1 else f"{value:,.1f}"


def interval_of(measure: Measure, low: float | None, high: float | None) -> str:
    """Return an interval, e.g. ``94.9%–95.7%``; a dash where there is none."""
    if low is None or high is None:
        return NOTHING
    return f"{value_of(measure, low)}–{value_of(measure, high)}"


def unit_of(measure: Measure) -> Text:
    """Return the unit with the space before it, nothing for shares."""
    if measure.kind == "proportion":
        return Text(zh="", en="")
    return Text(zh=f" {measure.unit.zh}", en=f" {measure.unit.en}")


def base_of(measure: Measure, row: dict[str, Any]) -> Text:
    """Return what a figure rests on: its denominator, or that it is counted one by one."""
    if row.get("masked"):
        return MASKED
    if measure.kind in ("proportion", "quantile") and not row["denominator"]:
        return _NO_RECORDS
    if measure.kind == "proportion":
        counts = f"{row['numerator']:,} / {row['denominator']:,}"
        return Text(zh=counts, en=counts)
    if measure.kind == "quantile":
        return Text(zh=f"{row['denominator']:,} 件次", en=f"{row['denominator']:,} records")
    if measure.kind == "distinct":
        return Text(zh="去重计数", en="distinct count")
    return Text(zh="全数统计", en="full count")


def change_of(measure: Measure, now: dict[str, Any], against: dict[str, Any]) -> Text:
    """Return a change with its interval and verdict, e.g. ``+17.3% [+15.0, +19.6] 显著变化``.

    ``now`` and ``against`` are as :func:`analytics.comparison.change` gives them. Few cases are told as
    numbers: a ratio of them says little. Without an interval no verdict is given. The verdict stands on a
    line of its own.
    """
    if against["change"] is None:
        return NO_EARLIER
    verdict = Text(**against["verdict"])
    if measure.kind in ("count", "distinct") and min(now["value"], against["value"]) < _FEW:
        said = _NOT_JUDGED if against["interval"] is None else verdict
        return _FROM_TO.format(before=f"{against['value']:,}", now=f"{now['value']:,}", verdict=said)
    size = _signed(measure, against["change"])
    if against["interval"] is None or None in against["interval"]:
        return _BARE.format(size=size, unit=_change_unit(measure), verdict=_NOT_JUDGED)
    low, high = (_signed(measure, part) for part in against["interval"])
    return _CHANGED.format(size=size, unit=_change_unit(measure), low=low, high=high, verdict=verdict)


def _change_unit(measure: Measure) -> Text:
    if measure.kind == "proportion":
        return Text(zh=" 个百分点", en=" points")
    if measure.kind == "quantile":
        return unit_of(measure)
    return Text(zh="%", en="%")


def _signed(measure: Measure, change: float) -> str:
    """Return a change as a reader reads it: points, days, or per cent of a ratio."""
    if measure.kind == "quantile":
        scaled, digits = change, 2
    else:
        scaled, digits = (change * 100 if measure.kind == "proportion" else (change - 1) * 100), 1
    rounded = round(scaled, digits)
    return f"{rounded:+,.{digits}f}".replace("-", "−") if rounded else f"{0:.{digits}f}"


def month_name(month: str) -> Text:
    """Return a month's name."""
    return Text(zh=name_of("month", month, "zh"), en=name_of("month", month, "en"))


def span_of(period: Period) -> Text:
    """Return the months of a period, e.g. ``2025年11月—2026年10月``."""
    if period.first_month == period.last_month:
        return month_name(period.first_month)
    return _MONTHS.format(first=month_name(period.first_month), last=month_name(period.last_month))


def period_name(period: Period, asked: Period) -> Text:
    """Return a period as people say it: a year, a quarter, a month; one cut short says until when."""
    named = _named(asked)
    if named is None or asked.first_month != period.first_month:
        return span_of(period)
    if asked == period:
        return named
    return _CUT.format(name=named, month=month_name(period.last_month))


def _named(period: Period) -> Text | None:
    first, last = period.first_month, period.last_month
    dimension, code = "month", first
    months = month_number(last) - month_number(first) + 1
    if months == 12 and first[5:] == "01":
        dimension, code = "year", first[:4]
    elif months == 3 and quarter_of(first) == quarter_of(last):
        dimension, code = "quarter", quarter_of(first)
    elif months != 1:
        return None
    return Text(zh=name_of(dimension, code, "zh"), en=name_of(dimension, code, "en"))


def end_of(month: str) -> str:
    """Return the last day of a month, as ``YYYY-MM-DD``."""
    return last_day_of(month).isoformat()
