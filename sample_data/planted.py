"""What is planted for the analysis to find: under-served zones, weak stations, industries left out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Zone:
    """An under-served zone of demand.

    ``demand_share`` of the city's demand lies there. A *desert* has no station in reach; an
    *overwhelmed* zone has ``stations`` whose capacity is a small part of what its demand would call for.
    """

    key: str
    area: str
    kind: str
    lon: float
    lat: float
    spread_km: float
    demand_share: float
    stations: int


# Each stands so far from any town of sample_data.land that no other station is within reach.
ZONES = (
    Zone("Z1", "110118", "desert", 117.14, 40.62, 2.5, 0.008, 0),
    Zone("Z2", "110111", "desert", 115.62, 39.64, 2.5, 0.010, 0),
    Zone("Z3", "110115", "overwhelmed", 116.43, 39.53, 2.5, 0.016, 2),
    Zone("Z4", "110117", "overwhelmed", 117.12, 40.32, 2.0, 0.009, 1),
)
# Capacity of an overwhelmed zone's stations over what the city average would give its demand.
OVERWHELMED_CAPACITY = 0.12


@dataclass(frozen=True, slots=True)
class IndustryGap:
    """A priority industry of an area whose clients come to services ``kept`` times as often as others."""

    area: str
    industry: str
    kept: float


# Large industries of areas with many services, so that even the small sample can tell them.
INDUSTRY_GAPS = (
    IndustryGap("110108", "new_gen_it", 0.2),
    IndustryGap("110105", "digital_economy", 0.2),
    IndustryGap("110106", "low_altitude", 0.25),
    IndustryGap("110115", "biopharma", 0.25),
)

WEAKNESSES = ("satisfaction", "response", "volume")
# Share of ratings moved from satisfied to unsatisfied at a station weak in satisfaction.
EXTRA_BAD = 0.10
# Response times are multiplied, volumes divided by this.
TIMES_SLOWER = 3.0
TIMES_FEWER = 3.0


def weak_count(stations: int) -> int:
    """Return how many stations are weak in each way."""
    return max(1, stations // 60)
