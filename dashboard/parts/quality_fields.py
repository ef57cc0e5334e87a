"""How much of one column of the service ledger was filled in, month by month."""

from __future__ import annotations

import streamlit as st

from analytics.stats.intervals import wilson_interval
from dashboard import trust
from dashboard.context import Context, Row
from dashboard.parts import arrange, figures, html, quality_choice
from dashboard.parts.figures import CONFIG, Line
from dashboard.parts.palette import palette
from dashboard.parts.quality_choice import QualityChoice
from dashboard.words import formats


def by_month(ctx: Context, now: QualityChoice) -> None:
    """Draw the column's share filled in by month, and say how it went."""
    rows = [row for row in trust.completeness(ctx, "month") if row["field"] == now.field]
    title = ctx.say("quality_more.trend_title", field=ctx.say(f"quality.field_{now.field}"))
    with arrange.panel("quality-trend"):
        st.html(html.heading(title) + html.block(_says(ctx, rows), "quiet"))
        quality_choice.field_box(ctx, now)
        if rows:
            st.plotly_chart(
                _figure(ctx, now, rows), theme=None, config=CONFIG, key="figure-quality-trend", alt=title
            )


def _figure(ctx: Context, now: QualityChoice, rows: list[Row]) -> figures.Figure:
    name = ctx.say(f"quality.field_{now.field}")
    values = [row["filled"] / row["records"] if row["records"] else None for row in rows]
    texts = [
        ctx.say(
            "quality_more.month", month=formats.month(row["month"], ctx.language), figure=_share(ctx, row)
        )
        for row in rows
    ]
    line = Line(name, [row["month"] for row in rows], values, texts)
    return figures.lines(palette(is_dark=ctx.is_dark), [line], height=150, is_share=True, from_zero=False)


def _share(ctx: Context, row: Row) -> str:
    """Return a month's share with its interval and what it is out of."""
    if not row["records"]:
        return formats.NOTHING
    low, high = wilson_interval([row["filled"]], [row["records"]])
    return ctx.say(
        "quality_more.share",
        share=formats.percent(row["filled"] / row["records"], ctx.language),
        interval=f"{low[0] * 100:.1f}–{formats.percent(float(high[0]), ctx.language)}",
        filled=formats.number(row["filled"], ctx.language),
        records=formats.number(row["records"], ctx.language),
    )


def _says(ctx: Context, rows: list[Row]) -> str:
    known = [row for row in rows if row["records"]]
    if not known:
        return ctx.say("quality_more.trend_none")
    return ctx.say(
        "quality_more.trend_says",
        first=formats.month(known[0]["month"], ctx.language),
        before=_share(ctx, known[0]),
        last=formats.month(known[-1]["month"], ctx.language),
        now=_share(ctx, known[-1]),
    )
