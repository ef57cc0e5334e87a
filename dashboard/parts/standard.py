"""规范符合度: the sentence on top, chapters, what is missing, the matrix, building up, and a cell."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.statuses import ClauseTable
from analytics.compliance.summary import CHAPTERS, Tallied, by_chapter, contradictions, tallied
from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, figures, html, standard_cell, standard_lists, standard_matrix
from dashboard.parts.chart_data import Sheet
from dashboard.parts.palette import palette
from dashboard.parts.tables import Column, markup
from dashboard.words import formats

_LEVELS = ("shall", "should", "statement", "may", "normative")


def draw(ctx: Context) -> None:
    """Draw the page; a day that nobody looked at before takes some seconds."""
    with st.spinner(ctx.say("standard.computing"), show_time=True):
        table = clauses.table(ctx)
    listed, cells = clauses.chosen(ctx, table)
    if not cells:
        st.html(html.block(ctx.say("standard.nobody"), "quiet"))
        return
    st.html(html.block(_sentence(ctx, cells, len(listed)), "ip-says"))
    left, right = arrange.columns(3, 2)
    with left, arrange.panel("chapters"):
        _chapters(ctx, cells)
    with right:
        _trend(ctx, table)
    titles = [
        ctx.say(f"standard.tab_{name}") for name in ("missing", "matrix", "cell", "steps", "contradictions")
    ]
    missing, matrix, cell, steps, against = arrange.tabs(*titles)
    with missing:
        standard_lists.missing(ctx, cells)
    with matrix:
        standard_matrix.draw(ctx, listed, cells)
    with cell:
        standard_cell.draw(ctx, listed, cells)
    with steps:
        standard_lists.steps(ctx, listed, cells)
    with against:
        standard_lists.contradicted(ctx, listed, contradictions(cells))


def _sentence(ctx: Context, cells: Sequence[Cell], institutions: int) -> str:
    known = clauses_by_number()
    sums = tallied(cell for cell in cells if known[cell.clause].level == "shall")
    return ctx.say(
        "standard.says",
        day=formats.day(clauses.day_of(ctx), ctx.language),
        institutions=formats.number(institutions, ctx.language),
        share=formats.percent(sums.share, ctx.language),
        met=formats.number(sums.met, ctx.language),
        judged=formats.number(sums.judged, ctx.language),
        recorded=formats.number(sums.recorded, ctx.language),
        unknown=formats.number(sums.no_evidence, ctx.language),
        against=formats.number(len(contradictions(cells)), ctx.language),
    )


def share_of(ctx: Context, sums: Tallied) -> str:
    """Return a share met with its denominator, in words."""
    if sums.share is None:
        return formats.NOTHING
    met, judged = formats.number(sums.met, ctx.language), formats.number(sums.judged, ctx.language)
    return ctx.say(
        "standard.share", share=formats.percent(sums.share, ctx.language, 0), met=met, judged=judged
    )


def _chapters(ctx: Context, cells: Sequence[Cell]) -> None:
    found = by_chapter(cells)
    columns = [Column(ctx.say("standard.chapter"), least=9)]
    columns += [Column(ctx.say(f"standard.share_{level}"), is_number=True) for level in ("shall", "should")]
    columns += [Column(ctx.say(f"standard.{name}"), is_number=True) for name in ("recorded", "no_evidence")]
    rows = []
    for chapter, name in CHAPTERS.items():
        of = {level: found.get((chapter, level), Tallied()) for level in _LEVELS}
        if not any(sums.judged or sums.recorded or sums.no_evidence for sums in of.values()):
            continue
        shares = [share_of(ctx, of[level]) for level in ("shall", "should")]
        recorded = sum(sums.recorded for sums in of.values())
        unknown = sum(sums.no_evidence for sums in of.values())
        counts = [formats.number(number, ctx.language) for number in (recorded, unknown)]
        rows.append((ctx.text(name), *shares, *counts))
    title = ctx.say("standard.chapters_title")
    st.html(
        html.heading(title)
        + html.block(ctx.say("standard.chapters_says"), "quiet")
        + html.div(markup(columns, rows, title), "ip-table-box")
    )


def _trend(ctx: Context, table: ClauseTable) -> None:
    """Draw the share met by month for the whole of what the reader sees: a line for 应, one for 宜."""
    months = list(table.trend)
    series = [_line(ctx, table, level, months) for level in ("shall", "should")]
    figure = figures.lines(palette(is_dark=ctx.is_dark), series, height=300, is_share=True, from_zero=False)
    title = ctx.say("standard.trend_title")
    chart.framed(
        ctx,
        "standard-trend",
        [],
        title=title,
        says=ctx.say("standard.trend_says"),
        figure=figure,
        how="standard.how",
        sheets=[_trend_sheet(ctx, table, title)],
    )


def _line(ctx: Context, table: ClauseTable, level: str, months: Sequence[str]) -> figures.Line:
    pairs = [table.trend[month].get(level, (0, 0)) for month in months]
    name = ctx.text(LEVEL_NAMES[level])
    texts = [
        f"{name} · {formats.month(month, ctx.language)}{ctx.say('frame.colon')}"
        + share_of(ctx, Tallied(met=met, not_met=judged - met))
        for month, (met, judged) in zip(months, pairs, strict=True)
    ]
    values = [met / judged if judged else None for met, judged in pairs]
    return figures.Line(name, months, values, texts, kind="data" if level == "shall" else "before")


def _trend_sheet(ctx: Context, table: ClauseTable, title: str) -> Sheet:
    columns = [Column(ctx.say("dimension.month")), Column(ctx.say("standard.level"))]
    columns += [
        Column(ctx.say("standard.met"), is_number=True),
        Column(ctx.say("standard.judged"), is_number=True),
    ]
    flat = [
        (month, level, met, judged)
        for month, sums in table.trend.items()
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


def notes(ctx: Context) -> list[tuple[str, str]]:
    """Return what stands above the table in a file."""
    told = [(ctx.say("standard.as_of"), clauses.day_of(ctx).isoformat())]
    told.append((ctx.say("standard.scope"), str(ctx.scope)))
    return told + ([(ctx.say("frame.sample"), "✓")] if ctx.data.is_sample else [])


def names_of(listed: Sequence[Row]) -> dict[str, str]:
    """Return institutions' names by number."""
    return {row["institution_id"]: row["name"] for row in listed}
