"""Empirical Bayes for shares of units: a beta prior of what units are like, fitted to all of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv, digamma, expit, gammaln, logit, ndtri, polygamma

from analytics.stats.arrays import Flags, Floats, one_of, rows_of_units, share_within, trials_and_successes
from analytics.stats.binomial import binomial_mid_p
from analytics.stats.descent import least_of_two
from analytics.stats.posteriors import BetaPosterior
from analytics.stats.trimming import least_extreme, trimmed_fit

METHODS = ("marginal", "moments", "raw_moments")
# A prior as narrow as a million trials is no different, at any size met here, from one point.
NARROWEST = 1e6
WIDEST = 1e-2


@dataclass(frozen=True)
class BetaPrior:
    """``Beta(mean·concentration, (1 − mean)·concentration)``.

    ``concentration`` is in trials: as many as the prior weighs. It is infinite
    where units do not differ beyond chance. ``kept`` marks the units that shaped it, shape (units,).
    """

    mean: float
    concentration: float
    kept: Flags

    @property
    def alpha(self) -> float:
        """First parameter; infinite with the concentration."""
        return self.concentration * self.mean if np.isfinite(self.concentration) else np.inf

    @property
    def beta(self) -> float:
        """Second parameter; infinite with the concentration."""
        return self.concentration * (1.0 - self.mean) if np.isfinite(self.concentration) else np.inf

    def posterior(self, successes: ArrayLike, trials: ArrayLike) -> BetaPosterior:
        """Return ``Beta(α + x, β + n − x)`` of each unit; a unit without trials stays at the prior.

        ValueError if a count is negative, not whole or exceeds its trials.
        """
        x, n = trials_and_successes(successes, trials)
        rows_of_units("successes and trials", x, n)
        if np.isinf(self.concentration):
            endless = np.full(x.shape, np.inf)
            return BetaPosterior(endless, endless, np.full(x.shape, self.mean))
        a, b = self.alpha + x, self.beta + n - x
        return BetaPosterior(a, b, a / (a + b))

    def tail(self, successes: ArrayLike, trials: ArrayLike) -> Floats:
        """Return twice the smaller mid-p tail of each unit's count under the prior, in [0, 1].

        The beta-binomial tail, integrated over 128 slices of the prior, finer towards its ends; good to
        about 1e-4. 1 where there are no trials.
        """
        x, n = trials_and_successes(successes, trials)
        p, chance = self._slices()
        below = np.empty(x.shape)
        # In pieces: all units by all slices would take 10 KB a unit.
        for start in range(0, x.size, 4096):
            piece = slice(start, start + 4096)
            below[piece] = binomial_mid_p(x[piece, None], n[piece, None], p) @ chance
        return np.where(n > 0, np.minimum(1.0, 2.0 * np.minimum(below, 1.0 - below)), 1.0)

    def _slices(self) -> tuple[Floats, Floats]:
        """Return shares and their chances, at midpoints of an angle whose squared sine is the cumulative."""
        if np.isinf(self.concentration) or not 0.0 < self.mean < 1.0:
            return np.full(1, self.mean), np.ones(1)
        angle = np.pi * (np.arange(128) + 0.5) / 128
        chance = np.sin(angle) / np.sum(np.sin(angle))
        return betaincinv(self.alpha, self.beta, np.sin(angle / 2.0) ** 2), chance


def fit_beta_prior(
    successes: ArrayLike, trials: ArrayLike, *, method: str = "marginal", trim: float = 0.1
) -> BetaPrior:
    """Fit the beta distribution that units' true shares come from.

    "marginal" maximises the beta-binomial likelihood. "moments" (Kleinman)
    sets ``Σw(p_i − p̂)²``, weighted by trials, to its expectation. "raw_moments" sets mean
    and variance of the raw shares, each unit counting alike, to those of the beta distribution:
    ``α + β = m(1 − m)/v − 1``; chance variation is in ``v``, so it shrinks too little.

    Trimming: units that stand out from the fitted prior, by their two-sided mid-p tails and
    Benjamini–Hochberg at the false discovery rate ``trim``, are left out and the prior is fitted again,
    until the same units stay (at most 20 % go). The few units one looks for thus do not make the prior
    wide enough to excuse themselves, while a city without such units keeps the prior it has.

    Parameters
    ----------
    successes, trials : array_like of int, shape (units,)
        Counts per unit; units without trials do not shape the prior.
    method : {"marginal", "moments", "raw_moments"}
        As above.
    trim : float
        False discovery rate of the units left out, in [0, 0.5); 0 fits to all units.

    Returns
    -------
    BetaPrior
        Of infinite concentration, at the pooled share, where units differ no more than by chance, and where
        fewer than two have trials.

    Raises
    ------
    ValueError
        If a count is impossible, no unit has trials, or an option lies outside its range.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 5.1 (raw moments); Kleinman (1973),
    JASA 68, 46-54 (moments); Griffiths (1973), Biometrics 29, 637-648 (marginal likelihood).
    """
    x, n = trials_and_successes(successes, trials)
    rows_of_units("successes and trials", x, n)
    share_within(trim, "the trimming rate", below=0.5)
    if not np.any(n > 0):
        raise ValueError("no unit has trials: there is nothing to fit a prior to")
    fit = {"marginal": _marginal, "moments": _moments, "raw_moments": _raw_moments}[
        one_of(method, METHODS, "method")
    ]

    def fitted(kept: Flags) -> BetaPrior:
        mean, concentration = fit(x[kept], n[kept])
        return BetaPrior(mean, concentration, kept)

    def staying(prior: BetaPrior) -> Flags:
        # The tail is dear to compute and decided beforehand for all who are near the mean.
        far = _distance(prior, x, n) > 0.6 * ndtri(1.0 - trim / 2.0)
        tail = np.ones(x.shape)
        tail[far] = prior.tail(x[far], n[far])
        return least_extreme(tail, n > 0, trim)

    return trimmed_fit(fitted, staying, n > 0, trim=trim)


def _distance(prior: BetaPrior, x: Floats, n: Floats) -> Floats:
    """Return how many of its standard deviations under the prior each count is from its mean."""
    by_prior = 0.0 if np.isinf(prior.concentration) else 1.0 / (prior.concentration + 1.0)
    variance = n * prior.mean * (1.0 - prior.mean) * (1.0 + np.maximum(n - 1.0, 0.0) * by_prior)
    return np.divide(np.abs(x - n * prior.mean), np.sqrt(variance), out=np.zeros(x.shape), where=variance > 0)


def _raw_moments(x: Floats, n: Floats) -> tuple[float, float]:
    shares = x / n
    mean = float(shares.mean())
    variance = float(shares.var(ddof=1)) if shares.size > 1 else 0.0
    if variance <= 0.0:
        return mean, np.inf
    return mean, _concentration(mean * (1.0 - mean) / variance - 1.0)


def _moments(x: Floats, n: Floats) -> tuple[float, float]:
    w = n / n.sum()
    mean = float(np.sum(x) / np.sum(n))
    chance = mean * (1.0 - mean)
    spread = float(np.sum(w * (x / n - mean) ** 2))
    by_chance = float(np.sum(w * (1.0 - w) / n))
    scale = chance * (float(np.sum(w * (1.0 - w))) - by_chance)
    # The correlation of two trials of one unit; the concentration is 1/correlation − 1.
    correlation = (spread - chance * by_chance) / scale if scale > 0 else 0.0
    return mean, _concentration(1.0 / correlation - 1.0) if correlation > 0 else np.inf


def _concentration(found: float) -> float:
    if found >= NARROWEST:
        return np.inf
    return max(found, WIDEST)


def _marginal(x: Floats, n: Floats) -> tuple[float, float]:
    """Maximise the beta-binomial likelihood over the logit of the mean and the log of the concentration."""
    pooled = float(np.sum(x) / np.sum(n))
    if x.size < 2 or pooled in (0.0, 1.0):
        return pooled, np.inf
    pairs, times = np.unique(np.stack([x, n]), axis=1, return_counts=True)
    data = (pairs[0], pairs[1], times.astype(np.float64))
    lowest, highest = np.log(WIDEST), np.log(NARROWEST)
    starts = np.linspace(lowest + 2.0, highest, 12)
    best = min(starts, key=lambda start: _loss(np.array([logit(pooled), start]), *data)[0])
    found, value = least_of_two(
        np.array([logit(pooled), best]),
        np.array([-30.0, lowest]),
        np.array([30.0, highest]),
        loss=lambda where: _loss(where, *data),
        curvature=lambda where: _curvature(where, *data),
    )
    # One point at the pooled share is the limit of ever narrower priors; it wins where no width is better.
    by_chance = -float(np.sum(x) * np.log(pooled) + np.sum(n - x) * np.log1p(-pooled))
    if value * x.size >= by_chance - 1e-6 or found[1] >= highest - 1e-6:
        return pooled, np.inf
    return float(expit(found[0])), float(np.exp(found[1]))


def _loss(where: Floats, x: Floats, n: Floats, times: Floats) -> tuple[float, Floats]:
    """Return minus the mean log-likelihood (without binomial coefficients) and its gradient.

    A mean, because the gradient of a sum over many units throws the search to the corner of its bounds.
    """
    mean, size = expit(where[0]), np.exp(where[1])
    a, b = mean * size, (1.0 - mean) * size
    terms = gammaln(a + x) - gammaln(a) + gammaln(b + n - x) - gammaln(b) - gammaln(size + n) + gammaln(size)
    to_a = float(np.sum(times * (digamma(a + x) - digamma(a))))
    to_b = float(np.sum(times * (digamma(b + n - x) - digamma(b))))
    to_size = float(np.sum(times * (digamma(size + n) - digamma(size))))
    by_mean = size * mean * (1.0 - mean) * (to_a - to_b)
    by_size = size * (mean * to_a + (1.0 - mean) * to_b - to_size)
    units = float(times.sum())
    return -float(np.sum(times * terms)) / units, -np.array([by_mean, by_size]) / units


def _curvature(where: Floats, x: Floats, n: Floats, times: Floats) -> tuple[float, float, float]:
    """Return the second derivatives of `_loss`: by the logit of the mean, by both, by the log size."""
    mean, size = expit(where[0]), np.exp(where[1])
    a, b, width = mean * size, (1.0 - mean) * size, size * mean * (1.0 - mean)
    to_a = float(np.sum(times * (digamma(a + x) - digamma(a))))
    to_b = float(np.sum(times * (digamma(b + n - x) - digamma(b))))
    to_size = float(np.sum(times * (digamma(size + n) - digamma(size))))
    again_a = float(np.sum(times * (polygamma(1, a + x) - polygamma(1, a))))
    again_b = float(np.sum(times * (polygamma(1, b + n - x) - polygamma(1, b))))
    again_size = float(np.sum(times * (polygamma(1, size + n) - polygamma(1, size))))
    by_size = size * (mean * to_a + (1.0 - mean) * to_b - to_size)
    parts = (
        width * (1.0 - 2.0 * mean) * (to_a - to_b) + width * width * (again_a + again_b),
        width * (to_a - to_b) + width * (a * again_a - b * again_b),
        by_size + a * a * again_a + b * b * again_b - size * size * again_size,
    )
    first, both, second = (-part / float(times.sum()) for part in parts)
    return first, both, second
