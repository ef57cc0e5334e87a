"""Units as dots with intervals, and their rank intervals as dumbbells. Plain plotly dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.parts.figures import Figure, blank, layout, rows_height
from dashboard.parts.palette import Palette

_SYMBOLS = {"in": "circle", "beyond_95": "diamond", "beyond_99.8": "square", "not_judged": "circle-open"}


@dataclass(frozen=True, slots=True)
class Held:
    """One unit's row: its value with interval, what is expected of it, its zone, and its words on hovering.

    Without a value ``text`` stands in its place.
    """

    code: str
    label: str
    value: float | None
    lower: float | None
    upper: float | None
    expected: float | None
    zone: str
    text: str


@dataclass(frozen=True, slots=True)
class HeldWords:
    """Names in the legend: of the zones, of the expectation, and of the city's line."""

    zones: dict[str, str]
    expected: str
    city: str


def intervals(
    colours: Palette,
    rows: Sequence[Held],
    words: HeldWords,
    *,
    tickformat: str,
    city: float | None = None,
    empty: str = "",
) -> Figure:
    """Return a dot with its interval a row, first on top; ``city`` is a line with words.

    A point's ``customdata`` is its words and its code.
    """
    height = rows_height(len(rows), over=92, each=25)
    if all(row.value is None for row in rows):
        return blank(colours, empty, height=160)
    data = [_expected(colours, rows, words)] if any(row.expected is not None for row in rows) else []
    data += [
        _dots(
            colours,
            [row for row in rows if row.zone == zone and row.value is not None],
            zone,
            words.zones[zone],
        )
        for zone in _SYMBOLS
        if any(row.zone == zone and row.value is not None for row in rows)
    ]
    made = layout(
        colours, height, xaxis={"tickformat": tickformat, "showgrid": True, "nticks": 7},
        yaxis=_names(colours, rows), showlegend=True, hovermode="closest", annotations=_gaps(colours, rows),
        clickmode="event+select",
    )  # fmt: skip
    made["legend"] |= {"y": 1.0, "yref": "paper", "itemclick": False, "itemdoubleclick": False}
    made["margin"]["t"] = 62 if city is not None else 40
    if city is not None:
        made["legend"]["y"] = 1.0 + 26 / max(height - 70, 60)
        made["shapes"] = [_line(colours, city)]
        made["annotations"] = [*made["annotations"], _line_words(colours, city, words.city)]
    return {"data": data, "layout": made}


def dumbbells(
    colours: Palette,
    labels: Sequence[str],
    bounds: Sequence[tuple[int, int] | None],
    texts: Sequence[str],
    *,
    title: str,
    empty: str,
) -> Figure:
    """Return an interval of places a row, in the order given; a row without one shows its text."""
    held = [(label, bound, text) for label, bound, text in zip(labels, bounds, texts, strict=True) if bound]
    if not held:
        return blank(colours, empty, height=160)
    height = rows_height(len(labels), over=80, each=25)
    x: list[float | None] = []
    y: list[str | None] = []
    for label, bound, _ in held:
        x += [bound[0], bound[1], None]
        y += [label, label, None]
    line = {
        "type": "scatter", "mode": "lines", "x": x, "y": y, "line": {"color": colours.before, "width": 3},
        "hoverinfo": "skip",
    }  # fmt: skip
    ends = {
        "type": "scatter", "mode": "markers", "x": [end for _, bound, _ in held for end in bound],
        "y": [label for label, _, _ in held for _ in (0, 1)],
        "customdata": [text for _, _, text in held for _ in (0, 1)],
        "hovertemplate": "%{customdata}<extra></extra>", "marker": {"size": 9, "color": colours.data},
    }  # fmt: skip
    names = {
        "range": [len(labels) - 0.5, -0.5], "type": "category", "showgrid": True, "ticks": "",
        "categoryorder": "array", "categoryarray": list(labels),
        "tickfont": {"size": 13, "color": colours.ink},
    }  # fmt: skip
    most = max(bound[1] for _, bound, _ in held)
    xaxis = {
        "range": [0.7 - 0.02 * most, 0.3 + 1.02 * most], "showgrid": True,
        "tickvals": _places(most), "tickformat": "d",
        "title": {"text": title, "font": {"size": 12, "color": colours.quiet}},
    }  # fmt: skip
    gaps = [
        _gap_words(colours, label, text)
        for label, bound, text in zip(labels, bounds, texts, strict=True)
        if not bound
    ]
    made = layout(colours, height, xaxis=xaxis, yaxis=names, annotations=gaps)
    return {"data": [line, ends], "layout": made}


def _places(most: int) -> list[int]:
    """Return the places that the axis names: the first, and round ones after it."""
    step = next((step for step in (5, 10, 20, 50) if most <= 8 * step), 100)
    return [1, *range(step, most + 1, step)]


def _dots(colours: Palette, rows: Sequence[Held], zone: str, name: str) -> dict[str, Any]:
    colour = {
        "in": colours.data, "beyond_95": colours.signal, "beyond_99.8": colours.plum,
        "not_judged": colours.quiet,
    }[zone]  # fmt: skip
    ends = [(_gap(row.value, row.upper), _gap(row.lower, row.value)) for row in rows]
    return {
        "type": "scatter", "mode": "markers", "name": name, "x": [row.value for row in rows],
        "y": [row.label for row in rows], "customdata": [[row.text, row.code] for row in rows],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "marker": {"symbol": _SYMBOLS[zone], "size": 8 if zone == "in" else 10, "color": colour},
        "error_x": {
            "type": "data", "symmetric": False, "array": [above for above, _ in ends],
            "arrayminus": [below for _, below in ends], "color": colours.before, "thickness": 1.5, "width": 4,
        },
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def _expected(colours: Palette, rows: Sequence[Held], words: HeldWords) -> dict[str, Any]:
    held = [row for row in rows if row.expected is not None and row.value is not None]
    return {
        "type": "scatter", "mode": "markers", "name": words.expected, "x": [row.expected for row in held],
        "y": [row.label for row in held], "hoverinfo": "skip",
        "marker": {
            "symbol": "line-ns-open", "size": 15, "color": colours.teal,
            "line": {"color": colours.teal, "width": 2.5},
        },
    }  # fmt: skip


def _names(colours: Palette, rows: Sequence[Held]) -> dict[str, Any]:
    return {
        "type": "category", "showgrid": True, "ticks": "",
        "categoryorder": "array", "categoryarray": [row.label for row in rows],
        "range": [len(rows) - 0.5, -0.5], "tickfont": {"size": 13, "color": colours.ink},
    }  # fmt: skip


def _gaps(colours: Palette, rows: Sequence[Held]) -> list[dict[str, Any]]:
    return [_gap_words(colours, row.label, row.text) for row in rows if row.value is None]


def _gap_words(colours: Palette, label: str, text: str) -> dict[str, Any]:
    return {
        "x": 0.02, "xref": "paper", "y": label, "text": text, "showarrow": False, "xanchor": "left",
        "bgcolor": colours.card, "font": {"size": 12, "color": colours.quiet},
    }  # fmt: skip


def _line(colours: Palette, value: float) -> dict[str, Any]:
    return {
        "type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
        "line": {"color": colours.before, "width": 1.5, "dash": "dot"},
    }  # fmt: skip


def _line_words(colours: Palette, value: float, words: str) -> dict[str, Any]:
    return {
        "x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "text": words, "showarrow": False,
        "font": {"size": 12, "color": colours.quiet},
    }  # fmt: skip


def _gap(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else max(high - low, 0.0)
