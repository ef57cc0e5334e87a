"""Do findings stand when the settings change? The same analysis over a grid of settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from analytics.spatial.catchment import FARTHEST_KM, NEAREST_KM, SHARE, Gathered, cells
from analytics.spatial.distance import places
from analytics.spatial.floating import Access, access_by_weights, weights
from analytics.spatial.zones import LEAST_SHARE, LOW, NEIGHBOUR_KM, Shortfall, shortfall, zones
from analytics.stats.arrays import Floats, Integers, amounts

# A point is called under-served only where at least this share of the settings flags it (docs/methods.md).
LEAST_STOOD = 2.0 / 3.0


@dataclass(frozen=True)
class AccessSettings:
    """Everything the answer depends on; the defaults are those of docs/methods.md."""

    method: str = "3sfca"
    share: float = SHARE
    nearest_km: float = NEAREST_KM
    farthest_km: float = FARTHEST_KM
    below: float = LOW
    neighbour_km: float = NEIGHBOUR_KM
    least_share: float = LEAST_SHARE


@dataclass(frozen=True)
class Areas:
    """The answer for all demand points under one setting; arrays of shape (points,)."""

    settings: AccessSettings
    reach_km: Floats
    reached: Access
    short: Shortfall
    zone: Integers

    @property
    def flagged(self) -> np.ndarray:
        """Points of low access that belong to a zone."""
        return self.zone >= 0


DEFAULT = AccessSettings()


def assess(
    at: ArrayLike,
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    settings: AccessSettings = DEFAULT,
) -> Areas:
    """Return access, shortfall and zones of demand points.

    Parameters
    ----------
    at : array_like of float, shape (points, 2)
        Longitude and latitude in degrees.
    distance_km : array_like of float, shape (points, stations)
        Road distances (`road_km`, `with_travel_minutes`).
    demand, supply : array_like of float, shape (points,) and (stations,)
        At least 0.
    """
    return next(over_settings(at, distance_km, demand, supply, [settings]))


def settings_grid(settings: AccessSettings = DEFAULT) -> list[AccessSettings]:
    """Return the settings a finding must stand: 2 methods, 3 shares, 2 least radii, 3 thresholds.

    The nearest alternatives to each choice; the given settings are among them.
    """
    methods = dict.fromkeys((settings.method, "3sfca", "e2sfca"))
    shares = (settings.share * 0.5, settings.share, settings.share * 1.5)
    least = dict.fromkeys((settings.nearest_km, 6.0, 8.0))
    lows = (settings.below - 0.1, settings.below, settings.below + 0.1)
    grid = product(methods, shares, least, lows)
    return [
        replace(settings, method=method, share=share, nearest_km=nearest, below=below)
        for method, share, nearest, below in grid
    ]


def over_settings(
    at: ArrayLike,
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    grid: list[AccessSettings],
) -> Iterator[Areas]:
    """Yield the answer under each setting; what two neighbours in the list share is computed once."""
    where, wanted, capacity = places(at), amounts(demand, "demand"), amounts(supply, "supply")
    distance = amounts(distance_km, "distances")
    if distance.shape != (wanted.size, capacity.size) or where.shape[0] != wanted.size:
        raise ValueError("distances must be a table of points by stations")
    gathered: dict[float, Gathered] = {}
    radii: dict[tuple[float, float, float], Floats] = {}
    before, reached = None, None
    for chosen in grid:
        catchment = (chosen.share, chosen.nearest_km, chosen.farthest_km)
        if catchment not in radii:
            if chosen.farthest_km not in gathered:
                gathered[chosen.farthest_km] = Gathered(where, wanted, farthest_km=chosen.farthest_km)
            radii[catchment] = gathered[chosen.farthest_km].radii(chosen.share, chosen.nearest_km)
        reach = radii[catchment]
        if reached is None or before != (chosen.method, catchment):
            reached = access_by_weights(weights(distance, reach, method=chosen.method), wanted, capacity)
            before = (chosen.method, catchment)
        short = shortfall(reached.access, wanted, below=chosen.below)
        found = zones(
            where,
            short.unmet,
            float(wanted.sum()),
            neighbour_km=chosen.neighbour_km,
            least_share=chosen.least_share,
        )
        yield Areas(chosen, reach, reached, short, found)


@dataclass(frozen=True)
class Stability:
    """How often a finding returns.

    Attributes
    ----------
    areas : ndarray of float, shape (points,)
        Share of the settings under which the point is flagged.
    zones : ndarray of float, shape (zones,)
        Share of the settings under which at least half of the zone's unmet demand is flagged.
    settings : int
        How many settings were tried.
    """

    areas: Floats
    zones: Floats
    settings: int


def stability(
    found: Areas,
    at: ArrayLike,
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    grid: list[AccessSettings] | None = None,
    tell: Callable[[float], None] | None = None,
) -> Stability:
    """Return in what share of the settings points and zones are flagged again.

    By default over `settings_grid` around the settings of ``found``. Above 3,000 points the points of one
    cell (`cells`) stand or fall together: their demand is taken at its centre, at their mean distances.
    ``tell`` is given the share of the work done after each setting. ValueError without a setting.
    """
    flags = _flags(found, at, distance_km, demand, supply, grid, tell)
    return _stood(flags, found)


def steadfast(
    found: Areas,
    at: ArrayLike,
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    *,
    grid: list[AccessSettings] | None = None,
    least: float = LEAST_STOOD,
    tell: Callable[[float], None] | None = None,
) -> tuple[Areas, Stability]:
    """Return the answer cut to what stands under most settings, and in what share of them each part stands.

    Points flagged under fewer than ``least`` of the settings are taken out, and zones are made of the others
    by the same rule: what hangs on one choice of a threshold or radius is no finding. Arguments as for
    `stability`.
    """
    flags = _flags(found, at, distance_km, demand, supply, grid, tell)
    stands = found.flagged & (flags.mean(axis=0) >= least - 1e-12)
    chosen = found.settings
    kept = zones(
        at,
        np.where(stands, found.short.unmet, 0.0),
        float(amounts(demand, "demand").sum()),
        neighbour_km=chosen.neighbour_km,
        least_share=chosen.least_share,
    )
    cut = replace(found, zone=kept)
    return cut, _stood(flags, cut)


def _flags(
    found: Areas,
    at: ArrayLike,
    distance_km: ArrayLike,
    demand: ArrayLike,
    supply: ArrayLike,
    grid: list[AccessSettings] | None,
    tell: Callable[[float], None] | None,
) -> Floats:
    """Return 1 where a point is flagged, shape (settings, points)."""
    where, wanted, distance = places(at), amounts(demand, "demand"), amounts(distance_km, "distances")
    tried = settings_grid(found.settings) if grid is None else grid
    if not tried:
        raise ValueError("there must be at least one setting")
    cell_of, centres, held = cells(where, wanted)
    if held.size < wanted.size:
        distance = _cell_distances(cell_of, held.size, wanted, distance)
    rows = []
    for answer in over_settings(centres, distance, held, supply, tried):
        rows.append(answer.flagged)
        if tell is not None:
            tell(len(rows) / len(tried))
    flags: Floats = np.array(rows, dtype=np.float64)[:, cell_of]
    return flags


def _stood(flags: Floats, found: Areas) -> Stability:
    stood = []
    for zone in range(int(found.zone.max(initial=-1)) + 1):
        weight = np.where(found.zone == zone, found.short.unmet, 0.0)
        stood.append(float(np.mean(flags @ weight >= 0.5 * weight.sum())))
    return Stability(flags.mean(axis=0), np.array(stood), flags.shape[0])


def _cell_distances(cell_of: np.ndarray, count: int, demand: Floats, distance: Floats) -> Floats:
    mass = np.where(np.bincount(cell_of, weights=demand)[cell_of] > 0, demand, 1.0)
    order = np.argsort(cell_of, kind="stable")
    starts = np.searchsorted(cell_of[order], np.arange(count))
    sums: Floats = np.add.reduceat(distance[order] * mass[order, None], starts, axis=0)
    return sums / np.bincount(cell_of, weights=mass)[:, None]
