"""Measure how well planted deserts, crowded zones and weak stations are found: 20 seeds, invented data.

Run ``.venv/bin/python tests/benchmarks/bench_access.py``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from analytics.segments.flags import response_signal, satisfaction_signal
from analytics.spatial.distance import road_km
from analytics.spatial.sensitivity import AccessSettings, assess, over_settings
from tests.coverage.simulated_city import f1, ratings, response_logs, simulate

SEEDS = range(20)
SETTINGS = {
    "3sfca, least 8 km": AccessSettings(),
    "3sfca, least 6 km": AccessSettings(nearest_km=6.0),
    "e2sfca, least 8 km": AccessSettings(method="e2sfca"),
    "3sfca, 3 % of demand": AccessSettings(share=0.03),
}


def areas() -> None:
    """Print median F1, false alarms and demand flagged in a clean city by setting."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in SETTINGS}
    for seed in SEEDS:
        city, clean = simulate(seed), simulate(seed, planted=False)
        answers = [
            over_settings(c.at, road_km(c.at, c.stations), c.demand, c.capacity, list(SETTINGS.values()))
            for c in (city, clean)
        ]
        for name, planted, calm in zip(SETTINGS, *answers, strict=True):
            false = float(np.mean(planted.flagged[~city.under]))
            flagged = float(clean.demand[calm.flagged].sum() / clean.demand.sum())
            found[name].append((f1(planted.flagged, city.under), false, flagged))
    for name, rows in found.items():
        print(name, np.median(rows, axis=0).round(3))


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
    city = simulate(0, points=20_000)
    begun = time.process_time()
    assess(city.at, road_km(city.at, city.stations), city.demand, city.capacity)
    print("20,000 points", round(time.process_time() - begun, 2), "s")


if __name__ == "__main__":
    areas()
    stations()
    speed()
