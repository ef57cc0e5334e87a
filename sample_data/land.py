"""Where things can stand: land of the 16 districts and 经开区 (WGS-84), towns in it, and other datums."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import geocoordinates_ffi
import numpy as np
import pandas as pd
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from analytics.standard.geography import read_outlines
from analytics.standard.table import FOLDER

KM_PER_DEGREE = 111.2
# The outlines as packaged, whatever the settings name: the same seed must give the same points.
_GEO = FOLDER / "geo"
# Points keep clear of the borders, so that no rounding moves one into the neighbour.
_MARGIN_DEGREES = 0.004
# Places end at this many times their spread: no straggler far from every station.
_RADIUS = 1.3
_CONVERSIONS = {"GCJ02": geocoordinates_ffi.wgs84_to_gcj02, "BD09": geocoordinates_ffi.wgs84_to_bd09}


@dataclass(frozen=True, slots=True)
class Town:
    """A built-up place: ``share`` of its area's demand lies around it, spread by ``spread_km``."""

    area: str
    lon: float
    lat: float
    spread_km: float
    share: float


# Rough centres of built-up land, read off a map to a kilometre or so; the shares are invented.
TOWNS = tuple(
    Town(*row)
    for row in (
        ("110101", 116.416, 39.925, 2.2, 1.0),
        ("110102", 116.360, 39.915, 2.2, 1.0),
        ("110105", 116.465, 39.920, 4.0, 0.55),
        ("110105", 116.450, 39.995, 3.0, 0.30),
        ("110105", 116.530, 39.875, 3.0, 0.15),
        ("110106", 116.290, 39.820, 3.0, 0.45),
        ("110106", 116.370, 39.860, 2.5, 0.35),
        ("110106", 116.190, 39.835, 3.0, 0.20),
        ("110107", 116.195, 39.928, 2.2, 1.0),
        ("110108", 116.315, 39.980, 3.0, 0.55),
        ("110108", 116.290, 40.045, 3.0, 0.30),
        ("110108", 116.190, 40.075, 2.5, 0.15),
        ("110109", 116.100, 39.930, 2.0, 1.0),
        ("110111", 116.140, 39.735, 3.5, 0.65),
        ("110111", 115.985, 39.705, 3.0, 0.35),
        ("110112", 116.660, 39.905, 3.5, 0.70),
        ("110112", 116.730, 39.800, 3.5, 0.30),
        ("110113", 116.655, 40.130, 3.5, 0.60),
        ("110113", 116.550, 40.090, 3.0, 0.40),
        ("110114", 116.235, 40.220, 3.5, 0.35),
        ("110114", 116.350, 40.078, 2.5, 0.45),
        ("110114", 116.440, 40.120, 2.5, 0.20),
        ("110115", 116.340, 39.730, 3.0, 0.70),
        ("110115", 116.300, 39.670, 2.5, 0.30),
        ("110116", 116.635, 40.320, 3.0, 0.65),
        ("110116", 116.680, 40.390, 2.5, 0.35),
        ("110117", 117.110, 40.145, 3.5, 1.0),
        ("110118", 116.845, 40.375, 3.5, 1.0),
        ("110119", 115.975, 40.460, 3.5, 1.0),
        ("BDA", 116.515, 39.785, 2.5, 1.0),
    )
)


@lru_cache(maxsize=1)
def land() -> dict[str, BaseGeometry]:
    """Return the land of each of the 17 areas by code, a little inside its border."""
    outlines = read_outlines(_GEO / "beijing_districts.geojson")
    outlines |= read_outlines(_GEO / "bda_schematic_circle.geojson")
    return {
        code: MultiPolygon([(rings[0], rings[1:]) for rings in outline.polygons]).buffer(-_MARGIN_DEGREES)
        for code, outline in outlines.items()
    }


def scatter(
    area: str, lon: float, lat: float, *, spread_km: float, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of ``count`` points around a place, all on the area's land."""
    lons, lats = np.empty(0), np.empty(0)
    while len(lons) < count:
        away_km, angle = (
            _RADIUS * spread_km * np.sqrt(rng.random(4 * count)),
            2 * np.pi * rng.random(4 * count),
        )
        new_lons = lon + away_km * np.cos(angle) / (KM_PER_DEGREE * np.cos(np.radians(lat)))
        new_lats = lat + away_km * np.sin(angle) / KM_PER_DEGREE
        inside = shapely.contains_xy(land()[area], new_lons, new_lats)
        lons, lats = np.append(lons, new_lons[inside]), np.append(lats, new_lats[inside])
    return lons[:count].round(6), lats[:count].round(6)


def in_own_datum(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose ``lon`` and ``lat`` (WGS-84) are written in the datum that ``datum`` names.

    An empty ``datum`` is WGS-84; ``GCJ02`` and ``BD09`` are converted.
    """
    converted = frame.copy()
    wanted = frame["datum"].isin(list(_CONVERSIONS)).to_numpy()
    lon, lat = frame["lon"].to_numpy(dtype=float).copy(), frame["lat"].to_numpy(dtype=float).copy()
    for row in np.flatnonzero(wanted):
        point = geocoordinates_ffi.Wgs84(lat=float(lat[row]), lon=float(lon[row]))
        moved = _CONVERSIONS[str(frame["datum"].iloc[row])](point)
        lon[row], lat[row] = round(moved.lon, 6), round(moved.lat, 6)
    converted["lon"], converted["lat"] = lon, lat
    return converted


def distance_km(lon_a: np.ndarray, lat_a: np.ndarray, lon_b: np.ndarray, lat_b: np.ndarray) -> np.ndarray:
    """Return great-circle distances in kilometres, by the haversine formula."""
    lon_a, lat_a, lon_b, lat_b = (np.radians(x) for x in (lon_a, lat_a, lon_b, lat_b))
    half = np.sin((lat_b - lat_a) / 2) ** 2 + np.cos(lat_a) * np.cos(lat_b) * np.sin((lon_b - lon_a) / 2) ** 2
    return np.asarray(2 * 6371.0 * np.arcsin(np.sqrt(half)))
