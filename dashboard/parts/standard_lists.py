"""What is missing most, how far stations are built up, and where declarations and ledgers disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.rules import rules
from analytics.compliance.summary import Step, building_up, most_missing
from analytics.standard.clauses import LEVEL_NAMES, clause_label, clauses_by_number
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, tables
from dashboard.parts.tables import Column, markup
from dashboard.words import formats

_SHOWN = 25


def clause_name(ctx: Context, number: str) -> str:
    """Return a clause's number and title."""
    clause = clauses_by_number()[number]
    return f"{ctx.text(clause_label(number))} {ctx.text(clause.title)}"


def missing(ctx: Context, cells: Sequence[Cell]) -> None:
    """Draw the clauses that most institutions miss, with what is looked at."""
    level = (
        "shall" if st.toggle(ctx.say("standard.only_shall"), value=True, key="standard_only_shall") else ""
    )
    found = most_missing(cells, levels=(level,) if level else ())
    known, declared = clauses_by_number(), rules()
    columns = [
        Column(ctx.say("standard.clause"), least=14),
        Column(ctx.say("standard.level")),
        Column(ctx.say("standard.not_met"), is_number=True),
        Column(ctx.say("standard.partly_met"), is_number=True),
        Column(ctx.say("standard.of_judged"), is_number=True),
        Column(ctx.say("standard.looked_at"), least=16),
    ]
    rows = [
        (
            clause_name(ctx, number),
            ctx.text(LEVEL_NAMES[known[number].level]),
            formats.number(sums.not_met, ctx.language),
            formats.number(sums.partly_met, ctx.language),
            formats.number(sums.judged, ctx.language),
            ctx.text(declared[number].asks) if number in declared else ctx.say("standard.by_declaration"),
        )
        for number, sums in found
    ]
    title = ctx.say("standard.missing_title")
    with arrange.panel("standard-missing"):
        says = html.block(ctx.say("standard.missing_says", count=len(found)), "quiet")
        st.html(html.heading(title) + says)
        tables.show(columns, rows[:_SHOWN], caption=title, height=520)


def steps(ctx: Context, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw how many stations have taken which step, and each one's next step."""
    found = building_up(cells, listed)
    names = {row["institution_id"]: row for row in listed}
    counts = Counter(step.taken for step in found)
    title = ctx.say("standard.steps_title")
    with arrange.panel("standard-steps"):
        told = [
            ctx.say(f"standard.step_{number}", count=formats.number(counts.get(number, 0), ctx.language))
            for number in range(1, 5)
        ]
        lines = "".join(html.block(line) for line in told)
        st.html(html.heading(title) + html.block(ctx.say("standard.steps_says"), "quiet") + lines)
        columns = [
            Column(ctx.say("dimension.district")),
            Column(ctx.say("dimension.institution"), least=14),
            Column(ctx.say("standard.taken"), is_number=True),
            Column(ctx.say("standard.next"), least=20),
        ]
        rows = [_step_row(ctx, step, names[step.institution_id]) for step in found]
        tables.show(columns, rows, caption=title, height=420)


def _step_row(ctx: Context, step: Step, row: Row) -> tuple[str, str, str, str]:
    district = ctx.name("district", row["district"], short=True)
    if not step.missing:
        return district, row["name"], "4", ctx.say("standard.keep_up")
    first = [clause_name(ctx, number) for number in step.missing[:2]]
    said = formats.listed(first, ctx.language)
    if len(step.missing) > 2:
        said += ctx.say("standard.and_more", count=len(step.missing) - 2)
    return district, row["name"], str(step.taken), said


def contradicted(ctx: Context, listed: Sequence[Row], found: Sequence[Cell]) -> None:
    """Draw where a declaration says one thing and the ledgers another."""
    names = {row["institution_id"]: row["name"] for row in listed}
    title = ctx.say("standard.against_title")
    columns = [
        Column(ctx.say("standard.clause"), least=14),
        Column(ctx.say("dimension.institution"), least=14),
        Column(ctx.say("standard.declared")),
        Column(ctx.say("standard.computed")),
        Column(ctx.say("standard.figure"), is_number=True),
        Column(ctx.say("standard.checked_on")),
    ]
    rows = [
        (
            clause_name(ctx, cell.clause),
            names[cell.institution_id],
            ctx.text(STATUSES[cell.declared.status]) if cell.declared else "",
            ctx.text(STATUSES[cell.status]),
            figure(ctx, cell),
            formats.day(cell.declared.checked_on, ctx.language) if cell.declared else "",
        )
        for cell in found
    ]
    with arrange.panel("standard-against"):
        says = ctx.say("standard.against_says", count=len(found))
        table = markup(columns, rows, title)
        box = html.div(table, "ip-table-box", style="max-height:520px", tabindex="0") if rows else ""
        st.html(html.heading(title) + html.block(says, "quiet") + box)


def figure(ctx: Context, cell: Cell) -> str:
    """Return a cell's figure with what it is out of; a rate over too few is not shown."""
    shown = clauses.figure_of(ctx, cell)
    if shown["masked"]:
        return ctx.say("masked.long")
    if shown["numerator"] is None:
        return formats.NOTHING
    number = formats.number(shown["numerator"], ctx.language)
    if shown["denominator"] is None:
        return number
    return f"{number} / {formats.number(shown['denominator'], ctx.language)}"
