"""What a question is answered with: figures by group, each with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analytics.core.selection import Selection
from analytics.measures.declare import Measure

Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One question: a measure, by which dimensions, for which selection.

    ``with_interval`` asks for the exact Poisson interval of a count; other kinds carry theirs always.
    """

    key: str
    by: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    with_interval: bool = False


@dataclass(slots=True)
class Figures:
    """The sums of one group, before division."""

    numerator: float | None = 0
    denominator: float | None = None
    # One (quantile, value, lower, upper) each, for quantiles.
    quantiles: tuple[tuple[float, float | None, float | None, float | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """Rows of one question, with ``meta`` that says what they are.

    ``rows`` are dictionaries: the codes of the dimensions asked by, then value, numerator, denominator,
    lower, upper, masked (and quantile, one row each). A masked row carries null in every figure.
    """

    measure: Measure
    meta: dict[str, Any]
    rows: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return what ``--format json`` prints."""
        return {"meta": self.meta, "rows": self.rows}
