"""Limits that a proportion or a ratio stays within by chance alone, for units of any size."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtrik, gammainccinv, gammaincinv, ndtri, pdtrik

from analytics.stats.arrays import Floats, expectations, normal_quantile, one_of, tail_of

# Expected counts up to which limits are searched for exactly.
MOST_SEARCHED = 1e9

RATIO_METHODS = ("exact", "tails", "normal", "sqrt")


def ratio_limits(expected: ArrayLike, *, level: float = 0.95, method: str = "exact") -> tuple[Floats, Floats]:
    """Return Poisson limits for a ratio O/E around 1, without over-dispersion.

    "exact": ``χ²(α, 2E)/2E`` and ``χ²(1 − α, 2(E + 1))/2E`` with ``α = (1 − level)/2``, the
    customary lines of public health (the exact interval of a count of ``E``). "tails": the ``O``
    at which the Poisson tail itself is ``α``; for few expected events (below about 10)
    the customary lower line flags units too readily, this one does not. "normal":
    ``1 ± z/sqrt(E)``; "sqrt": ``(1 ± z/(2·sqrt(E)))²``.

    Parameters
    ----------
    expected : array_like of float, shape (n,) or scalar
        Events expected, at least 0.
    level : float
        In (0, 1).
    method : {"exact", "tails", "normal", "sqrt"}
        As above.

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        Pure numbers; 0 and infinity where nothing is expected.

    Raises
    ------
    ValueError
        If an expectation is negative or not finite, or the level or method unknown.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, appendix A.1.

    Examples
    --------
    >>> lower, upper = ratio_limits([15])
    >>> lower.round(4), upper.round(4)
    (array([0.5597]), array([1.6493]))
    """
    e = expectations(expected)
    size = np.where(e > 0, e, 1.0)
    z, tail = normal_quantile(level), tail_of(level)
    root = np.sqrt(size)
    one_of(method, RATIO_METHODS, "method")
    if method == "exact":
        lower, upper = gammaincinv(size, tail) / size, gammainccinv(size + 1.0, tail) / size
    elif method == "tails":
        lower, upper = _poisson_limits(size, tail)
    elif method == "normal":
        lower, upper = np.maximum(1.0 - z / root, 0.0), 1.0 + z / root
    else:
        lower, upper = np.maximum(1.0 - z / (2 * root), 0.0) ** 2, (1.0 + z / (2 * root)) ** 2
    return np.where(e > 0, lower, 0.0), np.where(e > 0, upper, np.inf)


def binomial_limits(trials: Floats, target: ArrayLike, *, level: float) -> tuple[Floats, Floats]:
    """Return the proportions at which the binomial tails are ``(1 − level)/2``, shape (n,) each.

    The tail is the continuous (incomplete beta) form of the binomial distribution, so the limits move
    smoothly with ``n``, and a whole count lies outside exactly where its tail is below that
    chance. 0 or 1 where even no or every success is not unlikely enough. ``trials`` are above 0, the
    target, one or one a unit, lies in [0, 1].
    """
    given = np.broadcast_to(np.asarray(target, dtype=np.float64), trials.shape)
    certain = (given == 0.0) | (given == 1.0)
    p = np.where(certain, 0.5, given)
    tail = tail_of(level)
    lower = _low_successes(trials, p, tail) / trials
    # At least x of n with chance p is at most n − x with chance 1 − p: one search serves both sides.
    upper = 1.0 - _low_successes(trials, 1.0 - p, tail) / trials
    return np.where(certain, given, lower), np.where(certain, given, upper)


def _low_successes(trials: Floats, p: Floats, tail: float) -> Floats:
    """Return the real number of successes whose lower tail is ``tail``; 0 where 0 itself is likelier."""
    likely = trials * np.log1p(-p) >= np.log(tail)
    return np.where(likely, 0.0, bdtrik(tail, trials, p))


def _poisson_limits(expected: Floats, tail: float) -> tuple[Floats, Floats]:
    likely = expected <= -np.log(tail)
    lower = np.where(likely, 0.0, _poisson_quantile(tail, expected))
    # P(O >= o) = tail where P(O <= o − 1) = 1 − tail, in the continuous form of the distribution.
    upper = _poisson_quantile(1.0 - tail, expected) + 1.0
    return lower / expected, upper / expected


def _poisson_quantile(chance: float, expected: Floats) -> Floats:
    """Return the real count up to which the Poisson chance is ``chance``, 0 where 0 itself is likelier."""
    z = float(ndtri(chance))
    # SciPy's search fails from about 10¹¹ on, where the normal form with its skewness errs by less than 1e-5.
    by_normal = expected + z * np.sqrt(expected) + (z * z - 4.0) / 6.0
    return np.where(expected > MOST_SEARCHED, by_normal, pdtrik(chance, np.minimum(expected, MOST_SEARCHED)))
