"""控制图: a measure by month against its own past. Plain plotly dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.parts.figures import Figure, Mark, blank, flag, layout, rule
from dashboard.parts.palette import Palette

# Words above marks that are closer than this many months would run into one another.
_APART = 4
_WORDS_PX, _ROUND_PX = 29, 105


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the chart: value, centre and limits of that month, whether a rule signals, words."""

    code: str
    value: float | None
    centre: float | None
    lower: float | None
    upper: float | None
    is_signal: bool
    text: str
    # The value with the season taken out, where there is a season.
    adjusted: float | None = None


@dataclass(frozen=True, slots=True)
class ControlWords:
    """Names of the lines and marks in the legend, and of the months that the limits come from."""

    value: str
    adjusted: str
    centre: str
    limits: str
    signal: str
    baseline: str


def control(
    colours: Palette,
    months: Sequence[Month],
    words: ControlWords,
    *,
    judged: int,
    height: int,
    is_share: bool = False,
    digits: int = 0,
    marks: Sequence[Mark] = (),
    ticks: tuple[Sequence[str], Sequence[str]] | None = None,
    empty: str = "",
) -> Figure:
    """Return months as a line between limits that are drawn from the shaded months before.

    Parameters
    ----------
    judged : int
        How many last months may signal; all before them are the shaded baseline, where there are limits.
    marks : sequence of Mark
        Events: vertical lines with words. Months that are not shown are passed over.
    """
    if all(month.value is None for month in months):
        return blank(colours, empty, height=height)
    codes = [month.code for month in months]
    has_limits = any(month.centre is not None for month in months)
    data = _limits(colours, months, words) if has_limits else []
    if any(month.adjusted is not None for month in months):
        data.append(_adjusted(colours, months, words))
    data.append(_values(colours, months, words))
    data += _signals(colours, months, words)
    xaxis: dict[str, Any] = {"type": "category", "categoryorder": "array", "categoryarray": codes}
    if ticks:
        xaxis |= {"tickvals": list(ticks[0]), "ticktext": list(ticks[1]), "tickangle": 0}
    yaxis: dict[str, Any] = {"nticks": 6}
    if is_share:
        yaxis |= {"tickformat": ",.1~%", "range": _share_range(months)}
    else:
        yaxis |= {"tickformat": f",.{digits}f", "rangemode": "tozero"}
    made = layout(colours, height, xaxis=xaxis, yaxis=yaxis, showlegend=True, hovermode="closest")
    # Above the words of events, which stand in two lines, whatever the height.
    above = 1 + _WORDS_PX / max(height - _ROUND_PX, 1)
    made["legend"] |= {"y": above, "itemclick": False, "itemdoubleclick": False}
    made["margin"]["t"] = 60
    held = [mark for mark in marks if mark.x in codes]
    made["shapes"] = [rule(colours, mark) for mark in held]
    made["annotations"] = _flags(colours, held, codes)
    if has_limits and len(codes) > judged:
        made["shapes"].append(_shade(colours, len(codes) - judged))
        made["annotations"].append(_shade_words(colours, words.baseline))
    return {"data": data, "layout": made}


def _flags(colours: Palette, marks: Sequence[Mark], codes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the words above the marks; one that would run into the one before stands a line higher."""
    made: list[dict[str, Any]] = []
    last, is_raised = -_APART, False
    for mark in marks:
        place = list(codes).index(mark.x)
        is_raised = place - last < _APART and not is_raised
        made.append({**flag(colours, mark), "yshift": 14 if is_raised else 0})
        last = place
    return made


def _values(colours: Palette, months: Sequence[Month], words: ControlWords) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines+markers", "name": words.value,
        "x": [month.code for month in months], "y": [month.value for month in months],
        "line": {"color": colours.data, "width": 2}, "marker": {"size": 5, "color": colours.data},
        "customdata": [month.text for month in months], "hovertemplate": "%{customdata}<extra></extra>",
        "connectgaps": False,
    }  # fmt: skip


def _adjusted(colours: Palette, months: Sequence[Month], words: ControlWords) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "name": words.adjusted,
        "x": [month.code for month in months], "y": [month.adjusted for month in months],
        "line": {"color": colours.teal, "width": 1.6, "dash": "dash"}, "hoverinfo": "skip",
        "connectgaps": False,
    }  # fmt: skip


def _signals(colours: Palette, months: Sequence[Month], words: ControlWords) -> list[dict[str, Any]]:
    held = [month for month in months if month.is_signal and month.value is not None]
    if not held:
        return []
    return [{
        "type": "scatter", "mode": "markers", "name": words.signal,
        "x": [month.code for month in held], "y": [month.value for month in held],
        "marker": {"symbol": "diamond", "size": 13, "color": colours.signal,
                   "line": {"color": colours.ink, "width": 1.2}},
        "customdata": [month.text for month in held], "hovertemplate": "%{customdata}<extra></extra>",
    }]  # fmt: skip


def _limits(colours: Palette, months: Sequence[Month], words: ControlWords) -> list[dict[str, Any]]:
    codes = [month.code for month in months]

    def line(values: list[float | None], name: str, dash: str, *, named: bool) -> dict[str, Any]:
        return {
            "type": "scatter", "mode": "lines", "name": name, "showlegend": named, "x": codes, "y": values,
            "line": {"color": colours.before, "width": 1.2, "dash": dash, "shape": "hvh"},
            "hoverinfo": "skip",
        }  # fmt: skip

    return [
        line([month.upper for month in months], words.limits, "solid", named=True),
        line([month.lower for month in months], words.limits, "solid", named=False),
        line([month.centre for month in months], words.centre, "dot", named=True),
    ]


def _share_range(months: Sequence[Month]) -> list[float]:
    held = [part for month in months for part in (month.value, month.lower, month.upper) if part is not None]
    low, high = min(held), max(held)
    room = 0.08 * (high - low) or 0.02
    return [max(low - room, 0.0), min(high + room, 1.02)]


def _shade(colours: Palette, until: int) -> dict[str, Any]:
    """Return the ground behind the first ``until`` months; places on the axis count from 0."""
    return {
        "type": "rect", "x0": -0.5, "x1": until - 0.5, "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
        "fillcolor": colours.soft, "opacity": 0.6, "line": {"width": 0},
    }  # fmt: skip


def _shade_words(colours: Palette, words: str) -> dict[str, Any]:
    return {
        "x": 0.004, "xref": "paper", "y": 0.01, "yref": "paper", "xanchor": "left", "yanchor": "bottom",
        "text": words, "showarrow": False, "font": {"size": 11, "color": colours.quiet},
    }  # fmt: skip
