"""Intervals against published values, slow second ways of computing them, and their properties."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from analytics.stats.intervals import poisson_interval, quantile_ranks, wilson_interval

LEVELS = st.floats(0.5, 0.999)


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_matches_newcombe_1998_table_1(successes, trials, lower, upper):
    found = wilson_interval(successes, trials)
    assert np.round(found, 4).tolist() == [lower, upper]


def test_wilson_of_nothing_is_unknown_and_the_ends_are_exact():
    lower, upper = wilson_interval([0, 0, 7], [0, 7, 7])
    assert np.isnan([lower[0], upper[0]]).all()
    assert lower[1] == 0.0
    assert upper[2] == 1.0


def _root(function, low, high):
    """Bisect: slow, and nothing to get wrong."""
    for _ in range(200):
        middle = (low + high) / 2
        if (function(low) <= 0) == (function(middle) <= 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


@given(st.integers(1, 2000), st.floats(0, 1))
def test_wilson_bounds_are_where_the_score_test_stops_rejecting(trials, share):
    successes = round(trials * share)
    z = 1.959963984540054

    def score(p):
        return abs(successes - trials * p) - z * math.sqrt(trials * p * (1 - p))

    lower, upper = wilson_interval(successes, trials)
    estimate = successes / trials
    if successes:
        assert lower == pytest.approx(_root(score, 0.0, estimate), abs=1e-9)
    if successes < trials:
        assert upper == pytest.approx(_root(score, estimate, 1.0), abs=1e-9)


@given(st.integers(1, 10**7), st.floats(0, 1), LEVELS)
def test_wilson_holds_the_estimate_and_narrows_with_more_trials(trials, share, level):
    successes = round(trials * share)
    lower, upper = wilson_interval(successes, trials, level=level)
    assert 0 <= lower <= successes / trials <= upper <= 1
    more_lower, more_upper = wilson_interval(4 * successes, 4 * trials, level=level)
    assert more_upper - more_lower <= upper - lower


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=8))
def test_wilson_treats_each_group_by_itself(pairs):
    trials = [a + b for a, b in pairs]
    lower, upper = wilson_interval([a for a, _ in pairs], trials)
    for i, (successes, _) in enumerate(pairs):
        alone = wilson_interval(successes, trials[i])
        np.testing.assert_array_equal([lower[i], upper[i]], np.array(alone))


@pytest.mark.parametrize(("successes", "trials"), [(-1, 3), (4, 3), (1.5, 3), (math.nan, 3), (1, math.inf)])
def test_impossible_counts_are_refused(successes, trials):
    with pytest.raises(ValueError, match=r"counts|exceed"):
        wilson_interval(successes, trials)


@pytest.mark.parametrize("level", [0, 1, -0.1, 95])
def test_impossible_levels_are_refused(level):
    for interval in (
        lambda: wilson_interval(1, 2, level=level),
        lambda: poisson_interval(1, level=level),
        lambda: quantile_ranks(5, 0.5, level=level),
    ):
        with pytest.raises(ValueError, match="level"):
            interval()


@pytest.mark.parametrize(
    ("count", "lower", "upper"),
    [(0, 0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_poisson_matches_garwood_1936(count, lower, upper):
    assert np.array(poisson_interval(count)) == pytest.approx([lower, upper], abs=6e-4)


@given(st.integers(0, 400), LEVELS)
def test_poisson_bounds_leave_half_the_rest_in_each_tail(count, level):
    lower, upper = poisson_interval(count, level=level)
    tail = (1 - level) / 2
    assert poisson.cdf(count, upper) == pytest.approx(tail, rel=1e-6)
    if count:
        assert poisson.sf(count - 1, lower) == pytest.approx(tail, rel=1e-6)
    assert lower <= count <= upper


@pytest.mark.parametrize(
    ("n", "lower", "upper"),
    [(6, 1, 6), (10, 2, 9), (17, 5, 13), (20, 6, 15), (30, 10, 21), (50, 18, 33), (100, 40, 61)],
)
def test_ranks_for_the_median_match_campbell_and_gardner_1988(n, lower, upper):
    assert [int(rank) for rank in quantile_ranks(n, 0.5)] == [lower, upper]


def _slow_ranks(n, p, level):
    tail = (1 - level) / 2
    fit = [rank for rank in range(1, n + 1) if binom.cdf(rank - 1, n, p) <= tail]
    above = [rank for rank in range(1, n + 1) if binom.sf(rank - 1, n, p) <= tail]
    return max(fit, default=1), min(above, default=n)


@given(st.integers(1, 120), st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]), st.sampled_from([0.8, 0.9, 0.95]))
def test_ranks_match_a_search_through_every_rank(n, p, level):
    assert tuple(int(rank) for rank in quantile_ranks(n, p, level=level)) == _slow_ranks(n, p, level)


@given(st.integers(1, 5000), st.floats(0.01, 0.99), LEVELS)
def test_ranks_cover_at_least_the_level_where_there_are_values_enough(n, p, level):
    lower, upper = (int(rank) for rank in quantile_ranks(n, p, level=level))
    assert 1 <= lower <= upper <= n
    missed_below = binom.cdf(lower - 1, n, p) if lower > 1 else 0
    missed_above = binom.sf(upper - 1, n, p) if upper < n else 0
    assert missed_below + missed_above <= (1 - level) * (1 + 1e-9)


def test_ranks_of_many_groups_come_at_once_and_of_no_values_are_zero():
    lower, upper = quantile_ranks([0, 1, 5, 1_000_000], 0.9)
    # Five values below the 9th decile: P(B <= 2) = .0086, P(B <= 3) = .0815.
    assert lower.tolist()[:3] == [0, 1, 3]
    assert upper.tolist()[:3] == [0, 1, 5]
    assert (lower[3], upper[3]) == _approximate_ranks(1_000_000, 0.9)


def _approximate_ranks(n, p):
    half = 1.959964 * math.sqrt(n * p * (1 - p))
    return pytest.approx((n * p - half, n * p + half), abs=2)


def test_a_quantile_outside_its_range_is_refused():
    for p in (0, 1, 50):
        with pytest.raises(ValueError, match="quantile"):
            quantile_ranks(5, p)


def test_the_module_costs_no_scipy_until_an_exact_interval_is_asked():
    code = (
        "import sys, analytics.stats.intervals as intervals;"
        "intervals.wilson_interval(1, 2); sys.exit('scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
