"""An institution over time: months against its own past, longer spans where these hold too little."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.core.selection import Selection
from dashboard.comparing import Compared
from dashboard.context import Answer, Asked, Context
from dashboard.parts import chart, control_charts, figures, quantities
from dashboard.parts.palette import palette

# Fewer months than this give no limits, so that months say nothing that quarters would not say better.
_LEAST_MONTHS = 12
# Fewer quarters than this show no course, and years are drawn.
_LEAST_SPANS = 3
_YEARS_OF_QUARTERS = 3


def draw(ctx: Context, found: Compared, own: Selection) -> None:
    """Draw one measure's chart; of a share that few months have enough records for, quarters or years."""
    key = found.measure.key
    if _has_months(found):
        title = ctx.say("profile.trend", name=ctx.text(found.measure.name))
        control_charts.draw(ctx, f"profile-trend-{key}", found, title=title, height=250)
    else:
        _spans(ctx, key, own)


def _has_months(found: Compared) -> bool:
    """Say whether months are worth drawing: any of a count, of a share where enough are known."""
    months = found.rows[0]["months"] if found.rows else []
    known = sum(month["value"] is not None for month in months)
    return known >= (1 if found.measure.kind == "count" else _LEAST_MONTHS)


def _spans(ctx: Context, key: str, own: Selection) -> None:
    """Draw quarters of three years, or every year where quarters hold too little as well."""
    last = ctx.period.last_month
    quarters = own.replace(period=f"{int(last[:4]) - _YEARS_OF_QUARTERS + 1}-01..{last}")
    by_quarter, by_year = ctx.measures(
        [Asked(key, ("quarter",), quarters), Asked(key, ("year",), own.replace(period="all"))]
    )
    answer = by_quarter if len(_known(by_quarter)) >= _LEAST_SPANS else by_year
    span, measure = answer.by[0], answer.measure
    texts = [
        f"{ctx.name(span, row[span])}{ctx.say('frame.colon')}{quantities.full(measure, row, ctx.language)}"
        for row in answer.rows
    ]
    chart.framed(
        ctx,
        f"profile-spans-{key}",
        [answer],
        title=ctx.say(f"profile.trend_{span}", name=ctx.text(measure.name)),
        says=ctx.say("profile.trend_few") + _latest(ctx, answer, texts),
        figure=_figure(ctx, answer, texts),
        how="how.quarters",
    )


def _figure(ctx: Context, answer: Answer, texts: Sequence[str]) -> figures.Figure:
    measure, rows = answer.measure, answer.rows
    line = figures.Line(
        ctx.text(measure.name),
        [row[answer.by[0]].replace("Q", " Q") for row in rows],
        [row["value"] for row in rows],
        texts,
        bounds=([row["lower"] for row in rows], [row["upper"] for row in rows]),
    )
    return figures.lines(
        palette(is_dark=ctx.is_dark),
        [line],
        height=170 if _known(answer) else 90,
        is_share=measure.kind == "proportion",
        empty=ctx.say("control.empty"),
    )


def _known(answer: Answer) -> list[int]:
    """Return which rows have something to show."""
    return [place for place, row in enumerate(answer.rows) if row["value"] is not None]


def _latest(ctx: Context, answer: Answer, texts: Sequence[str]) -> str:
    known = _known(answer)
    return ctx.say("profile.trend_last", words=texts[known[-1]]) if known else ""
