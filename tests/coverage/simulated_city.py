"""A city like Beijing with planted truth: dense core, satellite towns, mountains (示例数据, all invented)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CORE = (116.40, 39.92)
KM = np.array([111.195 * np.cos(np.radians(40.0)), 111.195])
TYPES = ("专业园区", "孵化器", "大学科技园", "行业组织", "其他")


@dataclass
class City:
    """Demand points, stations and what is planted: ``under`` by point, ``weak`` by station."""

    at: np.ndarray
    demand: np.ndarray
    stations: np.ndarray
    capacity: np.ndarray
    kind: np.ndarray
    under: np.ndarray
    weak_satisfaction: np.ndarray
    weak_response: np.ndarray
    rng: np.random.Generator

    @property
    def weak(self) -> np.ndarray:
        return self.weak_satisfaction | self.weak_response


def _far_apart(rng: np.random.Generator, count: int, low: float, high: float, gap: float) -> np.ndarray:
    """Return places (km from the core) at distances of each other of at least ``gap``."""
    found: list[np.ndarray] = []
    while len(found) < count:
        radius, angle = rng.uniform(low, high), rng.uniform(0, 2 * np.pi)
        place = radius * np.array([np.cos(angle), np.sin(angle)])
        if all(np.hypot(*(place - other)) >= gap for other in found):
            found.append(place)
        elif rng.random() < 0.01:
            gap *= 0.95
    return np.array(found)


def _rural(rng: np.random.Generator, count: int) -> np.ndarray:
    radius, angle = rng.uniform(20, 75, count), rng.uniform(0, 2 * np.pi, count)
    return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])


def _systematic(rng: np.random.Generator, weight: np.ndarray, order: np.ndarray, count: int) -> np.ndarray:
    """Draw places in proportion to weight at even steps, as planners do: no town is left out by chance."""
    held = np.cumsum(weight[order])
    return order[np.searchsorted(held, (np.arange(count) + rng.random()) * held[-1] / count)]


def simulate(seed: int, *, points: int = 340, stations: int = 200, planted: bool = True) -> City:
    """Make a city; without ``planted`` every place has its share of capacity and no station is weak."""
    rng = np.random.default_rng(seed)
    towns = _far_apart(rng, 16, 24, 68, 15)
    deserts, crowded = (towns[:3], towns[3:5]) if planted else (towns[:0], towns[:0])
    part = rng.choice(3, points, p=[0.5, 0.38, 0.12])
    town_of = rng.integers(0, len(towns), points)
    spread = np.where(part == 0, 7.5, 2.6)[:, None]
    km = rng.normal(size=(points, 2)) * spread + np.where((part == 1)[:, None], towns[town_of], 0.0)
    rural = part == 2
    km[rural] = _rural(rng, int(rural.sum()))
    scale = np.select([part == 0, part == 1], [1400.0, 500.0], 60.0)
    demand = np.round(scale * rng.lognormal(0, 0.6, points)) + 5

    def near(places: np.ndarray, of: np.ndarray, within: float) -> np.ndarray:
        if not len(places):
            return np.zeros(len(of), dtype=bool)
        return np.min(np.hypot(*(of[:, None] - places[None]).transpose(2, 0, 1)), axis=1) < within

    under = near(deserts, km, 7.0) | near(crowded, km, 7.0)
    weight = demand * ~near(deserts, km, 13.0) * np.where(part == 2, 1.6, 1.0)
    seats = _systematic(rng, weight, np.lexsort((km[:, 0], town_of, part)), stations)
    station_km = km[seats] + rng.normal(size=(stations, 2)) * 0.8
    # Each demand point's demand is spread over the nearest stations; capacity follows, with noise.
    gap = np.hypot(*(km[:, None] - station_km[None]).transpose(2, 0, 1))
    pull = np.exp(-gap / 4.0) + 1e-12
    served = (demand[:, None] * pull / pull.sum(axis=1, keepdims=True)).sum(axis=0)
    capacity = np.round(served * rng.lognormal(0, 0.35, stations)) + 10
    capacity[near(crowded, station_km, 10.0)] *= 0.12
    weak_count = stations // 16 if planted else 0
    order = rng.permutation(stations)
    weak_s, weak_r = np.zeros(stations, dtype=bool), np.zeros(stations, dtype=bool)
    weak_s[order[:weak_count]] = True
    weak_r[order[weak_count : weak_count + weak_count // 2]] = True
    return City(
        at=km / KM + CORE,
        demand=demand,
        stations=station_km / KM + CORE,
        capacity=np.round(capacity),
        kind=rng.choice(TYPES, stations, p=[0.3, 0.25, 0.2, 0.15, 0.1]),
        under=under & (demand > 0),
        weak_satisfaction=weak_s,
        weak_response=weak_r,
        rng=rng,
    )


def ratings(city: City) -> tuple[np.ndarray, np.ndarray]:
    """Return satisfied and rated services by station: 20 to 300 rated, spread of the truth 2.5 points."""
    count = len(city.stations)
    rated = np.round(np.exp(city.rng.uniform(np.log(20), np.log(300), count))).astype(int)
    lift = dict(zip(TYPES, (0.0, 0.02, -0.02, 0.01, 0.0), strict=True))
    base = 0.93 + np.array([lift[kind] for kind in city.kind])
    share = np.clip(base + city.rng.normal(0, 0.02, count), 0, 0.995)
    share = share - city.weak_satisfaction * city.rng.uniform(0.08, 0.15, count)
    return city.rng.binomial(rated, share), rated


def response_logs(city: City) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return count, sum and sum of squares of the logarithms of response days by station."""
    count = len(city.stations)
    n = np.round(np.exp(city.rng.uniform(np.log(20), np.log(400), count))).astype(int)
    centre = np.log(0.8) + city.rng.normal(0, 0.1, count) + city.weak_response * np.log(1.6)
    draws = [city.rng.normal(c, 0.8, k) for c, k in zip(centre, n, strict=True)]
    return n, np.array([d.sum() for d in draws]), np.array([(d**2).sum() for d in draws])


def f1(found: np.ndarray, truth: np.ndarray) -> float:
    """Return the harmonic mean of precision and recall."""
    hit = int(np.sum(found & truth))
    return 2.0 * hit / max(1, int(found.sum()) + int(truth.sum()))
