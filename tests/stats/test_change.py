"""Changes between periods: published differences and ratios, tails by summing, and what must hold always."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.change import (
    difference_from_intervals,
    proportion_change,
    rate_change,
    shift_of_values,
)
from analytics.stats.intervals import wilson_interval
from tests.stats.slow import binomial_pmf, binomial_upto

COUNTS = st.integers(0, 80).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("now", "before", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_differences_match_newcombe_1998_table_2_method_10(now, before, lower, upper):
    difference, low, high = proportion_change(*now, *before)
    assert difference == pytest.approx(now[0] / now[1] - before[0] / before[1])
    assert (round(float(low), 4), round(float(high), 4)) == (lower, upper)


@given(COUNTS, COUNTS, st.sampled_from([0.8, 0.95]))
def test_differences_match_the_formula_and_mirror_when_periods_are_swapped(now, before, level):
    difference, lower, upper = proportion_change(*now, *before, level=level)
    if not now[1] or not before[1]:
        assert math.isnan(difference)
        assert (lower, upper) == (-1, 1)
        return
    (l1, u1), (l2, u2) = ([float(b) for b in wilson_interval(*pair, level=level)] for pair in (now, before))
    p1, p2 = now[0] / now[1], before[0] / before[1]
    assert lower == pytest.approx(max(-1, p1 - p2 - math.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)))
    assert upper == pytest.approx(min(1, p1 - p2 + math.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)))
    assert -1 <= lower <= difference <= upper <= 1
    other, low, high = proportion_change(*before, *now, level=level)
    assert (other, low, high) == pytest.approx((-difference, -upper, -lower))


def test_differences_cover_the_truth_about_as_often_as_the_level_says():
    n, m = 20, 30
    x, y = np.meshgrid(np.arange(n + 1), np.arange(m + 1), indexing="ij")
    _, lower, upper = proportion_change(x, n, y, m)
    covered = []
    for p, q in itertools.product([0.15, 0.5, 0.8, 0.93], repeat=2):
        chance = np.outer(
            [binomial_pmf(i, n, p) for i in range(n + 1)], [binomial_pmf(j, m, q) for j in range(m + 1)]
        )
        covered.append(float(chance[(lower <= p - q) & (p - q <= upper)].sum()))
    assert min(covered) > 0.92
    assert np.mean(covered) == pytest.approx(0.955, abs=0.012)


def test_rate_ratios_match_the_published_conditional_interval():
    # R's poisson.test(c(11, 6+8+7), c(800, 1083+1050+878)), after Fleiss and others (2003): 1.971488,
    # 0.8584264 to 4.2772659.
    found = rate_change(11, 21, 800, 3011)
    assert [float(part) for part in found] == pytest.approx([1.971488, 0.8584264, 4.2772659], rel=1e-6)


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.2, 20), st.floats(0.2, 20))
def test_rate_bounds_are_where_the_conditional_tail_is_half_the_rest(x, y, t1, t2):
    ratio, lower, upper = (float(part) for part in rate_change(x, y, t1, t2, level=0.9))
    if x + y == 0:
        assert math.isnan(ratio)
        assert (lower, upper) == (0, math.inf)
        return

    def share(r):
        return r * t1 / (r * t1 + t2)

    if x > 0:
        assert 1 - binomial_upto(x - 1, x + y, share(lower)) == pytest.approx(0.05, abs=1e-6)
    else:
        assert lower == 0
    if y > 0:
        assert binomial_upto(x, x + y, share(upper)) == pytest.approx(0.05, abs=1e-6)
        assert ratio == pytest.approx((x / t1) / (y / t2))
    else:
        assert upper == math.inf
    assert lower <= ratio <= upper
    swapped, low, high = (float(part) for part in rate_change(y, x, t2, t1, level=0.9))
    if x and y:
        assert (swapped, low, high) == pytest.approx((1 / ratio, 1 / upper, 1 / lower))


@settings(max_examples=50)
@given(st.integers(0, 40), st.integers(0, 40))
def test_mid_p_bounds_lie_within_the_exact_and_halve_the_observed_chance(x, y):
    _, lower, upper = (float(part) for part in rate_change(x, y))
    _, low, high = (float(part) for part in rate_change(x, y, method="mid_p"))
    assert lower <= low <= high <= upper
    if x and y:
        share = low / (1 + low)
        n = x + y
        above = 1 - binomial_upto(x, n, share) + binomial_pmf(x, n, share) / 2
        assert above == pytest.approx(0.025, abs=1e-6)


def test_huge_counts_keep_their_precision():
    ratio, lower, upper = (float(part) for part in rate_change(10**9, 10**9))
    assert ratio == 1
    assert upper - 1 == pytest.approx(1.959964 * math.sqrt(2 / 1e9), rel=1e-3)
    assert lower < 1 < upper


def test_the_shift_matches_campbell_and_gardner_1988():
    # BMJ 296, 1454: globulin fractions of two groups of ten; −5.5, from −10 to +1.
    first = [38, 26, 29, 41, 36, 31, 32, 30, 35, 33]
    second = [45, 28, 27, 38, 40, 42, 39, 39, 34, 45]
    assert shift_of_values(first, second) == (-5.5, -10, 1)


def _slow_rank(n, m, tail):
    """Largest K with P(U <= K − 1) <= tail, by going through every way to mix n and m values."""
    statistics = [
        sum(place - i for i, place in enumerate(chosen)) for chosen in itertools.combinations(range(n + m), n)
    ]
    k = 0
    while sum(u <= k for u in statistics) <= tail * len(statistics):
        k += 1
    return k


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 30), min_size=1, max_size=6),
    st.lists(st.integers(0, 30), min_size=1, max_size=6),
    st.sampled_from([0.8, 0.9, 0.95]),
)
def test_shifts_match_every_pair_and_every_ordering(now, before, level):
    shift, lower, upper = shift_of_values(now, before, level=level)
    differences = sorted(a - b for a in now for b in before)
    assert shift == np.median(differences)
    k = _slow_rank(len(now), len(before), (1 - level) / 2)
    assert (lower, upper) == ((differences[k - 1], differences[-k]) if k else (-math.inf, math.inf))
    moved = shift_of_values([a + 5 for a in now], before, level=level)
    assert moved == pytest.approx((shift + 5, lower + 5, upper + 5))


def test_shifts_of_many_values_use_the_normal_approximation_of_the_rank():
    rng = np.random.default_rng(1)
    before, now = rng.exponential(2, 80), rng.exponential(2, 60) + 1
    shift, lower, upper = shift_of_values(now, before)
    assert lower < 1 < upper
    assert lower < shift < upper


def test_periods_without_values_have_no_shift():
    shift, lower, upper = shift_of_values([], [1.0])
    assert math.isnan(shift)
    assert (lower, upper) == (-math.inf, math.inf)


@given(st.tuples(*[st.floats(0, 10)] * 6))
def test_a_difference_of_medians_follows_from_their_own_intervals(parts):
    e1, down1, up1, e2, down2, up2 = parts
    difference, lower, upper = difference_from_intervals(e1, e1 - down1, e1 + up1, e2, e2 - down2, e2 + up2)
    assert difference == pytest.approx(e1 - e2)
    assert lower == pytest.approx(e1 - e2 - math.sqrt(down1**2 + up2**2), abs=1e-9)
    assert upper == pytest.approx(e1 - e2 + math.sqrt(up1**2 + down2**2), abs=1e-9)
    # No shorter than either interval alone, no longer than both together.
    assert upper - lower <= down1 + up1 + down2 + up2 + 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion_change(3, 2, 1, 2), "exceed"),
        (lambda: rate_change(-1, 2), "whole numbers"),
        (lambda: rate_change(1, 2, 0), "above 0"),
        (lambda: rate_change(1, 2, math.nan), "NaN"),
        (lambda: rate_change(1, 2, method="wald"), "method"),
        (lambda: shift_of_values([math.nan], [1]), "NaN"),
        (lambda: shift_of_values(np.zeros(3000), np.zeros(3000)), "pairs"),
        (lambda: difference_from_intervals(1, 2, 3, 1, 0, 2), "hold its estimate"),
    ],
)
def test_impossible_figures_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
