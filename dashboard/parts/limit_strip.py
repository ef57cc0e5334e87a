"""One figure between its own control limits as a small drawing (SVG): it prints, and costs nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from dashboard.parts.palette import Palette

WIDTH, HEIGHT = 300, 34
_EDGE = 8.0


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn, all on one scale: value with interval, what is expected, limits at 95 % and 99.8 %."""

    value: float
    interval: tuple[float | None, float | None]
    expected: float | None
    inner: tuple[float | None, float | None]
    outer: tuple[float | None, float | None]
    zone: str
    floor: float = 0.0
    ceiling: float | None = None


def picture(colours: Palette, strip: Strip, *, words: str) -> str:
    """Return the drawing as a picture; ``words`` say what it shows."""
    low, high = _ends(strip)

    def x(value: float) -> float:
        share = (min(max(value, low), high) - low) / (high - low)
        return round(_EDGE + share * (WIDTH - 2 * _EDGE), 1)

    parts = [
        _band(x, strip.outer, low, high, colours.soft),
        _band(x, strip.inner, low, high, colours.shade(0.35)),
    ]
    if strip.expected is not None:
        at = x(strip.expected)
        parts.append(f'<line x1="{at}" x2="{at}" y1="5" y2="29" stroke="{colours.teal}" stroke-width="2.5"/>')
    start, end = (
        x(edge) if edge is not None else x(default)
        for edge, default in zip(strip.interval, (low, high), strict=True)
    )
    parts.append(f'<line x1="{start}" x2="{end}" y1="17" y2="17" stroke="{colours.ink}" stroke-width="1.5"/>')
    parts.append(_dot(colours, x(strip.value), strip.zone))
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}">{"".join(parts)}</svg>'
    )
    # Drawings within the page's HTML are taken out by the browser's side of Streamlit; pictures are not.
    source = "data:image/svg+xml;base64," + b64encode(drawing.encode()).decode()
    return f'<img class="ip-strip" src="{source}" alt="{escape(words, quote=True)}">'


def _ends(strip: Strip) -> tuple[float, float]:
    known: Sequence[float] = [
        part
        for part in (strip.value, strip.expected, *strip.interval, *strip.inner, *strip.outer)
        if part is not None
    ]
    low, high = min(known), max(known)
    room = 0.08 * (high - low) or 0.1 * abs(high) or 1.0
    top = high + room if strip.ceiling is None else min(high + room, strip.ceiling)
    return max(low - room, strip.floor), max(top, high)


def _band(
    place: Callable[[float], float],
    bounds: tuple[float | None, float | None],
    low: float,
    high: float,
    colour: str,
) -> str:
    if bounds == (None, None):
        return ""
    start, end = (
        place(default if edge is None else edge) for edge, default in zip(bounds, (low, high), strict=True)
    )
    return f'<rect x="{start}" y="6" width="{max(end - start, 1):.1f}" height="22" rx="2" fill="{colour}"/>'


def _dot(colours: Palette, at: float, zone: str) -> str:
    if zone == "beyond_95":
        return f'<path d="M{at} 10 l7 7 l-7 7 l-7 -7 z" fill="{colours.signal}" stroke="{colours.ink}"/>'
    if zone == "beyond_99.8":
        return (
            f'<rect x="{at - 6}" y="11" width="12" height="12" fill="{colours.plum}" stroke="{colours.ink}"/>'
        )
    if zone == "not_judged":
        return f'<circle cx="{at}" cy="17" r="5.5" fill="none" stroke="{colours.quiet}" stroke-width="2"/>'
    return f'<circle cx="{at}" cy="17" r="5.5" fill="{colours.data}"/>'
