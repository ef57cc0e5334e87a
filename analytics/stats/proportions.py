"""Shares of a count: exact and Bayesian intervals, and what missing answers could change."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from analytics.stats.arrays import Floats, one_of, tail_of, trials_and_successes, whole_counts
from analytics.stats.intervals import wilson_interval

METHODS = ("wilson", "exact", "jeffreys")


def exact_interval(successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact (Clopper–Pearson) interval of a proportion.

    Lower bound: the ``(1 − level)/2`` quantile of ``Beta(x, n − x + 1)``; upper:
    the ``(1 + level)/2`` quantile of ``Beta(x + 1, n − x)``. It never covers less
    than the level, often more: wider than Wilson's, for use where falling
    short of the level once is worse than being wide always.

    Parameters
    ----------
    successes, trials : array_like of int, shape (n,) or scalar
        Counts per group.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        Fractions. 0 and 1 where there are no trials: nothing is known.

    Raises
    ------
    ValueError
        If a count is negative, not whole, not finite or exceeds its trials, or the level is outside (0, 1).

    References
    ----------
    Clopper and Pearson (1934), Biometrika 26, 404-413; values from Newcombe
    (1998), Statistics in Medicine 17, 857-872, Table I.

    Examples
    --------
    >>> lower, upper = exact_interval([81], [263])
    >>> lower.round(4), upper.round(4)
    (array([0.2527]), array([0.3676]))
    """
    x, n = trials_and_successes(successes, trials)
    return _beta_bounds(x, n, (x, n - x + 1.0), (x + 1.0, n - x), tail_of(level))


def jeffreys_interval(
    successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats]:
    """Return the Jeffreys interval of a proportion, equal-tailed.

    Quantiles of ``Beta(x + 1/2, n − x + 1/2)``, the posterior under Jeffreys'
    prior; the lower bound is 0 where nothing succeeded, the upper 1 where all did.

    Parameters
    ----------
    successes, trials : array_like of int, shape (n,) or scalar
        Counts per group.
    level : float
        Probability held, in (0, 1).

    Returns
    -------
    lower, upper : ndarray of float, shape (n,)
        Fractions. 0 and 1 where there are no trials.

    Raises
    ------
    ValueError
        As for `exact_interval`.

    References
    ----------
    Brown, Cai and DasGupta (2001), Statistical Science 16, 101-133, section 4.
    """
    x, n = trials_and_successes(successes, trials)
    posterior = (x + 0.5, n - x + 0.5)
    return _beta_bounds(x, n, posterior, posterior, tail_of(level))


def proportion_interval(
    successes: ArrayLike, trials: ArrayLike, *, level: float = 0.95, method: str = "wilson"
) -> tuple[Floats, Floats, Floats]:
    """Return proportions with their intervals by the named method.

    Parameters
    ----------
    successes, trials : array_like of int, shape (n,) or scalar
        Counts per group.
    level : float
        Confidence level, in (0, 1).
    method : {"wilson", "exact", "jeffreys"}
        How the bounds are computed.

    Returns
    -------
    estimate, lower, upper : ndarray of float, shape (n,)
        Fractions. Without trials the estimate is NaN and the interval all of [0, 1],
        by every method (`wilson_interval` itself leaves NaN there, for the screen's blank).

    Raises
    ------
    ValueError
        As for `exact_interval`, or if the method is unknown.
    """
    x, n = trials_and_successes(successes, trials)
    bounds = {"wilson": wilson_interval, "exact": exact_interval, "jeffreys": jeffreys_interval}
    lower, upper = bounds[one_of(method, METHODS, "method")](x, n, level=level)
    estimate = np.divide(x, n, out=np.full(x.shape, np.nan), where=n > 0)
    return estimate, np.where(n > 0, lower, 0.0), np.where(n > 0, upper, 1.0)


def response_bounds(
    successes: ArrayLike, answered: ArrayLike, asked: ArrayLike
) -> tuple[Floats, Floats, Floats]:
    """Return the response rate, and the share if all silent clients were discontent or all content.

    ``response = answered/asked``, ``worst = x/asked``, ``best = (x + asked − answered)/asked``.
    No assumption about the silent enters; the truth about all lies between.

    Parameters
    ----------
    successes, answered, asked : array_like of int, shape (n,) or scalar
        Satisfied, rated, served: ``successes <= answered <= asked``.

    Returns
    -------
    response, worst, best : ndarray of float, shape (n,)
        Fractions; where nobody was asked NaN, 0 and 1.

    Raises
    ------
    ValueError
        If a count is impossible or exceeds the one it is part of.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, chapter 1.

    Examples
    --------
    >>> [float(part) for part in response_bounds(102, 120, 200)]
    [0.6, 0.51, 0.91]
    """
    x, rated = trials_and_successes(successes, answered)
    rated, n = np.broadcast_arrays(rated, whole_counts(asked))
    if np.any(rated > n):
        raise ValueError("more answered than were asked")
    known = n > 0
    response, worst, best = (
        np.divide(part, n, out=np.full(n.shape, otherwise), where=known)
        for part, otherwise in ((rated, np.nan), (x, 0.0), (x + n - rated, 1.0))
    )
    return response, worst, best


def _beta_bounds(
    x: Floats, n: Floats, below: tuple[Floats, Floats], above: tuple[Floats, Floats], tail: float
) -> tuple[Floats, Floats]:
    none, all_of_them = x == 0, x == n
    # The quantile function wants parameters above 0 also where the bound is known beforehand.
    lower = betaincinv(np.where(none, 1.0, below[0]), np.where(none, 1.0, below[1]), tail)
    upper = betaincinv(np.where(all_of_them, 1.0, above[0]), np.where(all_of_them, 1.0, above[1]), 1.0 - tail)
    return np.where(none, 0.0, lower), np.where(all_of_them, 1.0, upper)
