"""Zones, sensitivity, local Moran's I and siting: planted truth, brute force and edges."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from analytics.spatial.distance import road_km
from analytics.spatial.lisa import local_moran
from analytics.spatial.sensitivity import assess, settings_grid, stability
from analytics.spatial.siting import maximal_covering
from analytics.spatial.what_if import what_if
from analytics.spatial.zones import cause, hull, shortfall, zones
from tests.coverage.simulated_city import f1, simulate


def test_planted_areas_are_found_and_a_clean_city_is_hardly_flagged() -> None:
    scores, false, clean = [], [], []
    for seed in (4, 5, 6):
        for planted in (True, False):
            city = simulate(seed, planted=planted)
            found = assess(city.at, road_km(city.at, city.stations), city.demand, city.capacity).flagged
            if planted:
                scores.append(f1(found, city.under))
                false.append(np.mean(found[~city.under]))
            else:
                clean.append(city.demand[found].sum() / city.demand.sum())
    assert np.median(scores) >= 0.8
    assert np.median(false) <= 0.05
    assert np.median(clean) <= 0.05


def test_zones_stand_under_the_settings_they_were_found_with() -> None:
    city = simulate(4)
    given = (city.at, road_km(city.at, city.stations), city.demand, city.capacity)
    found = assess(*given)
    assert found.settings in settings_grid(found.settings)
    again = stability(found, *given, grid=[found.settings])
    assert np.all(again.zones == 1.0)
    assert np.array_equal(again.areas > 0, found.flagged)
    tried = stability(found, *given)
    assert tried.settings == 36
    assert np.all((tried.zones > 0) & (tried.zones <= 1))


def test_zones_do_not_depend_on_the_order_of_points() -> None:
    rng = np.random.default_rng(0)
    at = rng.normal(size=(60, 2)) * 0.1 + [116.4, 39.9]
    unmet = rng.uniform(0, 5, 60)
    order = rng.permutation(60)
    assert np.array_equal(zones(at, unmet, 4000.0)[order] >= 0, zones(at[order], unmet[order], 4000.0) >= 0)


def test_a_lone_place_with_little_unmet_demand_is_no_zone() -> None:
    at = [[116.0, 40.0], [116.0, 40.01], [117.0, 40.5]]
    assert list(zones(at, [3.0, 4.0, 1.0], 1000.0)) == [0, 0, -1]
    assert list(zones(at, [0.0, 0.0, 0.0], 1000.0)) == [-1, -1, -1]


def test_low_is_below_half_the_median() -> None:
    found = shortfall([1.0, 0.4, 2.0, 0.0], [1, 1, 1, 0])
    assert found.median == 1.0
    assert list(found.low) == [False, True, False, False]
    assert found.unmet == pytest.approx([0, 0.6, 0, 0])


def test_causes_are_told_apart() -> None:
    assert cause([0, 0, 1], [5, 5, 1], [30, 30, 2], [10, 10, 10]) == "desert"
    assert cause([2, 3], [5, 5], [1, 2], [10, 10]) == "overwhelmed"
    assert cause([1, 1], [5, 5], [9, 8], [10, 10]) == "far"


def test_a_hull_of_one_place_is_a_circle_of_a_kilometre() -> None:
    from shapely.geometry import shape

    outline = shape(hull([[116.0, 40.0]]))
    assert outline.bounds[3] - outline.bounds[1] == pytest.approx(2 / 111.195, rel=0.01)


def test_a_cold_corner_is_confirmed_and_noise_is_not() -> None:
    rng = np.random.default_rng(1)
    at = rng.uniform(0, 1, (400, 2)) + np.array([116.0, 39.5])
    noise = rng.normal(size=400)
    assert np.mean(local_moran(at, noise).is_cold) < 0.06
    corner = (at[:, 0] < 116.25) & (at[:, 1] < 39.75)
    assert np.mean(local_moran(at, noise - 4.0 * corner).is_cold[corner]) > 0.8
    assert not local_moran(at, np.ones(400)).is_cold.any()


def _random_cover(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random((40, 12)) < 0.15, rng.uniform(0, 10, 40)


@pytest.mark.parametrize("seed", range(6))
def test_siting_equals_trying_every_choice(seed: int) -> None:
    covers, weight = _random_cover(seed)
    best = max(weight[covers[:, list(c)].any(axis=1)].sum() for c in combinations(range(12), 3))
    found = maximal_covering(covers, weight, 3)
    assert found.proven
    assert found.covered == pytest.approx(best)
    assert weight[covers[:, found.sites].any(axis=1)].sum() == pytest.approx(found.gains.sum())
    assert np.all(np.diff(found.gains) <= 1e-9)


@pytest.mark.parametrize("seed", range(9, 14))
def test_siting_equals_spopt(seed: int) -> None:
    spopt = pytest.importorskip("spopt.locate", reason="PySAL spopt is not installed")
    pulp = pytest.importorskip("pulp", reason="PuLP is not installed")
    covers, weight = _random_cover(seed)
    model = spopt.MCLP.from_cost_matrix(np.where(covers, 0.0, 2.0), weight, 1.0, 3)
    solved = model.solve(pulp.PULP_CBC_CMD(msg=False))
    theirs = abs(solved.problem.objective.value())
    assert maximal_covering(covers, weight, 3).covered == pytest.approx(theirs, rel=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_cold_spots_equal_esda(seed: int) -> None:
    esda = pytest.importorskip("esda", reason="PySAL esda is not installed")
    weights = pytest.importorskip("libpysal.weights", reason="libpysal is not installed")
    rng = np.random.default_rng(seed)
    # A small patch, on which nearest by degrees and by km are the same but for the longitude's scale.
    at = rng.uniform(0, 0.3, (60, 2)) * [1.0 / np.cos(np.radians(0.15)), 1.0]
    values = rng.uniform(0, 1, 60)
    near = weights.KNN.from_array(at, k=8)
    near.transform = "r"
    theirs = esda.Moran_Local(values, near, permutations=0)
    ours = local_moran(at, values, neighbours=8)
    # esda divides by the sample variance over n - 1.
    assert ours.local == pytest.approx(theirs.Is * 60 / 59, rel=1e-9)


def test_existing_stations_stay_and_a_stop_gives_a_greedy_answer_that_says_so() -> None:
    covers, weight = _random_cover(3)
    already = np.arange(40) < 20
    assert maximal_covering(covers, weight, 2, already=already).covered <= weight[20:].sum()
    stopped = maximal_covering(covers, weight, 3, stop=lambda: True)
    assert stopped.method == "greedy"
    assert not stopped.proven
    assert stopped.covered <= stopped.bound


def test_candidates_that_reach_nothing_are_not_chosen() -> None:
    found = maximal_covering(np.zeros((3, 2), dtype=bool), [1.0, 2.0, 3.0], 1)
    assert found.sites.size == 0
    assert found.covered == 0.0


def test_what_changes_nothing_changes_nothing_and_a_new_station_helps() -> None:
    city = simulate(4)
    distance = road_km(city.at, city.stations)
    before = assess(city.at, distance, city.demand, city.capacity)
    same = what_if(before, distance, city.demand, city.capacity)
    assert same.access == pytest.approx(before.reached.access)
    assert (same.relieved, same.worsened, same.newly_in_reach) == (0.0, 0.0, 0.0)
    worst = city.at[[int(np.argmax(before.short.unmet))]]
    more = np.hstack([distance, road_km(city.at, worst)])
    opened = what_if(before, more, city.demand, np.append(city.capacity, 40 * np.median(city.capacity)))
    assert opened.relieved > 0
    closed = what_if(before, distance, city.demand, np.where(np.arange(200) < 20, 0.0, city.capacity))
    assert closed.relieved <= closed.worsened
