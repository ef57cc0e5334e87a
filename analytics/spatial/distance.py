"""How far it is from one place to another: great circles, roads, travel times where they are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats

EARTH_RADIUS_KM = 6371.0088
# Mean ratio of road to straight distance in 25 Chinese cities, doi 10.1080/19475683.2021.1966503.
DETOUR = 1.324


def great_circle_km(lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike) -> Floats:
    """Return great-circle distances in km between places in degrees, broadcast against each other.

    Haversine formula (Sinnott 1984), exact to rounding on a sphere of mean radius. ValueError where a
    coordinate is not a number or no longitude or latitude.
    """
    lon_a, lat_a = _radians(lon_a, 180.0), _radians(lat_a, 90.0)
    lon_b, lat_b = _radians(lon_b, 180.0), _radians(lat_b, 90.0)
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def road_km(from_places: ArrayLike, to_places: ArrayLike, *, detour: float = DETOUR) -> Floats:
    """Return estimated road distances in km, shape (origins, destinations).

    ``from_places`` and ``to_places`` have shape (n, 2): longitude and latitude in degrees. Straight
    distance times ``detour`` (at least 1): right on average, misleading in the mountains.
    """
    origins, targets = places(from_places), places(to_places)
    if not detour >= 1.0:
        raise ValueError("a road is no shorter than the straight line: detour is at least 1")
    straight = great_circle_km(
        origins[:, 0][:, None], origins[:, 1][:, None], targets[:, 0][None, :], targets[:, 1][None, :]
    )
    return straight * detour


def with_travel_minutes(distance_km: ArrayLike, minutes: ArrayLike) -> tuple[Floats, float]:
    """Replace distances by travel times where these are known, as km at the speed common to them.

    Parameters
    ----------
    distance_km, minutes : array_like of float, shape (origins, destinations)
        Road distances, and travel minutes with NaN where none is known.

    Returns
    -------
    distance_km : ndarray of float
        Where minutes are known: minutes times the speed; elsewhere as given.
    speed_km_h : float
        Sum of km over sum of hours of the known pairs; NaN where none is known or all take no time.
    """
    km, taken = np.array(distance_km, dtype=np.float64), np.asarray(minutes, dtype=np.float64)
    if km.shape != taken.shape:
        raise ValueError("distances and minutes must have the same shape")
    known = np.isfinite(taken)
    if np.any(taken[known] < 0):
        raise ValueError("travel minutes must not be negative")
    total = float(taken[known].sum())
    if total <= 0.0:
        return km, float("nan")
    speed = float(km[known].sum()) / total
    return np.where(known, np.where(known, taken, 0.0) * speed, km), speed * 60.0


def places(values: ArrayLike) -> Floats:
    """Return places as an array of shape (n, 2); ValueError for any other shape."""
    found = np.asarray(values, dtype=np.float64)
    if found.size == 0:
        return np.empty((0, 2))
    if found.ndim != 2 or found.shape[1] != 2:
        raise ValueError("places are rows of longitude and latitude")
    return found


def _radians(degrees: ArrayLike, most: float) -> Floats:
    values = np.asarray(degrees, dtype=np.float64)
    if not np.all(np.abs(values) <= most):
        raise ValueError(f"a coordinate lies between -{most:g} and {most:g} degrees")
    return np.radians(values)
