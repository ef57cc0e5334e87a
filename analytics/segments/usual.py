"""What is usual among peers, whatever a few weak ones do: robust centre, and spread of the good half."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from analytics.stats.arrays import Floats, Integers, finite

# Huber's constant: 95 % as efficient as the mean where values are normal, hence 5 % more variance.
_TUNING = 1.345
_LOST = 1.05
# Squared distances count up to twice the standard deviation; a normal's mean of them then.
_CAP, _CAPPED = 4.0, 0.92054
_ROUNDS = 5
# 21 nodes integrate a binomial tail over a normal prior to about 1e-6 at these sizes.
_NODES, _MASS = np.polynomial.hermite_e.hermegauss(21)
_MASS = _MASS / _MASS.sum()

# Fewer stations say nothing of their own about what is usual among them.
_LEAST_OF_A_GROUP = 5


@dataclass(frozen=True)
class Usual:
    """What an ordinary peer shows; arrays of shape (units,).

    ``centre`` is the group's, ``between`` the variance of true values between ordinary units of one group
    (one for all groups), ``doubt`` the variance of the centre itself, which small groups leave uncertain.
    """

    centre: Floats
    between: float
    doubt: Floats


def usual(values: ArrayLike, variance: ArrayLike, group: ArrayLike, *, better: int) -> Usual:
    """Return centre and spread of ordinary units where some may be far on the bad side.

    The centre is Huber's M-estimate of each group, weighted by precision, and drawn towards the mean of all
    groups as far as groups differ no more than by chance; groups of fewer than 5 take that mean, with the
    differences between groups as doubt. The spread is fitted to the units on the good side of their centre
    alone, taken for mirrored: ``Σ min(d²/(s² + τ²), 4) = .9205`` a unit (Huber's proposal 2, what a normal
    lets expect). Weak units would otherwise widen the limits they are held against (docs/methods.md), and a
    single far better one does not either.

    Parameters
    ----------
    values, variance : array_like of float, shape (units,)
        Estimates of units, on a scale on which chance is about normal, and their variances from chance alone.
    group : array_like of int, shape (units,)
        Peer group.
    better : {1, -1}
        1 where high values are good.

    References
    ----------
    Huber (1981), Robust Statistics; Efron (2004), JASA 99, 96-104 (the null from the centre of the data);
    DerSimonian and Laird (1986), Controlled Clinical Trials 7, 177-188 (how far groups differ).
    """
    y, s2 = finite(values), finite(variance)
    label = np.unique(np.asarray(group), return_inverse=True)[1].ravel()
    centre, doubt, between = np.zeros(y.size), np.zeros(y.size), 0.0
    for _ in range(_ROUNDS if y.size else 0):
        centre, doubt = _centres(y, s2 + between, label)
        good = better * (y - centre) > 0.0
        between = _between((y - centre)[good] ** 2, s2[good])
    return Usual(centre, between, doubt)


def _centres(y: Floats, variance: Floats, label: Integers) -> tuple[Floats, Floats]:
    """Return each unit's centre and the variance of it."""
    sizes = np.bincount(label)
    own = np.flatnonzero(sizes >= _LEAST_OF_A_GROUP)
    weight = 1.0 / variance
    if own.size < 2:
        # One group, or groups too small to be told apart.
        return np.full(y.size, _huber(y, weight)), np.full(y.size, _LOST / weight.sum())
    found = np.array([_huber(y[label == name], weight[label == name]) for name in own])
    sure = np.array([weight[label == name].sum() for name in own]) / _LOST
    apart = _apart(found, sure)
    of_groups = 1.0 / (1.0 / sure + apart)
    mean, unsure = float(np.average(found, weights=of_groups)), 1.0 / float(of_groups.sum())
    own_part = sure * apart / (1.0 + sure * apart)
    centre, doubt = np.full(sizes.size, mean), np.full(sizes.size, apart + unsure)
    centre[own] = mean + own_part * (found - mean)
    doubt[own] = own_part / sure + (1.0 - own_part) ** 2 * unsure
    return centre[label], doubt[label]


def _apart(centres: Floats, sure: Floats) -> float:
    """Return the variance between groups beyond chance, by moments."""
    mean = np.average(centres, weights=sure)
    excess = float(np.sum(sure * (centres - mean) ** 2)) - (centres.size - 1)
    return max(0.0, excess / float(sure.sum() - np.sum(sure**2) / sure.sum()))


def angles(successes: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Return shares on Anscombe's scale, where chance is about normal, and their variances.

    ``asin √((x + ⅜)/(n + ¾))`` with variance ``1/(4n + 2)`` (Anscombe 1948, Biometrika 35, 246-254).
    """
    return np.arcsin(np.sqrt((successes + 0.375) / (trials + 0.75))), 1.0 / (4.0 * trials + 2.0)


def chance_of_so_few(successes: Floats, trials: Floats, ordinary: Usual) -> Floats:
    """Return the mid-p chance that an ordinary unit has at most so many successes, shape (units,).

    The binomial tail, integrated over the normal of true shares on Anscombe's scale.
    """
    spread = np.sqrt(ordinary.between + ordinary.doubt)
    angle = ordinary.centre[:, None] + spread[:, None] * _NODES
    share = np.sin(np.clip(angle, 0.0, 0.5 * np.pi)) ** 2
    x, n = successes[:, None], trials.astype(np.int64)[:, None]
    upto, under = bdtr(x, n, share), np.where(x > 0, bdtr(np.maximum(x - 1.0, 0.0), n, share), 0.0)
    chance: Floats = (0.5 * (upto + under)) @ _MASS
    return chance


def _huber(y: Floats, weight: Floats) -> float:
    order = np.argsort(y, kind="stable")
    held = np.cumsum(np.sqrt(weight[order]))
    centre = float(y[order][np.searchsorted(held, 0.5 * held[-1])])
    for _ in range(50):
        apart = np.abs(y - centre) * np.sqrt(weight)
        pull = weight * np.minimum(1.0, _TUNING / np.maximum(apart, 1e-300))
        before, centre = centre, float(np.sum(pull * y) / np.sum(pull))
        if abs(centre - before) < 1e-12:
            break
    return centre


def _between(squares: Floats, variance: Floats) -> float:
    """Return the τ² at which squared distances are as large as expected; 0 where they are less without it."""

    def excess(between: float) -> float:
        return float(np.sum(np.minimum(squares / (variance + between), _CAP) - _CAPPED))

    if not squares.size or excess(0.0) <= 0.0:
        return 0.0
    low, high = 0.0, float(squares.max()) / _CAPPED
    while high - low > 1e-9 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if excess(middle) > 0.0 else (low, middle)
    return low
