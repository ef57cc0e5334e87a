"""The loop of chapter 9 on one screen, and other work that the text asks to be followed up."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analytics.compliance import Cell
from analytics.compliance.loop import Loop
from analytics.compliance.rules import rules
from analytics.compliance.summary import tallied
from dashboard import clauses
from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, html, links, tables
from dashboard.parts.standard_choice import StandardChoice
from dashboard.parts.standard_lists import clause_link
from dashboard.parts.standard_words import summed
from dashboard.parts.tables import Column, Linked
from dashboard.words import formats

# Work that the text asks to be followed, beside evaluations and complaints.
FOLLOWED = (
    "6.1.5.e", "6.1.6.e", "7.4.2.5", "6.1.12.c", "6.2.3.a", "6.2.3.b", "6.1.14.c", "6.1.15", "7.3.2.1.a",
    "7.3.2.3.a", "7.1.4.4", "7.3.3.2", "9.1", "9.2", "9.3",
)  # fmt: skip
_SHOWN = 200


def draw(ctx: Context) -> None:
    """Draw the page."""
    with st.spinner(ctx.say("standard.computing"), show_time=True):
        table = clauses.table(ctx)
    _, cells = clauses.chosen(ctx, table)
    raised, late, by_area = clauses.raised_and_improved(ctx)
    st.html(html.block(_sentence(ctx, raised), "ip-says"))
    left, right = arrange.columns(1, 1)
    with left:
        _raised(ctx, raised)
        _overdue(ctx, raised, late)
    with right:
        _evaluated(ctx, by_area)
    _followed(ctx, cells)


def _sentence(ctx: Context, raised: Sequence[Loop]) -> str:
    parts = [
        ctx.say(
            "improvement.one",
            source=ctx.say(f"improvement.source_{one.source}"),
            raised=formats.number(one.raised, ctx.language),
            done=formats.number(one.done, ctx.language),
            overdue=formats.number(one.overdue, ctx.language),
        )
        for one in raised
    ]
    day = formats.day(clauses.day_of(ctx), ctx.language)
    return ctx.say("improvement.says", day=day, parts=ctx.say("improvement.and").join(parts))


def _raised(ctx: Context, raised: Sequence[Loop]) -> None:
    names = ("raised", "done", "open", "overdue", "oldest", "days")
    columns = [Column(ctx.say("improvement.source"), least=6)]
    columns += [Column(ctx.say(f"improvement_more.{name}"), is_number=True) for name in names]
    rows = [
        (
            ctx.say(f"improvement.source_{one.source}"),
            *(_count(ctx, number) for number in (one.raised, one.done, one.open, one.overdue)),
            _count(ctx, one.oldest_days),
            _days(ctx, one),
        )
        for one in raised
    ]
    within = raised[0].within_days if raised else 0
    title = ctx.say("improvement.raised_title")
    with arrange.panel("improvement-raised"):
        says = ctx.say("improvement.raised_says", days=within)
        chart.head(ctx, "improvement-raised", [], title=title, says=says, how="improvement_more.how")
        tables.show(columns, rows, caption=title)


def _count(ctx: Context, number: int | None) -> str:
    return formats.NOTHING if number is None else formats.number(number, ctx.language)


def _days(ctx: Context, one: Loop) -> str:
    if one.days is None:
        return formats.NOTHING
    return ctx.say("improvement.days_of", days=f"{one.days:g}", n=_count(ctx, one.done))


def _overdue(ctx: Context, raised: Sequence[Loop], late: Sequence[Row]) -> None:
    """Draw the list: what evaluations and complaints found first, or many bad ratings would hide it."""
    names = ("source", "institution", "number", "raised_on", "age")
    wide = {"source": 5, "institution": 9, "raised_on": 6}
    columns = [
        Column(ctx.say(f"improvement.{name}"), is_number=name == "age", least=wide.get(name, 0))
        for name in names
    ]
    order = {one.source: place for place, one in enumerate(raised)}
    ordered = sorted(late, key=lambda item: (order.get(item["source"], 0), -item["age_days"]))
    rows = [
        (
            ctx.say(f"improvement.source_{item['source']}"),
            Linked(item["name"], links.href("institution", institution=(item["institution_id"],))),
            item["number"] or ctx.say("standard.confidential"),
            formats.day(item["raised_on"], ctx.language),
            formats.number(item["age_days"], ctx.language),
        )
        for item in ordered[:_SHOWN]
    ]
    count = sum(one.overdue or 0 for one in raised)
    says = ctx.say("improvement_more.overdue_says", count=formats.number(count, ctx.language))
    if count > len(rows):
        says += ctx.say("improvement_more.overdue_first", count=len(rows))
    if ctx.scope.audience != "records":
        says = ctx.say("improvement_more.overdue_not_for_you", count=formats.number(count, ctx.language))
    elif not rows:
        says = ctx.say("improvement_more.overdue_none")
    _table(ctx, "overdue", columns, rows, says=says)


def _evaluated(ctx: Context, by_area: Sequence[Row]) -> None:
    order = {code: place for place, code in enumerate(ctx.options("district"))}
    names = ("institutions", "internal", "external", "both")
    columns = [Column(ctx.say("dimension.district"))]
    columns += [Column(ctx.say(f"improvement.{name}"), is_number=True) for name in names]
    rows = [
        (
            ctx.name("district", row["district"], short=True),
            *(formats.number(row[name], ctx.language) for name in names),
        )
        for row in sorted(by_area, key=lambda row: order.get(row["district"], len(order)))
    ]
    _table(ctx, "evaluated", columns, rows, says=ctx.say("improvement.evaluated_says"), height=640)


def _followed(ctx: Context, cells: Sequence[Cell]) -> None:
    names = ("met", "partly_met", "not_met", "recorded", "no_evidence")
    columns = [Column(ctx.say("standard.clause"), least=14), Column(ctx.say("standard.looked_at"), least=16)]
    columns += [Column(ctx.say("improvement.figure"), is_number=True)]
    columns += [Column(ctx.say(f"standard.{name}"), is_number=True) for name in names]
    rows = []
    for number in FOLLOWED:
        of = [cell for cell in cells if cell.clause == number]
        sums = tallied(of)
        counts = [formats.number(getattr(sums, name), ctx.language) for name in names]
        rows.append(
            (
                clause_link(ctx, StandardChoice(), number),
                ctx.text(rules()[number].asks),
                _figure(ctx, number, of),
                *counts,
            )
        )
    _table(ctx, "followed", columns, rows, says=ctx.say("improvement.followed_says"), height=560)


def _figure(ctx: Context, number: str, cells: Sequence[Cell]) -> str:
    """Return the sum of what was counted: sums first, division last; a rate with its interval."""
    found = [cell.computed for cell in cells if cell.computed is not None]
    part = sum(verdict.numerator or 0 for verdict in found)
    whole = sum(verdict.denominator or 0 for verdict in found)
    if not (part or whole):
        return formats.NOTHING
    return summed(ctx, number, part, whole)


def _table(
    ctx: Context,
    name: str,
    columns: Sequence[Column],
    rows: Sequence[Sequence[str]],
    *,
    says: str,
    height: int = 360,
) -> None:
    title = ctx.say(f"improvement.{name}_title")
    with arrange.panel(f"improvement-{name}"):
        st.html(html.heading(title) + html.block(says, "quiet"))
        if rows:
            tables.show(columns, rows, caption=title, height=height)
