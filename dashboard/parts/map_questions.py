"""What the station map asks of the measures, and the answers under their names.

The map is where places are chosen, so it always shows all of them: its own questions leave the
filters by place out, and what is chosen is drawn on top.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.core.selection import Selection
from dashboard.context import Answer, Asked, Context, Row
from dashboard.parts.map_choice import MapChoice
from dashboard.parts.map_shades import rows_by

SIZES = "services"


@dataclass(frozen=True, slots=True)
class MapAnswers:
    """The measure by area and over all; sizes and the other measure by institution, and over all."""

    areas: Answer
    areas_whole: Answer
    sizes: Answer
    stations: Answer
    stations_whole: Answer


@dataclass(frozen=True, slots=True)
class Stations:
    """The institutions of the selection: those with a place on the map, and how many have none."""

    placed: tuple[Row, ...]
    without_place: int


def questions(ctx: Context, choice: MapChoice) -> list[Asked]:
    """Return the questions, for one fused read; see :func:`answered`."""
    everywhere = without_places(ctx)
    return [
        Asked(choice.areas, ("district",), everywhere),
        Asked(choice.areas, (), everywhere),
        Asked(SIZES, ("institution",), everywhere),
        Asked(choice.stations, ("institution",), everywhere),
        Asked(choice.stations, (), everywhere),
    ]


def answered(answers: Sequence[Answer]) -> MapAnswers:
    """Return the answers to :func:`questions`, in the same order."""
    return MapAnswers(*answers)


def without_places(ctx: Context) -> Selection:
    """Return the selection without the filters that a click on the map sets."""
    return ctx.selection.replace(district=(), institution=())


def stations(ctx: Context, found: MapAnswers) -> Stations:
    """Return the institutions that the selection admits, with what the list says of each."""
    admitted = rows_by(found.sizes, "institution").keys()
    listed = [row for row in ctx.institutions() if row["institution_id"] in admitted]
    placed = tuple(row for row in listed if row["lon_wgs84"] is not None and row["lat_wgs84"] is not None)
    return Stations(placed, len(listed) - len(placed))
