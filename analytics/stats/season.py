"""The season that a whole city shares, to be divided out before a single series is judged."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats, amounts


def seasonal_index(
    totals: ArrayLike, seasons: ArrayLike, *, period: int = 12, average: str = "mean"
) -> dict[int, float]:
    """Return how high each season is against the level around it, from one pooled series.

    Each value over its centred moving average of ``period`` points (ends half-weighted when that is
    even), averaged by season and scaled so that the points of whole cycles average 1. Pooled over the
    city: a station's own two years say less of the season than they add of noise.

    Parameters
    ----------
    totals : array_like of float, shape (points,)
        City totals in order of time without gaps, at least 0.
    seasons : array_like of int, shape (points,)
        Which season each point is: the month, or a number of its own for the month of Spring Festival.
    period : int
        Points of one cycle, at least 2.
    average : {"mean", "median"}
        Over the years; the median lets one odd year pass.

    Returns
    -------
    dict of int to float
        For every season that occurs. 1 for all where there are not two cycles or nothing happened, and for a
        season never seen half a cycle from the ends.

    Raises
    ------
    ValueError
        If a total is negative or not finite, shapes differ, or an option is outside its range.

    References
    ----------
    Kendall and Stuart (1983), The Advanced Theory of Statistics 3, 410-414: classical multiplicative
    decomposition, as R's ``decompose``.
    """
    x, labels = amounts(totals, "totals"), np.asarray(seasons)
    if x.ndim != 1 or labels.shape != x.shape:
        raise ValueError("totals and seasons must be rows of the same length")
    if period < 2 or average not in ("mean", "median"):
        raise ValueError("a cycle has at least 2 points; the average is mean or median")
    present = [int(label) for label in np.unique(labels)]
    if x.size < 2 * period:
        return dict.fromkeys(present, 1.0)
    ratios = _ratios_to_level(x, period)
    take = np.mean if average == "mean" else np.median
    seen = {season: ratios[(labels == season) & np.isfinite(ratios)] for season in present}
    index = {season: float(take(found)) if found.size else 1.0 for season, found in seen.items()}
    # Over whole cycles, so that a month counted thrice weighs no more than one counted twice, while a season
    # that comes in one year of two weighs half.
    whole = labels[: x.size // period * period]
    level = float(np.mean([index[int(label)] for label in whole]))
    return {season: value / level if level > 0 else 1.0 for season, value in index.items()}


def _ratios_to_level(x: Floats, period: int) -> Floats:
    """Return each value over its centred moving average, NaN near the ends and where that is 0."""
    weights = np.ones(period + 1) if period % 2 == 0 else np.ones(period)
    if period % 2 == 0:
        weights[[0, -1]] = 0.5
    half = weights.size // 2
    level = np.full(x.shape, np.nan)
    level[half : x.size - half] = np.convolve(x, weights / period, mode="valid")
    ratios: Floats = np.divide(x, level, out=np.full(x.shape, np.nan), where=level > 0)
    return ratios
