"""Where to open next so that ways become shortest: the p-median problem to proven optimality."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from analytics.spatial.best_sites import Progress, Search
from analytics.spatial.siting import Siting
from analytics.stats.arrays import Floats, Integers, amounts


def p_median(
    distance_km: ArrayLike,
    weight: ArrayLike,
    k: int,
    *,
    already_km: ArrayLike | None = None,
    seconds: float = 60.0,
    tell: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Siting:
    """Open k candidates so that the weighted distance of points to their nearest station is least.

    ``min Σ w_i · min(a_i, min_{j open} d_ij)`` (Hakimi 1964; ReVelle and Swain 1970), told as what it saves
    over today. By branch and bound (`best_sites.Search`): the usual integer programme has a variable a pair,
    800,000 for 4,000 points and 200 candidates, too many for `scipy.optimize.milp` in seconds.

    Parameters
    ----------
    distance_km : array_like of float, shape (points, candidates)
        At least 0.
    weight : array_like of float, shape (points,)
        Demand, at least 0.
    k : int
        Stations to open, at least 1. Candidates that save nothing are left out: fewer may come back.
    already_km : array_like of float, shape (points,), optional
        Distance to the nearest existing station, which stays. Without, savings are over the farthest
        candidate.
    seconds : float
        Time limit; the best choice so far comes back when it is over.
    tell, stop : callable, optional
        Called about four times a second; ``stop`` ends the search by returning True.

    Returns
    -------
    Siting
        Its gains, cover and bound are weighted km saved.

    References
    ----------
    Hakimi (1964), Operations Research 12, 450-459; ReVelle and Swain (1970), Geographical Analysis 2, 30-42.
    """
    distance, worth = amounts(distance_km, "distances"), amounts(weight, "weights")
    if distance.ndim != 2 or distance.shape[0] != worth.size or k < 1:
        raise ValueError("distances must be points by candidates with a weight a point, and k at least 1")
    today = distance.max(axis=1, initial=0.0) if already_km is None else amounts(already_km, "distances")
    if today.shape != worth.shape:
        raise ValueError("there must be one distance to existing stations for each point")
    saved = worth[:, None] * np.maximum(today[:, None] - distance, 0.0)
    useful = np.flatnonzero(saved.any(axis=0))
    if not useful.size:
        return Siting(np.empty(0, dtype=np.int64), np.empty(0), 0.0, 0.0, True, "greedy")
    rows = saved.any(axis=1)
    search = Search(saved[np.ix_(rows, useful)], min(k, useful.size), seconds, tell, stop)
    proven = search.run()
    sites, gains = _in_order(search.saved, search.best)
    bound = search.lower if proven else max(search.bound, search.lower)
    method = "branch and bound" if proven or search.is_improved else "greedy"
    return Siting(useful[sites], gains, float(gains.sum()), bound, proven, method)


def _in_order(saved: Floats, sites: Integers) -> tuple[Integers, Floats]:
    """Return the sites in the order to open them in, those that add nothing left out, and what each adds."""
    held, left, order, gains = np.zeros(saved.shape[0]), list(map(int, sites)), [], []
    while left:
        added = np.maximum(saved[:, left] - held[:, None], 0.0).sum(axis=0)
        best = int(np.argmax(added))
        if added[best] <= 0.0:
            break
        gains.append(float(added[best]))
        order.append(left.pop(best))
        held = np.maximum(held, saved[:, order[-1]])
    return np.array(order, dtype=np.int64), np.array(gains)
