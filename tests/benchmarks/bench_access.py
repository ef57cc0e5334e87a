"""Measure how well planted deserts, crowded zones and weak stations are found: 10 seeds, invented data.

Run ``.venv/bin/python tests/benchmarks/bench_access.py``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from analytics.segments.flags import response_signal, satisfaction_signal
from analytics.spatial.distance import road_km
from analytics.spatial.sensitivity import AccessSettings, assess, steadfast
from tests.coverage.simulated_city import City, f1, ratings, response_logs, simulate

SEEDS = range(10)
# Whole analyses of 20,000 points take seconds each.
SEEDS_OF_MANY, MANY = range(3), 20_000
SETTINGS = {
    "3sfca, least 8 km": AccessSettings(),
    "3sfca, least 6 km": AccessSettings(nearest_km=6.0),
    "e2sfca, least 8 km": AccessSettings(method="e2sfca"),
    "3sfca, 3 % of demand": AccessSettings(share=0.03),
}
# What another city, or another simulator, could be like.
Vary = Callable[[City, np.random.Generator], City]
VARIANTS: dict[str, Vary] = {
    "as planted": lambda city, _: city,
    "capacity of 30 % unknown": lambda city, rng: replace(
        city, capacity=np.where(rng.random(200) < 0.3, np.median(city.capacity), city.capacity)
    ),
    "capacity stated with 30 % noise": lambda city, rng: replace(
        city, capacity=np.round(city.capacity * rng.lognormal(0, 0.3, 200)) + 1
    ),
    "demand counted with 50 % noise": lambda city, rng: replace(
        city, demand=np.maximum(1, np.round(city.demand * rng.lognormal(0, 0.5, len(city.demand))))
    ),
    "points gathered half-way to 60 of them": lambda city, rng: replace(city, at=_gathered(city.at, rng)),
}


def _gathered(at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    middles = at[rng.choice(len(at), 60, replace=False)]
    nearest = np.argmin(((at[:, None] - middles[None]) ** 2).sum(axis=2), axis=1)
    return at + 0.5 * (middles[nearest] - at)


def areas() -> None:
    """Print median F1, false alarms and demand flagged in a clean city by setting and by variant."""
    for name, settings in SETTINGS.items():
        _print(name, [_scores(seed, settings, VARIANTS["as planted"]) for seed in SEEDS])
    for name, vary in VARIANTS.items():
        _print(name, [_scores(seed, AccessSettings(), vary) for seed in SEEDS])
    many = [_scores(seed, AccessSettings(), VARIANTS["as planted"], points=MANY) for seed in SEEDS_OF_MANY]
    _print(f"{MANY} points", many)


def _print(name: str, rows: list[tuple[float, float, float]]) -> None:
    print(name, "median", np.median(rows, axis=0).round(3), "worst", np.max(rows, axis=0).round(3)[1:])


def _scores(
    seed: int, settings: AccessSettings, vary: Vary, *, points: int = 340
) -> tuple[float, float, float]:
    flags = []
    for planted in (True, False):
        city = vary(simulate(seed, points=points, planted=planted), np.random.default_rng(1000 + seed))
        given = (city.at, road_km(city.at, city.stations), city.demand, city.capacity)
        found, _ = steadfast(assess(*given, settings=settings), *given)
        flags.append((city, found.flagged))
    (city, found), (clean, calm) = flags
    false = float(np.mean(found[~city.under]))
    return f1(found, city.under), false, float(clean.demand[calm].sum() / clean.demand.sum())


def stations() -> None:
    """Print median F1 of satisfaction, response and both, and the share flagged in a calm city."""
    rows, calm = [], []
    for seed in SEEDS:
        for planted in (True, False):
            city = simulate(seed, planted=planted)
            peers = np.unique(city.kind, return_inverse=True)[1]
            good, slow = (
                satisfaction_signal(*ratings(city), peers).flagged,
                response_signal(*response_logs(city), peers).flagged,
            )
            if planted:
                pairs = ((good, city.weak_satisfaction), (slow, city.weak_response), (good | slow, city.weak))
                rows.append([f1(*pair) for pair in pairs])
            else:
                calm.append(float(np.mean(good | slow)))
    print("stations", np.median(rows, axis=0).round(3), round(float(np.mean(calm)), 3))


def speed() -> None:
    """Print processor seconds for 20,000 points and 200 stations."""
    city = simulate(0, points=MANY)
    begun = time.process_time()
    given = (city.at, road_km(city.at, city.stations), city.demand, city.capacity)
    steadfast(assess(*given), *given)
    print("20,000 points", round(time.process_time() - begun, 2), "s")


if __name__ == "__main__":
    areas()
    stations()
    speed()
