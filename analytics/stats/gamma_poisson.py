"""Empirical Bayes for ratios O/E of units: a gamma prior of what units are like, fitted to all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, digamma, gammaln, pdtr, polygamma

from analytics.stats.arrays import (
    Flags,
    Floats,
    expectations,
    one_of,
    rows_of_units,
    share_within,
    whole_counts,
)
from analytics.stats.descent import least_of_two
from analytics.stats.posteriors import GammaPosterior
from analytics.stats.trimming import least_extreme, trimmed_fit

METHODS = ("marginal", "moments", "clayton_kaldor")
NARROWEST = 1e6
WIDEST = 1e-3
MOST_STEPS = 1000


@dataclass(frozen=True)
class GammaPrior:
    """``Gamma(shape, rate)`` of the true ratios, with mean ``shape/rate``.

    ``shape`` is infinite where units do not differ beyond chance. ``kept`` marks the units that shaped it.
    """

    mean: float
    shape: float
    kept: Flags

    @property
    def rate(self) -> float:
        """Rate, in expected events: as many as the prior weighs."""
        return self.shape / self.mean if np.isfinite(self.shape) and self.mean > 0 else np.inf

    def posterior(self, observed: ArrayLike, expected: ArrayLike) -> GammaPosterior:
        """Return ``Gamma(shape + O, rate + E)`` of each unit; a unit with ``E`` 0 stays at the prior.

        ValueError if a count is impossible or an expectation negative.
        """
        o, e = _counts(observed, expected)
        if np.isinf(self.rate):
            endless = np.full(o.shape, np.inf)
            return GammaPosterior(endless, endless, np.full(o.shape, self.mean))
        shape, rate = self.shape + o, self.rate + e
        return GammaPosterior(shape, rate, shape / rate)

    def lower_tail(self, observed: ArrayLike, expected: ArrayLike) -> Floats:
        """Return the mid-p chance of at most so many events under the prior (negative binomial).

        ``P(O < o) + P(O = o)/2``; near 0 fewer than the prior lets expect, near 1 more. 0.5 where nothing
        is expected. Shape (units,); ValueError as for `posterior`.
        """
        o, e = _counts(observed, expected)
        upto, under = self._upto(o, e), np.where(o > 0, self._upto(np.maximum(o - 1.0, 0.0), e), 0.0)
        return np.where(e > 0, 0.5 * (upto + under), 0.5)

    def tail(self, observed: ArrayLike, expected: ArrayLike) -> Floats:
        """Return twice the smaller mid-p tail of each unit's count under the prior, in [0, 1]."""
        below = self.lower_tail(observed, expected)
        return np.minimum(1.0, 2.0 * np.minimum(below, 1.0 - below))

    def _upto(self, o: Floats, e: Floats) -> Floats:
        # Both count "at most o" in their regularised forms, which stay exact for large o.
        if np.isinf(self.rate):
            return np.asarray(pdtr(o, self.mean * e), dtype=np.float64)
        return np.asarray(betainc(self.shape, o + 1.0, self.rate / (self.rate + e)), dtype=np.float64)


def fit_gamma_prior(
    observed: ArrayLike, expected: ArrayLike, *, method: str = "marginal", trim: float = 0.1
) -> GammaPrior:
    """Fit the gamma distribution that units' true ratios come from.

    "marginal" maximises the negative binomial likelihood. "moments" (Marshall's global
    estimator): ``m = ΣO/ΣE``, ``variance = ΣE(O/E − m)²/ΣE − m/Ē``. "clayton_kaldor" iterates
    ``m = mean of shrunk ratios`` and ``variance = Σ(1 + rate/E)(shrunk − m)²/(I − 1)``.

    Parameters
    ----------
    observed : array_like of int, shape (units,)
        Events counted.
    expected : array_like of float, shape (units,)
        Events expected, at least 0; units with 0 do not shape the prior.
    method : {"marginal", "moments", "clayton_kaldor"}
        As above.
    trim : float
        In [0, 0.5): leave out units that stand out from the prior at this false discovery rate, as
        `fit_beta_prior` does; 0 fits to all units.

    Returns
    -------
    GammaPrior
        Of infinite shape, at ``ΣO/ΣE``, where units differ no more than by chance, and where fewer than two
        have an expectation.

    Raises
    ------
    ValueError
        If a count is impossible, an expectation negative, none above 0, or an option outside its range.

    References
    ----------
    Clayton and Kaldor (1987), Biometrics 43, 671-681; Marshall (1991), Applied Statistics 40, 283-294.
    """
    o, e = _counts(observed, expected)
    share_within(trim, "the trimming rate", below=0.5)
    if not np.any(e > 0):
        raise ValueError("no unit has an expectation above 0: there is nothing to fit a prior to")
    fit = {"marginal": _marginal, "moments": _moments, "clayton_kaldor": _clayton_kaldor}[
        one_of(method, METHODS, "method")
    ]

    def fitted(kept: Flags) -> GammaPrior:
        mean, shape = fit(o[kept], e[kept])
        return GammaPrior(mean, shape, kept)

    return trimmed_fit(fitted, lambda prior: least_extreme(prior.tail(o, e), e > 0, trim), e > 0, trim=trim)


def _counts(observed: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    o, e = whole_counts(observed), expectations(expected)
    rows_of_units("observed and expected", o, e)
    return o, e


def _from_moments(mean: float, variance: float) -> tuple[float, float]:
    if mean <= 0.0 or variance <= 0.0 or mean * mean / variance >= NARROWEST:
        return mean, np.inf
    return mean, max(mean * mean / variance, WIDEST)


def _moments(o: Floats, e: Floats) -> tuple[float, float]:
    mean = float(o.sum() / e.sum())
    spread = float(np.sum(e * (o / e - mean) ** 2) / e.sum())
    return _from_moments(mean, spread - mean / float(e.mean()) if o.size > 1 else 0.0)


def _clayton_kaldor(o: Floats, e: Floats) -> tuple[float, float]:
    mean, shape = _moments(o, e)
    pooled = mean
    for _ in range(MOST_STEPS):
        if np.isinf(shape):
            # From nothing the iteration never returns: the pooled ratio is all there is to say.
            return pooled, np.inf
        rate = shape / mean
        shrunk = (o + shape) / (e + rate)
        new_mean = float(shrunk.mean())
        variance = float(np.sum((1.0 + rate / e) * (shrunk - new_mean) ** 2) / (o.size - 1))
        before, (mean, shape) = (mean, shape), _from_moments(new_mean, variance)
        if abs(mean - before[0]) <= 1e-12 * mean and abs(shape - before[1]) <= 1e-10 * shape:
            break
    return mean, shape


def _marginal(o: Floats, e: Floats) -> tuple[float, float]:
    """Maximise the negative binomial likelihood over the logs of mean and shape."""
    pooled = float(o.sum() / e.sum())
    if o.size < 2 or pooled == 0.0:
        return pooled, np.inf
    lowest, highest = np.log(WIDEST), np.log(NARROWEST)
    starts = np.linspace(lowest + 2.0, highest, 12)
    best = min(starts, key=lambda start: _loss(np.array([np.log(pooled), start]), o, e)[0])
    found, value = least_of_two(
        np.array([np.log(pooled), best]),
        np.array([np.log(pooled) - 20.0, lowest]),
        np.array([np.log(pooled) + 20.0, highest]),
        loss=lambda where: _loss(where, o, e),
        curvature=lambda where: _curvature(where, o, e),
    )
    by_chance = -float(np.sum(o * np.log(pooled) - pooled * e))
    if value * o.size >= by_chance - 1e-6 or found[1] >= highest - 1e-6:
        return pooled, np.inf
    return float(np.exp(found[0])), float(np.exp(found[1]))


def _curvature(where: Floats, o: Floats, e: Floats) -> tuple[float, float, float]:
    """Return the second derivatives of `_loss`: by the log mean, by both, by the log shape."""
    mean, shape = np.exp(where[0]), np.exp(where[1])
    total, rate = shape + mean * e, mean * e
    by_shape = digamma(shape + o) - digamma(shape) - np.log1p(rate / shape) + (rate - o) / total
    again = polygamma(1, shape + o) - polygamma(1, shape) + rate / (shape * total) - (rate - o) / total**2
    parts = (
        -shape * rate * (shape + o) / total**2,
        shape * rate * (o - rate) / total**2,
        shape * by_shape + shape * shape * again,
    )
    first, both, second = (-float(np.mean(part)) for part in parts)
    return first, both, second


def _loss(where: Floats, o: Floats, e: Floats) -> tuple[float, Floats]:
    """Return minus the mean log-likelihood (without terms in the data alone) and its gradient."""
    mean, shape = np.exp(where[0]), np.exp(where[1])
    total = shape + mean * e
    terms = gammaln(shape + o) - gammaln(shape) - shape * np.log1p(mean * e / shape)
    terms = terms + o * (where[0] - np.log(total))
    by_mean = float(np.sum(shape * (o - mean * e) / total))
    by_shape = np.sum(
        digamma(shape + o) - digamma(shape) - np.log1p(mean * e / shape) + (mean * e - o) / total
    )
    return -float(np.mean(terms)), -np.array([by_mean, shape * float(by_shape)]) / o.size
