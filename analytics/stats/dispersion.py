"""How far units differ beyond chance: the additive over-dispersion of a funnel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import (
    Floats,
    amounts,
    finite,
    positive,
    rows_of_units,
    share_within,
    whole_counts,
)


@dataclass(frozen=True)
class Dispersion:
    """Over-dispersion: ``phi`` is the mean of z² (1 by chance alone), ``tau2`` the variance between units."""

    phi: float
    tau2: float
    units: int


def winsorise(values: ArrayLike, share: float) -> Floats:
    """Pull in both ends of a row to its ``share`` and ``1 − share`` quantiles (type 7); 0 leaves it alone.

    ValueError if a value is not finite or the share is outside [0, 0.5).
    """
    z = finite(values)
    if share_within(share, "the winsorised share", below=0.5) == 0.0 or z.size == 0:
        return z
    low, high = np.quantile(z, [share, 1.0 - share])
    return np.clip(z, low, high)


def additive_dispersion(
    z: ArrayLike, errors: ArrayLike, *, winsor: float = 0.1, consistent: bool = False
) -> Dispersion:
    """Estimate the variance between units from their naive z-scores.

    With ``w = 1/s²`` and ``I`` units: ``φ = Σ z_w²/I`` over winsorised scores, and
    ``τ² = (I·φ − (I − 1)) / (Σw − Σw²/Σw)``, never below 0 (then: no over-dispersion). Winsorising
    keeps the very outliers one looks for from widening the limits around themselves.

    Parameters
    ----------
    z : array_like of float, shape (units,)
        ``(y − θ)/s`` with no over-dispersion in ``s``.
    errors : array_like of float, shape (units,)
        ``s``, above 0.
    winsor : float
        Share pulled in at each end, in [0, 0.5).
    consistent : bool
        Divide φ by what winsorising leaves of the variance of a normal (0.679 at 10 %). The
        published estimate (False) is too small by that factor and flags more units than its levels say.

    Returns
    -------
    Dispersion
        ``phi`` NaN without units; ``tau2`` 0 for fewer than two units.

    Raises
    ------
    ValueError
        If a score is not finite, an error not above 0, shapes differ, or the share is outside its range.

    References
    ----------
    Spiegelhalter (2005), Quality and Safety in Health Care 14, 347-351; Statistics in Medicine
    24, 1185-1202, appendix A.3. Without winsorising, with the weighted mean as
    target, it is DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188.
    """
    scores, s = finite(z, "z-scores"), positive(errors, "standard errors")
    rows_of_units("z-scores and errors", scores, s)
    units = scores.size
    if units == 0:
        return Dispersion(float("nan"), 0.0, 0)
    phi = float(np.mean(winsorise(scores, winsor) ** 2))
    if consistent:
        phi /= winsorised_variance(winsor)
    # Divided by its largest weight first, lest the squares overflow.
    weights = s**-2.0
    largest = weights.max()
    relative = weights / largest
    spread = largest * (relative.sum() - np.sum(relative**2) / relative.sum())
    tau2 = (units * phi - (units - 1)) / spread if units > 1 and spread > 0 else 0.0
    return Dispersion(phi, max(0.0, float(tau2)), units)


def winsorised_variance(share: float) -> float:
    """Return the variance of a standard normal winsorised at each end by ``share``, in [0, 0.5)."""
    from statistics import NormalDist

    if share_within(share, "the winsorised share", below=0.5) == 0.0:
        return 1.0
    normal = NormalDist()
    cut = normal.inv_cdf(1.0 - share)
    return (1.0 - 2.0 * share) - 2.0 * cut * normal.pdf(cut) + 2.0 * share * cut * cut


def pooled_errors(deviations: ArrayLike, counts: ArrayLike) -> Floats:
    """Return standard errors of unit means from one pooled standard deviation.

    ``s_i = sqrt(Σ(n − 1)·d² / Σ(n − 1)) / sqrt(n_i)``: a unit's own deviation from a handful of values
    is too unsteady to judge it by.

    Parameters
    ----------
    deviations : array_like of float, shape (units,)
        Standard deviation within each unit (divisor ``n − 1``); not used where ``n`` is 1.
    counts : array_like of int, shape (units,)
        Values of each unit, at least 1.

    Returns
    -------
    ndarray of float, shape (units,)
        In the unit of the deviations.

    Raises
    ------
    ValueError
        If a deviation is negative, a count below 1, or no unit has two values.
    """
    d, n = amounts(deviations, "deviations"), whole_counts(counts)
    rows_of_units("deviations and counts", d, n)
    freedom = n - 1.0
    if np.any(n < 1) or freedom.sum() == 0:
        raise ValueError("every unit needs a value, and at least one unit needs two")
    pooled: Floats = np.sqrt(np.sum(freedom * d * d) / freedom.sum()) / np.sqrt(n)
    return pooled
