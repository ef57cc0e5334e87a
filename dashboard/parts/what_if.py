"""布局推演: what the reader tries out, what it would change, and the figures before and after."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

from analytics.coverage.areas import Underserved
from analytics.coverage.openings import usual_capacity
from analytics.coverage.rearrangement import Change, Rearranged, robustness
from dashboard.context import Context, Row
from dashboard.parts import html, reach_choice, tables
from dashboard.parts.map_sentences import joined
from dashboard.parts.reach_choice import MOST_SITES, ReachChoice
from dashboard.parts.reach_words import ReachWords
from dashboard.words import formats

_BETTER = 1.1


@dataclass(frozen=True, slots=True)
class Tried:
    """How many stations to open and of what capacity, which to close, which to give another capacity."""

    k: int
    capacity_of_new: float
    closed: tuple[str, ...]
    capacity: tuple[tuple[str, float], ...]


def controls(ctx: Context, result: Underserved) -> Tried:
    """Draw the controls and return what is tried out; it stands in the address, institutions by number."""
    # Read anew: what a fragment was given at first is not what was chosen since.
    now = reach_choice.chosen()
    own = {row["institution_id"]: row for row in result.inputs.stations if _is_own(ctx, row)}
    opens, gives, closes, changes = st.columns([25, 19, 28, 28], gap="small")
    with opens:
        k = _slider(ctx, now)
    with gives:
        each = _amount(ctx, now, "each", ctx.say("coverage.try_capacity_new"), usual_capacity(result), 1.0)
    with closes:
        closed = _station(ctx, now, "close", own)
    with changes:
        changed = _station(ctx, now, "change", own)
        capacity = _capacity(ctx, now, result, changed) if changed else None
    given = () if capacity is None or changed == closed else ((changed, capacity),)
    return Tried(k, each, (closed,) if closed else (), given)


def _slider(ctx: Context, now: ReachChoice) -> int:
    key = f"reach_open_{ctx.language}"
    st.session_state[key] = int(now.open)
    take = reach_choice.taker("open", key, now.open)
    return int(st.slider(ctx.say("coverage.try_open"), 0, MOST_SITES, key=key, on_change=take))


def _station(ctx: Context, now: ReachChoice, name: str, own: dict[str, Row]) -> str:
    """Draw a box of the stations that this reader may change; return the chosen one's number, or none."""

    def named(number: str) -> str:
        return str(own[number]["name"] or number) if number else ctx.say("coverage.no_station")

    # Another station's capacity says nothing of this one's.
    besides = {"to": ""} if name == "change" else {}
    chosen = getattr(now, name)
    key = f"reach_{name}_{ctx.language}"
    st.session_state[key] = chosen if chosen in own else ""
    picked = st.selectbox(
        ctx.say(f"coverage.try_{name}"),
        ["", *own],
        format_func=named,
        key=key,
        on_change=reach_choice.taker(name, key, chosen, **besides),
    )
    return str(picked or "")


def _capacity(ctx: Context, now: ReachChoice, result: Underserved, station: str) -> float | None:
    """Draw the amount of services a year that a station shall give; None where it stays as it is."""
    ids = [row["institution_id"] for row in result.inputs.stations]
    today = float(result.inputs.supply[ids.index(station)])
    label = ctx.say("coverage.try_capacity", now=formats.number(today, ctx.language))
    wanted = _amount(ctx, now, "to", label, today, 0.0, station)
    return wanted if round(wanted) != round(today) else None


def _amount(
    ctx: Context, now: ReachChoice, name: str, label: str, usual: float, least: float, of: str = ""
) -> float:
    key = f"reach_{name}_{of}_{ctx.language}"
    asked = getattr(now, name)
    st.session_state[key] = float(asked) if asked else usual
    take = reach_choice.taker(name, key, asked)
    return float(st.number_input(label, least, 1e6, step=10.0, format="%.0f", key=key, on_change=take))


def says(ctx: Context, result: Underserved, change: Change, effect: Rearranged) -> str:
    """Say in sentences what a change does and how robust that is."""
    if change == Change():
        return ctx.say("coverage.try_nothing")
    number, words = formats.number, ReachWords(ctx, result)
    said = words.say(
        "coverage.try_says",
        before=number(effect.unmet_before, ctx.language),
        after=number(effect.unmet_after, ctx.language),
        better=number(improved(result, effect), ctx.language),
        relieved=number(effect.relieved, ctx.language),
        reached=number(effect.newly_in_reach, ctx.language),
    )
    worse = ""
    if effect.worsened > 0 or effect.lost_reach > 0:
        worse = words.say(
            "coverage.try_worse",
            worsened=number(effect.worsened, ctx.language),
            lost=number(effect.lost_reach, ctx.language),
        )
    return joined(ctx, said, worse, ctx.text(robustness(effect)))


def improved(result: Underserved, effect: Rearranged) -> float:
    """Return the demand, as far as it is seen, whose access rises by a tenth or more."""
    before, after = result.areas.reached.access, effect.after.access
    better = result.seen & (after >= _BETTER * before) & (after > before)
    return float(result.inputs.demand[better].sum())


def table(ctx: Context, result: Underserved, effect: Rearranged) -> None:
    """Draw the figures before and after."""
    was, now, words = result.areas, effect.after, ReachWords(ctx, result)
    demand = np.where(result.seen, result.inputs.demand, 0.0)
    every = float(demand.sum()) or 1.0

    def count(label: str, before: float, after: float) -> list[str]:
        shares = [formats.percent(value / every, ctx.language) for value in (before, after)]
        values = [formats.number(value, ctx.language) for value in (before, after)]
        with_shares = [ctx.say("figure.with", value=v, rest=s) for v, s in zip(values, shares, strict=True)]
        return [
            words.say(f"coverage.row_{label}"),
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
    title = words.say("coverage.compare_title")
    st.html(html.heading(title))
    tables.show(columns, rows, caption=title)


def _is_own(ctx: Context, row: dict[str, object]) -> bool:
    scope = ctx.scope
    return scope.kind == "city" or scope.code in (row["district"], row["institution_id"])
