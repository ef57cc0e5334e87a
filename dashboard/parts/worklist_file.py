"""The worklist as a file: every item with its value, its interval and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analytics.comparison.signals import Signal
from analytics.measures import registry
from dashboard.context import Context
from dashboard.parts import concerns, tables
from dashboard.words import formats

_HEADINGS = (
    "attention.state", "attention.file_kind", "attention.place", "attention.file_institution_number",
    "attention.institution", "attention.file_measure", "attention.what", "attention.file_value",
    "attention.file_lower", "attention.file_upper", "attention.file_expected", "attention.file_n",
    "attention.file_unit", "attention.since", "attention.action", "attention.file_status",
    "attention.file_link", "attention.file_id",
)  # fmt: skip


def maker(ctx: Context, found: Sequence[Signal], month: str) -> Callable[[], bytes]:
    """Return a maker of the CSV, called when the reader presses the button."""

    def make() -> bytes:
        headings = [ctx.say(name) for name in _HEADINGS]
        return tables.as_csv(_notes(ctx, month), headings, (_row(ctx, each) for each in found))

    return make


def _notes(ctx: Context, month: str) -> list[tuple[str, str]]:
    lines = [(ctx.say("frame.internal"), "")]
    if ctx.data.is_sample:
        lines.append((ctx.say("frame.sample"), ctx.say("frame.sample_note")))
    chosen = []
    for name in concerns.PLACES:
        if codes := ctx.selection.get(name):
            names = formats.listed([ctx.name(name, code) for code in codes], ctx.language)
            chosen.append(f"{ctx.say('dimension.' + name)}={names}")
    how = " ".join(ctx.say(f"attention.how_{number}") for number in range(1, 6))
    return [
        *lines,
        (ctx.say("chart.title"), ctx.say("attention.title")),
        (ctx.say("attention.month"), formats.month(month, ctx.language)),
        (ctx.say("chart.filters"), "; ".join(chosen) or ctx.say("filters.everything")),
        (ctx.say("attention.how_title"), how),
        (ctx.say("chart.limits"), ctx.say("attention.file_note")),
        (ctx.say("frame.data_until"), formats.day(ctx.data.data_until, ctx.language)),
        (ctx.say("frame.data_version"), ctx.data.version),
    ]


def _row(ctx: Context, signal: Signal) -> list[object]:
    measure = registry.get(signal.measure)
    low, high = signal.interval or (None, None)
    numbers = [_rounded(number) for number in (signal.value, low, high, signal.expected)]
    return [
        ctx.say(f"attention.state_{signal.state}"),
        ctx.say(f"attention.kind_{signal.kind}"),
        concerns.place_of(ctx, signal),
        "" if signal.unit_kind == "city" else signal.unit,
        ctx.text(signal.name),
        ctx.text(measure.name),
        ctx.text(signal.sentence),
        *numbers,
        signal.n,
        _unit(ctx, signal),
        signal.since,
        ctx.text(signal.action),
        ctx.text(signal.status),
        concerns.address_of(signal),
        signal.id,
    ]


def _unit(ctx: Context, signal: Signal) -> str:
    """Return the unit of the value: what is due is counted in cases or months, not in the measure's unit."""
    measure = registry.get(signal.measure)
    if signal.kind in ("overdue_follow_up", "threshold"):
        return ctx.say("attention.unit_cases")
    if signal.kind == "not_reported":
        return ctx.say("attention.unit_months")
    return ctx.say("attention.unit_share") if measure.kind == "proportion" else ctx.text(measure.unit)


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)
