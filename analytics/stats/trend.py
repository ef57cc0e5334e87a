"""Trends that a few odd months do not bend: Theil–Sen slopes with their interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats, finite, normal_quantile, one_of


@dataclass(frozen=True)
class Trend:
    """A straight line per series; all of shape (series,).

    ``slope`` and its bounds are in units of ``y`` per unit of ``x``; ``kendall_s`` is the number of
    rising less that of falling pairs.
    """

    slope: Floats
    intercept: Floats
    lower: Floats
    upper: Floats
    kendall_s: Floats


def theil_sen(
    y: ArrayLike, x: ArrayLike | None = None, *, level: float = 0.95, intercept: str = "separate"
) -> Trend:
    """Return the median of the slopes between all pairs of points, with Sen's interval.

    Pairs with equal ``x`` have no slope. Of the ``N`` sorted slopes the bounds are the
    ``(N − C)/2``-th and the ``(N + C)/2 + 1``-th (rounded), ``C = z·sqrt(Var S)`` and ``Var S`` the
    variance of Kendall's ``S`` with its correction for ties in ``y`` and ``x``.

    Parameters
    ----------
    y : array_like of float, shape (points,) or (series, points)
        Values, finite.
    x : array_like of float, shape (points,), optional
        Times, finite; 0, 1, 2, … if not given.
    level : float
        Confidence level, in (0, 1).
    intercept : {"separate", "joint"}
        "separate": ``median(y) − slope·median(x)``; "joint": ``median(y − slope·x)``.

    Returns
    -------
    Trend
        Each of shape (series,), or () for a single row. NaN slope and infinite bounds where there are not two
        different times; infinite bounds where there are too few points for the level.

    Raises
    ------
    ValueError
        If a value is not finite, lengths differ, or an option is outside its range.

    References
    ----------
    Theil (1950), Proc. Kon. Ned. Akad. Wetensch. A 53, 386-392; Sen (1968), JASA 63, 1379-1389.
    """
    values = finite(y)
    single = values.ndim == 1
    rows = np.atleast_2d(values)
    times = np.arange(rows.shape[1], dtype=np.float64) if x is None else finite(x, "times")
    if values.ndim not in (1, 2) or times.shape != (rows.shape[1],):
        raise ValueError("y must have one value for each time")
    one_of(intercept, ("separate", "joint"), "intercept")
    z = normal_quantile(level)
    first, second = np.triu_indices(times.size, k=1)
    apart = times[second] != times[first]
    first, second = first[apart], second[apart]
    rises = rows[:, second] - rows[:, first]
    if first.size == 0:
        unknown, endless = np.full(rows.shape[0], np.nan), np.full(rows.shape[0], np.inf)
        return _shaped(single, unknown, unknown, -endless, endless, np.zeros(rows.shape[0]))
    gaps = times[second] - times[first]
    slopes = np.sort(rises / gaps, axis=1)
    slope = np.median(slopes, axis=1)
    score = np.sign(rises * gaps).sum(axis=1)
    lower, upper = _bounds(slopes, z * np.sqrt(_variance(rows, times)))
    if intercept == "joint":
        start = np.median(rows - slope[:, None] * times, axis=1)
    else:
        start = np.median(rows, axis=1) - slope * np.median(times)
    return _shaped(single, slope, start, lower, upper, score)


def _bounds(slopes: Floats, c: Floats) -> tuple[Floats, Floats]:
    n = slopes.shape[1]
    low = np.round((n - c) / 2.0).astype(np.int64) - 1
    high = np.round((n + c) / 2.0).astype(np.int64)
    each = np.arange(slopes.shape[0])
    lower = np.where(low >= 0, slopes[each, np.maximum(low, 0)], -np.inf)
    return lower, np.where(high < n, slopes[each, np.minimum(high, n - 1)], np.inf)


def _variance(rows: Floats, times: Floats) -> Floats:
    """Return the variance of Kendall's S of each row, corrected for ties (Kendall 1970, chapter 4)."""
    n = times.size
    ties_x = np.unique(times, return_counts=True)[1].astype(np.float64)
    x5, x3, x2 = _tie_sums(ties_x)
    variances = np.empty(rows.shape[0])
    for i, row in enumerate(rows):
        y5, y3, y2 = _tie_sums(np.unique(row, return_counts=True)[1].astype(np.float64))
        variance = (n * (n - 1) * (2 * n + 5) - x5 - y5) / 18.0 + x2 * y2 / (2.0 * n * (n - 1))
        variances[i] = variance + (x3 * y3 / (9.0 * n * (n - 1) * (n - 2)) if n > 2 else 0.0)
    return np.maximum(variances, 0.0)


def _tie_sums(t: Floats) -> tuple[float, float, float]:
    return (
        float(np.sum(t * (t - 1) * (2 * t + 5))),
        float(np.sum(t * (t - 1) * (t - 2))),
        float(np.sum(t * (t - 1))),
    )


def _shaped(single: bool, *parts: Floats) -> Trend:
    return Trend(*(part[0] if single else part for part in parts))
