"""One clause at one institution: its status, since when, on what evidence, and the rows that made it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.rules import rules
from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, tables
from dashboard.parts.standard_lists import clause_name, figure
from dashboard.parts.tables import Column
from dashboard.words import formats


def draw(ctx: Context, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Let the reader choose an institution and a clause, and tell all about the pair."""
    names = {row["institution_id"]: row["name"] for row in listed}
    with st.container(horizontal=True, gap="small", key="standard-cell-head"):
        institution = st.selectbox(
            ctx.say("dimension.institution"),
            list(names),
            format_func=lambda number: names[number],
            key=f"standard_institution_{ctx.language}",
            width=420,
        )
        mine = [cell for cell in cells if cell.institution_id == institution]
        numbers = [cell.clause for cell in mine if cell.status != "not_applicable"]
        number = st.selectbox(
            ctx.say("standard.clause"),
            numbers,
            format_func=lambda clause: clause_name(ctx, clause),
            key=f"standard_clause_{ctx.language}",
            width=420,
        )
    cell = next((cell for cell in mine if cell.clause == number), None)
    if cell is None:
        return
    with arrange.panel("standard-cell"):
        _tell(ctx, cell)
        _rows(ctx, cell)


def _tell(ctx: Context, cell: Cell) -> None:
    clause, rule = clauses_by_number()[cell.clause], rules().get(cell.clause)
    lines = [
        ctx.say(
            "standard.cell_status",
            status=ctx.text(STATUSES[cell.status]),
            source=ctx.say(f"standard.source_{cell.source}"),
        ),
        ctx.say(
            "standard.cell_since_open" if cell.since_is_open else "standard.cell_since",
            month=formats.month(cell.since, ctx.language),
        ),
        ctx.text(clause.summary),
    ]
    if rule is not None:
        lines.append(ctx.say("standard.cell_rule", rule=ctx.text(rule.asks), figure=figure(ctx, cell)))
        lines += [ctx.text(rule.note)] if rule.note.zh else []
        lines.append(_threshold(ctx, rule.threshold, clause.threshold_basis))
    else:
        lines.append(ctx.say("standard.cell_no_rule"))
    if cell.computed is not None and cell.computed.because.zh:
        lines.append(ctx.text(cell.computed.because))
    if cell.declared is not None:
        lines.append(
            ctx.say(
                "standard.cell_declared",
                status=ctx.text(STATUSES[cell.declared.status]),
                day=formats.day(cell.declared.checked_on, ctx.language),
                by=cell.declared.checked_by or formats.NOTHING,
                evidence=cell.declared.evidence or formats.NOTHING,
            )
        )
    head = f"{clause_name(ctx, cell.clause)} · {ctx.text(LEVEL_NAMES[clause.level])}"
    st.html(html.heading(head) + "".join(html.block(line) for line in lines))


def _threshold(ctx: Context, threshold: float | None, basis: str) -> str:
    if threshold is None:
        return ctx.say("standard.no_threshold")
    shown = f"{threshold:.0%}" if threshold <= 1 else f"{threshold:g}"
    return ctx.say("standard.cell_threshold", threshold=shown, basis=ctx.say(f"standard.basis_{basis}"))


def _rows(ctx: Context, cell: Cell) -> None:
    found = clauses.behind(ctx, cell.clause, cell.institution_id)
    title = ctx.say("standard.rows_title")
    if not found:
        st.html(html.heading(title, 4) + html.block(ctx.say("standard.rows_none"), "quiet"))
        return
    headings = ("ledger", "number", "day", "file", "sheet", "row")
    columns = [Column(ctx.say(f"standard.row_{name}"), is_number=name == "row") for name in headings]
    rows = [
        (
            ctx.say(f"standard.ledger_{row['kind']}"),
            row["number"] or ctx.say("standard.confidential"),
            (row["day"] or "")[:10],
            row["file"],
            row["sheet"] or "",
            str(row["source_row"]),
        )
        for row in found
    ]
    st.html(html.heading(title, 4) + html.block(ctx.say("standard.rows_says", count=len(found)), "quiet"))
    tables.show(columns, rows, caption=title, height=300)
