"""How far places lie from the city's border: beyond it no supply is known."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from analytics.spatial.distance import DETOUR
from analytics.standard.geography import outlines
from analytics.stats.arrays import Floats

_KM_PER_DEGREE = 111.195
_LATITUDE = 40.2


def border_km(at: Floats) -> Floats:
    """Return the road km from each place, shape (n, 2) in degrees, to the city's border; 0 beyond it."""
    import shapely

    city = _city()
    points = shapely.points(np.asarray(at, dtype=np.float64) * _scale())
    gaps = shapely.distance(points, city.boundary) * DETOUR
    inside: np.ndarray = shapely.contains(city, points)
    return np.where(inside, gaps, 0.0)


def _scale() -> Floats:
    return np.array([_KM_PER_DEGREE * np.cos(np.radians(_LATITUDE)), _KM_PER_DEGREE])


@lru_cache(maxsize=1)
def _city() -> Any:
    """Return the city's land in flat km; seams between districts, which do not meet exactly, are closed."""
    import shapely
    from shapely.geometry import Polygon

    parts = [
        Polygon(polygon[0])
        for outline in outlines().values()
        if not outline.is_schematic
        for polygon in outline.polygons
    ]
    flat = [shapely.transform(part, lambda corners: corners * _scale()).buffer(0.3) for part in parts]
    whole = shapely.union_all(flat).buffer(-0.3)
    shapely.prepare(whole)
    return whole
