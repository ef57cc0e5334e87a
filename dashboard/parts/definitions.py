"""The catalogue: what each measure means, and the standard's Appendices A and B. All of it is generated."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.settings import settings
from analytics.standard.clauses import clause_label, clauses_by_number
from analytics.standard.courses import courses
from analytics.standard.platforms import platforms
from dashboard.context import Context
from dashboard.parts import html, tables
from dashboard.words import formats


def measures(ctx: Context) -> None:
    """Draw every measure with its definition, way of counting, unit, clauses and caveats."""
    headings = ("name", "definition", "counted", "unit", "clauses", "caveats", "dimensions")
    columns = [tables.Column(ctx.say(f"catalogue.{heading}")) for heading in headings]
    rows = [_measure(ctx, measure) for measure in ctx.all_declarations()]
    st.html(html.block(ctx.say("catalogue.masking", limit=settings().rate_hidden_below), "quiet"))
    tables.show(columns, rows, caption=ctx.say("catalogue.measures"))


def appendix_a(ctx: Context) -> None:
    """Draw the search platforms; addresses are text, so that nothing here leads out of the network."""
    headings = ("number", "name", "address", "jurisdiction", "platform_kind", "note")
    columns = [tables.Column(ctx.say(f"catalogue.{heading}")) for heading in headings]
    rows = []
    for platform in platforms():
        address = platform.url
        if not platform.is_url_as_printed:
            address += "\n" + ctx.say("catalogue.corrected", printed=platform.printed_url)
        note = ctx.text(platform.note) if platform.note else ""
        where, kind = ctx.text(platform.jurisdiction), ctx.text(platform.kind)
        rows.append([str(platform.number), ctx.text(platform.name), address, where, kind, note])
    st.html(html.block(ctx.say("catalogue.addresses"), "quiet"))
    tables.show(columns, rows, caption=ctx.say("catalogue.appendix_a"))


def appendix_b(ctx: Context) -> None:
    """Draw the training courses with their items."""
    headings = ("number", "course", "items", "service")
    columns = [tables.Column(ctx.say(f"catalogue.{heading}")) for heading in headings]
    rows = []
    for course in courses():
        items = "\n".join(f"{n}. {ctx.text(item)}" for n, item in enumerate(course.items, start=1))
        service = f"{course.service} {ctx.name('service', course.service, short=True)}"
        rows.append([str(course.order), ctx.text(course.name), items, service])
    tables.show(columns, rows, caption=ctx.say("catalogue.appendix_b"))


def _measure(ctx: Context, measure: Any) -> list[str]:
    common = [ctx.say(f"dimension.{name}") for name in measure.dimensions if name not in ("year", "quarter")]
    return [
        ctx.text(measure.name),
        ctx.text(measure.definition),
        ctx.say(f"catalogue.kind_{measure.kind}"),
        ctx.text(measure.unit),
        "\n".join(_clause(ctx, clause.number) for clause in measure.clauses),
        ctx.text(measure.caveats),
        formats.listed(common, ctx.language),
    ]


def _clause(ctx: Context, number: str) -> str:
    found = clauses_by_number().get(number)
    label = ctx.text(clause_label(number))
    return f"{label} {ctx.text(found.summary)}" if found else label
