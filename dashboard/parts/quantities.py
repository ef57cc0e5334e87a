"""Figures in words: values with their unit, what they rest on, and how they changed in a year."""

from __future__ import annotations

from typing import Any

from analytics.core.text import Language
from dashboard.context import Answer, Row
from dashboard.words import all_words, formats, say

# Measures whose denominator has words of its own, e.g. "已评 120 件次".
_BASES = ("satisfaction_rate", "well_satisfied_rate", "bad_rating_rate", "rating_response_rate")


def shown(measure: Any, value: float | None, language: Language, *, unit: bool = True) -> str:
    """Return a value as a reader reads it: ``94.2%``, ``48,213 件次``, ``0.9 天``."""
    if value is None:
        return formats.NOTHING
    if measure.kind == "proportion":
        return formats.percent(value, language)
    digits = 0 if measure.kind in ("count", "distinct") else 1
    figure = formats.number(value, language, digits)
    return f"{figure} {unit_of(measure, value, language)}".strip() if unit else figure


def unit_of(measure: Any, value: float | None, language: Language) -> str:
    """Return the unit's words."""
    return "" if measure.kind == "proportion" else str(measure.unit.get(language))


def of_row(measure: Any, row: Row, language: Language, *, unit: bool = True) -> str:
    """Return a row's value, or why there is none."""
    if row.get("masked"):
        return say("masked.short", language)
    return shown(measure, row.get("value"), language, unit=unit)


def interval(measure: Any, row: Row, language: Language) -> str:
    """Return the interval, e.g. ``93.9–94.5%``; empty where there is none."""
    lower, upper = row.get("lower"), row.get("upper")
    if lower is None or upper is None:
        return ""
    if measure.kind == "proportion":
        return f"{formats.number(lower * 100, language, 1)}–{formats.percent(upper, language)}"
    digits = 0 if measure.kind in ("count", "distinct") else 1
    return f"{formats.number(lower, language, digits)}–{formats.number(upper, language, digits)}"


def base(measure: Any, row: Row, language: Language) -> str:
    """Return what a value rests on, in words: ``已评 120 件次``, ``18,820 / 21,034``."""
    if measure.kind not in ("proportion", "quantile") or row.get("denominator") is None:
        return ""
    numbers = {
        "numerator": formats.number(row.get("numerator"), language),
        "denominator": formats.number(row["denominator"], language),
    }
    key = f"base.{measure.key}"
    if key not in all_words():
        key = f"base.{measure.kind}"
    return say(key, language, **numbers)


def full(measure: Any, row: Row, language: Language) -> str:
    """Return value, interval and base in one: ``85.0%（77.5–90.3%，已评 120 件次）``."""
    if row.get("masked"):
        return say("masked.long", language)
    parts = [part for part in (interval(measure, row, language), base(measure, row, language)) if part]
    value = of_row(measure, row, language)
    return say("figure.with", language, value=value, rest=comma(language).join(parts)) if parts else value


def comma(language: Language) -> str:
    """Return the comma of a language."""
    return "，" if language == "zh" else ", "


def change(measure: Any, now: Row, before: Row, language: Language) -> str:
    """Return the change against a year before: ``+6.1%``, ``+0.3 个百分点``, ``−0.1 天``; empty if unknown."""
    new, old = now.get("value"), before.get("value")
    if new is None or old is None:
        return ""
    if measure.kind == "proportion":
        points = formats.signed((new - old) * 100, language)
        return say("change.points", language, points=points)
    if measure.kind == "quantile":
        return f"{formats.signed(new - old, language)} {measure.unit.get(language)}"
    return formats.signed((new / old - 1) * 100, language) + "%" if old else ""
