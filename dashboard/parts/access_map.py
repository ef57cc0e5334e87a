"""The map of access: demand points by what they can count on, zones as outlines, stations. Plain plotly."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.core.settings import settings
from analytics.coverage.areas import Underserved, Zone
from analytics.coverage.rearrangement import Rearranged
from analytics.spatial.zones import hull
from analytics.standard.geography import outlines
from analytics.stats.arrays import Floats
from dashboard.context import Context
from dashboard.parts import figures
from dashboard.parts.palette import Palette, palette
from dashboard.words import formats

# A degree of longitude is this much of a degree of latitude in Beijing.
ASPECT = math.cos(math.radians(40.2))
_BOUNDS = (115.36, 117.56, 39.40, 41.10)  # all of Beijing with a margin: west, east, south, north
# More points than this are drawn by cells: a browser without a graphics card draws no more at once.
MOST_MARKS = 1500
_CELL_DEGREES = 0.02
CLASSES = ("none", "low", "some", "usual")


@dataclass(frozen=True, slots=True)
class Shape:
    """A zone's outline (GeoJSON) and what a reader sees on pointing at it."""

    zone_id: str
    outline: dict[str, Any]
    tip: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What is drawn of a demand point, or of all in a cell.

    Place, demand, access over the city's median, class, radius of the catchment in road km, and whether
    that crosses the border.
    """

    lon: float
    lat: float
    name: str
    demand: float
    part: float
    kind: str
    reach_km: float
    by_border: bool


def marks(ctx: Context, result: Underserved, access: Floats, in_reach: np.ndarray) -> list[Mark]:
    """Return the points a reader may see, gathered in cells where they are many.

    Where located clients stand in for demand, cells of few clients are left out, for all readers.
    """
    least = settings().count_hidden_below_bureau if result.inputs.demand_rule == "clients" else 0
    median = result.areas.short.median or 1.0
    below = result.areas.settings.below
    found = []
    for members in _gathered(result):
        demand = float(result.inputs.demand[members].sum())
        if demand <= 0 or demand < least:
            continue
        weight = result.inputs.demand[members]
        part = float(np.average(access[members], weights=weight)) / median
        reached = float(np.average(in_reach[members] > 0, weights=weight)) >= 0.5
        kind = "none" if not reached else "low" if part < below else "some" if part < 1.0 else "usual"
        lon, lat = np.average(result.inputs.at[members], axis=0, weights=weight)
        largest = result.inputs.points[int(members[np.argmax(weight)])]
        name = largest["name"] or ctx.name("district", largest["district"])
        reach = float(np.average(result.areas.reach_km[members], weights=weight))
        near = bool(result.by_border[members].any())
        found.append(Mark(float(lon), float(lat), str(name), demand, part, kind, reach, near))
    return found


def shapes(ctx: Context, zones: Iterable[Zone]) -> list[Shape]:
    """Return the outlines of zones."""
    return [
        Shape(zone.zone_id, zone.outline, _tip(ctx, ctx.text(zone.name), zone.demand, zone.unmet))
        for zone in zones
    ]


def shapes_after(ctx: Context, result: Underserved, after: Rearranged) -> list[Shape]:
    """Return the outlines of the zones that remain or arise after a change, as far as a reader sees them."""
    found = []
    for number in range(int(after.zone.max(initial=-1)) + 1):
        members = np.flatnonzero(result.seen & (after.zone == number))
        if members.size:
            demand = result.inputs.demand[members]
            largest = result.inputs.points[int(members[np.argmax(demand)])]
            name = str(largest["name"] or ctx.name("district", largest["district"]))
            unmet = float(after.after.short.unmet[members].sum())
            outline = hull(result.inputs.at[members])
            found.append(Shape(f"Z{number + 1}", outline, _tip(ctx, name, float(demand.sum()), unmet)))
    return found


def _tip(ctx: Context, name: str, demand: float, unmet: float) -> str:
    return ctx.say(
        "coverage.zone_tip",
        name=name,
        demand=formats.number(demand, ctx.language),
        unmet=formats.number(unmet, ctx.language),
    )


def figure(
    ctx: Context,
    result: Underserved,
    shown: list[Mark],
    zones: Iterable[Shape],
    *,
    height: int,
    chosen: str = "",
    sites: Iterable[tuple[float, float, str]] = (),
    closed: Iterable[str] = (),
    has_legend: bool = True,
) -> figures.Figure:
    """Return the map as a figure; ``sites`` are new stations with names, ``closed`` those taken away."""
    colours = palette(is_dark=ctx.is_dark)
    largest = max((mark.demand for mark in shown), default=1.0)
    below = formats.percent(result.areas.settings.below, ctx.language, 0)
    data = [_ground(colours), *(_points(ctx, colours, shown, kind, largest, below) for kind in CLASSES)]
    data += [_stations(ctx, colours, result, set(closed)), *_closed(ctx, colours, result, set(closed))]
    notes = [_review(ctx, colours)]
    for number, zone in enumerate(zones, start=1):
        data.append(_zone(colours, zone, is_chosen=zone.zone_id == chosen))
        notes.append(_number(colours, zone, number))
    new = list(sites)
    if new:
        data.append(_sites(ctx, colours, new))
    west, east, south, north = _BOUNDS
    hidden = {"visible": False, "showgrid": False, "automargin": False}
    made = figures.layout(
        colours,
        height,
        xaxis={**hidden, "range": [west * ASPECT, east * ASPECT], "constrain": "domain"},
        yaxis={**hidden, "range": [south, north], "scaleanchor": "x", "constrain": "domain"},
        annotations=notes,
        hovermode="closest",
        showlegend=has_legend,
    )
    made["legend"] = {
        "orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "trace",
        "font": {"size": 12, "color": colours.ink}, "itemclick": False, "itemdoubleclick": False,
    }  # fmt: skip
    made["margin"] = {"l": 0, "r": 0, "t": 0, "b": 46 if has_legend else 0}
    return {"data": data, "layout": made}


def _gathered(result: Underserved) -> list[np.ndarray]:
    seen = np.flatnonzero(result.seen)
    if seen.size <= MOST_MARKS:
        return [np.array([place]) for place in seen]
    size = _CELL_DEGREES
    while True:
        cells: dict[tuple[int, int], list[int]] = defaultdict(list)
        for place, (east, north) in zip(seen, np.floor(result.inputs.at[seen] / size), strict=True):
            cells[int(east), int(north)].append(int(place))
        if len(cells) <= MOST_MARKS:
            return [np.array(members) for members in cells.values()]
        size *= 1.5


def _ground(colours: Palette) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for outline in outlines().values():
        if outline.is_schematic:
            continue
        for polygon in outline.polygons:
            x += [*(round(point[0] * ASPECT, 4) for point in polygon[0]), None]
            y += [*(round(point[1], 4) for point in polygon[0]), None]
    return {
        "type": "scatter", "mode": "lines", "x": x[:-1], "y": y[:-1], "fill": "toself",
        "fillcolor": colours.nothing, "line": {"color": colours.before, "width": 1}, "hoverinfo": "skip",
        "showlegend": False,
    }  # fmt: skip


def _points(
    ctx: Context, colours: Palette, shown: list[Mark], kind: str, largest: float, below: str
) -> dict[str, Any]:
    own = [mark for mark in shown if mark.kind == kind]
    looks: dict[str, dict[str, Any]] = {
        "none": {"symbol": "x-thin", "line": {"color": colours.plum, "width": 2.5}},
        "low": {
            "symbol": "diamond", "color": colours.signal, "line": {"color": colours.card, "width": 0.7},
        },
        "some": {"symbol": "circle", "color": colours.high, "line": {"color": colours.card, "width": 0.7}},
        "usual": {"symbol": "circle", "color": colours.data, "line": {"color": colours.card, "width": 0.7}},
    }  # fmt: skip
    sizes = [round(5 + 9 * math.sqrt(mark.demand / largest), 1) for mark in own]
    count = formats.number(len(own), ctx.language)
    return {
        "type": "scatter", "mode": "markers",
        "x": [round(mark.lon * ASPECT, 4) for mark in own], "y": [round(mark.lat, 4) for mark in own],
        "marker": {**looks[kind], "size": sizes},
        "name": ctx.say(f"coverage.kind_{kind}", count=count, below=below),
        "text": [_told(ctx, mark) for mark in own], "hoverinfo": "text", "opacity": 0.9,
    }  # fmt: skip


def _told(ctx: Context, mark: Mark) -> str:
    part = formats.percent(mark.part, ctx.language, 0)
    said = ctx.say(
        f"coverage.point_{'none' if mark.kind == 'none' else 'some'}",
        name=mark.name,
        demand=formats.number(mark.demand, ctx.language),
        part=part,
    )
    return said + ("<br>" + ctx.say("coverage.point_border") if mark.by_border else "")


def _stations(ctx: Context, colours: Palette, result: Underserved, closed: set[str]) -> dict[str, Any]:
    scope = ctx.scope
    rows = [
        (row, capacity)
        for row, capacity in zip(result.inputs.stations, result.inputs.supply, strict=True)
        if row["institution_id"] not in closed
        and (scope.kind == "city" or scope.code in (row["district"], row["institution_id"]))
    ]
    return {
        "type": "scatter", "mode": "markers",
        "x": [round(row["lon_wgs84"] * ASPECT, 4) for row, _ in rows],
        "y": [round(row["lat_wgs84"], 4) for row, _ in rows],
        "marker": {"symbol": "triangle-up", "size": 6, "color": colours.ink,
                   "line": {"color": colours.card, "width": 1}},
        "name": ctx.say("coverage.kind_station", count=formats.number(len(rows), ctx.language)),
        "text": [
            ctx.say(
                "coverage.station", name=row["name"], capacity=formats.number(capacity, ctx.language)
            )
            for row, capacity in rows
        ],
        "hoverinfo": "text",
    }  # fmt: skip


def _closed(ctx: Context, colours: Palette, result: Underserved, closed: set[str]) -> list[dict[str, Any]]:
    rows = [row for row in result.inputs.stations if row["institution_id"] in closed]
    if not rows:
        return []
    return [{
        "type": "scatter", "mode": "markers",
        "x": [row["lon_wgs84"] * ASPECT for row in rows], "y": [row["lat_wgs84"] for row in rows],
        "marker": {"symbol": "triangle-up-open", "size": 12, "color": colours.plum, "line": {"width": 2}},
        "name": ctx.say("coverage.kind_closed"), "text": [str(row["name"]) for row in rows],
        "hoverinfo": "text",
    }]  # fmt: skip


def _sites(ctx: Context, colours: Palette, sites: list[tuple[float, float, str]]) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers",
        "x": [lon * ASPECT for lon, _, _ in sites], "y": [lat for _, lat, _ in sites],
        "marker": {"symbol": "star", "size": 15, "color": colours.teal,
                   "line": {"color": colours.card, "width": 1}},
        "name": ctx.say("coverage.kind_site"), "text": [name for _, _, name in sites], "hoverinfo": "text",
    }  # fmt: skip


def _zone(colours: Palette, zone: Shape, *, is_chosen: bool) -> dict[str, Any]:
    ring = zone.outline["coordinates"][0]
    red, green, blue = (int(colours.plum[place : place + 2], 16) for place in (1, 3, 5))
    return {
        "type": "scatter", "mode": "lines",
        "x": [round(point[0] * ASPECT, 4) for point in ring], "y": [round(point[1], 4) for point in ring],
        "fill": "toself", "fillcolor": f"rgba({red},{green},{blue},{0.22 if is_chosen else 0.1})",
        "line": {"color": colours.plum, "width": 3 if is_chosen else 1.5},
        "name": zone.zone_id, "hoveron": "fills", "hoverinfo": "text", "showlegend": False, "text": zone.tip,
    }  # fmt: skip


def _number(colours: Palette, zone: Shape, number: int) -> dict[str, Any]:
    ring = np.array(zone.outline["coordinates"][0])
    top = ring[np.argmax(ring[:, 1])]
    return {
        "x": top[0] * ASPECT, "y": top[1], "yanchor": "bottom", "text": f"<b>{number}</b>",
        "showarrow": False, "font": {"size": 14, "color": colours.plum}, "bgcolor": colours.card,
        "borderpad": 1,
    }  # fmt: skip


def _review(ctx: Context, colours: Palette) -> dict[str, Any]:
    number = settings().map_review_number
    words = ctx.say("map.review_number", number=number) if number else ctx.say("map.not_reviewed")
    return {
        "x": 1, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top",
        "text": words, "showarrow": False, "font": {"size": 12, "color": colours.quiet},
    }  # fmt: skip
