"""同比 and 环比 in words: how much, whether chance explains it, and the interval behind a hover."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from analytics.core.text import Language
from dashboard.context import Context
from dashboard.parts import html
from dashboard.verdicts import Change
from dashboard.words import formats, say


def line(ctx: Context, measure: Any, name: str, change: Change) -> str:
    """Return one line of a card: the change and its verdict; what they rest on shows on hover and focus.

    ``name`` is ``year`` (同比) or ``period`` (环比).
    """
    about = said_in_full(ctx, measure, name, change)
    tip = f'<span class="ip-changed" tabindex="0" role="note" aria-label="{escape(about, quote=True)}">'
    mark = html.span(change.verdict, "ip-verdict marked" if change.is_marked else "ip-verdict")
    words = html.span(ctx.say(f"verdict.{name}", change=_size(ctx, measure, change)))
    return html.div(tip + words + " " + mark + html.span(about, "ip-tip") + "</span>", "ip-change")


def said(ctx: Context, measure: Any, name: str, change: Change) -> str:
    """Return the change and its verdict in a few words: ``同比 +6.1%（正常波动）``."""
    words = ctx.say(f"verdict.{name}", change=_size(ctx, measure, change))
    return ctx.say("figure.with", value=words, rest=change.verdict)


def in_words(ctx: Context, measure: Any, changes: Mapping[str, Change]) -> str:
    """Return every change that is known, in a few words; empty without any."""
    known = [said(ctx, measure, name, change) for name, change in changes.items() if change.size is not None]
    return formats.listed(known, ctx.language)


def said_in_full(ctx: Context, measure: Any, name: str, change: Change) -> str:
    """Return the change with its interval, the period it is held against, and why it is called so."""
    key = "marked" if change.is_marked else "usual"
    return ctx.say(
        "verdict.full",
        change=ctx.say(f"verdict.{name}", change=_size(ctx, measure, change)),
        interval=_interval(ctx, measure, change),
        before=formats.span(change.before, ctx.language),
        verdict=change.verdict,
        why=ctx.say(f"verdict.why_{key}"),
    )


def _size(ctx: Context, measure: Any, change: Change) -> str:
    return formats.NOTHING if change.size is None else words_of(measure, change.size, ctx.language)


def _interval(ctx: Context, measure: Any, change: Change) -> str:
    low, high = change.interval or (None, None)
    if low is None:
        return ctx.say("verdict.no_interval")
    above = ctx.say("verdict.unbounded") if high is None else words_of(measure, high, ctx.language)
    return ctx.say("verdict.interval", low=words_of(measure, low, ctx.language), high=above)


def words_of(measure: Any, size: float, language: Language) -> str:
    """Return the size of a change: ``+6.1%`` (of a ratio), ``+0.3 个百分点``, ``−0.1 天``."""
    if measure.kind == "proportion":
        return say("change.points", language, points=formats.signed(size * 100, language))
    if measure.kind == "quantile":
        digits = 2 if abs(size) < 1 else 1
        return f"{formats.signed(size, language, digits)} {measure.unit.get(language)}"
    return formats.signed((size - 1) * 100, language) + "%"
