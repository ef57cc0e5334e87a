"""The frame every chart stands in: what it shows, what it says, what it means, and its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from analytics.standard.clauses import clause_label
from dashboard.context import Answer, Context
from dashboard.parts import figures, html, quantities, tables
from dashboard.parts.figures import Figure
from dashboard.words import formats


@dataclass(frozen=True, slots=True)
class Table:
    """A chart's data as a reader reads them, made only when asked for."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


def framed(
    ctx: Context,
    key: str,
    answers: Sequence[Answer],
    *,
    title: str,
    says: str,
    figure: Figure,
) -> None:
    """Draw a chart in its frame.

    Parameters
    ----------
    key : str
        Name of the chart on its page, the same in every run.
    answers : sequence of Answer
        What the chart is made of: its definitions, table and download come from these.
    title, says : str
        What the chart shows, and what it says for this selection.
    """
    with st.container(border=True, key=f"chart-{key}"):
        head(ctx, key, answers, title=title, says=says)
        st.plotly_chart(
            figure,
            theme=None,
            config=figures.CONFIG,
            key=f"figure-{key}",
            alt=f"{title}{ctx.say('frame.stop')}{says}",
        )


def head(ctx: Context, key: str, answers: Sequence[Answer], *, title: str, says: str) -> None:
    """Draw title and sentence, with the buttons for definition and data beside them."""
    with st.container(horizontal=True, gap="small", vertical_alignment="top", key=f"head-{key}"):
        st.html(html.heading(title) + html.block(says, "ip-says") + _limits(ctx, answers))
        _details(ctx, key, answers, title)


@st.fragment
def _details(ctx: Context, key: str, answers: Sequence[Answer], title: str) -> None:
    """Draw the button; definition, table and file are made when it is opened."""
    label = ctx.say("chart.details")
    popover = st.popover(
        "",
        icon=":material/info:",
        type="tertiary",
        key=f"details-{key}-{ctx.language}",
        on_change="rerun",
        help=label,
    )
    if not popover.open:
        return
    with popover:
        for measure in {answer.measure.key: answer.measure for answer in answers}.values():
            st.html(definition(ctx, measure))
        for number, answer in enumerate(answers):
            table = table_of(ctx, answer)
            columns = [
                tables.Column(heading, index >= len(answer.by))
                for index, heading in enumerate(table.headings)
            ]
            tables.show(columns, table.rows, caption=ctx.text(answer.measure.name), height=300)
            st.download_button(
                ctx.say("chart.download"),
                data=_file(ctx, answer, title),
                file_name=f"{answer.measure.key}-{'-'.join(answer.by) or 'total'}-{ctx.period}.csv",
                mime="text/csv",
                key=f"download-{key}-{number}",
                on_click="ignore",
                icon=":material/download:",
            )


def definition(ctx: Context, measure: Any) -> str:
    """Return a measure's definition, clauses and caveats as HTML."""
    clauses = formats.listed([ctx.text(clause_label(c.number)) for c in measure.clauses], ctx.language)
    caveats = ctx.text(measure.caveats)
    return (
        html.heading(ctx.text(measure.name), 4)
        + html.block(ctx.text(measure.definition))
        + (html.block(caveats, "quiet") if caveats else "")
        + html.block(ctx.say("chart.clauses", clauses=clauses), "quiet")
    )


def table_of(ctx: Context, answer: Answer) -> Table:
    """Return an answer's rows in words: groups, value, interval, numerator and denominator."""
    measure, language = answer.measure, ctx.language
    headings = [ctx.say(f"dimension.{dimension}") for dimension in answer.by]
    if measure.kind == "quantile":
        headings.append(ctx.say("chart.quantile"))
    headings.append(ctx.text(measure.name) + _unit_note(ctx, answer))
    has_interval = measure.kind in ("proportion", "quantile")
    if has_interval:
        headings += [ctx.say("chart.interval"), *_count_headings(ctx, answer)]
    rows = []
    for row in answer.rows:
        cells = [ctx.name(dimension, row.get(dimension)) for dimension in answer.by]
        if measure.kind == "quantile":
            cells.append(formats.percent(row.get("quantile"), language, 0))
        cells.append(quantities.of_row(measure, row, language, unit=False))
        if has_interval:
            cells.append(quantities.interval(measure, row, language) or formats.NOTHING)
            if measure.kind == "proportion":
                cells.append(formats.number(row.get("numerator"), language))
            cells.append(formats.number(row.get("denominator"), language))
        rows.append(cells)
    return Table(headings, rows)


def _count_headings(ctx: Context, answer: Answer) -> list[str]:
    names = (
        ["chart.numerator", "chart.denominator"] if answer.measure.kind == "proportion" else ["chart.records"]
    )
    return [ctx.say(name) for name in names]


def _unit_note(ctx: Context, answer: Answer) -> str:
    unit = ctx.text(answer.measure.unit)
    return f"（{unit}）" if ctx.language == "zh" else f" ({unit})"


def _file(ctx: Context, answer: Answer, title: str) -> Callable[[], bytes]:
    """Return a maker of the file, called when the reader presses the button."""

    def make() -> bytes:
        table = table_of(ctx, answer)
        return tables.as_csv(notes(ctx, answer, title), table.headings, table.rows)

    return make


def notes(ctx: Context, answer: Answer, title: str) -> list[tuple[str, str]]:
    """Return what must stand in every export: marks, period, filters, data date and definition."""
    chosen = []
    for name, codes in answer.selection.filters:
        names = formats.listed([ctx.name(name, code) for code in codes], ctx.language)
        chosen.append(f"{ctx.say('dimension.' + name)}={names}")
    lines = [(ctx.say("frame.internal"), "")]
    if ctx.data.is_sample:
        lines.append((ctx.say("frame.sample"), ctx.say("frame.sample_note")))
    return [
        *lines,
        (ctx.say("chart.title"), title),
        (ctx.say("filters.period"), formats.span(ctx.resolve(answer.selection.period), ctx.language)),
        (ctx.say("chart.filters"), "; ".join(chosen) or ctx.say("filters.everything")),
        (ctx.say("chart.definition"), ctx.text(answer.measure.definition)),
        (ctx.say("frame.data_until"), formats.day(ctx.data.data_until, ctx.language)),
        (ctx.say("frame.data_version"), ctx.data.version),
        *((ctx.say("chart.limits"), words) for words in limits(ctx, [answer])),
    ]


def _limits(ctx: Context, answers: Sequence[Answer]) -> str:
    said = limits(ctx, answers)
    return html.block(" ".join(said), "ip-limits") if said else ""


def limits(ctx: Context, answers: Sequence[Answer]) -> list[str]:
    """Say which filters answers cannot heed, how they rest on monthly totals, and on which calendar."""
    lacking = list(dict.fromkeys(name for answer in answers for name in answer.unfiltered))
    parts = []
    if lacking:
        names = formats.listed([ctx.say(f"dimension.{name}") for name in lacking], ctx.language)
        parts.append(ctx.say("chart.unfiltered", names=names))
    share = max((answer.meta.get("totals_share") or 0 for answer in answers), default=0)
    if share:
        parts.append(ctx.say("chart.totals_share", share=formats.percent(share, ctx.language)))
    if any(answer.meta.get("totals_left_out") for answer in answers):
        parts.append(ctx.say("chart.totals_left_out"))
    years = sorted({year for answer in answers for year in answer.meta.get("workdays_by_weekday_only", ())})
    if years:
        named = formats.listed([formats.year(str(year), ctx.language) for year in years], ctx.language)
        parts.append(ctx.say("chart.by_weekday_only", years=named))
    return parts
