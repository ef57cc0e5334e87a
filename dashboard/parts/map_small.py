"""A small map of a measure by area: all of Beijing, filled outlines, every name legible.

Plotly draws it, so that the first screen loads one chart library only, and it prints.
"""

from __future__ import annotations

import math
from typing import Any

from analytics.core.settings import settings
from analytics.standard.geography import Outline, outlines
from dashboard.context import Answer, Context
from dashboard.parts import chart, figures, quantities, sentences
from dashboard.parts.boundaries import label_points
from dashboard.parts.palette import Palette, palette

# A degree of longitude is this much of a degree of latitude in Beijing.
_ASPECT = math.cos(math.radians(40.2))
_BOUNDS = (115.36, 117.56, 39.40, 41.10)  # all of Beijing with a margin: west, east, south, north
# Areas too small for their name: where it stands instead, with a line to the area, and on which side of
# that point. No line crosses another, nor a name.
_LED_OUT = {
    "110107": (115.74, 40.25, "right"),
    "110101": (116.99, 39.92, "left"),
    "110102": (116.99, 39.83, "left"),
    "BDA": (116.99, 39.60, "left"),
}
# Names moved out of the way of those lines, and of each other in English.
_MOVED = {
    "110105": (116.59, 40.0),
    "110112": (116.76, 39.765),
    "110108": (116.185, 40.035),
    "110109": (115.775, 39.975),
}


def by_area(ctx: Context, answer: Answer, *, title: str, height: int) -> None:
    """Draw a measure by ``district`` in a chart frame."""
    says = sentences.by_area(answer.measure, answer.rows, ctx.language, _namer(ctx))
    drawn = figure(ctx, answer, height=height)
    chart.framed(ctx, "map", [answer], title=title, says=says, figure=drawn, how="how.map", is_narrow=True)


def figure(ctx: Context, answer: Answer, *, height: int) -> figures.Figure:
    """Return the map as a figure."""
    colours = palette(is_dark=ctx.is_dark)
    found = {row["district"]: row for row in answer.rows if row.get("quantile") in (None, 0.5)}
    rows = [(area, found.get(area.code) or {"value": None}) for area in outlines().values()]
    known = [row["value"] for _, row in rows if row["value"] is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    data, notes = [], []
    for area, row in rows:
        value = row["value"]
        fill = colours.nothing if value is None else colours.shade(_share(value, low, high))
        name = ctx.name("district", area.code, short=True)
        hover = f"{name}{ctx.say('frame.colon')}{quantities.full(answer.measure, row, ctx.language)}"
        data.append(_outline(colours, area, fill, hover))
        shown = quantities.of_row(answer.measure, row, ctx.language, unit=False)
        notes.append(_label(colours, area, name, shown))
    notes.append(_mark(ctx, colours))
    west, east, south, north = _BOUNDS
    hidden = {"visible": False, "showgrid": False, "automargin": False}
    made = figures.layout(
        colours,
        height,
        xaxis={**hidden, "range": [west * _ASPECT, east * _ASPECT], "constrain": "domain"},
        yaxis={**hidden, "range": [south, north], "scaleanchor": "x", "constrain": "domain"},
        annotations=notes,
        hovermode="closest",
    )
    made["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0}
    return {"data": data, "layout": made}


def _namer(ctx: Context) -> sentences.Namer:
    return lambda dimension, code: ctx.name(dimension, code, short=True)


def _mark(ctx: Context, colours: Palette) -> dict[str, Any]:
    """Say what the outlines are: a sketch for internal use, until a review number is configured."""
    number = settings().map_review_number
    words = ctx.say("map.review_number", number=number) if number else ctx.say("map.not_reviewed")
    return {
        "x": 0, "y": 0, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "text": words, "showarrow": False, "font": {"size": 12, "color": colours.quiet},
    }  # fmt: skip


def _share(value: float, low: float, high: float) -> float:
    return (value - low) / (high - low) if high > low else 0.5


def _outline(colours: Palette, area: Outline, fill: str, hover: str) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for ring in (polygon[0] for polygon in area.polygons):
        x += [*(round(point[0] * _ASPECT, 4) for point in ring), None]
        y += [*(round(point[1], 4) for point in ring), None]
    return {
        "type": "scatter", "mode": "lines", "x": x[:-1], "y": y[:-1], "fill": "toself", "fillcolor": fill,
        "line": {"color": colours.card if not area.is_schematic else colours.quiet, "width": 1,
                 "dash": "dot" if area.is_schematic else "solid"},
        "name": area.code, "hoveron": "fills", "text": hover, "hoverinfo": "text",
    }  # fmt: skip


def _label(colours: Palette, area: Outline, name: str, value: str) -> dict[str, Any]:
    x, y = label_points()[area.code]
    x *= _ASPECT
    base: dict[str, Any] = {"showarrow": False, "font": {"size": 12, "color": colours.ink}}
    if area.code not in _LED_OUT:
        if area.code in _MOVED:
            x, y = _MOVED[area.code][0] * _ASPECT, _MOVED[area.code][1]
        return {**base, "x": x, "y": y, "text": f"{name}<br>{value}", "align": "center"}
    at_x, at_y, side = _LED_OUT[area.code]
    between = "<br>" if side == "right" or area.is_schematic else " "
    return {
        **base, "x": x, "y": y, "ax": at_x * _ASPECT, "ay": at_y, "xref": "x", "yref": "y", "axref": "x",
        "ayref": "y", "showarrow": True, "arrowhead": 6, "arrowsize": 0.6, "arrowwidth": 1,
        "arrowcolor": colours.quiet, "text": name + between + value,
        "xanchor": side, "align": side,
    }  # fmt: skip
