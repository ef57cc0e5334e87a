"""Coordinates: datum to WGS-84, inside Beijing, near the district they claim."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from analytics.core.text import Text
from analytics.ingest.frame import Frame, Mask
from analytics.ingest.rules import HALF_COORDINATE, OUTSIDE_BEIJING, OUTSIDE_DISTRICT
from analytics.standard.geography import Outline, outlines
from analytics.standard.names import name_of

# Boundaries are simplified to a few hundred metres: nearer than this counts as inside.
NEAR_KM = 2.0
_KM_A_DEGREE = 111.32
_COS_LATITUDE = float(np.cos(np.radians(40.2)))
Numbers = npt.NDArray[np.float64]


def locate(frame: Frame) -> None:
    """Make ``lon_wgs84`` and ``lat_wgs84`` of a row's coordinate, or leave a wrong one out."""
    lon, lat = _column(frame, "lon"), _column(frame, "lat")
    given = ~np.isnan(lon) & ~np.isnan(lat)
    half = np.isnan(lon) ^ np.isnan(lat)
    frame.flag(HALF_COORDINATE, half & ~_needed(frame), "")
    lon, lat = _to_wgs84(frame, lon, lat, given)
    elsewhere = frame.equals("district", "outside")
    points = shapely.points(lon * _KM_A_DEGREE * _COS_LATITUDE, lat * _KM_A_DEGREE)
    wrong = given & ~elsewhere
    wrong[wrong] = shapely.distance(points[wrong], _beijing()) > NEAR_KM
    _flag_each(frame, wrong, lon, lat)
    kept = given & ~wrong
    _flag_far(frame, kept & ~elsewhere, points)
    for name, values in (("lon_wgs84", lon), ("lat_wgs84", lat)):
        frame.values[name] = pa.array(values, mask=~kept)
    for name in ("lon", "lat", "datum"):
        frame.values.pop(name, None)


def coarsen(frame: Frame, rows: Mask) -> None:
    """Round coordinates of ``rows`` to two decimals, about 1 km."""
    for name in ("lon_wgs84", "lat_wgs84"):
        if name in frame.values:
            column = frame.values[name]
            frame.values[name] = pc.if_else(pa.array(rows), pc.round(column, ndigits=2), column)


def _needed(frame: Frame) -> Mask:
    required = any(column.required for column in frame.source.columns if column.name == "lon")
    return np.full(len(frame), required)


def _flag_each(frame: Frame, wrong: Mask, lon: Numbers, lat: Numbers) -> None:
    required = bool(_needed(frame).any()) if len(frame) else False
    for row in np.flatnonzero(wrong):
        said = f"{lon[row]:.6g}, {lat[row]:.6g}"
        # A row that is nothing but its place is no use without it.
        frame.flag(OUTSIDE_BEIJING, np.array([row]), value=said, must=required)


def _flag_far(frame: Frame, rows: Mask, points: npt.NDArray[np.object_]) -> None:
    if "district" not in frame.values:
        return
    districts = np.array(frame.values["district"].to_pylist(), dtype=object)
    for code, area in _districts().items():
        own = np.flatnonzero(rows & (districts == code))
        far = own[shapely.distance(points[own], area) > NEAR_KM]
        name = Text(name_of("district", code, "zh"), name_of("district", code, "en"))
        for row in far:
            x, y = points[row].x / (_KM_A_DEGREE * _COS_LATITUDE), points[row].y / _KM_A_DEGREE
            said = f"{x:.6g}, {y:.6g}"
            frame.flag(OUTSIDE_DISTRICT, np.array([row]), value=said, fill={"detail": name})


def _column(frame: Frame, name: str) -> Numbers:
    if name not in frame.values:
        return np.full(len(frame), np.nan)
    return np.asarray(frame.values[name].to_numpy(zero_copy_only=False), dtype=np.float64)


def _to_wgs84(frame: Frame, lon: Numbers, lat: Numbers, given: Mask) -> tuple[Numbers, Numbers]:
    """Convert rows of the Chinese datums; CGCS2000 is WGS-84 to within a metre."""
    lon, lat = lon.copy(), lat.copy()
    for datum, convert in (("GCJ02", _from_gcj02), ("BD09", _from_bd09)):
        for row in np.flatnonzero(given & frame.equals("datum", datum)):
            if abs(lon[row]) <= 180 and abs(lat[row]) <= 90:
                lon[row], lat[row] = convert(lon[row], lat[row])
    return lon, lat


def _from_gcj02(lon: float, lat: float) -> tuple[float, float]:
    import geocoordinates_ffi as geo

    found = geo.gcj02_to_wgs84_refined(geo.Gcj02(lat=lat, lon=lon))
    return found.lon, found.lat


def _from_bd09(lon: float, lat: float) -> tuple[float, float]:
    import geocoordinates_ffi as geo

    found = geo.bd09_to_wgs84_refined(geo.Bd09(lat=lat, lon=lon))
    return found.lon, found.lat


@lru_cache(maxsize=1)
def _districts() -> dict[str, shapely.Geometry]:
    """Return the districts' areas in kilometres; 经开区 has no boundary and is not among them."""
    return {code: _in_km(area) for code, area in outlines().items() if not area.is_schematic}


@lru_cache(maxsize=1)
def _beijing() -> shapely.Geometry:
    return shapely.union_all(list(_districts().values()))


def _in_km(area: Outline) -> shapely.Geometry:
    parts = [shapely.Polygon(polygon[0], polygon[1:]) for polygon in area.polygons]
    scale = np.array([_KM_A_DEGREE * _COS_LATITUDE, _KM_A_DEGREE])
    return shapely.transform(shapely.MultiPolygon(parts), lambda points: points * scale)
