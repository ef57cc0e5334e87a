"""How a district stands against what its mix lets expect, and the months against their own past."""

from __future__ import annotations

from typing import Any

from analytics.briefing.content import Chart
from analytics.briefing.indicators import KEYS, name_of
from analytics.briefing.wording import interval_of, span_of, unit_of, value_of
from analytics.comparison.charts import control_chart
from analytics.comparison.compare import compare
from analytics.comparison.expectation import SHIFT_DAYS
from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.store.snapshot import Snapshot

# Compared by mix; each has a side that asks for attention.
COMPARED = ("satisfaction_rate", "answered_in_time_rate", "response_days")
CHARTED = ("services", "satisfaction_rate")
_MOST_NAMED = 4

_OWN = Text(
    zh="与全市按同样业务构成的预计相比：{parts}。",
    en="Against what the city's rates let expect of the same mix: {parts}.",
)
_OWN_PART = Text(
    zh="{measure} {value}（{interval}，{n}），预计约 {expected}，{zone}[{source}]",
    en="{measure} {value} ({interval}, {n}), expected about {expected}, {zone}[{source}]",
)
_IN = Text(zh="在控制界限内", en="within the limits")
_OUT = Text(zh="在 95% 控制界限外（{side}，待核实）", en="outside the 95 % limits ({side}, to be confirmed)")
_FAR = Text(
    zh="在 99.8% 控制界限外（{side}，待核实）", en="outside the 99.8 % limits ({side}, to be confirmed)"
)
_SIDES = {"low": Text(zh="偏低", en="low"), "high": Text(zh="偏高", en="high")}
_NONE_OUT = Text(
    zh="按业务构成比较 16 区和经开区，{measures}均没有需要关注的区域落在 95% 控制界限外。",
    en="Compared by their mix, no area lies outside the 95 % limits on the side to look into: {measures}.",
)
_MARKED = Text(zh="{name}[{source}]", en="{name}[{source}]")
_SOME_OUT = Text(
    zh="按业务构成比较 16 区和经开区，{parts}落在 95% 控制界限外，均待核实。",
    en="Compared by their mix, outside the 95 % limits and to be confirmed: {parts}.",
)
_OUT_PART = Text(zh="{measure}有{areas}[{source}]", en="{measure} {areas}[{source}]")
_AREA = Text(
    zh="{name}（{value}，预计约 {expected}，{n}）", en="{name} ({value}, expected about {expected}, {n})"
)
_MORE = Text(zh="{names}等 {count} 个区域", en="{names} and others, {count} areas in all")
_TYPICAL = Text(zh="典型响应时长", en="typical response")
_CASES = Text(zh="共 {n} 件次", en="of {n}")
_TITLE = Text(zh="{measure}逐月控制图", en="{measure} by month: control chart")
_CAPTION = Text(
    zh="{months}；{limits}；{signals}[{source}]",
    en="{months}; {limits}; {signals}[{source}]",
)
_LIMITS = Text(
    zh="灰带为通常波动范围，界限取自竖线以左的月份，只检查其右的 6 个月",
    en="the band is the usual variation of the months left of the upright line; the 6 right of it are judged",
)
_NO_LIMITS = Text(zh="可比月份不足，不画界限", en="too few months for limits")
_NO_SIGNAL = Text(zh="没有信号，属正常波动", en="no signal: usual variation")
_SIGNALS = Text(zh="圆点标出的 {count} 个月有信号，待核实", en="signals in {count} (marked), to be confirmed")


def said(snapshot: Snapshot, *, reader: Scope, subject: Scope, period: Period) -> Text | None:
    """Return the sentence on fair comparison; ``None`` where nothing can be compared.

    Of a district how it stands; of the city which areas lie outside the limits on the side to look into.
    """
    selection = Selection(str(period))
    found = {
        key: compare(snapshot, key, "district", scope=reader, selection=selection).rows for key in COMPARED
    }
    if subject.kind == "district":
        return _said_of_one(found, subject.code)
    return _said_of_all(found)


def _said_of_one(found: dict[str, list[dict[str, Any]]], code: str | None) -> Text | None:
    parts = []
    for key, rows in found.items():
        row = next((row for row in rows if row["district"] == code), None)
        if row is None or not row["judged"] or row["expected_value"] is None:
            continue
        measure = registry.get(key)
        parts.append(_OWN_PART.format(**_figures(measure, row), zone=_zone(row), source=_number(key)))
    return _OWN.format(parts=joined(parts, "；", "; ")) if parts else None


def _said_of_all(found: dict[str, list[dict[str, Any]]]) -> Text | None:
    judged = [key for key, rows in found.items() if any(row["judged"] for row in rows)]
    if not judged:
        return None
    parts = []
    for key in judged:
        measure = registry.get(key)
        side = "high" if measure.higher_is_better is False else "low"
        out = [row for row in found[key] if row["judged"] and row["funnel_side"] == side]
        if not out:
            continue
        names = [_AREA.format(name=_name(row), **_figures(measure, row)) for row in out[:_MOST_NAMED]]
        areas = joined(names, "、", ", ")
        if len(out) > _MOST_NAMED:
            areas = _MORE.format(names=areas, count=len(out))
        parts.append(_OUT_PART.format(measure=_name_of(measure), areas=areas, source=_number(key)))
    if parts:
        return _SOME_OUT.format(parts=joined(parts, "；", "; "))
    names = [_MARKED.format(name=_name_of(registry.get(key)), source=_number(key)) for key in judged]
    return _NONE_OUT.format(measures=joined(names, "、", ", "))


def _name_of(measure: Measure) -> Text:
    # What is expected of days is a geometric mean: the unit's own is set beside it, not its median.
    return _TYPICAL if measure.kind == "quantile" else measure.name


def _figures(measure: Measure, row: dict[str, Any]) -> dict[str, Any]:
    low, high = row["interval"] or (None, None)
    value, expected = row["value"], row["expected_value"]
    if measure.kind == "quantile":
        value, low, high = (_typical(expected, ratio) for ratio in (row["ratio"], *row["ratio_interval"]))
    unit = unit_of(measure)
    said = {"value": value_of(measure, value), "expected": value_of(measure, expected)}
    return {
        "measure": _name_of(measure),
        "interval": interval_of(measure, low, high),
        "n": _CASES.format(n=f"{row['n']:,}"),
        **{key: Text(zh=f"{words}{unit.zh}", en=f"{words}{unit.en}") for key, words in said.items()},
    }


def _typical(expected: float, ratio: float) -> float:
    """Return a geometric mean in days from its ratio to what is expected; both are of days and a half."""
    return max(ratio * (expected + SHIFT_DAYS) - SHIFT_DAYS, 0.0)


def _name(row: dict[str, Any]) -> Text:
    return Text(**row["name"])


def _zone(row: dict[str, Any]) -> Text:
    if row["funnel_side"] is None:
        return _IN
    said_out = _FAR if row["funnel_zone"] == "beyond_99.8" else _OUT
    return said_out.format(side=_SIDES[row["funnel_side"]])


def _number(key: str) -> int:
    return KEYS.index(key) + 1


def joined(parts: list[Text], zh: str, en: str) -> Text:
    """Return texts one after another, with what stands between them in each language."""
    return Text(zh=zh.join(part.zh for part in parts), en=en.join(part.en for part in parts))


def charts(snapshot: Snapshot, *, subject: Scope, last_month: str) -> tuple[Chart, ...]:
    """Return the control charts of a brief up to a month; one without a single figure is left out."""
    made = []
    for key in CHARTED:
        row = control_chart(snapshot, key, scope=subject, month=last_month).rows[0]
        if any(month["value"] is not None for month in row["months"]):
            made.append(_chart(registry.get(key), row["months"]))
    return tuple(made)


def _chart(measure: Measure, months: list[dict[str, Any]]) -> Chart:
    signals = tuple(place for place, month in enumerate(months) if month["signals"])
    has_limits = any(month["lower"] is not None for month in months)
    told = _SIGNALS.format(count=len(signals)) if signals else _NO_SIGNAL
    return Chart(
        title=_TITLE.format(measure=name_of(measure)),
        caption=_CAPTION.format(
            months=span_of(Period(months[0]["month"], months[-1]["month"])),
            limits=_LIMITS if has_limits else _NO_LIMITS,
            signals=told if has_limits else Text(zh="不判断", en="not judged"),
            source=_number(measure.key),
        ),
        months=tuple(month["month"] for month in months),
        values=tuple(month["value"] for month in months),
        centre=tuple(month["centre"] for month in months),
        lower=tuple(month["lower"] for month in months),
        upper=tuple(month["upper"] for month in months),
        signals=signals,
        is_share=measure.kind == "proportion",
    )
