"""Gini and Jensen–Shannon: published values, double loops, and what must hold always."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from analytics.stats.concentration import (
    busiest_share,
    chance_spread,
    gini,
    jensen_shannon,
    jensen_shannon_test,
)

AMOUNTS = st.lists(st.floats(0, 1e6) | st.integers(0, 9).map(float), min_size=1, max_size=20)
MIXES = (
    st.integers(2, 6)
    .flatmap(lambda parts: st.tuples(*[st.lists(st.integers(0, 40), min_size=parts, max_size=parts)] * 2))
    .filter(lambda mixes: all(sum(mix) for mix in mixes))
)

# The worked example: services and clients by industry.
SERVICES = [120, 45, 10, 60, 40, 125]
CLIENTS = [300, 150, 120, 90, 100, 240]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # R's package ineq, on the mean incomes of ten tenths; and its package phylotools.
        ([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261], 0.4620911),
        ([1, 3, 2, 1, 1, 1, 4], 0.3076923),
    ],
)
def test_gini_matches_published_values(values, expected):
    assert gini(values) == pytest.approx(expected, abs=5e-8)


@given(AMOUNTS)
def test_gini_matches_a_double_loop(values):
    total = sum(values)
    found = gini(values)
    if total == 0:
        assert math.isnan(found)
        return
    if total < 1e-290:
        return
    slow = sum(abs(a - b) for a in values for b in values) / (2 * len(values) * total)
    assert found == pytest.approx(slow, abs=1e-9)
    assert -1e-12 <= found <= 1 - 1 / len(values) + 1e-12


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 4)), min_size=1, max_size=12))
def test_a_weight_counts_like_so_many_equal_values(pairs):
    values, weights = [a for a, _ in pairs], [w for _, w in pairs]
    repeated = [a for a, w in pairs for _ in range(w)]
    weighted = gini(values, weights=weights)
    assert weighted == pytest.approx(gini(repeated), abs=1e-12, nan_ok=True)


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=12), st.integers(1, 50))
def test_gini_knows_no_unit_and_no_order(values, factor):
    assert gini([factor * v for v in values]) == pytest.approx(gini(values), nan_ok=True)
    assert gini(values[::-1]) == pytest.approx(gini(values), nan_ok=True)


def test_gini_of_equals_one_and_none_is_decided():
    assert gini([7, 7, 7]) == 0
    assert gini([0, 0, 0, 5]) == pytest.approx(0.75)
    assert gini([0, 0, 0, 5], unbiased=True) == pytest.approx(1)
    assert gini([3]) == 0
    assert math.isnan(gini([]))
    assert math.isnan(gini([0, 0]))
    assert math.isnan(gini([3], unbiased=True))
    assert gini([1e308, 1e308, 0]) == pytest.approx(1 / 3)


def test_the_divergence_matches_the_worked_example():
    # .0353 bits against a null 95 % point near .005, while the cosine (.958) sees no difference.
    assert round(float(jensen_shannon(SERVICES, CLIENTS)), 4) == 0.0353
    found = jensen_shannon_test(SERVICES, CLIENTS)
    assert found.divergence == pytest.approx(0.0353, abs=5e-5)
    assert found.critical == pytest.approx(0.005, abs=4e-4)
    assert found.p_value == pytest.approx(1 / 2001)
    services, clients = np.array(SERVICES), np.array(CLIENTS)
    assert services @ clients / math.sqrt(services @ services * (clients @ clients)) == pytest.approx(
        0.958, abs=5e-4
    )


def _slow_divergence(first, second):
    p, q = ([v / sum(mix) for v in mix] for mix in (first, second))
    m = [(a + b) / 2 for a, b in zip(p, q, strict=True)]
    return sum(x / 2 * math.log2(x / y) for mix in (p, q) for x, y in zip(mix, m, strict=True) if x > 0)


@given(MIXES)
def test_divergences_match_loops_and_scipy_and_are_symmetric(mixes):
    first, second = mixes
    found = float(jensen_shannon(first, second))
    assert found == pytest.approx(_slow_divergence(first, second), abs=1e-12)
    assert math.sqrt(found) == pytest.approx(
        float(np.nan_to_num(jensenshannon(first, second, base=2))), abs=1e-6
    )
    assert found == pytest.approx(float(jensen_shannon(second, first)), abs=1e-15)
    assert 0 <= found <= 1 + 1e-12
    assert float(jensen_shannon([7 * v for v in first], second)) == pytest.approx(found, abs=1e-12)


def test_mixes_alike_differ_by_nothing_and_mixes_apart_by_one_bit():
    assert float(jensen_shannon([1, 2, 3], [10, 20, 30])) == 0
    assert float(jensen_shannon([1, 0], [0, 5])) == 1
    assert float(jensen_shannon([1, 0], [0, 5], base=math.e)) == pytest.approx(math.log(2))
    assert jensen_shannon([[1, 1], [0, 0]], [1, 1]).tolist() == pytest.approx([0, math.nan], nan_ok=True)


@settings(max_examples=20)
@given(MIXES, st.integers(0, 100))
def test_a_test_repeats_with_its_seed(mixes, seed):
    first, second = mixes
    once, again = (jensen_shannon_test(first, second, draws=50, seed=seed) for _ in range(2))
    assert once == again
    assert 0 < once.p_value <= 1
    assert once.critical >= 0


def test_the_null_covers_all_mixes_of_a_small_count():
    # Three services in two halves: 0, 1, 2 or 3 in the first, with chances 1, 3, 3, 1 eighths.
    found = jensen_shannon_test([3, 0], [0.5, 0.5], draws=20_000)
    assert found.p_value == pytest.approx(0.25, abs=0.012)
    middle = jensen_shannon_test([2, 1], [0.5, 0.5], draws=2000)
    assert middle.p_value == 1


@pytest.mark.parametrize("sample", [False, True])
def test_chance_alone_is_called_a_difference_about_as_often_as_the_level_says(sample):
    rng = np.random.default_rng(12)
    shares = np.array([0.3, 0.25, 0.2, 0.15, 0.1])
    called = 0
    for trial in range(250):
        counts = rng.multinomial(150, shares)
        reference = rng.multinomial(200, shares) if sample else shares
        found = jensen_shannon_test(counts, reference, reference_is_sample=sample, draws=200, seed=trial)
        called += found.p_value <= 0.05
    assert called / 250 == pytest.approx(0.05, abs=0.035)


def test_an_empty_mix_is_like_nothing():
    found = jensen_shannon_test([0, 0], [1, 2])
    assert math.isnan(found.divergence)
    assert math.isnan(found.p_value)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gini([-1]), "negative"),
        (lambda: gini([math.nan]), "NaN"),
        (lambda: gini([1, 2], weights=[1]), "as many"),
        (lambda: gini([1, 2], weights=[1, 2], unbiased=True), "unbiased"),
        (lambda: jensen_shannon([1, -1], [1, 1]), "negative"),
        (lambda: jensen_shannon([1, 1], [1, 1, 1]), "same parts"),
        (lambda: jensen_shannon([1, 1], [1, 1], base=1), "base"),
        (lambda: jensen_shannon_test([1.5, 1], [1, 1]), "whole numbers"),
        (lambda: jensen_shannon_test([1, 1], [1, 1, 1]), "same parts"),
        (lambda: jensen_shannon_test([1, 1], [1, 1], draws=0), "draw"),
        (lambda: jensen_shannon_test([1, 1], [0.5, 0.5], reference_is_sample=True), "whole numbers"),
    ],
)
def test_impossible_amounts_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_busiest_tenth_holds_what_the_largest_tenth_sums_to():
    assert busiest_share([6, 1, 1, 1, 1, 0, 0, 0, 0, 0]) == pytest.approx(0.6)
    # Two of eleven: a part of a unit counts as a whole one.
    assert busiest_share([5, 4, *[1] * 9]) == pytest.approx(0.5)
    assert np.isnan(busiest_share([0, 0]))
    with pytest.raises(ValueError, match="part"):
        busiest_share([1], part=0)


def test_chance_alone_spreads_few_events_unevenly_and_many_evenly():
    few, many = chance_spread(30, 30), chance_spread(300_000, 30)
    assert 0.4 < few.gini < 0.6
    assert many.gini_upper < 0.01
    assert many.busiest == pytest.approx(0.1, abs=0.002)
    assert few.gini < few.gini_upper
    assert few.busiest < few.busiest_upper


def test_chance_spread_is_that_of_events_dealt_out_one_by_one():
    rng = np.random.default_rng(5)
    drawn = [gini(np.bincount(rng.integers(12, size=40), minlength=12)) for _ in range(3000)]
    assert chance_spread(40, 12, draws=3000).gini == pytest.approx(np.median(drawn), abs=0.01)


def test_no_events_have_no_spread_and_no_units_are_refused():
    assert np.isnan(chance_spread(0, 5).gini)
    with pytest.raises(ValueError, match="unit"):
        chance_spread(5, 0)
