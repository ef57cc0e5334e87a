"""A chart's data in words for the reader, and as plain numbers in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dashboard.comparing import Compared
from dashboard.context import Answer, Context
from dashboard.parts import quantities, tables
from dashboard.words import formats


@dataclass(frozen=True, slots=True)
class Table:
    """A chart's data as a reader reads them, made only when asked for."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A chart's data that no single answer holds: a table for readers and a file, made when asked for.

    ``rows`` gives cells in words under ``columns``; ``file_rows`` plain numbers under ``file_headings``,
    below ``notes``; ``file`` is the file's name.
    """

    caption: str
    columns: Sequence[tables.Column]
    rows: Callable[[], Sequence[Sequence[str]]]
    file_headings: Sequence[str]
    file_rows: Callable[[], Sequence[Sequence[object]]]
    notes: Sequence[tuple[str, str]]
    file: str

    def make(self) -> bytes:
        """Return the file."""
        return tables.as_csv(self.notes, self.file_headings, self.file_rows())


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


def file_of(ctx: Context, answer: Answer, title: str) -> Callable[[], bytes]:
    """Return a maker of the file, called when the reader presses the button."""

    def make() -> bytes:
        return tables.as_csv(notes(ctx, answer, title), _file_headings(ctx, answer), _file_rows(ctx, answer))

    return make


def _file_headings(ctx: Context, answer: Answer) -> list[str]:
    measure = answer.measure
    unit = " (%)" if measure.kind == "proportion" else _unit_note(ctx, answer)
    headings = [ctx.say(f"dimension.{dimension}") for dimension in answer.by]
    if measure.kind == "quantile":
        headings.append(ctx.say("chart.quantile"))
    headings.append(ctx.text(measure.name) + unit)
    if measure.kind in ("proportion", "quantile"):
        headings += [ctx.say("chart.lower") + unit, ctx.say("chart.upper") + unit]
        headings += _count_headings(ctx, answer)
    return headings


def _file_rows(ctx: Context, answer: Answer) -> Iterator[list[object]]:
    """Yield rows whose figures are numbers, so that a spreadsheet can go on computing with them."""
    kind = answer.measure.kind
    scale = 100.0 if kind == "proportion" else 1.0
    for row in answer.rows:
        cells: list[object] = [ctx.name(dimension, row.get(dimension)) for dimension in answer.by]
        if kind == "quantile":
            cells.append(row.get("quantile"))
        masked = quantities.of_row(answer.measure, row, ctx.language) if row.get("masked") else None
        cells.append(masked or _scaled(row.get("value"), scale))
        if kind in ("proportion", "quantile"):
            cells += [_scaled(row.get("lower"), scale), _scaled(row.get("upper"), scale)]
            cells += [row.get("numerator")] if kind == "proportion" else []
            cells.append(row.get("denominator"))
        yield cells


def _scaled(value: float | None, scale: float) -> float | None:
    return value if value is None or scale == 1.0 else round(value * scale, 6)


def notes(ctx: Context, answer: Answer | Compared, title: str) -> list[tuple[str, str]]:
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


def limits(ctx: Context, answers: Sequence[Answer | Compared]) -> list[str]:
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
