"""Figures handed to Streamlit as they are: they were checked when tested, not at each reader's click."""

from __future__ import annotations

from typing import Any

from plotly.basedatatypes import BaseFigure

from dashboard.parts.figures import Figure

# What Streamlit's template for Plotly says of the traces that figures here have; they state all else.
TEMPLATE: dict[str, Any] = {
    "data": {"scatter": [{"type": "scatter", "marker": {"line": {"width": 0}}}]},
    "layout": {},
}


class _AsItIs(BaseFigure):  # type: ignore[misc]  # Plotly declares no types
    """What Streamlit takes for a figure that Plotly has checked."""

    def __init__(self, figure: Figure) -> None:
        # The base's own would check every property, some milliseconds a chart, and copy the figure twice.
        self._plain = figure

    def to_dict(self) -> Figure:
        return self._plain


def drawn(figure: Figure) -> Any:
    """Return a figure for ``st.plotly_chart``, which neither checks nor copies it.

    Without this every chart takes 4 to 15 ms of the server's processor, and 2 KB more of the network for
    the whole of Streamlit's template. ``tests/dashboard`` holds each figure of each page against Plotly's own
    reader.
    """
    layout = {"template": TEMPLATE, **_stated(figure["layout"])}
    return _AsItIs({"data": [_stated(trace) for trace in figure["data"]], "layout": layout})


def _stated(part: dict[str, Any]) -> dict[str, Any]:
    """Return properties without those that are ``None``, as Plotly's own reader does."""
    return {name: _value(value) for name, value in part.items() if value is not None}


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        return _stated(value)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [_stated(each) for each in value]
    return value
