"""Where the names of areas stand on the map of all Beijing so that none covers another.

Six areas in the middle are smaller than their names; their names are moved aside, differently in
each language because English names are longer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log, pi, radians, tan

from analytics.core.text import Language
from analytics.standard.districts import districts
from analytics.standard.geography import SCHEMATIC

SIZE_PX = 13
CITY_ZOOM, CENTRE_ZOOM = 7.28, 9.25
CITY_AT, CENTRE_AT = (116.46, 40.262), (116.36, 39.93)
LINE_HEIGHT = 1.2
# Width of a letter in parts of its height, rounded up.
_WIDE, _NARROW = 1.0, 0.6
_Place = tuple[float, float, str]

_PLACES: dict[str, _Place] = {
    "110101": (116.395, 39.925, "start"),
    "110102": (116.375, 39.9, "end"),
    "110105": (116.53, 39.985, "middle"),
    "110108": (116.21, 40.05, "middle"),
    "110106": (116.22, 39.825, "middle"),
    "110107": (116.16, 39.935, "middle"),
    "110109": (115.78, 39.99, "middle"),
    "110111": (115.85, 39.71, "middle"),
    "110112": (116.77, 39.88, "middle"),
    "110113": (116.72, 40.15, "middle"),
    "110114": (116.2, 40.215, "middle"),
    "110115": (116.4, 39.63, "middle"),
    "110116": (116.58, 40.62, "middle"),
    "110117": (117.13, 40.2, "middle"),
    "110118": (117.0, 40.53, "middle"),
    "110119": (116.14, 40.53, "middle"),
    "BDA": (116.58, 39.775, "start"),
}
_PLACES_EN: dict[str, _Place] = {
    "110101": (116.4, 39.91, "start"),
    "110102": (116.378, 39.885, "end"),
    "110107": (116.2, 39.945, "end"),
    "110109": (115.73, 40.02, "middle"),
    "110106": (116.2, 39.82, "middle"),
    "110112": (116.85, 39.855, "middle"),
    "BDA": (116.58, 39.76, "start"),
}


@dataclass(frozen=True, slots=True)
class Label:
    """A name on the map: its text, place (WGS-84 degrees) and which part of it stands there."""

    code: str
    text: str
    at: tuple[float, float]
    anchor: str

    def box(self, zoom: float, size: float = SIZE_PX) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom in pixels of a map at ``zoom``, generously."""
        x, y = pixels(self.at, zoom)
        lines = self.text.split("\n")
        width = (
            max(sum(_WIDE if ord(letter) > 0x2E80 else _NARROW for letter in line) for line in lines) * size
        )
        height = len(lines) * LINE_HEIGHT * size
        left = x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * width
        return left, y - height / 2, left + width, y + height / 2


def area_labels(language: Language, name: Callable[[str], str], schematic: str) -> list[Label]:
    """Return the names of the 17 areas; ``schematic`` are the words that mark a drawing aid."""
    places = _PLACES | (_PLACES_EN if language == "en" else {})
    labels = []
    for area in districts():
        longitude, latitude, anchor = places[area.code]
        text = name(area.code)
        if area.code == SCHEMATIC:
            text += f"\n{schematic}" if language == "en" else f"·{schematic}"
        labels.append(Label(area.code, text, (longitude, latitude), anchor))
    return labels


def pixels(at: tuple[float, float], zoom: float) -> tuple[float, float]:
    """Return a place in pixels on the whole Web Mercator map, y downwards."""
    world = 512 * 2**zoom
    x = (at[0] + 180) / 360 * world
    y = (1 - log(tan(pi / 4 + radians(at[1]) / 2)) / pi) / 2 * world
    return x, y
