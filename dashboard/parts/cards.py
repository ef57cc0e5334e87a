"""Indicator cards: value, what it rests on, changes and whether they mean anything, the last months."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import streamlit as st

from analytics.core.periods import Period
from analytics.core.selection import Selection
from dashboard import verdicts
from dashboard.context import Answer, Asked, Context
from dashboard.parts import changed, html, quantities
from dashboard.parts.palette import palette
from dashboard.verdicts import Change
from dashboard.words import all_words, formats

_WIDTH, _HEIGHT, _PAD = 160, 30, 3


@dataclass(frozen=True, slots=True)
class Card:
    """What one card shows."""

    measure: Any
    now: Answer
    months: Answer
    changes: Mapping[str, Change]


def ask(ctx: Context, keys: Sequence[str]) -> list[Asked]:
    """Return the questions of the cards, for one fused read; see :func:`answered`."""
    asked = [Asked(key) for key in keys]
    asked += [Asked(key, ("month",), _within(ctx, _months(ctx, key))) for key in keys]
    if ctx.compared:
        for period in (ctx.compared[0], *verdicts.periods_before(ctx).values()):
            asked += [Asked(key, (), _within(ctx, period)) for key in keys]
    return asked


def _within(ctx: Context, period: Period) -> Selection:
    return ctx.selection.replace(period=str(period))


def _months(ctx: Context, key: str) -> Period:
    """Return the months to read: those of the small line, and those of the chart behind the verdict.

    A measure in days is charted by its logarithms, which are read apart.
    """
    trend = ctx.trend_period()
    if ctx.declaration(key).kind == "quantile":
        return trend
    return Period(min(trend.first_month, verdicts.chart_period(ctx).first_month), trend.last_month)


def answered(ctx: Context, keys: Sequence[str], answers: Sequence[Answer]) -> list[Card]:
    """Return the cards from the answers to :func:`ask`, in the same order."""
    count = len(keys)
    now, months, *held = [answers[start : start + count] for start in range(0, len(answers), count)]
    before = list(verdicts.periods_before(ctx))
    cards = []
    for i in range(count):
        earlier = {name: held[1 + place][i] for place, name in enumerate(before)}
        changes = verdicts.changes_of(ctx, held[0][i], earlier, months[i]) if held else {}
        cards.append(Card(now[i].measure, now[i], months[i], changes))
    return cards


def row(ctx: Context, keys: Sequence[str], answers: Sequence[Answer]) -> list[Card]:
    """Draw cards side by side from the answers to :func:`ask`; return what they show."""
    cards = answered(ctx, keys, answers)
    st.html(html.div("".join(_card(ctx, card) for card in cards), "ip-cards"))
    return cards


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
        top + figure + _changes(ctx, card) + html.block(_base(ctx, card), "ip-base")
        + _sparkline(ctx, card.months),
        "ip-card",
    )  # fmt: skip


def _title(ctx: Context, measure: Any) -> str:
    short = f"card_name.{measure.key}"
    if short in all_words():
        return ctx.say(short)
    name = ctx.text(measure.name)
    return ctx.say("cards.median", name=name) if measure.kind == "quantile" else name


def _changes(ctx: Context, card: Card) -> str:
    known = [found for found in card.changes.items() if found[1].size is not None]
    if not known:
        return html.block(ctx.say("cards.no_year_before"), "ip-change")
    return "".join(changed.line(ctx, card.measure, name, change) for name, change in known)


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
    shown = set(ctx.trend_period().months)
    rows = [row for row in months.rows if row.get("quantile") in (None, 0.5) and row["month"] in shown]
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
