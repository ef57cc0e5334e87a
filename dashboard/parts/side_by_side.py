"""Two units beside each other: every measure with its interval, and the interval of their difference."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from analytics.comparison.pairs import Difference, difference
from dashboard.comparing import Compared
from dashboard.context import Context, Row
from dashboard.parts import (
    arrange,
    chart,
    compare_choice,
    compare_words,
    html,
    quantities,
    scorecard,
    zones_table,
)
from dashboard.parts.chart_data import Sheet, notes
from dashboard.parts.compare_choice import CompareChoice
from dashboard.parts.tables import Column
from dashboard.words import formats


def draw(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    codes: Sequence[str],
    chosen: Sequence[str],
) -> None:
    """Draw the two boxes that choose, and the table; ``codes`` are all units, ``chosen`` those shown."""
    if len(codes) < 2:
        return
    one, other = pair(choice, codes, chosen)
    with arrange.panel("side-by-side"):
        names = [_name(ctx, choice, code) for code in (one, other)]
        title = ctx.say("compare.pair_title", one=names[0], other=names[1])
        lines = [_line(each, choice, one, other) for each in found]
        chart.head(
            ctx, "side-by-side", found, title=title, says=_says(ctx, lines), how="compare_how.pair",
            sheets=[_sheet(ctx, choice, found, lines, names, title)],
        )  # fmt: skip
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="pair-controls"):
            namer = lambda code: _name(ctx, choice, code)  # noqa: E731
            compare_choice.pick(ctx, choice, "one", codes, one, namer)
            compare_choice.pick(ctx, choice, "other", codes, other, namer)
        st.html(_table(ctx, found, lines, names, title))


_Line = tuple[Row | None, Row | None, Difference | None]


def pair(choice: CompareChoice, codes: Sequence[str], chosen: Sequence[str]) -> tuple[str, str]:
    """Return the two units to show: those of the address, else the first of those chosen, or of all."""
    first = choice.one if choice.one in codes else (chosen or codes)[0]
    rest = [code for code in [*chosen, *codes] if code != first]
    second = choice.other if choice.other in codes and choice.other != first else rest[0]
    return first, second


def _line(found: Compared, choice: CompareChoice, one: str, other: str) -> _Line:
    rows = scorecard.rows_by(found, choice.dimension)
    left, right = rows.get(one), rows.get(other)
    if left is None or right is None:
        return left, right, None
    return left, right, difference(found.measure, left, right)


def _says(ctx: Context, lines: Sequence[_Line]) -> str:
    held = [apart for _, _, apart in lines if apart is not None and apart.size is not None]
    return ctx.say("compare.pair_says", count=len(held), apart=sum(1 for each in held if each.is_apart))


def _name(ctx: Context, choice: CompareChoice, code: str) -> str:
    return ctx.name("institution" if choice.unit == "institution" else choice.dimension, code)


def _table(
    ctx: Context, found: Sequence[Compared], lines: Sequence[_Line], names: Sequence[str], caption: str
) -> str:
    heads = [
        ctx.say("compare.measure"),
        *names,
        ctx.say("compare.pair_difference"),
        ctx.say("compare.pair_reading"),
    ]
    head = "".join(f'<th scope="col">{escape(words)}</th>' for words in heads)
    body = "".join(_row(ctx, each, *line) for each, line in zip(found, lines, strict=True))
    table = (
        f'<table class="ip-table ip-pair"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )
    return html.div(table, "ip-table-box", tabindex="0")


def _row(ctx: Context, found: Compared, one: Row | None, other: Row | None, apart: Difference | None) -> str:
    cells = [_figure(ctx, found, row) for row in (one, other)]
    reading = "" if apart is None else ctx.text(apart.verdict)
    css = "ip-warning" if apart is not None and apart.is_apart else ""
    size = html.block(difference_words(ctx, found, apart))
    return (
        f'<tr><th scope="row">{escape(compare_words.measure_name(ctx, found.measure))}</th>'
        f"<td>{cells[0]}</td><td>{cells[1]}</td><td>{size}</td><td>{html.block(reading, css)}</td></tr>"
    )


def _figure(ctx: Context, found: Compared, row: Row | None) -> str:
    if row is None:
        return formats.NOTHING
    sign = compare_words.sign_of(row)
    value = html.span(zones_table.figure_of(ctx, found.measure, row))
    if sign:
        zone = zones_table.zone_of(row).replace(".", "")
        value += " " + html.span(sign, f"ip-sign-of {zone}", title=zones_table.zone_words(ctx, row))
    below = compare_words.against_expected(ctx, found, row)
    return html.div(value) + (html.block(below, "ip-small quiet") if below else "")


def difference_words(ctx: Context, found: Compared, apart: Difference | None) -> str:
    """Return a difference with its interval: ``−2.1 个百分点（−4.0 至 −0.2）``."""
    if apart is None or apart.size is None or apart.lower is None or apart.upper is None:
        return formats.NOTHING
    scale = 100.0 if found.measure.kind == "proportion" else 1.0
    digits = 1 if scale > 1 else 2
    size, low, high = (
        formats.signed(part * scale, ctx.language, digits) for part in (apart.size, apart.lower, apart.upper)
    )
    unit = ctx.say("compare.points") if scale > 1 else quantities.unit_of(found.measure, ctx.language)
    return ctx.say("compare.pair_size", size=size, unit=unit, low=low, high=high)


def _sheet(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    lines: Sequence[_Line],
    names: Sequence[str],
    title: str,
) -> Sheet:
    columns = [
        Column(ctx.say("compare.measure")), Column(names[0]), Column(names[1]),
        Column(ctx.say("compare.pair_difference")), Column(ctx.say("compare.pair_reading")),
    ]  # fmt: skip

    def cells(row: Row | None) -> list[float | None]:
        if row is None or row["masked"]:
            return [None] * 4
        return [row["value"], *(row["interval"] or (None, None)), row["n"]]

    def numbers() -> list[list[object]]:
        return [
            [
                ctx.text(each.measure.name), *cells(one), *cells(other),
                *((None, None, None) if apart is None else (apart.size, apart.lower, apart.upper)),
                "" if apart is None else ctx.text(apart.verdict),
            ]
            for each, (one, other, apart) in zip(found, lines, strict=True)
        ]  # fmt: skip

    def words() -> list[list[str]]:
        return [
            [
                ctx.text(each.measure.name),
                *(
                    formats.NOTHING if row is None else zones_table.figure_of(ctx, each.measure, row)
                    for row in line[:2]
                ),
                difference_words(ctx, each, line[2]),
                "" if line[2] is None else ctx.text(line[2].verdict),
            ]
            for each, line in zip(found, lines, strict=True)
        ]

    parts = ["value", "lower", "upper", "n"]
    headings = [ctx.say("compare.measure")]
    headings += [f"{name} {ctx.say('compare.' + part)}" for name in names for part in parts]
    headings += [ctx.say("compare.pair_difference"), ctx.say("compare.lower"), ctx.say("compare.upper")]
    return Sheet(
        title, columns, words, [*headings, ctx.say("compare.pair_reading")], numbers,
        notes(ctx, found[0], title), f"pair-{choice.dimension}-{ctx.period}.csv",
    )  # fmt: skip
