"""How content clients are: levels, rates with intervals, and whether bad ratings were followed up."""

from __future__ import annotations

from analytics.core.settings import settings
from dashboard.context import Answer, Asked, Context, Row
from dashboard.parts import arrange, chart, figures, messages, quantities, sentences
from dashboard.parts.palette import palette
from dashboard.words import formats

RATES = ("satisfaction_rate", "well_satisfied_rate", "bad_rating_rate")


def level_questions() -> list[Asked]:
    """Return the questions of :func:`levels`."""
    return [Asked("ratings", ("rating",)), Asked("rating_response_rate")]


def levels(ctx: Context, answers: list[Answer], *, height: int = 240) -> None:
    """Draw the five levels with their shares; the sentence says what share of services was rated."""
    ratings, response = answers
    title = ctx.say("satisfaction.levels")
    if sum(row["value"] or 0 for row in ratings.rows) < settings().rate_hidden_below:
        # The levels would give away the share that is hidden elsewhere.
        with arrange.panel("levels"):
            messages.too_few(ctx, title)
        return
    rows = [row for row in ratings.rows if row["rating"] is not None]
    total = sum(row["value"] or 0 for row in rows)
    shares = [(row["value"] or 0) / total if total else None for row in rows]
    bars = figures.Bars(
        ctx.text(ratings.measure.name),
        [ctx.name("rating", row["rating"]) for row in rows],
        shares,
        [
            ctx.say(
                "volume.with_share",
                value=formats.number(row["value"], ctx.language),
                share=formats.percent(share, ctx.language),
            )
            for row, share in zip(rows, shares, strict=True)
        ],
    )
    figure = figures.bars_across(palette(is_dark=ctx.is_dark), bars, height=height)
    says = ctx.say(
        "satisfaction.response",
        response=quantities.full(response.measure, response.only, ctx.language),
        count=formats.number(total, ctx.language),
    )
    chart.framed(ctx, "levels", [ratings, response], title=title, says=says, figure=figure, how="how.mix")


def rates_by_area(ctx: Context, wholes: list[Answer], answers: list[Answer]) -> None:
    """Draw the three rates by area with their intervals, one beside the other, in the standard's order."""
    for column, whole, answer in zip(arrange.columns(1, 1, 1), wholes, answers, strict=True):
        with column:
            _by_area(ctx, whole, answer)


def _by_area(ctx: Context, whole: Answer, answer: Answer) -> None:
    rows = [row for row in answer.rows if row["district"] is not None]
    names = [ctx.name("district", row["district"], short=True) for row in rows]
    texts = [_text(ctx, answer, name, row) for name, row in zip(names, rows, strict=True)]
    value = whole.only.get("value")
    all_words = ctx.say("satisfaction.all", value=formats.percent(value, ctx.language))
    figure = figures.dots(
        palette(is_dark=ctx.is_dark),
        figures.Bars(ctx.text(answer.measure.name), names, [row["value"] for row in rows], texts),
        lower=[row["lower"] for row in rows],
        upper=[row["upper"] for row in rows],
        height=figures.rows_height(len(rows)),
        reference=None if value is None else (value, all_words),
    )
    says = quantities.full(whole.measure, whole.only, ctx.language) + ctx.say("frame.stop")
    if value is not None:
        says += sentences.apart(value, rows, ctx.language, lambda d, code: ctx.name(d, code, short=True))
    title = ctx.say("satisfaction.by_area", name=ctx.text(answer.measure.name))
    chart.framed(
        ctx, f"area-{answer.measure.key}", [answer], title=title, says=says, figure=figure, how="how.dots"
    )


def _text(ctx: Context, answer: Answer, name: str, row: Row) -> str:
    if row["value"] is None:
        if row["masked"]:
            return ctx.say("satisfaction.too_few", limit=settings().rate_hidden_below)
        return ctx.say("satisfaction.none")
    return f"{name}{ctx.say('frame.colon')}{quantities.full(answer.measure, row, ctx.language)}"


def follow_up(ctx: Context, answers: list[Answer], *, height: int = 240) -> None:
    """Draw the share of bad ratings whose client was contacted in time, by quarter."""
    whole, by_quarter = answers
    rows = by_quarter.rows
    texts = [
        f"{ctx.name('quarter', row['quarter'])}{ctx.say('frame.colon')}"
        + quantities.full(by_quarter.measure, row, ctx.language)
        for row in rows
    ]
    labels = [row["quarter"] for row in rows]
    bounds = [row["lower"] for row in rows], [row["upper"] for row in rows]
    values = [row["value"] for row in rows]
    line = figures.Line(ctx.text(whole.measure.name), labels, values, texts, bounds=bounds)
    ticks = labels, [label.replace("Q", " Q") for label in labels]
    figure = figures.lines(
        palette(is_dark=ctx.is_dark),
        [line],
        height=height,
        is_share=True,
        ticks=ticks,
        empty=ctx.say("satisfaction.too_few_each", limit=settings().rate_hidden_below),
    )
    says = quantities.full(whole.measure, whole.only, ctx.language) + ctx.say("frame.stop")
    title = ctx.text(whole.measure.name)
    chart.framed(ctx, "follow-up", answers, title=title, says=says, figure=figure, how="how.quarters")
