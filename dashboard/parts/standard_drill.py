"""From chapter to clause to institution: what is chosen narrows the table, until rows are shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.summary import CHAPTERS, Tallied, chapter_of, grouped, tallied
from analytics.standard.clauses import BINDS_NAMES, LEVEL_NAMES, clauses_by_number
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, links, standard_cell, standard_choice, standard_matrix, tables
from dashboard.parts.standard_choice import StandardChoice, clause_name
from dashboard.parts.standard_lists import cell_address, clause_link, looked_at
from dashboard.parts.standard_words import figure, share_of
from dashboard.parts.tables import Column, Linked
from dashboard.words import formats

# What is missing first, then what nobody knows; what is well needs no reading.
_FIRST = ("not_met", "partly_met", "no_evidence", "recorded", "met", "not_applicable")
_COUNTS = ("met", "partly_met", "not_met", "recorded", "no_evidence")
_PROFILE = "institution"
_MISSED = ("not_met", "partly_met")


def draw(ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw the boxes that narrow, then the table or the cell they lead to."""
    names = {row["institution_id"]: str(row["name"]) for row in listed}
    at = now.at if now.at in names else ""
    _controls(ctx, now, names, cells)
    of_choice = [cell for cell in cells if not at or cell.institution_id == at]
    if now.clause:
        of_clause = [cell for cell in of_choice if cell.clause == now.clause]
        if at:
            standard_cell.draw(ctx, now, of_clause, [cell for cell in cells if cell.institution_id == at])
        else:
            _of_clause(ctx, now, listed, of_clause)
    elif at:
        _of_institution(ctx, now, at, names[at], [cell for cell in of_choice if now.fits(cell)])
    else:
        _of_chapter(ctx, now, [cell for cell in of_choice if now.fits(cell)])


def _controls(ctx: Context, now: StandardChoice, names: dict[str, str], cells: Sequence[Cell]) -> None:
    numbers = [number for number in clauses_by_number() if number in {cell.clause for cell in cells}]
    if now.chapter:
        numbers = [number for number in numbers if chapter_of(number) == now.chapter]
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="standard-drill-head"):
        standard_choice.pick(
            ctx, now, "chapter", list(CHAPTERS), lambda key: ctx.text(CHAPTERS[key]), clause="", width=200
        )
        standard_choice.pick(ctx, now, "clause", numbers, lambda number: clause_name(ctx, number), width=330)
        standard_choice.pick(ctx, now, "at", list(names), lambda code: names[code], width=400)
        if now.chapter or now.clause or now.at:
            st.button(
                ctx.say("clauses.back"), key="standard-back", type="tertiary", icon=":material/arrow_back:",
                on_click=_back, args=(now,),
            )  # fmt: skip


def _back(now: StandardChoice) -> None:
    """Go one step up: from a cell to its clause, from a clause to its chapter, from there to all."""
    if now.clause and now.at:
        standard_choice.choose(now, at="")
    elif now.clause:
        standard_choice.choose(now, clause="", chapter=chapter_of(now.clause))
    else:
        standard_choice.choose(now, chapter="", at="")


def _of_chapter(ctx: Context, now: StandardChoice, cells: Sequence[Cell]) -> None:
    """Draw clauses with how many institutions meet each."""
    found = grouped(cells, lambda cell: cell.clause)
    order = {number: place for place, number in enumerate(clauses_by_number())}
    columns = [
        Column(ctx.say("standard.clause"), least=14),
        Column(ctx.say("standard.level")),
        Column(ctx.say("clauses.binds"), least=5),
        Column(ctx.say("clauses.share_met"), is_number=True),
        *(Column(ctx.say(f"standard.{name}"), is_number=True) for name in _COUNTS[1:]),
        Column(ctx.say("standard.looked_at"), least=14),
    ]
    rows = [
        _clause_row(ctx, now, number, found[number]) for number in sorted(found, key=lambda one: order[one])
    ]
    place = ctx.text(CHAPTERS[now.chapter]) if now.chapter else ctx.say("standard.all_chapters")
    title = ctx.say("clauses.chapter_title", chapter=place)
    with arrange.panel("standard-drill"):
        says = ctx.say("clauses.chapter_says", count=len(rows))
        st.html(html.heading(title) + html.block(says, "quiet"))
        tables.show(columns, rows, caption=title, height=620)


def _clause_row(ctx: Context, now: StandardChoice, number: str, sums: Tallied) -> tuple[str, ...]:
    clause = clauses_by_number()[number]
    return (
        clause_link(ctx, now, number),
        ctx.text(LEVEL_NAMES[clause.level]),
        ctx.text(BINDS_NAMES[clause.binds]),
        share_of(ctx, sums),
        *(formats.number(getattr(sums, name), ctx.language) for name in _COUNTS[1:]),
        looked_at(ctx, number),
    )


def _of_clause(ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw one clause: what it asks, how it is judged, and every institution it binds."""
    rows_of = {row["institution_id"]: row for row in listed}
    areas = standard_matrix.areas_of(ctx, listed)
    bound = [cell for cell in cells if cell.status != "not_applicable"]
    bound.sort(
        key=lambda cell: (_FIRST.index(cell.status), areas.index(rows_of[cell.institution_id]["district"]))
    )
    columns = [
        Column(ctx.say("dimension.district"), least=4),
        Column(ctx.say("dimension.institution"), least=14),
        Column(ctx.say("clauses.status"), least=4),
        Column(ctx.say("clauses.source"), least=4),
        Column(ctx.say("standard.figure"), is_number=True),
        Column(ctx.say("clauses.since"), least=6),
    ]
    rows = [
        (
            ctx.name("district", rows_of[cell.institution_id]["district"], short=True),
            Linked(str(rows_of[cell.institution_id]["name"]), cell_address(now, cell)),
            ctx.text(STATUSES[cell.status]),
            ctx.say(f"standard.source_{cell.source}"),
            figure(ctx, cell),
            since(ctx, cell),
        )
        for cell in bound
    ]
    title = standard_cell.heading(ctx, now.clause)
    with arrange.panel("standard-drill"):
        lines = [*standard_cell.about(ctx, now.clause), _counted(ctx, tallied(bound))]
        st.html(html.heading(title) + "".join(html.block(line) for line in lines))
        if rows:
            tables.show(columns, rows, caption=title, height=520)


def since(ctx: Context, cell: Cell) -> str:
    """Return since when a status stands."""
    words = "standard.cell_since_open" if cell.since_is_open else "standard.cell_since"
    return ctx.say(words, month=formats.month(cell.since, ctx.language))


def _counted(ctx: Context, sums: Tallied) -> str:
    names = [name for name in _COUNTS if getattr(sums, name)]
    told = [
        f"{ctx.say(f'standard.{name}')} {formats.number(getattr(sums, name), ctx.language)}" for name in names
    ]
    share = share_of(ctx, sums)
    return ctx.say("clauses.clause_counts", share=share, counts=formats.listed(told, ctx.language))


def _of_institution(ctx: Context, now: StandardChoice, at: str, name: str, cells: Sequence[Cell]) -> None:
    """Draw all that is asked of one institution, what is missing first."""
    bound = sorted(
        (cell for cell in cells if cell.status != "not_applicable"),
        key=lambda cell: _FIRST.index(cell.status),
    )
    columns = [
        Column(ctx.say("standard.clause"), least=14),
        Column(ctx.say("standard.level")),
        Column(ctx.say("clauses.status"), least=4),
        Column(ctx.say("clauses.source"), least=4),
        Column(ctx.say("standard.figure"), is_number=True),
        Column(ctx.say("clauses.since"), least=6),
        Column(ctx.say("standard.looked_at"), least=14),
    ]
    known = clauses_by_number()
    rows = [
        (
            Linked(clause_name(ctx, cell.clause), cell_address(now, cell)),
            ctx.text(LEVEL_NAMES[known[cell.clause].level]),
            ctx.text(STATUSES[cell.status]),
            ctx.say(f"standard.source_{cell.source}"),
            figure(ctx, cell),
            since(ctx, cell),
            looked_at(ctx, cell.clause),
        )
        for cell in bound
    ]
    with arrange.panel("standard-drill"):
        st.html(html.heading(name) + html.block(_counted(ctx, tallied(bound))))
        st.button(
            ctx.say("clauses.to_profile"), key="standard-to-profile", type="tertiary",
            icon=":material/badge:", on_click=links.go, args=(_PROFILE,), kwargs={"institution": (at,)},
        )  # fmt: skip
        tables.show(columns, rows, caption=name, height=560)
