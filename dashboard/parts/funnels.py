"""控制界限图 of institutions: who differs from what its mix lets expect, and the way to its profile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard.comparing import Compared
from dashboard.context import Context, Row
from dashboard.parts import chart, figures_funnel, links, zones_table
from dashboard.parts.figures_funnel import MOST_POINTS, FunnelWords, Point
from dashboard.parts.palette import palette
from dashboard.words import formats

PROFILE = "institution"
_NAMED = 5


def draw(ctx: Context, key: str, found: Compared, *, title: str, height: int = 420) -> None:
    """Draw the chart in its frame; a click on a point opens the institution's profile.

    Masked institutions are not drawn; the sentence says how many.
    """
    curve = next(iter(found.curves), None)
    points = points_of(ctx, found, curve) if curve else []
    words = funnel_words(ctx, found, curve or {})
    figure = figures_funnel.funnel(
        palette(is_dark=ctx.is_dark),
        points,
        curve or {},
        words,
        height=height,
        empty=ctx.say("funnel.empty" if curve else "funnel.no_expectation"),
    )
    chart.framed(
        ctx,
        key,
        [found],
        title=title,
        says=says(ctx, found, points),
        figure=figure,
        how="how.funnel",
        sheets=[zones_table.sheet(ctx, found, title)],
        on_click=lambda: _clicked(f"figure-{key}"),
    )


def chooser(ctx: Context, key: str, found: Compared) -> None:
    """Draw the widget that does what a click on a point does."""
    codes = [row["institution"] for row in found.rows]
    name = f"pick-{key}-{ctx.language}"
    st.session_state[name] = None

    def changed() -> None:
        if code := st.session_state.get(name):
            links.go(PROFILE, institution=(code,))

    st.selectbox(
        ctx.say("funnel.to_profile"),
        codes,
        format_func=lambda code: ctx.name("institution", code),
        index=None,
        key=name,
        on_change=changed,
        placeholder=ctx.say("funnel.to_profile"),
        label_visibility="collapsed",
        width=300,
    )


def points_of(ctx: Context, found: Compared, curve: dict[str, Any]) -> list[Point]:
    """Return the points to draw: units that are not masked and rest on something."""
    made = []
    for row in found.rows:
        code = row["institution"]
        place = curve["points"].get(code)
        if place is None or row["masked"]:
            continue
        text = hover(ctx, found, row, ctx.name("institution", code))
        made.append(Point(code, place[0], place[1], zones_table.zone_of(row), text))
    return made


def hover(ctx: Context, found: Compared, row: Row, name: str) -> str:
    """Return what a reader sees on hovering: name, value with interval and base, expectation, zone."""
    figure = zones_table.figure_of(ctx, found.measure, row)
    # Names come from ledgers: what looks like markup in one is none.
    lines = [f"<b>{escape(name)}</b>", f"{ctx.text(found.measure.name)}{ctx.say('frame.colon')}{figure}"]
    if row["expected_value"] is not None:
        key = "funnel.expected_count" if found.measure.kind == "count" else "funnel.expected"
        lines.append(ctx.say(key, value=zones_table.expected_of(ctx, found.measure, row)))
    return "<br>".join([*lines, zones_table.zone_words(ctx, row)])


def funnel_words(ctx: Context, found: Compared, curve: dict[str, Any]) -> FunnelWords:
    """Return the words of a chart of a measure."""
    measure, scale = found.measure, curve.get("scale", "share")
    name = ctx.text(measure.name)
    target = curve.get("target")
    shown = {
        "share": lambda: formats.percent(target, ctx.language),
        "days": lambda: formats.number(target, ctx.language, 1),
        "ratio": lambda: formats.number(target, ctx.language, 1),
    }[scale]()
    base = "served" if measure.key == "rating_response_rate" else "records" if scale == "days" else "rated"
    size = (
        ctx.say("funnel.size_expected")
        if scale == "ratio"
        else ctx.say("funnel.size_n", base=ctx.say(f"funnel.size_{base}"))
    )
    return FunnelWords(
        {zone: ctx.say("funnel." + zone.replace(".", "")) for zone in figures_funnel.ZONES},
        ctx.say("funnel.inner"),
        ctx.say("funnel.outer"),
        ctx.say("funnel.target", value=shown),
        size,
        ctx.say(f"funnel.value_{scale}", name=name) if scale != "ratio" else ctx.say("funnel.value_ratio"),
    )


def says(ctx: Context, found: Compared, points: Sequence[Point]) -> str:
    """Say how many are drawn, judged and in each zone; name those outside; say who is left out and why."""
    if not found.curves:
        return ctx.text_of(found.meta["expected_note"]) + ctx.say("frame.stop")
    counts = Counter(point.zone for point in points)
    young = counts["not_judged"]
    said = ctx.say(
        "funnel.says",
        drawn=len(points),
        judged=len(points) - young,
        usual=counts["in"],
        watch=counts["beyond_95"],
        far=counts["beyond_99.8"],
    )
    said += _outside(ctx, found)
    if young:
        said += ctx.say("funnel.says_young", count=young)
    if lacking := len(found.rows) - len(points):
        said += ctx.say("funnel.not_drawn", count=lacking)
    if (thinned := len(points) - MOST_POINTS) > 0:
        said += ctx.say("funnel.thinned", count=thinned)
    return said


def _outside(ctx: Context, found: Compared) -> str:
    outside = [row for row in found.rows if zones_table.zone_of(row).startswith("beyond")]
    if not outside:
        return ctx.say("funnel.says_none")
    said = ""
    for zone in ("beyond_99.8", "beyond_95"):
        for side in ("low", "high"):
            held = [row for row in outside if zones_table.zone_of(row) == zone and row["funnel_side"] == side]
            if not held:
                continue
            listed = [ctx.name("institution", row["institution"]) for row in held]
            words = formats.listed(listed[:_NAMED], ctx.language)
            if len(listed) > _NAMED:
                words = ctx.say("funnel.says_more", names=words, count=len(listed))
            said += ctx.say(
                "funnel.says_named", zone=_begun(zones_table.zone_words(ctx, held[0])), names=words
            )
    return said


def _begun(words: str) -> str:
    return words[:1].upper() + words[1:]


def _clicked(state: str) -> None:
    code = figures_funnel.clicked(st.session_state.get(state))
    if code:
        links.go(PROFILE, institution=(code,))
