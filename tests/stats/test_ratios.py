"""Standardised ratios against published ones, sums by hand, and what must hold whatever the data."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.limits import ratio_limits
from analytics.stats.ratios import ratio_interval, standardise
from tests.stats.slow import poisson_upto, root

# Bland (2015), An Introduction to Medical Statistics, 4th ed., section 21.3: deaths from cirrhosis of the
# liver per million men a year by age, and numbers of male doctors of that age; 14 of them died.
CIRRHOSIS = [5.859e-6, 13.050e-6, 46.937e-6, 161.503e-6, 271.358e-6]
DOCTORS = [1080, 12860, 11510, 10330, 7790]


def test_indirect_standardisation_matches_blands_doctors():
    deaths = [0, 0, 0, 0, 14]
    found = standardise([0] * 5, range(5), deaths, DOCTORS, rates=CIRRHOSIS)
    assert found.expected[0] == pytest.approx(4.4966, abs=5e-5)
    assert round(100 * float(found.ratio[0])) == 311
    assert (round(100 * found.lower[0]), round(100 * found.upper[0])) == (170, 522)


@pytest.mark.parametrize(
    ("observed", "expected", "values"), [(10, 48, (0.2083, 0.0999, 0.3831)), (15, 15, (1, 0.5597, 1.6493))]
)
def test_ratio_intervals_match_worked_examples(observed, expected, values):
    assert tuple(np.round(ratio_interval(observed, expected), 4).tolist()) == values


@pytest.mark.parametrize(
    ("expected", "level", "lower", "upper"),
    [
        (15, 0.95, 0.5597, 1.6493),
        (20, 0.95, 0.6108, 1.5444),
        (30, 0.95, 0.6747, 1.4276),
        (20, 0.99, 0.5177, 1.7334),
    ],
)
def test_poisson_limits_match_the_tables_of_exact_limits(expected, level, lower, upper):
    # Garwood (1936) and Pearson and Hartley (1966), Biometrika Tables, table 40, divided by the count.
    assert np.round(ratio_limits(expected, level=level), 4).tolist() == [lower, upper]


@given(st.integers(0, 120), st.floats(0.1, 500), st.sampled_from([0.8, 0.95, 0.998]))
def test_ratio_bounds_are_where_a_poisson_tail_is_half_the_rest(observed, expected, level):
    ratio, lower, upper = ratio_interval(observed, expected, level=level)
    tail = (1 - level) / 2
    slow = root(lambda m: poisson_upto(observed, m) - tail, max(observed, 1e-9), 4 * observed + 40)
    assert upper == pytest.approx(slow / expected, rel=1e-6)
    if observed:
        slow = root(lambda m: 1 - poisson_upto(observed - 1, m) - tail, 1e-12, observed)
        assert lower == pytest.approx(slow / expected, rel=1e-6)
    assert lower <= ratio <= upper


def test_where_nothing_is_expected_nothing_is_known():
    ratio, lower, upper = ratio_interval([0, 3], [0, 0])
    assert np.isnan(ratio).all()
    assert lower.tolist() == [0, 0]
    assert upper.tolist() == [math.inf, math.inf]
    assert [float(bound) for bound in ratio_limits(0)] == [0, math.inf]


CELLS = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 3), st.integers(0, 30), st.integers(0, 30)), min_size=1
)


@given(CELLS, st.sampled_from(["poisson", "binomial"]))
def test_expected_counts_match_loops_and_add_up_to_the_observed(cells, kind):
    unit, stratum, good, other = (list(column) for column in zip(*cells, strict=True))
    exposure = [g + o for g, o in zip(good, other, strict=True)]
    found = standardise(unit, stratum, good, exposure, n_units=6, kind=kind)
    rates = {}
    for s in set(stratum):
        n = sum(e for e, t in zip(exposure, stratum, strict=True) if t == s)
        rates[s] = sum(g for g, t in zip(good, stratum, strict=True) if t == s) / n if n else 0
    for i in range(6):
        mine = [k for k, u in enumerate(unit) if u == i]
        expected = sum(exposure[k] * rates[stratum[k]] for k in mine)
        assert found.expected[i] == pytest.approx(expected)
        if expected:
            assert found.ratio[i] == pytest.approx(sum(good[k] for k in mine) / expected)
            assert found.lower[i] <= found.ratio[i] <= found.upper[i]
        else:
            assert math.isnan(found.ratio[i])
    # The whole is as expected of itself: that is what indirect standardisation means.
    assert found.expected.sum() == pytest.approx(found.observed.sum())


@given(CELLS)
def test_the_order_of_cells_does_not_matter(cells):
    columns = [list(column) for column in zip(*cells, strict=True)]
    backward = [list(reversed(column)) for column in columns]
    first, second = (
        standardise(u, s, g, [a + b for a, b in zip(g, o, strict=True)]) for u, s, g, o in (columns, backward)
    )
    np.testing.assert_allclose(first.expected, second.expected)


def test_one_stratum_compares_with_the_pooled_rate_and_one_unit_with_itself():
    found = standardise([0, 1], [0, 0], [8, 4], [10, 10], kind="binomial")
    assert found.ratio.tolist() == pytest.approx([8 / 6, 4 / 6])
    assert found.adjusted.tolist() == pytest.approx([0.8, 0.4])
    alone = standardise([0, 0], [0, 1], [8, 4], [10, 10])
    assert alone.ratio.tolist() == pytest.approx([1.0])


def test_a_high_share_is_judged_by_its_binomial_spread():
    rare = standardise([0, 1], [0, 0], [90, 90], [100, 100], kind="poisson")
    share = standardise([0, 1], [0, 0], [90, 90], [100, 100], kind="binomial")
    assert share.upper[0] - share.lower[0] < 0.4 * (rare.upper[0] - rare.lower[0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0], [0], [2], [1], "binomial"), "exceed"),
        (([0], [0], [-1], [1], "poisson"), "whole numbers"),
        (([0], [0], [1], [math.nan], "poisson"), "NaN"),
        (([-1], [0], [1], [1], "poisson"), "units must be whole"),
        (([0, 1], [0], [1], [1], "poisson"), "same length"),
        (([0], [0], [1], [0], "poisson"), "no exposure"),
        (([0], [0], [1], [1], "normal"), "kind"),
    ],
)
def test_impossible_cells_are_refused(arguments, message):
    *cells, kind = arguments
    with pytest.raises(ValueError, match=message):
        standardise(*cells, kind=kind)


def test_missing_reference_rates_and_too_few_units_are_refused():
    with pytest.raises(ValueError, match="no reference rate"):
        standardise([0], [1], [1], [1], rates=[0.5])
    with pytest.raises(ValueError, match="only 1"):
        standardise([1], [0], [1], [1], n_units=1)
    with pytest.raises(ValueError, match="negative"):
        ratio_interval(1, -1)
