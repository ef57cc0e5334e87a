"""Under-served areas: access of every demand point, zones with names, reasons and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.core.text import Text
from analytics.coverage.inputs import Inputs
from analytics.spatial.lisa import local_moran
from analytics.spatial.sensitivity import DEFAULT, AccessSettings, Areas, Stability, assess, stability
from analytics.spatial.zones import Cause, cause, hull
from analytics.standard.districts import districts_by_code
from analytics.stats.concentration import gini


@dataclass(frozen=True)
class Zone:
    """An under-served zone: its points, what it lacks, why, and how sure that is.

    ``stability`` is the share of settings under which it stands, ``cold`` the share of its unmet demand at
    points that local Moran's I confirms; ``nearest`` names stations with their road distance in km.
    """

    zone_id: str
    name: Text
    points: np.ndarray
    demand: float
    unmet: float
    cause: Cause
    reason: Text
    stability: float
    cold: float
    nearest: tuple[tuple[str, float], ...]
    outline: dict[str, Any]


@dataclass(frozen=True)
class Underserved:
    """The whole answer; ``gini`` is that of access, weighted by demand."""

    areas: Areas
    stability: Stability
    zones: list[Zone]
    gini: float
    inputs: Inputs


def find_underserved(inputs: Inputs, *, settings: AccessSettings = DEFAULT) -> Underserved:
    """Return access, zones and their stability for the city's demand points."""
    given = (inputs.at, inputs.distance_km, inputs.demand, inputs.supply)
    found = assess(*given, settings=settings)
    stood = stability(found, *given)
    cold = local_moran(inputs.at, found.reached.access).is_cold
    zones = [
        _zone(number, inputs, found, cold, float(stood.zones[number])) for number in range(stood.zones.size)
    ]
    return Underserved(found, stood, zones, gini(found.reached.access, weights=inputs.demand), inputs)


def area_reason(result: Underserved, point: int) -> Text:
    """Return why a point is flagged, and an empty text where it is not."""
    found, inputs = result.areas, result.inputs
    if not found.flagged[point]:
        return Text("", "")
    nearest = int(np.argmin(inputs.distance_km[point]))
    return _AREA.format(
        zone=result.zones[int(found.zone[point])].name,
        access=float(found.reached.access[point]),
        median=found.short.median,
        below=found.settings.below,
        radius=float(found.reach_km[point]),
        count=int(found.reached.in_reach[point]),
        nearest=_station_name(inputs, nearest),
        km=float(inputs.distance_km[point, nearest]),
    )


def _zone(number: int, inputs: Inputs, found: Areas, cold: np.ndarray, stood: float) -> Zone:
    members = np.flatnonzero(found.zone == number)
    unmet = found.short.unmet[members]
    near = inputs.distance_km[members].min(axis=1)
    why = cause(found.reached.in_reach[members], unmet, near, found.reach_km[members])
    order = np.argsort(inputs.distance_km[members].min(axis=0))[:3]
    nearest = tuple(
        (_station_name(inputs, int(j)), float(inputs.distance_km[members, j].min())) for j in order
    )
    confirmed = float(unmet[cold[members]].sum() / unmet.sum())
    demand = float(inputs.demand[members].sum())
    average = float(np.average(found.reached.access[members], weights=inputs.demand[members]))
    reason = _CAUSES[why].format(
        demand=demand,
        unmet=float(unmet.sum()),
        part=average / found.short.median if found.short.median > 0 else 0.0,
        nearest=nearest[0][0],
        km=nearest[0][1],
        stood=stood,
        cold=_COLD if confirmed >= 0.5 else _NOT_COLD,
    )
    name = _name(inputs, members)
    outline = hull(inputs.at[members])
    return Zone(
        f"Z{number + 1}",
        name,
        members,
        demand,
        float(unmet.sum()),
        why,
        reason,
        stood,
        confirmed,
        nearest,
        outline,
    )


def _name(inputs: Inputs, members: np.ndarray) -> Text:
    """Name a zone after its district and its largest place."""
    largest = inputs.points[int(members[np.argmax(inputs.demand[members])])]
    district = districts_by_code().get(largest["district"] or "")
    place = largest["name"] or largest["area_id"]
    if district is None:
        return Text(place, place)
    known = district.short_name
    if place.startswith(known.zh):
        return Text(place, f"{place} ({known.en})")
    return Text(f"{known.zh}{place}", f"{place} ({known.en})")


def _station_name(inputs: Inputs, place: int) -> str:
    row = inputs.stations[place]
    return str(row["name"] or row["institution_id"])


_AREA = Text(
    "属于“{zone}”短板片区：可及性 {access:.3g}，低于全市中位数 {median:.3g} 的 {below:.0%}；"
    "{radius:.1f} 公里服务半径内有 {count} 个站点，最近的是 {nearest}（{km:.1f} 公里）。",
    "In the under-served zone ‘{zone}’: access {access:.3g} is below {below:.0%} of the city's median "
    "{median:.3g}; {count} stations within its {radius:.1f} km, the nearest {nearest} ({km:.1f} km).",
)
_COLD = Text("局部聚集检验支持", "local clustering confirms it")
_NOT_COLD = Text("局部聚集检验未显示显著", "local clustering does not confirm it")
_END = Text(
    "最近的站点是 {nearest}（{km:.1f} 公里）。需求 {demand:,.0f}，其中未满足 {unmet:,.0f}；"
    "在 {stood:.0%} 的设定下成立，{cold}。",
    "The nearest is {nearest} ({km:.1f} km). Demand {demand:,.0f}, of which unmet {unmet:,.0f}; it stands "
    "under {stood:.0%} of the settings, and {cold}.",
)
_CAUSES: dict[Cause, Text] = {
    "desert": Text(
        "大部分需求在服务半径内没有任何站点。" + _END.zh,
        "Most of its demand has no station within reach. " + _END.en,
    ),
    "far": Text(
        "站点偏远：大部分需求离最近站点超过服务半径的一半，可及性为全市中位数的 {part:.0%}。" + _END.zh,
        "Stations are far: for most of its demand the nearest lies in the outer half of its reach; access is "
        "{part:.0%} of the city's median. " + _END.en,
    ),
    "overwhelmed": Text(
        "附近有站点，但能力远小于需求，可及性为全市中位数的 {part:.0%}。" + _END.zh,
        "Stations are near, but their capacity is far too little: access is {part:.0%} of the city's median. "
        + _END.en,
    ),
}
