"""Shares against each unit's own expectation: the same as the plain funnel where all expect the same."""

import numpy as np
import pytest
from scipy.stats import binom

from analytics.stats.adjusted import adjusted_funnel
from analytics.stats.funnel import proportion_funnel


def test_equal_expectations_give_the_plain_funnel():
    rng = np.random.default_rng(3)
    n = rng.integers(10, 300, 60)
    x = rng.binomial(n, rng.beta(40, 8, 60))
    plain = proportion_funnel(x, n, consistent=True)
    adjusted = adjusted_funnel(x, n, n * plain.target)
    np.testing.assert_allclose(adjusted.lower, plain.lower)
    np.testing.assert_allclose(adjusted.upper, plain.upper)
    assert adjusted.zone.tolist() == plain.zone.tolist()
    assert adjusted.dispersion.tau2 == pytest.approx(plain.dispersion.tau2)


def test_chances_without_over_dispersion_are_the_binomial_tails():
    funnel = adjusted_funnel([80, 95], [100, 100], [90.0, 85.0], judged=[False, False])
    assert funnel.low[0] == pytest.approx(binom.cdf(80, 100, 0.9))
    assert funnel.high[1] == pytest.approx(binom.sf(94, 100, 0.85))


def test_a_unit_of_an_easy_mix_is_judged_by_its_own_expectation():
    # 90 of 100 is in order where 90 are expected, and low where 98 are.
    funnel = adjusted_funnel([90, 90], [100, 100], [90.0, 98.0], judged=[False, False])
    assert funnel.zone.tolist() == [0, -2]


def test_units_without_trials_and_certain_expectations_are_never_outside_by_chance():
    funnel = adjusted_funnel([0, 20, 19], [0, 20, 20], [0.0, 20.0, 20.0])
    assert funnel.zone.tolist() == [0, 0, -2]
    assert funnel.low[0] == 1.0
    assert np.isnan(funnel.value[0])


@pytest.mark.parametrize("expected", [[-1.0], [11.0], [float("nan")]])
def test_impossible_expectations_are_refused(expected):
    with pytest.raises(ValueError, match="expected"):
        adjusted_funnel([5], [10], expected)
