"""Figures in words: values with their unit, what they rest on, and how they changed in a year."""

from __future__ import annotations

from typing import Any

from analytics.core.text import Language
from dashboard.context import Row
from dashboard.words import all_words, formats, say


def shown(measure: Any, value: float | None, language: Language, *, unit: bool = True) -> str:
    """Return a value as a reader reads it: ``94.2%``, ``48,213 件次``, ``0.9 天``."""
    if value is None:
        return formats.NOTHING
    if measure.kind == "proportion":
        return formats.percent(value, language)
    digits = _digits(measure, value)
    figure = formats.number(value, language, digits)
    return f"{figure} {unit_of(measure, language)}".strip() if unit else figure


def unit_of(measure: Any, language: Language) -> str:
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
    digits = _digits(measure, row.get("value"))
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


def _digits(measure: Any, value: float | None) -> int:
    """Return how many decimals a value needs: none for counts, two where one would hide the figure."""
    if measure.kind in ("count", "distinct"):
        return 0
    return 2 if value is not None and abs(value) < 1 else 1
