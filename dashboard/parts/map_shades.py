"""How a map says a figure: shade of an area, size and sign of an institution. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dashboard.context import Answer, Row
from dashboard.parts.palette import Palette

Standing = Literal["above", "below", "same", "few"]

SMALLEST_PX, LARGEST_PX = 3.5, 12.0


@dataclass(frozen=True, slots=True)
class Scale:
    """The values between which areas are shaded, light to dark."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Return the place of a value on the scale, 0 to 1; the middle where all values are equal."""
        return (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5


def median_rows(answer: Answer) -> list[Row]:
    """Return the rows to show: all, of a quantile the medians."""
    return [row for row in answer.rows if row.get("quantile") in (None, 0.5)]


def rows_by(answer: Answer, dimension: str) -> dict[str, Row]:
    """Return the rows to show by the code of one dimension; those without a code are left out."""
    return {row[dimension]: row for row in median_rows(answer) if row[dimension] is not None}


def scale_of(measure: Any, rows: Iterable[Mapping[str, Any]]) -> Scale | None:
    """Return the scale of the values known; a number of things begins at nothing. ``None`` without any."""
    known = [row["value"] for row in rows if row.get("value") is not None]
    if not known:
        return None
    return Scale(0.0 if has_size(measure) else min(known), max(known))


def shade(colours: Palette, scale: Scale | None, row: Mapping[str, Any] | None) -> str:
    """Return the colour of an area; one without a value is pale grey, which no value is."""
    value = None if row is None else row.get("value")
    return colours.nothing if scale is None or value is None else colours.shade(scale.share(value))


def has_size(measure: Any) -> bool:
    """Say whether a value is an amount, so that a circle can stand for it; rates and times are not."""
    return measure.kind in ("count", "sum", "distinct")


def radius(value: float | None, largest: float) -> float:
    """Return a circle's radius in pixels; its area grows with the value."""
    if not value or largest <= 0:
        return SMALLEST_PX
    return SMALLEST_PX + (LARGEST_PX - SMALLEST_PX) * math.sqrt(min(value / largest, 1.0))


def standing(row: Mapping[str, Any] | None, whole: float | None) -> Standing:
    """Say where an interval lies against the value of all together; ``few`` where there is no interval."""
    lower = None if row is None else row.get("lower")
    upper = None if row is None else row.get("upper")
    if row is None or whole is None or lower is None or upper is None or row.get("value") is None:
        return "few"
    if lower > whole:
        return "above"
    return "below" if upper < whole else "same"


def colour_of(colours: Palette, measure: Any, found: Standing) -> str:
    """Return the colour of a standing: orange asks for a look, plum where neither is better."""
    if found == "few":
        return colours.card
    if found == "same":
        return colours.data
    if measure.higher_is_better is None:
        return colours.plum
    return colours.teal if (found == "above") == measure.higher_is_better else colours.signal


def round_sizes(largest: float) -> list[int]:
    """Return two or three round numbers that explain the sizes of circles, the largest first."""
    if largest < 1:
        return []
    step = 10 ** int(math.log10(largest))
    top = int(largest // step) * step
    return [size for size in dict.fromkeys((top, top // 4, top // 20)) if size >= 1]
