"""What is missing most, and where declarations and ledgers disagree."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.rules import rules
from analytics.compliance.summary import most_missing
from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, standard_choice, tables
from dashboard.parts.standard_choice import StandardChoice, clause_name
from dashboard.parts.standard_words import figure
from dashboard.parts.tables import Column, Linked
from dashboard.words import formats

# More rows than anybody reads on a screen; the matrix and its file hold them all.
_SHOWN = 300


def missing(ctx: Context, now: StandardChoice, cells: Sequence[Cell]) -> None:
    """Draw the clauses that most institutions miss, with what is looked at."""
    known = clauses_by_number()
    found = most_missing(cells, levels=(now.level,) if now.level else ())
    heads = ("not_met", "partly_met", "of_judged", "no_evidence")
    columns = [
        Column(ctx.say("standard.clause"), least=14),
        Column(ctx.say("standard.level")),
        *(Column(ctx.say(f"standard.{name}"), is_number=True) for name in heads),
        Column(ctx.say("standard.looked_at"), least=16),
    ]
    rows = [
        (
            clause_link(ctx, now, number),
            ctx.text(LEVEL_NAMES[known[number].level]),
            *(formats.number(count, ctx.language) for count in _counts(sums)),
            looked_at(ctx, number),
        )
        for number, sums in found
    ]
    title = ctx.say("standard.missing_title")
    with arrange.panel("standard-missing"):
        with st.container(
            horizontal=True, gap="small", vertical_alignment="center", key="standard-missing-head"
        ):
            says = html.block(ctx.say("standard.missing_says", count=len(found)), "quiet")
            st.html(html.heading(title) + says)
            standard_choice.switch(ctx, now, "level", standard_choice.LEVELS)
        if rows:
            tables.show(columns, rows, caption=title, height=420)


def _counts(sums: object) -> tuple[int, ...]:
    return tuple(getattr(sums, name) for name in ("not_met", "partly_met", "judged", "no_evidence"))


def clause_link(ctx: Context, now: StandardChoice, number: str) -> Linked:
    """Return a clause's name that leads to its institutions."""
    return Linked(
        clause_name(ctx, number), standard_choice.href(now, view="drill", clause=number, at="", chapter="")
    )


def looked_at(ctx: Context, number: str) -> str:
    """Return what makes the clause's status: what is looked at, or that declarations do."""
    known = rules().get(number)
    if known is not None:
        return ctx.text(known.asks)
    return ctx.say(f"clauses.way_{clauses_by_number()[number].kind}")


def contradicted(ctx: Context, now: StandardChoice, listed: Sequence[Row], found: Sequence[Cell]) -> None:
    """Draw where a declaration says one thing and the ledgers another."""
    names = {row["institution_id"]: row["name"] for row in listed}
    title = ctx.say("standard.against_title")
    columns = [
        Column(ctx.say("standard.clause"), least=14),
        Column(ctx.say("dimension.institution"), least=14),
        Column(ctx.say("standard.declared")),
        Column(ctx.say("standard.computed")),
        Column(ctx.say("standard.figure"), is_number=True),
        Column(ctx.say("standard.checked_on"), least=6),
    ]
    rows = [
        (
            Linked(clause_name(ctx, cell.clause), cell_address(now, cell)),
            names[cell.institution_id],
            ctx.text(STATUSES[cell.declared.status]) if cell.declared else "",
            ctx.text(STATUSES[cell.status]),
            figure(ctx, cell),
            formats.day(cell.declared.checked_on, ctx.language) if cell.declared else "",
        )
        for cell in found[:_SHOWN]
    ]
    with arrange.panel("standard-against"):
        says = ctx.say("standard.against_says", count=len(found))
        if len(found) > _SHOWN:
            says += ctx.say("clauses.first_shown", count=_SHOWN)
        st.html(html.heading(title) + html.block(says, "quiet"))
        if rows:
            tables.show(columns, rows, caption=title, height=560)


def cell_address(now: StandardChoice, cell: Cell) -> str:
    """Return the address of one clause at one institution."""
    return standard_choice.href(now, view="drill", clause=cell.clause, at=cell.institution_id, chapter="")
