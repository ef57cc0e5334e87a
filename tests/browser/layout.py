"""Find texts and pictures on a page that overlap, are cut, or leave the window, by their boxes.

Sees HTML and SVG text (plotly's charts included). Does not see what is painted on a canvas: pydeck's
labels and the cells of ``st.dataframe``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Page
from shapely import STRtree
from shapely.geometry import Polygon

ROOTS = ('[data-testid="stMain"]', '[data-testid="stSidebar"]', '[data-testid="stHeader"]')
# Signs do not fill their boxes: this much of an overlap (px) is not seen by a reader.
TOLERANCE_PX = 3.0
_COLLECT = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """One fault; ``at`` is the left top corner in px, ``other`` the second text of an overlap."""

    kind: Literal["overlap", "cut", "outside"]
    text: str
    other: str
    at: tuple[int, int]


def layout_faults(
    page: Page, *, roots: tuple[str, ...] = ROOTS, tolerance_px: float = TOLERANCE_PX
) -> list[Fault]:
    """Return the faults of what ``page`` shows now, below the elements that the CSS selectors name."""
    found = page.evaluate(_COLLECT, list(roots))
    texts: list[dict[str, Any]] = found["texts"]
    cut = [_fault("cut", text) for text in texts if text["cut"]]
    outside = [_fault("outside", text) for text in texts if _leaves(text, found["width"])]
    return cut + outside + _overlaps(texts, tolerance_px)


def _leaves(text: dict[str, Any], width: float) -> bool:
    across = [x for x, _ in text["quad"]]
    return bool(min(across) < -1 or max(across) > width + 1)


def _overlaps(texts: list[dict[str, Any]], tolerance_px: float) -> list[Fault]:
    shapes = [Polygon(text["quad"]).buffer(-tolerance_px / 2, join_style="mitre") for text in texts]
    firsts, seconds = STRtree(shapes).query(shapes, predicate="intersects")
    pairs = {(int(a), int(b)) for a, b in zip(firsts, seconds, strict=True) if a < b}
    return [
        _fault("overlap", texts[a], texts[b]["text"])
        for a, b in sorted(pairs)
        if not _is_same(texts[a], texts[b])
    ]


def _is_same(one: dict[str, Any], two: dict[str, Any]) -> bool:
    """Whether two boxes are one text: lines of one node, or a text drawn twice in one place (an outline)."""
    near = all(
        abs(a - b) < 2
        for p, q in zip(one["quad"], two["quad"], strict=True)
        for a, b in zip(p, q, strict=True)
    )
    return one["node"] == two["node"] or (one["text"] == two["text"] and near)


def _fault(kind: Literal["overlap", "cut", "outside"], text: dict[str, Any], other: str = "") -> Fault:
    left, top = (round(min(axis)) for axis in zip(*text["quad"], strict=True))
    return Fault(kind, text["text"][:80], other[:80], (left, top))
