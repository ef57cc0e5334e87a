"""控制图 in its frame: a measure by month against its own past, with season and events, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from analytics.core.workdays import spring_festival_month
from dashboard import verdicts
from dashboard.comparing import Compared
from dashboard.context import Answer, Context, Row
from dashboard.parts import chart, chart_data, figures_control, quantities, tables
from dashboard.parts.chart_data import Sheet
from dashboard.parts.figures import Mark
from dashboard.parts.figures_control import ControlWords, Month
from dashboard.parts.palette import palette
from dashboard.words import formats

# Fewer months before the last ones give no limits; see analytics.comparison.
_LEAST = 12
# A season that moves less than this is not worth a line of its own.
_SEASON_SHOWN_FROM = 0.02


def draw(
    ctx: Context, key: str, found: Compared, *, title: str, more: str = "", place: int = 0, height: int = 340
) -> None:
    """Draw the chart of one row of ``found``; ``more`` is said after what the chart says."""
    row = found.rows[place] if len(found.rows) > place else {"months": []}
    months = months_of(ctx, found, row)
    measure = found.measure
    figure = figures_control.control(
        palette(is_dark=ctx.is_dark),
        months,
        _words(ctx, found),
        judged=int(found.meta["judged_months"]),
        height=height,
        is_share=measure.kind == "proportion",
        digits=1 if measure.kind == "quantile" else 0,
        marks=events(ctx, [month.code for month in months]),
        ticks=ticks(ctx, [month.code for month in months]),
        empty=ctx.say("control.empty"),
    )
    chart.framed(
        ctx,
        key,
        [found],
        title=title,
        says=says(ctx, found, row) + more,
        figure=figure,
        how="how.control",
        sheets=[sheet(ctx, found, row, title)],
    )


def of_months(ctx: Context, by_month: Answer) -> Compared:
    """Return the chart of a measure whose months (``verdicts.chart_period``) were read already."""
    meta, row = verdicts.charted(ctx, by_month)
    return Compared(by_month.measure, meta, [row], by_month.selection, by_month.unfiltered)


def months_of(ctx: Context, found: Compared, row: Row) -> list[Month]:
    """Return the months of a row as they are drawn; masked ones have no value.

    A row without months is that of an institution which is not open any more: nothing is drawn.
    """
    if not row["months"]:
        return []
    season = found.meta["season"] if has_season(ctx, found) else [None] * len(row["months"])
    return [
        Month(
            month["month"],
            month["value"],
            month["centre"],
            month["lower"],
            month["upper"],
            bool(month["signals"]),
            hover(ctx, found.measure, month),
            None if index is None or month["value"] is None else month["value"] / index,
        )
        for month, index in zip(row["months"], season, strict=True)
    ]


def has_season(ctx: Context, found: Compared) -> bool:
    """Say whether to show an index: one that moves, to readers who may see what it is computed from."""
    return ctx.scope.audience == "records" and any(
        abs(part - 1.0) > _SEASON_SHOWN_FROM for part in found.meta["season"]
    )


def hover(ctx: Context, measure: Any, month: Row) -> str:
    """Return what a reader sees on hovering over a month."""
    name = formats.month(month["month"], ctx.language)
    if month["value"] is None:
        return f"{name}{ctx.say('frame.colon')}{ctx.say('control.hover_' + _why_none(month))}"
    lines = [f"{name}{ctx.say('frame.colon')}{value_of(ctx, measure, month)}"]
    if month["centre"] is not None:
        limits = {part: shown(ctx, measure, month[part]) for part in ("lower", "upper", "centre")}
        lines.append(ctx.say("control.hover_limits", **limits))
    if month["signals"]:
        lines.append(ctx.say("control.hover_signal", rules=rules(ctx, month["signals"])))
    return "<br>".join(lines)


def value_of(ctx: Context, measure: Any, month: Row) -> str:
    """Return a month's value with what it rests on."""
    value = quantities.shown(measure, month["value"], ctx.language)
    if measure.kind not in ("proportion", "quantile") or month["n"] is None:
        return value
    base = ctx.say("base.quantile", denominator=formats.number(month["n"], ctx.language))
    return ctx.say("figure.with", value=value, rest=base)


def shown(ctx: Context, measure: Any, value: float | None) -> str:
    """Return a limit as the measure's figures are written."""
    return quantities.shown(measure, value, ctx.language, unit=False)


def rules(ctx: Context, names: Sequence[str]) -> str:
    """Return the rules that signal, in words."""
    return formats.listed([ctx.say(f"control.rule_{name}") for name in names], ctx.language)


def _why_none(month: Row) -> str:
    return "masked" if month["masked"] else "none"


def says(ctx: Context, found: Compared, row: Row) -> str:
    """Say whether the last months signal, and what the season is."""
    held = row["months"]
    judged = int(found.meta["judged_months"])
    if not any(month["centre"] is not None for month in held):
        return ctx.say("control.says_short", least=_LEAST)
    signals = [month for month in held[-judged:] if month["signals"]]
    if signals:
        sides = [_side(ctx, signals, is_above=is_above) for is_above in (True, False)]
        broken = list(dict.fromkeys(rule for month in signals for rule in month["signals"]))
        said = ctx.say(
            "control.says_signals",
            judged=judged,
            months=formats.listed([side for side in sides if side], ctx.language),
            rules=rules(ctx, broken),
        )
    else:
        said = ctx.say("control.says_usual", judged=judged)
    return said + (_season(ctx, found) if has_season(ctx, found) else "")


def _side(ctx: Context, signals: Sequence[Row], *, is_above: bool) -> str:
    """Return the months that signal on one side, with the side; empty without any."""
    held = [month for month in signals if (month["value"] > month["centre"]) == is_above]
    if not held:
        return ""
    names = formats.listed([formats.month(month["month"], ctx.language) for month in held], ctx.language)
    return ctx.say(
        "control.says_signal", months=names, side=ctx.say("control.above" if is_above else "control.below")
    )


def _season(ctx: Context, found: Compared) -> str:
    """Say which months of the last year are usually high and low."""
    pairs = list(zip(found.meta["months"], found.meta["season"], strict=True))[-12:]
    high, low = max(pairs, key=lambda pair: pair[1]), min(pairs, key=lambda pair: pair[1])
    return ctx.say(
        "control.season",
        high_month=month_name(ctx, high[0]),
        high=formats.percent(high[1], ctx.language, 0),
        low_month=month_name(ctx, low[0]),
        low=formats.percent(low[1], ctx.language, 0),
    )


def month_name(ctx: Context, code: str) -> str:
    """Return a month without its year."""
    return f"{int(code[5:])} 月" if ctx.language == "zh" else formats.month(code, "en")[:3]


def events(ctx: Context, months: Sequence[str]) -> list[Mark]:
    """Return what happens every year: 4·26 宣传周, year end, Spring Festival, where its month is known."""
    found = []
    for month in months:
        year, number = int(month[:4]), int(month[5:])
        words = {4: "ip_week", 12: "year_end", spring_festival_month(year): "spring"}
        if number in words:
            found.append(Mark(month, ctx.say(f"control.{words[number]}")))
    return found


def ticks(ctx: Context, months: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return at most twelve ticks that end with the last month; a year stands where it begins."""
    step = max(1, -(-len(months) // 12))
    chosen = list(months)[::-1][::step][::-1]
    labels, year = [], ""
    for month in chosen:
        short = month_name(ctx, month).replace(" ", "")
        labels.append(short if month[:4] == year else f"{short}<br>{month[:4]}")
        year = month[:4]
    return chosen, labels


def sheet(ctx: Context, found: Compared, row: Row, title: str) -> Sheet:
    """Return the months as a table and as plain numbers."""
    measure = found.measure
    names = [
        ctx.say("dimension.month"), ctx.text(measure.name), ctx.say("control.centre_plain"),
        f"{ctx.say('control.limits')} ↓", f"{ctx.say('control.limits')} ↑", ctx.say("control.signal"),
    ]  # fmt: skip

    def rows() -> list[list[str]]:
        return [
            [
                formats.month(month["month"], ctx.language),
                _cell(ctx, measure, month),
                *(shown(ctx, measure, month[part]) for part in ("centre", "lower", "upper")),
                rules(ctx, month["signals"]),
            ]
            for month in row["months"]
        ]

    def file_rows() -> list[list[object]]:
        return [
            [
                month["month"],
                *(_scaled(measure, month[part]) for part in ("value", "centre", "lower", "upper")),
                rules(ctx, month["signals"]),
            ]
            for month in row["months"]
        ]

    columns = [tables.Column(name, 0 < place < 5) for place, name in enumerate(names)]
    notes = chart_data.notes(ctx, found, title)
    return Sheet(title, columns, rows, names, file_rows, notes, f"{measure.key}-control-{ctx.period}.csv")


def _cell(ctx: Context, measure: Any, month: Row) -> str:
    return ctx.say("control.hover_masked") if month["masked"] else shown(ctx, measure, month["value"])


def _scaled(measure: Any, value: float | None) -> float | None:
    return value if value is None or measure.kind != "proportion" else round(value * 100, 6)


def _words(ctx: Context, found: Compared) -> ControlWords:
    centre = "control.centre" if has_season(ctx, found) else "control.centre_plain"
    return ControlWords(
        ctx.say("control.value"),
        ctx.say("control.adjusted"),
        ctx.say(centre),
        ctx.say("control.limits"),
        ctx.say("control.signal"),
        ctx.say("control.baseline"),
    )
