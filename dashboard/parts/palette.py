"""Colours of charts and cards, light and dark: one blue for data, orange for signals, no red against green.

Text stands at 4.5:1 or more against its ground, marks at 3:1. The sequential scale ends where dark
labels stay legible on it.
"""

from __future__ import annotations

from dataclasses import dataclass

FONT = "Noto Sans CJK SC, Source Han Sans SC, PingFang SC, Microsoft YaHei, sans-serif"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme."""

    ground: str
    card: str
    line: str
    ink: str
    quiet: str
    data: str
    before: str
    signal: str
    plum: str
    teal: str
    soft: str
    mark: str
    mark_soft: str
    low: str
    high: str
    nothing: str
    categories: tuple[str, ...]

    def shade(self, share: float) -> str:
        """Return the colour at ``share`` (0 to 1) of the sequential scale."""
        share = min(max(share, 0.0), 1.0)
        pairs = zip(_rgb(self.low), _rgb(self.high), strict=True)
        return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


LIGHT = Palette(
    ground="#F6F7F9", card="#FFFFFF", line="#DFE4EA", ink="#1B2430", quiet="#5B6673",
    data="#1B4F8A", before="#8494A7", signal="#D98324", plum="#A23B5B", teal="#3F8F8B", soft="#EAF1F8",
    mark="#8A4706", mark_soft="#FCF1E3",
    low="#EAF1F8", high="#5E97CC", nothing="#F1F1EF",
    categories=("#1B4F8A", "#D98324", "#3F8F8B", "#A23B5B", "#6B7FA3", "#8A6D3B", "#4B5563", "#9C6ADE"),
)  # fmt: skip
DARK = Palette(
    ground="#11161D", card="#1A212B", line="#323C49", ink="#E6EBF1", quiet="#A9B4C0",
    data="#7FB2E5", before="#7B8896", signal="#E9A14E", plum="#DE85A2", teal="#69BDB6", soft="#22303F",
    mark="#F2BC7E", mark_soft="#3A2B17",
    low="#1F2C3B", high="#2A66A2", nothing="#262B31",
    categories=("#7FB2E5", "#E9A14E", "#69BDB6", "#DE85A2", "#A5B4CF", "#C9AE7C", "#9CA3AF", "#C4A7F5"),
)  # fmt: skip

_TURNED = (
    ".stApp,.stApp :is(h1,h2,h3,h4,p,li,summary,[data-testid=stHtml]){color:var(--ip-ink)!important}"
    ":is(.js-plotly-plot,img.ip-strip,img.ip-spark){filter:invert(1) hue-rotate(180deg)}"
)


def palette(*, is_dark: bool) -> Palette:
    """Return the colours of the theme in use."""
    return DARK if is_dark else LIGHT


def variables(colours: Palette) -> str:
    """Return the colours as variables of a style sheet."""
    names: tuple[str, ...] = (
        "ground",
        "card",
        "line",
        "ink",
        "quiet",
        "data",
        "before",
        "signal",
        "plum",
        "teal",
        "soft",
    )
    names += ("mark", "mark_soft")

    def of(theme: Palette) -> str:
        said = "".join(f"--ip-{name.replace('_', '-')}:{getattr(theme, name)};" for name in names)
        return ":root{" + said + "}"

    # Paper is white whatever the screen: drawings, whose colours are fixed, are turned to their opposites.
    on_paper = f"@media print{{{of(LIGHT)}{_TURNED}}}" if colours is DARK else ""
    return of(colours) + on_paper


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
