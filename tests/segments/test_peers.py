"""Peer groups: scikit-learn's own checks, planted groups, and rules that describe them."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.segments.declared import OTHERS, declared_groups
from analytics.segments.features import centred_log_ratios, filled, main_directions
from analytics.segments.peers import PeerGroups, bootstrap_stability, rules


@pytest.mark.slow
def test_the_estimator_passes_scikit_learns_checks() -> None:
    import warnings

    from sklearn.utils.estimator_checks import check_estimator

    with warnings.catch_warnings():
        # Its checks fit mixtures to what has no groups, and say which of themselves they skip.
        warnings.simplefilter("ignore")
        results = check_estimator(PeerGroups(random_state=0), on_skip=None)
    assert not [result["check_name"] for result in results if result["status"] == "failed"]


def _planted(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = np.repeat([0, 1, 2], [80, 60, 40])
    return rng.normal(size=(180, 2)) + np.array([[0, 0], [6, 0], [0, 7]])[truth], truth


def test_planted_groups_are_found_and_stable() -> None:
    from sklearn.metrics import adjusted_rand_score

    x, truth = _planted(1)
    found = PeerGroups(random_state=0).fit(x)
    assert adjusted_rand_score(truth, found.labels_) > 0.9
    assert np.array_equal(found.predict(x), found.labels_)
    assert bootstrap_stability(x, draws=4) > 0.85


def test_stations_that_do_not_differ_are_one_group() -> None:
    x = np.random.default_rng(3).normal(size=(150, 3))
    assert set(PeerGroups(random_state=0).fit(x).labels_) == {0}


def test_no_group_is_smaller_than_asked() -> None:
    x, _ = _planted(2)
    x[:6] += 30
    assert np.bincount(PeerGroups(random_state=0).fit(x).labels_).min() >= 15


def test_a_rule_describes_its_group() -> None:
    x, truth = _planted(4)
    for group, rule in rules(x, truth).items():
        inside = np.all([(x[:, b.feature] > b.value) == b.is_above for b in rule], axis=0)
        assert np.mean(truth[inside] == group) > 0.9
        assert np.mean(inside[truth == group]) > 0.9


def test_declared_types_serve_where_they_are_big_enough() -> None:
    types = ["孵化器"] * 20 + ["开发区"] * 3 + [None] * 2
    assert declared_groups(types) == ["孵化器"] * 20 + [OTHERS] * 5
    assert declared_groups(["孵化器"] * 14) is None
    assert declared_groups(["孵化器"] * 15 + [None] * 16) is None


def test_a_mix_is_told_by_its_proportions() -> None:
    few, many = centred_log_ratios([[0, 0], [10, 30]]), centred_log_ratios([[0, 0], [1000, 3000]])
    assert few[0] == pytest.approx([0, 0])
    assert few[1] == pytest.approx(many[1], abs=0.05)
    assert few.sum(axis=1) == pytest.approx([0, 0])


def test_main_directions_keep_distances() -> None:
    x = np.random.default_rng(0).normal(size=(30, 3))
    y = main_directions(x, count=3)
    assert np.linalg.norm(y[3] - y[7]) == pytest.approx(np.linalg.norm(x[3] - x[7]))


def test_gaps_are_filled_with_the_median() -> None:
    assert filled([1.0, np.nan, 3.0, 8.0]) == pytest.approx([1, 3, 3, 8])
    assert filled([np.nan, np.nan]) == pytest.approx([0, 0])
