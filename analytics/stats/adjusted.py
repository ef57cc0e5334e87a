"""Funnel of shares against each unit's own expectation, with the chance of so low or so high a share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc

from analytics.stats.arrays import Flags, Floats, Integers, amounts, rows_of_units, trials_and_successes
from analytics.stats.dispersion import Dispersion, additive_dispersion
from analytics.stats.funnel import LEVELS
from analytics.stats.limits import binomial_limits


@dataclass(frozen=True)
class AdjustedFunnel:
    """Units against what their own mix lets expect; all of shape (units,) but the limits.

    Attributes
    ----------
    value, target : ndarray of float
        The share, and the share expected ``E/n``; NaN without trials.
    lower, upper : ndarray of float, shape (levels, units)
        Limits around the own target, widest level last; 0 and 1 without trials.
    zone : ndarray of int
        0 within all limits, −1 / +1 below / above the first level's, −2 / +2 the second's.
    low, high : ndarray of float
        One-sided chances of so low, or so high, a share; 1 without trials.
    dispersion : Dispersion
        Variance between units, on the scale of shares.
    """

    value: Floats
    target: Floats
    lower: Floats
    upper: Floats
    zone: Integers
    low: Floats
    high: Floats
    dispersion: Dispersion


def adjusted_funnel(
    successes: ArrayLike,
    trials: ArrayLike,
    expected: ArrayLike,
    *,
    levels: tuple[float, ...] = LEVELS,
    winsor: float = 0.1,
    consistent: bool = True,
    judged: ArrayLike | None = None,
) -> AdjustedFunnel:
    """Return the funnel of shares whose targets ``p = E/n`` come from indirect standardisation.

    As `proportion_funnel` by "tails", each unit around its own ``p``: binomial limits, their distance from
    ``p`` stretched by ``sqrt(1 + τ²/s²)`` with ``s² = p(1 − p)/n``. The chances are the binomial tails (in
    their continuous form) of the share drawn in by that factor, so they agree with the limits.

    Parameters
    ----------
    successes, trials : array_like of int, shape (units,)
        Counts per unit.
    expected : array_like of float, shape (units,)
        Successes that the mix lets expect, from 0 to the trials.
    levels, winsor, consistent, judged
        As for `proportion_funnel`; ``judged`` says who shapes τ². Without levels (an empty tuple) no limits
        are searched for, which take most of the time; chances and dispersion are the same.

    Returns
    -------
    AdjustedFunnel

    Raises
    ------
    ValueError
        If a count is impossible, an expectation lies outside 0 to the trials, or shapes differ.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, section 3.2 and appendix A.3.

    Examples
    --------
    >>> funnel = adjusted_funnel([60, 92], [100, 100], [90.0, 90.0])
    >>> funnel.zone.tolist()
    [-2, 0]
    """
    x, n = trials_and_successes(successes, trials)
    e = amounts(expected, "expected successes")
    rows_of_units("successes, trials and expectations", x, n, e)
    if np.any(e > n * (1.0 + 1e-9)):
        raise ValueError("more successes are expected than there are trials")
    counted = n > 0
    size = np.where(counted, n, 1.0)
    p = np.clip(np.where(counted, e / size, 0.5), 0.0, 1.0)
    value = np.where(counted, x / size, np.nan)
    s = np.sqrt(p * (1.0 - p) / size)
    shaping = counted & (s > 0) & (np.ones(n.shape, dtype=bool) if judged is None else np.asarray(judged))
    z = (value[shaping] - p[shaping]) / s[shaping]
    dispersion = additive_dispersion(z, s[shaping], winsor=winsor, consistent=consistent)
    wider = np.sqrt(1.0 + np.divide(dispersion.tau2, s * s, out=np.zeros(n.shape), where=s > 0))
    limits = [_stretched(binomial_limits(size, p, level=level), p, wider, counted) for level in levels]
    shape = len(levels), *n.shape
    lower, upper = (np.array([pair[side] for pair in limits]).reshape(shape) for side in (0, 1))
    compared = np.where(counted, value, 0.5)
    zone = np.sum(compared > upper, axis=0) - np.sum(compared < lower, axis=0)
    low, high = _tails(size, p, np.clip(p + (compared - p) / wider, 0.0, 1.0), counted)
    return AdjustedFunnel(
        value, np.where(counted, p, np.nan), lower, upper, np.where(counted, zone, 0), low, high, dispersion
    )


def _stretched(
    limits: tuple[Floats, Floats], target: Floats, wider: Floats, counted: Flags
) -> tuple[Floats, Floats]:
    low, high = (np.clip(target + (bound - target) * wider, 0.0, 1.0) for bound in limits)
    return np.where(counted, low, 0.0), np.where(counted, high, 1.0)


def _tails(n: Floats, p: Floats, value: Floats, counted: Flags) -> tuple[Floats, Floats]:
    x = n * value
    low = betainc(np.maximum(n - x, 1e-300), x + 1.0, 1.0 - p)
    high = betainc(np.maximum(x, 1e-300), n - x + 1.0, p)
    return np.where(counted & (x < n), low, 1.0), np.where(counted & (x > 0), high, 1.0)
