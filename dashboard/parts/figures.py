"""Charts as plain plotly dictionaries over one shared layout.

No Plotly object is built at run time: a figure costs microseconds, and a test can read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.parts.palette import FONT, Palette

Figure = dict[str, Any]
CONFIG = {"displayModeBar": False, "responsive": True, "scrollZoom": False, "doubleClick": False}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart; ``texts`` are what a reader sees on hovering, one a point."""

    name: str
    x: Sequence[str]
    y: Sequence[float | None]
    texts: Sequence[str]
    kind: str = "data"  # data, or before: the thinner line of the year before
    # Ends of the interval at each point, where the line shows estimates.
    bounds: tuple[Sequence[float | None], Sequence[float | None]] | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """One series of bars."""

    name: str
    labels: Sequence[str]
    values: Sequence[float | None]
    texts: Sequence[str]


@dataclass(frozen=True, slots=True)
class Mark:
    """A vertical mark in time with words beside it."""

    x: str
    label: str


def layout(colours: Palette, height: int, **more: Any) -> dict[str, Any]:
    """Return the layout that all charts share, with what one of them adds."""
    axis = {
        "gridcolor": colours.line,
        "zeroline": False,
        "linecolor": colours.line,
        "tickfont": {"color": colours.quiet, "size": 12},
        "fixedrange": True,
        "automargin": True,
    }
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 13, "color": colours.ink},
        "hoverlabel": {
            "bgcolor": colours.card,
            "bordercolor": colours.line,
            "font": {"family": FONT, "size": 13, "color": colours.ink},
            "align": "left",
        },
        "showlegend": False,
        "legend": {
            "orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom",
            "font": {"size": 12, "color": colours.quiet},
        },
        "colorway": list(colours.categories),
        "dragmode": False,
    }  # fmt: skip
    base["xaxis"] = {**axis, "showgrid": False, **more.pop("xaxis", {})}
    base["yaxis"] = {**axis, **more.pop("yaxis", {})}
    return {**base, **more}


def rows_height(count: int, *, over: int = 70, each: int = 26) -> int:
    """Return the height in px of a chart with ``count`` rows of ``each`` px and ``over`` px besides."""
    return over + each * max(count, 2)


def lines(
    colours: Palette,
    series: Sequence[Line],
    *,
    height: int,
    is_share: bool = False,
    from_zero: bool = True,
    marks: Sequence[Mark] = (),
    ticks: tuple[Sequence[str], Sequence[str]] | None = None,
    empty: str = "",
) -> Figure:
    """Return lines over time; gaps stay gaps, and ``empty`` says why there is nothing but gaps."""
    if all(value is None for line in series for value in line.y):
        return blank(colours, empty, height=height)
    data = [_line(colours, line) for line in series]
    xaxis: dict[str, Any] = {"type": "category"}
    if ticks:
        xaxis |= {"tickvals": list(ticks[0]), "ticktext": list(ticks[1]), "tickangle": 0}
    yaxis: dict[str, Any] = {"nticks": 5, "rangemode": "tozero" if from_zero else "normal"}
    # Room above 100 % for the mark that stands there.
    yaxis |= {"tickformat": ",.0%", "range": [0, 1.04]} if is_share else {"tickformat": ",d"}
    made = layout(colours, height, xaxis=xaxis, yaxis=yaxis, showlegend=len(series) > 1)
    made["hovermode"] = "x unified" if len(series) > 1 else "closest"
    made["margin"]["t"] = 24 if len(series) > 1 or marks else 8
    made["shapes"] = [rule(colours, mark) for mark in marks]
    made["annotations"] = [flag(colours, mark) for mark in marks]
    if marks and len(series) > 1:
        made["legend"] = {**made["legend"], "y": 1.08}
        made["margin"]["t"] = 40
    return {"data": data, "layout": made}


def blank(colours: Palette, words: str, *, height: int) -> Figure:
    """Return a figure that says why there is nothing to draw."""
    hidden = {"visible": False, "range": [0, 1]}
    note = {
        "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "text": words, "showarrow": False,
        "font": {"size": 14, "color": colours.quiet},
    }  # fmt: skip
    # Plotly's own reader refuses a figure without any trace.
    trace = {"type": "scatter", "x": [], "y": []}
    return {
        "data": [trace],
        "layout": layout(colours, height, xaxis=hidden, yaxis=hidden, annotations=[note]),
    }


def bars_across(
    colours: Palette,
    bars: Bars,
    *,
    height: int,
    is_share: bool = False,
    lower: Sequence[float | None] | None = None,
    upper: Sequence[float | None] | None = None,
) -> Figure:
    """Return horizontal bars in the order given, first on top, with their figures beside them."""
    trace: dict[str, Any] = {
        "type": "bar", "orientation": "h", "x": list(bars.values), "y": list(bars.labels),
        "text": list(bars.texts), "textposition": "outside", "cliponaxis": False,
        "textfont": {"size": 12, "color": colours.ink}, "marker": {"color": colours.data},
        "hoverinfo": "none",
    }  # fmt: skip
    if lower is not None and upper is not None:
        trace["error_x"] = _interval(colours, bars.values, lower, upper)
    top = max((value for value in bars.values if value is not None), default=0) or 1
    xaxis = {"visible": False, "range": [0, 1.12 if is_share else top * 1.32]}
    yaxis = {
        "autorange": "reversed",
        "ticks": "",
        "showgrid": False,
        "tickfont": {"size": 13, "color": colours.ink},
    }
    return {"data": [trace], "layout": layout(colours, height, xaxis=xaxis, yaxis=yaxis, bargap=0.32)}


def stacked(
    colours: Palette,
    series: Sequence[Bars],
    *,
    height: int,
    ticks: tuple[Sequence[str], Sequence[str]],
    axis: str = "",
) -> Figure:
    """Return vertical bars that add up, over time; ``axis`` says what else stands below them."""
    data = [
        {
            "type": "bar", "name": bars.name, "x": list(bars.labels), "y": list(bars.values),
            "customdata": list(bars.texts), "hovertemplate": "%{customdata}<extra></extra>",
            "marker": {"color": colour, "pattern": {"shape": pattern, "solidity": 0.25}},
        }
        for bars, colour, pattern in zip(series, colours.categories, ("", "/", ".", "x"), strict=False)
    ]  # fmt: skip
    xaxis: dict[str, Any] = {
        "type": "category", "tickvals": list(ticks[0]), "ticktext": list(ticks[1]), "tickangle": 0,
    }  # fmt: skip
    if axis:
        xaxis["title"] = {"text": axis, "font": {"size": 12, "color": colours.quiet}, "standoff": 4}
    made = layout(colours, height, barmode="stack", bargap=0.25, xaxis=xaxis, showlegend=True)
    made["hovermode"] = "x unified"
    made["yaxis"] |= {"tickformat": ",d", "nticks": 5}
    made["margin"]["t"] = 28
    return {"data": data, "layout": made}


def matrix(
    colours: Palette,
    values: Sequence[Sequence[float | None]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    height: int,
) -> Figure:
    """Return a heat matrix with its figures in the cells; an empty cell is no colour."""
    trace = {
        "type": "heatmap", "z": [list(row) for row in values], "x": list(columns), "y": list(rows),
        "text": [list(row) for row in texts], "texttemplate": "%{text}",
        "textfont": {"size": 11, "color": colours.ink},
        "customdata": [list(row) for row in hovers], "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": [[0, colours.low], [1, colours.high]], "showscale": False, "xgap": 1, "ygap": 1,
        "hoverongaps": False,
    }  # fmt: skip
    xaxis = {"side": "top", "tickangle": -40, "ticks": "", "tickfont": {"size": 12, "color": colours.ink}}
    yaxis = {"autorange": "reversed", "ticks": "", "showgrid": False}
    yaxis["tickfont"] = {"size": 12, "color": colours.ink}
    return {"data": [trace], "layout": layout(colours, height, xaxis=xaxis, yaxis=yaxis)}


def dots(
    colours: Palette,
    bars: Bars,
    *,
    lower: Sequence[float | None],
    upper: Sequence[float | None],
    height: int,
    reference: tuple[float, str] | None = None,
) -> Figure:
    """Return one dot with its interval a row; ``reference`` is a line with words, e.g. the whole city.

    A row without a value shows its text instead.
    """
    trace = {
        "type": "scatter", "mode": "markers", "x": list(bars.values), "y": list(bars.labels),
        "marker": {"color": colours.data, "size": 9}, "customdata": list(bars.texts),
        "hovertemplate": "%{customdata}<extra></extra>",
        "error_x": _interval(colours, bars.values, lower, upper),
    }  # fmt: skip
    yaxis = {
        "autorange": "reversed", "type": "category", "showgrid": True, "ticks": "",
        "categoryorder": "array", "categoryarray": list(bars.labels),
        "tickfont": {"size": 13, "color": colours.ink},
    }  # fmt: skip
    xaxis = {"tickformat": ",.1~%", "showgrid": True, "side": "bottom", "nticks": 6}
    gaps = [
        {"x": 0.02, "xref": "paper", "y": label, "text": text, "showarrow": False, "xanchor": "left",
         "bgcolor": colours.card, "font": {"size": 12, "color": colours.quiet}}
        for label, value, text in zip(bars.labels, bars.values, bars.texts, strict=True)
        if value is None
    ]  # fmt: skip
    made = layout(colours, height, xaxis=xaxis, yaxis=yaxis, annotations=gaps)
    if reference is not None:
        value, words = reference
        made["margin"]["t"] = 24
        made["shapes"] = [
            {"type": "line", "x0": value, "x1": value, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": colours.before, "width": 1.5, "dash": "dot"}}
        ]  # fmt: skip
        made["annotations"] = [
            *gaps,
            {"x": value, "y": 1, "yref": "paper", "yanchor": "bottom", "text": words, "showarrow": False,
             "font": {"size": 12, "color": colours.quiet}}
        ]  # fmt: skip
    return {"data": [trace], "layout": made}


def _line(colours: Palette, line: Line) -> dict[str, Any]:
    is_main = line.kind == "data"
    stroke = {"color": colours.data if is_main else colours.before, "width": 2.2 if is_main else 1.5}
    if not is_main:
        stroke["dash"] = "dot"
    interval = {} if line.bounds is None else {"error_y": _interval(colours, line.y, *line.bounds)}
    return interval | {
        "type": "scatter", "mode": "lines+markers" if is_main else "lines", "name": line.name,
        "x": list(line.x), "y": list(line.y), "line": stroke, "marker": {"size": 5},
        "customdata": list(line.texts), "hovertemplate": "%{customdata}<extra></extra>",
        "connectgaps": False,
    }  # fmt: skip


def _interval(
    colours: Palette,
    values: Sequence[float | None],
    lower: Sequence[float | None],
    upper: Sequence[float | None],
) -> dict[str, Any]:
    above = [_gap(value, end) for value, end in zip(values, upper, strict=True)]
    below = [_gap(start, value) for value, start in zip(values, lower, strict=True)]
    return {
        "type": "data", "symmetric": False, "array": above, "arrayminus": below,
        "color": colours.before, "thickness": 1.5, "width": 4,
    }  # fmt: skip


def _gap(low: float | None, high: float | None) -> float:
    return 0.0 if low is None or high is None else max(high - low, 0.0)


def rule(colours: Palette, mark: Mark) -> dict[str, Any]:
    """Return the vertical line of a mark."""
    return {
        "type": "line", "x0": mark.x, "x1": mark.x, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
        "line": {"color": colours.signal, "width": 1, "dash": "dot"},
    }  # fmt: skip


def flag(colours: Palette, mark: Mark) -> dict[str, Any]:
    """Return the words above a mark."""
    return {
        "x": mark.x, "y": 1, "yref": "paper", "yanchor": "bottom", "text": mark.label, "showarrow": False,
        "font": {"size": 11, "color": colours.quiet},
    }  # fmt: skip
