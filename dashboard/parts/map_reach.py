"""What lies over the station map where asked for: access, demand or catchments of the demand points.

Demand points are drawn as circles, which cost no outlines; places of few located clients are left out. None
of it can be clicked: the map below stays what it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from analytics.core.errors import UserError
from analytics.coverage.areas import Underserved
from analytics.spatial.zones import hull
from dashboard import reaching
from dashboard.context import Context
from dashboard.parts import access_map, html, map_choice, map_legend, map_sentences
from dashboard.parts.access_map import Mark
from dashboard.parts.palette import Palette, palette
from dashboard.parts.reach_words import ReachWords
from dashboard.words import formats

Record = dict[str, Any]
ZONES, POINTS = "zones", "demand-points"
# Above the areas and what is chosen of them, below the institutions.
_ABOVE = ("areas", "chosen-areas")
_SMALLEST_PX, _LARGEST_PX = 2.5, 9.0
_OPAQUE = 215
# Institutions would else hide the demand points below them, and their colours mean something else.
_DOT_PX = 3.2


@dataclass(frozen=True, slots=True)
class Overlay:
    """The layers that lie over the areas, what they say, and their legend as HTML."""

    layers: dict[str, list[Record]] = field(default_factory=dict)
    says: str = ""
    legend: str = ""

    def under(self, layers: dict[str, list[Record]], colours: Palette) -> dict[str, list[Record]]:
        """Return the map's layers with these put between areas and institutions, which become small dots."""
        if not self.layers:
            return layers
        below = {name: records for name, records in layers.items() if name in _ABOVE}
        above = {name: records for name, records in layers.items() if name not in _ABOVE}
        dot = {"radius": _DOT_PX, "fill": _rgb(colours.ink), "edge": _rgb(colours.card), "edge_px": 1.0}
        above["stations"] = [{**circle, **dot} for circle in above.get("stations", [])]
        # The signs of circles that stand apart have no plate; the names of areas have one.
        above["words"] = [word for word in above.get("words", []) if word["plate"][-1]]
        return {**below, **self.layers, **above}


def overlay(ctx: Context, layer: str) -> Overlay:
    """Return what is asked to lie over the map; computing it is shown where it is not at hand.

    Where demand or places lack, that is said and the map stays as it is.
    """
    if layer not in ("access", "demand", "catchment"):
        return Overlay()
    try:
        result = reaching.seen(ctx, reaching.with_progress(ctx, reaching.access(ctx), "coverage.computing"))
    except UserError as lacking:
        return Overlay(says=map_sentences.joined(ctx, ctx.text(lacking.what), ctx.text(lacking.next_step)))
    if not result.seen.any():
        return Overlay(says=ctx.say("coverage.layer_none"))
    reached = result.areas.reached
    shown = access_map.marks(ctx, result, reached.access, reached.in_reach)
    colours = palette(is_dark=ctx.is_dark)
    if layer == "access":
        return _access(ctx, colours, result, shown)
    if layer == "demand":
        return _demand(ctx, colours, result, shown)
    return _catchment(ctx, colours, result, shown)


def _access(ctx: Context, colours: Palette, result: Underserved, shown: Sequence[Mark]) -> Overlay:
    fills = {"none": colours.plum, "low": colours.signal, "some": colours.high, "usual": colours.data}
    zones = [{"ring": zone.outline["coordinates"][0]} for zone in result.zones]
    reached = result.areas.reached
    sums, words = access_map.held(result, reached.access, reached.in_reach), ReachWords(ctx, result)
    below = formats.percent(result.areas.settings.below, ctx.language, 0)
    items = [
        _item(fills[kind], words.say(f"coverage.kind_{kind}", count=_count(ctx, sums[kind]), below=below))
        for kind in access_map.CLASSES
    ]
    says = ctx.say("coverage.layer_access", zones=formats.number(len(result.zones), ctx.language))
    points = _circles(shown, [fills[mark.kind] for mark in shown])
    return Overlay({ZONES: zones, POINTS: points}, says, _legend(ctx, "access", items))


def _demand(ctx: Context, colours: Palette, result: Underserved, shown: Sequence[Mark]) -> Overlay:
    total = float(result.inputs.demand[result.seen].sum())
    drawn = sum(mark.demand for mark in shown)
    says = ctx.say(
        f"coverage.layer_demand_{result.inputs.demand_rule}",
        total=formats.number(total, ctx.language),
        hidden=formats.number(total - drawn, ctx.language),
    )
    items = [_item(colours.teal, ReachWords(ctx, result).say("coverage.legend_demand"))]
    points = _circles(shown, [colours.teal] * len(shown))
    return Overlay({POINTS: points}, says, _legend(ctx, "demand", items))


def _catchment(ctx: Context, colours: Palette, result: Underserved, shown: Sequence[Mark]) -> Overlay:
    _, institution = map_choice.chosen_places(ctx)
    chosen = result.areas.settings
    low, high = chosen.nearest_km, chosen.farthest_km
    # Not the blues of the areas below.
    fills = [_between(colours.teal, colours.plum, (mark.reach_km - low) / (high - low)) for mark in shown]
    ends = {"low": formats.number(low, ctx.language), "high": formats.number(high, ctx.language)}
    items = [
        _item(colours.teal, ctx.say("coverage.legend_radius", km=ends["low"])),
        _item(colours.plum, ctx.say("coverage.legend_radius", km=ends["high"])),
    ]
    layers: dict[str, list[Record]] = {POINTS: _circles(shown, fills)}
    says = ctx.say("coverage.layer_catchment", **ends)
    place = _place_of(result, institution)
    if place is not None:
        users = result.seen & (result.inputs.distance_km[:, place] <= result.areas.reach_km)
        says = ReachWords(ctx, result).say(
            "coverage.layer_catchment_of",
            points=formats.number(int(users.sum()), ctx.language),
            demand=formats.number(float(result.inputs.demand[users].sum()), ctx.language),
        )
        if users.any():
            layers = {ZONES: [{"ring": hull(result.inputs.at[users])["coordinates"][0]}], **layers}
            items.append(_item(colours.plum, ctx.say("coverage.legend_catchment")))
    return Overlay(layers, says, _legend(ctx, "catchment", items))


def _place_of(result: Underserved, institution: str | None) -> int | None:
    for place, row in enumerate(result.inputs.stations):
        if row["institution_id"] == institution:
            return place
    return None


def _circles(shown: Sequence[Mark], fills: Sequence[str]) -> list[Record]:
    largest = max((mark.demand for mark in shown), default=1.0)
    return [
        {
            "at": [round(mark.lon, 4), round(mark.lat, 4)],
            "radius": round(
                _SMALLEST_PX + (_LARGEST_PX - _SMALLEST_PX) * math.sqrt(mark.demand / largest), 1
            ),
            "fill": [*_rgb(fill), _OPAQUE],
            "edge": [255, 255, 255, 120],
            "edge_px": 0.6,
        }
        for mark, fill in zip(shown, fills, strict=True)
    ]


def _rgb(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _between(start: str, end: str, part: float) -> str:
    """Return the colour a part of the way from one to another."""
    share = min(max(part, 0.0), 1.0)
    mixed = (round(a + (b - a) * share) for a, b in zip(_rgb(start), _rgb(end), strict=True))
    return "#" + "".join(f"{value:02x}" for value in mixed)


def _count(ctx: Context, demand: float) -> str:
    return formats.number(demand, ctx.language)


def _legend(ctx: Context, layer: str, items: list[str]) -> str:
    head = html.span(ctx.say("map.layer_as", layer=ctx.say(f"map.layer_{layer}")), style="font-weight:600")
    note = html.span(ctx.say("coverage.layer_note"), "quiet")
    dot = _item(palette(is_dark=ctx.is_dark).ink, ctx.say("coverage.legend_stations"))
    return html.div(head + "".join([*items, dot]) + note, style=map_legend.ROW)


def _item(fill: str, words: str) -> str:
    dot = html.div(
        "",
        style=f"width:11px;height:11px;border-radius:50%;background:{fill};border:1px solid var(--ip-line)",
    )
    return html.div(
        dot + html.span(words), style="display:inline-flex;align-items:center;gap:0.35rem;white-space:nowrap"
    )
