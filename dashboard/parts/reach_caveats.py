"""What a reader must know of the analysis of reach: said beside it, in full, and in every export."""

from __future__ import annotations

import streamlit as st

from analytics.coverage.areas import Underserved
from dashboard.context import Context
from dashboard.parts import html
from dashboard.parts.reach_words import ReachWords
from dashboard.parts.worst_zone import capacity_is_known
from dashboard.words import formats

_KEYS = ("straight", "mountains", "outside", "units", "new")


def draw(ctx: Context, result: Underserved) -> None:
    """Draw the caveats and rules below the map, all of them visible."""
    said = [*(ctx.text(note) for note in result.inputs.notes), *_caveats(ctx, result)]
    items = "".join(f"<li>{html.span(words)}</li>" for words in said)
    with st.container(border=True, key="panel-reach-caveats"):
        st.html(html.heading(ctx.say("coverage.caveats")) + f'<ul class="ip-next">{items}</ul>')


def notes(ctx: Context, result: Underserved) -> list[tuple[str, str]]:
    """Return what must stand above every export: marks, day, rules and caveats."""
    found = [(ctx.say("frame.internal"), ctx.say("frame.product"))]
    if ctx.data.is_sample:
        found.append((ctx.say("frame.sample"), ctx.say("frame.sample_note")))
    found.append((ctx.say("frame.data_until"), formats.day(ctx.data.data_until, ctx.language)))
    label = ctx.say("chart.limits")
    found += [(label, ctx.text(note)) for note in result.inputs.notes]
    return found + [(label, words) for words in _caveats(ctx, result)]


def _caveats(ctx: Context, result: Underserved) -> list[str]:
    keys = _KEYS if capacity_is_known(result) else ("alike", *_KEYS)
    return [_caveat(ctx, result, key) for key in keys]


def _caveat(ctx: Context, result: Underserved, key: str) -> str:
    chosen = result.areas.settings
    return ReachWords(ctx, result).say(
        f"coverage.caveat_{key}",
        day=formats.day(ctx.data.data_until, ctx.language),
        share=formats.percent(chosen.share, ctx.language, 0),
        least=formats.number(chosen.nearest_km, ctx.language),
        most=formats.number(chosen.farthest_km, ctx.language),
        below=formats.percent(chosen.below, ctx.language, 0),
        zone=formats.percent(chosen.least_share, ctx.language, 1),
        border=formats.number(int((result.by_border & result.seen).sum()), ctx.language),
    )
