"""One institution on each measure between its own control limits, and who its peers are and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from analytics.core.selection import Selection
from dashboard.comparing import Compared
from dashboard.context import Context, Row
from dashboard.parts import (
    arrange,
    chart,
    compare_choice,
    compare_words,
    html,
    limit_strip,
    scorecard,
    zones_table,
)
from dashboard.parts.compare_choice import CompareChoice
from dashboard.parts.limit_strip import Strip
from dashboard.parts.palette import palette
from dashboard.words import formats

_PEERS_NAMED = 8
_SHIFT_DAYS = 0.5


def with_own_medians(
    ctx: Context, found: Sequence[Compared], institution: str, own: Selection
) -> list[Compared]:
    """Fill in the institution's own median of days: those of all others are asked by nobody here."""
    made = []
    for each in found:
        rows = each.rows
        if each.measure.kind == "quantile":
            only = ctx.measure(each.measure.key, (), own).only
            filled = {"value": only["value"], "interval": [only.get("lower"), only.get("upper")]}
            rows = [row | filled if row["institution"] == institution else row for row in rows]
        made.append(replace(each, rows=rows))
    return made


def draw(ctx: Context, choice: CompareChoice, found: Sequence[Compared], institution: str) -> None:
    """Draw a row a measure; a masked one says so and draws nothing."""
    rows = [scorecard.rows_by(each, "institution").get(institution) for each in found]
    title = ctx.say("profile.measures")
    held = [(each, row) for each, row in zip(found, rows, strict=True) if row is not None]
    with arrange.panel("profile-measures"):
        chart.head(
            ctx, "profile-measures", found, title=title, says=_says(ctx, held), how="profile_how.measures",
            sheets=[scorecard.sheet(ctx, choice, found, [institution], title)],
        )  # fmt: skip
        lines = "".join(_line(ctx, each, row) for each, row in held)
        st.html(html.div(_legend(ctx), "ip-small quiet") + html.div(lines, "ip-strips"))


def strip_of(found: Compared, row: Row) -> Strip | None:
    """Return what to draw of a row; ``None`` where it is masked or has no value.

    Days are drawn as ratios to expectation: the value is a median, limits are of geometric means.
    """
    if row["masked"] or row["value"] is None:
        return None
    limits = row["funnel_limits"] or {}
    inner, outer = (tuple(limits.get(level) or (None, None)) for level in ("95", "99.8"))
    zone = zones_table.zone_of(row)
    if found.measure.kind == "quantile":
        if row["ratio"] is None:
            return None
        base = row["expected_value"] + _SHIFT_DAYS
        inner, outer = (
            tuple(None if edge is None else (edge + _SHIFT_DAYS) / base for edge in pair)
            for pair in (inner, outer)
        )
        return Strip(row["ratio"], _two(row["ratio_interval"]), 1.0, _two(inner), _two(outer), zone)
    ceiling = 1.0 if found.measure.kind == "proportion" else None
    interval = _two(row["interval"])
    return Strip(
        row["value"], interval, row["expected_value"], _two(inner), _two(outer), zone, ceiling=ceiling
    )


def _two(pair: Any) -> tuple[float | None, float | None]:
    low, high = pair or (None, None)
    return low, high


def _says(ctx: Context, held: Sequence[tuple[Compared, Row]]) -> str:
    outside = [
        compare_words.sign_of(row) + compare_words.measure_name(ctx, each.measure)
        for each, row in held
        if compare_words.sign_of(row)
    ]
    judged = sum(1 for _, row in held if row["judged"])
    if not judged:
        return ctx.say("profile.says_not_judged")
    if not outside:
        return ctx.say("profile.says_none", judged=judged)
    return ctx.say("profile.says", judged=judged, names=formats.listed(outside, ctx.language))


def _legend(ctx: Context) -> str:
    return escape(ctx.say("profile.legend"))


def _line(ctx: Context, found: Compared, row: Row) -> str:
    name = compare_words.measure_name(ctx, found.measure)
    strip = strip_of(found, row)
    value = zones_table.figure_of(ctx, found.measure, row)
    below = compare_words.against_expected(ctx, found, row)
    reading = zones_table.zone_words(ctx, row)
    words = f"{name}{ctx.say('frame.colon')}{value}{ctx.say('compare.join')}{reading}"
    drawn = limit_strip.picture(palette(is_dark=ctx.is_dark), strip, words=words) if strip is not None else ""
    mark = compare_words.sign_of(row)
    css = "ip-warning" if mark else "quiet"
    said = html.block(value) + (html.block(below, "ip-small quiet") if below else "")
    said += html.block(f"{mark} {reading}".strip(), f"ip-small {css}")
    return html.div(html.block(name, "ip-strong") + html.div(drawn) + html.div(said), "ip-strip-row")


def peers(ctx: Context, choice: CompareChoice, found: Sequence[Compared], institution: str) -> None:
    """Draw whom the institution is compared with, and why."""
    rows = scorecard.rows_by(found[0], "institution")
    own = rows.get(institution)
    if own is None:
        return
    with arrange.panel("profile-peers"):
        st.html(html.heading(ctx.say("profile.peers")) + html.block(ctx.text_of(own["peer_reason"])))
        compare_choice.switch(ctx, choice, "peers")
        st.html(html.block(peers_words(ctx, rows, institution), "quiet"))


def peers_words(ctx: Context, rows: dict[str, Row], institution: str) -> str:
    """Say how many peers there are, and name those of the same area."""
    areas = {row["institution_id"]: row["district"] for row in ctx.institutions()}
    group = rows[institution]["peer_group"]
    alike = [code for code, row in rows.items() if row["peer_group"] == group and code != institution]
    near = [code for code in alike if areas.get(code) == areas.get(institution)]
    if not alike:
        return ctx.say("profile.peers_unseen")
    names = [ctx.name("institution", code) for code in near[:_PEERS_NAMED]]
    listed = formats.listed(names, ctx.language) + (
        ctx.say("filters.and_more", count=len(near)) if len(near) > _PEERS_NAMED else ""
    )
    return ctx.say("profile.peers_near", count=len(alike), near=len(near), names=listed or formats.NOTHING)
