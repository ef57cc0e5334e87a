"""How much changed between two periods, and how far chance alone could have carried it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats, amounts, finite, one_of, tail_of, whole_counts
from analytics.stats.binomial import binomial_mid_p
from analytics.stats.proportions import exact_interval, proportion_interval

MOST_PAIRS = 4_000_000


def proportion_change(
    successes: ArrayLike,
    trials: ArrayLike,
    successes_before: ArrayLike,
    trials_before: ArrayLike,
    *,
    level: float = 0.95,
) -> tuple[Floats, Floats, Floats]:
    """Return the difference of two independent proportions, now minus before, by Newcombe's hybrid score.

    With Wilson bounds ``l, u`` of each: ``d − sqrt((p₁ − l₁)² + (u₂ − p₂)²)`` to
    ``d + sqrt((u₁ − p₁)² + (p₂ − l₂)²)`` (Newcombe's method 10, no continuity correction).

    Parameters
    ----------
    successes, trials, successes_before, trials_before : array_like of int, shape (n,) or scalar
        Counts of the later and of the earlier period.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    difference, lower, upper : ndarray of float, shape (n,)
        Fractions (0.05 = five percentage points), within [−1, 1]. NaN, −1 and 1 where a period has no trials.

    Raises
    ------
    ValueError
        If a count is impossible or the level outside (0, 1).

    References
    ----------
    Newcombe (1998), Statistics in Medicine 17, 873-890, Table II.

    Examples
    --------
    >>> [float(part.round(4)) for part in proportion_change(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    now = proportion_interval(successes, trials, level=level)
    before = proportion_interval(successes_before, trials_before, level=level)
    difference, lower, upper = difference_from_intervals(*now, *before)
    known = np.isfinite(difference)
    return (
        difference,
        np.where(known, np.maximum(lower, -1.0), -1.0),
        np.where(known, np.minimum(upper, 1.0), 1.0),
    )


def difference_from_intervals(
    estimate: ArrayLike,
    lower: ArrayLike,
    upper: ArrayLike,
    estimate_before: ArrayLike,
    lower_before: ArrayLike,
    upper_before: ArrayLike,
) -> tuple[Floats, Floats, Floats]:
    """Return the difference of two independent estimates from their own intervals (MOVER).

    ``d − sqrt((e₁ − l₁)² + (u₂ − e₂)²)`` to ``d + sqrt((u₁ − e₁)² + (e₂ − l₂)²)``. So the change of
    a median follows from the two medians' order-statistic intervals, whatever the distributions.

    Parameters
    ----------
    estimate, lower, upper : array_like of float, shape (n,) or scalar
        Of the later period, ``lower <= estimate <= upper``, all at one level.
    estimate_before, lower_before, upper_before : array_like of float, shape (n,) or scalar
        Of the earlier period, at the same level.

    Returns
    -------
    difference, lower, upper : ndarray of float, shape (n,)
        In the unit of the estimates; NaN wherever an estimate is NaN.

    Raises
    ------
    ValueError
        If an interval does not hold its estimate.

    References
    ----------
    Zou and Donner (2008), Statistics in Medicine 27, 1693-1702.
    """
    e1, l1, u1, e2, l2, u2 = np.broadcast_arrays(
        *(
            np.asarray(part, dtype=np.float64)
            for part in (estimate, lower, upper, estimate_before, lower_before, upper_before)
        )
    )
    if np.any(np.stack([l1 - e1, e1 - u1, l2 - e2, e2 - u2]) > 1e-9):
        raise ValueError("an interval must hold its estimate")
    difference = e1 - e2
    return difference, difference - np.hypot(e1 - l1, u2 - e2), difference + np.hypot(u1 - e1, e2 - l2)


def rate_change(
    count: ArrayLike,
    count_before: ArrayLike,
    exposure: ArrayLike = 1.0,
    exposure_before: ArrayLike = 1.0,
    *,
    level: float = 0.95,
    method: str = "exact",
) -> tuple[Floats, Floats, Floats]:
    """Return the ratio of two Poisson rates, now over before, by the exact conditional method.

    Given the sum, the later count is binomial with chance ``π = R·T₁/(R·T₁ + T₂)``. The bounds of
    ``π`` (Clopper–Pearson) turn into bounds of the rate ratio ``R = π·T₂/((1 − π)·T₁)``.

    Parameters
    ----------
    count, count_before : array_like of int, shape (n,) or scalar
        Events in the later and in the earlier period.
    exposure, exposure_before : array_like of float, shape (n,) or scalar
        What they are counted over (days, open institutions), above 0.
    level : float
        Confidence level, in (0, 1).
    method : {"exact", "mid_p"}
        "mid_p" counts half the observed outcome in each tail: shorter, near the level on average only.

    Returns
    -------
    ratio, lower, upper : ndarray of float, shape (n,)
        Pure numbers. Where only the later period has events the ratio is infinite, where neither has NaN
        (bounds 0 and infinity).

    Raises
    ------
    ValueError
        If a count is impossible, an exposure not above 0, or an option outside its range.

    References
    ----------
    Przyborowski and Wilenski (1940), Biometrika 31, 313-323; Rothman, Greenland and Lash (2008), Modern
    Epidemiology, 3rd ed., chapter 14 (mid-p).

    Examples
    --------
    >>> [float(part.round(3)) for part in rate_change(41, 15, 28010, 19017)]
    [1.856, 1.005, 3.609]
    """
    x, y = whole_counts(count), whole_counts(count_before)
    t1, t2 = amounts(exposure, "exposures"), amounts(exposure_before, "exposures")
    if np.any(t1 == 0) or np.any(t2 == 0):
        raise ValueError("exposures must be above 0")
    x, y, t1, t2 = np.broadcast_arrays(x, y, t1, t2)
    exact = one_of(method, ("exact", "mid_p"), "method") == "exact"
    low, high = exact_interval(x, x + y, level=level) if exact else _mid_p_interval(x, x + y, tail_of(level))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (x / t1) / (y / t2)
        lower, upper = (share / (1.0 - share) * (t2 / t1) for share in (low, high))
    return ratio, lower, np.where(high >= 1.0, np.inf, upper)


def _mid_p_interval(x: Floats, n: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return where half the chance of x and all beyond it is the tail, by bisection in the exact interval."""
    lower, upper = (np.asarray(bound) for bound in exact_interval(x, n, level=1.0 - 2.0 * tail))
    middle = np.divide(x, n, out=np.full(n.shape, 0.5), where=n > 0)
    low = _bisected(lambda p: binomial_mid_p(x, n, p) - (1.0 - tail), lower, middle)
    high = _bisected(lambda p: binomial_mid_p(x, n, p) - tail, middle, upper)
    return np.where(x == 0, 0.0, low), np.where(x == n, 1.0, high)


def _bisected(falling: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    for _ in range(60):
        middle = 0.5 * (low + high)
        above = falling(middle) > 0
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return 0.5 * (low + high)


def shift_of_values(
    values: ArrayLike, values_before: ArrayLike, *, level: float = 0.95
) -> tuple[float, float, float]:
    """Return by how much values moved: the Hodges–Lehmann shift with the Mann–Whitney interval.

    The median of all differences ``v − w`` and their ``K``-th smallest and largest, ``K`` the largest
    with ``P(U <= K − 1) <= (1 − level)/2`` under no shift (exact up to 400 pairs of values, else normal).

    Parameters
    ----------
    values, values_before : array_like of float, shape (n,), (m,)
        Single values (days to answer) of the later and the earlier period, finite.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    shift, lower, upper : float
        In the unit of the values. NaN and infinities where a period has none; infinite bounds where there are
        too few to hold the level.

    Raises
    ------
    ValueError
        If a value is not finite, the level is outside (0, 1), or there are more than 4 million pairs
        (then the medians' own intervals are narrow: `difference_from_intervals`).

    References
    ----------
    Hodges and Lehmann (1963), Ann. Math. Statist. 34, 598-611; Campbell and Gardner (1988), BMJ 296,
    1454-1456.
    """
    v, w = finite(values).ravel(), finite(values_before).ravel()
    tail = tail_of(level)
    if v.size == 0 or w.size == 0:
        return float("nan"), -np.inf, np.inf
    if v.size * w.size > MOST_PAIRS:
        raise ValueError(f"{v.size} by {w.size} values are too many pairs; compare the medians' intervals")
    differences = np.sort((v[:, None] - w[None, :]).ravel())
    k = _mann_whitney_rank(v.size, w.size, tail)
    shift = float(np.median(differences))
    if k < 1:
        return shift, -np.inf, np.inf
    return shift, float(differences[k - 1]), float(differences[differences.size - k])


def _mann_whitney_rank(n: int, m: int, tail: float) -> int:
    if n * m > 400:
        from statistics import NormalDist

        z = NormalDist().inv_cdf(1.0 - tail)
        return int(np.ceil(n * m / 2.0 - z * np.sqrt(n * m * (n + m + 1) / 12.0)))
    ways = _mann_whitney_ways(n, m)
    return int(np.searchsorted(np.cumsum(ways) / ways.sum(), tail, side="right"))


def _mann_whitney_ways(n: int, m: int) -> Floats:
    """Return in how many orders of n and m values Mann and Whitney's U is 0, 1, …, n·m."""
    # The Gaussian binomial: multiply by (1 − q^(m + i)) and divide by (1 − q^i), for i = 1 … n.
    ways = np.zeros(n * m + 1)
    ways[0] = 1.0
    for i in range(1, n + 1):
        factor = m + i
        if factor <= n * m:
            ways[factor:] -= ways[: n * m + 1 - factor].copy()
        for u in range(i, n * m + 1):
            ways[u] += ways[u - i]
    return ways
