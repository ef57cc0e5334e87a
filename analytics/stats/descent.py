"""The least value of a smooth function of two unknowns between bounds, by damped Newton steps.

For fitting a prior's two parameters: a general optimiser takes ten times as long, most of it in linear
algebra spread over threads that wait for one another.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analytics.stats.arrays import Flags, Floats

MOST_STEPS = 1000
# No step is longer, so that a flat place far from the optimum throws the search nowhere.
LONGEST_STEP = 2.0

Loss = Callable[[Floats], tuple[float, Floats]]
# Second derivatives: by the first unknown twice, by both, by the second twice.
Curvature = Callable[[Floats], tuple[float, float, float]]


def least_of_two(
    start: Floats, low: Floats, high: Floats, *, loss: Loss, curvature: Curvature
) -> tuple[Floats, float]:
    """Return where a function of two unknowns is least near ``start``, and its value there.

    Newton's steps, with Levenberg's damping where one leads upwards and a positive definite curvature put in
    the place of one that is not.

    Parameters
    ----------
    start, low, high : ndarray of float, shape (2,)
        Where to begin, and the bounds.
    loss : callable
        Returns value and gradient.
    curvature : callable
        Returns the second derivatives.

    References
    ----------
    Nocedal and Wright (2006), Numerical Optimization, 2nd ed., sections 3.4 and 10.3.
    """
    where, damping = start, 0.0
    value, slope = loss(where)
    for _ in range(MOST_STEPS):
        # At a bound that the descent would cross only the other unknown moves.
        free = ~(((where <= low) & (slope > 0)) | ((where >= high) & (slope < 0)))
        if not np.any(np.abs(slope[free]) > 1e-10) or damping > 1e12:
            break
        step = _step(np.where(free, slope, 0.0), free, damping, curvature(where))
        there = np.clip(where + np.clip(step, -LONGEST_STEP, LONGEST_STEP), low, high)
        next_value, next_slope = loss(there)
        if next_value <= value:
            moved = float(np.abs(there - where).max())
            where, value, slope, damping = there, next_value, next_slope, damping / 10.0
            if moved <= 1e-12:
                break
        else:
            damping = max(damping * 10.0, 1e-6)
    return where, value


def _step(slope: Floats, free: Flags, damping: float, curved: tuple[float, float, float]) -> Floats:
    """Return the step to where a quadratic like the function would be least; 0 along what is not free."""
    first, both, second = curved
    both = both if free.all() else 0.0
    smallest = 0.5 * (first + second) - float(np.hypot(0.5 * (first - second), both))
    more = damping + max(0.0, 1e-9 - smallest) + max(0.0, -smallest)
    first, second = first + more, second + more
    back = np.array([second * slope[0] - both * slope[1], first * slope[1] - both * slope[0]])
    return np.where(free, -back / (first * second - both * both), 0.0)
