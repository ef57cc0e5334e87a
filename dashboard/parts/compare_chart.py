"""One measure of all units: values with intervals and expectations, or rank intervals when asked for."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard import comparing
from dashboard.comparing import Compared
from dashboard.context import Answer, Context, Row
from dashboard.parts import (
    arrange,
    chart,
    compare_choice,
    compare_words,
    figures_compare,
    figures_funnel,
    html,
    quantities,
    scorecard,
    zones_table,
)
from dashboard.parts.compare_choice import CompareChoice
from dashboard.parts.figures_compare import Held, HeldWords
from dashboard.parts.palette import palette

# More rows than this are no chart any more.
MOST_ROWS = 40


def draw(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    codes: Sequence[str],
    wholes: Sequence[Answer],
) -> None:
    """Draw the measure chosen, with its controls above."""
    place = compare_choice.MEASURES.index(choice.measure)
    with st.container(
        horizontal=True, gap="small", vertical_alignment="center", key="compare-chart-controls"
    ):
        compare_choice.pick(
            ctx, choice, "measure", compare_choice.MEASURES, choice.measure,
            lambda key: compare_words.measure_name(ctx, ctx.declaration(key)),
        )  # fmt: skip
        compare_choice.switch(ctx, choice, "ranks")
    if len(codes) > MOST_ROWS:
        with arrange.panel("compare-many"):
            st.html(html.block(ctx.say("compare.too_many", count=len(codes), most=MOST_ROWS), "quiet"))
        return
    if choice.ranks == "yes":
        _ranks(ctx, choice, codes)
    else:
        _intervals(ctx, choice, found[place], codes, wholes[place] if wholes else None)


def _intervals(
    ctx: Context, choice: CompareChoice, found: Compared, codes: Sequence[str], whole: Answer | None
) -> None:
    measure = found.measure
    rows = scorecard.rows_by(found, choice.dimension)
    held = [_held(ctx, choice, found, code, rows[code]) for code in codes if code in rows]
    city = None if whole is None or measure.kind == "count" else whole.only.get("value")
    city_words = (
        "" if city is None else ctx.say("compare.city", value=quantities.shown(measure, city, ctx.language))
    )
    words = HeldWords(
        {zone: ctx.say("funnel." + zone.replace(".", "")) for zone in figures_funnel.ZONES},
        ctx.say("compare.expected_mark"),
        city_words,
    )
    figure = figures_compare.intervals(
        palette(is_dark=ctx.is_dark),
        held,
        words,
        tickformat={"proportion": ",.1~%", "quantile": ",.1f"}.get(measure.kind, ",d"),
        city=city,
        empty=ctx.say("compare.empty"),
    )
    title = ctx.say("compare.chart_title", name=compare_words.measure_name(ctx, measure))
    key = f"compare-{choice.unit}-{measure.key}-{'-'.join(codes) if len(codes) < 3 else len(codes)}"
    chart.framed(
        ctx,
        key,
        [found],
        title=title,
        says=_says(ctx, choice, found, [rows[code] for code in codes if code in rows]),
        figure=figure,
        how="compare_how.intervals",
        sheets=[scorecard.sheet(ctx, choice, [found], codes, title)],
        on_click=lambda: _clicked(choice, f"figure-{key}"),
    )


def _held(ctx: Context, choice: CompareChoice, found: Compared, code: str, row: Row) -> Held:
    name = ctx.name("institution" if choice.unit == "institution" else choice.dimension, code, short=True)
    lower, upper = row["interval"] or (None, None)
    if row["value"] is None:
        text = zones_table.zone_words(ctx, row)
    else:
        text = compare_words.full(ctx, found, row, name).replace(ctx.say("compare.join"), "<br>")
    # Days are shown as medians and expected as geometric means: one mark beside the other would mislead.
    expected = None if found.measure.kind == "quantile" else row["expected_value"]
    return Held(code, name, row["value"], lower, upper, expected, zones_table.zone_of(row), text)


def _says(ctx: Context, choice: CompareChoice, found: Compared, rows: Sequence[Row]) -> str:
    outside = [row for row in rows if compare_words.sign_of(row)]
    judged = sum(1 for row in rows if row["judged"])
    if not judged:
        return ctx.text_of(found.meta["expected_note"]) + ctx.say("frame.stop")
    names = [
        compare_words.sign_of(row)
        + ctx.name(
            "institution" if choice.unit == "institution" else choice.dimension,
            row[choice.dimension],
            short=True,
        )
        for row in outside
    ]
    note = ctx.text_of(found.meta["expected_note"])
    if not names:
        return ctx.say("compare.chart_says_none", judged=judged, note=note)
    return ctx.say("compare.chart_says", judged=judged, names=ctx.say("compare.join").join(names), note=note)


def _ranks(ctx: Context, choice: CompareChoice, codes: Sequence[str]) -> None:
    found = comparing.compared(
        ctx,
        choice.measure,
        choice.unit,
        selection=compare_choice.asked(ctx, choice),
        peers=choice.peers if choice.unit == "institution" else "all",
        by_client=choice.by_client,
    )
    rows = scorecard.rows_by(found, choice.dimension)
    kept = [code for code in codes if code in rows]
    bounds = [rows[code]["rank_interval"] for code in kept]
    names = [
        ctx.name("institution" if choice.unit == "institution" else choice.dimension, code, short=True)
        for code in kept
    ]
    texts = [
        _not_ranked(ctx, rows[code])
        if bound is None
        else ctx.say("compare.rank_text", name=name, low=bound[0], high=bound[1])
        for code, name, bound in zip(kept, names, bounds, strict=True)
    ]
    top_is_high = found.measure.higher_is_better is not False
    figure = figures_compare.dumbbells(
        palette(is_dark=ctx.is_dark),
        names,
        [None if bound is None else (bound[0], bound[1]) for bound in bounds],
        texts,
        title=ctx.say("compare.rank_axis_high" if top_is_high else "compare.rank_axis_low"),
        empty=ctx.say("compare.rank_none"),
    )
    widths = [bound[1] - bound[0] + 1 for bound in bounds if bound is not None]
    says = (
        ctx.say("compare.rank_says", low=min(widths), high=max(widths))
        if widths
        else ctx.say("compare.rank_none")
    )
    title = ctx.say("compare.rank_title", name=compare_words.measure_name(ctx, found.measure))
    chart.framed(
        ctx, f"ranks-{choice.unit}", [found], title=title, says=says, figure=figure, how="compare_how.ranks",
        sheets=[scorecard.sheet(ctx, choice, [found], codes, title)],
    )  # fmt: skip


def _not_ranked(ctx: Context, row: Row) -> str:
    """Return why a unit has no place: it is not judged, or nothing is expected of it."""
    is_judged = row["judged"] and not row["masked"]
    return ctx.say("compare.rank_unknown") if is_judged else zones_table.zone_words(ctx, row)


def _clicked(choice: CompareChoice, state: str) -> None:
    code = figures_funnel.clicked(st.session_state.get(state))
    if code and choice.unit == "institution":
        compare_choice.to_profile(code)
    elif code and not choice.by_client:
        compare_choice.to_institutions(code)
