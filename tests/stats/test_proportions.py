"""Intervals of shares against Newcombe's table, against bisection, and by counting how often they hold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from analytics.stats.intervals import wilson_interval
from analytics.stats.proportions import (
    exact_interval,
    jeffreys_interval,
    proportion_interval,
    response_bounds,
)
from tests.stats.slow import binomial_pmf, binomial_upto, root

METHODS = ["wilson", "exact", "jeffreys"]
COUNTS = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [(81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684), (1, 29, 0.0009, 0.1776)],
)
def test_exact_interval_matches_newcombe_1998_table_1(successes, trials, lower, upper):
    assert np.round(exact_interval(successes, trials), 4).tolist() == [lower, upper]


@pytest.mark.parametrize(("successes", "trials"), [(0, 5), (1, 5), (2, 7), (102, 120), (40, 40)])
def test_jeffreys_bounds_are_quantiles_of_the_beta_posterior(successes, trials):
    lower, upper = jeffreys_interval(successes, trials)
    posterior = beta(successes + 0.5, trials - successes + 0.5)
    assert lower == pytest.approx(posterior.ppf(0.025) if successes else 0)
    assert upper == pytest.approx(posterior.ppf(0.975) if successes < trials else 1)


@given(COUNTS)
def test_exact_bounds_are_where_a_binomial_tail_is_half_the_rest(counts):
    x, n = counts
    lower, upper = exact_interval(x, n, level=0.9)
    if x > 0:
        slow = root(lambda p: 1 - binomial_upto(x - 1, n, p) - 0.05, 0.0, x / n)
        assert lower == pytest.approx(slow, abs=1e-7)
    if x < n:
        slow = root(lambda p: binomial_upto(x, n, p) - 0.05, x / n, 1.0)
        assert upper == pytest.approx(slow, abs=1e-7)


@pytest.mark.parametrize("method", METHODS)
@given(counts=COUNTS, level=st.floats(0.5, 0.999))
def test_intervals_hold_the_estimate_mirror_and_widen_with_the_level(method, counts, level):
    x, n = counts
    estimate, lower, upper = proportion_interval(x, n, level=level, method=method)
    assert 0 <= lower <= estimate <= upper <= 1
    _, low, high = proportion_interval(n - x, n, level=level, method=method)
    assert (lower, upper) == pytest.approx((1 - high, 1 - low), abs=1e-9)
    _, wide_low, wide_high = proportion_interval(x, n, level=(1 + level) / 2, method=method)
    assert wide_low <= lower + 1e-12
    assert wide_high >= upper - 1e-12


@given(COUNTS, st.floats(0.5, 0.999))
def test_the_exact_interval_holds_wilsons_nearly_always_and_its_bounds_rise_with_the_count(counts, level):
    x, n = counts
    lower, upper = exact_interval(np.arange(n + 1), np.full(n + 1, n), level=level)
    assert np.all(np.diff(lower) >= 0)
    assert np.all(np.diff(upper) >= 0)
    jeffreys_lower, jeffreys_upper = jeffreys_interval(x, n, level=level)
    assert lower[x] <= jeffreys_lower + 1e-12
    assert upper[x] >= jeffreys_upper - 1e-12


def _coverage(method, n, p, level):
    _, lower, upper = proportion_interval(np.arange(n + 1), np.full(n + 1, n), level=level, method=method)
    return math.fsum(binomial_pmf(x, n, p) for x in range(n + 1) if lower[x] <= p <= upper[x])


@pytest.mark.parametrize("n", [5, 12, 30])
def test_the_exact_interval_never_covers_less_than_its_level_and_the_others_do_so_on_average(n):
    shares = (np.arange(200) + 0.5) / 200
    coverage = {m: [_coverage(m, n, float(p), 0.95) for p in shares] for m in METHODS}
    assert min(coverage["exact"]) >= 0.95 - 1e-12
    assert np.mean(coverage["wilson"]) == pytest.approx(0.95, abs=0.012)
    assert np.mean(coverage["jeffreys"]) == pytest.approx(0.95, abs=0.012)


def test_without_trials_nothing_is_known():
    for method in METHODS:
        estimate, lower, upper = proportion_interval([0, 1], [0, 2], method=method)
        assert math.isnan(estimate[0])
        assert (lower[0], upper[0]) == (0, 1)
    assert [float(bound) for bound in exact_interval(0, 0)] == [0, 1]
    assert [float(bound) for bound in jeffreys_interval(0, 0)] == [0, 1]


def test_a_billion_trials_leave_no_width_and_no_error():
    for method in METHODS:
        estimate, lower, upper = proportion_interval(850_000_000, 10**9, method=method)
        assert lower < estimate < upper
        assert upper - lower == pytest.approx(2 * 1.959964 * math.sqrt(0.85 * 0.15 / 1e9), rel=1e-3)


@pytest.mark.parametrize("interval", [exact_interval, jeffreys_interval, proportion_interval])
@pytest.mark.parametrize(("x", "n"), [(-1, 3), (4, 3), (0.5, 3), (math.nan, 3), (1, math.inf)])
def test_impossible_counts_are_refused(interval, x, n):
    with pytest.raises(ValueError, match=r"whole numbers|exceed"):
        interval(x, n)


def test_unknown_methods_and_levels_are_refused():
    with pytest.raises(ValueError, match="wilson, exact, jeffreys"):
        proportion_interval(1, 2, method="wald")
    with pytest.raises(ValueError, match="level"):
        exact_interval(1, 2, level=95)


def test_response_bounds_match_the_worked_example():
    # 102 of 120 rated are satisfied, 200 were served.
    response, worst, best = response_bounds(102, 120, 200)
    assert (float(response), float(worst), float(best)) == pytest.approx((0.60, 0.51, 0.91))
    lower, upper = wilson_interval(102, 120)
    assert (round(float(lower), 3), round(float(upper), 3)) == (0.775, 0.903)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50))
def test_response_bounds_hold_every_share_that_the_silent_could_make(good, bad, silent):
    response, worst, best = response_bounds(good, good + bad, good + bad + silent)
    asked = good + bad + silent
    if not asked:
        assert math.isnan(response)
        assert (worst, best) == (0, 1)
        return
    possible = [(good + content) / asked for content in range(silent + 1)]
    assert (worst, best) == pytest.approx((min(possible), max(possible)))
    assert best - worst == pytest.approx(1 - response)


def test_more_answers_than_clients_are_refused():
    with pytest.raises(ValueError, match="more answered"):
        response_bounds(1, 5, 4)
