"""Where to open next, and what if: sites with their gains, before and after on the map, how robust."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

import streamlit as st

from analytics.coverage.areas import Underserved
from analytics.coverage.openings import Openings
from analytics.coverage.rearrangement import Change, Opening, Rearranged, robustness
from dashboard import reaching
from dashboard.context import Context
from dashboard.parts import (
    access_map,
    address,
    drawn,
    figures,
    html,
    reach_caveats,
    reach_choice,
    tables,
    what_if,
)
from dashboard.parts.map_sentences import joined
from dashboard.parts.palette import palette
from dashboard.parts.reach_choice import MOST_SITES, ReachChoice
from dashboard.parts.reach_words import ReachWords
from dashboard.parts.worst_zone import capacity_is_known
from dashboard.words import formats

_MAP_PX = 440
# Room for four rows: the same below the maps of before and after, so that these are alike.
_TALL_LEGEND_PX = 84


def draw(ctx: Context, choice: ReachChoice) -> None:
    """Draw the view of sites."""
    result = _result(ctx, choice)
    _sites(ctx, result)
    reach_caveats.draw(ctx, result)


def draw_what_if(ctx: Context, choice: ReachChoice) -> None:
    """Draw the view that tries changes out."""
    result = _result(ctx, choice)
    _tried(ctx, result)
    reach_caveats.draw(ctx, result)


def _result(ctx: Context, choice: ReachChoice) -> Underserved:
    work = reaching.access(ctx, choice.settings)
    return reaching.seen(ctx, reaching.with_progress(ctx, work, "coverage.computing"))


@st.fragment
def _sites(ctx: Context, result: Underserved) -> None:
    with st.container(border=True, key="panel-sites"):
        k = _k(ctx)
        found = _searched(ctx, reaching.openings(ctx, result, k))
        if not found.siting.sites.size:
            st.html(html.block(ctx.say("coverage.no_sites"), "ip-effect"))
            return
        st.html(html.block(_sites_say(ctx, result, found, k), "ip-lead"))
    left, right = st.columns([55, 45], gap="small")
    with left, st.container(border=True, key="chart-sites-map"):
        _after_map(ctx, result, found.change, found.effect, "sites", title=ctx.say("coverage.sites_map"))
    with right, st.container(border=True, key="panel-gains"):
        _gains(ctx, result, found)


def _k(ctx: Context) -> int:
    """Draw the slider of how many stations; what is chosen stands in the address."""
    # Read anew: what a fragment was given at first is not what was chosen since.
    now, key = reach_choice.chosen(), f"reach_k_{ctx.language}"
    st.session_state[key] = int(now.k)
    take = reach_choice.taker("k", key, now.k)
    k = st.slider(ctx.say("coverage.k"), 1, MOST_SITES, key=key, on_change=take, width=420)
    address.write()
    return int(k)


def _sites_say(ctx: Context, result: Underserved, found: Openings, k: int) -> str:
    siting, number, words = found.siting, formats.number, ReachWords(ctx, result)
    proof = "proven" if siting.proven else "greedy" if siting.method == "greedy" else "stopped"
    said = words.say(
        "coverage.sites_say",
        count=number(siting.sites.size, ctx.language),
        covered=number(siting.covered, ctx.language),
        unmet=number(found.unmet, ctx.language),
        share=formats.percent(siting.covered / found.unmet if found.unmet else 0.0, ctx.language, 0),
        enterprises=number(float(found.enterprises.sum()), ctx.language),
    )
    effect = words.say(
        "coverage.sites_effect" if capacity_is_known(result) else "coverage.sites_effect_alike",
        capacity=number(found.capacity, ctx.language),
        before=number(found.effect.unmet_before, ctx.language),
        after=number(found.effect.unmet_after, ctx.language),
        reached=number(found.effect.newly_in_reach, ctx.language),
    )
    bound = ctx.say(f"coverage.proof_{proof}", bound=number(siting.bound, ctx.language))
    enough = ctx.say("coverage.fewer", k=k) if siting.sites.size < k else ""
    return joined(ctx, said, effect, bound, enough, ctx.text(robustness(found.effect)))


def _gains(ctx: Context, result: Underserved, found: Openings) -> None:
    words = ReachWords(ctx, result)
    names = [site_name(ctx, found.candidates[int(place)]) for place in found.siting.sites]
    labels = [ctx.say("coverage.nth", n=n, site=name) for n, name in enumerate(names, start=1)]
    gains = [float(gain) for gain in found.siting.gains]
    texts = [
        words.say(
            "coverage.gain",
            gain=formats.number(gain, ctx.language),
            enterprises=formats.number(float(added), ctx.language),
        )
        for gain, added in zip(gains, found.enterprises, strict=True)
    ]
    title, says = ctx.say("coverage.gains_title"), words.say("coverage.gains_say")
    st.html(html.heading(title) + html.block(says, "quiet"))
    bars = figures.Bars(title, labels, gains, [formats.number(gain, ctx.language) for gain in gains])
    height = figures.rows_height(len(gains), over=16, each=30)
    st.plotly_chart(
        drawn.drawn(figures.bars_across(palette(is_dark=ctx.is_dark), bars, height=height)),
        theme=None,
        config=figures.CONFIG,
        key="reach-gains",
        alt=f"{title}{ctx.say('frame.stop')}" + joined(ctx, *texts),
    )
    columns = [
        tables.Column(words.say(f"coverage.site_{name}"), name != "name", 8 if name == "name" else 0)
        for name in ("name", "gain", "enterprises", "lon", "lat")
    ]
    rows = [
        [
            label,
            formats.number(gain, ctx.language),
            formats.number(float(added), ctx.language),
            f"{found.candidates[int(place)]['lon']:.2f}",
            f"{found.candidates[int(place)]['lat']:.2f}",
        ]
        for label, gain, added, place in zip(
            labels, gains, found.enterprises, found.siting.sites, strict=True
        )
    ]
    tables.show(columns, rows, caption=title, height=260)


def _searched(ctx: Context, work: reaching.Work[Openings]) -> Openings:
    """Return the sites, showing meanwhile how far the search is, with a button that ends it."""
    if not work.wait(0.15):
        begun = monotonic()
        bar = st.progress(0.0, text=ctx.say("coverage.searching"))
        place = st.empty()
        place.button(ctx.say("coverage.stop"), key="reach-stop", on_click=work.stop)
        while not work.wait(0.25):
            share = min((monotonic() - begun) / reaching.SEARCH_SECONDS, 1.0)
            bar.progress(share, text=_progress(ctx, work))
        bar.empty()
        place.empty()
    found = work.result()
    if work.is_stopped() and not found.siting.proven:
        st.button(ctx.say("coverage.again"), key="reach-again", on_click=reaching.drop, args=(work,))
    return found


def _progress(ctx: Context, work: reaching.Work[Openings]) -> str:
    if work.is_stopped():
        return ctx.say("coverage.stopping")
    if work.progress is None:
        return ctx.say("coverage.searching")
    return ctx.say(
        "coverage.searching_far",
        best=formats.number(work.progress.best, ctx.language),
        bound=formats.number(work.progress.bound, ctx.language),
    )


def site_name(ctx: Context, row: dict[str, Any]) -> str:
    """Return the name of a candidate, its place to about 1 km where it has none."""
    place = ctx.say("coverage.site_place", lon=f"{row['lon']:.2f}", lat=f"{row['lat']:.2f}")
    return str(row["name"] or place)


@st.fragment
def _tried(ctx: Context, result: Underserved) -> None:
    with st.container(border=True, key="panel-what-if"):
        asked = what_if.controls(ctx, result)
        address.write()
        opened, names = _opened(ctx, result, asked.k, asked.capacity_of_new)
        change = Change(opened, asked.closed, asked.capacity)
        effect = reaching.with_progress(ctx, reaching.rearranged(ctx, result, change), "coverage.trying")
        st.html(html.block(what_if.says(ctx, result, change, effect), "ip-lead"))
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="chart-before"):
        before = access_map.marks(ctx, result, result.areas.reached.access, result.areas.reached.in_reach)
        shapes = access_map.shapes(ctx, result, result.zones)
        reached = result.areas.reached
        sums = access_map.held(result, reached.access, reached.in_reach)
        figure = access_map.figure(
            ctx, result, before, shapes, height=_MAP_PX, sums=sums, legend_px=_TALL_LEGEND_PX
        )
        _chart(ctx, figure, "before", title=ctx.say("coverage.before"))
    with right, st.container(border=True, key="chart-after"):
        _after_map(ctx, result, change, effect, "after", title=ctx.say("coverage.after"), names=names)
    with st.container(border=True, key="panel-before-after"):
        what_if.table(ctx, result, effect)


def _opened(
    ctx: Context, result: Underserved, k: int, capacity: float
) -> tuple[tuple[Opening, ...], list[str]]:
    if k == 0:
        return (), []
    found = _searched(ctx, reaching.openings(ctx, result, k))
    rows = [found.candidates[int(place)] for place in found.siting.sites]
    opened = tuple(Opening(row["lon"], row["lat"], capacity) for row in rows)
    return opened, [site_name(ctx, row) for row in rows]


def _after_map(
    ctx: Context,
    result: Underserved,
    change: Change,
    effect: Rearranged,
    key: str,
    *,
    title: str,
    names: Sequence[str] = (),
) -> None:
    shown = access_map.marks(ctx, result, effect.after.access, effect.after.in_reach)
    new = [
        (site.lon, site.lat, names[n] if n < len(names) else ctx.say("coverage.kind_site"))
        for n, site in enumerate(change.opened)
    ]
    figure = access_map.figure(
        ctx,
        result,
        shown,
        access_map.shapes_after(ctx, result, effect),
        height=_MAP_PX,
        sums=access_map.held(result, effect.after.access, effect.after.in_reach),
        legend_px=_TALL_LEGEND_PX,
        sites=new,
        closed=change.closed,
    )
    _chart(ctx, figure, key, title=title)


def _chart(ctx: Context, figure: figures.Figure, key: str, *, title: str) -> None:
    with st.container(key=f"head-reach-{key}"):
        st.html(html.heading(title))
    st.plotly_chart(
        drawn.drawn(figure),
        theme=None,
        config=figures.CONFIG,
        key=f"reach-{key}",
        alt=f"{title}{ctx.say('frame.stop')}",
    )
