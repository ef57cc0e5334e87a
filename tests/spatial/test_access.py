"""Distances, catchments and floating catchments against published cases, slow forms and invariants."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from analytics.spatial.catchment import variable_catchments
from analytics.spatial.distance import great_circle_km, road_km, with_travel_minutes
from analytics.spatial.floating import METHODS, floating_catchment, gaussian_decay, weighted_median
from analytics.stats.arrays import Floats


def test_two_steps_match_luo_and_wang_2003_figure_3() -> None:
    # Physician a has eight residents in reach, b four; one resident can reach both.
    distance = np.full((11, 2), 9.0)
    distance[:8, 0] = 1.0
    distance[7:, 1] = 1.0
    found = floating_catchment(distance, np.ones(11), np.ones(2), 5.0, method="2sfca")
    assert found.ratio == pytest.approx([1 / 8, 1 / 4])
    assert found.access[:7] == pytest.approx(np.full(7, 1 / 8))
    assert found.access[7] == pytest.approx(3 / 8)
    assert found.access[8:] == pytest.approx(np.full(3, 1 / 4))


def _slow(distance: Floats, demand: Floats, supply: Floats, reach: Floats, method: str) -> list[float]:
    points, stations = distance.shape

    def weight(i: int, j: int) -> float:
        if method == "2sfca":
            return float(distance[i, j] <= reach[i])
        part = distance[i, j] / reach[i]
        return float((np.exp(-(part**2) / 2) - np.exp(-0.5)) / (1 - np.exp(-0.5))) if part < 1 else 0.0

    def chosen(i: int, j: int) -> float:
        if method != "3sfca":
            return 1.0
        total = sum(weight(i, other) for other in range(stations))
        return weight(i, j) / total if total else 0.0

    ratio = []
    for j in range(stations):
        competing = sum(chosen(i, j) * weight(i, j) * demand[i] for i in range(points))
        ratio.append(supply[j] / competing if competing else 0.0)
    return [sum(chosen(i, j) * weight(i, j) * ratio[j] for j in range(stations)) for i in range(points)]


@hypothesis_settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(METHODS))
def test_access_equals_its_definition_and_gives_all_capacity_away(seed: int, method: str) -> None:
    rng = np.random.default_rng(seed)
    distance = rng.uniform(0, 30, (rng.integers(1, 9), rng.integers(1, 6)))
    demand, supply = rng.uniform(0.1, 50, len(distance)), rng.uniform(0, 90, distance.shape[1])
    reach = rng.uniform(4, 20, len(distance))
    found = floating_catchment(distance, demand, supply, reach, method=method)
    assert found.access == pytest.approx(_slow(distance, demand, supply, reach, method), rel=1e-9, abs=1e-12)
    reached = (distance < reach[:, None]).any(axis=0)
    assert np.sum(demand * found.access) == pytest.approx(supply[reached].sum(), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("method", ["2sfca", "e2sfca", "3sfca"])
@pytest.mark.filterwarnings("ignore")  # PySAL's own, of the versions of pandas to come.
def test_access_equals_pysal(method: str, seed: int) -> None:
    fca = pytest.importorskip("access.fca", reason="PySAL access is not installed")
    import pandas as pd

    rng = np.random.default_rng(seed)
    points, stations, reach = int(rng.integers(8, 40)), int(rng.integers(3, 12)), 12.0
    distance = rng.uniform(0, 30, (points, stations))
    distance[rng.integers(0, points, stations), range(stations)] = rng.uniform(0, 11, stations)
    demand, supply = rng.uniform(1, 50, points), rng.uniform(1, 90, stations)
    pairs = pd.DataFrame(
        [(i, j, distance[i, j]) for i in range(points) for j in range(stations) if distance[i, j] < reach],
        columns=["origin", "dest", "cost"],
    )
    decay = (lambda d: 1.0) if method == "2sfca" else (lambda d: float(gaussian_decay(d, reach)))
    theirs = fca.three_stage_fca if method == "3sfca" else fca.two_stage_fca
    found = theirs(
        pd.DataFrame({"demand": demand}, index=pd.Index(range(points), name="geoid")),
        pd.DataFrame({"supply": supply}, index=pd.Index(range(stations), name="geoid")),
        pairs,
        max_cost=reach,
        weight_fn=decay,
    )
    ours = floating_catchment(distance, demand, supply, reach, method=method).access
    assert found.reindex(range(points)).fillna(0).to_numpy() == pytest.approx(ours, rel=1e-9, abs=1e-12)


def test_decay_starts_at_one_and_ends_at_the_edge() -> None:
    weights = gaussian_decay([0.0, 5.0, 10.0, 11.0], 10.0)
    assert weights[0] == 1.0
    assert weights[1] == pytest.approx((np.exp(-0.125) - np.exp(-0.5)) / (1 - np.exp(-0.5)))
    assert list(weights[2:]) == [0.0, 0.0]


def test_a_degree_of_latitude_is_111_km() -> None:
    assert great_circle_km(116.0, 39.5, 116.0, 40.5) == pytest.approx(111.195, abs=0.001)
    assert road_km([[116.0, 39.5]], [[116.0, 40.5]]) == pytest.approx(np.array([[147.222]]), abs=0.01)


def test_known_minutes_replace_distance_at_their_mean_speed() -> None:
    km, speed = with_travel_minutes([[10.0, 20.0], [30.0, 40.0]], [[30.0, 30.0], [np.nan, np.nan]])
    assert speed == pytest.approx(30.0)
    assert km == pytest.approx(np.array([[15.0, 15.0], [30.0, 40.0]]))


@hypothesis_settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from(METHODS))
def test_all_capacity_is_given_away_by_travel_times_with_gaps(seed: int, method: str) -> None:
    rng = np.random.default_rng(seed)
    at, stations = (rng.normal((116.4, 39.9), 0.15, (n, 2)) for n in (30, 8))
    minutes = np.where(rng.random((30, 8)) < 0.4, np.nan, rng.uniform(1, 60, (30, 8)))
    distance, _ = with_travel_minutes(road_km(at, stations), minutes)
    demand, supply, reach = rng.uniform(0, 50, 30), rng.uniform(0, 90, 8), rng.uniform(4, 20, 30)
    found = floating_catchment(distance, demand, supply, reach, method=method)
    used = ((distance < reach[:, None]) & (demand[:, None] > 0)).any(axis=0)
    assert np.sum(demand * found.access) == pytest.approx(supply[used].sum(), rel=1e-9)


def test_catchments_hold_the_share_of_demand() -> None:
    rng = np.random.default_rng(2)
    at = rng.normal(size=(300, 2)) * 0.15 + [116.4, 39.9]
    demand = rng.uniform(1, 9, 300)
    radii = variable_catchments(at, demand, nearest_km=0.1, farthest_km=60.0)
    gaps = road_km(at, at)
    held = np.array([demand[gaps[i] <= radii[i] + 1e-9].sum() for i in range(300)]) / demand.sum()
    short = np.array([demand[gaps[i] <= radii[i] - 0.11].sum() for i in range(300)]) / demand.sum()
    assert np.all(held[radii < 60] >= 0.02 - 1e-12)
    assert np.all(short[radii > 0.2] < 0.02)


def test_catchments_of_many_points_are_near_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    at = rng.normal(size=(2500, 2)) * 0.2 + [116.4, 39.9]
    exact = variable_catchments(at, np.ones(2500))
    monkeypatch.setattr("analytics.spatial.catchment.MOST_CELLS", 1500)
    assert np.mean(np.abs(variable_catchments(at, np.ones(2500)) - exact)) < 0.8


def test_the_median_is_weighted() -> None:
    assert weighted_median([1.0, 2.0, 9.0], [1.0, 1.0, 5.0]) == 9.0
    assert np.isnan(weighted_median([], []))
