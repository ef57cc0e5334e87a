"""Is low access clustered beyond chance? Local Moran's I, as confirmation beside the zones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from analytics.spatial.distance import places
from analytics.stats.arrays import Flags, Floats, finite


@dataclass(frozen=True)
class LocalMoran:
    """Local indicators of association; arrays of shape (points,).

    ``local`` is ``z_i·lag_i`` with z in standard deviations, ``p_value`` one-sided by permutation
    (pseudo p), ``is_cold`` marks low values among low neighbours at the level asked for.
    """

    local: Floats
    p_value: Floats
    is_cold: Flags


def local_moran(
    at: ArrayLike,
    values: ArrayLike,
    *,
    neighbours: int = 8,
    level: float = 0.05,
    permutations: int = 499,
    seed: int = 0,
) -> LocalMoran:
    """Return local Moran's I with the mean of the nearest neighbours as lag.

    The null holds a point's own value and deals the others anew (conditional permutation; the same
    deals of places serve every point, as is customary). Nothing is clustered where all values are
    equal or points are no more than ``neighbours`` + 1.

    Parameters
    ----------
    at : array_like of float, shape (points, 2)
        Longitude and latitude in degrees.
    values : array_like of float, shape (points,)
        Access.
    neighbours, permutations : int
        At least 1.
    level : float
        In (0, 1).

    References
    ----------
    Anselin (1995), Geographical Analysis 27, 93-115.
    """
    where, x = places(at), finite(values)
    if where.shape[0] != x.size or neighbours < 1 or permutations < 1 or not 0.0 < level < 1.0:
        raise ValueError("one value a place, at least one neighbour and permutation, a level in (0, 1)")
    spread = float(x.std()) if x.size else 0.0
    if x.size <= neighbours + 1 or spread <= 1e-12 * max(1.0, float(np.abs(x).max(initial=0.0))):
        return LocalMoran(np.zeros(x.size), np.ones(x.size), np.zeros(x.size, dtype=bool))
    z = (x - x.mean()) / spread
    lag = z[_nearest(where, neighbours)].mean(axis=1)
    p = _pseudo_p(z, lag, neighbours, permutations, seed)
    return LocalMoran(z * lag, p, (z < 0) & (lag < 0) & (p <= level))


def _nearest(where: Floats, neighbours: int) -> np.ndarray:
    # Chords between points of the unit sphere rank as great circles do.
    lon, lat = np.radians(where).T
    sphere = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    # Of places that coincide, the point itself need not come first.
    found = cKDTree(sphere).query(sphere, k=neighbours + 1)[1]
    own = found == np.arange(len(where))[:, None]
    own[~own.any(axis=1), -1] = True
    others: np.ndarray = found[~own].reshape(len(where), neighbours)
    return others


def _pseudo_p(z: Floats, lag: Floats, neighbours: int, permutations: int, seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    others = z.size - 1
    dealt = np.array([rng.choice(others, neighbours, replace=False) for _ in range(permutations)])
    p = np.empty(z.size)
    for start in range(0, z.size, 1000):
        own = np.arange(start, min(start + 1000, z.size))
        total = np.zeros((own.size, permutations))
        for place in dealt.T:
            total += z[place + (place >= own[:, None])]
        mean = total / neighbours
        above = np.sum(mean >= lag[own, None] - 1e-12, axis=1)
        below = np.sum(mean <= lag[own, None] + 1e-12, axis=1)
        p[own] = (1 + np.minimum(above, below)) / (1 + permutations)
    return np.minimum(p, 1.0)
