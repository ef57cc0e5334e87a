"""How far each demand point reaches: as far as it takes to gather a share of the city's demand."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.spatial.distance import DETOUR, great_circle_km, places
from analytics.stats.arrays import Floats, amounts

SHARE = 0.02
# A shorter least radius (6 km) flags more places where nothing is amiss: docs/methods.md.
NEAREST_KM, FARTHEST_KM = 8.0, 20.0
# Radii are found to this step; a hundred metres is finer than any estimate of a road.
STEP_KM = 0.1
# Above this many points, those of one cell of a grid share their radius.
MOST_CELLS = 3000
_KM_PER_DEGREE = 111.195


def variable_catchments(
    at: ArrayLike,
    demand: ArrayLike,
    *,
    share: float = SHARE,
    nearest_km: float = NEAREST_KM,
    farthest_km: float = FARTHEST_KM,
    detour: float = DETOUR,
) -> Floats:
    """Return the radius in road km within which each point finds ``share`` of all demand.

    Short in the dense core, long in the mountains, as people there must travel farther anyway
    (variable catchments after Luo and Whippo 2012, Health & Place 18, 789-795). Clipped to
    ``nearest_km`` … ``farthest_km``. Up to 3,000 places each has its own radius, to 0.1 km; beyond that the
    places of one cell of a grid share the radius of their centre of demand.

    Parameters
    ----------
    at : array_like of float, shape (points, 2)
        Longitude and latitude in degrees.
    demand : array_like of float, shape (points,)
        At least 0; NaN or negative values are refused with ValueError.
    share : float
        In (0, 1].
    """
    if not 0.0 < share <= 1.0 or not 0.0 < nearest_km <= farthest_km:
        raise ValueError("the share lies in (0, 1] and radii rise from above 0")
    return Gathered(at, demand, farthest_km=farthest_km, detour=detour).radii(share, nearest_km)


class Gathered:
    """How much demand each place gathers within every radius: what catchments of all shares are read from.

    Arguments as for `variable_catchments`; distances, which cost most, are computed once for several shares.
    """

    def __init__(
        self, at: ArrayLike, demand: ArrayLike, *, farthest_km: float = FARTHEST_KM, detour: float = DETOUR
    ) -> None:
        where, weight = places(at), amounts(demand, "demand")
        if where.shape[0] != weight.size or weight.ndim != 1:
            raise ValueError("there must be one demand for each place")
        self._farthest_km, self._total = farthest_km, float(weight.sum())
        self._cell_of = np.arange(weight.size)
        if self._total <= 0:
            return
        self._cell_of, centres, held = cells(where, weight)
        # In pieces: all pairs of 3,000 cells at once would take 70 MB an array.
        pieces = [centres[start : start + 500] for start in range(0, held.size, 500)]
        self._within = np.vstack([_within(piece, centres, held, farthest_km, detour) for piece in pieces])

    def radii(self, share: float, nearest_km: float) -> Floats:
        """Return the radius in road km within which each place finds the share, clipped."""
        if self._total <= 0:
            return np.full(self._cell_of.size, self._farthest_km)
        # Sums of floats may fall short of an exact share by dust.
        enough = self._within >= share * self._total * (1.0 - 1e-12)
        steps = np.where(enough.any(axis=1), enough.argmax(axis=1) + 1, enough.shape[1])
        clipped: Floats = np.clip(steps * STEP_KM, nearest_km, self._farthest_km)[self._cell_of]
        return clipped


def cells(where: Floats, weight: Floats) -> tuple[np.ndarray, Floats, Floats]:
    """Return each place's cell, the cells' centres of demand and their demand.

    A grid of 1 km, coarser by doubling until at most 3,000 cells hold something; every place is its own
    cell where places are that few.
    """
    if weight.size <= MOST_CELLS:
        return np.arange(weight.size), where, weight
    scale = np.array([_KM_PER_DEGREE * np.cos(np.radians(where[:, 1].mean())), _KM_PER_DEGREE])
    size = 1.0
    while True:
        _, cell_of = np.unique(np.floor(where * scale / size), axis=0, return_inverse=True)
        cell_of = cell_of.ravel()
        if cell_of.max() < MOST_CELLS:
            break
        size *= 2.0
    held = np.bincount(cell_of, weights=weight).astype(np.float64)
    # Places without demand have no centre of it: their plain mean then.
    mass = np.where(held[cell_of] > 0, weight, 1.0)
    sums = np.bincount(cell_of, weights=mass)
    centres = np.column_stack([np.bincount(cell_of, weights=mass * where[:, axis]) / sums for axis in (0, 1)])
    return cell_of, centres, held


def _within(origins: Floats, centres: Floats, held: Floats, farthest_km: float, detour: float) -> Floats:
    """Return the demand within each step of road km from each origin, shape (origins, steps)."""
    straight = great_circle_km(origins[:, 0][:, None], origins[:, 1][:, None], centres[:, 0], centres[:, 1])
    steps = int(np.ceil(farthest_km / STEP_KM)) + 1
    step = np.minimum((straight * (detour / STEP_KM)).astype(np.int64), steps)
    row = np.arange(origins.shape[0])[:, None] * (steps + 1)
    sums = np.bincount(
        (row + step).ravel(), np.broadcast_to(held, step.shape).ravel(), row.size * (steps + 1)
    )
    within: Floats = np.cumsum(sums.reshape(-1, steps + 1)[:, :steps], axis=1)
    return within
