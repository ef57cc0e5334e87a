"""Charts of how much was done: by month, by area and service, by channel and client."""

from __future__ import annotations

from dataclasses import replace

from analytics.core.periods import Period
from analytics.core.selection import Selection
from dashboard.context import Answer, Asked, Context
from dashboard.parts import chart, figures, quantities, sentences
from dashboard.parts.palette import palette
from dashboard.words import formats

# In a third of the page the names of twelve months would touch.
_NARROW_TICKS = 6


def month_questions(ctx: Context, key: str = "services") -> list[Asked]:
    """Return the questions of :func:`by_month`: this period by month and a year before."""
    trend = ctx.trend_period()
    return [Asked(key, ("month",), _within(ctx, period)) for period in (trend, trend.shifted(-12))]


def by_month(ctx: Context, answers: list[Answer], *, height: int = 300, change: str = "") -> None:
    """Draw a count by month with the same months a year before; ``change`` is the change in words."""
    now, before = answers
    measure = now.measure
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
        ticks=ticks(ctx, months, most=_NARROW_TICKS),
    )
    title = ctx.say("volume.by_month")
    chart.framed(
        ctx, "by-month", [now], title=title, says=says, figure=figure, how="how.months", is_narrow=True
    )


def _within(ctx: Context, period: Period) -> Selection:
    return ctx.selection.replace(period=str(period))


def ticks(ctx: Context, months: list[str], *, most: int = 12) -> tuple[list[str], list[str]]:
    """Return at most ``most`` ticks; a year stands where it begins."""
    step = max(1, -(-len(months) // most))
    chosen = months[::-1][::step][::-1]
    labels, year = [], ""
    for month in chosen:
        short = f"{int(month[5:])}月" if ctx.language == "zh" else formats.month(month, "en")[:3]
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


def by_area_and_service(ctx: Context, answer: Answer) -> None:
    """Draw areas by services, both in the standard's order."""
    areas = list(dict.fromkeys(row["district"] for row in answer.rows if row["district"] is not None))
    services = list(dict.fromkeys(row["service"] for row in answer.rows if row["service"] is not None))
    found = {(row["district"], row["service"]): row for row in answer.rows}
    values, texts, hovers = [], [], []
    for area in areas:
        rows = [found.get((area, service), {"value": 0}) for service in services]
        values.append([row["value"] or None for row in rows])
        texts.append([formats.number(row["value"], ctx.language) if row["value"] else "" for row in rows])
        hovers.append(
            [
                f"{ctx.name('district', area)} · {ctx.name('service', service)}{ctx.say('frame.colon')}"
                + quantities.of_row(answer.measure, row, ctx.language)
                for service, row in zip(services, rows, strict=True)
            ]
        )
    figure = figures.matrix(
        palette(is_dark=ctx.is_dark),
        values,
        rows=[ctx.name("district", area, short=True) for area in areas],
        columns=[ctx.name("service", service, short=True) for service in services],
        texts=texts,
        hovers=hovers,
        height=figures.rows_height(len(areas), over=110),
    )
    says = sentences.matrix(answer.rows, ctx.language, _namer(ctx))
    chart.framed(
        ctx, "matrix", [answer], title=ctx.say("volume.matrix"), says=says, figure=figure, how="how.matrix"
    )


def mix(ctx: Context, answer: Answer) -> None:
    """Draw how services divide over a dimension, in the catalogue's order, with shares."""
    dimension = answer.by[0]
    total = sum(row["value"] or 0 for row in answer.rows)
    rows = [row for row in answer.rows if row[dimension] is not None or row["value"]]
    bars = figures.Bars(
        ctx.text(answer.measure.name),
        [ctx.name(dimension, row[dimension], short=True) for row in rows],
        [row["value"] for row in rows],
        [_with_share(ctx, row["value"], total) for row in rows],
    )
    height = figures.rows_height(len(rows), over=16, each=36)
    figure = figures.bars_across(palette(is_dark=ctx.is_dark), bars, height=height)
    says = sentences.mix(answer.rows, dimension, ctx.language, _namer(ctx))
    title = ctx.say("volume.mix", dimension=ctx.say(f"dimension.{dimension}"))
    chart.framed(ctx, f"mix-{dimension}", [answer], title=title, says=says, figure=figure, how="how.mix")


def services_in_order(ctx: Context, answer: Answer) -> None:
    """Draw the standard's services in its order; those nobody was given are named in the sentence."""
    rows = [row for row in answer.rows if row["service"] is not None]
    total = sum(row["value"] or 0 for row in answer.rows)
    bars = figures.Bars(
        ctx.text(answer.measure.name),
        [f"{row['service']} {ctx.name('service', row['service'], short=True)}" for row in rows],
        [row["value"] for row in rows],
        [_with_share(ctx, row["value"], total) for row in rows],
    )
    height = figures.rows_height(len(rows), over=16, each=30)
    figure = figures.bars_across(palette(is_dark=ctx.is_dark), bars, height=height)
    says = sentences.services(answer.rows, ctx.language, _namer(ctx))
    title = ctx.say("volume.services")
    chart.framed(ctx, "services", [answer], title=title, says=says, figure=figure, how="how.mix")


def clients_by_month(ctx: Context, answers: list[Answer], *, height: int = 280) -> None:
    """Draw returning and new clients by month, and say how many there were in the whole period.

    ``answers``: clients and new clients of the period, then both by month; months beyond
    ``ctx.trend_period()`` are passed over.
    """
    served, new, *by_month = answers
    shown = set(ctx.trend_period().months)
    served_by_month, new_by_month = (
        replace(answer, rows=[row for row in answer.rows if row["month"] in shown]) for answer in by_month
    )
    months = [row["month"] for row in served_by_month.rows]
    fresh = [row["value"] or 0 for row in new_by_month.rows]
    # A client's first record may lie outside a filter that a later one fits: never below none.
    returning = [max((row["value"] or 0) - n, 0) for row, n in zip(served_by_month.rows, fresh, strict=True)]
    series = [
        figures.Bars(ctx.say(name), months, values, _month_texts(ctx, months, values, ctx.say(name)))
        for name, values in (("volume.returning", returning), ("volume.new", fresh))
    ]
    figure = figures.stacked(palette(is_dark=ctx.is_dark), series, height=height, ticks=ticks(ctx, months))
    says = sentences.clients(served, new, ctx.language)
    title = ctx.say("volume.clients")
    chart.framed(
        ctx,
        "clients",
        [served_by_month, new_by_month],
        title=title,
        says=says,
        figure=figure,
        how="how.clients",
    )


def _month_texts(ctx: Context, months: list[str], values: list[int], name: str) -> list[str]:
    return [
        f"{name}{ctx.say('frame.colon')}{formats.number(value, ctx.language)}"
        for _, value in zip(months, values, strict=True)
    ]


def _with_share(ctx: Context, value: float | None, total: float) -> str:
    share = (value or 0) / total if total else None
    words = formats.number(value, ctx.language), formats.percent(share, ctx.language)
    return ctx.say("volume.with_share", value=words[0], share=words[1])


def _namer(ctx: Context) -> sentences.Namer:
    return lambda dimension, code: ctx.name(dimension, code, short=True)
