"""The map of access: demand points by what they can count on, zones as outlines, stations. Plain plotly."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from analytics.core.settings import settings
from analytics.coverage.areas import Underserved, Zone
from analytics.coverage.rearrangement import Rearranged
from analytics.spatial.zones import hull
from analytics.standard.geography import outlines
from analytics.stats.arrays import Floats
from dashboard.context import Context
from dashboard.parts import figures, map_labels
from dashboard.parts.palette import Palette, palette
from dashboard.parts.reach_words import ReachWords
from dashboard.words import formats

# A degree of longitude is this much of a degree of latitude in Beijing.
ASPECT = math.cos(math.radians(40.2))
_BOUNDS = (115.36, 117.56, 39.40, 41.10)  # all of Beijing with a margin: west, east, south, north
# More points than this are drawn by cells: a browser without a graphics card draws no more at once.
MOST_MARKS = 1500
_CELL_DEGREES = 0.02
CLASSES = ("none", "low", "some", "usual")


# Areas with room for their name; the others are full of points.
# A number this near (degrees) would lie on a name: beside it, or its outline's top above or below it.
_BESIDE, _ABOVE, _BELOW = 0.3, 0.16, 0.06
_NAMED = ("110109", "110111", "110112", "110113", "110114", "110115", "110116", "110117", "110118", "110119")


@dataclass(frozen=True, slots=True)
class Shape:
    """A zone's outline (GeoJSON), its number on the map, and what a reader sees on pointing at it.

    ``is_gone`` says that it was a zone and is none after a change.
    """

    zone_id: str
    outline: dict[str, Any]
    label: str
    tip: str
    is_gone: bool = False


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
    seen, cell = _gathered(result)
    weight = result.inputs.demand[seen]
    demand = np.bincount(cell, weights=weight)

    def mean(values: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.bincount(cell, weights=weight * values[seen]) / demand

    part = mean(access) / (result.areas.short.median or 1.0)
    is_reached = mean(in_reach > 0) >= 0.5
    is_low, is_usual = part < result.areas.settings.below, part >= 1.0
    lon, lat = (mean(result.inputs.at[:, axis]) for axis in (0, 1))
    reach, near = mean(result.areas.reach_km), np.bincount(cell, weights=result.by_border[seen]) > 0
    # Of the points of a cell, in order, the first is the largest.
    order = np.lexsort((-weight, cell))
    largest = seen[order][np.searchsorted(cell[order], np.arange(demand.size))]
    found = []
    for n in np.flatnonzero((demand > 0) & (demand >= least)):
        kind = "none" if not is_reached[n] else "low" if is_low[n] else "usual" if is_usual[n] else "some"
        row = result.inputs.points[int(largest[n])]
        name = str(row["name"] or ctx.name("district", row["district"]))
        figures_of = (float(demand[n]), float(part[n]), kind, float(reach[n]), bool(near[n]))
        found.append(Mark(float(lon[n]), float(lat[n]), name, *figures_of))
    return found


def held(result: Underserved, access: Floats, in_reach: np.ndarray) -> dict[str, float]:
    """Return how much seen demand each class of access holds: counted by points, not by what is drawn."""
    part = access / (result.areas.short.median or 1.0)
    low, none = part < result.areas.settings.below, in_reach == 0
    classes = {
        "none": none,
        "low": low & ~none,
        "some": ~low & ~none & (part < 1.0),
        "usual": ~none & (part >= 1.0),
    }
    return {name: float(result.inputs.demand[which & result.seen].sum()) for name, which in classes.items()}


def shapes(ctx: Context, result: Underserved, zones: Iterable[Zone]) -> list[Shape]:
    """Return the outlines of zones, numbered as they are listed."""
    words = ReachWords(ctx, result)
    return [
        Shape(zone.zone_id, zone.outline, str(n), _tip(words, ctx.text(zone.name), zone.demand, zone.unmet))
        for n, zone in enumerate(zones, start=1)
    ]


def shapes_after(ctx: Context, result: Underserved, after: Rearranged) -> list[Shape]:
    """Return the outlines of the zones that remain, arise or go with a change, as far as a reader sees them.

    One that remains keeps its number, so that both maps can be held against each other; one that arises has
    none.
    """
    words, found = ReachWords(ctx, result), []
    remain: set[int] = set()
    for number in range(int(after.zone.max(initial=-1)) + 1):
        members = np.flatnonzero(result.seen & (after.zone == number))
        if members.size:
            was = _number_before(result, members)
            remain.add(was)
            demand = result.inputs.demand[members]
            largest = result.inputs.points[int(members[np.argmax(demand)])]
            name = str(largest["name"] or ctx.name("district", largest["district"]))
            unmet = float(after.after.short.unmet[members].sum())
            tip = _tip(words, name, float(demand.sum()), unmet)
            label = str(was) if was else ctx.say("coverage.zone_new")
            found.append(Shape(f"after-{number}", hull(result.inputs.at[members]), label, tip))
    gone = [
        replace(shape, tip=ctx.say("coverage.zone_gone", name=shape.label), is_gone=True)
        for n, shape in enumerate(shapes(ctx, result, result.zones), start=1)
        if n not in remain
    ]
    return gone + found


def _number_before(result: Underserved, members: np.ndarray) -> int:
    """Return the number of the zone that holds most of the unmet demand of these points; 0 for none."""
    held = [
        float(result.areas.short.unmet[np.intersect1d(zone.points, members)].sum()) for zone in result.zones
    ]
    return int(np.argmax(held)) + 1 if held and max(held) > 0 else 0


def _tip(words: ReachWords, name: str, demand: float, unmet: float) -> str:
    language = words.ctx.language
    return words.say(
        "coverage.zone_tip",
        name=name,
        demand=formats.number(demand, language),
        unmet=formats.number(unmet, language),
    )


def figure(
    ctx: Context,
    result: Underserved,
    shown: list[Mark],
    zones: Iterable[Shape],
    *,
    height: int,
    sums: dict[str, float],
    chosen: str = "",
    sites: Iterable[tuple[float, float, str]] = (),
    closed: Iterable[str] = (),
    legend_px: int = 46,
) -> figures.Figure:
    """Return the map as a figure.

    ``sums`` says what each class holds (`held`), ``sites`` are new stations with names, ``closed`` those
    taken away. ``legend_px`` is the room for the legend: two maps side by side need the same.
    """
    colours = palette(is_dark=ctx.is_dark)
    largest = max((mark.demand for mark in shown), default=1.0)
    below, words = formats.percent(result.areas.settings.below, ctx.language, 0), ReachWords(ctx, result)
    zones = list(zones)
    data = [_ground(colours), _names(ctx, colours, zones)]
    data += [
        _points(words, colours, [mark for mark in shown if mark.kind == kind], kind, largest)
        | {
            "name": words.say(
                f"coverage.kind_{kind}", count=formats.number(sums[kind], ctx.language), below=below
            )
        }
        for kind in CLASSES
    ]
    data += [_stations(ctx, colours, result, set(closed)), *_closed(ctx, colours, result, set(closed))]
    notes = [_review(ctx, colours)]
    for zone in zones:
        data.append(_zone(colours, zone, is_chosen=zone.zone_id == chosen))
        notes.append(_number(colours, zone))
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
        showlegend=True,
    )
    made["legend"] = {
        "orientation": "h", "x": 0, "y": 0, "yanchor": "top", "itemsizing": "trace",
        "font": {"size": 12, "color": colours.ink}, "itemclick": False, "itemdoubleclick": False,
    }  # fmt: skip
    made["margin"] = {"l": 0, "r": 0, "t": 0, "b": legend_px}
    return {"data": data, "layout": made}


def _gathered(result: Underserved) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the points that are seen, and the number of the cell of each."""
    seen = np.flatnonzero(result.seen)
    if seen.size <= MOST_MARKS:
        return seen, np.arange(seen.size)
    size = _CELL_DEGREES
    while True:
        east, north = np.floor(result.inputs.at[seen] / size).astype(np.int64).T
        cells, cell = np.unique(east * 1_000_000 + north, return_inverse=True)
        if cells.size <= MOST_MARKS:
            return seen, cell
        size *= 1.5


@lru_cache(maxsize=2)
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


def _names(ctx: Context, colours: Palette, zones: list[Shape]) -> dict[str, Any]:
    """Return the names of the outer areas, below everything else; none where a zone's number stands."""
    numbers = [max(zone.outline["coordinates"][0], key=lambda point: float(point[1])) for zone in zones]
    labels = [
        label
        for label in map_labels.area_labels(
            ctx.language, lambda code: ctx.name("district", code, short=True), ""
        )
        if label.code in _NAMED
        and not any(abs(label.at[0] - x) < _BESIDE and -_ABOVE < y - label.at[1] < _BELOW for x, y in numbers)
    ]
    return {
        "type": "scatter", "mode": "text", "x": [round(label.at[0] * ASPECT, 4) for label in labels],
        "y": [label.at[1] for label in labels], "text": [label.text for label in labels],
        "textfont": {"size": 12.5, "color": colours.quiet}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _points(
    words: ReachWords, colours: Palette, own: list[Mark], kind: str, largest: float
) -> dict[str, Any]:
    edge = {"line": {"color": colours.card, "width": 0.7}}
    looks: dict[str, dict[str, Any]] = {
        "none": {"symbol": "x-thin", "line": {"color": colours.plum, "width": 2.5}},
        "low": {"symbol": "diamond", "color": colours.signal, **edge},
        "some": {"symbol": "circle", "color": colours.high, **edge},
        "usual": {"symbol": "circle", "color": colours.data, **edge},
    }
    return {
        "type": "scatter", "mode": "markers",
        "x": [round(mark.lon * ASPECT, 4) for mark in own], "y": [round(mark.lat, 4) for mark in own],
        "marker": {
            **looks[kind], "size": [round(5 + 9 * math.sqrt(mark.demand / largest), 1) for mark in own]
        },
        "text": [_told(words, mark) for mark in own], "hoverinfo": "text", "opacity": 0.9,
    }  # fmt: skip


def _told(words: ReachWords, mark: Mark) -> str:
    ctx = words.ctx
    part = formats.percent(mark.part, ctx.language, 0)
    said = words.say(
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
    colour = colours.teal if zone.is_gone else colours.plum
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    opaque = 0.0 if zone.is_gone else 0.22 if is_chosen else 0.1
    dash = "dot" if zone.is_gone else "solid"
    return {
        "type": "scatter", "mode": "lines",
        "x": [round(point[0] * ASPECT, 4) for point in ring], "y": [round(point[1], 4) for point in ring],
        "fill": "toself", "fillcolor": f"rgba({red},{green},{blue},{opaque})",
        "line": {"color": colour, "width": 3 if is_chosen else 1.5, "dash": dash},
        "name": zone.zone_id, "hoveron": "fills", "hoverinfo": "text", "showlegend": False, "text": zone.tip,
    }  # fmt: skip


def _number(colours: Palette, zone: Shape) -> dict[str, Any]:
    ring = np.array(zone.outline["coordinates"][0])
    top = ring[np.argmax(ring[:, 1])]
    colour = colours.teal if zone.is_gone else colours.plum
    return {
        "x": top[0] * ASPECT, "y": top[1], "yanchor": "bottom", "yshift": 4,
        "text": f"<b>{zone.label}{'✓' if zone.is_gone else ''}</b>",
        "showarrow": False, "font": {"size": 14, "color": colour}, "bgcolor": _faint(colours.card),
        "borderpad": 0,
    }  # fmt: skip


def _faint(colour: str) -> str:
    """Return a colour that what lies below shines through."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.6)"


def _review(ctx: Context, colours: Palette) -> dict[str, Any]:
    number = settings().map_review_number
    words = ctx.say("map.review_number", number=number) if number else ctx.say("map.not_reviewed")
    return {
        "x": 1, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "top",
        "text": words, "showarrow": False, "font": {"size": 12, "color": colours.quiet},
    }  # fmt: skip
