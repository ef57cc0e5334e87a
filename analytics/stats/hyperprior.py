"""Full Bayes for shares: the beta prior itself is uncertain, and its uncertainty is kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, gammaln, logit

from analytics.stats.arrays import Floats, rows_of_units, trials_and_successes
from analytics.stats.posteriors import MOST_DRAWS

GRID = 80
# Log density below the peak at which the grid ends: e^-12 leaves less than 1e-4 outside.
DEPTH = 12.0


@dataclass(frozen=True)
class BetaHyperposterior:
    """Joint posterior of the beta prior's parameters on a grid, shape (cells,) each.

    ``chance`` sums to 1; ``alpha`` and ``beta`` are the cells' centres.
    """

    alpha: Floats
    beta: Floats
    chance: Floats
    successes: Floats
    trials: Floats

    @property
    def mean_alpha(self) -> float:
        """Posterior mean of the first parameter."""
        return float(np.sum(self.alpha * self.chance))

    @property
    def mean_beta(self) -> float:
        """Posterior mean of the second parameter."""
        return float(np.sum(self.beta * self.chance))

    def mean(self) -> Floats:
        """Return the posterior mean of each unit's share, shape (units,)."""
        means = np.zeros(self.trials.shape)
        for a, b, chance in zip(self.alpha, self.beta, self.chance, strict=True):
            means += chance * (a + self.successes) / (a + b + self.trials)
        return means

    def draws(self, count: int, *, seed: int) -> Floats:
        """Return seeded joint draws of all units' shares, shape (count, units), for `rank_units`.

        ValueError for a count outside 1 to 100,000.
        """
        if not 1 <= count <= MOST_DRAWS:
            raise ValueError(f"draws number from 1 to {MOST_DRAWS}, not {count}")
        rng = np.random.default_rng(seed)
        cells = rng.choice(self.chance.size, size=count, p=self.chance)
        a, b = self.alpha[cells, None], self.beta[cells, None]
        return rng.beta(a + self.successes, b + self.trials - self.successes)


def beta_hyperposterior(successes: ArrayLike, trials: ArrayLike) -> BetaHyperposterior:
    """Return the posterior of the beta prior under the hyperprior ``(α + β)^(−5/2)``, on a grid.

    The grid runs over ``log(α/β)`` and ``log(α + β)``, 80 by 80 points, as far as the density is within
    ``e^−12`` of its peak. Against `fit_beta_prior` intervals of units become wider where units are few,
    for the prior's own doubt is in them.

    Parameters
    ----------
    successes, trials : array_like of int, shape (units,)
        Counts per unit.

    Returns
    -------
    BetaHyperposterior
        The concentration is searched up to 10⁵ trials: units that differ no more than by chance have it
        there.

    Raises
    ------
    ValueError
        If a count is impossible, or fewer than two units have trials, or all trials succeeded or none (the
        posterior is then not proper).

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., section 5.3.
    """
    x, n = trials_and_successes(successes, trials)
    rows_of_units("successes and trials", x, n)
    counted = n > 0
    if counted.sum() < 2 or x.sum() in (0.0, n.sum()):
        raise ValueError("the prior needs two units with trials, and both successes and failures")
    pairs, times = np.unique(np.stack([x[counted], n[counted]]), axis=1, return_counts=True)
    centre = float(logit(x.sum() / n.sum()))
    bounds = (centre - 6.0, centre + 6.0), (-3.0, float(np.log(1e5)))
    for _ in range(3):
        tilts, sizes = np.linspace(*bounds[0], GRID), np.linspace(*bounds[1], GRID)
        density = _log_density(tilts[:, None], sizes[None, :], pairs, times.astype(np.float64))
        near = density > density.max() - DEPTH
        bounds = _around(tilts, near.any(axis=1)), _around(sizes, near.any(axis=0))
    chance = np.exp(density - density.max())
    mean, size = np.broadcast_arrays(expit(tilts)[:, None], np.exp(sizes)[None, :])
    alpha, beta = (mean * size).ravel(), ((1.0 - mean) * size).ravel()
    return BetaHyperposterior(alpha, beta, (chance / chance.sum()).ravel(), x, n)


def _around(points: Floats, near: Floats) -> tuple[float, float]:
    """Return the ends of the stretch where the density counts, one step wider, within the grid."""
    at = np.flatnonzero(near)
    return float(points[max(at[0] - 1, 0)]), float(points[min(at[-1] + 1, points.size - 1)])


def _log_density(tilt: Floats, log_size: Floats, pairs: Floats, times: Floats) -> Floats:
    mean, size = expit(tilt), np.exp(log_size)
    a, b = mean * size, (1.0 - mean) * size
    # The hyperprior, times αβ for the change of variables.
    density = np.log(a) + np.log(b) - 2.5 * log_size
    for x, n, units in zip(pairs[0], pairs[1], times, strict=True):
        one = (
            gammaln(a + x) - gammaln(a) + gammaln(b + n - x) - gammaln(b) - gammaln(size + n) + gammaln(size)
        )
        density = density + units * one
    return np.asarray(density, dtype=np.float64)
