"""Where to open next, and what that would change: siting over the store's demand and stations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.coverage.areas import Underserved
from analytics.coverage.inputs import Inputs
from analytics.spatial.distance import great_circle_km, road_km
from analytics.spatial.sensitivity import AccessSettings, over_settings
from analytics.spatial.siting import Progress, Siting, maximal_covering
from analytics.spatial.what_if import WhatIf, what_if
from analytics.stats.arrays import Floats

# More candidates than this are thinned to places farther apart.
MOST_CANDIDATES = 400


@dataclass(frozen=True)
class Openings:
    """The sites chosen and what access would be with them.

    ``candidates`` are rows with candidate_id, name and place; ``unmet`` all unmet demand. ``capacity`` is
    what a new station is taken to do (the median of today's). ``effect_by_settings`` has, by setting, the
    share of today's low demand that would be relieved.
    """

    candidates: list[dict[str, Any]]
    siting: Siting
    unmet: float
    capacity: float
    effect: WhatIf
    effect_by_settings: Floats
    thinned_to_km: float


def choose_openings(
    result: Underserved,
    k: int,
    *,
    candidates: list[dict[str, Any]] | None = None,
    seconds: float = 60.0,
    tell: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Openings:
    """Choose k sites that reach most unmet demand, existing stations staying as they are.

    Candidates are the given rows (candidate_id, name, lon, lat), else the demand points with unmet demand.
    A site reaches a point within the point's own catchment.
    """
    inputs, found = result.inputs, result.areas
    unmet = np.where(found.flagged, found.short.unmet, 0.0)
    rows, apart = (candidates, 0.0) if candidates is not None else _own_candidates(inputs, unmet)
    needy = np.flatnonzero(unmet > 0)
    places = np.array([[row["lon"], row["lat"]] for row in rows], dtype=np.float64).reshape(-1, 2)
    covers = road_km(inputs.at[needy], places) <= found.reach_km[needy][:, None]
    siting = maximal_covering(covers, unmet[needy], k, seconds=seconds, tell=tell, stop=stop)
    capacity = float(np.median(inputs.supply))
    opened = places[siting.sites]
    effect, by_settings = _effects(result, opened, capacity)
    return Openings(rows, siting, float(unmet.sum()), capacity, effect, by_settings, apart)


def _effects(result: Underserved, opened: Floats, capacity: float) -> tuple[WhatIf, Floats]:
    inputs, chosen = result.inputs, result.areas.settings
    distance = np.hstack([inputs.distance_km, road_km(inputs.at, opened)])
    supply = np.append(inputs.supply, np.full(len(opened), capacity))
    effect = what_if(result.areas, distance, inputs.demand, supply)
    shares = []
    given = (inputs.at, inputs.distance_km, inputs.demand, inputs.supply)
    for before in over_settings(*given, _nearby(chosen)):
        low = float(inputs.demand[before.short.low].sum())
        relieved = what_if(before, distance, inputs.demand, supply).relieved
        shares.append(relieved / low if low > 0 else 0.0)
    return effect, np.array(shares)


def _nearby(chosen: AccessSettings) -> list[AccessSettings]:
    return [
        chosen,
        replace(chosen, share=1.5 * chosen.share),
        replace(chosen, nearest_km=6.0),
        replace(chosen, below=chosen.below - 0.1),
        replace(chosen, below=chosen.below + 0.1),
        replace(chosen, method="e2sfca"),
    ]


def _own_candidates(inputs: Inputs, unmet: Floats) -> tuple[list[dict[str, Any]], float]:
    """Return demand points with unmet demand, the neediest first, thinned until they are few enough."""
    needy = np.flatnonzero(unmet > 0)
    order = needy[np.argsort(-unmet[needy], kind="stable")]
    apart = 0.0
    kept = order
    while kept.size > MOST_CANDIDATES:
        apart = 1.0 if apart == 0.0 else apart * 1.5
        kept = _thinned(inputs.at, order, apart)
    rows = [inputs.points[int(place)] for place in kept]
    return [
        {
            "candidate_id": row["area_id"],
            "name": row["name"],
            "lon": row["lon_wgs84"],
            "lat": row["lat_wgs84"],
        }
        for row in rows
    ], apart


def _thinned(at: Floats, order: np.ndarray, apart_km: float) -> np.ndarray:
    kept: list[int] = []
    for place in order:
        others = at[kept]
        gaps = great_circle_km(at[place, 0], at[place, 1], others[:, 0], others[:, 1])
        if not kept or float(gaps.min()) >= apart_km:
            kept.append(int(place))
    return np.array(kept, dtype=np.int64)
