"""What a station is, as numbers to find its peers by: never how well it does."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats, amounts


def centred_log_ratios(counts: ArrayLike, *, added: float = 0.5) -> Floats:
    """Return the mix of each row as centred log-ratios, shape (stations, parts).

    ``log(x + ½) − mean of the row``: shares sum to 1 and cannot be treated as free numbers (Aitchison
    1986). A row without counts is all 0.
    """
    held = amounts(counts, "counts") + added
    logs = np.log(held)
    centred: Floats = logs - logs.mean(axis=1, keepdims=True)
    return centred


def main_directions(table: ArrayLike, *, count: int = 3) -> Floats:
    """Return the first principal components of a table, shape (rows, at most ``count``).

    A mix of many industries weighs as its few main directions, not as many features beside staff and hours.
    """
    x = np.asarray(table, dtype=np.float64)
    centred = x - x.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    kept = min(count, sizes.size)
    # The sign of a component is arbitrary: the largest entry is made positive.
    scores = left[:, :kept] * sizes[:kept]
    if scores.size:
        scores = scores * np.where(scores[np.abs(scores).argmax(axis=0), np.arange(kept)] < 0, -1.0, 1.0)
    found: Floats = scores
    return found


def filled(values: ArrayLike) -> Floats:
    """Return a column with its median where a value is missing; 0 where all are."""
    x = np.asarray(values, dtype=np.float64)
    known = x[np.isfinite(x)]
    return np.where(np.isfinite(x), x, np.median(known) if known.size else 0.0)
