"""The map of all Beijing: areas shaded by a measure, institutions as circles, names, and what is chosen.

Nothing is fetched from outside: the ground is an empty style of the server's own. The outlines are
kept below 1,600 points, above which a computer without a graphics card loses clicks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analytics.standard.geography import outlines
from dashboard.context import Context, Row
from dashboard.parts import (
    chart,
    map_choice,
    map_labels,
    map_legend,
    map_reach,
    map_sentences,
    map_shades,
    quantities,
)
from dashboard.parts.map_choice import MapChoice
from dashboard.parts.map_questions import MapAnswers, Stations, stations
from dashboard.parts.palette import FONT, Palette, palette

Record = dict[str, Any]
HEIGHT_PX = 496
_STYLE_URL = "/app/static/blank-style.json"
_SIGN_SIZE = 15
# How opaque, of 255, the plate behind a name is: the name is legible on circles, which stay visible.
_PLATE = 190
_SMALLEST_WITH_SIGN_PX = 6.5
_CLICKABLE = ("areas", "stations")
_CENTRES = ("市级", "区级")


def draw(ctx: Context, choice: MapChoice, found: MapAnswers) -> None:
    """Draw the map in a chart frame with its legend; a click chooses an area or an institution."""
    shown = stations(ctx, found)
    title, said = map_sentences.title(ctx, found), map_sentences.areas(ctx, found)
    over = map_reach.overlay(ctx, choice.layer)
    # Below a layer institutions are mere dots: what they stand for is neither drawn nor said.
    circles = "" if over.layers else map_sentences.stations(ctx, found, shown)
    if over.layers:
        layer = ctx.say(f"map.layer_{choice.layer}")
        title = ctx.say("coverage.layer_title", areas=ctx.text(found.areas.measure.name), layer=layer)
    says = map_sentences.joined(ctx, said, circles, over.says)
    answers = list({answer.measure.key: answer for answer in (found.areas, found.stations)}.values())
    if found.sizes.measure.key != found.stations.measure.key:
        answers.append(found.sizes)
    with st.container(border=True, key="chart-station-map"):
        chart.head(ctx, "station-map", answers, title=title, says=says)
        st.pydeck_chart(
            _deck(ctx, choice, over.under(layers(ctx, found, shown), palette(is_dark=ctx.is_dark))),
            height=HEIGHT_PX,
            key="station-map",
            selection_mode="single-object",
            on_select=_choose_clicked,
            alt=f"{title}{ctx.say('frame.stop')}{says}",
        )
        st.html(over.legend + map_legend.markup(ctx, found, shown, has_circles=not over.layers))


def layers(ctx: Context, found: MapAnswers, shown: Stations) -> dict[str, list[Record]]:
    """Return the data of each layer, from the lowest to the highest."""
    colours = palette(is_dark=ctx.is_dark)
    circles = circle_records(ctx, found, shown.placed)
    chosen_areas, institution = map_choice.chosen_places(ctx)
    return {
        "areas": area_records(ctx, found),
        "chosen-areas": [
            {"path": ring} for code in chosen_areas if code in outlines() for ring in _rings(code)
        ],
        "stations": circles,
        "chosen-station": [
            {"at": circle["at"], "radius": circle["radius"] + 4}
            for circle in circles
            if circle["code"] == institution
        ],
        "words": [*_signs(colours, circles), *_names(ctx, found, colours)],
    }


def area_records(ctx: Context, found: MapAnswers) -> list[Record]:
    """Return one record a polygon: its rings, its colour and what a reader sees on pointing at it."""
    colours = palette(is_dark=ctx.is_dark)
    measure, rows = found.areas.measure, map_shades.rows_by(found.areas, "district")
    scale = map_shades.scale_of(measure, [rows[code] for code in outlines() if code in rows])
    records = []
    for code, outline in outlines().items():
        row = rows.get(code)
        tip = f"{ctx.name('district', code)}\n{_figure(ctx, measure, row)}"
        if outline.is_schematic:
            tip += f"\n{ctx.say('map.schematic_note')}"
        for polygon in outline.polygons:
            records.append({
                "code": code, "rings": [[list(point) for point in ring] for ring in polygon],
                "fill": _rgb(map_shades.shade(colours, scale, row)), "tip": tip,
                "edge": _rgb(colours.quiet if outline.is_schematic else colours.card),
            })  # fmt: skip
    return records


def circle_records(ctx: Context, found: MapAnswers, placed: Sequence[Row]) -> list[Record]:
    """Return one record an institution, the largest circle first so that none hides a smaller one."""
    colours = palette(is_dark=ctx.is_dark)
    measure = found.stations.measure
    values = map_shades.rows_by(found.stations, "institution")
    by_value = map_shades.has_size(measure)
    sizes = values if by_value else map_shades.rows_by(found.sizes, "institution")
    largest = max((row["value"] or 0 for row in sizes.values()), default=0)
    whole = found.stations_whole.only["value"]
    records = []
    for institution in placed:
        code = institution["institution_id"]
        row = values.get(code)
        stands = "same" if by_value else map_shades.standing(row, whole)
        radius = map_shades.radius(sizes.get(code, {}).get("value"), largest)
        records.append({
            "code": code, "area": institution["district"],
            "at": [institution["lon_wgs84"], institution["lat_wgs84"]],
            "radius": max(radius, _SMALLEST_WITH_SIGN_PX) if stands in ("above", "below") else radius,
            "stands": stands, "fill": _rgb(map_shades.colour_of(colours, measure, stands)),
            **_edge(colours, institution["tier"], stands), "tip": _tip(ctx, found, institution, row),
        })  # fmt: skip
    return sorted(records, key=lambda record: -record["radius"])


def _tip(ctx: Context, found: MapAnswers, institution: Row, row: Row | None) -> str:
    lines = [institution["name"], ctx.name("tier", institution["tier"])]
    if found.sizes.measure.key != found.stations.measure.key:
        services = map_shades.rows_by(found.sizes, "institution").get(institution["institution_id"])
        lines.append(_figure(ctx, found.sizes.measure, services))
    return "\n".join([*lines, _figure(ctx, found.stations.measure, row)])


def _figure(ctx: Context, measure: Any, row: Row | None) -> str:
    name = ctx.text(measure.name)
    words = quantities.full(measure, row, ctx.language) if row else ctx.say("map.no_value")
    return f"{name}{ctx.say('frame.colon')}{words}"


def _edge(colours: Palette, tier: str, stands: str) -> Record:
    """Return the outline: centres have a thick dark one, circles without a figure a thin grey one."""
    if tier in _CENTRES:
        return {"edge": _rgb(colours.ink), "edge_px": 2.5}
    return {"edge": _rgb(colours.quiet if stands == "few" else colours.card), "edge_px": 1.0}


def _signs(colours: Palette, circles: Sequence[Record]) -> list[Record]:
    """Return a sign in each circle that stands apart, so that colour is not alone to say it."""
    signs = {"above": "+", "below": "−"}
    return [
        {"text": signs[circle["stands"]], "at": circle["at"], "anchor": "middle", "size": _SIGN_SIZE,
         "colour": _rgb(colours.card), "plate": [0, 0, 0, 0]}
        for circle in circles
        if circle["stands"] in signs
    ]  # fmt: skip


def _names(ctx: Context, found: MapAnswers, colours: Palette) -> list[Record]:
    """Return the names of the areas; a dash after one says that it has no value."""
    rows = map_shades.rows_by(found.areas, "district")

    def name(code: str) -> str:
        known = rows.get(code, {}).get("value") is not None
        shown = ctx.name("district", code, short=True)
        return shown if known else f"{shown} {ctx.say('masked.short')}"

    labels = map_labels.area_labels(ctx.language, name, ctx.say("map.schematic"))
    return [
        {"text": label.text, "at": list(label.at), "anchor": label.anchor, "size": map_labels.SIZE_PX,
         "colour": _rgb(colours.ink), "plate": [*_rgb(colours.card), _PLATE]}
        for label in labels
    ]  # fmt: skip


def _rings(code: str) -> list[list[list[float]]]:
    return [[list(point) for point in ring] for polygon in outlines()[code].polygons for ring in polygon]


def _rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _deck(ctx: Context, choice: MapChoice, data: dict[str, list[Record]]) -> Any:
    # Imported here: it costs a third of a second, which no other page should pay.
    import pydeck

    colours = palette(is_dark=ctx.is_dark)
    at, zoom = map_labels.CITY_AT, map_labels.CITY_ZOOM
    if choice.extent == "centre":
        at, zoom = map_labels.CENTRE_AT, map_labels.CENTRE_ZOOM
    state = pydeck.ViewState(longitude=at[0], latitude=at[1], zoom=zoom, min_zoom=6.5, max_zoom=13)
    tooltip = {
        "text": "{tip}",
        "style": {
            "backgroundColor": colours.card, "color": colours.ink, "border": f"1px solid {colours.line}",
            "borderRadius": "6px", "fontSize": "14px", "fontFamily": FONT, "maxWidth": "340px",
            "whiteSpace": "pre-line", "zIndex": "10",
        },
    }  # fmt: skip
    made = [_layer(pydeck, colours, name, records, _nonce(ctx)) for name, records in data.items() if records]
    # With map_style=None Streamlit would fetch a ground from outside.
    return pydeck.Deck(
        made, initial_view_state=state, map_style=_STYLE_URL, map_provider=None, tooltip=tooltip
    )


def _nonce(ctx: Context) -> str:
    """Return what is chosen as a part of the layers' names.

    The browser keeps a click as its own selection, dims everything else and takes the next click
    on the same place for a withdrawal. A layer with a new name has no selection.
    """
    areas, institution = map_choice.chosen_places(ctx)
    return "·".join([*areas, institution or ""])


def _layer(pydeck: Any, colours: Palette, name: str, records: list[Record], nonce: str) -> Any:
    word = pydeck.types.String
    # The others keep their names: a new name means drawing again from nothing, the letters above all.
    is_clickable = name in _CLICKABLE
    common = {"data": records, "id": f"{name}|{nonce}" if is_clickable else name, "pickable": is_clickable}
    if name == "areas":
        return pydeck.Layer(
            "PolygonLayer", **common, get_polygon="rings", get_fill_color="fill", get_line_color="edge",
            line_width_units=word("pixels"), get_line_width=1.2, stroked=True, filled=True,
        )  # fmt: skip
    if name == "chosen-areas":
        return pydeck.Layer(
            "PathLayer", **common, get_path="path", get_color=_rgb(colours.signal), get_width=3,
            width_units=word("pixels"), joint_rounded=True,
        )  # fmt: skip
    if name == "words":
        return pydeck.Layer(
            "TextLayer", **common, get_text="text", get_position="at", get_size="size", get_color="colour",
            get_text_anchor="anchor", get_alignment_baseline=word("center"), character_set=word("auto"),
            font_family=word(FONT), font_weight=600, background=True, get_background_color="plate",
            background_padding=[3, 1],
        )  # fmt: skip
    if name == map_reach.ZONES:
        return pydeck.Layer(
            "PolygonLayer", **common, get_polygon="ring", filled=True, stroked=True,
            get_fill_color=[*_rgb(colours.plum), 30], get_line_color=_rgb(colours.plum), get_line_width=2,
            line_width_units=word("pixels"),
        )  # fmt: skip
    is_ring = name == "chosen-station"
    return pydeck.Layer(
        "ScatterplotLayer", **common, get_position="at", get_radius="radius", radius_units=word("pixels"),
        stroked=True, filled=not is_ring, get_fill_color=_rgb(colours.signal) if is_ring else "fill",
        get_line_color=_rgb(colours.signal) if is_ring else "edge",
        get_line_width=3 if is_ring else "edge_px", line_width_units=word("pixels"),
    )  # fmt: skip


def _choose_clicked() -> None:
    """Take a click over as a filter; an empty selection is the browser forgetting one."""
    clicked = st.session_state["station-map"].selection.objects
    for layer, objects in clicked.items():
        code = objects[0].get("code") if objects else None
        if code and layer.startswith("areas|"):
            map_choice.choose_area(code)
        elif code and layer.startswith("stations|"):
            map_choice.choose_institution(code, objects[0].get("area"))
