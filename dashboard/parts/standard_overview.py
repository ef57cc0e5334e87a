"""Shares met by chapter, level and tier, and how they went: the first view of 规范符合度."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.statuses import ClauseTable, trend_of
from analytics.compliance.summary import CHAPTERS, Tallied, by_chapter, grouped
from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, figures, html, standard_choice
from dashboard.parts.chart_data import Sheet
from dashboard.parts.palette import palette
from dashboard.parts.standard_choice import StandardChoice
from dashboard.parts.standard_words import notes, range_of, share_of
from dashboard.parts.tables import Column, Linked, markup
from dashboard.words import formats

_LEVELS = ("shall", "should", "may", "statement", "normative")
_TIERS = ("市级", "区级", "工作站")
_ALL = "all"

Sums = dict[tuple[str, str], Tallied]


def draw(
    ctx: Context, now: StandardChoice, table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]
) -> None:
    """Draw the tables by chapter and by tier beside the trend."""
    left, right = arrange.columns(3, 2)
    with left:
        _chapters(ctx, now, cells)
    with right:
        _trend(ctx, table, listed, cells)
        _tiers(ctx, listed, cells)


def _chapters(ctx: Context, now: StandardChoice, cells: Sequence[Cell]) -> None:
    found = by_chapter(cells)
    rows = [
        (
            Linked(
                ctx.text(name), standard_choice.href(now, view="drill", chapter=chapter, clause="", at="")
            ),
            *_figures(ctx, found, chapter),
        )
        for chapter, name in CHAPTERS.items()
        if any(found.get((chapter, level)) for level in _LEVELS)
    ]
    whole: Sums = {(_ALL, level): _added(found, level) for level in _LEVELS}
    rows.append((ctx.say("clauses.whole"), *_figures(ctx, whole, _ALL)))
    title = ctx.say("standard.chapters_title")
    with arrange.panel("chapters"):
        chart.head(
            ctx, "standard-chapters", [], title=title, says=ctx.say("clauses.chapters_says"),
            how="clauses.how_shares",
        )  # fmt: skip
        st.html(html.div(markup(_columns(ctx, "standard.chapter"), rows, title), "ip-table-box"))


def _columns(ctx: Context, first: str) -> list[Column]:
    names = ("share_shall", "range", "share_should", "may", "recorded", "unknown")
    numbers = [Column(ctx.say(f"clauses.{name}"), is_number=True) for name in names]
    return [Column(ctx.say(first), least=8), *numbers]


def _figures(ctx: Context, found: Sums, key: str) -> tuple[str, ...]:
    """Return shares by level, what the unknown may make of the first, and what is not judged."""
    of = {level: found.get((key, level), Tallied()) for level in _LEVELS}
    recorded = sum(sums.recorded for sums in of.values())
    unknown = sum(sums.no_evidence for sums in of.values())
    may = of["may"].met + of["may"].recorded
    return (
        share_of(ctx, of["shall"]),
        range_of(ctx, of["shall"]),
        share_of(ctx, of["should"]),
        formats.number(may, ctx.language) if may or of["may"].no_evidence else formats.NOTHING,
        formats.number(recorded, ctx.language),
        formats.number(unknown, ctx.language),
    )


def _added(found: Sums, level: str) -> Tallied:
    all_of = [sums for (_, one), sums in found.items() if one == level]
    names = ("met", "partly_met", "not_met", "recorded", "no_evidence", "not_applicable")
    return Tallied(**{name: sum(getattr(sums, name) for sums in all_of) for name in names})


def _tiers(ctx: Context, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw shares met by tier: what is asked of each differs, so that they are no contest."""
    tier = {row["institution_id"]: row["tier"] for row in listed}
    known = clauses_by_number()
    found = grouped(cells, lambda cell: (tier[cell.institution_id], known[cell.clause].level))
    counts = {name: sum(1 for each in tier.values() if each == name) for name in _TIERS}
    rows = [
        (
            ctx.say("clauses.tier", tier=ctx.name("tier", name), count=counts[name]),
            share_of(ctx, found.get((name, "shall"), Tallied())),
            range_of(ctx, found.get((name, "shall"), Tallied())),
            share_of(ctx, found.get((name, "should"), Tallied())),
        )
        for name in _TIERS
        if counts[name]
    ]
    columns = [Column(ctx.say("dimension.tier"), least=6)]
    names = ("clauses.share_shall", "clauses.range", "clauses.share_should")
    # As text they may break: the panel is narrow, and a share with its denominator is long.
    columns += [Column(ctx.say(name)) for name in names]
    title = ctx.say("clauses.tiers_title")
    with arrange.panel("standard-tiers"):
        table = html.div(markup(columns, rows, title), "ip-table-box")
        st.html(html.heading(title) + html.block(ctx.say("clauses.tiers_says"), "quiet") + table)


def _trend(ctx: Context, table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw the share met at the ends of months: a line for 应, one for 宜."""
    is_whole = len(listed) == len(table.institutions)
    found = table.trend if is_whole else trend_of(cells, table.days)
    months = list(found)
    series = [_line(ctx, found, level, months) for level in ("shall", "should")]
    title = ctx.say("standard.trend_title")
    chart.framed(
        ctx,
        "standard-trend",
        [],
        title=title,
        says=_trend_says(ctx, found, months),
        figure=figures.lines(
            palette(is_dark=ctx.is_dark), series, height=210, is_share=True, from_zero=False
        ),
        how="standard.how",
        sheets=[_trend_sheet(ctx, found, title)],
    )


def _trend_says(ctx: Context, found: dict[str, dict[str, tuple[int, int]]], months: Sequence[str]) -> str:
    """Say what the strong line says: from what to what, with the cells that could be judged."""
    ends = [found[month].get("shall", (0, 0)) for month in (months[0], months[-1])]
    shares = [formats.percent(met / judged if judged else None, ctx.language) for met, judged in ends]
    return ctx.say(
        "clauses.trend_says",
        first=formats.month(months[0], ctx.language),
        last=formats.month(months[-1], ctx.language),
        before=shares[0],
        now=shares[1],
        judged_before=formats.number(ends[0][1], ctx.language),
        judged_now=formats.number(ends[1][1], ctx.language),
    )


def _line(
    ctx: Context, found: dict[str, dict[str, tuple[int, int]]], level: str, months: Sequence[str]
) -> figures.Line:
    pairs = [found[month].get(level, (0, 0)) for month in months]
    name = ctx.text(LEVEL_NAMES[level])
    texts = [
        f"{name} · {formats.month(month, ctx.language)}{ctx.say('frame.colon')}"
        + share_of(ctx, Tallied(met=met, not_met=judged - met))
        for month, (met, judged) in zip(months, pairs, strict=True)
    ]
    values = [met / judged if judged else None for met, judged in pairs]
    return figures.Line(name, months, values, texts, kind="data" if level == "shall" else "before")


def _trend_sheet(ctx: Context, found: dict[str, dict[str, tuple[int, int]]], title: str) -> Sheet:
    columns = [Column(ctx.say("dimension.month")), Column(ctx.say("standard.level"))]
    columns += [Column(ctx.say(f"standard.{name}"), is_number=True) for name in ("met", "judged")]
    flat = [
        (month, level, met, judged)
        for month, sums in found.items()
        for level, (met, judged) in sorted(sums.items())
    ]
    return Sheet(
        title,
        columns,
        lambda: [
            (formats.month(month, ctx.language), ctx.text(LEVEL_NAMES[level]), str(met), str(judged))
            for month, level, met, judged in flat
        ],
        ("month", "level", "met", "judged"),
        lambda: flat,
        notes(ctx),
        f"clauses-trend-{clauses.day_of(ctx)}.csv",
    )
