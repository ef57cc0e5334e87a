"""数据质量: reporting by month, fields filled in, rules broken, who is late, names not understood."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import streamlit as st

from analytics.core.periods import month_number
from dashboard import trust
from dashboard.context import Context, Row
from dashboard.parts import arrange, chart, figures, html, links, quality_choice, quality_fields, tables
from dashboard.parts.chart_data import Sheet
from dashboard.parts.palette import palette
from dashboard.parts.quality_choice import QualityChoice
from dashboard.parts.tables import Column, Linked
from dashboard.words import formats

_RULES_SHOWN, _PLACES_SHOWN = 40, 60


def draw(ctx: Context) -> None:
    """Draw the page."""
    months, fields = trust.reporting(ctx), trust.completeness(ctx)
    late = [row for row in trust.freshness(ctx) if _behind(ctx, row)]
    found = trust.findings(ctx)
    st.html(html.block(_sentence(ctx, months, late, found), "ip-says"))
    now = quality_choice.chosen()
    left, right = arrange.columns(1, 1)
    with left:
        _reporting(ctx, months)
        quality_fields.by_month(ctx, now)
    with right:
        _fields(ctx, fields)
    left, right = arrange.columns(1, 1)
    with left:
        _rules(ctx, now, found)
        _unresolved(ctx)
        _late(ctx, late)
    with right:
        _broken_by(ctx, now, found)
        _fresh(ctx)


def _sentence(ctx: Context, months: Sequence[Row], late: Sequence[Row], found: Sequence[Row]) -> str:
    reported = sum(row["reported"] for row in months)
    opened = sum(row["open"] for row in months)
    return ctx.say(
        "quality.says",
        share=formats.percent(reported / opened if opened else None, ctx.language),
        reported=formats.number(reported, ctx.language),
        open=formats.number(opened, ctx.language),
        late=formats.number(len(late), ctx.language),
        findings=formats.number(sum(row["count"] for row in found), ctx.language),
        rules=formats.number(len({row["code"] for row in found}), ctx.language),
    )


def _reporting(ctx: Context, months: Sequence[Row]) -> None:
    values = [row["reported"] / row["open"] if row["open"] else None for row in months]
    texts = [
        ctx.say(
            "quality.month_of",
            month=formats.month(row["month"], ctx.language),
            share=formats.percent(value, ctx.language),
            reported=row["reported"],
            open=row["open"],
        )
        for row, value in zip(months, values, strict=True)
    ]
    line = figures.Line(ctx.say("quality.reported"), [row["month"] for row in months], values, texts)
    title = ctx.say("quality.reporting_title")
    chart.framed(
        ctx,
        "quality-reporting",
        [],
        title=title,
        says=ctx.say("quality.reporting_says"),
        how="quality_more.how_reporting",
        figure=figures.lines(
            palette(is_dark=ctx.is_dark), [line], height=240, is_share=True, from_zero=False
        ),
        sheets=[
            Sheet(
                title,
                [Column(ctx.say("dimension.month")), *_numbers(ctx, "reported", "open")],
                lambda: [
                    (formats.month(row["month"], ctx.language), str(row["reported"]), str(row["open"]))
                    for row in months
                ],
                ("month", "reported", "open"),
                lambda: [(row["month"], row["reported"], row["open"]) for row in months],
                _notes(ctx),
                f"reporting-{ctx.period}.csv",
            )
        ],
    )


def _fields(ctx: Context, fields: Sequence[Row]) -> None:
    shares = [row["filled"] / row["records"] if row["records"] else None for row in fields]
    names = [ctx.say(f"quality.field_{row['field']}") for row in fields]
    texts = [
        ctx.say(
            "quality.filled_of",
            share=formats.percent(share, ctx.language),
            filled=formats.number(row["filled"], ctx.language),
        )
        for row, share in zip(fields, shares, strict=True)
    ]
    title = ctx.say("quality.fields_title")
    records = formats.number(max((row["records"] for row in fields), default=0), ctx.language)
    bars = figures.Bars(title, names, shares, texts)
    chart.framed(
        ctx,
        "quality-fields",
        [],
        title=title,
        says=ctx.say("quality.fields_says", records=records),
        how="quality_more.how_fields",
        figure=figures.bars_across(palette(is_dark=ctx.is_dark), bars, height=430),
        sheets=[
            Sheet(
                title,
                [Column(ctx.say("quality.field")), *_numbers(ctx, "filled", "records")],
                lambda: [
                    (name, str(row["filled"]), str(row["records"]))
                    for name, row in zip(names, fields, strict=True)
                ],
                ("field", "filled", "records"),
                lambda: [(row["field"], row["filled"], row["records"]) for row in fields],
                _notes(ctx),
                f"completeness-{ctx.period}.csv",
            )
        ],
    )


def _numbers(ctx: Context, *names: str) -> list[Column]:
    return [Column(ctx.say(f"quality.{name}"), is_number=True) for name in names]


def _notes(ctx: Context) -> list[tuple[str, str]]:
    told = [(ctx.say("quality.period"), str(ctx.period)), (ctx.say("quality.version"), ctx.data.version)]
    return told + ([(ctx.say("frame.sample"), ctx.say("frame.sample_note"))] if ctx.data.is_sample else [])


def _rules(ctx: Context, now: QualityChoice, found: Sequence[Row]) -> None:
    """Draw which rules are broken, how often and at how many institutions."""
    counts: dict[str, list[Row]] = defaultdict(list)
    for row in found:
        counts[row["code"]].append(row)
    ordered = sorted(counts.items(), key=lambda item: -sum(row["count"] for row in item[1]))
    columns = [
        Column(ctx.say("quality.code")),
        Column(ctx.say("quality.rule"), least=14),
        *_numbers(ctx, "count", "institutions"),
    ]
    rows = [
        (
            Linked(code, quality_choice.href(now, rule=code)),
            trust.rule_name(ctx, code),
            formats.number(sum(row["count"] for row in of), ctx.language),
            formats.number(len({row["institution_id"] for row in of} - {None}), ctx.language),
        )
        for code, of in ordered[:_RULES_SHOWN]
    ]
    _table(ctx, "rules", columns, rows)


def _broken_by(ctx: Context, now: QualityChoice, found: Sequence[Row]) -> None:
    """Draw the institutions with most open findings, of one rule if wished."""
    codes = sorted({row["code"] for row in found})
    counts: dict[str | None, int] = defaultdict(int)
    for row in found:
        if now.rule not in codes or row["code"] == now.rule:
            counts[row["institution_id"]] += row["count"]
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0] or ""))
    columns = [Column(ctx.say("dimension.institution"), least=14), *_numbers(ctx, "count")]
    rows = [
        (
            _to_profile(ctx, number) if number else ctx.say("quality.no_institution"),
            formats.number(count, ctx.language),
        )
        for number, count in ordered[:_PLACES_SHOWN]
    ]
    title = ctx.say("quality.places_title")
    with arrange.panel("quality-places"):
        says = ctx.say("quality.places_says" if rows else "quality.places_none")
        if len(ordered) > len(rows):
            says += ctx.say("quality_more.first", count=len(rows), all=len(ordered))
        st.html(html.heading(title) + html.block(says, "quiet"))
        if rows:
            quality_choice.rule_box(ctx, now, codes)
            tables.show(columns, rows, caption=title, height=300)


def _to_profile(ctx: Context, number: str) -> Linked:
    return Linked(ctx.name("institution", number), links.href("institution", institution=(number,)))


def _day(ctx: Context, day: str) -> str:
    """Return a day in words; monthly totals know their month alone."""
    is_month = len(day) == len("2026-10")
    return formats.month(day, ctx.language) if is_month else formats.day(day, ctx.language)


def _fresh(ctx: Context) -> None:
    """Draw the last day that each ledger tells of: old ones make old figures."""
    columns = [Column(ctx.say("quality.ledger")), Column(ctx.say("quality_more.last_day"))]
    rows = [(ctx.say(f"quality_more.ledger_{kind}"), _day(ctx, day)) for kind, day in trust.last_days(ctx)]
    title = ctx.say("quality_more.fresh_title")
    with arrange.panel("quality-fresh"):
        st.html(html.heading(title) + html.block(ctx.say("quality_more.fresh_says"), "quiet"))
        tables.show(columns, rows, caption=title)


def _late(ctx: Context, late: Sequence[Row]) -> None:
    columns = [
        Column(ctx.say("dimension.district")),
        Column(ctx.say("dimension.institution"), least=14),
        Column(ctx.say("quality.last_month")),
    ]
    rows = [
        (
            ctx.name("district", row["district"], short=True),
            _to_profile(ctx, row["institution_id"]),
            formats.month(row["last_month"], ctx.language) if row["last_month"] else ctx.say("quality.never"),
        )
        for row in late
    ]
    _table(ctx, "late", columns, rows)


def _behind(ctx: Context, row: Row) -> bool:
    """Say whether an institution has sent nothing for the last full month."""
    last = row["last_month"]
    return last is None or month_number(last) < month_number(ctx.data.last_full_month)


def _unresolved(ctx: Context) -> None:
    columns = [
        Column(ctx.say("quality.ledger")),
        Column(ctx.say("quality.text"), least=12),
        *_numbers(ctx, "rows"),
        Column(ctx.say("quality_more.near"), least=8),
    ]
    rows = [
        (
            ctx.say(f"quality.kind_{row['kind']}"),
            row["text"],
            formats.number(row["rows"], ctx.language),
            formats.listed([ctx.name("industry", key, short=True) for key in row["near"]], ctx.language),
        )
        for row in trust.unresolved(ctx)
    ]
    _table(ctx, "unresolved", columns, rows)


def _table(ctx: Context, name: str, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> None:
    title = ctx.say(f"quality.{name}_title")
    with arrange.panel(f"quality-{name}"):
        says = ctx.say(f"quality.{name}_says" if rows else f"quality.{name}_none")
        st.html(html.heading(title) + html.block(says, "quiet"))
        if rows:
            tables.show(columns, rows, caption=title, height=300)
