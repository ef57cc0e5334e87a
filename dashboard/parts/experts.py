"""How soon volunteer experts answer, and how the work is spread over them. Experts are named by number."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.core.settings import settings
from analytics.measures.facts import MOST_ANSWER_DAYS
from analytics.stats.concentration import busiest_share, chance_spread, gini
from dashboard.context import Answer, Asked, Context, Row
from dashboard.parts import chart, expert_list, figures, quantities, sentences
from dashboard.parts.palette import palette
from dashboard.words import formats

_BINS = 8
_HEIGHT = 260


def answer_questions() -> list[Asked]:
    """Return the questions of :func:`answers` and :func:`by_area`."""
    return [
        Asked("expert_assignments", ("answer_days",)),
        Asked("expert_overdue"),
        Asked("expert_answered_in_time_rate"),
        Asked("expert_answer_days"),
        Asked("expert_answered_in_time_rate", ("district",)),
    ]


def answers(ctx: Context, found: Sequence[Answer]) -> None:
    """Draw how many days experts took to answer, those that never did beside them."""
    by_days, overdue, rate, days = found[:4]
    counts = {row["answer_days"]: row["value"] or 0 for row in by_days.rows}
    labels = [str(day) for day in range(MOST_ANSWER_DAYS + 1)]
    names = [ctx.say("experts.day_or_more", day=day) if day == labels[-1] else day for day in labels]
    late_name = ctx.say("experts.never")
    values: list[float | None] = [counts.get(day, 0) for day in labels]
    series = [
        _bars(ctx, "experts.answered", [*names, late_name], [*values, None]),
        _bars(
            ctx, "experts.overdue", [*names, late_name], [None] * len(labels) + [overdue.only["value"] or 0]
        ),
    ]
    figure = figures.stacked(
        palette(is_dark=ctx.is_dark),
        series,
        height=_HEIGHT,
        ticks=([*names, late_name], [*names, late_name]),
        axis=ctx.say("experts.days_axis"),
    )
    says = ctx.say(
        "experts.answers_say",
        rate=quantities.full(rate.measure, rate.only, ctx.language),
        rule=rule(ctx),
        median=quantities.full(days.measure, days.only, ctx.language),
        overdue=formats.number(overdue.only["value"] or 0, ctx.language),
    )
    title = ctx.say("experts.answers")
    held = [by_days, overdue, rate, days]
    chart.framed(ctx, "answers", held, title=title, says=says, figure=figure, how="experts.how_answers")


def rule(ctx: Context) -> str:
    """Say how the two days of clause 8.4.c are counted: a setting."""
    key = "experts.working_days" if settings().expert_answer_days == "working" else "experts.calendar_days"
    return ctx.say(key, days=settings().expert_answer_within_days)


def _bars(ctx: Context, key: str, names: list[str], values: list[float | None]) -> figures.Bars:
    texts = [
        ""
        if value is None
        else f"{ctx.say(key)}{ctx.say('frame.colon')}{formats.number(value, ctx.language)}"
        for value in values
    ]
    return figures.Bars(ctx.say(key), names, values, texts)


def by_area(ctx: Context, found: Sequence[Answer]) -> None:
    """Draw the share answered in time by area, in the standard's order, with its interval."""
    whole, answer = found[2], found[4]
    rows = [row for row in answer.rows if row["district"] is not None]
    names = [ctx.name("district", row["district"], short=True) for row in rows]
    texts = [
        f"{name}{ctx.say('frame.colon')}{quantities.full(answer.measure, row, ctx.language)}"
        if row["value"] is not None
        else ctx.say("masked.reason")
        if row["masked"]
        else ctx.say("experts.no_assignments")
        for name, row in zip(names, rows, strict=True)
    ]
    value = whole.only.get("value")
    words = ctx.say("satisfaction.all", value=formats.percent(value, ctx.language))
    figure = figures.dots(
        palette(is_dark=ctx.is_dark),
        figures.Bars(ctx.text(answer.measure.name), names, [row["value"] for row in rows], texts),
        lower=[row["lower"] for row in rows],
        upper=[row["upper"] for row in rows],
        height=figures.rows_height(len(rows), each=24),
        reference=None if value is None else (value, words),
    )
    says = quantities.full(whole.measure, whole.only, ctx.language) + ctx.say("frame.stop")
    if value is not None:
        says += sentences.apart(value, rows, ctx.language, lambda d, code: ctx.name(d, code, short=True))
    title = ctx.say("experts.by_area")
    chart.framed(ctx, "expert-areas", [answer], title=title, says=says, figure=figure, how="how.dots")


def load(ctx: Context, answer: Answer, listed: Sequence[Row]) -> None:
    """Draw how many experts had how many assignments, and say whether that is more uneven than by chance."""
    loads = loads_of(answer, listed)
    counts = list(loads.values())
    edges = _edges(max(counts, default=0))
    values: list[float | None] = [sum(low <= n <= high for n in counts) for low, high in edges]
    names = [str(low) if low == high else f"{low}–{high}" for low, high in edges]
    texts = [
        ctx.say("experts.load_hover", experts=formats.number(value, ctx.language), load=name)
        for name, value in zip(names, values, strict=True)
    ]
    bars = figures.Bars(ctx.say("experts.load_axis"), names, values, texts)
    axis = ctx.say("experts.assignments_axis")
    figure = figures.stacked(
        palette(is_dark=ctx.is_dark), [bars], height=_HEIGHT, ticks=(names, names), axis=axis
    )
    says = _load_says(ctx, loads, listed)
    title = ctx.say("experts.load")
    chart.framed(ctx, "load", [answer], title=title, says=says, figure=figure, how="experts.how_load")


def loads_of(answer: Answer, listed: Sequence[Row]) -> dict[str, int]:
    """Return the assignments of each expert on the list, none included, and of those who had any."""
    loads = {row["expert_id"]: 0 for row in listed}
    return loads | {row["expert"]: int(row["value"] or 0) for row in answer.rows if row["expert"]}


def _edges(most: int) -> list[tuple[int, int]]:
    """Return bins of equal width from 1 on; none at all is a bin of its own."""
    width = max(1, -(-most // _BINS))
    return [(0, 0), *((low, low + width - 1) for low in range(1, max(most, 1) + 1, width))]


def _load_says(ctx: Context, loads: dict[str, int], listed: Sequence[Row]) -> str:
    total, busy = sum(loads.values()), sum(1 for n in loads.values() if n)
    if not total:
        return ctx.say("experts.no_assignments") + ctx.say("frame.stop")
    numbers = {
        "listed": len(listed),
        "busy": busy,
        "total": total,
        "others": len(loads.keys() - {row["expert_id"] for row in listed}),
        "first": -(-len(loads) // 10),
    }
    words = {name: formats.number(n, ctx.language) for name, n in numbers.items()}
    is_part = ctx.scope.kind != "city" or bool(ctx.selection.get("district"))
    who = ctx.say("experts.from_elsewhere" if is_part else "experts.unlisted", others=words.pop("others"))
    return ctx.say("experts.load_says", who=who, **words) + _uneven(ctx, list(loads.values()))


def _uneven(ctx: Context, counts: Sequence[int]) -> str:
    chance = chance_spread(sum(counts), len(counts))
    share = busiest_share(counts)
    key = "experts.more_uneven" if gini(counts) > chance.gini_upper else "experts.as_chance"
    return ctx.say(
        "experts.busiest",
        share=formats.percent(share, ctx.language),
        chance=formats.percent(chance.busiest, ctx.language),
        upper=formats.percent(chance.busiest_upper, ctx.language),
        gini=formats.number(gini(counts), ctx.language, 2),
        chance_gini=formats.number(chance.gini, ctx.language, 2),
        verdict=ctx.say(key),
    )


def on_list(ctx: Context) -> list[Row]:
    """Return the experts on the list within the period, of the areas chosen."""
    return expert_list.of_areas(ctx, ctx.experts(ctx.period))
