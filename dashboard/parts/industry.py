"""产业对接: shares against what the clients let expect, industries by area, gaps, stations and lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analytics.alignment import Alignment
from analytics.standard.districts import districts
from analytics.standard.industries import industries, industries_by_key
from dashboard import aligned
from dashboard.context import Context, Row
from dashboard.parts import (
    arrange,
    chart,
    figures,
    figures_clauses,
    html,
    industry_areas,
    industry_choice,
    industry_followed,
    industry_lists,
)
from dashboard.parts.chart_data import Sheet
from dashboard.parts.figures_compare import Held, HeldWords, intervals
from dashboard.parts.industry_choice import IndustryChoice
from dashboard.parts.palette import palette
from dashboard.parts.tables import Column
from dashboard.words import formats

# Ratios beyond this look alike on the scale: what matters is what is missing.
_FULL = 2.0


def draw(ctx: Context) -> None:
    """Draw the page."""
    now = industry_choice.chosen()
    industry_choice.side(ctx, now)
    found = aligned.aligned(ctx, by_client=now.by == "client_district")
    st.html(html.block(_sentence(ctx, found), "ip-says"))
    if found.meta["base"] != "clients":
        st.html(html.block(ctx.say("industry.base_served"), "ip-limits"))
    left, right = arrange.columns(2, 3)
    with left:
        _shares(ctx, now, found)
        industry_followed.draw(ctx, now, found)
    with right:
        _matrix(ctx, now, found)
    industry_lists.gaps(ctx, now, found.gaps)
    industry_areas.draw(ctx, found.areas, found.gaps)
    left, right = arrange.columns(2, 3)
    with left:
        industry_lists.stations(ctx, found.stations)
        industry_lists.neighbours(ctx, found.areas)
    with right:
        industry_lists.lists(ctx, found.lists)


def _sentence(ctx: Context, found: Alignment) -> str:
    with_share = [area for area in found.areas if area["share"] is not None]
    if not with_share:
        return ctx.say("industry.nothing")
    below = sum(1 for area in with_share if (area["expected_share"] or 0) > area["interval_by_client"][1])
    said = ctx.say("industry.says", areas=len(with_share), below=below, gaps=len(found.gaps))
    away, of = (sum(area[name] for area in with_share) for name in ("to_other_areas", "services"))
    if away:
        share = formats.percent(away / of, ctx.language, 0)
        said += ctx.say("industry.away", count=formats.number(away, ctx.language), share=share)
    if found.gaps:
        said += ctx.say("industry.largest", gap=gap_words(ctx, found.gaps[0]))
    return said


def gap_words(ctx: Context, gap: Row) -> str:
    """Return a gap in plain words: served so many, expected so many."""
    return ctx.say(
        "industry.gap",
        area=ctx.name("district", gap["district"], short=True),
        industry=ctx.name("industry", gap["industry"], short=True),
        observed=formats.number(gap["observed"], ctx.language),
        expected=formats.number(gap["expected"], ctx.language),
    )


def _shares(ctx: Context, now: IndustryChoice, found: Alignment) -> None:
    rows = [_held(ctx, area) for area in found.areas]
    words = HeldWords(
        {
            "in": ctx.say("industry.zone_in"),
            "beyond_95": ctx.say("industry.zone_out"),
            "beyond_99.8": ctx.say("industry.zone_out"),
            "not_judged": ctx.say("industry.zone_none"),
        },
        ctx.say("industry.expected"),
        "",
    )
    figure = intervals(
        palette(is_dark=ctx.is_dark), rows, words, tickformat=",.0%", empty=ctx.say("industry.nothing")
    )
    chart.framed(
        ctx,
        "industry-shares",
        [],
        title=ctx.say("industry.shares_title"),
        says=ctx.say("industry.shares_says"),
        figure=figure,
        how="industry.how_shares",
        sheets=[_sheet(ctx, found)],
        on_click=lambda: _clicked(now, "figure-industry-shares"),
    )


def _held(ctx: Context, area: Row) -> Held:
    name = ctx.name("district", area["district"], short=True)
    if area["share"] is None:
        text = ctx.say("masked.long") if area["masked"] else ctx.say("industry.no_services")
        return Held(area["district"], name, None, None, None, None, "not_judged", text)
    # A client counts once: its many services are one piece of evidence.
    low, high = area["interval_by_client"]
    expected = area["expected_share"]
    is_out = expected is not None and not low <= expected <= high
    text = ctx.say(
        "industry.share_of",
        area=name,
        share=formats.percent(area["share"], ctx.language),
        low=formats.percent(low, ctx.language),
        high=formats.percent(high, ctx.language),
        priority=formats.number(area["priority_services"], ctx.language),
        services=formats.number(area["services"], ctx.language),
        expected=formats.percent(expected, ctx.language),
        clients=formats.number(area["clients"], ctx.language),
    )
    return Held(
        area["district"], name, area["share"], low, high, expected, "beyond_95" if is_out else "in", text
    )


def _sheet(ctx: Context, found: Alignment) -> Sheet:
    names = (
        "district", "services", "unknown", "clients", "priority_services", "share", "interval",
        "interval_by_client", "expected_share", "gap_points", "divergence", "divergence_critical",
    )  # fmt: skip
    columns = [Column(ctx.say(f"industry.col_{name}"), is_number=name != "district") for name in names]
    return Sheet(
        ctx.say("industry.shares_title"),
        columns,
        lambda: [tuple(_cell(ctx, name, area[name]) for name in names) for area in found.areas],
        names,
        lambda: [tuple(_plain(area[name]) for name in names) for area in found.areas],
        industry_lists.notes(ctx, found.meta),
        f"alignment-{ctx.period}.csv",
    )


def _cell(ctx: Context, name: str, value: Any) -> str:
    if value is None:
        return formats.NOTHING
    if name == "district":
        return ctx.name("district", value, short=True)
    if isinstance(value, list):
        return "–".join(formats.percent(end, ctx.language) for end in value)
    if name in ("share", "expected_share"):
        return formats.percent(value, ctx.language)
    if name == "gap_points":
        return formats.signed(value, ctx.language)
    return f"{value:.4f}" if isinstance(value, float) else formats.number(value, ctx.language)


def _plain(value: Any) -> object:
    return "–".join(f"{end:.6f}" for end in value) if isinstance(value, list) else value


def _matrix(ctx: Context, now: IndustryChoice, found: Alignment) -> None:
    """Draw observed over expected by area and industry; a star marks the area's own priority industries."""
    cells = {(area["district"], one["industry"]): one for area in found.areas for one in area["industries"]}
    keys = [
        one.key for one in industries() if any((area["district"], one.key) in cells for area in found.areas)
    ]
    areas = [area["district"] for area in found.areas]
    lines = [[cells.get((area, key)) for area in areas] for key in keys]
    figure = figures.matrix(
        palette(is_dark=ctx.is_dark),
        [[_shade(cell) for cell in line] for line in lines],
        rows=[ctx.name("industry", key, short=True) for key in keys],
        columns=[ctx.name("district", area, short=True) for area in areas],
        texts=[[_mark(cell) for cell in line] for line in lines],
        hovers=[[_told(ctx, cell) for cell in line] for line in lines],
        height=figures.rows_height(len(keys), over=100, each=19),
    )
    chart.framed(
        ctx,
        "industry-matrix",
        [],
        title=ctx.say("industry.matrix_title"),
        says=ctx.say("industry.matrix_says"),
        figure=figures_clauses.clickable(figure, [[(area, key) for area in areas] for key in keys]),
        how="industry.how_matrix",
        sheets=[industry_lists.matrix_sheet(ctx, found)],
        on_click=lambda: _clicked(now, "figure-industry-matrix"),
    )


def _clicked(now: IndustryChoice, key: str) -> None:
    """Follow an area, or an area's industry, that the reader clicked."""
    points = st.session_state[key].selection.points
    data = [str(one) for one in points[0].get("customdata") or ()] if points else []
    known = {area.code for area in districts()}
    if area := next((one for one in data if one in known), ""):
        industry = next((one for one in data if one in industries_by_key()), now.industry)
        industry_choice.choose(now, area=area, industry=industry)


def _shade(cell: Row | None) -> float | None:
    return None if cell is None or cell["ratio"] is None else min(cell["ratio"], _FULL)


def _mark(cell: Row | None) -> str:
    if cell is None or not cell["is_priority"]:
        return ""
    return "▼" if cell["is_gap"] else "★"


def _told(ctx: Context, cell: Row | None) -> str:
    if cell is None:
        return ctx.say("industry.no_services")
    if cell["masked"]:
        return ctx.say("masked.long")
    lines: Sequence[str] = [gap_words(ctx, cell)]
    if cell["is_priority"]:
        lines = [*lines, ctx.say("industry.is_priority")]
    if cell["is_gap"]:
        lines = [*lines, ctx.say("industry.is_gap")]
    return "<br>".join(lines)
