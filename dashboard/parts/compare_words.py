"""A unit's standing in plain words: what it did, what its mix lets expect, how many times as much."""

from __future__ import annotations

from typing import Any

from dashboard.comparing import Compared
from dashboard.context import Context, Row
from dashboard.parts import quantities, zones_table
from dashboard.words import formats

SIGNS = {
    ("beyond_95", "high"): "△", ("beyond_95", "low"): "▽",
    ("beyond_99.8", "high"): "▲", ("beyond_99.8", "low"): "▼",
}  # fmt: skip


def sign_of(row: Row) -> str:
    """Return the mark of a row outside its control limits; empty where it lies within or is not judged."""
    return SIGNS.get((zones_table.zone_of(row), row["funnel_side"] or ""), "")


def against_expected(ctx: Context, found: Compared, row: Row) -> str:
    """Return e.g. ``实际 10 件，按业务构成预计约 48 件，…``; empty without expectation."""
    if row["masked"] or row["ratio"] is None:
        return ""
    ratio = times(ctx, row["ratio"])
    bounds = interval_of_times(ctx, row)
    if found.measure.kind == "quantile":
        return ctx.say("compare.days_against", ratio=ratio, bounds=bounds)
    return ctx.say(
        "compare.against",
        observed=formats.number(row["observed"], ctx.language),
        expected=formats.number(row["expected"], ctx.language, 0 if row["expected"] >= 10 else 1),
        basis=ctx.say(f"compare.basis_{found.meta['expected_from']}"),
        ratio=ratio,
        bounds=bounds,
    )


def times(ctx: Context, ratio: float) -> str:
    """Return a ratio to expectation."""
    return formats.number(ratio, ctx.language, 2)


def interval_of_times(ctx: Context, row: Row) -> str:
    """Return the interval of a ratio, ``…`` where it has no end."""
    low, high = row["ratio_interval"] or (None, None)
    above = "…" if high is None else times(ctx, high)
    return f"{times(ctx, low or 0.0)}–{above}"


def expected_short(ctx: Context, found: Compared, row: Row) -> str:
    """Return what is expected in the few words of a cell; empty without expectation."""
    if row["masked"] or row["expected_value"] is None:
        return ""
    if found.measure.kind == "quantile":
        return "" if row["ratio"] is None else ctx.say("compare.cell_ratio", ratio=times(ctx, row["ratio"]))
    digits = 0 if row["expected_value"] >= 10 else 1
    value = (
        formats.percent(row["expected_value"], ctx.language)
        if found.measure.kind == "proportion"
        else formats.number(row["expected_value"], ctx.language, digits)
    )
    return ctx.say("compare.cell_expected", value=value)


def base_short(ctx: Context, found: Compared, row: Row) -> str:
    """Return what a share or a median rests on in the few words of a cell."""
    if row["masked"] or found.measure.kind == "count" or not row["n"]:
        return ""
    return ctx.say("compare.cell_n", n=formats.number(row["n"], ctx.language))


def full(ctx: Context, found: Compared, row: Row, name: str) -> str:
    """Return all there is to say of a cell: value, interval, base, expectation, and where it stands."""
    said = [
        f"{name}{ctx.say('frame.colon')}{measure_name(ctx, found.measure)} "
        + zones_table.figure_of(ctx, found.measure, row)
    ]
    said += [part for part in (against_expected(ctx, found, row), zones_table.zone_words(ctx, row)) if part]
    return ctx.say("compare.join").join(said)


def measure_name(ctx: Context, measure: Any) -> str:
    """Return a measure's name; of days it says that the median is shown."""
    name = ctx.text(measure.name)
    return ctx.say("cards.median", name=name) if measure.kind == "quantile" else name


def interval_short(ctx: Context, found: Compared, row: Row) -> str:
    """Return the interval of a value."""
    if row["masked"]:
        return ""
    return quantities.interval(found.measure, zones_table.as_answered(row), ctx.language)
