"""The second view: one tile an area, roughly where the area lies, without any boundary.

It is the view for public display while the boundaries have no review number, and it needs no WebGL.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.standard.districts import districts
from dashboard.context import Context, Row
from dashboard.parts import (
    chart,
    drawn,
    figures,
    html,
    map_choice,
    map_legend,
    map_sentences,
    map_shades,
    quantities,
)
from dashboard.parts.map_questions import MapAnswers
from dashboard.parts.palette import Palette, palette

# Column and row of each area, the north on top.
PLACES: dict[str, tuple[int, int]] = {
    "110119": (1, 0), "110116": (2, 0), "110118": (3, 0),
    "110114": (1, 1), "110113": (2, 1), "110117": (3, 1),
    "110109": (0, 2), "110108": (1, 2), "110102": (2, 2), "110101": (3, 2), "110105": (4, 2),
    "110111": (0, 3), "110107": (1, 3), "110106": (2, 3), "BDA": (3, 3), "110112": (4, 3),
    "110115": (2, 4),
}  # fmt: skip
HEIGHT_PX = 510
_HALF = 0.47
_COLUMNS, _ROWS = 5, 5


def draw(ctx: Context, found: MapAnswers) -> None:
    """Draw the tiles in a chart frame; a click on one chooses its area."""
    title = ctx.say("map.title_tiles", areas=ctx.text(found.areas.measure.name))
    says = map_sentences.areas(ctx, found)
    areas, _ = map_choice.chosen_places(ctx)
    with st.container(border=True, key="chart-tile-grid"):
        chart.head(ctx, "tile-grid", [found.areas], title=title, says=says)
        # A new key for each choice: the browser keeps a click as its own selection and dims the rest.
        key = "tiles-" + "-".join(areas)
        st.plotly_chart(
            drawn.drawn(figure(ctx, found)),
            theme=None,
            config=figures.CONFIG,
            key=key,
            on_select=lambda: _choose_clicked(key),
            selection_mode="points",
            alt=f"{title}{ctx.say('frame.stop')}{says}",
        )
        parts = map_legend.area_parts(ctx, found, palette(is_dark=ctx.is_dark), hatched=True)
        st.html(html.div("".join(parts), style=map_legend.ROW) + _note(ctx))


def figure(ctx: Context, found: MapAnswers) -> figures.Figure:
    """Return the tiles as a figure: squares with names and values, hatched without a value."""
    colours = palette(is_dark=ctx.is_dark)
    measure, rows = found.areas.measure, map_shades.rows_by(found.areas, "district")
    scale = map_shades.scale_of(measure, map_sentences.own_rows(found))
    chosen, _ = map_choice.chosen_places(ctx)
    layout = figures.layout(
        colours,
        HEIGHT_PX,
        xaxis={"visible": False, "range": [-0.5, _COLUMNS - 0.5], "showgrid": False},
        yaxis={"visible": False, "range": [_ROWS - 0.5, -0.5], "showgrid": False},
        shapes=[_tile(colours, code, map_shades.shade(colours, scale, rows.get(code))) for code in PLACES]
        + [_frame(colours, code) for code in chosen if code in PLACES],
        annotations=[_words(ctx, colours, measure, code, rows.get(code)) for code in PLACES],
        hovermode="closest",
        hoverdistance=70,
        clickmode="event+select",
    )
    layout["margin"] = {"l": 0, "r": 0, "t": 0, "b": 0}
    empty = [code for code in PLACES if _value(rows.get(code)) is None]
    data = [_hatched(colours, empty)] if empty else []
    return {"data": [*data, _points(ctx, measure, rows)], "layout": layout}


def _value(row: Row | None) -> float | None:
    return None if row is None else row.get("value")


def _tile(colours: Palette, code: str, fill: str) -> dict[str, Any]:
    return {**_square(code), "fillcolor": fill, "line": {"color": colours.line, "width": 1}, "layer": "below"}


def _frame(colours: Palette, code: str) -> dict[str, Any]:
    return {**_square(code), "line": {"color": colours.signal, "width": 3}, "fillcolor": "rgba(0,0,0,0)"}


def _square(code: str) -> dict[str, Any]:
    column, row = PLACES[code]
    return {
        "type": "rect", "x0": column - _HALF, "x1": column + _HALF, "y0": row - _HALF, "y1": row + _HALF,
    }  # fmt: skip


def _hatched(colours: Palette, codes: list[str]) -> dict[str, Any]:
    x: list[float | None] = []
    y: list[float | None] = []
    for code in codes:
        column, row = PLACES[code]
        left, right, top, bottom = column - _HALF, column + _HALF, row - _HALF, row + _HALF
        x += [left, right, right, left, left, None]
        y += [top, top, bottom, bottom, top, None]
    return {
        "type": "scatter", "mode": "lines", "x": x[:-1], "y": y[:-1], "fill": "toself", "hoverinfo": "skip",
        "line": {"width": 0}, "fillcolor": colours.nothing,
        "fillpattern": {
            "shape": "/", "fgcolor": colours.before, "bgcolor": colours.nothing, "solidity": 0.12,
        },
    }  # fmt: skip


def _points(ctx: Context, measure: Any, rows: dict[str, Row]) -> dict[str, Any]:
    """Return a point in each tile, which nobody sees: it takes clicks and tells on pointing at it."""
    names = {area.code: ctx.name("district", area.code) for area in districts()}
    colon = ctx.say("frame.colon")
    tips = [
        f"{names[code]}<br>{ctx.text(measure.name)}{colon}"
        + (quantities.full(measure, rows[code], ctx.language) if code in rows else ctx.say("map.no_value"))
        for code in PLACES
    ]
    return {
        "type": "scatter", "mode": "markers", "x": [place[0] for place in PLACES.values()],
        "y": [place[1] for place in PLACES.values()], "ids": list(PLACES), "text": tips, "hoverinfo": "text",
        "customdata": [[code] for code in PLACES],
        "marker": {"symbol": "square", "size": 84, "opacity": 0},
        "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip


def _words(ctx: Context, colours: Palette, measure: Any, code: str, row: Row | None) -> dict[str, Any]:
    column, place = PLACES[code]
    name = ctx.name("district", code, short=True)
    if _value(row) is None or row is None:
        below = [ctx.say("map.too_few" if row and row.get("masked") else "map.empty")]
    else:
        below = [
            quantities.of_row(measure, row, ctx.language),
            quantities.interval(measure, row, ctx.language),
        ]
    # A ground of its own keeps the hatching out of the words.
    ground = colours.nothing if _value(row) is None else "rgba(0,0,0,0)"
    lines = [f"<b>{name}</b>", *(line for line in below if line)]
    return {
        "x": column, "y": place, "text": "<br>".join(lines), "showarrow": False, "align": "center",
        "bgcolor": ground, "font": {"size": 14 if ctx.language == "zh" else 13, "color": colours.ink},
    }  # fmt: skip


def _note(ctx: Context) -> str:
    words = html.chip(ctx.say("map.tiles_mark"), "strong") + html.span(ctx.say("map.tiles_note"), "quiet")
    return html.div(words, style="display:flex;flex-wrap:wrap;gap:0.2rem 0.8rem;padding-top:0.35rem")


def _choose_clicked(key: str) -> None:
    points = st.session_state[key].selection.points
    code = points[0].get("customdata", [None])[0] if points else None
    if code in PLACES:
        map_choice.choose_area(code)
