"""Figures of clause statuses: a matrix whose cells can be clicked, and all of them on one picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dashboard.parts.figures import Figure, layout, matrix
from dashboard.parts.palette import Palette

# Statuses from what is missing to what is there; a status without judgement or record has no colour.
SCALE = ("not_met", "partly_met", "recorded", "met")
# A sign a status beside its colour: colour alone tells nothing to many readers.
SIGNS = {"met": "●", "partly_met": "◐", "not_met": "○", "recorded": "·"}


def clickable(figure: Figure, keys: Sequence[Sequence[tuple[str, str]]]) -> Figure:
    """Lay marks without colour over a matrix, because a click on a heat map selects nothing.

    ``keys`` say what each cell is of; a click hands them over as ``customdata``.
    """
    (trace,) = figure["data"]
    rows, columns, hovers = trace["y"], trace["x"], trace["customdata"]
    places = [(row, column) for row in range(len(rows)) for column in range(len(columns))]
    marks = {
        "type": "scatter", "mode": "markers",
        "x": [columns[column] for _, column in places], "y": [rows[row] for row, _ in places],
        "marker": {"symbol": "square", "size": 20, "color": "rgba(0,0,0,0)"},
        "customdata": [[*keys[row][column], hovers[row][column]] for row, column in places],
        "hovertemplate": "%{customdata[2]}<extra></extra>",
        # Streamlit fades what is not selected; nothing is seen of these marks anyhow.
        "selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}},
    }  # fmt: skip
    made = figure["layout"]
    # Marks would make the axes wider than the cells are.
    axes = {
        "xaxis": {**made["xaxis"], "range": [-0.5, len(columns) - 0.5]},
        "yaxis": {**made["yaxis"], "autorange": False, "range": [len(rows) - 0.5, -0.5]},
    }
    return {"data": [{**trace, "hoverinfo": "skip", "hovertemplate": None}, marks], "layout": made | axes}


def statuses(
    colours: Palette,
    found: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    hovers: Sequence[Sequence[str]],
    height: int,
) -> Figure:
    """Return statuses as signs on colours."""
    figure = matrix(
        colours,
        [[_place(status) for status in line] for line in found],
        rows=rows,
        columns=columns,
        texts=[[SIGNS.get(status, "") for status in line] for line in found],
        hovers=hovers,
        height=height,
    )
    figure["data"][0].update(_scale(colours))
    return figure


def picture(
    colours: Palette,
    found: Sequence[Sequence[str]],
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    words: dict[str, str],
    groups: tuple[Sequence[tuple[str, int, int]], Sequence[tuple[str, int, int]]],
    height: int,
) -> Figure:
    """Return every status as a small cell; ``groups`` name runs of rows and of columns (name, first, count).

    Single names would touch one another: the axes name the groups, hovering names the cell.
    """
    of_rows, of_columns = groups
    trace = {
        "type": "heatmap", "z": [[_place(status) for status in line] for line in found],
        "x": list(columns), "y": list(rows),
        "text": [[words[status] for status in line] for line in found],
        "hovertemplate": "%{x}<br>%{y}<br>%{text}<extra></extra>",
        "showscale": False, **_scale(colours),
    }  # fmt: skip
    made = layout(
        colours,
        height,
        xaxis={"side": "top", "tickangle": -40, **_ticks(columns, of_columns)},
        yaxis={"autorange": "reversed", "showgrid": False, **_ticks(rows, of_rows)},
    )
    made["shapes"] = [
        *(_line(colours, first, is_row=True) for _, first, _ in of_rows[1:]),
        *(_line(colours, first, is_row=False) for _, first, _ in of_columns[1:]),
    ]
    return {"data": [trace], "layout": made}


def _place(status: str) -> int | None:
    return SCALE.index(status) if status in SCALE else None


def _scale(colours: Palette) -> dict[str, Any]:
    """Return one flat colour a status, from the least met to the met."""
    shades = (colours.signal, colours.mark_soft, colours.low, colours.high)
    edges = [place / len(shades) for place in range(len(shades) + 1)]
    steps = [[edges[place + end], shade] for place, shade in enumerate(shades) for end in (0, 1)]
    return {"colorscale": steps, "zmin": -0.5, "zmax": len(shades) - 0.5, "hoverongaps": True}


def _ticks(names: Sequence[str], groups: Sequence[tuple[str, int, int]]) -> dict[str, Any]:
    """Return an axis that names each group at its middle."""
    return {
        "type": "category", "tickmode": "array", "ticks": "",
        "tickvals": [names[first + (count - 1) // 2] for _, first, count in groups],
        "ticktext": [name for name, _, _ in groups],
    }  # fmt: skip


def _line(colours: Palette, first: int, *, is_row: bool) -> dict[str, Any]:
    """Return the line before a group."""
    along, across = ("x", "y") if is_row else ("y", "x")
    place = first - 0.5
    return {
        "type": "line", f"{along}ref": "paper", f"{along}0": 0, f"{along}1": 1,
        f"{across}0": place, f"{across}1": place, "line": {"color": colours.quiet, "width": 1},
    }  # fmt: skip
