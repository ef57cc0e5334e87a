"""Confidence intervals of shares, counts and quantiles: arrays in, arrays out."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import (
    Floats,
    Integers,
    normal_quantile,
    tail_of,
    trials_and_successes,
    whole_counts,
)
from analytics.stats.binomial import binomial_upto


def wilson_interval(successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the Wilson score interval of a proportion.

    Chosen because it stays inside [0, 1] and keeps its coverage at the small
    counts that rural stations report. With ``p = x / n`` and the normal
    quantile ``z``, the bounds are
    ``(2np + z² ± z·sqrt(z² + 4np(1 − p))) / (2(n + z²))``.

    Parameters
    ----------
    successes, trials : array_like of int, shape (n,) or scalar
        Counts per group; ``trials == 0`` gives NaN bounds.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        Fractions, not percentages; exactly 0 and 1 where no or every trial succeeded.

    Raises
    ------
    ValueError
        If a count is negative, not whole, not finite or exceeds its trials, or the level is outside (0, 1).

    References
    ----------
    Wilson (1927), JASA 22, 209-212; values from Newcombe (1998),
    Statistics in Medicine 17, 857-872, Table I.

    Examples
    --------
    >>> lower, upper = wilson_interval([81], [263])
    >>> lower.round(4), upper.round(4)
    (array([0.2553]), array([0.3662]))
    """
    x, n = trials_and_successes(successes, trials)
    z = normal_quantile(level)
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = z * np.sqrt(z * z + 4.0 * x * (n - x) / n)
    centre = 2.0 * x + z * z
    lower = (centre - spread) / (2.0 * (n + z * z))
    upper = (centre + spread) / (2.0 * (n + z * z))
    # Rounding must not leave 1e-17 where the formula gives 0, nor a bound past the ends.
    lower = np.where((x == 0) & (n > 0), 0.0, np.clip(lower, 0.0, 1.0))
    upper = np.where((x == n) & (n > 0), 1.0, np.clip(upper, 0.0, 1.0))
    return lower, upper


def poisson_interval(count: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact (Garwood) interval of a Poisson mean from one count.

    The bounds are half the chi-square quantiles with ``2k`` and ``2k + 2``
    degrees of freedom, so each tail holds at most ``(1 − level) / 2``.

    Parameters
    ----------
    count : array_like of int, shape (n,) or scalar
        Events counted.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        In the unit of ``count``; the lower bound of 0 events is 0.

    Raises
    ------
    ValueError
        If a count is negative, not whole or not finite, or the level is outside (0, 1).

    References
    ----------
    Garwood (1936), Biometrika 28, 437-442.

    Examples
    --------
    >>> lower, upper = poisson_interval([10])
    >>> lower.round(3), upper.round(3)
    (array([4.795]), array([18.39]))
    """
    # Here, not above: most questions need no exact interval, and SciPy slows the command line's start.
    from scipy.special import gammainccinv, gammaincinv

    k = whole_counts(count)
    tail = tail_of(level)
    lower = np.where(k == 0, 0.0, gammaincinv(np.maximum(k, 1.0), tail))
    return lower, np.asarray(gammainccinv(k + 1.0, tail), dtype=np.float64)


def quantile_ranks(n: ArrayLike, p: float, *, level: float = 0.95) -> tuple[Integers, Integers]:
    """Return the ranks of the order statistics that bound a quantile, whatever the distribution.

    The number of values below the ``p``-quantile is binomial. The lower rank is
    the largest ``l`` with ``P(B <= l − 1) <= (1 − level) / 2``, the upper the
    smallest ``u`` with ``P(B >= u) <= (1 − level) / 2``; exact, no normal approximation.
    Tied values only widen the true coverage.

    Parameters
    ----------
    n : array_like of int, shape (m,) or scalar
        Values per group.
    p : float
        Which quantile, in (0, 1); 0.5 for the median.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    lower, upper : ndarray of int, shape (m,)
        Integers from 1 to ``n``. Where ``n`` is too small to hold the level on a
        side, that side is the smallest or largest value; both are 0 where ``n`` is 0.

    Raises
    ------
    ValueError
        If a number of values is negative, not whole or not finite, or ``p`` or
        the level is outside (0, 1).

    References
    ----------
    Conover (1999), Practical Nonparametric Statistics, 3rd ed., section 3.2;
    ranks for the median from Campbell and Gardner (1988), BMJ 296, 1454-1456.

    Examples
    --------
    >>> quantile_ranks([10, 100], 0.5)
    (array([ 2, 40]), array([ 9, 61]))
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"a quantile lies between 0 and 1, not at {p}")
    size = whole_counts(n).astype(np.int64)
    tail = tail_of(level)
    lower = _last_within(size, p, tail) + 1
    # P(B >= u) with chance p is P(B' <= n − u) with chance 1 − p: one search serves both sides.
    upper = size - _last_within(size, 1.0 - p, tail)
    return np.minimum(np.maximum(lower, 1), size), np.minimum(upper, size)


def _last_within(size: Integers, p: float, tail: float) -> Integers:
    """Return the largest ``k`` with ``P(B <= k) <= tail``, −1 where even 0 is too likely."""
    within, beyond = np.full_like(size, -1), size.copy()
    while np.any(beyond - within > 1):
        middle = (within + beyond) // 2
        fits = binomial_upto(middle, size, p) <= tail
        within, beyond = np.where(fits, middle, within), np.where(fits, beyond, middle)
    return within
