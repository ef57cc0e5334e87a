"""建设进展: how many stations stand at which step, and what each does next; no grade."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.summary import Step, building_up
from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, html, standard_choice, standard_matrix, tables
from dashboard.parts.standard_choice import StandardChoice, clause_name
from dashboard.parts.tables import Column, Linked
from dashboard.words import formats

_STEPS = (1, 2, 3, 4)
_NAMED = 3


def draw(ctx: Context, now: StandardChoice, listed: Sequence[Row], cells: Sequence[Cell]) -> None:
    """Draw the four steps with their stations, what most lack, and each station's next step."""
    found = building_up(cells, listed)
    title = ctx.say("standard.steps_title")
    with arrange.panel("standard-steps"):
        chart.head(
            ctx, "standard-steps", [], title=title, says=ctx.say("standard.steps_says"),
            how="clauses.how_steps",
        )  # fmt: skip
        if not found:
            st.html(html.block(ctx.say("clauses.no_stations"), "quiet"))
            return
        counts = Counter(step.taken for step in found)
        lines = [_line(ctx, number, counts[number], len(found)) for number in _STEPS]
        st.html("".join(html.block(line) for line in lines) + html.block(_most(ctx, found), "ip-says"))
        _table(ctx, now, listed, found, title)


def _line(ctx: Context, number: int, count: int, stations: int) -> str:
    said = ctx.say(f"clauses.step_{number}")
    counted = formats.number(count, ctx.language)
    return ctx.say("clauses.step_count", step=said, count=counted, all=formats.number(stations, ctx.language))


def _most(ctx: Context, found: Sequence[Step]) -> str:
    """Say which clauses keep most stations from their next step."""
    counts = Counter(number for step in found for number in step.missing)
    if not counts:
        return ctx.say("clauses.steps_done")
    named = [
        ctx.say(
            "clauses.step_lacks", clause=clause_name(ctx, number), count=formats.number(count, ctx.language)
        )
        for number, count in counts.most_common(_NAMED)
    ]
    return ctx.say("clauses.steps_lack", named=formats.listed(named, ctx.language))


def _table(
    ctx: Context, now: StandardChoice, listed: Sequence[Row], found: Sequence[Step], title: str
) -> None:
    rows_of = {row["institution_id"]: row for row in listed}
    areas = standard_matrix.areas_of(ctx, listed)
    ordered = sorted(found, key=lambda step: areas.index(rows_of[step.institution_id]["district"]))
    columns = [
        Column(ctx.say("dimension.district"), least=4),
        Column(ctx.say("dimension.institution"), least=14),
        Column(ctx.say("clauses.stands"), least=8),
        Column(ctx.say("clauses.lacking"), is_number=True),
        Column(ctx.say("standard.next"), least=20),
    ]
    rows = [_row(ctx, now, step, rows_of[step.institution_id]) for step in ordered]
    tables.show(columns, rows, caption=title, height=480)


def _row(ctx: Context, now: StandardChoice, step: Step, row: Row) -> tuple[str, ...]:
    district = ctx.name("district", row["district"], short=True)
    address = standard_choice.href(now, view="drill", at=step.institution_id, clause="", chapter="", only="")
    first = [clause_name(ctx, number) for number in step.missing[:_NAMED]]
    said = formats.listed(first, ctx.language) if first else ctx.say("standard.keep_up")
    if len(step.missing) > _NAMED:
        said += ctx.say("standard.and_more", count=len(step.missing) - _NAMED)
    return (
        district,
        Linked(str(row["name"]), address),
        ctx.say(f"clauses.step_short_{step.taken}"),
        formats.number(len(step.missing), ctx.language),
        said,
    )
