"""How evenly amounts are spread, and how far one mix is from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr

from analytics.stats.arrays import Floats, amounts, whole_counts

# Draws are whole numbers of 64 bits.
MOST_EVENTS = 10**18


def gini(values: ArrayLike, *, weights: ArrayLike | None = None, unbiased: bool = False) -> float:
    """Return the Gini coefficient of amounts: half the mean absolute difference over the mean.

    ``G = Σ_i Σ_j w_i·w_j·|x_i − x_j| / (2·W·Σ w·x)``; without weights ``Σ(2i − n − 1)·x_(i) / (n·Σx)``.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Amounts, at least 0.
    weights : array_like of float, shape (n,), optional
        How many each value stands for (clients of a district), at least 0.
    unbiased : bool
        Multiply by ``n/(n − 1)``, so that one unit holding all gives 1; not with weights.

    Returns
    -------
    float
        0 where all are equal, up to ``1 − 1/n`` (1 with ``unbiased``). NaN where the amounts sum to 0,
        without values, or for one value with ``unbiased``.

    Raises
    ------
    ValueError
        If a value or weight is negative or not finite, shapes differ, or ``unbiased`` is asked with weights.

    References
    ----------
    Dixon, Weiner, Mitchell-Olds and Woodley (1987), Ecology 68, 1548-1551.

    Examples
    --------
    >>> round(gini([1, 3, 2, 1, 1, 1, 4]), 7)
    0.3076923
    """
    x = amounts(values, "values").ravel()
    w = np.ones(x.shape) if weights is None else amounts(weights, "weights").ravel()
    if w.shape != x.shape:
        raise ValueError("weights must be as many as values")
    if unbiased and weights is not None:
        raise ValueError("there is no unbiased form with weights")
    order = np.argsort(x, kind="stable")
    # Scaled, lest products of huge amounts overflow.
    scale = float(x.max()) if x.size else 0.0
    total = float(np.sum(w * x / scale)) if scale > 0 else 0.0
    if total == 0.0 or (unbiased and x.size < 2):
        return float("nan")
    part, held = w[order], np.cumsum(w[order])
    found = float(np.sum(part * (x[order] / scale) * (2.0 * held - part - held[-1])) / (held[-1] * total))
    return max(0.0, found) * (x.size / (x.size - 1) if unbiased else 1.0)


@dataclass(frozen=True, slots=True)
class ChanceSpread:
    """How unevenly chance alone spreads events over units: Gini and the busiest units' share.

    ``gini`` and ``busiest`` are medians over draws; ``gini_upper`` and ``busiest_upper`` the point that one
    draw in twenty passes.
    """

    gini: float
    gini_upper: float
    busiest: float
    busiest_upper: float


def busiest_share(values: ArrayLike, *, part: float = 0.1) -> float:
    """Return what share of all amounts the largest ``part`` of the units hold, rounded up to whole units.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Amounts, at least 0.
    part : float
        Which part of the units, in (0, 1].

    Returns
    -------
    float
        From 0 to 1; NaN where the amounts sum to 0 or there are none.

    Raises
    ------
    ValueError
        If an amount is negative or not finite, or ``part`` lies outside (0, 1].

    Examples
    --------
    >>> busiest_share([6, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    0.6
    """
    if not 0.0 < part <= 1.0:
        raise ValueError("part must lie in (0, 1]")
    x = np.sort(amounts(values, "values").ravel())[::-1]
    total = float(x.sum())
    count = int(np.ceil(part * x.size - 1e-9))
    return float(x[:count].sum()) / total if total > 0 else float("nan")


def chance_spread(
    total: int, units: int, *, part: float = 0.1, draws: int = 400, seed: int = 1
) -> ChanceSpread:
    """Return how uneven ``total`` events are that fall on ``units`` alike and independently (multinomial).

    What is more uneven than ``gini_upper`` is not explained by small counts.

    Parameters
    ----------
    total, units : int
        Events, at least 0, and units, at least 1.
    part : float
        Which part of the units counts as the busiest; see :func:`busiest_share`.

    Raises
    ------
    ValueError
        If ``total`` is negative or there are no units.
    """
    if total < 0 or units < 1:
        raise ValueError("there must be events from 0 on and at least one unit")
    if total == 0:
        return ChanceSpread(*[float("nan")] * 4)
    drawn = np.random.default_rng(seed).multinomial(total, np.full(units, 1.0 / units), size=draws)
    ginis = [gini(row) for row in drawn]
    shares = [busiest_share(row, part=part) for row in drawn]
    found = (np.quantile(ginis, (0.5, 0.95)), np.quantile(shares, (0.5, 0.95)))
    return ChanceSpread(*(float(value) for pair in found for value in pair))


def jensen_shannon(first: ArrayLike, second: ArrayLike, *, base: float = 2.0) -> Floats:
    """Return the Jensen–Shannon divergence of two mixes: 0 alike, 1 (in bits) with nothing in common.

    ``JS = ½·KL(p ‖ m) + ½·KL(q ‖ m)``, ``m = (p + q)/2``. Its square root is the Jensen–Shannon
    distance, a metric.

    Parameters
    ----------
    first, second : array_like of float, shape (parts,) or (rows, parts)
        Counts or shares, at least 0; each row is scaled to sum to 1.
    base : float
        Of the logarithm: 2 gives bits, ``e`` nats.

    Returns
    -------
    ndarray of float, shape () or (rows,)
        NaN where a row sums to 0: an empty mix is like nothing.

    Raises
    ------
    ValueError
        If an amount is negative or not finite, parts differ in number, or the base is not above 1.

    References
    ----------
    Lin (1991), IEEE Transactions on Information Theory 37, 145-151.

    Examples
    --------
    >>> services, clients = [120, 45, 10, 60, 40, 125], [300, 150, 120, 90, 100, 240]
    >>> round(float(jensen_shannon(services, clients)), 4)
    0.0353
    """
    p, q = _shares(first), _shares(second)
    if p.shape[-1:] != q.shape[-1:] or p.ndim == 0:
        raise ValueError("both mixes must have the same parts")
    if not (np.isfinite(base) and base > 1.0):
        raise ValueError("the base of the logarithm must be above 1")
    middle = 0.5 * (p + q)
    # Not skipping NaN: an empty mix, of no parts or of none that hold anything, is like nothing.
    parts = rel_entr(p, middle) + rel_entr(q, middle)
    nats = 0.5 * parts.sum(axis=-1) if middle.shape[-1] else np.full(middle.shape[:-1], np.nan)
    return np.asarray(np.maximum(nats, 0.0) / np.log(base), dtype=np.float64)


@dataclass(frozen=True)
class MixDifference:
    """A divergence in bits, what chance alone reaches at the level, and how often chance reaches as much."""

    divergence: float
    critical: float
    p_value: float


def jensen_shannon_test(
    counts: ArrayLike,
    reference: ArrayLike,
    *,
    reference_is_sample: bool = False,
    level: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
    dispersion: float = 1.0,
) -> MixDifference:
    """Judge a mix against a reference by what the divergence is when only chance makes them differ.

    The null draws as many events as counted from the reference's shares (multinomial). With
    ``reference_is_sample`` both mixes are drawn anew from their pooled shares, each in its own number:
    right where the reference is itself a small count.

    Parameters
    ----------
    counts : array_like of int, shape (parts,)
        Events by part (services by industry).
    reference : array_like of float, shape (parts,)
        What they are held against (clients by industry): shares or counts; whole counts if it is a sample.
    reference_is_sample : bool
        As above.
    level : float
        Of ``critical``, in (0, 1).
    draws : int
        Simulated mixes, at least 1.
    seed : int
        The same seed gives the same answer.
    dispersion : float
        Variance over mean of events, at least 1: where they come in clusters (several services a client) the
        null draws that many fewer (Rao and Scott 1992, Biometrics 48, 577-585).

    Returns
    -------
    MixDifference
        In bits; ``p_value = (1 + draws at least as far)/(1 + draws)``. All NaN where either sums to 0.

    Raises
    ------
    ValueError
        If a count is impossible, parts differ in number, or an option is outside its range.

    References
    ----------
    Lin (1991), as above; Davison and Hinkley (1997), Bootstrap Methods and their Application, chapter 4.
    """
    observed = whole_counts(counts)
    held = whole_counts(reference) if reference_is_sample else amounts(reference)
    if observed.ndim != 1 or observed.shape != held.shape:
        raise ValueError("counts and reference must be rows with the same parts")
    if draws < 1 or not 0.0 < level < 1.0:
        raise ValueError("there must be at least one draw, and a level between 0 and 1")
    if max(observed.sum(), held.sum() * reference_is_sample) > MOST_EVENTS:
        raise ValueError(f"at most {MOST_EVENTS} events can be drawn")
    if observed.sum() == 0 or held.sum() == 0:
        return MixDifference(float("nan"), float("nan"), float("nan"))
    divergence = float(jensen_shannon(observed, held))
    rng = np.random.default_rng(seed)
    pooled = _shares(observed + held if reference_is_sample else held)
    drawn = rng.multinomial(max(1, round(float(observed.sum()) / max(1.0, dispersion))), pooled, size=draws)
    against = rng.multinomial(int(held.sum()), pooled, size=draws) if reference_is_sample else held
    null = jensen_shannon(drawn, against)
    # A mix equal to the drawn one up to rounding counts as reaching it.
    reached = int(np.sum(null >= divergence * (1.0 - 1e-9)))
    return MixDifference(divergence, float(np.quantile(null, level)), (1 + reached) / (1 + draws))


def _shares(values: ArrayLike) -> Floats:
    held = amounts(values)
    scaled = held / np.maximum(held.max(axis=-1, keepdims=True), np.finfo(float).tiny) if held.size else held
    total = scaled.sum(axis=-1, keepdims=True)
    shares: Floats = np.divide(scaled, total, out=np.full(held.shape, np.nan), where=total > 0)
    return shares
