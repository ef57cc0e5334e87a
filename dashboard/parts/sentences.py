"""What a chart says for the selection, in one sentence computed from its rows. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from analytics.core.text import Language
from dashboard.context import Row
from dashboard.parts import quantities
from dashboard.words import formats, say

Namer = Callable[[str, str | None], str]


def by_month(measure: Any, rows: Sequence[Row], language: Language, *, change: str = "") -> str:
    """Say total, highest and lowest month of a count; ``change`` is the words of the change in a year."""
    known = [row for row in rows if row.get("value") is not None]
    if not known:
        return say("sentences.nothing", language)
    total = sum(row["value"] for row in known)
    values = {"total": quantities.shown(measure, total, language)}
    if len(known) == 1:
        return say("sentences.one_month", language, month=formats.month(known[0]["month"], language), **values)
    high = max(known, key=lambda row: row["value"])
    low = min(known, key=lambda row: row["value"])
    said = say(
        "sentences.by_month",
        language,
        **values,
        high_month=formats.month(high["month"], language),
        high=formats.number(high["value"], language),
        low_month=formats.month(low["month"], language),
        low=formats.number(low["value"], language),
    )
    return said + (say("sentences.change", language, change=change) if change else "")
