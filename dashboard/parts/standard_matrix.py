"""Institutions and clauses as a matrix: chapters by area first, then the clauses of one chapter."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.summary import CHAPTERS, Tallied, chapter_of, grouped
from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, figures, html
from dashboard.parts.palette import palette
from dashboard.parts.standard_lists import clause_name
from dashboard.words import formats

# One letter and one number a status: colour is never alone in telling.
_SHOWN = {
    "met": "●",
    "partly_met": "◐",
    "not_met": "○",
    "recorded": "·",
    "no_evidence": "",
    "not_applicable": "",
}
_SHADE = {"met": 1.0, "partly_met": 0.55, "not_met": 0.15, "recorded": 0.35}
_MOST_COLUMNS = 40


def draw(ctx: Context, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw chapters by area; a chapter and an area chosen, its clauses by institution."""
    with st.container(horizontal=True, gap="small", key="standard-matrix-head"):
        chapter = st.selectbox(
            ctx.say("standard.chapter"),
            ["", *CHAPTERS],
            format_func=lambda key: ctx.text(CHAPTERS[key]) if key else ctx.say("standard.all_chapters"),
            key=f"standard_chapter_{ctx.language}",
            width=260,
        )
        areas = list(dict.fromkeys(row["district"] for row in listed))
        order = [code for code in ctx.options("district") if code in areas]
        order += [code for code in areas if code not in order]
        area = st.selectbox(
            ctx.say("dimension.district"),
            ["", *order],
            format_func=lambda code: (
                ctx.name("district", code, short=True) if code else ctx.say("standard.all_areas")
            ),
            key=f"standard_area_{ctx.language}",
            width=260,
        )
    if area:
        _by_institution(ctx, listed, cells, chapter, area)
    else:
        _by_area(ctx, listed, cells, chapter, order)


def _by_area(
    ctx: Context, listed: Sequence[Row], cells: Sequence[Cell], chapter: str, areas: Sequence[str]
) -> None:
    """Draw shares met: chapters, or one chapter's clauses, by area."""
    place = {row["institution_id"]: row["district"] for row in listed}
    rows = [cell for cell in cells if not chapter or chapter_of(cell.clause) == chapter]

    def group(cell: Cell) -> tuple[str, str]:
        return (cell.clause if chapter else chapter_of(cell.clause)), place[cell.institution_id]

    found = grouped(rows, group)
    keys = list(dict.fromkeys(cell.clause for cell in rows)) if chapter else list(CHAPTERS)
    keys = [key for key in keys if any(found.get((key, area), Tallied()).judged for area in areas)]
    if not keys:
        st.html(html.block(ctx.say("standard.nothing_judged"), "quiet"))
        return
    names = [clause_name(ctx, key) if chapter else ctx.text(CHAPTERS[key]) for key in keys]
    sums = [[found.get((key, area), Tallied()) for area in areas] for key in keys]
    texts = [["" if one.share is None else f"{one.share:.0%}" for one in line] for line in sums]
    area_names = [ctx.name("district", area, short=True) for area in areas]
    hovers = [
        [_told(ctx, name, area, one) for area, one in zip(area_names, line, strict=True)]
        for name, line in zip(names, sums, strict=True)
    ]
    figure = figures.matrix(
        palette(is_dark=ctx.is_dark),
        [[one.share for one in line] for line in sums],
        rows=[_short(name) for name in names],
        columns=area_names,
        texts=texts,
        hovers=hovers,
        height=figures.rows_height(len(keys), over=120, each=28),
    )
    title = ctx.say("standard.matrix_title")
    chart.framed(ctx, "standard-matrix", [], title=title, says=ctx.say("standard.matrix_says"), figure=figure)


def _told(ctx: Context, name: str, area: str, sums: Tallied) -> str:
    said = ctx.say("standard.nothing_judged")
    if sums.share is not None:
        said = ctx.say(
            "standard.share",
            share=formats.percent(sums.share, ctx.language, 0),
            met=formats.number(sums.met, ctx.language),
            judged=formats.number(sums.judged, ctx.language),
        )
    return f"{area} · {name}<br>{said}"


def _by_institution(
    ctx: Context, listed: Sequence[Row], cells: Sequence[Cell], chapter: str, area: str
) -> None:
    """Draw one area's institutions against clauses, the status by sign and shade."""
    here = [row for row in listed if row["district"] == area][:_MOST_COLUMNS]
    numbers = [row["institution_id"] for row in here]
    of = {
        (cell.clause, cell.institution_id): cell
        for cell in cells
        if cell.institution_id in numbers and (not chapter or chapter_of(cell.clause) == chapter)
    }
    shown = [
        clause
        for clause in dict.fromkeys(clause for clause, _ in of)
        if any(of[clause, number].status in _SHADE for number in numbers)
    ]
    if not shown:
        st.html(html.block(ctx.say("standard.nothing_judged"), "quiet"))
        return
    lines = [[of[clause, number] for number in numbers] for clause in shown]
    figure = figures.matrix(
        palette(is_dark=ctx.is_dark),
        [[_SHADE.get(cell.status) for cell in line] for line in lines],
        rows=[_short(clause_name(ctx, clause)) for clause in shown],
        columns=numbers,
        texts=[[_SHOWN[cell.status] for cell in line] for line in lines],
        hovers=[
            [
                f"{row['name']}<br>{clause_name(ctx, cell.clause)}<br>{ctx.text(STATUSES[cell.status])}"
                for row, cell in zip(here, line, strict=True)
            ]
            for line in lines
        ],
        height=figures.rows_height(len(shown), over=130, each=22),
    )
    title = ctx.say("standard.institutions_title", area=ctx.name("district", area, short=True))
    with arrange.panel("standard-legend"):
        st.html(html.block(ctx.say("standard.legend"), "quiet"))
    chart.framed(
        ctx,
        "standard-institutions",
        [],
        title=title,
        says=ctx.say("standard.institutions_says"),
        figure=figure,
    )


def _short(name: str) -> str:
    return name if len(name) <= 28 else name[:27] + "…"
