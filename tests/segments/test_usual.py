"""What is usual among peers: not moved by weak units, nor by how few a group holds."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from analytics.segments.flags import response_signal
from analytics.segments.usual import Usual, angles, chance_of_so_few, usual


def test_one_weak_unit_in_twelve_hardly_widens_what_is_usual() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(0.0, 1.0, 1200)
    group, chance = np.zeros(1200), np.full(1200, 0.25)
    calm = usual(values, chance, group, better=1)
    values[:100] -= 8.0
    weak = usual(values, chance, group, better=1)
    assert calm.between == pytest.approx(0.75, abs=0.12)
    assert weak.between == pytest.approx(0.75, abs=0.3)
    assert abs(weak.centre[0]) < 0.2


def test_units_that_differ_by_chance_alone_have_no_spread_between_them() -> None:
    values = np.array([1.0, 1.1, 0.9, 1.05, 0.95, 1.0])
    found = usual(values, np.full(6, 1.0), np.zeros(6), better=-1)
    assert found.between == 0.0
    assert found.centre == pytest.approx(np.ones(6))


def test_a_small_group_has_its_own_level_and_its_doubt() -> None:
    rng = np.random.default_rng(1)
    group = np.repeat([0, 1, 2, 3], [60, 60, 10, 2])
    values = rng.normal(0, 0.1, 132) + np.array([0.0, 0.3, -0.5, 0.0])[group]
    found = usual(values, np.full(132, 0.01), group, better=1)
    assert found.centre[120] == pytest.approx(-0.5, abs=0.12)
    assert found.doubt[120] > found.doubt[0]
    # Two stations of their own do not say what is usual among such: the groups' differences are the doubt.
    assert found.doubt[131] > 10 * found.doubt[120]


def test_the_chance_of_so_few_is_the_binomial_tail_over_the_spread_of_true_shares() -> None:
    x, n = np.array([13.0]), np.array([20.0])
    ordinary = Usual(np.array([1.2]), 0.01, np.array([0.002]))

    def part(angle: float) -> float:
        share = np.sin(np.clip(angle, 0, np.pi / 2)) ** 2
        tail = stats.binom.cdf(13, 20, share) - 0.5 * stats.binom.pmf(13, 20, share)
        return float(tail * stats.norm.pdf(angle, 1.2, np.sqrt(0.012)))

    expected = integrate.quad(part, 0.4, 2.0, points=[np.pi / 2])[0]
    assert chance_of_so_few(x, n, ordinary)[0] == pytest.approx(expected, rel=1e-3)
    assert angles(np.array([5.0]), np.array([10.0]))[0] == pytest.approx(np.pi / 4)


def test_a_small_type_with_its_own_pace_is_not_flagged_as_a_whole() -> None:
    rng = np.random.default_rng(2)
    group = np.repeat([0, 1, 2], [90, 60, 10])
    centre = np.array([0.0, 0.2, 0.6])[group] + rng.normal(0, 0.08, 160)
    logs = rng.normal(centre[:, None], 0.6, (160, 80))
    found = response_signal(np.full(160, 80), logs.sum(axis=1), (logs**2).sum(axis=1), group)
    assert found.flagged[150:].sum() <= 1
