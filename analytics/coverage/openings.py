"""Where to open next: siting over the store's demand and stations, with what it would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.coverage.areas import Underserved, Zone
from analytics.coverage.rearrangement import (
    NOTHING,
    Change,
    Opening,
    Rearranged,
    merged,
    rearrange,
    stations_after,
)
from analytics.spatial.best_sites import Progress
from analytics.spatial.distance import great_circle_km, road_km
from analytics.spatial.p_median import p_median
from analytics.spatial.siting import Siting, maximal_covering
from analytics.stats.arrays import Floats, Integers

# More candidates than this are thinned to places farther apart.
MOST_CANDIDATES = 400
# Places of a zone that one station is tried at; neighbours differ little.
_TRIED_IN_ZONE = 8


@dataclass(frozen=True)
class Openings:
    """The sites chosen and what access would be with them.

    ``candidates`` are rows with candidate_id, name and place; ``unmet`` all unmet demand of the zones, and
    ``enterprises`` what each site adds in demand that no new station reached before it. ``capacity`` is
    what a new station is taken to do (the median of today's). ``change`` is what was assumed besides,
    with the sites opened; ``effect`` compares it with today. ``mean_km`` is, where ways were to be short,
    the mean road distance to the nearest station by demand, before and after; gains are then demand times km.
    """

    candidates: list[dict[str, Any]]
    siting: Siting
    unmet: float
    enterprises: Floats
    capacity: float
    change: Change
    effect: Rearranged
    thinned_to_km: float
    mean_km: tuple[float, float] | None = None


@dataclass(frozen=True)
class ZoneOpening:
    """One station opened in a zone, where it takes most from the zone's unmet demand.

    ``reached`` is the zone's demand within reach of the site; ``part_after`` the zone's mean access after
    it over the city's median of before, ``unmet_after`` what then remains unmet of the zone.
    """

    zone: Zone
    site: dict[str, Any]
    capacity: float
    reached: float
    part_after: float
    unmet_after: float
    effect: Rearranged


def usual_capacity(result: Underserved) -> float:
    """Return what a new station is taken to do: the median capacity of today's stations."""
    return float(np.median(result.inputs.supply))


def choose_openings(
    result: Underserved,
    k: int,
    *,
    candidates: list[dict[str, Any]] | None = None,
    change: Change = NOTHING,
    seconds: float = 60.0,
    tell: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Openings:
    """Choose k sites that reach most unmet demand of the zones.

    Candidates are the given rows (candidate_id, name, lon, lat), else the demand points with unmet demand.
    A site reaches a point within the point's own catchment. ``change`` (a station closed, another capacity)
    comes first: the unmet demand is that after it.
    """
    inputs, found = result.inputs, result.areas
    assumed = rearrange(result, change, robust=False)
    unmet = np.where((assumed.zone >= 0) & result.seen, assumed.after.short.unmet, 0.0)
    rows, apart = (candidates, 0.0) if candidates is not None else _own_candidates(result, unmet)
    needy = np.flatnonzero(unmet > 0)
    places = np.array([[row["lon"], row["lat"]] for row in rows], dtype=np.float64).reshape(-1, 2)
    distance = road_km(inputs.at[needy], places)
    covers = distance <= found.reach_km[needy][:, None]
    if not needy.size or not rows:
        return _none_needed(result, rows, change, apart)
    siting = maximal_covering(covers, unmet[needy], k, seconds=seconds, tell=tell, stop=stop)
    siting = replace(siting, sites=_nearest_alike(siting.sites, covers, distance, unmet[needy]))
    capacity = usual_capacity(result)
    opened = tuple(Opening(float(lon), float(lat), capacity) for lon, lat in places[siting.sites])
    whole = merged(change, Change(opened=opened))
    added = _added(covers[:, siting.sites], inputs.demand[needy])
    effect = rearrange(result, whole)
    return Openings(rows, siting, float(unmet.sum()), added, capacity, whole, effect, apart)


def choose_shortest_ways(
    result: Underserved,
    k: int,
    *,
    candidates: list[dict[str, Any]] | None = None,
    change: Change = NOTHING,
    seconds: float = 60.0,
    tell: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Openings:
    """Choose k sites that bring all demand nearest to a station (p-median), existing stations staying.

    As `choose_openings`, but of all demand points that the reader may see, by demand: how able stations are
    does not count, only how far they are. Candidates, unless given, are the demand points.
    """
    inputs = result.inputs
    demand = np.where(result.seen, inputs.demand, 0.0)
    distance, supply = stations_after(result, change)
    today = distance[:, supply > 0].min(axis=1, initial=np.inf)
    if not np.isfinite(today).all():
        raise UserError(*_ALL_CLOSED)
    rows, apart = (candidates, 0.0) if candidates is not None else _own_candidates(result, demand * today)
    places = np.array([[row["lon"], row["lat"]] for row in rows], dtype=np.float64).reshape(-1, 2)
    ways = road_km(inputs.at, places)
    siting = p_median(ways, demand, k, already_km=today, seconds=seconds, tell=tell, stop=stop)
    capacity = usual_capacity(result)
    opened = tuple(Opening(float(lon), float(lat), capacity) for lon, lat in places[siting.sites])
    whole = merged(change, Change(opened=opened))
    nearer = ways[:, siting.sites] < today[:, None]
    mean = float(demand @ today / demand.sum()) if demand.any() else 0.0
    saved = siting.covered / float(demand.sum()) if demand.any() else 0.0
    return Openings(
        rows,
        siting,
        float(result.areas.short.unmet[result.seen].sum()),
        _added(nearer, demand),
        capacity,
        whole,
        rearrange(result, whole),
        apart,
        (mean, mean - saved),
    )


def _none_needed(result: Underserved, rows: list[dict[str, Any]], change: Change, apart: float) -> Openings:
    nothing = Siting(np.empty(0, dtype=np.int64), np.empty(0), 0.0, 0.0, True, "greedy")
    effect = rearrange(result, change)
    return Openings(rows, nothing, 0.0, np.empty(0), usual_capacity(result), change, effect, apart)


def open_in_zone(result: Underserved, zone: Zone) -> ZoneOpening:
    """Return what one station of the usual capacity would change, at the best of the zone's places."""
    inputs, found = result.inputs, result.areas
    capacity = usual_capacity(result)
    mine = zone.points
    centre = np.average(inputs.at[mine], axis=0, weights=found.short.unmet[mine])
    gaps = great_circle_km(inputs.at[mine, 0], inputs.at[mine, 1], centre[0], centre[1])
    best: tuple[float, int, Change] | None = None
    for place in mine[np.argsort(gaps, kind="stable")[:_TRIED_IN_ZONE]]:
        lon, lat = map(float, inputs.at[place])
        change = Change(opened=(Opening(lon, lat, capacity),))
        left = float(rearrange(result, change, robust=False).after.short.unmet[mine].sum())
        if best is None or left < best[0]:
            best = (left, int(place), change)
    assert best is not None
    left, place, change = best
    effect = rearrange(result, change)
    within = road_km(inputs.at[mine], inputs.at[[place]])[:, 0] <= found.reach_km[mine]
    average = float(np.average(effect.after.access[mine], weights=inputs.demand[mine]))
    return ZoneOpening(
        zone,
        _candidate(inputs.points[place]),
        capacity,
        reached=float(inputs.demand[mine][within].sum()),
        part_after=average / found.short.median if found.short.median > 0 else 0.0,
        unmet_after=left,
        effect=effect,
    )


def _nearest_alike(sites: Integers, covers: np.ndarray, distance: Floats, weight: Floats) -> Integers:
    """Return the sites, each exchanged for the candidate nearest to the same points.

    Many candidates reach the same points: covering them is worth the same, and access is better from their
    middle. A site may go where every point that it alone was the first to cover stays covered.
    """
    found = sites.copy()
    before = np.zeros(weight.size, dtype=bool)
    for order, site in enumerate(sites):
        own = covers[:, site] & ~before
        alike = np.flatnonzero(covers[own].all(axis=0))
        found[order] = alike[np.argmin(weight[own] @ distance[np.ix_(own, alike)])]
        before |= covers[:, site]
    return found


def _added(covers: np.ndarray, demand: Floats) -> Floats:
    """Return the demand that each site, in order, reaches and none before it does."""
    before = np.zeros(demand.size, dtype=bool)
    added = []
    for column in covers.T:
        added.append(float(demand[column & ~before].sum()))
        before |= column
    return np.array(added)


def _candidate(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "candidate_id": row["area_id"],
        "name": row["name"],
        "lon": row["lon_wgs84"],
        "lat": row["lat_wgs84"],
    }


def _own_candidates(result: Underserved, unmet: Floats) -> tuple[list[dict[str, Any]], float]:
    """Return demand points in need (unmet demand, or demand times km), the neediest first, thinned."""
    inputs = result.inputs
    needy = np.flatnonzero(unmet > 0)
    order = needy[np.argsort(-unmet[needy], kind="stable")]
    apart = 0.0
    kept = order
    while kept.size > MOST_CANDIDATES:
        apart = 1.0 if apart == 0.0 else apart * 1.5
        kept = _thinned(inputs.at, order, apart)
    return [_candidate(inputs.points[int(place)]) for place in kept], apart


def _thinned(at: Floats, order: np.ndarray, apart_km: float) -> np.ndarray:
    kept: list[int] = []
    for place in order:
        others = at[kept]
        gaps = great_circle_km(at[place, 0], at[place, 1], others[:, 0], others[:, 1])
        if not kept or float(gaps.min()) >= apart_km:
            kept.append(int(place))
    return np.array(kept, dtype=np.int64)


_ALL_CLOSED = (
    Text(
        "推演关闭了所有站点，无法计算到最近站点的距离。", "Every station is closed: there is no nearest one."
    ),
    Text("请至少保留一个站点。", "Leave at least one station open."),
)
