"""Where demand lies: points with a number of enterprises, in towns and in the planted zones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.standard.districts import districts_by_code
from sample_data.land import TOWNS, Town, scatter
from sample_data.plan import Plan
from sample_data.planted import ZONES, Zone

POINTS = 340
ENTERPRISES = 240_000
# Width of a degree of longitude over one of latitude at 40° north.
_SQUARE = 0.766
# Invented weights of industry, highest where technology firms are many; they add up to 1.
AREA_SHARE = {
    "110101": 0.045, "110102": 0.05, "110105": 0.14, "110106": 0.075, "110107": 0.04, "110108": 0.20,
    "110109": 0.018, "110111": 0.04, "110112": 0.06, "110113": 0.055, "110114": 0.08, "110115": 0.06,
    "110116": 0.028, "110117": 0.02, "110118": 0.022, "110119": 0.012, "BDA": 0.055,
}  # fmt: skip


def demand_points(plan: Plan) -> pd.DataFrame:
    """Return demand points: id, name, area, WGS-84 coordinates, enterprises and their ``place``.

    ``place`` is the index of the town in ``TOWNS`` or the key of the planted zone.
    """
    rng = plan.rng("demand")
    parts = [_points(str(i), t, AREA_SHARE[t.area] * t.share, rng) for i, t in enumerate(TOWNS)]
    parts += [_points(z.key, z, z.demand_share, rng) for z in ZONES]
    points = pd.concat(parts, ignore_index=True)
    order = points.groupby("district", sort=False).cumcount() + 1
    short = {code: district.short_name.zh for code, district in districts_by_code().items()}
    points["area_id"] = [f"XQ-{d}-{n:02d}" for d, n in zip(points["district"], order, strict=True)]
    points["name"] = [f"{short[d]}示例片区{n:02d}" for d, n in zip(points["district"], order, strict=True)]
    points["datum"] = None
    points["as_of"] = np.datetime64(plan.last_day, "m")
    return points


def _points(place: str, at: Town | Zone, share: float, rng: np.random.Generator) -> pd.DataFrame:
    # Half of the points follow demand, half are spread evenly, so that rural areas have enough of them.
    count = max(4, round(POINTS * (0.5 * share + 0.5 / (len(TOWNS) + len(ZONES)))))
    lon, lat = scatter(at.area, at.lon, at.lat, spread_km=at.spread_km, count=count, rng=rng)
    weight = rng.lognormal(0, 0.5, count)
    enterprises = np.maximum(1, np.round(ENTERPRISES * share * weight / weight.sum())).astype(int)
    return pd.DataFrame({"place": place, "district": at.area, "lon": lon, "lat": lat, "demand": enterprises})


def spread_over(points: pd.DataFrame, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return places for ``count`` institutions amid demand points: longitudes, latitudes, shares of demand.

    Weighted k-means from farthest-point seeds (Lloyd 1982), so that no part of a town is left out.
    """
    at = points[["lon", "lat"]].to_numpy() * [_SQUARE, 1.0]
    weight = points["demand"].to_numpy(dtype=float)
    chosen = [int(np.argmin(np.hypot(*(at - np.average(at, axis=0, weights=weight)).T)))]
    while len(chosen) < count:
        gaps = np.min([np.hypot(*(at - at[c]).T) for c in chosen], axis=0)
        chosen.append(int(np.argmax(gaps)) if gaps.max() > 0 else chosen[len(chosen) % len(at)])
    centres = at[chosen]
    for _ in range(12):
        nearest = np.argmin(np.hypot(*(at[:, None, :] - centres).transpose(2, 0, 1)), axis=1)
        for k in np.unique(nearest):
            centres[k] = np.average(at[nearest == k], axis=0, weights=weight[nearest == k])
    share = np.bincount(nearest, weights=weight, minlength=count)
    # Seats that share one point share its demand.
    share = np.maximum(share, weight.min() / 2)
    return centres[:, 0] / _SQUARE, centres[:, 1], share / share.sum()
