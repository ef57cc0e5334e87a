"""规范符合度: what is met and what nobody knows, then one view at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.statuses import ClauseTable
from analytics.compliance.summary import contradictions, tallied
from analytics.standard.clauses import clauses_by_number
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import (
    html,
    standard_choice,
    standard_drill,
    standard_lists,
    standard_matrix,
    standard_overview,
    standard_steps,
)
from dashboard.parts.standard_choice import StandardChoice
from dashboard.parts.standard_words import range_of
from dashboard.words import formats

View = Callable[[Context, StandardChoice, ClauseTable, Sequence[Row], Sequence[Cell]], None]


def draw(ctx: Context) -> None:
    """Draw the page; a day that nobody looked at before takes some seconds."""
    with st.spinner(ctx.say("standard.computing"), show_time=True):
        table = clauses.table(ctx)
    listed, cells = clauses.chosen(ctx, table)
    if not cells:
        st.html(html.block(ctx.say("standard.nobody"), "quiet"))
        return
    now = standard_choice.chosen()
    st.html(html.block(_sentence(ctx, cells, len(listed)), "ip-says"))
    standard_choice.switch(ctx, now, "view", standard_choice.VIEWS)
    _VIEWS[now.view](ctx, now, table, listed, cells)


def _overview(
    ctx: Context, now: StandardChoice, table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]
) -> None:
    standard_overview.draw(ctx, now, table, listed, cells)
    standard_lists.missing(ctx, now, cells)


def _matrix(
    ctx: Context, now: StandardChoice, _table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]
) -> None:
    standard_matrix.draw(ctx, now, listed, cells)


def _drill(
    ctx: Context, now: StandardChoice, _table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]
) -> None:
    standard_drill.draw(ctx, now, listed, cells)


def _steps(
    ctx: Context, now: StandardChoice, _table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]
) -> None:
    standard_steps.draw(ctx, now, listed, cells)


def _against(
    ctx: Context, now: StandardChoice, _table: ClauseTable, listed: Sequence[Row], cells: Sequence[Cell]
) -> None:
    standard_lists.contradicted(ctx, now, listed, contradictions(cells))


_VIEWS: dict[str, View] = dict(
    zip(standard_choice.VIEWS, (_overview, _matrix, _drill, _steps, _against), strict=True)
)


def _sentence(ctx: Context, cells: Sequence[Cell], institutions: int) -> str:
    known = clauses_by_number()
    sums = tallied(cell for cell in cells if known[cell.clause].level == "shall")
    return ctx.say(
        "clauses.says",
        day=formats.day(clauses.day_of(ctx), ctx.language),
        institutions=formats.number(institutions, ctx.language),
        share=formats.percent(sums.share, ctx.language),
        met=formats.number(sums.met, ctx.language),
        judged=formats.number(sums.judged, ctx.language),
        recorded=formats.number(sums.recorded, ctx.language),
        unknown=formats.number(sums.no_evidence, ctx.language),
        range=range_of(ctx, sums),
        against=formats.number(len(contradictions(cells)), ctx.language),
    )
