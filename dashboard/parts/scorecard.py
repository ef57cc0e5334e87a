"""计分表: units in the standard's order by measures, each with interval, expectation and where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from dashboard.comparing import Compared
from dashboard.context import Answer, Context, Row
from dashboard.parts import (
    arrange,
    chart,
    chart_data,
    compare_choice,
    compare_words,
    html,
    links,
    quantities,
    tables,
    zones_table,
)
from dashboard.parts.chart_data import Sheet
from dashboard.parts.compare_choice import CompareChoice
from dashboard.words import formats

_NAMED = 6
_CHANCE = 0.05

Rows = Mapping[str, Row]


def draw(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    codes: Sequence[str],
    wholes: Sequence[Answer],
) -> None:
    """Draw the table of the units ``codes``; ``wholes`` are the city's figures, for its readers."""
    by_code = [rows_by(each, choice.dimension) for each in found]
    title = ctx.say(f"compare.title_{choice.unit}")
    with arrange.panel("scorecard"):
        chart.head(
            ctx,
            "scorecard",
            found,
            title=title,
            says=says(ctx, choice, found, by_code, codes),
            how="compare_how.scorecard",
            sheets=[sheet(ctx, choice, found, codes, title)],
        )
        st.html(_legend(ctx) + _table(ctx, choice, found, by_code, codes, wholes, title))
        st.html(_outside(ctx, choice, found, by_code, codes) + _notes(ctx, choice, found))


def rows_by(found: Compared, dimension: str) -> dict[str, Row]:
    """Return a comparison's rows by the code of their unit."""
    return {row[dimension]: row for row in found.rows}


def says(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    by_code: Sequence[Rows],
    codes: Sequence[str],
) -> str:
    """Say how many cells are judged, how many lie outside, and how many of them chance would explain."""
    zones = Counter(
        zones_table.zone_of(row) for rows in by_code for code, row in rows.items() if code in codes
    )
    judged = sum(count for zone, count in zones.items() if zone != "not_judged")
    if not judged:
        return ctx.say("compare.says_none")
    return ctx.say(
        "compare.says",
        units=ctx.say(f"compare.count_{choice.unit}", count=len(codes)),
        measures=len(found),
        judged=judged,
        usual=zones["in"],
        watch=zones["beyond_95"],
        far=zones["beyond_99.8"],
        chance=formats.number(_CHANCE * judged, ctx.language, 0 if judged >= 20 else 1),
    )


def _legend(ctx: Context) -> str:
    parts = [
        html.span("△ ▽", "ip-sign-of beyond_95") + " " + html.span(ctx.say("compare.legend_95")),
        html.span("▲ ▼", "ip-sign-of beyond_998") + " " + html.span(ctx.say("compare.legend_998")),
        html.span(ctx.say("compare.legend_cell"), "quiet"),
    ]
    return html.div("".join(f"<span>{part}</span>" for part in parts), "ip-legend")


def _table(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    by_code: Sequence[Rows],
    codes: Sequence[str],
    wholes: Sequence[Answer],
    caption: str,
) -> str:
    heads = "".join(f'<th scope="col" class="number">{escape(_heading(ctx, each))}</th>' for each in found)
    corner = ctx.say(f"dimension.{choice.dimension}")
    body = [_whole_row(ctx, wholes)] if wholes else []
    was_apart = False
    for code in codes:
        held = [rows[code] for rows in by_code if code in rows]
        is_apart = choice.unit == "district" and bool(held) and held[0]["peer_group"] != "all"
        css = "apart" if is_apart and not was_apart else ""
        was_apart = was_apart or is_apart
        cells = "".join(
            _cell(ctx, each, rows.get(code), _name(ctx, choice, code))
            for each, rows in zip(found, by_code, strict=True)
        )
        body.append(f'<tr class="{css}"><th scope="row">{_link(ctx, choice, code, held)}</th>{cells}</tr>')
    table = (
        f'<table class="ip-table ip-score"><caption>{escape(caption)}</caption>'
        f'<thead><tr><th scope="col">{escape(corner)}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>"
    )
    return html.div(table, f"ip-table-box ip-score-box ip-of-{choice.unit}", tabindex="0")


def _heading(ctx: Context, found: Compared) -> str:
    """Return a column's heading; figures stand without their unit below it."""
    name = compare_words.measure_name(ctx, found.measure)
    unit = quantities.unit_of(found.measure, ctx.language)
    return ctx.say("figure.with", value=name, rest=unit) if unit else name


def _name(ctx: Context, choice: CompareChoice, code: str) -> str:
    return ctx.name("institution" if choice.unit == "institution" else choice.dimension, code, short=True)


def _link(ctx: Context, choice: CompareChoice, code: str, held: Sequence[Row]) -> str:
    """Return the unit's name as a way deeper, with a note where it stands apart or is not judged."""
    name = escape(_name(ctx, choice, code))
    if choice.unit == "institution":
        address = links.href(compare_choice.PROFILE_PAGE, institution=(code,))
    elif choice.by_client or (held and held[0]["peer_group"] != "all"):
        address = ""
    else:
        words = CompareChoice(unit="institution", peers=choice.peers, measure=choice.measure).words
        address = links.href(compare_choice.COMPARE_PAGE, district=(code,), compare=words)
    linked = (
        f'<a class="ip-link" href="{escape(address, quote=True)}" target="_self">{name}</a>'
        if address
        else name
    )
    note = _unit_note(ctx, choice, held)
    return linked + (html.block(note, "ip-small quiet") if note else "")


def _unit_note(ctx: Context, choice: CompareChoice, held: Sequence[Row]) -> str:
    """Return why a unit stands apart, or is judged by no measure at all; else nothing."""
    if choice.unit == "district":
        return ctx.say("compare.apart") if held and held[0]["peer_group"] != "all" else ""
    known = [row for row in held if row["n"]]
    reasons = {ctx.text_of(row["reason"]) if row["reason"] else "" for row in known}
    return reasons.pop() if len(reasons) == 1 and not any(row["judged"] for row in known) else ""


def _whole_row(ctx: Context, wholes: Sequence[Answer]) -> str:
    cells = []
    for answer in wholes:
        row = answer.only
        value = html.span(quantities.of_row(answer.measure, row, ctx.language, unit=False), "ip-strong")
        if answer.measure.kind != "count" and row.get("denominator") is not None:
            base = ctx.say("compare.cell_n", n=formats.number(row["denominator"], ctx.language))
            value += " " + html.span(base, "ip-small quiet")
        below = quantities.interval(answer.measure, row, ctx.language)
        inner = html.div(value) + (html.block(below, "ip-small quiet") if below else "")
        cells.append(f'<td class="number">{inner}</td>')
    return f'<tr class="whole"><th scope="row">{escape(ctx.say("compare.whole"))}</th>{"".join(cells)}</tr>'


def _cell(ctx: Context, found: Compared, row: Row | None, name: str) -> str:
    if row is None:
        return f'<td class="number">{formats.NOTHING}</td>'
    sign = compare_words.sign_of(row)
    zone = zones_table.zone_of(row).replace(".", "")
    value = html.span(quantities.of_row(found.measure, row, ctx.language, unit=False), "ip-strong")
    if sign:
        words = zones_table.zone_words(ctx, row)
        value += " " + html.span(sign, f"ip-sign-of {zone}", role="img", aria_label=words)
    if base := compare_words.base_short(ctx, found, row):
        value += " " + html.span(base, "ip-small quiet")
    lines = [compare_words.interval_short(ctx, found, row), compare_words.expected_short(ctx, found, row)]
    inner = html.div(value) + "".join(html.block(line, "ip-small quiet") for line in lines if line)
    title = escape(compare_words.full(ctx, found, row, name), quote=True)
    return f'<td class="number {zone if sign else ""}" title="{title}">{inner}</td>'


def _outside(
    ctx: Context,
    choice: CompareChoice,
    found: Sequence[Compared],
    by_code: Sequence[Rows],
    codes: Sequence[str],
) -> str:
    """Return what lies outside in sentences, in the standard's order; the farther limit first."""
    held = [
        (zones_table.zone_of(rows[code]) != "beyond_99.8", code, each, rows[code])
        for code in codes
        for each, rows in zip(found, by_code, strict=True)
        if code in rows and compare_words.sign_of(rows[code])
    ]
    held.sort(key=lambda part: part[0])
    if not held:
        return ""
    items = "".join(
        f"<li>{escape(compare_words.sign_of(row) + ' ' + _in_full(ctx, choice, each, row, code))}</li>"
        for _, code, each, row in held[:_NAMED]
    )
    more = ctx.say("compare.outside_more", count=len(held) - _NAMED) if len(held) > _NAMED else ""
    return (
        html.heading(ctx.say("compare.outside"), 4)
        + f'<ul class="ip-next">{items}</ul>'
        + (html.block(more, "quiet") if more else "")
    )


def _in_full(ctx: Context, choice: CompareChoice, found: Compared, row: Row, code: str) -> str:
    return compare_words.full(ctx, found, row, _name(ctx, choice, code))


def _notes(ctx: Context, choice: CompareChoice, found: Sequence[Compared]) -> str:
    """Say who the peers are and why, what is expected from what, and what a reader's rights leave out."""
    said = [ctx.say(f"compare.peers_note_{choice.peers if choice.unit == 'institution' else 'district'}")]
    if choice.unit == "district" and choice.among != "all":
        said.append(ctx.say("compare.among_note"))
    for each in found:
        if each.measure.kind == "count":
            note = ctx.text_of(each.meta["expected_note"])
            said.append(f"{ctx.text(each.measure.name)}{ctx.say('frame.colon')}{note}{ctx.say('frame.stop')}")
    if ctx.scope.kind != "city":
        said.append(ctx.say("compare.scope"))
    if choice.unit == "district" and ctx.selection.get("institution"):
        said.append(ctx.say("compare.no_institution"))
    return html.block(" ".join(said), "quiet")


def sheet(
    ctx: Context, choice: CompareChoice, found: Sequence[Compared], codes: Sequence[str], title: str
) -> Sheet:
    """Return the table in long form: a row a unit and measure, with everything that a cell holds."""
    return Sheet(
        title,
        [
            tables.Column(ctx.say(f"dimension.{choice.dimension}"), least=6),
            tables.Column(ctx.say("compare.measure"), least=6),
            tables.Column(ctx.say("compare.in_words"), least=26),
        ],
        lambda: [
            [
                _name(ctx, choice, code),
                ctx.text(each.measure.name),
                compare_words.full(ctx, each, row, "")[1:],
            ]
            for each, code, row in _held(choice, found, codes)
        ],
        _file_headings(ctx, choice),
        lambda: [_file_row(ctx, choice, *held) for held in _held(choice, found, codes)],
        chart_data.notes(ctx, found[0], title),
        f"comparison-{choice.dimension}-{ctx.period}.csv",
    )


def _held(
    choice: CompareChoice, found: Sequence[Compared], codes: Sequence[str]
) -> Iterator[tuple[Compared, str, Row]]:
    for each in found:
        rows = rows_by(each, choice.dimension)
        yield from ((each, code, rows[code]) for code in codes if code in rows)


def _file_headings(ctx: Context, choice: CompareChoice) -> list[str]:
    return [
        ctx.say(f"dimension.{choice.dimension}"),
        *(
            ctx.say(f"compare.{name}")
            for name in (
                "measure",
                "value",
                "lower",
                "upper",
                "n",
                "expected",
                "ratio",
                "ratio_lower",
                "ratio_upper",
            )
        ),
        ctx.say("zones.zone"),
        ctx.say("compare.peers"),
    ]


def _file_row(ctx: Context, choice: CompareChoice, found: Compared, code: str, row: Row) -> list[Any]:
    names: list[Any] = [_name(ctx, choice, code), ctx.text(found.measure.name)]
    zone = [zones_table.zone_words(ctx, row), ctx.text_of(row["peer_reason"])]
    if row["masked"]:
        return [*names, *[None] * 8, *zone]
    interval, ratio = row["interval"] or (None, None), row["ratio_interval"] or (None, None)
    return [*names, row["value"], *interval, row["n"], row["expected_value"], row["ratio"], *ratio, *zone]
