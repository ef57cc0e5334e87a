"""Flags of stations: planted weak ones, a calm city, and who is not judged."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.segments.flags import leading, response_signal, satisfaction_signal, volume_signal
from analytics.segments.volume import expected_volume
from tests.coverage.simulated_city import f1, ratings, response_logs, simulate


def test_planted_weak_stations_are_found_and_calm_ones_left_alone() -> None:
    scores, calm = [], []
    for seed in range(1, 9):
        for planted in (True, False):
            city = simulate(seed, planted=planted)
            peers = np.unique(city.kind, return_inverse=True)[1]
            satisfaction = satisfaction_signal(*ratings(city), peers)
            response = response_signal(*response_logs(city), peers)
            flagged = satisfaction.flagged | response.flagged
            if planted:
                scores.append(f1(flagged, city.weak))
            else:
                calm.append(np.mean(flagged))
    assert np.median(scores) >= 0.65
    assert np.max(calm) <= 0.06


def test_a_far_worse_station_is_confirmed_and_a_better_one_is_not_flagged() -> None:
    satisfied = np.array([190] * 20 + [120, 200])
    found = satisfaction_signal(satisfied, np.full(22, 200))
    assert found.confirmed[20]
    assert not found.watch[20]
    assert not found.flagged[21]
    assert found.lower[20] < found.observed[20] < found.expected[20]


def test_slow_is_flagged_and_fast_is_not() -> None:
    rng = np.random.default_rng(0)
    logs = rng.normal(0, 0.5, (30, 100))
    logs[28] += 1.0
    logs[29] -= 1.0
    found = response_signal(np.full(30, 100), logs.sum(axis=1), (logs**2).sum(axis=1))
    assert found.confirmed[28]
    assert not found.flagged[29]


def test_few_records_and_new_stations_are_not_judged() -> None:
    judged = np.array([True] * 20 + [False, True])
    found = satisfaction_signal([45] * 20 + [10, 2], [50] * 20 + [50, 9], judged=judged)
    assert list(found.judged[20:]) == [False, False]
    assert not found.flagged[20:].any()
    assert np.isnan(found.observed[20:]).all()


def test_nothing_on_record_flags_nobody() -> None:
    none = np.zeros(5)
    assert not satisfaction_signal(none, none).judged.any()
    assert not response_signal(none, none, none).judged.any()
    assert leading({"satisfaction": satisfaction_signal(none, none)}) == [""] * 5


def test_volume_is_never_more_than_watched() -> None:
    rng = np.random.default_rng(1)
    capacity = rng.uniform(200, 900, 60)
    services = rng.poisson(capacity * 0.8)
    services[7] = 10
    found = volume_signal(services, capacity, np.ones(60))
    assert found.watch[7]
    assert not found.confirmed.any()


def test_robust_regression_is_least_squares_without_outliers_and_ignores_one() -> None:
    x = np.linspace(1, 5, 40)[:, None]
    services = np.round(np.exp(1.0 + x[:, 0]))
    expected = expected_volume(services, x)
    assert expected == pytest.approx(services, rel=0.1)
    services[20] = 0
    assert expected_volume(services, x)[21] == pytest.approx(services[21], rel=0.15)
