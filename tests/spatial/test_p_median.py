"""The p-median problem against trying every choice and PySAL; large and awkward cases; stops."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from analytics.spatial.best_sites import Progress, Search
from analytics.spatial.p_median import p_median
from analytics.stats.arrays import Floats


def _random(seed: int) -> tuple[Floats, Floats, Floats]:
    """Return distances, demand and today's distances; whole numbers, hence ties, for even seeds."""
    rng = np.random.default_rng(seed)
    distance, weight, today = rng.uniform(0, 10, (40, 12)), rng.uniform(0, 5, 40), rng.uniform(2, 9, 40)
    return (distance, weight, today) if seed % 2 else (np.round(distance), np.ones(40), np.round(today))


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", range(6))
def test_it_equals_trying_every_choice(seed: int, k: int) -> None:
    distance, weight, today = _random(seed)

    def saved(sites: tuple[int, ...]) -> float:
        return float(weight @ (today - np.minimum(today, distance[:, list(sites)].min(axis=1))))

    found = p_median(distance, weight, k, already_km=today)
    assert found.proven
    assert found.covered == pytest.approx(max(saved(c) for c in combinations(range(12), k)), rel=1e-9)
    assert saved(tuple(found.sites)) == pytest.approx(found.covered)
    assert found.gains.sum() == pytest.approx(found.covered)
    assert np.all(np.diff(found.gains) <= 1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_it_equals_spopt(seed: int) -> None:
    spopt = pytest.importorskip("spopt.locate", reason="PySAL spopt is not installed")
    pulp = pytest.importorskip("pulp", reason="PuLP is not installed")
    distance, weight, _ = _random(seed)
    model = spopt.PMedian.from_cost_matrix(distance, weight, p_facilities=3)
    theirs = model.solve(pulp.PULP_CBC_CMD(msg=False)).problem.objective.value()
    ours = p_median(distance, weight, 3)
    assert ours.proven
    assert weight @ distance[:, ours.sites].min(axis=1) == pytest.approx(theirs, rel=1e-9)


def _uniform(seed: int, points: int, candidates: int) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(seed)
    at = rng.uniform(-50, 50, (points, 2))
    sites = at[rng.choice(points, candidates, replace=False)]
    return np.hypot(*(at[:, None] - sites[None]).transpose(2, 0, 1)), np.ones(points)


def test_five_of_sixty_candidates_are_proven_where_all_weigh_the_same() -> None:
    distance, weight = _uniform(1, 600, 60)
    found = p_median(distance, weight, 5)
    assert found.proven
    assert found.bound == pytest.approx(found.covered)


def test_a_stop_gives_the_best_so_far_and_says_so() -> None:
    distance, weight = _uniform(2, 400, 60)
    told: list[Progress] = []
    found = p_median(distance, weight, 6, tell=told.append, stop=lambda: True)
    assert (found.proven, found.method) == (False, "greedy")
    assert len(told) == 1
    assert told[0].best <= told[0].bound
    assert found.covered <= found.bound
    assert p_median(distance, weight, 6, seconds=0.0).proven is False


def test_candidates_that_shorten_no_way_are_not_opened() -> None:
    none = p_median([[5.0, 6.0], [7.0, 5.0]], [1.0, 1.0], 2, already_km=[1.0, 1.0])
    assert none.sites.size == 0
    assert none.proven
    one = p_median([[5.0, 0.0], [7.0, 5.0]], [1.0, 1.0], 2, already_km=[1.0, 1.0])
    assert list(one.sites) == [1]
    assert one.covered == 1.0


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(ValueError, match="k at least 1"):
        p_median([[1.0]], [1.0], 0)
    with pytest.raises(ValueError, match="one distance"):
        p_median([[1.0]], [1.0], 1, already_km=[1.0, 2.0])


def test_the_search_proves_a_cover_as_well() -> None:
    rng = np.random.default_rng(5)
    saved = (rng.random((60, 14)) < 0.3) * rng.integers(1, 4, 60)[:, None].astype(float)
    search = Search(saved, 4, 30.0, None, None)
    assert search.run()
    best = max(saved[:, list(c)].max(axis=1).sum() for c in combinations(range(14), 4))
    assert search.lower == pytest.approx(best)
