"""Institutions by how content their clients are: a switch of measures, 控制界限图 and table."""

from __future__ import annotations

import streamlit as st

from dashboard import comparing
from dashboard.comparing import Compared
from dashboard.context import Context
from dashboard.parts import address, arrange, chart, funnels, tables, zones_table

PARAMETER = "rate"
MEASURES = (
    "satisfaction_rate",
    "well_satisfied_rate",
    "bad_rating_rate",
    "rating_response_rate",
    "complaints",
)


def chosen() -> str:
    """Return the measure that the address asks for, satisfaction if it asks for none."""
    asked = address.current().get(PARAMETER, MEASURES[:1])[0]
    return asked if asked in MEASURES else MEASURES[0]


def draw(ctx: Context) -> None:
    """Draw the switch, the chart and the table of the measure chosen."""
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="limits-controls"):
        key = _switch(ctx)
        found = comparing.compared(ctx, key, with_ranks=False)
        funnels.chooser(ctx, "limits", found)
    name = ctx.text(found.measure.name)
    funnels.draw(ctx, "limits", found, title=ctx.say("satisfaction.limits", name=name))
    _table(ctx, found, ctx.say("satisfaction.table", name=name))


def _switch(ctx: Context) -> str:
    now = chosen()
    key = f"pick_rate_{ctx.language}"
    st.session_state[key] = now

    def changed() -> None:
        picked = st.session_state.get(key) or MEASURES[0]
        address.choose(**{PARAMETER: () if picked == MEASURES[0] else (picked,)})

    st.segmented_control(
        ctx.say("satisfaction.switch"),
        MEASURES,
        format_func=lambda name: ctx.text(ctx.declaration(name).name),
        key=key,
        on_change=changed,
        label_visibility="collapsed",
        required=True,
    )
    return now


def _table(ctx: Context, found: Compared, title: str) -> None:
    masked = sum(row["masked"] for row in found.rows)
    if found.meta["expected_from"] is None:
        says = ctx.say("satisfaction.table_says_none", count=len(found.rows), masked=masked)
    else:
        note = ctx.text_of(found.meta["expected_note"])
        says = ctx.say("satisfaction.table_says", count=len(found.rows), masked=masked, note=note)
    if any(zones_table.is_pooled(row) for row in found.rows):
        says += ctx.say("satisfaction.pooled")
    with arrange.panel("institutions"):
        sheets = [zones_table.sheet(ctx, found, title)]
        chart.head(ctx, "institutions", [found], title=title, says=says, how="how.table", sheets=sheets)
        tables.show(zones_table.columns(ctx, found), zones_table.rows(ctx, found), caption=title, height=420)
