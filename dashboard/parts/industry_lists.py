"""Gaps by size, stations off their area's list, industries that neighbours serve, and published lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analytics.alignment import Alignment
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, industry_choice, links, tables
from dashboard.parts.chart_data import Sheet
from dashboard.parts.industry_choice import IndustryChoice
from dashboard.parts.tables import Column, Linked
from dashboard.words import formats


def notes(ctx: Context, meta: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what stands above the table in a file."""
    told = [
        (ctx.say("industry.note_period"), str(ctx.period)),
        (ctx.say("industry.note_by"), ctx.say(f"industry.by_{meta['by']}")),
        (ctx.say("industry.note_version"), f"{meta['data_version']} · {meta['data_until']}"),
    ]
    return told + ([(ctx.say("frame.sample"), ctx.say("frame.sample_note"))] if meta["sample_data"] else [])


def gaps(ctx: Context, now: IndustryChoice, found: Sequence[Row]) -> None:
    """Draw priority industries that are served clearly less than the clients let expect."""
    title = ctx.say("industry.gaps_title")
    columns = [
        Column(ctx.say("dimension.district")),
        Column(ctx.say("dimension.industry"), least=8),
        Column(ctx.say("industry.observed"), is_number=True),
        Column(ctx.say("industry.expected_services"), is_number=True),
        Column(ctx.say("industry.of_expected"), is_number=True),
        Column(ctx.say("industry.listed_clients"), is_number=True),
        Column(ctx.say("industry.reason"), least=16),
    ]
    with arrange.panel("industry-gaps"):
        firm = sum(row["is_firm"] for row in found)
        text = ctx.say("industry.gaps_says", count=len(found), firm=firm)
        text = text if found else ctx.say("industry.gaps_none")
        st.html(html.heading(title) + html.block(text, "quiet"))
        if found:
            tables.show(columns, [_gap(ctx, now, row) for row in found], caption=title, height=300)


def _gap(ctx: Context, now: IndustryChoice, row: Row) -> tuple[str, ...]:
    low, high = row["interval"]
    share = formats.percent(row["ratio"], ctx.language, 0)
    ends = f"{formats.percent(low, ctx.language, 0)}–{formats.percent(high, ctx.language, 0)}"
    between = "；" if ctx.language == "zh" else "; "
    reasons = between.join(ctx.say(f"industry.reason_{name}") for name in row["reasons"])
    return (
        ctx.name("district", row["district"], short=True),
        Linked(
            ctx.name("industry", row["industry"], short=True),
            industry_choice.href(now, area=row["district"], industry=row["industry"]),
        ),
        formats.number(row["observed"], ctx.language),
        formats.number(row["expected"], ctx.language),
        ctx.say("industry.with_interval", value=share, interval=ends),
        formats.number(row["clients"], ctx.language),
        reasons,
    )


def stations(ctx: Context, found: Sequence[Row]) -> None:
    """Draw stations whose declared focus is none of their area's priority industries."""
    title = ctx.say("industry.stations_title")
    columns = [
        Column(ctx.say("dimension.district")),
        Column(ctx.say("dimension.institution"), least=12),
        Column(ctx.say("industry.focus"), least=10),
    ]
    rows = [
        (
            ctx.name("district", row["district"], short=True),
            Linked(str(row["name"]), links.href("institution", institution=(row["institution_id"],))),
            formats.listed([ctx.name("industry", key, short=True) for key in row["focus"]], ctx.language)
            or ctx.say("industry.none_declared"),
        )
        for row in found
    ]
    with arrange.panel("industry-stations"):
        says = ctx.say("industry.stations_says", count=len(found))
        st.html(html.heading(title) + html.block(says, "quiet"))
        if rows:
            tables.show(columns, rows, caption=title, height=260)


def neighbours(ctx: Context, areas: Sequence[Row]) -> None:
    """Draw priority industries whose clients only institutions of other areas serve."""
    found = [one for area in areas for one in area["industries"] if one["neighbours_only"]]
    title = ctx.say("industry.neighbours_title")
    says = ctx.say("industry.neighbours_says", count=len(found))
    named = [
        ctx.say(
            "industry.neighbour",
            area=ctx.name("district", one["district"], short=True),
            industry=ctx.name("industry", one["industry"], short=True),
            others=formats.number(one["by_others"], ctx.language),
        )
        for one in found
    ]
    with arrange.panel("industry-neighbours"):
        lines = "".join(html.block(line) for line in named)
        st.html(html.heading(title) + html.block(says, "quiet") + lines)


def lists(ctx: Context, found: Sequence[Row]) -> None:
    """Draw lists of special services by year and area: owed, published, on time, complete, fulfilled."""
    title = ctx.say("industry.lists_title")
    names = ("owed", "published", "on_time", "complete", "met", "fulfilled")
    columns = [Column(ctx.say("dimension.year"), least=4), Column(ctx.say("dimension.district"), least=4)]
    columns += [Column(ctx.say(f"industry.list_{name}"), is_number=True) for name in names]
    rows = [
        (
            formats.year(str(row["year"]), ctx.language),
            ctx.name("district", row["district"], short=True),
            *(formats.number(row[name], ctx.language) for name in names[:-1]),
            f"{row['items_done']} / {row['items_planned']}" if row["items_planned"] else formats.NOTHING,
        )
        for row in sorted(found, key=lambda row: -row["year"])
    ]
    with arrange.panel("industry-lists"):
        st.html(html.heading(title) + html.block(ctx.say("industry.lists_says"), "quiet"))
        if rows:
            tables.show(columns, rows, caption=title, height=420)


def matrix_sheet(ctx: Context, found: Alignment) -> Sheet:
    """Return the matrix as a table: a row an area and industry."""
    names = (
        "district",
        "industry",
        "is_priority",
        "observed",
        "expected",
        "ratio",
        "interval",
        "is_gap",
        "is_firm",
    )
    flat = [one for area in found.areas for one in area["industries"]]
    columns = [Column(ctx.say(f"industry.cell_{name}"), is_number=name in names[3:7]) for name in names]
    return Sheet(
        ctx.say("industry.matrix_title"),
        columns,
        lambda: [_words(ctx, one) for one in flat],
        (*names[:6], "lower", "upper", "is_gap", "is_firm"),
        lambda: [_numbers(one) for one in flat],
        notes(ctx, found.meta),
        f"alignment-industries-{ctx.period}.csv",
    )


def _words(ctx: Context, one: Row) -> tuple[str, ...]:
    ends = one["interval"]
    return (
        ctx.name("district", one["district"], short=True),
        ctx.name("industry", one["industry"], short=True),
        "★" if one["is_priority"] else "",
        formats.number(one["observed"], ctx.language),
        formats.number(one["expected"], ctx.language, 1),
        formats.NOTHING if one["ratio"] is None else f"{one['ratio']:.2f}",
        formats.NOTHING if ends is None else f"{ends[0]:.2f}–{ends[1]:.2f}",
        "▼" if one["is_gap"] else "",
        "▼" if one["is_firm"] else "",
    )


def _numbers(one: Row) -> tuple[object, ...]:
    low, high = one["interval"] or (None, None)
    plain = [one[name] for name in ("district", "industry", "is_priority", "observed", "expected", "ratio")]
    return (
        *(int(value) if isinstance(value, bool) else value for value in plain),
        low,
        high,
        int(one["is_gap"]),
        int(one["is_firm"]),
    )
