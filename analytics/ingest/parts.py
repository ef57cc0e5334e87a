"""Counts that are part of another count of the same row, which they cannot exceed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from analytics.ingest.frame import Frame
from analytics.ingest.rules import PARTS_EXCEED_WHOLE


def leave_out_excess(frame: Frame, whole: str, *parts: str) -> None:
    """Take out ``parts`` where together they are more than ``whole``: no share lies above 100 %."""
    given = [name for name in parts if name in frame.values]
    if whole not in frame.values or not given:
        return
    total = np.sum([_counts(frame, name) for name in given], axis=0)
    excess = frame.has(whole) & (total > _counts(frame, whole))
    if not excess.any():
        return
    column = given[0] if len(given) == 1 else ""
    named = "、".join(frame.source.column(name).heading for name in given)
    fill = {"part": named, "detail": frame.source.column(whole).heading}
    for number in np.flatnonzero(excess):
        told = str(total[number])
        frame.flag(PARTS_EXCEED_WHOLE, np.array([number]), column, value=told, fill=dict(fill))
    for name in given:
        frame.put(name, excess, None)


def _counts(frame: Frame, name: str) -> npt.NDArray[np.int64]:
    counts = pc.fill_null(frame.values[name], 0).to_numpy(zero_copy_only=False)
    return np.asarray(counts, dtype=np.int64)
