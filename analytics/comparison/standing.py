"""Where each unit stands: ratio to expectation, limits, shrunk value, rank. One function a kind of figure.

Arrays in, arrays out, one entry a unit; who is judged shapes target, over-dispersion and prior.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from analytics.stats.adjusted import adjusted_funnel
from analytics.stats.arrays import Flags, Floats, Integers
from analytics.stats.beta_binomial import fit_beta_prior
from analytics.stats.dispersion import pooled_errors
from analytics.stats.funnel import log_mean_funnel, ratio_funnel
from analytics.stats.gamma_poisson import fit_gamma_prior
from analytics.stats.normal_normal import fit_normal_prior
from analytics.stats.posteriors import BetaPosterior
from analytics.stats.proportions import exact_interval
from analytics.stats.ranks import rank_units
from analytics.stats.ratios import ratio_interval

LEVEL = 0.95
RANK_LEVEL = 0.9
DRAWS = 1000
_SEED = 20260101
# A share of 0 or 1 expected for certain would leave a prior no room.
_EDGE = 1e-6


@dataclass(frozen=True)
class Standing:
    """All of shape (units,); limits (2, units), at 95 % and 99.8 %.

    ``expected_value``, limits and ``shrunk`` are on the measure's own scale (a share, a count, days);
    ``low`` and ``high`` are one-sided chances of a figure so low or high if the unit were like its peers.
    ``draws`` makes draws of the ratio to expectation, (draws, units), for ranks, when these are asked for.
    ``tau2`` is the variance between units beyond chance and ``deviation`` the pooled standard deviation of
    single logarithms (of days).
    """

    expected_value: Floats
    ratio: Floats
    ratio_lower: Floats
    ratio_upper: Floats
    limits_lower: Floats
    limits_upper: Floats
    zone: Integers
    low: Floats
    high: Floats
    shrunk: Floats
    shrunk_lower: Floats
    shrunk_upper: Floats
    draws: Callable[[], Floats]
    tau2: float = 0.0
    deviation: float = 0.0


def of_shares(x: Floats, n: Floats, expected: Floats, judged: Flags, *, shrink: bool = True) -> Standing:
    """Compare shares: exact interval of ``x/n`` over ``E/n``, binomial funnel around ``E/n``, beta prior.

    The prior's concentration is fitted to mix-adjusted counts (rounded); its mean is each unit's own ``E/n``.
    Without ``shrink`` no prior is fitted, which takes most of the time: shrunk values are NaN.
    """
    e = np.minimum(expected, n)
    funnel = adjusted_funnel(x, n, e, judged=judged)
    low, high = exact_interval(x, n, level=LEVEL)
    known = e > 0
    ratio, ratio_low, ratio_high = (
        np.divide(part, e, out=np.full(n.shape, missing), where=known)
        for part, missing in ((x, np.nan), (low * n, 0.0), (high * n, np.inf))
    )
    p = np.clip(np.divide(e, n, out=np.full(n.shape, 0.5), where=n > 0), _EDGE, 1.0 - _EDGE)
    posterior = _beta_posterior(x, n, p, ratio, judged & known if shrink else np.zeros(n.shape, dtype=bool))
    none = np.full(n.shape, np.nan)
    shrunk_low, shrunk_high = posterior.interval(level=LEVEL) if shrink else (none, none)
    return Standing(
        np.where(n > 0, p, np.nan),
        ratio,
        ratio_low,
        ratio_high,
        funnel.lower,
        funnel.upper,
        funnel.zone,
        funnel.low,
        funnel.high,
        posterior.mean if shrink else none,
        shrunk_low,
        shrunk_high,
        lambda: posterior.draws(DRAWS, seed=_SEED) / p,
        funnel.dispersion.tau2,
    )


def _beta_posterior(x: Floats, n: Floats, p: Floats, ratio: Floats, shaping: Flags) -> BetaPosterior:
    endless = np.full(n.shape, np.inf)
    if not shaping.any():
        return BetaPosterior(endless, endless, p)
    pooled = x[shaping].sum() / n[shaping].sum()
    adjusted = np.rint(n[shaping] * np.clip(ratio[shaping] * pooled, 0.0, 1.0))
    weight = fit_beta_prior(adjusted, n[shaping]).concentration
    if np.isinf(weight):
        return BetaPosterior(endless, endless, p)
    a, b = weight * p + x, weight * (1.0 - p) + n - x
    return BetaPosterior(a, b, a / (a + b))


def of_counts(observed: Floats, expected: Floats, judged: Flags) -> Standing:
    """Compare counts: exact Poisson interval of O/E, Poisson funnel by tails, gamma prior.

    ``low`` and ``high`` are mid-p chances under the prior, the negative binomial: volumes vary beyond chance.
    """
    e = np.maximum(expected, 0.0)
    ratio, ratio_low, ratio_high = ratio_interval(observed, e, level=LEVEL)
    funnel = ratio_funnel(observed, e, method="tails", consistent=True, judged=judged)
    shaping = judged & (e > 0)
    if not shaping.any():
        return _nothing(e)
    prior = fit_gamma_prior(observed[shaping], e[shaping])
    posterior = prior.posterior(observed, e)
    low = prior.lower_tail(observed, e)
    shrunk_low, shrunk_high = posterior.interval(level=LEVEL)
    return Standing(
        e,
        ratio,
        ratio_low,
        ratio_high,
        funnel.lower * e,
        np.where(e > 0, funnel.upper, 0.0) * e,
        funnel.zone,
        low,
        1.0 - low,
        posterior.mean * e,
        shrunk_low * e,
        shrunk_high * e,
        lambda: posterior.draws(DRAWS, seed=_SEED),
        funnel.dispersion.tau2,
    )


def of_days(
    log_sum: Floats, log_squares: Floats, n: Floats, expected_sum: Floats, shift: float, judged: Flags
) -> Standing:
    """Compare times: geometric means of ``days + shift`` over what the mix lets expect.

    Normal theory on mean logarithms, with one standard deviation pooled over units; funnel with τ², normal
    prior. Values are geometric means less ``shift``, in days; the ratio is of ``days + shift``.
    """
    held = n > 0
    size = np.where(held, n, 1.0)
    mean, target = np.where(held, log_sum / size, 0.0), np.where(held, expected_sum / size, 0.0)
    if not np.any(n > 1):
        return _nothing(np.where(held, np.exp(target) - shift, np.nan))
    spread = np.sqrt(np.maximum(log_squares - size * mean**2, 0.0) / np.maximum(size - 1.0, 1.0))
    s = np.maximum(pooled_errors(spread, size), 1e-9)
    distance = mean - target
    shaping = judged & held
    funnel = log_mean_funnel(distance, s, target=1.0, consistent=True, judged=shaping)
    if not shaping.any():
        return _nothing(np.exp(target) - shift)
    prior = fit_normal_prior(distance[shaping], s[shaping])
    posterior = prior.posterior(distance, s)
    shrunk_low, shrunk_high = posterior.interval(level=LEVEL)
    low, high = _normal_tails(funnel.z)
    half = 1.959963984540054 * s
    on_scale = np.exp(target)
    return Standing(
        np.where(held, on_scale - shift, np.nan),
        np.where(held, np.exp(distance), np.nan),
        np.exp(distance - half),
        np.exp(distance + half),
        np.maximum(funnel.lower * on_scale - shift, 0.0),
        np.maximum(funnel.upper * on_scale - shift, 0.0),
        np.where(held, funnel.zone, 0),
        np.where(held, low, 1.0),
        np.where(held, high, 1.0),
        np.exp(posterior.mean) * on_scale - shift,
        np.exp(shrunk_low) * on_scale - shift,
        np.exp(shrunk_high) * on_scale - shift,
        lambda: np.exp(posterior.draws(DRAWS, seed=_SEED)),
        funnel.dispersion.tau2,
        float(s[0] * np.sqrt(size[0])),
    )


def _normal_tails(z: Floats) -> tuple[Floats, Floats]:
    from scipy.special import ndtr

    return ndtr(z), ndtr(-z)


def _nothing(expected_value: Floats) -> Standing:
    """Return a standing of units of which none can be judged."""
    unknown, shape = np.full(expected_value.shape, np.nan), expected_value.shape
    limits = np.full((2, *shape), np.nan)
    none, certain = np.zeros(shape, dtype=np.int64), np.ones(shape)
    return Standing(
        expected_value,
        unknown,
        unknown,
        unknown,
        limits,
        limits,
        none,
        certain,
        certain,
        unknown,
        unknown,
        unknown,
        lambda: np.ones((1, *shape)),
    )


def ranks_of(draws: Floats, *, highest_first: bool) -> tuple[Integers, Integers, Floats, Floats]:
    """Return the 90 % interval of each unit's rank and its chances of the top and of the bottom quarter.

    Rank 1 is the highest ratio to expectation, or the lowest where low is good.
    """
    ranks = rank_units(draws, level=RANK_LEVEL, highest_first=highest_first, seed=_SEED)
    first, last = (ranks.top, ranks.bottom) if highest_first else (ranks.bottom, ranks.top)
    return ranks.lower, ranks.upper, first, last
