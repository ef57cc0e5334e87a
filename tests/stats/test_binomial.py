"""Chances of binomial counts: by summing where they are few, by the normal form where they are very many."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.stats.beta_binomial import fit_beta_prior
from analytics.stats.binomial import binomial_mid_p, binomial_upto
from analytics.stats.change import rate_change
from analytics.stats.intervals import quantile_ranks
from analytics.stats.limits import binomial_limits, ratio_limits
from tests.stats import slow


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.01, 0.99))
@settings(derandomize=True, deadline=None, max_examples=60)
def test_chances_are_those_of_summing_every_count(count, trials, chance):
    by_sum = 1.0 if count >= trials else slow.binomial_upto(count, trials, chance)
    assert binomial_upto(count, trials, chance) == pytest.approx(by_sum, abs=1e-12)
    below = 0.0 if count == 0 else binomial_upto(count - 1, trials, chance)
    assert binomial_mid_p(count, trials, chance) == pytest.approx((by_sum + below) / 2, abs=1e-12)


def test_counts_below_none_and_from_all_on_are_decided():
    assert binomial_upto([-1, 0, 5, 6], [5, 5, 5, 5], 0.5).tolist() == pytest.approx([0, 1 / 32, 1, 1])
    assert binomial_upto(0, 0, 0.3) == 1.0
    assert binomial_upto([2, 2], 5, [0.0, 1.0]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize("trials", [10**8, 10**10, 10**12])
def test_thousands_of_millions_of_trials_follow_the_normal_form(trials):
    # Half a step is added for the count being whole; the skewness of p = 1/2 is none.
    z = np.array([-3.0, -1.0, 0.0, 2.0])
    counts = np.floor(trials / 2 + z * math.sqrt(trials) / 2)
    expected = norm.cdf((counts + 0.5 - trials / 2) / (math.sqrt(trials) / 2))
    assert binomial_upto(counts, trials, 0.5) == pytest.approx(expected, rel=2e-5)


def test_what_rests_on_these_chances_holds_for_very_many_cases_without_a_warning():
    huge = 10**12
    half = 1.959963984540054
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        low, high = quantile_ranks(10**10, 0.5)
        ratio = rate_change(huge, huge, method="mid_p")
        limits = ratio_limits([huge], method="tails")
        shares = binomial_limits(np.array([1e12]), 0.9, level=0.95)
        tail = fit_beta_prior([500, 480, 530], [1000] * 3).tail([5 * 10**9], [10**10])
    assert (low, high) == (pytest.approx(5e9 - half * 5e4, abs=2), pytest.approx(5e9 + half * 5e4, abs=2))
    spread = half * math.sqrt(2 / huge)
    assert [float(part) for part in ratio] == pytest.approx([1, 1 - spread, 1 + spread], abs=1e-9)
    assert [float(part[0]) for part in limits] == pytest.approx([1 - half / 1e6, 1 + half / 1e6], abs=1e-11)
    by_normal = half * math.sqrt(0.09 / huge)
    assert [float(part[0]) for part in shares] == pytest.approx([0.9 - by_normal, 0.9 + by_normal], abs=1e-10)
    assert 0 <= float(tail[0]) <= 1


def test_ratio_limits_are_smooth_where_the_search_gives_way_to_the_normal_form():
    lower, upper = ratio_limits([0.999999e9, 1.000001e9], level=0.998, method="tails")
    for bound in (lower, upper):
        assert (bound[0] - 1) / (bound[1] - 1) == pytest.approx(1 + 1e-6, abs=1e-7)
