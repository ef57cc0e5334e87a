"""The worked example, its edges, and a slow second implementation of the bootstrap."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.alignment import mix_of
from analytics.alignment.mix import client_bootstrap

SERVICES = [120, 45, 10, 60, 40, 125]
CLIENTS = [300, 150, 120, 90, 100, 240]
PRIORITY = [True, True, True, False, False, False]


def test_the_worked_example_holds():
    mix = mix_of(SERVICES, CLIENTS, PRIORITY)
    assert mix.share == pytest.approx(0.4375)
    assert mix.interval == pytest.approx((0.3897, 0.4865), abs=5e-5)
    assert mix.expected_share == pytest.approx(0.57)
    assert mix.gap_points == pytest.approx(-13.25)
    assert (mix.observed[2], mix.expected[2]) == (10, pytest.approx(48))
    assert mix.ratio[2] == pytest.approx(0.2083, abs=5e-5)
    assert (mix.lower[2], mix.upper[2]) == pytest.approx((0.0999, 0.3831), abs=5e-5)
    assert mix.difference.divergence == pytest.approx(0.0353, abs=5e-5)
    assert mix.difference.critical == pytest.approx(0.005, abs=2e-3)
    # The second industry is short too (45 of 60, up to 1.004), but not clearly.
    assert mix.is_gap.tolist() == [False, False, True, False, False, False]


def test_a_gap_needs_priority_and_enough_expected():
    assert mix_of([0, 400], [10, 990], [True, False]).is_gap[0]
    assert not mix_of([0, 400], [9, 991], [True, False]).is_gap[0]
    assert not mix_of([0, 400], [10, 990], [False, True]).is_gap[0]


def test_nothing_served_or_nobody_there_gives_no_figures():
    assert np.isnan(mix_of([0, 0], [5, 5], [True, False]).share)
    none = mix_of([5, 5], [0, 0], [True, False])
    assert np.isnan(none.expected_share)
    assert not none.is_gap.any()


def test_clients_that_come_often_widen_the_interval():
    # The same share from 100 clients once, and from ten clients ten times.
    once = client_bootstrap([1, 0], [1, 1], [50, 50])
    often = client_bootstrap([10, 0], [10, 10], [5, 5])
    assert often[1] - often[0] > 2.5 * (once[1] - once[0])


def test_the_bootstrap_agrees_with_drawing_each_client_by_itself():
    part, whole, number = [0, 1, 3], [2, 2, 4], [30, 20, 10]
    each = [(p, w) for p, w, n in zip(part, whole, number, strict=True) for _ in range(n)]
    rng = np.random.default_rng(1)
    shares = []
    for _ in range(2000):
        drawn = [each[place] for place in rng.integers(0, len(each), len(each))]
        shares.append(sum(p for p, _ in drawn) / sum(w for _, w in drawn))
    slow = np.quantile(shares, [0.025, 0.975])
    assert client_bootstrap(part, whole, number, draws=4000) == pytest.approx(tuple(slow), abs=0.015)
