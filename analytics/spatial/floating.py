"""How much capacity each demand point can count on: floating catchments in two and three steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats, amounts, one_of

METHODS = ("2sfca", "e2sfca", "3sfca")
_EDGE = float(np.exp(-0.5))


@dataclass(frozen=True)
class Access:
    """What floating catchments give.

    Attributes
    ----------
    access : ndarray of float, shape (points,)
        Capacity a unit of demand: for capacity in services a year and demand in enterprises, services a
        year an enterprise. 0 where no station is in reach.
    ratio : ndarray of float, shape (stations,)
        Capacity over the demand that competes for it; 0 where no demand is in reach.
    in_reach : ndarray of int, shape (points,)
        Stations in reach.
    """

    access: Floats
    ratio: Floats
    in_reach: np.ndarray


def gaussian_decay(distance_km: ArrayLike, reach_km: ArrayLike) -> Floats:
    """Return the weight of a distance: 1 at the door, 0 at the edge of the catchment and beyond.

    ``(exp(−½(d/r)²) − exp(−½)) / (1 − exp(−½))`` for ``d ≤ r`` (Dai 2010, Health & Place 16, 1038-1052).
    """
    distance, reach = np.broadcast_arrays(amounts(distance_km, "distances"), amounts(reach_km, "reaches"))
    part = np.divide(distance, reach, out=np.full(distance.shape, 1.0), where=reach > 0)
    bell = np.exp(-0.5 * np.minimum(part, 1.0) ** 2)
    return np.where(part < 1.0, (bell - _EDGE) / (1.0 - _EDGE), 0.0)


def floating_catchment(
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    reach_km: ArrayLike,
    *,
    method: str = "3sfca",
) -> Access:
    """Return access by floating catchments; a point's own reach decides which stations it can use.

    "2sfca" (Luo and Wang 2003): all within reach, the edge included, count alike. "e2sfca"
    (Luo and Qi 2009): weights ``W = gaussian_decay``. "3sfca" (Wan, Zou and Sternberg 2012): before that
    each point divides its demand over the stations in reach, ``G = W / ΣW``, so that demand with
    many stations to choose from is not counted in full at each. In all,

    ``R_j = S_j / Σ_i G_ij·W_ij·D_i`` and ``A_i = Σ_j G_ij·W_ij·R_j`` (``G = 1`` but in three steps),

    so that ``Σ D·A`` is the capacity of the stations that have demand in reach.

    Parameters
    ----------
    distance_km : array_like of float, shape (points, stations)
        From demand to station, in the unit of ``reach_km``.
    demand : array_like of float, shape (points,)
        At least 0.
    supply : array_like of float, shape (stations,)
        Capacity, at least 0.
    reach_km : array_like of float, shape () or (points,)
        Radius of the catchment.
    method : {"2sfca", "e2sfca", "3sfca"}
        As above.

    Raises
    ------
    ValueError
        If an amount is negative or no number, shapes do not fit, or the method is unknown.

    References
    ----------
    Luo and Wang (2003), Environment and Planning B 30, 865-884; Luo and Qi (2009), Health & Place 15,
    1100-1107; Wan, Zou and Sternberg (2012), Int. J. Geographical Information Science 26, 1073-1089.
    """
    distance, wanted, capacity = (
        amounts(distance_km, "distances"),
        amounts(demand, "demand"),
        amounts(supply, "supply"),
    )
    if distance.shape != (wanted.size, capacity.size):
        raise ValueError("distances must be a table of points by stations")
    weight = weights(distance, reach_km, method=method)
    return access_by_weights(weight, wanted, capacity)


def weights(distance_km: ArrayLike, reach_km: ArrayLike, *, method: str = "3sfca") -> Floats:
    """Return ``G·W`` of `floating_catchment`, shape (points, stations): how much a point uses a station."""
    one_of(method, METHODS, "method")
    distance = amounts(distance_km, "distances")
    reach = np.broadcast_to(amounts(reach_km, "reaches"), distance.shape[:1])[:, None]
    if method == "2sfca":
        return np.where(distance <= reach, 1.0, 0.0)
    weight = gaussian_decay(distance, reach)
    if method == "e2sfca":
        return weight
    total = weight.sum(axis=1, keepdims=True)
    # A weight too small to be squared is none: nobody travels to the very edge.
    chosen = np.divide(weight, total, out=np.zeros(weight.shape), where=total > 0)
    squared: Floats = weight * chosen
    return squared


def access_by_weights(weight: Floats, demand: Floats, supply: Floats) -> Access:
    """Return access from ready weights (`weights`): what-if questions change supply, not distances."""
    competing = demand @ weight
    ratio = np.divide(supply, competing, out=np.zeros(supply.shape), where=competing > 0)
    return Access(weight @ ratio, ratio, np.count_nonzero(weight > 0, axis=1))


def weighted_median(values: ArrayLike, weight: ArrayLike) -> float:
    """Return the lowest value that at least half of the weight does not exceed; NaN without weight."""
    x, w = np.asarray(values, dtype=np.float64), amounts(weight, "weights")
    if x.size == 0 or w.sum() <= 0:
        return float("nan")
    order = np.argsort(x, kind="stable")
    held = np.cumsum(w[order])
    return float(x[order][np.searchsorted(held, 0.5 * held[-1])])
