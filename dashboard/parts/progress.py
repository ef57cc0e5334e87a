"""How far the year's targets are reached."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import streamlit as st

from analytics.core.selection import Selection
from dashboard.context import Answer, Asked, Context
from dashboard.parts import arrange, html, quantities
from dashboard.words import formats

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be reached in a year, and the question that tells how far it is."""

    measure: str
    value: float
    asked: Asked


def questions(ctx: Context) -> list[Target]:
    """Return the targets of the scope, or of the one area chosen, for the year the period ends in."""
    year = ctx.period.last_month[:4]
    districts = ctx.selection.get("district")
    own = f"district:{districts[0]}" if len(districts) == 1 else str(ctx.scope)
    filters = {"district": districts} if len(districts) == 1 else {}
    selection = Selection.of(year, **filters)
    order = [measure.key for measure in ctx.all_declarations()]
    rows = [row for row in ctx.targets(int(year)) if row["scope"] == own and row["measure"] in order]
    rows.sort(key=lambda row: order.index(row["measure"]))
    return [
        Target(row["measure"], row["target"], Asked(row["measure"], (), selection)) for row in rows[:_SHOWN]
    ]


def draw(ctx: Context, targets: list[Target], answers: list[Answer]) -> None:
    """Draw a bar a target; the mark on it is how much of the year is over."""
    if not targets:
        return
    last = min(ctx.data.last_full_month, f"{ctx.period.last_month[:4]}-12")
    elapsed = int(last[5:]) / 12 if last[:4] == ctx.period.last_month[:4] else 1.0
    bars = "".join(_bar(ctx, t, a, elapsed) for t, a in zip(targets, answers, strict=True))
    title = ctx.say("progress.title", year=formats.year(ctx.period.last_month[:4], ctx.language))
    note = ctx.say("progress.elapsed", share=formats.percent(elapsed, ctx.language, 0))
    with arrange.panel("targets"):
        st.html(html.heading(title) + html.block(note, "quiet") + html.div(bars, "ip-targets"))


def _bar(ctx: Context, target: Target, answer: Answer, elapsed: float) -> str:
    measure, value = answer.measure, answer.only.get("value")
    reached = value / target.value if value is not None and target.value else 0.0
    words = ctx.say(
        "progress.reached",
        value=quantities.of_row(measure, answer.only, ctx.language, unit=False),
        target=quantities.shown(measure, target.value, ctx.language),
        share=formats.percent(reached, ctx.language),
    )
    if measure.kind in ("proportion", "quantile"):
        # A share is reached or not at any time of the year; a bar of progress would mislead.
        words = ctx.say(
            "progress.against",
            value=quantities.of_row(measure, answer.only, ctx.language),
            target=quantities.shown(measure, target.value, ctx.language),
        )
        bar = ""
    else:
        bar = (
            f'<div class="ip-bar" role="img" aria-label="{escape(words, quote=True)}">'
            f'<div style="width:{min(reached, 1) * 100:.1f}%"></div>'
            f'<i style="left:{elapsed * 100:.1f}%"></i></div>'
        )
    head = html.div(html.span(ctx.text(measure.name)) + html.span(words, "quiet"), "ip-target-head")
    return html.div(head + bar, "ip-target")
