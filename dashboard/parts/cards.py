"""Indicator cards: value, what it rests on, change in a year, and the last months as a small line."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from dashboard.context import Answer, Asked, Context
from dashboard.parts import html, quantities
from dashboard.parts.palette import palette
from dashboard.words import formats

_WIDTH, _HEIGHT, _PAD = 160, 30, 3


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows."""

    measure: Any
    now: Answer
    months: Answer
    compared: tuple[Answer, Answer] | None


def ask(ctx: Context, keys: Sequence[str]) -> list[Asked]:
    """Return the questions of the cards, for one fused read; see :func:`answered`."""
    trend = ctx.selection.replace(period=str(ctx.trend_period()))
    periods = [Asked(key) for key in keys]
    periods += [Asked(key, ("month",), trend) for key in keys]
    for period in ctx.compared or ():
        periods += [Asked(key, (), ctx.selection.replace(period=str(period))) for key in keys]
    return periods


def answered(ctx: Context, keys: Sequence[str], answers: Sequence[Answer]) -> list[Card]:
    """Return the cards from the answers to :func:`ask`, in the same order."""
    count = len(keys)
    rows = [answers[start : start + count] for start in range(0, len(answers), count)]
    return [
        Card(rows[0][i].measure, rows[0][i], rows[1][i], (rows[2][i], rows[3][i]) if ctx.compared else None)
        for i in range(count)
    ]


def row(ctx: Context, keys: Sequence[str], answers: Sequence[Answer]) -> None:
    """Draw cards side by side from the answers to :func:`ask`."""
    cards = answered(ctx, keys, answers)
    st.html(html.div("".join(_card(ctx, card) for card in cards), "ip-cards"))


def _card(ctx: Context, card: Card) -> str:
    measure, now = card.measure, card.now.only
    name = ctx.text(measure.name)
    value = quantities.of_row(measure, now, ctx.language, unit=False)
    unit = quantities.unit_of(measure, ctx.language)
    about = f"{name}{ctx.say('frame.colon')}{ctx.text(measure.definition)}"
    top = html.div(
        html.span(_title(ctx, measure), "ip-card-name")
        + f'<span class="ip-why" tabindex="0" role="note" aria-label="{escape(about, quote=True)}">?'
        + html.span(about, "ip-tip")
        + "</span>",
        "ip-card-top",
    )
    figure = html.div(html.span(value, "ip-value") + html.span(unit, "ip-unit"), "ip-figure")
    return html.div(
        top + figure + html.block(_change(ctx, card), "ip-change") + html.block(_base(ctx, card), "ip-base")
        + _sparkline(ctx, card.months),
        "ip-card",
    )  # fmt: skip


def _title(ctx: Context, measure: Any) -> str:
    name = ctx.text(measure.name)
    return ctx.say("cards.median", name=name) if measure.kind == "quantile" else name


def _change(ctx: Context, card: Card) -> str:
    if card.compared is None:
        return ctx.say("cards.no_year_before")
    now, before = card.compared
    words = quantities.change(card.measure, now.only, before.only, ctx.language)
    return ctx.say("cards.year_change", change=words) if words else ctx.say("cards.no_year_before")


def _base(ctx: Context, card: Card) -> str:
    measure, now = card.measure, card.now.only
    if card.now.unfiltered:
        names = [ctx.say(f"dimension.{name}") for name in card.now.unfiltered]
        return ctx.say("cards.unfiltered", names=formats.listed(names, ctx.language))
    if now.get("masked"):
        return ctx.say("masked.reason")
    if measure.kind in ("proportion", "quantile"):
        parts = [quantities.interval(measure, now, ctx.language), quantities.base(measure, now, ctx.language)]
        return quantities.comma(ctx.language).join(part for part in parts if part)
    share = card.now.meta.get("totals_share")
    if share:
        return ctx.say("cards.totals_share", share=formats.percent(share, ctx.language))
    return ctx.say("cards.from_records")


def _sparkline(ctx: Context, months: Answer) -> str:
    rows = [row for row in months.rows if row.get("quantile") in (None, 0.5)]
    values = [row["value"] for row in rows]
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return html.block("", "ip-spark")
    low, high = min(known), max(known)
    step = (_WIDTH - 2 * _PAD) / (len(values) - 1)
    points: list[tuple[float, float] | None] = []
    for i, value in enumerate(values):
        if value is None:
            points.append(None)
            continue
        share = (value - low) / (high - low) if high > low else 0.5
        points.append((_PAD + i * step, _HEIGHT - _PAD - share * (_HEIGHT - 2 * _PAD)))
    label = ctx.say(
        "cards.spark",
        first=formats.month(rows[0]["month"], ctx.language),
        last=formats.month(rows[-1]["month"], ctx.language),
        low=quantities.shown(months.measure, low, ctx.language),
        high=quantities.shown(months.measure, high, ctx.language),
    )
    return _drawing(points, label, palette(is_dark=ctx.is_dark).data)


def _drawing(points: Sequence[tuple[float, float] | None], label: str, colour: str) -> str:
    """Return a small line as an image: Streamlit takes drawings out of HTML, but not images."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    paths = "".join(
        '<polyline points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in run) + '"/>' for run in runs if run
    )
    x, y = next((point for point in reversed(points) if point is not None), (0.0, 0.0))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" fill="none" '
        f'stroke="{colour}" stroke-width="1.6" stroke-linejoin="round">{paths}'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colour}"/></svg>'
    )
    source = "data:image/svg+xml;base64," + base64.b64encode(drawing.encode()).decode()
    words = escape(label, quote=True)
    return f'<img class="ip-spark" src="{source}" alt="{words}" title="{words}">'
