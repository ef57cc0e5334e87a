"""控制界限图 and 控制图 as figures: few points, zones told by shape and colour, only what is given."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go

from analytics.comparison.curves import Shape, curve
from dashboard.parts.figures import Mark
from dashboard.parts.figures_control import ControlWords, Month, control
from dashboard.parts.figures_funnel import MOST_POINTS, FunnelWords, Point, clicked, drawable, funnel
from dashboard.parts.palette import LIGHT

ZONES = {"in": "normal", "beyond_95": "watch", "beyond_99.8": "far", "not_judged": "young"}
WORDS = FunnelWords(ZONES, "95 %", "99.8 %", "city", "ratings", "satisfied")
CURVE = curve(Shape("share", 0.9, 0.0), np.array([10.0, 900.0]))
CONTROL = ControlWords("value", "adjusted", "centre", "limits", "signal", "baseline")


def _points(count: int, zone: str = "in") -> list[Point]:
    return [Point(f"{zone}-{i}", 10.0 + i, 0.9, zone, f"unit {i}") for i in range(count)]


def _traces(figure: dict[str, Any]) -> dict[str, dict[str, Any]]:
    # The reader's own check of every property, which a plain dictionary does without.
    go.Figure(figure)
    return {trace["name"]: trace for trace in figure["data"]}


def test_zones_differ_in_shape_and_in_colour() -> None:
    points = [point for zone in ZONES for point in _points(2, zone)]
    traces = _traces(funnel(LIGHT, points, CURVE, WORDS, height=300))
    markers = [traces[name]["marker"] for name in ZONES.values()]
    assert len({marker["symbol"] for marker in markers}) == 4
    assert len({marker["color"] for marker in markers}) == 4


def test_at_most_200_points_are_drawn_and_none_of_those_that_stand_out_is_left_out() -> None:
    points = _points(900) + _points(30, "beyond_95") + _points(20, "beyond_99.8")
    shown = drawable(points)
    assert len(shown) == MOST_POINTS
    assert sum(point.zone.startswith("beyond") for point in shown) == 50
    assert len({point.code for point in shown}) == MOST_POINTS


def test_a_point_carries_its_words_and_its_code_and_a_click_gives_the_code() -> None:
    figure = funnel(LIGHT, _points(1), CURVE, WORDS, height=300)
    custom = _traces(figure)["normal"]["customdata"]
    assert custom == [["unit 0", "in-0"]]
    assert clicked({"selection": {"points": [{"customdata": custom[0]}]}}) == "in-0"
    assert clicked({"selection": {"points": []}}) is None
    assert clicked(None) is None


def test_a_chart_without_points_says_why() -> None:
    figure = funnel(LIGHT, [], CURVE, WORDS, height=300, empty="too few")
    assert figure["layout"]["annotations"][0]["text"] == "too few"


def _months(count: int = 12, *, signal: int | None = 11) -> list[Month]:
    return [
        Month(f"2026-{i + 1:02}", 10.0 + i, 10.0, 5.0, 15.0, i == signal, f"month {i}", 10.0 + i)
        for i in range(count)
    ]


def test_a_signal_is_marked_by_shape_and_the_baseline_is_shaded() -> None:
    figure = control(LIGHT, _months(), CONTROL, judged=6, height=300, marks=[Mark("2026-04", "4·26")])
    traces = _traces(figure)
    assert traces["signal"]["x"] == ["2026-12"]
    assert traces["signal"]["marker"]["symbol"] != "circle"
    shades = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert [(shade["x0"], shade["x1"]) for shade in shades] == [(-0.5, 5.5)]
    assert [note["text"] for note in figure["layout"]["annotations"]] == ["4·26", "baseline"]


def test_without_limits_there_are_no_lines_no_shade_and_no_signal() -> None:
    months = [Month(f"2026-0{i}", 10.0, None, None, None, False, "") for i in range(1, 5)]
    figure = control(LIGHT, months, CONTROL, judged=6, height=300)
    assert set(_traces(figure)) == {"value"}
    assert not figure["layout"]["shapes"]


def test_marks_of_months_that_are_not_shown_are_passed_over() -> None:
    figure = control(LIGHT, _months(3), CONTROL, judged=6, height=300, marks=[Mark("2020-04", "4·26")])
    assert not [shape for shape in figure["layout"]["shapes"] if shape["type"] == "line"]
