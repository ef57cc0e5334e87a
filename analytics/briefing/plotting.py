"""Control charts of a brief as a picture for Word and as a drawing for the screen: lines and digits only.

No font is needed but the digits that Pillow brings along, and no browser.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, floor, log10
from typing import Any

from analytics.briefing.content import Chart

BLUE, ORANGE, INK, BAND, LINE = "#1B4F8A", "#B45F06", "#1B2430", "#DCE6F0", "#9AA5B1"
_JUDGED = 6
_DOTS_A_CM = 118  # 300 to the inch
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.11, 0.02, 0.05, 0.13  # shares of the picture that the frame leaves free


@dataclass(frozen=True, slots=True)
class Frame:
    """A chart's geometry in a picture of ``width`` by ``height``: where months and values lie."""

    chart: Chart
    width: float
    height: float
    ticks: tuple[float, ...]

    @classmethod
    def of(cls, chart: Chart, width: float, height: float) -> Frame:
        """Return the frame, its ticks at round values that hold all lines."""
        known = [v for line in (chart.values, chart.lower, chart.upper) for v in line if v is not None]
        low, high = min(known), max(known)
        step = _round_step((high - low) or max(abs(high), 1.0))
        first, last = floor(low / step), ceil(high / step)
        ticks = [round(n * step, 10) for n in range(first, last + 1)]
        if chart.is_share:
            ticks = [tick for tick in ticks if 0.0 <= tick <= 1.0]
        return cls(chart, width, height, tuple(ticks))

    def x(self, place: float) -> float:
        """Return where a month lies."""
        share = (place + 0.5) / len(self.chart.months)
        return self.width * (_LEFT + share * (1 - _LEFT - _RIGHT))

    def y(self, value: float) -> float:
        """Return how far down a value lies, kept within the frame."""
        low, high = self.ticks[0], self.ticks[-1]
        share = min(max((value - low) / ((high - low) or 1.0), 0.0), 1.0)
        return self.height * (1 - _BOTTOM - share * (1 - _TOP - _BOTTOM))

    def runs(self, values: tuple[float | None, ...]) -> list[list[tuple[float, float]]]:
        """Return a line's points, cut where months are missing."""
        runs: list[list[tuple[float, float]]] = [[]]
        for place, value in enumerate(values):
            if value is None:
                runs.append([])
            else:
                runs[-1].append((self.x(place), self.y(value)))
        return [run for run in runs if run]

    def band(self) -> list[tuple[float, float]]:
        """Return the outline of the usual variation; empty without limits."""
        upper = [(self.x(i), self.y(v)) for i, v in enumerate(self.chart.upper) if v is not None]
        lower = [(self.x(i), self.y(v)) for i, v in enumerate(self.chart.lower) if v is not None]
        return [*upper, *reversed(lower)]

    def marks(self) -> Iterator[tuple[float, float]]:
        """Return where months that signal lie."""
        for place in self.chart.signals:
            value = self.chart.values[place]
            if value is not None:
                yield self.x(place), self.y(value)

    def dates(self) -> Iterator[tuple[float, str]]:
        """Return where to write which month: every January and July."""
        for place, month in enumerate(self.chart.months):
            if month[5:] in ("01", "07"):
                yield self.x(place), month

    def divide(self) -> float:
        """Return where the months that limits are taken from end."""
        return self.x(len(self.chart.months) - _JUDGED - 0.5)

    def label(self, tick: float) -> str:
        """Return a tick in digits."""
        if self.chart.is_share:
            step = self.ticks[1] - self.ticks[0] if len(self.ticks) > 1 else 1.0
            return f"{tick:.1%}" if step < 0.0099 else f"{tick:.0%}"
        return f"{tick:,.0f}" if abs(tick) >= 10 or tick == int(tick) else f"{tick:,.1f}"


def _round_step(reach: float) -> float:
    """Return a round step of which about four cover ``reach``."""
    rough = reach / 4
    power = 10.0 ** floor(log10(rough))
    return float(next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= rough * 0.999))


def picture(chart: Chart, *, width_cm: float, height_cm: float) -> bytes:
    """Return a chart as PNG of 300 dots to the inch."""
    from PIL import Image, ImageDraw

    scale = 2  # drawn twice as large and made smaller: smooth lines
    size = (round(width_cm * _DOTS_A_CM) * scale, round(height_cm * _DOTS_A_CM) * scale)
    frame = Frame.of(chart, *size)
    image = Image.new("RGB", size, "white")
    _paint(ImageDraw.Draw(image), frame, unit=size[1] / 100)
    small = image.resize((size[0] // scale, size[1] // scale), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    small.save(out, "PNG", optimize=True, dpi=(300, 300))
    return out.getvalue()


def _paint(draw: Any, frame: Frame, *, unit: float) -> None:
    from PIL import ImageFont

    font = ImageFont.load_default(size=6.4 * unit)
    left, right = frame.x(-0.5), frame.x(len(frame.chart.months) - 0.5)
    if outline := frame.band():
        draw.polygon(outline, fill=BAND)
    for tick in frame.ticks:
        y = frame.y(tick)
        draw.line([(left, y), (right, y)], fill="#E6EAEE", width=round(unit * 0.4))
        draw.text((left - 1.5 * unit, y), frame.label(tick), fill=INK, font=font, anchor="rm")
    for run in frame.runs(frame.chart.centre):
        draw.line(run, fill=LINE, width=round(unit * 0.7))
    draw.line([(frame.divide(), frame.y(tick)) for tick in (frame.ticks[0], frame.ticks[-1])], fill=LINE,
              width=round(unit * 0.5))  # fmt: skip
    for run in frame.runs(frame.chart.values):
        draw.line(run, fill=BLUE, width=round(unit * 1.5), joint="curve")
        for x, y in run:
            draw.ellipse(_circle(x, y, 1.0 * unit), fill=BLUE)
    for x, y in frame.marks():
        draw.ellipse(_circle(x, y, 2.6 * unit), fill=ORANGE, outline="white", width=round(unit * 0.5))
    for x, month in frame.dates():
        draw.text((x, frame.y(frame.ticks[0]) + 2.5 * unit), month, fill=INK, font=font, anchor="mt")


def _circle(x: float, y: float, radius: float) -> tuple[float, float, float, float]:
    return (x - radius, y - radius, x + radius, y + radius)


def drawing(chart: Chart, *, width_cm: float, height_cm: float) -> str:
    """Return a chart as SVG."""
    frame = Frame.of(chart, width_cm * 100, height_cm * 100)
    left, right = frame.x(-0.5), frame.x(len(chart.months) - 0.5)
    parts = []
    if outline := frame.band():
        parts.append(f'<polygon points="{_points(outline)}" fill="{BAND}"/>')
    for tick in frame.ticks:
        y = frame.y(tick)
        parts.append(f'<path d="M{left:.0f} {y:.1f}H{right:.0f}" stroke="#E6EAEE" stroke-width="1.5"/>')
        parts.append(_words(left - 6, y + 9, frame.label(tick), "end"))
    parts += [_line(run, LINE, 2.5) for run in frame.runs(chart.centre)]
    top, bottom = frame.y(frame.ticks[-1]), frame.y(frame.ticks[0])
    parts.append(_line([(frame.divide(), top), (frame.divide(), bottom)], LINE, 2))
    parts += [_line(run, BLUE, 6) for run in frame.runs(chart.values)]
    parts += [
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="{ORANGE}" stroke="#fff" stroke-width="2"/>'
        for x, y in frame.marks()
    ]
    parts += [_words(x, bottom + 34, month, "middle") for x, month in frame.dates()]
    size = f'viewBox="0 0 {frame.width:.0f} {frame.height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">{"".join(parts)}</svg>'


def _points(run: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in run)


def _line(run: list[tuple[float, float]], colour: str, width: float) -> str:
    return f'<polyline points="{_points(run)}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _words(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="25" fill="{INK}" text-anchor="{anchor}">{text}</text>'
