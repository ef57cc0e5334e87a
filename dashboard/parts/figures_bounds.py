"""Ranges without a value in their middle: what lies between a worst and a best case. Plain plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.parts.figures import Figure, layout, rows_height
from dashboard.parts.palette import Palette

# Words of a row that begins beyond this stand to the left of its end, lest they run out of the chart.
_MIDDLE = 0.75


@dataclass(frozen=True, slots=True)
class Span:
    """One row: label, both ends (fractions), a value between them if there is one, its words."""

    label: str
    low: float
    high: float
    value: float | None
    text: str


def spans(colours: Palette, rows: Sequence[Span], *, height: int = 0) -> Figure:
    """Return a thick line a row from end to end with its figures beside it, and a dot at the value."""
    data: list[dict[str, Any]] = []
    for row in rows:
        is_estimate = row.value is not None
        width, colour = (5, colours.before) if is_estimate else (13, colours.high)
        data.append({
            "type": "scatter", "mode": "lines", "x": [row.low, row.high], "y": [row.label, row.label],
            "line": {"width": width, "color": colour},
            "hoverinfo": "skip",
        })  # fmt: skip
        middle = row.value if row.value is not None else (row.low + row.high) / 2
        marker = {"size": 11 if is_estimate else 1, "color": colours.data, "opacity": 1 if is_estimate else 0}
        data.append({
            "type": "scatter", "mode": "markers", "x": [middle], "y": [row.label], "marker": marker,
            "customdata": [row.text], "hovertemplate": "%{customdata}<extra></extra>",
        })  # fmt: skip
    lowest = min((row.low for row in rows), default=0.0)
    xaxis = {"tickformat": ",.0%", "range": [max(lowest - 0.08, 0.0), 1.02], "showgrid": True, "nticks": 6}
    yaxis = {
        "autorange": "reversed", "type": "category", "ticks": "", "showgrid": False,
        "tickfont": {"size": 13, "color": colours.ink},
    }  # fmt: skip
    size = height or rows_height(len(rows), over=40, each=36)
    made = layout(colours, size, xaxis=xaxis, yaxis=yaxis)
    made["annotations"] = [_words(colours, row) for row in rows]
    return {"data": data, "layout": made}


def _words(colours: Palette, row: Span) -> dict[str, Any]:
    is_left = row.low < _MIDDLE
    return {
        "x": row.low if is_left else row.high, "xanchor": "left" if is_left else "right",
        "y": row.label, "yanchor": "bottom", "yshift": 7, "text": row.text, "showarrow": False,
        "font": {"size": 12, "color": colours.ink},
    }  # fmt: skip
