"""Whether a figure changed beyond chance, from months that a page has read already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from analytics.comparison.change import Marks, marks_of
from analytics.comparison.charts import WHOLE, chart_row, counted_by, evidence_of
from analytics.comparison.series import (
    Series,
    has_season,
    monthly_series,
    season_measure,
    season_of,
    season_selection,
    series_of_rows,
)
from analytics.core.selection import Scope, Selection
from analytics.measures import registry
from analytics.stats.arrays import Floats
from analytics.store.snapshot import Snapshot


def marks_of_rows(
    measure_key: str, rows: Sequence[Mapping[str, Any]], *, season: Sequence[float], reported: Sequence[bool]
) -> Marks | None:
    """Return the months of a chart that signal; ``None`` with fewer than 12 months before the last 6.

    Parameters
    ----------
    rows : sequence of mapping
        Answers by month, the last one over; up to 30 count.
    season, reported : sequence
        Of the same months: the city's index (:func:`seasonal_indices`), and whether anything was sent in.
    """
    measure = registry.get(measure_key)
    if not rows:
        return None
    index: Floats = np.asarray(season, dtype=float)
    return _marks(series_of_rows(measure, rows, season=index, reported=np.asarray(reported, dtype=bool)))


def chart_of_rows(
    measure_key: str, rows: Sequence[Mapping[str, Any]], *, season: Sequence[float], reported: Sequence[bool]
) -> dict[str, Any]:
    """Return the row of a control chart of months that were read already; arguments as of `marks_of_rows`."""
    index: Floats = np.asarray(season, dtype=float)
    sent = np.asarray(reported, dtype=bool)
    series = series_of_rows(registry.get(measure_key), rows, season=index, reported=sent)
    return chart_row(WHOLE, series, 0, evidence_of(series, 0) if series.months else None)


def marks_of_days(
    snapshot: Snapshot, measure_key: str, *, scope: Scope, selection: Selection, last_month: str
) -> Marks | None:
    """Return the months that signal on the chart of a measure in days, whose logarithms are read here."""
    counted = counted_by(selection, None, scope)
    series = monthly_series(
        snapshot,
        registry.get(measure_key),
        ("all",),
        unit=None,
        selection=counted,
        scope=scope,
        last_month=last_month,
    )
    return _marks(series)


def season_question(measure_key: str, selection: Selection) -> tuple[str, Selection]:
    """Return the measure and the filters that an index rests on: many questions share one."""
    return season_measure(registry.get(measure_key)).key, season_selection(selection)


def seasonal_indices(
    snapshot: Snapshot, measure_key: str, months: Sequence[str], *, selection: Selection
) -> list[float]:
    """Return the city's index of each month, 1 for measures without a season; see :func:`season_of`.

    The index is not protected: it is for reading charts, not for showing.
    """
    measure = registry.get(measure_key)
    if not months or not has_season(measure):
        return [1.0] * len(months)
    return [float(part) for part in season_of(snapshot, measure, selection, tuple(months))]


def _marks(series: Series) -> Marks | None:
    evidence = evidence_of(series, 0) if series.months else None
    return None if evidence is None else marks_of(series, evidence)
