"""The legend of the station map: shades with numbers, sizes, standings, shapes, and what the map is not."""

from __future__ import annotations

from typing import Any

from analytics.core.settings import settings
from dashboard.context import Context
from dashboard.parts import html, map_shades, quantities
from dashboard.parts.map_questions import MapAnswers, Stations
from dashboard.parts.map_sentences import own_rows
from dashboard.parts.palette import Palette, palette

_ITEM = "display:inline-flex;align-items:center;gap:0.35rem;white-space:nowrap"
ROW = "display:flex;flex-wrap:wrap;gap:0.3rem 1.1rem;align-items:center;padding-top:0.3rem"


def markup(ctx: Context, found: MapAnswers, shown: Stations, *, has_circles: bool = True) -> str:
    """Return the legend of the map as HTML; without circles institutions are dots below another layer."""
    colours = palette(is_dark=ctx.is_dark)
    parts = area_parts(ctx, found, colours)
    if not has_circles:
        return html.div("".join(parts) + note(ctx), style=ROW)
    parts += _size_parts(ctx, found, colours)
    if not map_shades.has_size(found.stations.measure):
        parts += _standing_parts(ctx, found.stations.measure, colours)
    if any(row["tier"] != "工作站" for row in shown.placed):
        parts.append(_item(_circle(colours.data, colours.ink, 12, 2.5), ctx.say("map.legend_centre")))
    return html.div("".join(parts) + note(ctx), style=ROW)


def area_parts(ctx: Context, found: MapAnswers, colours: Palette, *, hatched: bool = False) -> list[str]:
    """Return the scale of the areas with its numbers, and the swatch for those without a value."""
    measure, rows = found.areas.measure, own_rows(found)
    scale = map_shades.scale_of(measure, rows)
    parts = [html.span(_heading(ctx, measure), style="font-weight:600")]
    if scale is not None:
        ends = (scale.low, (scale.low + scale.high) / 2, scale.high)
        low, _, high = (quantities.shown(measure, value, ctx.language, unit=False) for value in ends)
        bar = html.div(
            "",
            style=f"width:120px;height:12px;border-radius:3px;border:1px solid {colours.line};"
            f"background:linear-gradient(90deg,{colours.low},{colours.high})",
        )
        parts.append(html.div(html.span(low) + bar + html.span(high), style=_ITEM))
    if any(row["value"] is None for row in rows):
        mark = "" if hatched else ctx.say("masked.short")
        parts.append(_item(_square(colours, hatched=hatched), f"{mark} {ctx.say('map.no_value')}"))
    return parts


def note(ctx: Context) -> str:
    """Return the mark of the boundaries, until they are approved, and what is schematic."""
    number = settings().map_review_number
    mark = ctx.say("map.review_number", number=number) if number else ctx.say("map.not_reviewed")
    return html.chip(mark, "strong") + html.span(ctx.say("map.schematic_note"), "quiet")


def _size_parts(ctx: Context, found: MapAnswers, colours: Palette) -> list[str]:
    by_value = map_shades.has_size(found.stations.measure)
    answer = found.stations if by_value else found.sizes
    values = [row["value"] or 0 for row in map_shades.rows_by(answer, "institution").values()]
    largest = max(values, default=0)
    parts = [html.span(_heading(ctx, answer.measure, "map.legend_size"), style="font-weight:600")]
    for size in reversed(map_shades.round_sizes(largest)):
        circle = _circle(colours.data, colours.card, 2 * map_shades.radius(size, largest), 1)
        parts.append(_item(circle, quantities.shown(answer.measure, size, ctx.language, unit=False)))
    return parts if len(parts) > 1 else []


def _standing_parts(ctx: Context, measure: Any, colours: Palette) -> list[str]:
    parts = [html.span(_heading(ctx, measure, "map.legend_standing"), style="font-weight:600")]
    signs: list[tuple[map_shades.Standing, str]] = [("above", "+"), ("same", ""), ("below", "−"), ("few", "")]
    for found, sign in signs:
        fill = map_shades.colour_of(colours, measure, found)
        edge = colours.quiet if found == "few" else colours.card
        parts.append(_item(_circle(fill, edge, 14, 1, sign, colours.card), ctx.say(f"map.{found}")))
    return parts


def _heading(ctx: Context, measure: Any, key: str = "map.legend_area") -> str:
    name = ctx.text(measure.name)
    unit = ctx.text(measure.unit)
    if measure.kind == "proportion" or unit.lower() in name.lower():
        return ctx.say(key, measure=name)
    return ctx.say(key, measure=f"{name}（{unit}）" if ctx.language == "zh" else f"{name} ({unit})")


def _item(drawing: str, words: str) -> str:
    return html.div(drawing + html.span(words), style=_ITEM)


def _circle(fill: str, edge: str, across: float, edge_px: float, sign: str = "", ink: str = "") -> str:
    style = (
        f"box-sizing:border-box;width:{across:.0f}px;height:{across:.0f}px;border-radius:50%;background:{fill};"
        f"border:{edge_px}px solid {edge};color:{ink or fill};font-weight:700;line-height:{across - 3:.0f}px;"
        "text-align:center;font-size:12px"
    )
    return html.block(sign, style=style, aria_hidden="true")


def _square(colours: Palette, *, hatched: bool) -> str:
    ground = colours.nothing
    if hatched:
        ground = f"repeating-linear-gradient(45deg,{colours.nothing} 0 3px,{colours.before} 3px 4px)"
    return html.div("", style=f"width:18px;height:12px;border:1px solid {colours.before};background:{ground}")
