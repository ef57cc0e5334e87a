"""Numbers as they are handed on: JSON and databases know no NaN and no infinity."""

from __future__ import annotations

from math import isfinite
from typing import SupportsFloat


def finite(value: SupportsFloat) -> float | None:
    """Return a number, ``None`` where it is NaN or infinite."""
    number = float(value)
    return number if isfinite(number) else None
