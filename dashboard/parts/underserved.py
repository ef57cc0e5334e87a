"""Under-served zones: what matters most in one sentence, the map, the list with reasons, and how sure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from analytics.coverage.areas import Underserved, Zone
from dashboard import reaching
from dashboard.context import Context
from dashboard.parts import access_map, drawn, figures, html, reach_caveats, reach_choice, tables, worst_zone
from dashboard.parts.map_sentences import joined
from dashboard.parts.reach_choice import ReachChoice
from dashboard.parts.reach_words import ReachWords
from dashboard.words import formats

_MAP_PX = 452
_PATIENCE_SECONDS = 0.15
_FILE = ("zone", "demand", "unmet", "access", "sure", "why", "nearest", "km", "border")


def draw(ctx: Context, choice: ReachChoice) -> None:
    """Draw the view of zones: its sentence, its map and its list."""
    result = reaching.with_progress(ctx, reaching.access(ctx, choice.settings), "coverage.computing")
    result = reaching.seen(ctx, result)
    zones = zones_of(ctx, result)
    looked_at = next((zone for zone in zones if zone.zone_id == choice.zone), zones[0] if zones else None)
    one = reaching.one_more(ctx, result, zones[0]) if zones else None
    is_known = one is None or one.wait(_PATIENCE_SECONDS)
    with st.container(border=True, key="panel-reach-lead"):
        lead = st.empty()
        lead.html(worst_zone.markup(ctx, result, zones, one.result() if one and is_known else None))
    left, right = st.columns([58, 42], gap="small")
    with left, st.container(border=True, key="chart-access-map"):
        _map(ctx, result, zones, looked_at)
    with right, st.container(border=True, key="panel-zones"):
        _head(ctx, choice, result, zones)
        st.html(_list(ctx, result, zones))
    reach_caveats.draw(ctx, result)
    if one and not is_known:
        # The map and the list are there meanwhile.
        lead.html(worst_zone.markup(ctx, result, zones, one.result()))


def zones_of(ctx: Context, result: Underserved) -> list[Zone]:
    """Return the zones with a point in the districts chosen: all where none is."""
    chosen = ctx.selection.get("district")
    if not chosen:
        return result.zones
    points = result.inputs.points
    return [
        zone
        for zone in result.zones
        if any(points[int(place)]["district"] in chosen for place in zone.points)
    ]


def _map(ctx: Context, result: Underserved, zones: Sequence[Zone], looked_at: Zone | None) -> None:
    found = result.areas
    shown = access_map.marks(ctx, result, found.reached.access, found.reached.in_reach)
    title = ctx.say("coverage.map_title")
    looked = worst_zone.looked_at(ctx, result)
    low = float(result.inputs.demand[found.short.low & looked].sum())
    every = float(result.inputs.demand[looked].sum())
    says = ReachWords(ctx, result).say(
        "coverage.map_says",
        zones=formats.number(len(zones), ctx.language),
        low=formats.number(low, ctx.language),
        share=formats.percent(low / every if every else 0.0, ctx.language),
        below=formats.percent(found.settings.below, ctx.language, 0),
        gini=formats.number(result.gini, ctx.language, 2),
    )
    if ctx.selection.get("district"):
        says = ctx.say("coverage.none_chosen") + ctx.say("frame.colon") + says
    if len(shown) < int(result.seen.sum()) and result.inputs.demand_rule == "ledger":
        says = joined(ctx, says, ctx.say("coverage.map_cells"))
    if result.inputs.demand_rule == "clients":
        # Not below the map only: every number on the page means something else then.
        says = joined(ctx, says, ctx.say("coverage.map_clients"))
    with st.container(key="head-access-map"):
        st.html(html.heading(title) + html.block(says, "ip-says"))
    figure = access_map.figure(
        ctx,
        result,
        shown,
        access_map.shapes(ctx, result, zones),
        height=_MAP_PX,
        sums=access_map.held(result, found.reached.access, found.reached.in_reach),
        chosen=looked_at.zone_id if looked_at else "",
    )
    st.plotly_chart(
        drawn.drawn(figure),
        theme=None,
        config=figures.CONFIG,
        key="access-map",
        alt=f"{title}{ctx.say('frame.stop')}{says}",
    )


def _head(ctx: Context, choice: ReachChoice, result: Underserved, zones: Sequence[Zone]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="top", key="head-zones"):
        st.html(html.heading(ctx.say("coverage.list_title")))
        with st.container(horizontal=True, gap="small", width="content", key="zones-tools"):
            with st.popover(ctx.say("coverage.measure_otherwise"), icon=":material/tune:"):
                st.html(html.block(ctx.say("coverage.measure_help"), "quiet"))
                reach_choice.measuring(ctx, choice)
            _download(ctx, result, zones)
    what = ctx.say("coverage.measured_usual") if choice.is_usual else _stays(ctx, result)
    st.html(html.block(what, "quiet"))


def _stays(ctx: Context, result: Underserved) -> str:
    """Say which zones of the usual way of measuring stay under the one chosen, and how many are new."""
    usual = reaching.seen(ctx, reaching.with_progress(ctx, reaching.access(ctx), "coverage.computing"))
    flagged = result.areas.flagged
    kept: list[str] = []
    gone: list[str] = []
    for zone in usual.zones:
        unmet = usual.areas.short.unmet[zone.points]
        stays = float(unmet[flagged[zone.points]].sum()) >= 0.5 * zone.unmet
        (kept if stays else gone).append(ctx.text(zone.name))
    new = [zone for zone in result.zones if not usual.areas.flagged[zone.points].any()]
    said = ctx.say("coverage.stays", all=len(usual.zones), kept=len(kept), new=len(new))
    return joined(
        ctx, said, ctx.say("coverage.gone", names=formats.listed(gone, ctx.language)) if gone else ""
    )


def _list(ctx: Context, result: Underserved, zones: Sequence[Zone]) -> str:
    if not zones:
        return html.block(ctx.say("coverage.list_empty"), "quiet")
    items = "".join(_item(ctx, result, n, zone) for n, zone in enumerate(zones, start=1))
    return html.div(items, "ip-zones", tabindex="0")


def _item(ctx: Context, result: Underserved, number: int, zone: Zone) -> str:
    words = ReachWords(ctx, result)
    size = words.say(
        "coverage.zone_size",
        demand=formats.number(zone.demand, ctx.language),
        unmet=formats.number(zone.unmet, ctx.language),
    )
    head = html.div(
        html.span(number, "ip-zone-number")
        + html.span(ctx.text(zone.name), "ip-strong")
        + html.span(size, "ip-zone-size"),
        "ip-zone-head",
    )
    name, km = zone.nearest[0]
    near = words.say(
        "coverage.nearest",
        usual=formats.number(_usual_km(result, zone), ctx.language, 1),
        name=name,
        km=formats.number(km, ctx.language, 1),
    )
    lines = [
        ctx.say("coverage.sure", sure=ctx.text(zone.sure)),
        near,
        worst_zone.border(ctx, result, zone),
    ]
    quiet = "".join(html.block(line, "quiet") for line in lines if line)
    why = html.block(words.told(zone.why) + ctx.say("frame.stop"))
    return html.div(head + why + quiet, "ip-zone")


def _usual_km(result: Underserved, zone: Zone) -> float:
    """Return the road km that half of a zone's enterprises at least have to the station nearest to each."""
    gaps = result.inputs.distance_km[zone.points].min(axis=1)
    order = np.argsort(gaps)
    part = np.cumsum(result.inputs.demand[zone.points][order])
    return float(gaps[order][np.searchsorted(part, 0.5 * part[-1])])


def _download(ctx: Context, result: Underserved, zones: Sequence[Zone]) -> None:
    words = ReachWords(ctx, result)
    headings = [words.say(f"coverage.column_{name}") for name in _FILE]
    rows = [
        [
            ctx.text(zone.name),
            round(zone.demand),
            round(zone.unmet),
            round(zone.part, 3),
            ctx.text(zone.sure),
            words.told(zone.why),
            *(value for name, km in zone.nearest[:1] for value in (name, round(km, 1))),
            round(zone.near_border, 3),
        ]
        for zone in zones
    ]
    st.download_button(
        ctx.say("coverage.download"),
        data=tables.as_csv(reach_caveats.notes(ctx, result), headings, rows),
        file_name=f"underserved-{ctx.data.data_until[:10]}.csv",
        mime="text/csv",
        key="download-zones",
        on_click="ignore",
        icon=":material/download:",
    )
