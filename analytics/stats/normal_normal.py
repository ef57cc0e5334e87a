"""Empirical Bayes for means of units with known errors: a normal prior fitted to all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analytics.stats.arrays import Flags, Floats, finite, one_of, positive, rows_of_units, share_within
from analytics.stats.posteriors import NormalPosterior
from analytics.stats.trimming import least_extreme, trimmed_fit

METHODS = ("reml", "marginal", "moments", "james_stein")


@dataclass(frozen=True)
class NormalPrior:
    """``Normal(mean, tau2)`` of the true means; ``tau2`` 0 where units do not differ beyond chance.

    ``kept`` marks the units that shaped it, shape (units,).
    """

    mean: float
    tau2: float
    kept: Flags

    def posterior(self, estimates: ArrayLike, errors: ArrayLike) -> NormalPosterior:
        """Return each unit's posterior: mean ``m + (1 − B)(y − m)``, variance ``(1 − B)s²``.

        ``B = s²/(s² + τ²)`` is how far it shrinks.
        ValueError if an estimate is not finite or an error not above 0.
        """
        y, s = _estimates(estimates, errors)
        weight = self.tau2 / (self.tau2 + s * s)
        return NormalPosterior(self.mean + weight * (y - self.mean), np.sqrt(weight) * s)

    def tail(self, estimates: ArrayLike, errors: ArrayLike) -> Floats:
        """Return the two-sided tail of each estimate under the prior, in [0, 1]."""
        y, s = _estimates(estimates, errors)
        tails: Floats = 2.0 * ndtr(-np.abs(y - self.mean) / np.sqrt(s * s + self.tau2))
        return tails


def fit_normal_prior(
    estimates: ArrayLike, errors: ArrayLike, *, method: str = "reml", trim: float = 0.1
) -> NormalPrior:
    """Fit the normal distribution that units' true means come from.

    With ``w = 1/(s² + τ²)`` the mean is ``Σwy/Σw``. ``τ²`` by "reml" (restricted likelihood), "marginal"
    (likelihood), "moments" (DerSimonian–Laird) or, for equal errors, "james_stein" (Efron and
    Morris: shrink by ``(k − 3)s²/Σ(y − ȳ)²``; ``τ²`` is what gives that shrinkage).

    Parameters
    ----------
    estimates : array_like of float, shape (units,)
        Unit means, such as of logarithms of days.
    errors : array_like of float, shape (units,)
        Standard errors, above 0, in the unit of the estimates.
    method : {"reml", "marginal", "moments", "james_stein"}
        As above.
    trim : float
        In [0, 0.5): leave out units that stand out from the prior at this false discovery rate, as
        `fit_beta_prior` of `beta_binomial` does; 0 fits to all units.

    Returns
    -------
    NormalPrior
        ``tau2`` 0 where units differ no more than by chance, and for a single unit.

    Raises
    ------
    ValueError
        If there are no units, an estimate is not finite, an error not above 0, errors differ
        under "james_stein" (or it has fewer than four units), or an option lies outside its range.

    References
    ----------
    Efron and Morris (1975), JASA 70, 311-319; DerSimonian and Laird (1986), Controlled
    Clinical Trials 7, 177-188; Viechtbauer (2005), J. Educational and Behavioral Statistics 30, 261-293.
    """
    y, s = _estimates(estimates, errors)
    share_within(trim, "the trimming rate", below=0.5)
    if y.size == 0:
        raise ValueError("there are no units to fit a prior to")
    one_of(method, METHODS, "method")
    fit = {"moments": _der_simonian, "james_stein": _james_stein}.get(
        method, _by_likelihood(method == "reml")
    )

    def fitted(kept: Flags) -> NormalPrior:
        tau2 = fit(y[kept], s[kept]) if kept.sum() > 1 else 0.0
        return NormalPrior(_centre(y[kept], s[kept], tau2), tau2, kept)

    everyone = np.ones(y.shape, dtype=bool)
    return trimmed_fit(
        fitted, lambda prior: least_extreme(prior.tail(y, s), everyone, trim), everyone, trim=trim
    )


def _estimates(estimates: ArrayLike, errors: ArrayLike) -> tuple[Floats, Floats]:
    y, s = finite(estimates, "estimates"), positive(errors, "standard errors")
    rows_of_units("estimates and errors", y, s)
    return y, s


def _centre(y: Floats, s: Floats, tau2: float) -> float:
    return float(np.average(y, weights=1.0 / (s * s + tau2)))


def _der_simonian(y: Floats, s: Floats) -> float:
    w = s**-2.0
    q = float(np.sum(w * (y - _centre(y, s, 0.0)) ** 2))
    spread = float(w.sum() - np.sum(w * w) / w.sum())
    # Where one unit has all the weight the others say nothing of how far units lie apart.
    return max(0.0, (q - (y.size - 1)) / spread) if spread > 0 else 0.0


def _james_stein(y: Floats, s: Floats) -> float:
    if not np.allclose(s, s[0], rtol=1e-9):
        raise ValueError("james_stein needs equal errors; use reml, marginal or moments")
    if y.size < 4:
        raise ValueError("james_stein needs at least four units")
    variance = float(s[0]) ** 2
    squares = float(np.sum((y - y.mean()) ** 2))
    shrink = min(1.0, (y.size - 3) * variance / squares) if squares > 0 else 1.0
    return variance * (1.0 - shrink) / shrink


def _by_likelihood(restricted: bool) -> Callable[[Floats, Floats], float]:
    def fit(y: Floats, s: Floats) -> float:
        """Search the maximum on a grid wide enough for any data, then closely about its best point."""
        from scipy.optimize import minimize_scalar

        def loss(tau2: float) -> float:
            v = s * s + tau2
            w = 1.0 / v
            centre = float(np.sum(w * y) / np.sum(w))
            minus: float = np.sum(np.log(v)) + np.sum(w * (y - centre) ** 2)
            return float(minus + (np.log(np.sum(w)) if restricted else 0.0))

        widest = float(np.var(y)) * 4.0 + float(np.min(s)) ** 2
        grid = np.concatenate([[0.0], np.geomspace(1e-9 * widest, widest, 60)])
        best = int(np.argmin([loss(tau2) for tau2 in grid]))
        if best == 0 and loss(grid[1]) >= loss(0.0):
            return 0.0
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
        found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12 * high})
        return float(found.x)

    return fit
