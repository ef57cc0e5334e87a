"""Under-served zones: what matters most in one sentence, the map, the list with reasons, and how sure."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.coverage.areas import Underserved, Zone, sureness
from analytics.coverage.openings import ZoneOpening
from analytics.coverage.rearrangement import robustness
from dashboard import reaching
from dashboard.context import Context
from dashboard.parts import access_map, figures, html, reach_caveats, reach_choice, tables
from dashboard.parts.map_sentences import joined
from dashboard.parts.reach_choice import ReachChoice
from dashboard.words import formats

_MAP_PX = 500


def draw(ctx: Context, choice: ReachChoice) -> None:
    """Draw the view of zones: its sentence, its map and its list."""
    result = reaching.with_progress(ctx, reaching.access(ctx, choice.settings), "coverage.computing")
    result = reaching.seen(ctx, result)
    zones = zones_of(ctx, result)
    looked_at = next((zone for zone in zones if zone.zone_id == choice.zone), zones[0] if zones else None)
    with st.container(border=True, key="panel-reach-lead"):
        st.html(_lead(ctx, result, zones))
    left, right = st.columns([58, 42], gap="small")
    with left, st.container(border=True, key="chart-access-map"):
        _map(ctx, result, zones, looked_at)
    with right, st.container(border=True, key="panel-zones"):
        _head(ctx, choice, result, zones)
        st.html(_list(ctx, zones))
    reach_caveats.draw(ctx, result)


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


def _lead(ctx: Context, result: Underserved, zones: Sequence[Zone]) -> str:
    if not zones:
        key = "coverage.none_chosen" if result.zones else "coverage.none"
        return html.block(ctx.say(key), "ip-effect")
    worst = zones[0]
    said = ctx.say(
        "coverage.lead",
        zone=ctx.text(worst.name),
        demand=formats.number(worst.demand, ctx.language),
        unmet=formats.number(worst.unmet, ctx.language),
        why=_low(ctx, ctx.text(worst.why)),
        sure=ctx.text(worst.sure),
    )
    one = reaching.with_progress(ctx, reaching.one_more(ctx, result, worst), "coverage.trying")
    return html.block(_as_one(ctx, said, one_sentence(ctx, result, one)), "ip-lead")


def _as_one(ctx: Context, *sentences: str) -> str:
    """Return sentences as one, its parts set off by semicolons."""
    between = "；" if ctx.language == "zh" else "; "
    stop = ctx.say("frame.stop").strip()
    return between.join(part.strip().removesuffix(stop) for part in sentences) + stop


def one_sentence(ctx: Context, result: Underserved, one: ZoneOpening) -> str:
    """Say what one more station in a zone would change."""
    number = formats.number
    parts = [
        ctx.say(
            "coverage.one_opens" if capacity_is_known(result) else "coverage.one_opens_alike",
            site=str(one.site["name"] or one.site["candidate_id"]),
            capacity=number(one.capacity, ctx.language),
        )
    ]
    before, after = (formats.percent(share, ctx.language, 0) for share in (one.zone.part, one.part_after))
    parts.append(ctx.say("coverage.one_access", before=before, after=after))
    if one.effect.newly_in_reach > 0:
        parts.append(ctx.say("coverage.one_reach", count=number(one.effect.newly_in_reach, ctx.language)))
    unmet = {"before": number(one.zone.unmet, ctx.language), "after": number(one.unmet_after, ctx.language)}
    parts.append(ctx.say("coverage.one_unmet" if one.unmet_after >= 1 else "coverage.one_enough", **unmet))
    opens, *changes = parts
    zh = ctx.language == "zh"
    what = ("，" if zh else ", ").join(changes)
    return _as_one(ctx, opens + ("，" if zh else " ") + what, _low(ctx, ctx.text(robustness(one.effect))))


def capacity_is_known(result: Underserved) -> bool:
    """Say whether any station states its capacity or staff, so that numbers of services mean something."""
    rules = result.inputs.supply_rules
    return rules["stated"] + rules["staff"] > 0


def _low(ctx: Context, words: str) -> str:
    """Return words as they stand within an English sentence."""
    return words[:1].lower() + words[1:] if ctx.language == "en" else words


def _map(ctx: Context, result: Underserved, zones: Sequence[Zone], looked_at: Zone | None) -> None:
    found = result.areas
    shown = access_map.marks(ctx, result, found.reached.access, found.reached.in_reach)
    title = ctx.say("coverage.map_title")
    low = float(result.inputs.demand[found.short.low & result.seen].sum())
    every = float(result.inputs.demand[result.seen].sum())
    says = ctx.say(
        "coverage.map_says",
        zones=formats.number(len(zones), ctx.language),
        low=formats.number(low, ctx.language),
        share=formats.percent(low / every if every else 0.0, ctx.language),
        below=formats.percent(found.settings.below, ctx.language, 0),
        gini=formats.number(result.gini, ctx.language, 2),
    )
    with st.container(key="head-access-map"):
        st.html(html.heading(title) + html.block(says, "ip-says"))
    st.plotly_chart(
        access_map.figure(
            ctx,
            result,
            shown,
            access_map.shapes(ctx, zones),
            height=_MAP_PX,
            chosen=looked_at.zone_id if looked_at else "",
        ),
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


def _list(ctx: Context, zones: Sequence[Zone]) -> str:
    if not zones:
        return html.block(ctx.say("coverage.list_empty"), "quiet")
    return html.div(
        "".join(_item(ctx, n, zone) for n, zone in enumerate(zones, start=1)), "ip-zones", tabindex="0"
    )


def _item(ctx: Context, number: int, zone: Zone) -> str:
    size = ctx.say(
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
    near = [
        ctx.say("coverage.near", name=name, km=formats.number(km, ctx.language, 1))
        for name, km in zone.nearest[:1]
    ]
    lines = [
        ctx.text(zone.why) + ctx.say("frame.stop"),
        ctx.say("coverage.sure", sure=ctx.text(zone.sure)),
        ctx.say("coverage.nearest", names=formats.listed(near, ctx.language)),
    ]
    if zone.near_border >= 0.5:
        lines.append(ctx.say("coverage.border", share=formats.percent(zone.near_border, ctx.language, 0)))
    return html.div(
        head + html.block(lines[0]) + "".join(html.block(line, "quiet") for line in lines[1:]), "ip-zone"
    )


def _download(ctx: Context, result: Underserved, zones: Sequence[Zone]) -> None:
    headings = [
        ctx.say(f"coverage.column_{name}") for name in ("zone", "demand", "unmet", "access", "sure", "why")
    ]
    rows = [
        [
            ctx.text(zone.name),
            round(zone.demand),
            round(zone.unmet),
            round(zone.part, 3),
            ctx.text(sureness(zone.stability, result.stability.settings)),
            ctx.text(zone.reason),
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
