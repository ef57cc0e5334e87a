"""Ranks from draws: counted by loops, and sure only where units are told apart."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from analytics.stats.beta_binomial import fit_beta_prior
from analytics.stats.posteriors import BetaPosterior
from analytics.stats.ranks import rank_units

TABLES = st.integers(2, 7).flatmap(
    lambda units: st.lists(st.permutations(range(units)), min_size=1, max_size=30).map(
        lambda rows: [[float(value) for value in row] for row in rows]
    )
)


@given(TABLES, st.sampled_from([0.5, 0.8, 0.9]), st.sampled_from([0.25, 0.5]))
def test_ranks_match_counting_by_loops(table, level, part):
    found = rank_units(table, level=level, part=part)
    count, units = len(table), len(table[0])
    edge = math.ceil(part * units)
    for unit in range(units):
        ranks = sorted(1 + sum(other > row[unit] for other in row) for row in table)
        assert found.mean[unit] == pytest.approx(sum(ranks) / count)
        assert found.median[unit] == np.median(ranks)
        assert found.top[unit] == pytest.approx(sum(r <= edge for r in ranks) / count)
        assert found.bottom[unit] == pytest.approx(sum(r > units - edge for r in ranks) / count)
        tail = (1 - level) / 2
        lower = min(r for r in ranks if sum(x <= r for x in ranks) >= tail * count - 1e-9)
        upper = min(r for r in ranks if sum(x <= r for x in ranks) >= (1 - tail) * count - 1e-9)
        assert (found.lower[unit], found.upper[unit]) == (lower, upper)


@given(TABLES)
def test_ranking_from_the_other_end_mirrors_every_figure(table):
    first, last = rank_units(table), rank_units(table, highest_first=False)
    units = len(table[0])
    assert first.mean == pytest.approx(units + 1 - last.mean)
    assert first.top == pytest.approx(last.top)
    assert first.bottom == pytest.approx(last.bottom)


@given(TABLES)
def test_each_rank_and_each_place_in_a_quarter_is_given_once(table):
    found = rank_units(table)
    units = len(table[0])
    assert found.mean.sum() == pytest.approx(units * (units + 1) / 2)
    assert found.top.sum() == pytest.approx(math.ceil(units / 4))
    assert np.all(found.lower <= found.upper)


def test_two_units_rank_as_often_as_their_posteriors_compare():
    # P(Beta(9, 3) > Beta(7, 5)) by summing over a fine grid; no published draw is needed.
    points = (np.arange(4000) + 0.5) / 4000
    chance = float(np.mean(beta(9, 3).pdf(points) * beta(7, 5).cdf(points)))
    posterior = BetaPosterior(np.array([9.0, 7.0]), np.array([3.0, 5.0]), np.array([0.75, 7 / 12]))
    found = rank_units(posterior.draws(20_000, seed=5))
    assert found.top[0] == pytest.approx(chance, abs=0.012)
    assert found.mean[0] == pytest.approx(2 - chance, abs=0.012)


def test_units_that_nothing_tells_apart_may_have_any_rank():
    found = rank_units(np.ones((2000, 4)), seed=3)
    assert found.lower.tolist() == [1] * 4
    assert found.upper.tolist() == [4] * 4
    assert found.top == pytest.approx([0.25] * 4, abs=0.04)
    same = rank_units(np.ones((2000, 4)), seed=3)
    assert same.mean.tolist() == found.mean.tolist()


def test_one_unit_is_first_and_last():
    found = rank_units([[0.3], [0.4]])
    assert (found.lower[0], found.upper[0], found.top[0], found.bottom[0]) == (1, 1, 1, 1)


def test_a_small_unit_has_a_wider_rank_interval_than_a_large_one():
    x, n = [84, 840, 8, 88, 880, 80, 800], [100, 1000, 10, 100, 1000, 100, 1000]
    posterior = fit_beta_prior(x, n, trim=0).posterior(x, n)
    found = rank_units(posterior.draws(2000, seed=1))
    width = found.upper - found.lower
    assert width[2] > width[1]
    assert found.top[4] > found.top[2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: rank_units([1.0, 2.0]), "table"),
        (lambda: rank_units(np.empty((0, 3))), "table"),
        (lambda: rank_units([[1.0, math.nan]]), "NaN"),
        (lambda: rank_units([[1.0]], part=0.6), "part"),
        (lambda: rank_units([[1.0]], level=1), "level"),
    ],
)
def test_impossible_draws_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
