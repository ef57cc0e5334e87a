"""The table beside a 控制界限图: value, base, interval, expectation, shrunk estimate and zone in words."""

from __future__ import annotations

from typing import Any

from dashboard.comparing import Compared
from dashboard.context import Context, Row
from dashboard.parts import chart_data, quantities, tables
from dashboard.parts.chart_data import Sheet
from dashboard.words import formats

# Where the base stands in the table, and in the file, whose intervals take two columns.
_BASE, _FILE_BASE = 4, 5


def zone_of(row: Row) -> str:
    """Return the zone of a row: ``in``, ``beyond_95``, ``beyond_99.8`` or ``not_judged``."""
    return str(row["funnel_zone"]) if row["judged"] and row["funnel_zone"] else "not_judged"


def zone_words(ctx: Context, row: Row) -> str:
    """Return the zone in plain words, with the side; a row that is not judged says why."""
    if row["masked"]:
        return ctx.say("zones.masked")
    zone = zone_of(row)
    if zone == "not_judged":
        return str((row["reason"] or {}).get(ctx.language) or ctx.say("funnel.not_judged"))
    words = ctx.say("funnel." + zone.replace(".", ""))
    if zone == "in":
        return words
    side = ctx.say("funnel." + row["funnel_side"])
    return side + quantities.comma(ctx.language) + words


def figure_of(ctx: Context, measure: Any, row: Row) -> str:
    """Return value, interval and base of a compared row in one."""
    return quantities.full(measure, as_answered(row), ctx.language)


def expected_of(ctx: Context, measure: Any, row: Row) -> str:
    """Return the expectation on the measure's own scale."""
    if measure.kind == "count":
        return formats.number(row["expected_value"], ctx.language, 1)
    return quantities.shown(measure, row["expected_value"], ctx.language)


def as_answered(row: Row) -> Row:
    """Return a compared row as rows of answers are: with bounds, numerator and denominator."""
    lower, upper = row["interval"] or (None, None)
    return {
        "value": row["value"], "lower": lower, "upper": upper, "masked": row["masked"],
        "numerator": row["observed"], "denominator": row["n"],
    }  # fmt: skip


def sheet(ctx: Context, found: Compared, title: str) -> Sheet:
    """Return the table as readers read it, and the same rows as plain numbers in a file."""
    return Sheet(
        title,
        columns(ctx, found),
        lambda: rows(ctx, found),
        _file_headings(ctx, found),
        lambda: _file_rows(ctx, found),
        [*chart_data.notes(ctx, found, title), _note(ctx, found)],
        f"{found.measure.key}-limits-{ctx.period}.csv",
    )


def columns(ctx: Context, found: Compared) -> list[tables.Column]:
    """Return the columns of :func:`rows`; counts stand against what is expected, and have no base."""
    made = [
        tables.Column(ctx.say("zones.district"), least=6),
        tables.Column(ctx.say("dimension.institution"), least=9),
        tables.Column(ctx.text(found.measure.name), is_number=True),
        tables.Column(ctx.say("chart.interval"), is_number=True),
        tables.Column(ctx.say("zones.n"), is_number=True),
        tables.Column(ctx.say("zones.expected"), is_number=True),
        tables.Column(ctx.say("zones.shrunk"), is_number=True),
        tables.Column(ctx.say("zones.shrunk_interval"), is_number=True),
        tables.Column(ctx.say("zones.zone"), least=11),
    ]
    return _without_base(found, made, _BASE)


def rows(ctx: Context, found: Compared) -> list[list[str]]:
    """Return a row a unit, in the standard's order of districts; masked ones say so and show nothing."""
    measure, language = found.measure, ctx.language
    places = _places(ctx)
    made = []
    for row in found.rows:
        code = row["institution"]
        known = not row["masked"]
        made.append([
            places.get(code, formats.NOTHING),
            ctx.name("institution", code),
            quantities.of_row(measure, row, language) if known else formats.NOTHING,
            (quantities.interval(measure, as_answered(row), language) if known else "")
            or formats.NOTHING,
            formats.number(row["n"], language) if known else formats.NOTHING,
            formats.NOTHING if row["expected_value"] is None else expected_of(ctx, measure, row),
            *_shrunk(ctx, measure, row),
            zone_words(ctx, row),
        ])  # fmt: skip
    return [_without_base(found, cells, _BASE) for cells in made]


def _shrunk(ctx: Context, measure: Any, row: Row) -> tuple[str, str]:
    """Return the shrunk estimate and its interval; of counts with a decimal, for they are expectations.

    Where units do not differ beyond chance the estimate is what is expected of each: it has no interval,
    and one without width would look like certainty.
    """
    low, high = row["shrunk_interval"] or (None, None)
    if is_pooled(row):
        low = high = None
    if measure.kind == "count":
        value, low, high = (
            formats.number(part, ctx.language, 1) for part in (row["shrunk_value"], low, high)
        )
        return value, formats.NOTHING if high == formats.NOTHING else f"{low}–{high}"
    shrunk = {"lower": low, "upper": high, "value": row["shrunk_value"]}
    interval = quantities.interval(measure, shrunk, ctx.language) or formats.NOTHING
    return quantities.shown(measure, row["shrunk_value"], ctx.language), interval


def is_pooled(row: Row) -> bool:
    """Say whether a unit's shrunk estimate is what is expected of it, because units do not differ."""
    low, high = row["shrunk_interval"] or (None, None)
    return low is not None and high is not None and high - low <= 1e-9 * max(abs(high), 1.0)


def _without_base(found: Compared, cells: list[Any], place: int) -> list[Any]:
    return cells[:place] + cells[place + 1 :] if found.measure.kind == "count" else cells


def _places(ctx: Context) -> dict[str, str]:
    names = {code: ctx.name("district", code, short=True) for code in ctx.options("district")}
    return {
        row["institution_id"]: names.get(row["district"], row["district"] or formats.NOTHING)
        for row in ctx.institutions()
    }


def _file_headings(ctx: Context, found: Compared) -> list[str]:
    scale = " (%)" if found.measure.kind == "proportion" else ""
    shrunk = ctx.say("zones.shrunk")
    headings = [
        ctx.say("zones.district"),
        ctx.say("dimension.institution"),
        ctx.text(found.measure.name) + scale,
        ctx.say("chart.lower") + scale,
        ctx.say("chart.upper") + scale,
        ctx.say("zones.n"),
        ctx.say("zones.expected") + scale,
        shrunk + scale,
        f"{shrunk} {ctx.say('chart.lower')}{scale}",
        f"{shrunk} {ctx.say('chart.upper')}{scale}",
        ctx.say("zones.zone"),
    ]
    return _without_base(found, headings, _FILE_BASE)


def _file_rows(ctx: Context, found: Compared) -> list[list[Any]]:
    scale = 100.0 if found.measure.kind == "proportion" else 1.0
    places = _places(ctx)
    made = [
        [
            places.get(row["institution"], ""),
            ctx.name("institution", row["institution"]),
            *_numbers(row, scale),
            zone_words(ctx, row),
        ]
        for row in found.rows
    ]
    return [_without_base(found, cells, _FILE_BASE) for cells in made]


def _numbers(row: Row, scale: float) -> list[float | None]:
    if row["masked"]:
        return [None] * 8
    interval = row["interval"] or (None, None)
    shrunk = (None, None) if is_pooled(row) else row["shrunk_interval"] or (None, None)
    found = [row["value"], *interval, row["n"], row["expected_value"], row["shrunk_value"], *shrunk]
    return [
        part if part is None or place == 3 else round(part * scale, 6) for place, part in enumerate(found)
    ]


def _note(ctx: Context, found: Compared) -> tuple[str, str]:
    return ctx.say("zones.expected"), ctx.text_of(found.meta["expected_note"])
