"""One clause at one institution: its status, since when, on what evidence, and the rows that made it."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import STATUSES, Cell
from analytics.compliance.declare import AllOf
from analytics.compliance.rules import rules
from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import arrange, html, tables
from dashboard.parts.standard_choice import StandardChoice, clause_name
from dashboard.parts.standard_lists import cell_address
from dashboard.parts.standard_words import figure, notes
from dashboard.parts.tables import Column, Linked, as_csv
from dashboard.words import formats

# Rows of these say something of the institution themselves; nothing is counted in them.
_LISTS = ("evidence", "institutions", "publications")
_HEADINGS = ("ledger", "number", "day", "counts", "file", "sheet", "row")


def draw(ctx: Context, now: StandardChoice, found: Sequence[Cell], of_institution: Sequence[Cell]) -> None:
    """Tell all about a clause at an institution; ``of_institution`` are all its cells."""
    with arrange.panel("standard-cell"):
        if not found:
            st.html(html.block(ctx.say("standard.nothing_judged"), "quiet"))
            return
        (cell,) = found
        _tell(ctx, cell)
        _items(ctx, now, cell, of_institution)
        _rows(ctx, cell)


def heading(ctx: Context, number: str) -> str:
    """Return a clause's name with its level."""
    return f"{clause_name(ctx, number)} · {ctx.text(LEVEL_NAMES[clauses_by_number()[number].level])}"


def about(ctx: Context, number: str) -> list[str]:
    """Return what a clause asks and how its status is made, in lines."""
    clause, rule = clauses_by_number()[number], rules().get(number)
    lines = [ctx.text(clause.summary)]
    if rule is None:
        return [*lines, ctx.say(f"clauses.no_rule_{clause.kind}", fields=clause.fields or formats.NOTHING)]
    lines.append(ctx.say("clauses.rule", rule=ctx.text(rule.asks)))
    lines += [ctx.text(rule.note)] if rule.note.zh else []
    return [*lines, _threshold(ctx, rule.threshold, clause.threshold_basis)]


def _tell(ctx: Context, cell: Cell) -> None:
    words = "standard.cell_since_open" if cell.since_is_open else "standard.cell_since"
    lines = [
        ctx.say(
            "clauses.cell",
            status=ctx.text(STATUSES[cell.status]),
            source=ctx.say(f"standard.source_{cell.source}"),
            since=ctx.say(words, month=formats.month(cell.since, ctx.language)),
            figure=figure(ctx, cell),
        )
    ]
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
    if cell.is_contradicted:
        lines.append(ctx.say("clauses.contradicted"))
    what = html.block(lines[0], "ip-what")
    rest = "".join(html.block(line) for line in [*lines[1:], *about(ctx, cell.clause)])
    st.html(html.heading(heading(ctx, cell.clause)) + what + rest)


def _threshold(ctx: Context, threshold: float | None, basis: str) -> str:
    if threshold is None:
        return ctx.say("standard.no_threshold")
    shown = f"{threshold:.0%}" if threshold <= 1 else f"{threshold:g}"
    return ctx.say("standard.cell_threshold", threshold=shown, basis=ctx.say(f"standard.basis_{basis}"))


def _items(ctx: Context, now: StandardChoice, cell: Cell, of_institution: Sequence[Cell]) -> None:
    """Draw the clauses that this one sums up, each a way to its own rows."""
    rule = rules().get(cell.clause)
    if rule is None or not isinstance(rule.form, AllOf):
        return
    items = [one for number in rule.form.items for one in of_institution if one.clause == number]
    title = ctx.say("clauses.items_title")
    columns = [Column(ctx.say("standard.clause"), least=14), Column(ctx.say("clauses.status"))]
    columns += [Column(ctx.say("clauses.source")), Column(ctx.say("standard.figure"), is_number=True)]
    rows = [
        (
            Linked(clause_name(ctx, one.clause), cell_address(now, one)),
            ctx.text(STATUSES[one.status]),
            ctx.say(f"standard.source_{one.source}"),
            figure(ctx, one),
        )
        for one in items
    ]
    st.html(html.heading(title, 4) + html.block(ctx.say("clauses.items_says", count=len(rows)), "quiet"))
    tables.show(columns, rows, caption=title, height=320)


def _rows(ctx: Context, cell: Cell) -> None:
    title = ctx.say("standard.rows_title")
    if ctx.scope.audience != "records":
        st.html(html.heading(title, 4) + html.block(ctx.say("clauses.rows_not_for_you"), "quiet"))
        return
    found = clauses.behind(ctx, cell.clause, cell.institution_id)
    if not found:
        rule = rules().get(cell.clause)
        sums_up = rule is not None and isinstance(rule.form, AllOf)
        words = "clauses.rows_of_items" if sums_up else f"clauses.rows_none_{cell.source}"
        st.html(html.heading(title, 4) + html.block(ctx.say(words), "quiet"))
        return
    columns = [
        Column(
            ctx.say(f"clauses.row_{name}" if name == "counts" else f"standard.row_{name}"),
            is_number=name == "row",
        )
        for name in _HEADINGS
    ]
    rows = [_row(ctx, cell, row) for row in found]
    st.html(html.heading(title, 4) + html.block(ctx.say("standard.rows_says", count=len(found)), "quiet"))
    tables.show(columns, rows, caption=title, height=320)
    st.download_button(
        ctx.say("chart.download"),
        data=lambda: as_csv(notes(ctx), [column.heading for column in columns], rows),
        file_name=f"clause-{cell.clause}-{cell.institution_id}.csv",
        mime="text/csv",
        key="download-clause-rows",
        on_click="ignore",
        icon=":material/download:",
    )


def _row(ctx: Context, cell: Cell, row: Row) -> tuple[str, ...]:
    return (
        ctx.say(f"standard.ledger_{row['kind']}"),
        row["number"] or ctx.say("standard.confidential"),
        (row["day"] or "")[:10],
        _counts(ctx, cell, row),
        row["file"],
        row["sheet"] or "",
        str(row["source_row"]),
    )


def _counts(ctx: Context, cell: Cell, row: Row) -> str:
    """Say as what a row counts: as one that does what is asked, or as one of all there are."""
    rule = rules().get(cell.clause)
    if rule is None or row["kind"] in _LISTS or not rule.form.is_rate or len(rule.form.tallies) != 2:
        return ""
    return ctx.say(f"clauses.counts_{'part' if row['counts'] == 0 else 'whole'}")
