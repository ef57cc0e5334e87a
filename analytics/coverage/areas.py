"""Under-served areas: access of every demand point, zones with names, reasons and how sure they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.core.selection import CITY, Scope
from analytics.core.text import Text
from analytics.coverage.border import border_km
from analytics.coverage.inputs import Inputs
from analytics.spatial.lisa import local_moran
from analytics.spatial.sensitivity import DEFAULT, AccessSettings, Areas, Stability, assess, steadfast
from analytics.spatial.zones import Cause, cause, hull
from analytics.standard.districts import districts_by_code
from analytics.stats.arrays import Flags
from analytics.stats.concentration import gini


@dataclass(frozen=True)
class Zone:
    """An under-served zone: its points, what it lacks, why, and how sure that is.

    ``why`` and ``sure`` are the two halves of ``reason``: what is amiss, and how often it returns under other
    settings and tests. ``part`` is its mean access over the city's median. ``stability`` is the share of
    settings under which it stands, ``cold`` the share of its unmet demand at points that local Moran's I
    confirms, ``near_border`` the share of its demand whose catchment crosses the city's border.
    ``nearest`` names stations with their road distance in km.
    """

    zone_id: str
    name: Text
    points: np.ndarray
    demand: float
    unmet: float
    cause: Cause
    why: Text
    sure: Text
    reason: Text
    part: float
    stability: float
    cold: float
    near_border: float
    nearest: tuple[tuple[str, float], ...]
    outline: dict[str, Any]


@dataclass(frozen=True)
class Underserved:
    """The whole answer; ``gini`` is that of access, weighted by demand.

    ``cold`` marks points that local Moran's I confirms as low among low, ``by_border`` those whose catchment
    crosses the city's border, ``seen`` those that the reader may see; zones are told by these alone.
    """

    areas: Areas
    stability: Stability
    zones: list[Zone]
    gini: float
    inputs: Inputs
    cold: Flags
    by_border: Flags
    scope: Scope
    seen: Flags


def find_underserved(
    inputs: Inputs,
    *,
    settings: AccessSettings = DEFAULT,
    scope: Scope = CITY,
    tell: Callable[[float], None] | None = None,
) -> Underserved:
    """Return access, zones and their stability for the city's demand points.

    The analysis is always that of the whole city; ``scope`` cuts what is told of it (`seen_by`). ``tell`` is
    given the share of the work done.
    """
    given = (inputs.at, inputs.distance_km, inputs.demand, inputs.supply)
    found, stood = steadfast(assess(*given, settings=settings), *given, tell=tell)
    cold = local_moran(inputs.at, found.reached.access).is_cold
    by_border = border_km(inputs.at) < found.reach_km
    uneven = gini(found.reached.access, weights=inputs.demand)
    every = np.ones(inputs.demand.size, dtype=bool)
    whole = Underserved(found, stood, [], uneven, inputs, cold, by_border, CITY, every)
    return seen_by(whole, scope)


def seen_by(result: Underserved, scope: Scope) -> Underserved:
    """Return what a reader may see of the answer: a district's reader sees its points and its part of zones.

    The yardstick stays the city's. Stations of other districts are not named. One institution's reader sees
    no points: they are a district's.
    """
    own = [scope.kind == "city" or row["district"] == scope.code for row in result.inputs.points]
    cut = replace(result, scope=scope, seen=np.array(own, dtype=bool) & (scope.kind != "institution"))
    count = result.stability.zones.size
    zones = [_zone(number, cut) for number in range(count) if np.any(cut.seen & (cut.areas.zone == number))]
    return replace(cut, zones=sorted(zones, key=lambda zone: -zone.unmet))


def sureness(stood: float, settings: int) -> Text:
    """Return in words how often a finding returns under other settings."""
    words = _ALL if stood >= 1.0 else _MOST if 3.0 * stood >= 2.0 else _SOME
    return words.format(count=round(stood * settings), all=settings)


def area_reason(result: Underserved, point: int) -> Text:
    """Return why a point is flagged, and an empty text where it is not."""
    found, inputs = result.areas, result.inputs
    if not found.flagged[point]:
        return Text("", "")
    nearest = int(np.argmin(inputs.distance_km[point]))
    return _AREA.format(
        zone=next(zone.name for zone in result.zones if zone.zone_id == f"Z{found.zone[point] + 1}"),
        access=float(found.reached.access[point]),
        median=found.short.median,
        below=found.settings.below,
        radius=float(found.reach_km[point]),
        count=int(found.reached.in_reach[point]),
        nearest=station_name(result, nearest),
        km=float(inputs.distance_km[point, nearest]),
    )


def _zone(number: int, result: Underserved) -> Zone:
    inputs, found = result.inputs, result.areas
    members = np.flatnonzero(result.seen & (found.zone == number))
    unmet, wanted = found.short.unmet[members], inputs.demand[members]
    near = inputs.distance_km[members].min(axis=1)
    why = cause(found.reached.in_reach[members], unmet, near, found.reach_km[members])
    nearest = _nearest(result, members)
    stood, confirmed = (
        float(result.stability.zones[number]),
        float(unmet[result.cold[members]].sum() / unmet.sum()),
    )
    average = float(np.average(found.reached.access[members], weights=wanted))
    part = average / found.short.median if found.short.median > 0 else 0.0
    told = _CAUSES[why].format(part=part)
    sure = _SURE.format(
        sure=sureness(stood, result.stability.settings), cold=_COLD if confirmed >= 0.5 else _NOT_COLD
    )
    reason = _REASON.format(
        why=told,
        demand=float(wanted.sum()),
        unmet=float(unmet.sum()),
        nearest=nearest[0][0],
        km=nearest[0][1],
        sure=sure,
    )
    return Zone(
        zone_id=f"Z{number + 1}",
        name=_name(inputs, members),
        points=members,
        demand=float(wanted.sum()),
        unmet=float(unmet.sum()),
        cause=why,
        why=told,
        sure=sure,
        reason=reason,
        part=part,
        stability=stood,
        cold=confirmed,
        near_border=float(wanted[result.by_border[members]].sum() / wanted.sum()),
        nearest=nearest,
        outline=hull(inputs.at[members]),
    )


def _nearest(result: Underserved, members: np.ndarray) -> tuple[tuple[str, float], ...]:
    gaps = result.inputs.distance_km[members].min(axis=0)
    return tuple((station_name(result, int(j)), float(gaps[j])) for j in np.argsort(gaps)[:3])


def station_name(result: Underserved, station: int) -> str:
    """Return a station's name, or that it is another district's where the reader may not see it."""
    row, scope = result.inputs.stations[station], result.scope
    if scope.kind == "city" or row["district"] == scope.code or row["institution_id"] == scope.code:
        return str(row["name"] or row["institution_id"])
    return "其他区域的站点"


def _name(inputs: Inputs, members: np.ndarray) -> Text:
    """Name a zone after its district and its largest place."""
    largest = inputs.points[int(members[np.argmax(inputs.demand[members])])]
    district = districts_by_code().get(largest["district"] or "")
    if inputs.demand_rule == "clients":
        return _unnamed(inputs, members, district.short_name if district else Text("北京", "Beijing"))
    place = largest["name"] or largest["area_id"]
    if district is None:
        return Text(place, place)
    known = district.short_name
    if place.startswith(known.zh):
        return Text(place, f"{place} ({known.en})")
    return Text(f"{known.zh}{place}", f"{place} ({known.en})")


def _unnamed(inputs: Inputs, members: np.ndarray, district: Text) -> Text:
    """Name a zone of places without names by its middle, to a tenth of a degree: no client's own place."""
    lon, lat = np.average(inputs.at[members], axis=0, weights=inputs.demand[members])
    return _AROUND.format(district=district, lon=float(lon), lat=float(lat))


_AROUND = Text("{district}{lon:.1f}°E {lat:.1f}°N 一带", "around {lon:.1f}°E {lat:.1f}°N ({district})")
_AREA = Text(
    "属于“{zone}”短板片区：可及性 {access:.3g}，低于全市中位数 {median:.3g} 的 {below:.0%}；"
    "{radius:.1f} 公里服务半径内有 {count} 个站点，最近的是 {nearest}（{km:.1f} 公里）。",
    "In the under-served zone ‘{zone}’: access {access:.3g} is below {below:.0%} of the city's median "
    "{median:.3g}; {count} stations within its {radius:.1f} km, the nearest {nearest} ({km:.1f} km).",
)
_COLD = Text("局部聚集检验支持", "local clustering confirms it")
_NOT_COLD = Text("局部聚集检验未显示显著", "local clustering does not confirm it")
_ALL = Text(
    "多种测算口径下均成立（{all} 种中 {count} 种）",
    "it stands under all ways of measuring ({count} of {all})",
)
_MOST = Text(
    "多数测算口径下成立（{all} 种中 {count} 种）", "it stands under most ways of measuring ({count} of {all})"
)
_SOME = Text(
    "仅部分测算口径下成立（{all} 种中 {count} 种）",
    "it stands under some ways of measuring only ({count} of {all})",
)
_SURE = Text("{sure}，{cold}", "{sure}, and {cold}")
_REASON = Text(
    "{why}。最近的站点是 {nearest}（{km:.1f} 公里）。企业 {demand:,.0f} 家，折合约 {unmet:,.0f} 家的需求"
    "未得到满足；{sure}。",
    "{why}. The nearest is {nearest} ({km:.1f} km). {demand:,.0f} enterprises, the demand of about "
    "{unmet:,.0f} of them unmet; {sure}.",
)
_CAUSES: dict[Cause, Text] = {
    "desert": Text(
        "大部分企业在服务半径内没有任何站点", "Most of its enterprises have no station within reach"
    ),
    "far": Text(
        "站点偏远，大部分企业离最近站点超过服务半径的一半，可及性只有全市中位水平的 {part:.0%}",
        "Stations are far: for most of its enterprises the nearest lies in the outer half of their reach, "
        "and access is {part:.0%} of the city's median",
    ),
    "overwhelmed": Text(
        "附近有站点，但能力远小于需求，可及性只有全市中位水平的 {part:.0%}",
        "Stations are near, but their capacity is far too little: access is {part:.0%} of the city's median",
    ),
}
