"""Theil–Sen slopes: Sen's example, loops over pairs, and what must hold always."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import theilslopes

from analytics.stats.trend import theil_sen
from tests.stats.slow import median

SERIES = st.lists(st.integers(-20, 20).map(float), min_size=3, max_size=14)


def test_the_slope_matches_sen_1968():
    # Section 6 of the paper: slope 4; 93 % limits 26/7 and 35/8 once the slips in its table are mended, as
    # R's package deming notes.
    found = theil_sen([9, 15, 19, 20, 45, 55, 78], [1, 2, 3, 4, 10, 12, 18], level=0.93, intercept="joint")
    assert (found.slope, found.intercept) == (4, 6)
    assert (found.lower, found.upper) == pytest.approx((26 / 7, 35 / 8))


@given(SERIES, st.sampled_from([0.8, 0.9, 0.95]))
def test_slopes_match_loops_over_pairs_and_scipy(y, level):
    found = theil_sen(y, level=level)
    pairs = [(y[j] - y[i]) / (j - i) for i in range(len(y)) for j in range(i + 1, len(y))]
    assert found.slope == pytest.approx(median(pairs))
    assert found.intercept == pytest.approx(median(y) - median(pairs) * (len(y) - 1) / 2)
    assert found.kendall_s == sum(np.sign(pairs))
    oracle = theilslopes(y, alpha=level)
    for mine, theirs in ((found.lower, oracle.low_slope), (found.upper, oracle.high_slope)):
        # Where too few points hold no bound at the level, scipy gives the outermost slope instead.
        assert mine == pytest.approx(theirs) or math.isinf(mine)
    assert found.lower <= found.slope <= found.upper


@given(SERIES, st.integers(-5, 5), st.integers(1, 4))
def test_adding_a_line_adds_its_slope_and_reversing_time_turns_the_sign(y, rise, factor):
    y = np.array(y)
    found = theil_sen(y)
    tilted = theil_sen(factor * y + rise * np.arange(y.size))
    if rise == 0:
        assert tilted.lower == pytest.approx(factor * found.lower)
    assert tilted.slope == pytest.approx(factor * found.slope + rise)
    assert theil_sen(y[::-1]).slope == pytest.approx(-found.slope)


def test_many_series_come_at_once_as_each_alone():
    rng = np.random.default_rng(6)
    table = rng.normal(size=(5, 12)).round(1)
    together = theil_sen(table, level=0.9)
    for i, row in enumerate(table):
        alone = theil_sen(row, level=0.9)
        assert (together.slope[i], together.lower[i], together.upper[i]) == (
            alone.slope,
            alone.lower,
            alone.upper,
        )


def test_two_wild_months_of_twenty_four_do_not_bend_the_line():
    y = 100 + 2.0 * np.arange(24)
    y[[5, 17]] = (900, -500)
    assert theil_sen(y).slope == pytest.approx(2)


def test_the_interval_covers_the_truth_about_as_often_as_the_level_says():
    rng = np.random.default_rng(9)
    found = theil_sen(rng.normal(size=(1500, 12)) + 0.3 * np.arange(12))
    assert np.mean((found.lower <= 0.3) & (found.upper >= 0.3)) == pytest.approx(0.95, abs=0.02)


def test_few_points_and_equal_values_are_decided():
    one = theil_sen([5.0])
    assert math.isnan(one.slope)
    assert (one.lower, one.upper) == (-math.inf, math.inf)
    two = theil_sen([1.0, 3.0])
    assert (two.slope, two.lower, two.upper) == (2, -math.inf, math.inf)
    flat = theil_sen([4.0] * 8)
    assert (flat.slope, flat.lower, flat.upper) == (0, 0, 0)
    same_day = theil_sen([1.0, 2.0], [3, 3])
    assert math.isnan(same_day.slope)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: theil_sen([1.0, math.nan]), "NaN"),
        (lambda: theil_sen([1.0, 2.0], [1.0]), "one value for each time"),
        (lambda: theil_sen([1.0, 2.0], level=95), "level"),
        (lambda: theil_sen([1.0, 2.0], intercept="mean"), "intercept"),
    ],
)
def test_impossible_series_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
