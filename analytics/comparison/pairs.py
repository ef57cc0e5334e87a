"""Two units side by side: how far apart their figures lie, and whether chance explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.core.numbers import finite
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures.declare import Measure
from analytics.stats.change import difference_from_intervals, proportion_change

CHANCE = Text(zh="正常波动", en="within chance")
APART = Text(zh="显著差异（待核实）", en="beyond chance (to be verified)")
NOT_HELD = Text(
    zh="数量取决于需求和能力，只与各自的预计相比",
    en="volumes follow demand and capacity: each is held against its own expectation only",
)
TOO_FEW = Text(zh="样本不足，不比较", en="too few, not compared")


@dataclass(frozen=True, slots=True)
class Difference:
    """One unit's figure less the other's, with its 95 % interval; fractions for shares, days for times.

    ``size`` and bounds are ``None`` where nothing is compared; ``verdict`` then says why.
    """

    size: float | None
    lower: float | None
    upper: float | None
    verdict: Text

    @property
    def is_apart(self) -> bool:
        """Whether the interval leaves out no difference."""
        return self.verdict is APART


def difference(measure: Measure, one: Mapping[str, Any], other: Mapping[str, Any]) -> Difference:
    """Return the first row's figure less the second's, from two rows of a comparison.

    Shares by Newcombe's hybrid score (1998, method 10); medians from their own intervals (MOVER, Zou and
    Donner 2008). Neither is adjusted for mix: two standardised ratios must not be held against each other.
    Counts are not compared, nor anything of a masked row.
    """
    if measure.kind not in ("proportion", "quantile"):
        return Difference(None, None, None, NOT_HELD)
    rows = (one, other)
    if any(row["masked"] or row["value"] is None or row["interval"] is None for row in rows):
        return Difference(None, None, None, TOO_FEW)
    few = settings().rate_hidden_below
    if any(row["n"] < few or None in row["interval"] for row in rows):
        # The bounds of a median of a few records are these records themselves.
        return Difference(None, None, None, TOO_FEW)
    if measure.kind == "proportion":
        counts = [part for row in rows for part in (min(row["observed"], row["n"]), row["n"])]
        found = proportion_change(*counts)
    else:
        found = difference_from_intervals(
            *(part for row in rows for part in (row["value"], *row["interval"]))
        )
    size, lower, upper = (finite(part) for part in found)
    if size is None or lower is None or upper is None:
        return Difference(None, None, None, TOO_FEW)
    return Difference(size, lower, upper, CHANCE if lower <= 0.0 <= upper else APART)
