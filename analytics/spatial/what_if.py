"""布局推演: what access becomes when stations open or close, or their capacity changes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.spatial.floating import access_by_weights, weights
from analytics.spatial.sensitivity import AccessSettings, Areas
from analytics.spatial.zones import Shortfall
from analytics.stats.arrays import Floats, amounts


@dataclass(frozen=True)
class WhatIf:
    """Before and after.

    Attributes
    ----------
    access : ndarray of float, shape (points,)
        Access after the change.
    short : Shortfall
        Low access after it, against the median of before: the yardstick stays.
    relieved, worsened : float
        Demand that is no longer of low access, and demand that newly is.
    newly_in_reach : float
        Demand that had no station in reach and has one.
    in_reach : ndarray of int, shape (points,)
        Stations in reach after it.
    """

    access: Floats
    short: Shortfall
    relieved: float
    worsened: float
    newly_in_reach: float
    in_reach: np.ndarray


def what_if(
    before: Areas,
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    settings: AccessSettings | None = None,
) -> WhatIf:
    """Return what stations as given would change, each point's catchment staying as it is.

    ``distance_km``, shape (points, stations), and ``supply``, shape (stations,), are those after
    the change: a column more for each station opened, supply 0 for one closed, another figure where
    capacity changes. ValueError where shapes do not fit or an amount is negative.
    """
    chosen = before.settings if settings is None else settings
    wanted, capacity = amounts(demand, "demand"), amounts(supply, "supply")
    distance = amounts(distance_km, "distances")
    if distance.shape != (before.reach_km.size, capacity.size) or wanted.shape != before.reach_km.shape:
        raise ValueError("distances must be a table of points by stations")
    open_ = capacity > 0
    reached = access_by_weights(
        weights(distance[:, open_], before.reach_km, method=chosen.method), wanted, capacity[open_]
    )
    limit = chosen.below * before.short.median
    low = (reached.access < limit) & (wanted > 0) if before.short.median > 0 else reached.access <= 0
    unmet = np.where(low, wanted * (1.0 - reached.access / (before.short.median or 1.0)), 0.0)
    return WhatIf(
        reached.access,
        Shortfall(before.short.median, low, unmet),
        relieved=float(wanted[before.short.low & ~low].sum()),
        worsened=float(wanted[~before.short.low & low].sum()),
        newly_in_reach=float(wanted[(before.reached.in_reach == 0) & (reached.in_reach > 0)].sum()),
        in_reach=reached.in_reach,
    )
