"""Chances of binomial counts that stay right for thousands of millions of trials."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats


def binomial_upto(count: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """Return the chance of at most ``count`` successes; arrays broadcast, nothing is checked.

    The regularised incomplete beta function ``I(1 − p; n − k, k + 1)``. SciPy's own ``bdtr`` is wrong in the
    second digit from 10⁷ trials on and knows none beyond 2³¹.

    Parameters
    ----------
    count, trials : array_like of float
        Whole numbers; a count below 0 has chance 0, one of all trials or more has chance 1.
    chance : array_like of float
        Of one success, in [0, 1].

    Returns
    -------
    ndarray of float
        In [0, 1].
    """
    # Here, not above: most questions need no binomial chance, and SciPy slows the command line's start.
    from scipy.special import betainc

    k, n, p = np.broadcast_arrays(*(np.asarray(part, dtype=np.float64) for part in (count, trials, chance)))
    within = (k >= 0) & (k < n)
    chances = betainc(np.where(within, n - k, 1.0), np.where(within, k + 1.0, 1.0), 1.0 - p)
    return np.where(within, chances, np.where(k < 0, 0.0, 1.0))


def binomial_mid_p(count: ArrayLike, trials: ArrayLike, chance: ArrayLike) -> Floats:
    """Return the chance of fewer successes than ``count`` and half that of as many, as `binomial_upto`."""
    k = np.asarray(count, dtype=np.float64)
    return 0.5 * (binomial_upto(k, trials, chance) + binomial_upto(k - 1.0, trials, chance))
