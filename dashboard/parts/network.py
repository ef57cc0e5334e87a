"""The network 1+17+N: how many institutions of each tier are open, and what changed in a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import streamlit as st

from analytics.core.open_days import is_open
from analytics.standard.names import members
from dashboard.context import Context, Row
from dashboard.parts import arrange, brief_button, html
from dashboard.words import formats


@dataclass(frozen=True, slots=True)
class Network:
    """Institutions open on a day, by tier in the standard's order, and the changes of the year before it."""

    by_tier: dict[str, int]
    opened: int
    closed: int


def network_on(rows: list[Row], day: date) -> Network:
    """Count the institutions of a list that are open on ``day``."""
    start = _year_before(day)
    now = [row for row in rows if is_open(row["opened_on"], row["closed_on"], day)]
    before = {row["institution_id"] for row in rows if is_open(row["opened_on"], row["closed_on"], start)}
    ids = {row["institution_id"] for row in now}
    by_tier = {tier: sum(1 for row in now if row["tier"] == tier) for tier in members("tier")}
    return Network(by_tier, len(ids - before), len(before - ids))


def draw(ctx: Context) -> None:
    """Draw the panel for the areas and tiers chosen, on the last day of the period with data."""
    day = min(ctx.period.last_day, date.fromisoformat(ctx.data.data_until))
    rows = [row for row in ctx.institutions() if _fits(ctx, row)]
    found = network_on(rows, day)
    figures = '<span class="ip-plus">+</span>'.join(
        html.span(formats.number(count, ctx.language), "ip-count")
        + html.span(ctx.name("tier", tier), "quiet")
        for tier, count in found.by_tier.items()
    )
    says = ctx.say(
        "network.change",
        day=formats.day(day, ctx.language),
        opened=formats.number(found.opened, ctx.language),
        closed=formats.number(found.closed, ctx.language),
        total=formats.number(sum(found.by_tier.values()), ctx.language),
    )
    with arrange.panel("network"):
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="network-head"):
            st.html(html.heading(ctx.say("network.title")))
            brief_button.draw(ctx, is_small=True)
        st.html(html.div(figures, "ip-network") + html.block(says, "quiet"))


def _fits(ctx: Context, row: Row) -> bool:
    for dimension in ("district", "tier"):
        codes = ctx.selection.get(dimension)
        if codes and row[dimension] not in codes:
            return False
    return True


def _year_before(day: date) -> date:
    return (
        day.replace(year=day.year - 1, day=28)
        if (day.month, day.day) == (2, 29)
        else day.replace(year=day.year - 1)
    )
