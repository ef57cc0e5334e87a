"""Where access is low together: clusters of unmet demand, their outlines and why they are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from analytics.spatial.distance import EARTH_RADIUS_KM, places
from analytics.spatial.floating import weighted_median
from analytics.stats.arrays import Floats, Integers, amounts

LOW = 0.5
NEIGHBOUR_KM = 6.0
# Half of it makes zones of what placing stations leaves by chance: docs/methods.md has both measured.
LEAST_SHARE = 0.004
# scikit-learn wants a whole number of samples: weights are counted in thousandths of what makes a zone.
_PARTS = 1000
_KM_PER_DEGREE = 111.195

Cause = Literal["desert", "overwhelmed", "far"]


@dataclass(frozen=True)
class Shortfall:
    """Low access and the demand it leaves unmet.

    Attributes
    ----------
    median : float
        Access that half of demand does not exceed.
    low : ndarray of bool, shape (points,)
        Access below ``below`` (half by default) of the median, with demand above 0.
    unmet : ndarray of float, shape (points,)
        Of low points ``demand·(1 − access/median)``: demand without the access usual in the city; else 0.
    """

    median: float
    low: np.ndarray
    unmet: Floats


def shortfall(access: ArrayLike, demand: ArrayLike, *, below: float = LOW) -> Shortfall:
    """Return which points have low access, and how much of their demand is unmet.

    Where half of demand has no access at all, low are those without any. ValueError where an amount is
    negative or no number.
    """
    reached, wanted = amounts(access, "access"), amounts(demand, "demand")
    median = weighted_median(reached, wanted)
    if not median > 0:
        low = (reached <= 0) & (wanted > 0)
        return Shortfall(median, low, np.where(low, wanted, 0.0))
    low = (reached < below * median) & (wanted > 0)
    return Shortfall(median, low, np.where(low, wanted * (1.0 - reached / median), 0.0))


def zones(
    at: ArrayLike,
    unmet: ArrayLike,
    total_demand: float,
    *,
    neighbour_km: float = NEIGHBOUR_KM,
    least_share: float = LEAST_SHARE,
) -> Integers:
    """Return the zone of each point: 0, 1, … by falling unmet demand, −1 where it belongs to none.

    DBSCAN (Ester et al. 1996) over the points with unmet demand, as the crow flies: a point is a
    core when those within ``neighbour_km`` hold at least ``least_share`` of all demand as unmet.

    Parameters
    ----------
    at : array_like of float, shape (points, 2)
        Longitude and latitude in degrees.
    unmet : array_like of float, shape (points,)
        At least 0 (`Shortfall.unmet`).
    total_demand : float
        Of the city.
    """
    where, weight = places(at), amounts(unmet, "unmet demand")
    labels = np.full(weight.size, -1, dtype=np.int64)
    chosen = np.flatnonzero(weight > 0)
    least = least_share * total_demand
    if chosen.size == 0 or not least > 0:
        return labels
    from sklearn.cluster import DBSCAN

    found = DBSCAN(
        eps=neighbour_km / EARTH_RADIUS_KM, min_samples=_PARTS, metric="haversine", algorithm="ball_tree"
    ).fit_predict(np.radians(where[chosen][:, ::-1]), sample_weight=weight[chosen] / least * _PARTS)
    labels[chosen] = found
    return _by_unmet(labels, weight)


def _by_unmet(labels: Integers, weight: Floats) -> Integers:
    held = labels >= 0
    if not held.any():
        return labels
    sums = np.bincount(labels[held], weights=weight[held])
    rank = np.empty(sums.size, dtype=np.int64)
    rank[np.argsort(-sums, kind="stable")] = np.arange(sums.size)
    return np.where(held, rank[np.maximum(labels, 0)], -1)


def cause(in_reach: ArrayLike, unmet: ArrayLike, nearest_km: ArrayLike, reach_km: ArrayLike) -> Cause:
    """Return why a zone is under-served, from its points.

    "desert": at least half of its unmet demand has no station in reach. "far": at least half has its
    nearest station in the outer half of its reach. Otherwise "overwhelmed": stations are near, and too
    little capacity for the demand around them.
    """
    weight = amounts(unmet, "unmet demand")
    without = weight[np.asarray(in_reach) == 0].sum()
    far = weight[amounts(nearest_km, "distances") > 0.5 * amounts(reach_km, "reaches")].sum()
    if 2.0 * without >= weight.sum():
        return "desert"
    return "far" if 2.0 * far >= weight.sum() else "overwhelmed"


def hull(at: ArrayLike, *, margin_km: float = 1.0) -> dict[str, Any]:
    """Return the convex outline of a zone's points, ``margin_km`` wider, as a GeoJSON geometry.

    A drawing aid: the land inside is not all under-served. ValueError without points.
    """
    from shapely import transform
    from shapely.geometry import MultiPoint, mapping

    where = places(at)
    if not where.size:
        raise ValueError("a zone has at least one point")
    middle = where.mean(axis=0)
    scale = np.array([_KM_PER_DEGREE * np.cos(np.radians(middle[1])), _KM_PER_DEGREE])
    around = MultiPoint((where - middle) * scale).convex_hull.buffer(margin_km, quad_segs=4)
    back = transform(around, lambda corners: corners / scale + middle)
    found: dict[str, Any] = mapping(back)
    return found
