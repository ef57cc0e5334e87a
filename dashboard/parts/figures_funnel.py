"""控制界限图: units by what they rest on, between the limits that chance draws. Plain plotly dictionaries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.parts.figures import Figure, blank, layout
from dashboard.parts.palette import Palette

# More points than this make hovering slow and lines invisible; those within the limits are thinned first.
MOST_POINTS = 200
ZONES = ("in", "beyond_95", "beyond_99.8", "not_judged")
# Above this span of sizes a plain axis would crowd the small units at one edge.
_LOG_FROM = 20.0
_FEW = 8
_SYMBOLS = {"in": "circle", "beyond_95": "diamond", "beyond_99.8": "square", "not_judged": "circle-open"}
_SIZES = {"in": 7, "beyond_95": 11, "beyond_99.8": 11, "not_judged": 8}


@dataclass(frozen=True, slots=True)
class Point:
    """One unit: what it rests on, its value as drawn, its zone (of ``ZONES``), and the words on hovering."""

    code: str
    size: float
    value: float
    zone: str
    text: str


@dataclass(frozen=True, slots=True)
class FunnelWords:
    """Words of the chart: names of the zones, of both pairs of lines, of the city's line, and of the axes."""

    zones: Mapping[str, str]
    inner: str
    outer: str
    target: str
    size: str
    value: str


def drawable(points: Sequence[Point], most: int = MOST_POINTS) -> list[Point]:
    """Return at most ``most`` points: all that stand out, and of the others every so many, by size."""
    if len(points) <= most:
        return list(points)
    apart = [point for point in points if point.zone.startswith("beyond")][:most]
    others = sorted((p for p in points if not p.zone.startswith("beyond")), key=lambda p: (p.size, p.code))
    room = most - len(apart)
    step = len(others) / room if room else 0.0
    return apart + [others[int(i * step)] for i in range(room)]


def funnel(
    colours: Palette,
    points: Sequence[Point],
    curve: Mapping[str, Any],
    words: FunnelWords,
    *,
    height: int,
    empty: str = "",
) -> Figure:
    """Return the chart; a point's ``customdata`` is its words and its code.

    Parameters
    ----------
    points : sequence of Point
        On the scale of ``curve``; at most :data:`MOST_POINTS` are drawn, see :func:`drawable`.
    curve : mapping
        Limits over sizes, as :func:`analytics.comparison.curves.curve` returns them.
    empty : str
        What stands in the chart's place when there is no point.
    """
    if not points:
        return blank(colours, empty, height=height)
    shown = drawable(points)
    data = [*_limit_lines(colours, curve, words), _target_line(colours, curve, words)]
    data += [_marks(colours, shown, zone, words) for zone in ZONES if any(p.zone == zone for p in shown)]
    sizes = [point.size for point in shown]
    if len(shown) < _FEW:
        # One or two points say nothing of how limits narrow: show these whole.
        sizes += [curve["sizes"][0], curve["sizes"][-1]]
    xaxis = _size_axis(colours, min(sizes), max(sizes), words.size)
    yaxis = {"range": _value_range(shown, curve), "nticks": 7, "title": _title(colours, words.value)}
    yaxis["tickformat"] = ",.1~%" if curve["scale"] == "share" else ",.1f"
    made = layout(colours, height, xaxis=xaxis, yaxis=yaxis, showlegend=True, hovermode="closest")
    made["legend"] |= {"y": 1.01, "itemclick": False, "itemdoubleclick": False}
    made["margin"]["t"] = 46
    made["clickmode"] = "event+select"
    return {"data": data, "layout": made}


def clicked(event: Any) -> str | None:
    """Return the code of the unit that a reader clicked, from the state of the chart's selection."""
    found = ((event or {}).get("selection") or {}).get("points") or []
    for point in found:
        custom = point.get("customdata")
        if isinstance(custom, list | tuple) and len(custom) == 2:
            return str(custom[1])
    return None


def _limit_lines(colours: Palette, curve: Mapping[str, Any], words: FunnelWords) -> list[dict[str, Any]]:
    styles = ((words.inner, "dash", colours.before), (words.outer, "solid", colours.before))
    lines = []
    for level, (name, dash, colour) in enumerate(styles):
        for side in ("upper", "lower"):
            lines.append({
                "type": "scatter", "mode": "lines", "x": list(curve["sizes"]),
                "y": list(curve[side][level]), "line": {"color": colour, "width": 1.3, "dash": dash},
                "name": name, "showlegend": side == "upper", "hoverinfo": "skip",
            })  # fmt: skip
    return lines


def _target_line(colours: Palette, curve: Mapping[str, Any], words: FunnelWords) -> dict[str, Any]:
    ends = curve["sizes"][0], curve["sizes"][-1]
    return {
        "type": "scatter", "mode": "lines", "x": list(ends), "y": [curve["target"]] * 2,
        "line": {"color": colours.ink, "width": 1.2, "dash": "dot"}, "name": words.target,
        "hoverinfo": "skip",
    }  # fmt: skip


def _marks(colours: Palette, points: Sequence[Point], zone: str, words: FunnelWords) -> dict[str, Any]:
    chosen = [point for point in points if point.zone == zone]
    colour = {
        "in": colours.data, "beyond_95": colours.signal, "beyond_99.8": colours.plum,
        "not_judged": colours.quiet,
    }[zone]  # fmt: skip
    marker: dict[str, Any] = {"symbol": _SYMBOLS[zone], "size": _SIZES[zone], "color": colour}
    marker["line"] = {"color": colour if zone == "not_judged" else colours.card, "width": 1}
    return {
        "type": "scatter", "mode": "markers", "name": words.zones[zone],
        "x": [point.size for point in chosen], "y": [point.value for point in chosen], "marker": marker,
        "customdata": [[point.text, point.code] for point in chosen],
        "hovertemplate": "%{customdata[0]}<extra></extra>",
        "selected": {"marker": {"opacity": 1}}, "unselected": {"marker": {"opacity": 1}},
    }  # fmt: skip


def _title(colours: Palette, words: str) -> dict[str, Any]:
    return {"text": words, "font": {"size": 12, "color": colours.quiet}, "standoff": 6}


def _size_axis(colours: Palette, low: float, high: float, words: str) -> dict[str, Any]:
    axis: dict[str, Any] = {"title": _title(colours, words), "showgrid": True, "nticks": 7}
    if high <= _LOG_FROM * max(low, 1e-9):
        room = 0.05 * (high - low) or 0.1 * high
        return axis | {"range": [max(low - room, 0.0), high + room], "tickformat": ",~r"}
    start, end = math.log10(low), math.log10(high)
    ticks = [
        step * 10.0**power
        for power in range(math.floor(start), math.ceil(end) + 1)
        for step in (1, 2, 5)
        if low * 0.8 <= step * 10.0**power <= high * 1.25
    ]
    room = 0.04 * (end - start)
    axis |= {"type": "log", "range": [start - room, end + room]}
    return axis | {"tickvals": ticks, "ticktext": [f"{tick:,g}" for tick in ticks]}


def _value_range(points: Sequence[Point], curve: Mapping[str, Any]) -> list[float]:
    """Return an axis that shows every point and the limits of all but the smallest units."""
    quarter = len(curve["sizes"]) // 4
    held = [point.value for point in points]
    low = min(*held, curve["lower"][1][quarter], curve["target"])
    high = max(*held, min(curve["upper"][1][quarter], 3.0 * max(*held, curve["target"])), curve["target"])
    room = 0.06 * (high - low) or 0.05
    top = high + room
    return [max(low - room, 0.0), min(top, 1.015) if curve["scale"] == "share" else top]
