"""Numbers, shares, dates and periods as a reader of each language writes them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from babel.core import Locale
from babel.dates import format_date
from babel.numbers import format_decimal

from analytics.core.periods import Period
from analytics.core.text import Language

# Parsed once: babel would look for the locale's file at every number.
LOCALES: dict[Language, Locale] = {"zh": Locale.parse("zh_CN"), "en": Locale.parse("en_GB")}
NOTHING = "—"


@lru_cache(maxsize=4096)
def number(value: float | None, language: Language, digits: int = 0) -> str:
    """Return a number with thousands separators and a fixed count of decimals."""
    if value is None:
        return NOTHING
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, pattern, locale=LOCALES[language]))


def percent(share: float | None, language: Language, digits: int = 1) -> str:
    """Return a fraction as a percentage, e.g. ``94.2%``."""
    return NOTHING if share is None else number(share * 100, language, digits) + "%"


def signed(value: float, language: Language, digits: int = 1) -> str:
    """Return a number with its sign, a true minus included; zero has none."""
    shown = number(abs(value), language, digits)
    if not any(character in "123456789" for character in shown):
        return shown
    return ("+" if value > 0 else "−") + shown


def day(value: date | str | None, language: Language) -> str:
    """Return a date, e.g. ``2026-10-31`` in Chinese office use and ``31 Oct 2026`` in English."""
    if value is None:
        return NOTHING
    moment = date.fromisoformat(value[:10]) if isinstance(value, str) else value
    if language == "zh":
        return moment.isoformat()
    return str(format_date(moment, "d MMM y", locale=LOCALES[language]))


@lru_cache(maxsize=1024)
def month(code: str, language: Language) -> str:
    """Return ``2026 年 3 月`` or ``Mar 2026`` for ``2026-03``."""
    if language == "zh":
        return f"{code[:4]} 年 {int(code[5:])} 月"
    return str(format_date(date(int(code[:4]), int(code[5:]), 1), "MMM y", locale=LOCALES[language]))


def quarter(code: str, language: Language) -> str:
    """Return ``2026 年第 3 季度`` or ``Q3 2026`` for ``2026Q3``."""
    year, number_ = code.split("Q")
    return f"{year} 年第 {number_} 季度" if language == "zh" else f"Q{number_} {year}"


def year(code: str, language: Language) -> str:
    """Return ``2026 年`` or ``2026``."""
    return f"{code} 年" if language == "zh" else code


def span(period: Period, language: Language) -> str:
    """Return the months of a period, e.g. ``2025 年 11 月—2026 年 10 月``."""
    first, last = month(period.first_month, language), month(period.last_month, language)
    if first == last:
        return first
    return f"{first}—{last}" if language == "zh" else f"{first} – {last}"


def listed(names: list[str], language: Language) -> str:
    """Join names as a sentence does."""
    if language == "zh":
        return "、".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
