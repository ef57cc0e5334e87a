"""The list of experts: what is on file, fields against demand, and assignments that are overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

import streamlit as st

from analytics.core.settings import settings
from analytics.stats.intervals import wilson_interval
from dashboard.context import Answer, Asked, Context, Row
from dashboard.parts import arrange, html, quantities, tables
from dashboard.words import formats

_LEAST_YEARS = 3  # 8.1.b: three years or more in patents or trademarks
_FIELDS = ("service", "industry", "ip_type")


def of_areas(ctx: Context, listed: Sequence[Row]) -> list[Row]:
    """Return the experts of the areas chosen, all where none is."""
    areas = ctx.selection.get("district")
    return [row for row in listed if not areas or row["district"] in areas]


def on_file(ctx: Context, listed: Sequence[Row]) -> None:
    """Draw what is on file of the experts: recommendation, years, licences, each out of how many."""
    title = html.heading(ctx.say("experts.file"))
    with arrange.panel("experts-file"):
        if not listed:
            st.html(title + html.block(ctx.say("experts.no_list"), "quiet"))
            return
        told = [
            ("experts.recommended", [row["is_recommended"] for row in listed]),
            ("experts.years", [_is_seasoned(row) for row in listed]),
            ("experts.licensed", [_is_licensed(row) for row in listed]),
        ]
        lines = "".join(f"<li>{html.span(_share(ctx, key, flags))}</li>" for key, flags in told)
        count = formats.number(len(listed), ctx.language)
        says = html.block(ctx.say("experts.file_says", count=count), "ip-says")
        note = html.block(ctx.say("experts.file_note"), "quiet")
        st.html(title + says + f'<ul class="ip-next">{lines}</ul>' + _lacking(ctx, listed) + note)


def _lacking(ctx: Context, listed: Sequence[Row]) -> str:
    """Return the numbers of the experts without a recommendation on file, folded away."""
    numbers = [str(row["expert_id"]) for row in listed if row["is_recommended"] is False]
    if not numbers:
        return ""
    summary = escape(ctx.say("experts.lacking", count=len(numbers)))
    named = html.block(formats.listed(numbers, ctx.language))
    return f'<details class="ip-how-box"><summary>{summary}</summary>{named}</details>'


def _is_seasoned(row: Row) -> bool | None:
    years = row["experience_years"]
    return None if years is None else years >= _LEAST_YEARS


def _is_licensed(row: Row) -> bool | None:
    return "专利代理师" in row["licences"] if row["licences"] else None


def _share(ctx: Context, key: str, flags: Sequence[bool | None]) -> str:
    """Say a share with its interval; what is not filled in is told apart and never counted as no."""
    known = [flag for flag in flags if flag is not None]
    empty = formats.number(len(flags) - len(known), ctx.language)
    if len(known) < settings().rate_hidden_below:
        return ctx.say("experts.too_few", what=ctx.say(key), known=len(known), empty=empty)
    yes = sum(known)
    lower, upper = (float(bound[0]) for bound in wilson_interval([yes], [len(known)]))
    return ctx.say(
        "experts.share",
        what=ctx.say(key),
        share=formats.percent(yes / len(known), ctx.language),
        lower=formats.number(lower * 100, ctx.language, 1),
        upper=formats.percent(upper, ctx.language),
        yes=formats.number(yes, ctx.language),
        known=formats.number(len(known), ctx.language),
        empty=empty,
    )


def field_questions() -> list[Asked]:
    """Return the questions of :func:`fields`."""
    return [Asked(key, (name,)) for name in _FIELDS for key in ("services", "expert_supported_rate")]


def fields(ctx: Context, answers: Sequence[Answer], listed: Sequence[Row]) -> None:
    """Draw what is asked for beside how many experts name it as their field."""
    named = Counter(code for row in listed for code in set(row["fields"]))
    with arrange.panel("experts-fields"):
        st.html(
            html.heading(ctx.say("experts.fields")) + html.block(_missing(ctx, answers, named), "ip-says")
        )
        titles = [ctx.say(f"dimension.{name}") for name in _FIELDS]
        pairs = zip(answers[::2], answers[1::2], strict=True)
        for tab, name, (asked, supported) in zip(arrange.tabs(*titles), _FIELDS, pairs, strict=True):
            with tab:
                _field_table(ctx, name, asked, supported, None if name == "ip_type" else named)
        st.html(html.block(ctx.say("experts.how_fields"), "quiet"))


def _missing(ctx: Context, answers: Sequence[Answer], named: Counter[str]) -> str:
    """Name the services and industries that are asked for and that no expert names."""
    missing = [
        ctx.name(answer.by[0], row[answer.by[0]], short=True)
        for answer in answers[:4:2]
        for row in answer.rows
        if row["value"] and row[answer.by[0]] is not None and not named[row[answer.by[0]]]
    ]
    if not missing:
        return ctx.say("experts.all_covered")
    shown = formats.listed(missing[:6], ctx.language)
    return ctx.say("experts.missing", names=shown, count=len(missing))


def _field_table(
    ctx: Context, dimension: str, asked: Answer, supported: Answer, named: Counter[str] | None
) -> None:
    total = sum(row["value"] or 0 for row in asked.rows)
    shares = {row[dimension]: row for row in supported.rows}
    headings = ["asked", "share", *([] if named is None else ["named"]), "supported"]
    columns = [tables.Column(ctx.say(f"dimension.{dimension}"), least=10)]
    columns += [tables.Column(ctx.say(f"experts.column_{name}"), is_number=True) for name in headings]
    rows = []
    for row in asked.rows:
        code = row[dimension]
        if not row["value"] and not (named and named[code or ""]):
            continue
        share = (row["value"] or 0) / total if total else None
        cells = [
            ctx.name(dimension, code, short=True),
            quantities.of_row(asked.measure, row, ctx.language, unit=False),
            formats.percent(share, ctx.language) if row["value"] is not None else formats.NOTHING,
        ]
        if named is not None:
            cells.append(_named(ctx, code, named))
        found = shares.get(code)
        cells.append(
            formats.NOTHING if found is None else quantities.full(supported.measure, found, ctx.language)
        )
        rows.append(cells)
    tables.show(columns, rows, caption=ctx.say("experts.fields"), height=700)


def _named(ctx: Context, code: str | None, named: Counter[str]) -> str:
    if code is None:
        return formats.NOTHING
    return formats.number(named[code], ctx.language) if named[code] else ctx.say("experts.nobody")


def overdue(ctx: Context, answer: Answer) -> None:
    """Draw which assignments nobody has answered: where, whom, since when."""
    held = [row for row in answer.rows if row["value"]]
    with arrange.panel("experts-overdue"):
        title = html.heading(ctx.say("experts.overdue_title"))
        if not held:
            st.html(title + html.block(ctx.say("experts.overdue_none"), "quiet"))
            return
        total = formats.number(sum(row["value"] for row in held), ctx.language)
        st.html(title + html.block(ctx.say("experts.overdue_says", count=total), "ip-says"))
        columns = [
            tables.Column(ctx.say("dimension.institution"), least=12),
            tables.Column(ctx.say("dimension.expert"), least=5),
            tables.Column(ctx.say("experts.notified_in"), least=8),
            tables.Column(ctx.say("experts.column_overdue"), is_number=True),
        ]
        rows = [
            (
                ctx.name("institution", row["institution"]),
                row["expert"] or formats.NOTHING,
                formats.month(row["month"], ctx.language),
                formats.number(row["value"], ctx.language),
            )
            for row in sorted(
                held, key=lambda row: (row["month"], row["institution"] or "", row["expert"] or "")
            )
        ]
        tables.show(columns, rows, caption=ctx.say("experts.overdue_title"), height=690)
