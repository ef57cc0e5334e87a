"""Charts of how much was done: by month, by area and service, by channel and client."""

from __future__ import annotations

from dashboard.context import Answer, Asked, Context
from dashboard.parts import chart, figures, quantities, sentences
from dashboard.parts.palette import palette
from dashboard.words import formats


def month_questions(ctx: Context, key: str = "services") -> list[Asked]:
    """Return the questions of :func:`by_month`: this period by month and a year before, and two totals."""
    trend = ctx.trend_period()
    choices = [(("month",), trend), (("month",), trend.shifted(-12))]
    choices += [((), period) for period in ctx.compared or ()]
    return [Asked(key, by, ctx.selection.replace(period=str(period))) for by, period in choices]


def by_month(ctx: Context, answers: list[Answer], *, height: int = 300) -> None:
    """Draw a count by month with the same months a year before."""
    now, before, *totals = answers
    measure = now.measure
    change = quantities.change(measure, totals[0].only, totals[1].only, ctx.language) if totals else ""
    in_period = set(ctx.period.months)
    says = sentences.by_month(
        measure, [row for row in now.rows if row["month"] in in_period], ctx.language, change=change
    )
    months = [row["month"] for row in now.rows]
    lines = [_line(ctx, now, "volume.this_period", "data", months)]
    if any(row["value"] for row in before.rows):
        lines.append(_line(ctx, before, "volume.year_before", "before", months))
    figure = figures.lines(
        palette(is_dark=ctx.is_dark),
        lines,
        height=height,
        marks=_marks(ctx, months),
        ticks=ticks(ctx, months),
    )
    chart.framed(ctx, "by-month", [now], title=ctx.say("volume.by_month"), says=says, figure=figure)


def ticks(ctx: Context, months: list[str]) -> tuple[list[str], list[str]]:
    """Return at most twelve ticks; a year stands where it begins."""
    step = max(1, -(-len(months) // 12))
    chosen = months[::-1][::step][::-1]
    labels, year = [], ""
    for month in chosen:
        short = f"{int(month[5:])} 月" if ctx.language == "zh" else formats.month(month, "en")[:3]
        labels.append(short if month[:4] == year else f"{short}<br>{month[:4]}")
        year = month[:4]
    return chosen, labels


def _line(ctx: Context, answer: Answer, name: str, kind: str, months: list[str]) -> figures.Line:
    rows = answer.rows
    texts = [
        f"{ctx.name('month', row['month'])}{ctx.say('frame.colon')}"
        + quantities.of_row(answer.measure, row, ctx.language)
        for row in rows
    ]
    return figures.Line(ctx.say(name), months, [row["value"] for row in rows], texts, kind)


def _marks(ctx: Context, months: list[str]) -> list[figures.Mark]:
    words = {"04": ctx.say("volume.ip_week"), "12": ctx.say("volume.year_end")}
    return [figures.Mark(month, words[month[5:]]) for month in months[-24:] if month[5:] in words]
