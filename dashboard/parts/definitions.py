"""The catalogue: what each measure means, and the standard's Appendices A and B. All of it is generated."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.settings import settings
from analytics.standard.clauses import clause_label, clauses_by_number
from analytics.standard.courses import courses
from analytics.standard.platforms import Platform, platforms
from analytics.stats.intervals import wilson_interval
from dashboard import trust
from dashboard.context import Context, Row
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
    """Draw the search platforms with their addresses, corrected ones marked."""
    headings = ("number", "name", "address", "jurisdiction", "platform_kind", "note")
    columns = [tables.Column(ctx.say(f"catalogue.{heading}")) for heading in headings]
    rows = []
    for platform in platforms():
        address = _address(ctx, platform)
        note = ctx.text(platform.note) if platform.note else ""
        where, kind = ctx.text(platform.jurisdiction), ctx.text(platform.kind)
        rows.append([str(platform.number), ctx.text(platform.name), address, where, kind, note])
    st.html(html.block(ctx.say("catalogue.addresses"), "quiet"))
    tables.show(columns, rows, caption=ctx.say("catalogue.appendix_a"))


def _address(ctx: Context, platform: Platform) -> tables.Linked:
    """Return the address as a link; nothing is fetched before somebody follows it."""
    note = "" if platform.is_url_as_printed else ctx.say("catalogue.corrected", printed=platform.printed_url)
    return tables.Linked(platform.url, platform.url, note=note)


def appendix_b(ctx: Context) -> None:
    """Draw the training courses with their items."""
    headings = ("number", "course", "items", "service")
    columns = [tables.Column(ctx.say(f"catalogue.{heading}")) for heading in headings]
    columns += [
        tables.Column(ctx.say(f"courses.{heading}"), is_number=True)
        for heading in ("sessions", "attendees", "satisfied")
    ]
    held = {row["course"]: row for row in trust.courses(ctx)} if ctx.data.version else {}
    rows = []
    for course in courses():
        items = "\n".join(f"{n}. {ctx.text(item)}" for n, item in enumerate(course.items, start=1))
        service = f"{course.service} {ctx.name('service', course.service, short=True)}"
        rows.append(
            [str(course.order), ctx.text(course.name), items, service, *_held(ctx, held, course.code)]
        )
    if ctx.data.version:
        st.html("".join(html.block(line, "quiet") for line in _courses_say(ctx, held)))
    tables.show(columns, rows, caption=ctx.say("catalogue.appendix_b"))


def _courses_say(ctx: Context, held: dict[str | None, Row]) -> list[str]:
    """Say how many sessions there were, which courses were not held in the period, and which never."""
    ever = {row["course"] for row in trust.courses(ctx, ever=True)}
    lines = [
        ctx.say(
            "courses_more.sessions",
            period=formats.span(ctx.period, ctx.language),
            sessions=formats.number(sum(row["sessions"] for row in held.values()), ctx.language),
            others=formats.number(held[None]["sessions"] if None in held else 0, ctx.language),
        )
    ]
    for key, codes in (
        ("pause", [one for one in courses() if one.code in ever and one.code not in held]),
        ("never", [one for one in courses() if one.code not in ever]),
    ):
        names = formats.listed([ctx.text(one.name) for one in codes], ctx.language)
        lines.append(ctx.say(f"courses_more.{key}", names=names or ctx.say("courses_more.none")))
    return lines


def _held(ctx: Context, held: dict[str | None, Row], code: str) -> list[str]:
    """Return sessions, attendances and the share satisfied of those who answered, unless too few did."""
    row = held.get(code)
    if row is None:
        return ["0", formats.NOTHING, formats.NOTHING]
    few = 0 < row["returned"] < settings().rate_hidden_below
    share = row["satisfied"] / row["returned"] if row["returned"] else None
    satisfied = (
        formats.NOTHING
        if share is None
        else ctx.say("masked.long")
        if few
        else ctx.say(
            "courses_more.share",
            share=formats.percent(share, ctx.language),
            interval=_interval(row["satisfied"], row["returned"]),
            returned=formats.number(row["returned"], ctx.language),
        )
    )
    numbers = [formats.number(row[name], ctx.language) for name in ("sessions", "attendees")]
    return [*numbers, satisfied]


def _interval(part: int, whole: int) -> str:
    low, high = wilson_interval([part], [whole])
    return f"{low[0] * 100:.1f}–{high[0] * 100:.1f}%"


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
