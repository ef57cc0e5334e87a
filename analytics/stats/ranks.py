"""What posterior draws say of ranks: how sure it is that a unit is among the first or the last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Floats, Integers, finite, tail_of


@dataclass(frozen=True)
class Ranks:
    """Ranks of units, 1 the highest value; all of shape (units,).

    ``lower`` and ``upper`` bound the rank; ``top`` and ``bottom`` are the chances of being
    in the quarter (or other part) of the highest and of the lowest values.
    """

    median: Floats
    mean: Floats
    lower: Integers
    upper: Integers
    top: Floats
    bottom: Floats


def rank_units(
    draws: ArrayLike, *, level: float = 0.9, part: float = 0.25, highest_first: bool = True, seed: int = 0
) -> Ranks:
    """Rank the units within each posterior draw and sum up over draws.

    The bounds are the smallest ranks that hold at least the share ``(1 − level)/2`` and ``(1 + level)/2``
    of draws (type 1 quantiles), so they are ranks that occur. Units equal in a draw are put in
    random order: where nothing tells units apart, every rank is as likely and the interval says so.

    Parameters
    ----------
    draws : array_like of float, shape (draws, units)
        From `Posterior.draws`, jointly: one row is one possible truth.
    level : float
        Of the interval, in (0, 1).
    part : float
        Which part counts as top and bottom, in (0, 0.5]; the number of ranks is ``part·units``, rounded up.
    highest_first : bool
        Whether rank 1 is the highest value; False where low is good (days to answer).
    seed : int
        For the order of equal units alone.

    Returns
    -------
    Ranks
        Ranks from 1 to the number of units. One unit is both top and bottom for certain.

    Raises
    ------
    ValueError
        If draws are not a table with at least one row and one column, one is not finite, or an
        option is outside its range.

    References
    ----------
    Goldstein and Spiegelhalter (1996), J. R. Statist. Soc. A 159, 385-443; Marshall and
    Spiegelhalter (1998), BMJ 316, 1701-1704.
    """
    table = finite(draws, "draws")
    if table.ndim != 2 or 0 in table.shape:
        raise ValueError("draws must be a table: one row a draw, one column a unit")
    if not 0.0 < part <= 0.5:
        raise ValueError(f"the part lies above 0 and up to 0.5, not at {part}")
    tail = tail_of(level)
    ranks = _ranks(-table if highest_first else table, seed)
    count, units = table.shape
    edge = int(np.ceil(part * units - 1e-9))
    first, last = (ranks <= edge).mean(axis=0), (ranks > units - edge).mean(axis=0)
    ranks.sort(axis=0)
    lower, upper = ranks[_place(tail, count)], ranks[_place(1.0 - tail, count)]
    mean, median = ranks.mean(axis=0), 0.5 * (ranks[(count - 1) // 2] + ranks[count // 2])
    top, bottom = (first, last) if highest_first else (last, first)
    return Ranks(median, mean, lower.astype(np.int64), upper.astype(np.int64), top, bottom)


def _ranks(values: Floats, seed: int) -> Integers:
    """Return ranks along each row, 1 the smallest; the columns are shuffled lest equals keep their order."""
    rng = np.random.default_rng(seed)
    count, units = values.shape
    ranks = np.empty((count, units), dtype=np.int32)
    places = np.arange(1, units + 1, dtype=np.int32)
    for row, drawn in enumerate(values):
        shuffled = rng.permutation(units)
        ranks[row, shuffled[np.argsort(drawn[shuffled], kind="stable")]] = places
    return ranks  # type: ignore[return-value]


def _place(share: float, count: int) -> int:
    return min(count - 1, max(0, int(np.ceil(share * count - 1e-9)) - 1))
