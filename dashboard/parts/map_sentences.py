"""What the station map shows and says for the selection, computed from its answers."""

from __future__ import annotations

from collections import Counter

from analytics.standard.districts import districts
from dashboard.context import Context, Row
from dashboard.parts import map_shades, quantities, sentences
from dashboard.parts.map_questions import MapAnswers, Stations
from dashboard.words import formats


def title(ctx: Context, found: MapAnswers) -> str:
    """Return the title of the map."""
    areas, institutions = ctx.text(found.areas.measure.name), ctx.text(found.stations.measure.name)
    if areas == institutions:
        return ctx.say("map.title_one", areas=areas)
    institutions = within(ctx, institutions)
    return ctx.say("map.title", areas=areas, institutions=institutions)


def areas(ctx: Context, found: MapAnswers) -> str:
    """Say how the areas compare: what lies apart beyond chance, or the range of an amount."""
    measure, whole = found.areas.measure, found.areas_whole.only
    rows = own_rows(found)
    if not any(row["value"] or row["masked"] for row in rows):
        return ctx.say("sentences.nothing")
    if map_shades.has_size(measure):
        return sentences.by_area(measure, rows, ctx.language, _namer(ctx))
    if whole["value"] is None:
        return ctx.say("map.no_whole", measure=ctx.text(measure.name))
    said = ctx.say("map.whole", value=quantities.full(measure, whole, ctx.language))
    return joined(ctx, said, sentences.apart(whole["value"], rows, ctx.language, _namer(ctx)))


def stations(ctx: Context, found: MapAnswers, shown: Stations) -> str:
    """Say how many institutions the map shows and how they stand, and how many it cannot show."""
    measure = found.stations.measure
    rows = map_shades.rows_by(found.stations, "institution")
    own = [rows.get(row["institution_id"]) for row in shown.placed]
    values = {"count": formats.number(len(own), ctx.language)}
    if not own:
        said = ctx.say("map.no_stations")
    elif map_shades.has_size(measure):
        none = sum(1 for row in own if row is None or not row["value"])
        said = ctx.say("map.sized", none=formats.number(none, ctx.language), **values)
    else:
        stands = Counter(map_shades.standing(row, found.stations_whole.only["value"]) for row in own)
        counts = {name: formats.number(stands[name], ctx.language) for name in ("above", "below", "few")}
        said = ctx.say("map.standing", measure=within(ctx, ctx.text(measure.name)), **values, **counts)
    if shown.without_place:
        rest = ctx.say("map.without_place", count=formats.number(shown.without_place, ctx.language))
        said = joined(ctx, said, rest)
    return said


def within(ctx: Context, name: str) -> str:
    """Return a measure's name as it stands within an English sentence."""
    return name[:1].lower() + name[1:] if ctx.language == "en" and not name[:2].isupper() else name


def joined(ctx: Context, *said: str) -> str:
    """Join sentences; English ones stand apart."""
    return ("" if ctx.language == "zh" else " ").join(part.strip() for part in said if part)


def own_rows(found: MapAnswers) -> list[Row]:
    """Return the rows of the 17 areas in the standard's order; the city's own centre is none of them."""
    rows = map_shades.rows_by(found.areas, "district")
    return [rows[area.code] for area in districts() if area.code in rows]


def _namer(ctx: Context) -> sentences.Namer:
    return lambda dimension, code: ctx.name(dimension, code, short=True)
