"""The control limits to draw for units of any size, and where each unit stands between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analytics.comparison.expectation import SHIFT_DAYS
from analytics.comparison.standing import Standing
from analytics.measures.declare import Measure
from analytics.stats.arrays import Floats
from analytics.stats.funnel import LEVELS, log_mean_funnel, ratio_funnel
from analytics.stats.limits import binomial_limits

Scale = Literal["share", "ratio", "days"]
# So many points make a smooth line of a chart.
POINTS = 60


@dataclass(frozen=True, slots=True)
class Shape:
    """What limits are drawn from: the line that they stand around, and how far units differ beyond chance.

    ``target`` is a share, a geometric mean of ``days + shift``, or 1 for ratios; ``tau2`` the variance
    between units on the scale of the statistics; ``deviation`` the pooled standard deviation of single
    logarithms.
    """

    scale: Scale
    target: float
    tau2: float
    deviation: float = 0.0
    shift: float = 0.0


def drawing(
    measure: Measure,
    standing: Standing,
    codes: Sequence[str],
    observed: Floats,
    over: Floats,
    *,
    coarse: bool = False,
) -> dict[str, Any]:
    """Return the limits of a group of units to draw, and the place of each unit that has one.

    Parameters
    ----------
    codes, observed, over : sequence of str, ndarray, ndarray; shape (units,)
        The units that ``standing`` is about, their events and what these are out of.
    coarse : bool
        Whether the city's share is rounded to hundredths, for readers who may not see small counts.
    """
    expected = standing.expected_value
    if measure.kind == "proportion":
        held = over > 0
        target = float((expected[held] * over[held]).sum() / over[held].sum()) if held.any() else 0.5
        target = min(max(round(target, 2), 0.01), 0.99) if coarse else target
        shape, sizes = Shape("share", target, standing.tau2), over
        value = np.divide(observed, over, out=np.full(over.shape, np.nan), where=held)
        own = standing.limits_lower, standing.limits_upper
        values = shares_between(np.minimum(value, 1.0), expected, own, shape, np.where(held, over, 1.0))
    elif measure.kind == "quantile":
        held = (over > 0) & (expected + SHIFT_DAYS > 0)
        logs = np.log(expected[held] + SHIFT_DAYS)
        target = float(np.exp((logs * over[held]).sum() / over[held].sum())) if held.any() else SHIFT_DAYS
        shape, sizes = Shape("days", target, standing.tau2, standing.deviation, SHIFT_DAYS), over
        values = standing.ratio * target - SHIFT_DAYS
    else:
        shape, sizes, values = Shape("ratio", 1.0, standing.tau2), expected, standing.ratio
    points = {
        code: (float(size), float(value))
        for code, size, value in zip(codes, sizes, values, strict=True)
        if size > 0 and np.isfinite(value)
    }
    return {**curve(shape, sizes), "points": points}


def curve(shape: Shape, sizes: Floats) -> dict[str, Any]:
    """Return limits over a smooth grid of sizes, from the smallest to the largest of ``sizes``.

    Returns
    -------
    dict
        ``scale``; ``size`` (``n``, or ``expected`` for ratios); ``target``; ``sizes``; ``lower`` and
        ``upper``, each one list a level (95 %, 99.8 %). Shares as fractions, days in days, ratios as such.
    """
    held = sizes[np.isfinite(sizes) & (sizes > 0)]
    low, high = (float(held.min()), float(held.max())) if held.size else (1.0, 10.0)
    grid = np.geomspace(low * 0.9, high * 1.1, POINTS)
    lower, upper = limits(shape, grid)
    return {
        "scale": shape.scale,
        "size": "expected" if shape.scale == "ratio" else "n",
        "target": shape.target - shape.shift,
        "sizes": grid.tolist(),
        "lower": lower.tolist(),
        "upper": upper.tolist(),
    }


def limits(shape: Shape, sizes: Floats) -> tuple[Floats, Floats]:
    """Return lower and upper limits of units of these sizes, shape (levels, units) each."""
    if shape.scale == "share":
        return _of_shares(shape, sizes)
    if shape.scale == "ratio":
        whole = np.zeros(sizes.shape)
        funnel = ratio_funnel(whole, sizes, method="tails", tau2=shape.tau2)
        return funnel.lower, funnel.upper
    errors = np.maximum(shape.deviation / np.sqrt(sizes), 1e-9)
    funnel = log_mean_funnel(np.zeros(sizes.shape), errors, target=1.0, tau2=shape.tau2)
    lower, upper = (
        np.maximum(part * shape.target - shape.shift, 0.0) for part in (funnel.lower, funnel.upper)
    )
    return lower, upper


def _of_shares(shape: Shape, sizes: Floats) -> tuple[Floats, Floats]:
    p = shape.target
    error = p * (1.0 - p) / sizes
    wider = np.sqrt(1.0 + np.divide(shape.tau2, error, out=np.zeros(sizes.shape), where=error > 0))
    found = [binomial_limits(sizes, p, level=level) for level in LEVELS]
    lower, upper = (
        np.array([np.clip(p + (part[side] - p) * wider, 0.0, 1.0) for part in found]) for side in (0, 1)
    )
    return lower, upper


def shares_between(
    value: Floats, expected: Floats, own: tuple[Floats, Floats], shape: Shape, sizes: Floats
) -> Floats:
    """Return shares as they stand between the common limits, so that point and zone agree.

    Each unit is judged around its own expectation; on a chart with one line for all it is drawn as far
    between the common limits as it lies between its own (lines through expectation, 95 % and 99.8 % limit;
    beyond these by its own distance). A unit with the city's mix is drawn at its value.
    """
    lower, upper = limits(shape, sizes)
    below = _mapped(expected - value, expected - own[0], shape.target - lower)
    above = _mapped(value - expected, own[1] - expected, upper - shape.target)
    moved = np.where(value < expected, shape.target - below, shape.target + above)
    return np.clip(moved, 0.0, 1.0)


def _mapped(distance: Floats, own: Floats, common: Floats) -> Floats:
    """Return distances from the line after the unit's own two limits were laid on the common ones."""
    first, second = own
    near, far = common
    inside = near * np.divide(distance, first, out=np.zeros(distance.shape), where=first > 0)
    span = second - first
    between = near + (far - near) * np.divide(distance - first, span, out=np.ones(span.shape), where=span > 0)
    beyond: Floats = np.where(distance <= second, between, far + distance - second)
    return np.where(distance <= first, inside, beyond)
