"""The frame every chart stands in: what it shows, what it says, what it means, and its data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import streamlit as st

from analytics.standard.clauses import clause_label
from dashboard.comparing import Compared
from dashboard.context import Answer, Context
from dashboard.parts import chart_data, drawn, figures, html, tables
from dashboard.parts.chart_data import Sheet
from dashboard.parts.figures import Figure
from dashboard.words import formats


def framed(
    ctx: Context,
    key: str,
    answers: Sequence[Answer | Compared],
    *,
    title: str,
    says: str,
    figure: Figure,
    how: str = "",
    is_narrow: bool = False,
    sheets: Sequence[Sheet] = (),
    on_click: Callable[[], None] | None = None,
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
    how : str
        Key of the words that say how to read this kind of chart.
    is_narrow : bool
        Where there is no line to spare these words stand behind the button, with the definition.
    sheets : sequence of Sheet
        Tables and files that no answer holds.
    on_click : callable, optional
        Called after a click on a mark; ``st.session_state["figure-" + key]`` says on which.
    """
    with st.container(border=True, key=f"chart-{key}"):
        head(ctx, key, answers, title=title, says=says, how=how, is_narrow=is_narrow, sheets=sheets)
        st.plotly_chart(
            drawn.drawn(figure),
            theme=None,
            config=figures.CONFIG,
            key=f"figure-{key}",
            alt=f"{title}{ctx.say('frame.stop')}{says}",
            on_select=on_click or "ignore",
            selection_mode="points",
        )


def head(
    ctx: Context,
    key: str,
    answers: Sequence[Answer | Compared],
    *,
    title: str,
    says: str,
    how: str = "",
    is_narrow: bool = False,
    sheets: Sequence[Sheet] = (),
) -> None:
    """Draw title and sentence, with the buttons for definition and data beside them."""
    shown, behind = ("", how) if is_narrow else (how, "")
    with st.container(horizontal=True, gap="small", vertical_alignment="top", key=f"head-{key}"):
        st.html(html.heading(title) + html.block(says, "ip-says") + _limits(ctx, answers) + _how(ctx, shown))
        _details(ctx, key, answers, title, sheets, behind)


def _how(ctx: Context, key: str, *, is_open: bool = False) -> str:
    """Return how to read a kind of chart, folded away: one line of the words a step."""
    if not key:
        return ""
    steps = "".join(f"<li>{escape(step)}</li>" for step in ctx.say(key).strip().splitlines())
    summary, state = escape(ctx.say("chart.how")), " open" if is_open else ""
    words = f'<summary>{summary}</summary><ul class="ip-next">{steps}</ul>'
    return f'<details class="ip-how-box"{state}>{words}</details>'


@st.fragment
def _details(
    ctx: Context,
    key: str,
    answers: Sequence[Answer | Compared],
    title: str,
    sheets: Sequence[Sheet] = (),
    how: str = "",
) -> None:
    """Draw the button; how to read, definition, table and file are made when it is opened."""
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
        if how:
            st.html(_how(ctx, how, is_open=True))
        for measure in {answer.measure.key: answer.measure for answer in answers}.values():
            st.html(definition(ctx, measure))
        for number, sheet in enumerate(sheets):
            _sheet(ctx, f"{key}-sheet-{number}", sheet)
        for number, answer in enumerate(answers):
            if isinstance(answer, Compared):
                continue
            table = chart_data.table_of(ctx, answer)
            columns = [
                tables.Column(heading, index >= len(answer.by))
                for index, heading in enumerate(table.headings)
            ]
            tables.show(columns, table.rows, caption=ctx.text(answer.measure.name), height=300)
            st.download_button(
                ctx.say("chart.download"),
                data=chart_data.file_of(ctx, answer, title),
                file_name=f"{answer.measure.key}-{'-'.join(answer.by) or 'total'}-{ctx.period}.csv",
                mime="text/csv",
                key=f"download-{key}-{number}",
                on_click="ignore",
                icon=":material/download:",
            )


def _sheet(ctx: Context, key: str, sheet: Sheet) -> None:
    tables.show(sheet.columns, sheet.rows(), caption=sheet.caption, height=300)
    st.download_button(
        ctx.say("chart.download"),
        data=sheet.make,
        file_name=sheet.file,
        mime="text/csv",
        key=f"download-{key}",
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


def _limits(ctx: Context, answers: Sequence[Answer | Compared]) -> str:
    said = chart_data.limits(ctx, answers)
    return html.block(" ".join(said), "ip-limits") if said else ""
