"""Where the name of an area stands on a map."""

from __future__ import annotations

from functools import lru_cache

from shapely.geometry import Polygon
from shapely.ops import polylabel

from analytics.standard.geography import Outline, outlines

_TOLERANCE_DEGREES = 0.01


def label_point(outline: Outline) -> tuple[float, float]:
    """Return the point (longitude, latitude) of an area that lies farthest from its edge."""
    largest = max((Polygon(polygon[0]) for polygon in outline.polygons), key=lambda part: part.area)
    point = polylabel(largest, tolerance=_TOLERANCE_DEGREES)
    return point.x, point.y


@lru_cache(maxsize=1)
def label_points() -> dict[str, tuple[float, float]]:
    """Return the point of each area's name by the area's code."""
    return {code: label_point(outline) for code, outline in outlines().items()}
