"""布局推演: what the reader tries out, what it would change, and the figures before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from analytics.coverage.areas import Underserved
from analytics.coverage.openings import usual_capacity
from analytics.coverage.rearrangement import Change, Rearranged, robustness
from dashboard.context import Context
from dashboard.parts import html, tables
from dashboard.parts.map_sentences import joined
from dashboard.words import formats


@dataclass(frozen=True, slots=True)
class Tried:
    """How many stations to open and of what capacity, which to close, which to give another capacity."""

    k: int
    capacity_of_new: float
    closed: tuple[str, ...]
    capacity: tuple[tuple[str, float], ...]


def controls(ctx: Context, result: Underserved, most: int) -> Tried:
    """Draw the controls and return what is tried out."""
    rows = {row["institution_id"]: row for row in result.inputs.stations if _is_own(ctx, row)}
    supply = {
        row["institution_id"]: float(value)
        for row, value in zip(result.inputs.stations, result.inputs.supply, strict=True)
    }
    options = ["", *rows]

    def name(number: str) -> str:
        return str(rows[number]["name"] or number) if number else ctx.say("coverage.no_station")

    opens, closes, changes = st.columns(3, gap="small")
    with opens:
        k = st.slider(ctx.say("coverage.try_open"), 0, most, 1, key="try-k")
        each = st.number_input(
            ctx.say("coverage.try_capacity_new"), 1.0, 1e6, usual_capacity(result), step=10.0, format="%.0f",
            key="try-new",
        )  # fmt: skip
    with closes:
        closed = st.selectbox(ctx.say("coverage.try_close"), options, format_func=name, key="try-close")
    with changes:
        changed = st.selectbox(ctx.say("coverage.try_change"), options, format_func=name, key="try-change")
        capacity: tuple[tuple[str, float], ...] = ()
        if changed:
            now = st.number_input(
                ctx.say("coverage.try_capacity", now=formats.number(supply[changed], ctx.language)),
                0.0, 1e6, supply[changed], step=10.0, format="%.0f", key=f"try-capacity-{changed}",
            )  # fmt: skip
            if now != supply[changed] and changed != closed:
                capacity = ((changed, now),)
    return Tried(k, each, (closed,) if closed else (), capacity)


def says(ctx: Context, change: Change, effect: Rearranged) -> str:
    """Say in sentences what a change does and how robust that is."""
    if change == Change():
        return ctx.say("coverage.try_nothing")
    number = formats.number
    said = ctx.say(
        "coverage.try_says",
        before=number(effect.unmet_before, ctx.language),
        after=number(effect.unmet_after, ctx.language),
        relieved=number(effect.relieved, ctx.language),
        reached=number(effect.newly_in_reach, ctx.language),
    )
    worse = ""
    if effect.worsened > 0 or effect.lost_reach > 0:
        worse = ctx.say(
            "coverage.try_worse",
            worsened=number(effect.worsened, ctx.language),
            lost=number(effect.lost_reach, ctx.language),
        )
    return joined(ctx, said, worse, ctx.text(robustness(effect)))


def table(ctx: Context, result: Underserved, effect: Rearranged) -> None:
    """Draw the figures before and after."""
    was, now = result.areas, effect.after
    demand = np.where(result.seen, result.inputs.demand, 0.0)
    every = float(demand.sum()) or 1.0

    def count(label: str, before: float, after: float) -> list[str]:
        shares = [formats.percent(value / every, ctx.language) for value in (before, after)]
        values = [formats.number(value, ctx.language) for value in (before, after)]
        with_shares = [ctx.say("figure.with", value=v, rest=s) for v, s in zip(values, shares, strict=True)]
        return [
            ctx.say(f"coverage.row_{label}"),
            *with_shares,
            formats.signed(after - before, ctx.language, 0),
        ]

    zones = [
        sum(1 for n in range(int(label.max(initial=-1)) + 1) if np.any(result.seen & (label == n)))
        for label in (was.zone, effect.zone)
    ]
    rows = [
        count("unmet", effect.unmet_before, effect.unmet_after),
        count("low", float(demand[was.short.low].sum()), float(demand[now.short.low].sum())),
        count(
            "without", float(demand[was.reached.in_reach == 0].sum()), float(demand[now.in_reach == 0].sum())
        ),
        [
            ctx.say("coverage.row_zones"),
            *(formats.number(value, ctx.language) for value in zones),
            formats.signed(zones[1] - zones[0], ctx.language, 0),
        ],
    ]
    columns = [
        tables.Column(ctx.say(f"coverage.compare_{n}"), n != "what")
        for n in ("what", "before", "after", "change")
    ]
    title = ctx.say("coverage.compare_title")
    st.html(html.heading(title))
    tables.show(columns, rows, caption=title)


def _is_own(ctx: Context, row: dict[str, object]) -> bool:
    scope = ctx.scope
    return scope.kind == "city" or scope.code in (row["district"], row["institution_id"])
