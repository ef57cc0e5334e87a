"""Figures reach Streamlit unchecked: what it is handed is what Plotly would have made of them."""

from __future__ import annotations

from typing import Any

from plotly.tools import return_figure_from_figure_or_data

from dashboard.parts import drawn
from dashboard.parts.palette import LIGHT
from tests.dashboard.test_parts import figures_made


def test_what_is_drawn_is_what_plotly_would_make_of_a_figure_but_for_its_template() -> None:
    for figure in figures_made(LIGHT):
        handed = return_figure_from_figure_or_data(drawn.drawn(figure), validate_figure=True)
        checked = return_figure_from_figure_or_data(figure, validate_figure=True)
        kinds = {trace["type"] for trace in figure["data"]}
        template = checked["layout"].pop("template")["data"]
        stated = {kind: template[kind] for kind in kinds & set(template) if kind != "heatmap"}
        # A matrix has its own colour scale.
        assert all("colorscale" in trace for trace in figure["data"] if trace["type"] == "heatmap")
        assert stated.items() <= handed["layout"].pop("template")["data"].items()
        assert _without_nothing(handed) == _without_nothing(checked)


def _without_nothing(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _without_nothing(value) for name, value in part.items() if value not in ([], ())}
    if isinstance(part, (list, tuple)):
        return [_without_nothing(value) for value in part]
    return part
