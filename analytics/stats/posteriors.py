"""What is believed of each unit once its figures are seen: posteriors of shares, ratios and means."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincinv, gammainc, gammaincinv, ndtr, ndtri

from analytics.stats.arrays import Floats, tail_of

# More would fill the memory: 10,000 units of 10,000 draws are 800 MB.
MOST_DRAWS = 100_000


class Posterior(ABC):
    """The posterior of every unit, independent of the others given the prior.

    Attributes
    ----------
    mean, sd : ndarray of float, shape (units,)
        The shrunk value, and its standard deviation; ``sd`` is 0 where the units do not differ
        beyond chance, when the posterior is the prior's one point.
    """

    mean: Floats
    sd: Floats

    def interval(self, *, level: float = 0.9) -> tuple[Floats, Floats]:
        """Return the equal-tailed interval, each of shape (units,); ValueError for a level outside (0, 1).

        Where a posterior leans so far to one end that its mean lies outside, it reaches to the mean.
        """
        tail = tail_of(level)
        lower, upper = self.quantile(tail), self.quantile(1.0 - tail)
        return np.minimum(lower, self.mean), np.maximum(upper, self.mean)

    def quantile(self, chance: float) -> Floats:
        """Return the quantile of each unit, shape (units,)."""
        return np.where(self.sd > 0, self._quantile(chance), self.mean)

    def probability_below(self, threshold: ArrayLike) -> Floats:
        """Return the chance that each unit's true value lies below a threshold, shape (units,).

        ``threshold`` is one value or one a unit; a NaN is refused with ValueError.
        """
        limit = np.broadcast_to(np.asarray(threshold, dtype=np.float64), self.mean.shape)
        if np.any(np.isnan(limit)):
            raise ValueError("the threshold must be a number")
        return np.where(self.sd > 0, self._below(limit), np.where(self.mean < limit, 1.0, 0.0))

    def draws(self, count: int, *, seed: int) -> Floats:
        """Return seeded draws, shape (count, units); ValueError for a count outside 1 to 100,000."""
        if not 1 <= count <= MOST_DRAWS:
            raise ValueError(f"draws number from 1 to {MOST_DRAWS}, not {count}")
        rng = np.random.default_rng(seed)
        return np.where(self.sd > 0, self._draw(rng, (count, self.mean.size)), self.mean)

    @abstractmethod
    def _quantile(self, chance: float) -> Floats: ...

    @abstractmethod
    def _below(self, threshold: Floats) -> Floats: ...

    @abstractmethod
    def _draw(self, rng: np.random.Generator, shape: tuple[int, int]) -> Floats: ...


@dataclass(frozen=True)
class BetaPosterior(Posterior):
    """Shares: ``Beta(alpha, beta)`` a unit, both infinite where all is at the prior's mean."""

    alpha: Floats
    beta: Floats
    mean: Floats

    @property
    def sd(self) -> Floats:  # type: ignore[override]
        """Standard deviation, shape (units,)."""
        total = self.alpha + self.beta
        return np.where(np.isinf(total), 0.0, np.sqrt(self.mean * (1.0 - self.mean) / (total + 1.0)))

    def _parameters(self) -> tuple[Floats, Floats]:
        proper = np.isfinite(self.alpha) & np.isfinite(self.beta) & (self.alpha > 0) & (self.beta > 0)
        return np.where(proper, self.alpha, 1.0), np.where(proper, self.beta, 1.0)

    def _quantile(self, chance: float) -> Floats:
        quantiles: Floats = betaincinv(*self._parameters(), chance)
        return quantiles

    def _below(self, threshold: Floats) -> Floats:
        chances: Floats = betainc(*self._parameters(), np.clip(threshold, 0.0, 1.0))
        return chances

    def _draw(self, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
        return rng.beta(*self._parameters(), size=shape)


@dataclass(frozen=True)
class GammaPosterior(Posterior):
    """Ratios: ``Gamma(shape, rate)`` a unit, both infinite where all is at the prior's mean."""

    shape: Floats
    rate: Floats
    mean: Floats

    @property
    def sd(self) -> Floats:  # type: ignore[override]
        """Standard deviation, shape (units,)."""
        proper = np.isfinite(self.shape)
        return np.where(proper, self.mean / np.sqrt(np.where(proper, self.shape, 1.0)), 0.0)

    def _parameters(self) -> tuple[Floats, Floats]:
        proper = np.isfinite(self.shape) & (self.shape > 0)
        return np.where(proper, self.shape, 1.0), np.where(proper, self.rate, 1.0)

    def _quantile(self, chance: float) -> Floats:
        shape, rate = self._parameters()
        quantiles: Floats = gammaincinv(shape, chance) / rate
        return quantiles

    def _below(self, threshold: Floats) -> Floats:
        shape, rate = self._parameters()
        chances: Floats = gammainc(shape, rate * np.maximum(threshold, 0.0))
        return chances

    def _draw(self, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
        a, rate = self._parameters()
        return rng.gamma(a, 1.0 / rate, size=shape)


@dataclass(frozen=True)
class NormalPosterior(Posterior):
    """Means: ``Normal(mean, sd)`` a unit."""

    mean: Floats
    sd: Floats

    def _spread(self) -> Floats:
        return np.where(self.sd > 0, self.sd, 1.0)

    def _quantile(self, chance: float) -> Floats:
        return self.mean + self._spread() * float(ndtri(chance))

    def _below(self, threshold: Floats) -> Floats:
        chances: Floats = ndtr((threshold - self.mean) / self._spread())
        return chances

    def _draw(self, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
        return rng.normal(self.mean, self._spread(), size=shape)
