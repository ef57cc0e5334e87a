"""The standard's clauses at one institution, in brief: how many are met, which are not, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.rules import rules
from analytics.compliance.summary import Step, building_up, tallied
from analytics.standard.clauses import clauses_by_number
from dashboard import clauses
from dashboard.context import Context
from dashboard.parts import arrange, html, standard_choice
from dashboard.parts.standard_choice import StandardChoice, clause_name
from dashboard.parts.standard_words import figure, range_of, share_of
from dashboard.words import formats

# What fits beside the rest on two printed pages; the page of the standard holds them all.
_MISSING, _NEXT = 3, 2
_LOOK_AGAIN_SECONDS = 1.5
_LEVELS = ("shall", "should")
_COUNTED = ("met", "partly_met", "not_met", "recorded", "no_evidence")


def draw(ctx: Context, institution: str) -> None:
    """Draw the panel; while statuses are computed it says so, and looks again by itself."""
    with arrange.panel("profile-clauses"):
        ready = clauses.if_ready(ctx, clauses.latest_day(ctx)) is not None
        part = st.fragment(_panel, run_every=None if ready else _LOOK_AGAIN_SECONDS)
        part(ctx, institution, waited=not ready)


def _panel(ctx: Context, institution: str, *, waited: bool) -> None:
    day = clauses.latest_day(ctx)
    table = clauses.if_ready(ctx, day)
    title = ctx.say("profile_clauses.title", day=formats.day(day, ctx.language))
    if table is None:
        st.html(html.heading(title) + html.block(ctx.say("standard.computing"), "quiet"))
        return
    if waited:
        # The whole page once: a fragment that looks again by itself cannot stop by itself.
        st.rerun()
    cells = [cell for cell in table.cells if cell.institution_id == institution]
    row = next((row for row in table.institutions if row["institution_id"] == institution), None)
    if row is None:
        said = ctx.say("profile_clauses.closed", day=formats.day(day, ctx.language))
        st.html(html.heading(title) + html.block(said, "quiet"))
        return
    steps = building_up(cells, [row])
    lines = [*_sums(ctx, cells), *(_step(ctx, step) for step in steps)]
    st.html(
        html.heading(title)
        + "".join(html.block(line) for line in lines)
        + _missing(ctx, cells)
        + _way(ctx, institution)
    )


def _sums(ctx: Context, cells: Sequence[Cell]) -> list[str]:
    """Say how many clauses of each level are met of those that can be judged, and what is not known."""
    known = clauses_by_number()
    told = []
    for level in _LEVELS:
        sums = tallied(cell for cell in cells if known[cell.clause].level == level)
        counts = [
            f"{ctx.say(f'standard.{name}')} {formats.number(getattr(sums, name), ctx.language)}"
            for name in _COUNTED
            if getattr(sums, name)
        ]
        told.append(
            ctx.say(
                f"profile_clauses.{level}",
                share=share_of(ctx, sums),
                range=range_of(ctx, sums),
                counts=formats.listed(counts, ctx.language) or formats.NOTHING,
            )
        )
    return told


def _step(ctx: Context, step: Step) -> str:
    stands = ctx.say(f"clauses.step_short_{step.taken}")
    if not step.missing:
        return ctx.say("profile_clauses.all_steps", stands=stands)
    named = formats.listed([clause_name(ctx, number) for number in step.missing[:_NEXT]], ctx.language)
    if len(step.missing) > _NEXT:
        named += ctx.say("standard.and_more", count=len(step.missing) - _NEXT)
    return ctx.say("profile_clauses.step", stands=stands, next=named)


def _missing(ctx: Context, cells: Sequence[Cell]) -> str:
    """Return the clauses not met, those that are required first, each with what is looked at."""
    known = clauses_by_number()
    order = {"shall": 0, "should": 1}
    found = [cell for cell in cells if cell.status in ("not_met", "partly_met")]
    found.sort(key=lambda cell: (order.get(known[cell.clause].level, 2), cell.status != "not_met"))
    if not found:
        return html.block(ctx.say("profile_clauses.none_missing"), "quiet")
    items = "".join(f"<li>{_item(ctx, cell)}</li>" for cell in found[:_MISSING])
    more = ctx.say("profile_clauses.first", count=_MISSING) if len(found) > _MISSING else ""
    head = html.block(ctx.say("profile_clauses.missing", count=len(found)) + more, "ip-strong")
    return head + f'<ul class="ip-next">{items}</ul>'


def _item(ctx: Context, cell: Cell) -> str:
    now = StandardChoice(view="drill", clause=cell.clause, at=cell.institution_id)
    rule = rules().get(cell.clause)
    rest = ctx.say(
        "profile_clauses.item",
        status=ctx.say(f"standard.{cell.status}"),
        asks=ctx.text(rule.asks) if rule else ctx.say("standard.by_declaration"),
        figure=figure(ctx, cell),
    )
    return _link(clause_name(ctx, cell.clause), standard_choice.href(now)) + escape(rest)


def _way(ctx: Context, institution: str) -> str:
    now = StandardChoice(view="drill", at=institution)
    return html.div(_link(ctx.say("profile_clauses.all"), standard_choice.href(now)))


def _link(text: str, address: str) -> str:
    return f'<a class="ip-link" href="{escape(address, quote=True)}" target="_self">{escape(text)}</a>'
