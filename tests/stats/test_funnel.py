"""Funnel limits: published lines, tails by summing, over-dispersion by loops, and what must hold always."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.dispersion import additive_dispersion, pooled_errors, winsorise, winsorised_variance
from analytics.stats.funnel import log_mean_funnel, proportion_funnel, ratio_funnel
from analytics.stats.limits import RATIO_METHODS, binomial_limits, ratio_limits
from analytics.stats.normal_normal import fit_normal_prior
from tests.stats.published import BCG
from tests.stats.slow import binomial_upto, poisson_upto, quantile, root

PROPORTION_METHODS = ["tails", "normal", "arcsine"]
UNITS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=12)
Z95, Z998 = 1.959963984540054, 3.090232306167813


def test_normal_limits_follow_spiegelhalters_formula():
    # θ ± z·sqrt(θ(1 − θ)/n), at the two levels he draws; a target of 0.1 for 100 and 400 cases.
    funnel = proportion_funnel([10, 40], [100, 400], target=0.1, method="normal", tau2=0)
    assert funnel.lower[:, 0] == pytest.approx([0.1 - Z95 * 0.03, 0.1 - Z998 * 0.03])
    assert funnel.upper[:, 1] == pytest.approx([0.1 + Z95 * 0.015, 0.1 + Z998 * 0.015])


def _additive_by_loops(z, errors, share):
    low, high = quantile(z, share), quantile(z, 1 - share)
    phi = sum(min(max(one, low), high) ** 2 for one in z) / len(z)
    weights = [1 / s**2 for s in errors]
    below = sum(weights) - sum(w * w for w in weights) / sum(weights)
    tau2 = (len(z) * phi - (len(z) - 1)) / below if len(z) > 1 else 0
    return phi, max(0.0, tau2)


@given(
    st.lists(st.tuples(st.floats(-30, 30), st.floats(0.01, 10)), min_size=2, max_size=30),
    st.sampled_from([0.0, 0.1, 0.25]),
)
def test_over_dispersion_matches_loops(pairs, share):
    z, errors = [a for a, _ in pairs], [b for _, b in pairs]
    found = additive_dispersion(z, errors, winsor=share)
    phi, tau2 = _additive_by_loops(z, errors, share)
    assert found.phi == pytest.approx(phi, rel=1e-9, abs=1e-12)
    assert found.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-9)


def test_without_winsorising_it_is_der_simonian_and_lairds_estimate():
    # Published for the BCG trials: τ² = 0.3088 (Viechtbauer 2010, J. Statistical Software 36(3)).
    cases, others, control_cases, control_others = np.array(BCG, dtype=float).T
    y = np.log(cases / (cases + others)) - np.log(control_cases / (control_cases + control_others))
    s = np.sqrt(1 / cases - 1 / (cases + others) + 1 / control_cases - 1 / (control_cases + control_others))
    centre = np.average(y, weights=s**-2)
    found = additive_dispersion((y - centre) / s, s, winsor=0)
    assert round(found.tau2, 4) == 0.3088
    assert found.phi * 13 == pytest.approx(152.2330, abs=1e-4)
    assert found.tau2 == pytest.approx(fit_normal_prior(y, s, method="moments", trim=0).tau2)


def test_scores_that_differ_by_chance_or_less_have_no_over_dispersion():
    assert additive_dispersion([0.5, -0.5, 0.1], [1, 1, 1]).tau2 == 0
    assert additive_dispersion([9.0], [1.0]).tau2 == 0
    nothing = additive_dispersion([], [])
    assert math.isnan(nothing.phi)
    assert nothing.tau2 == 0


def test_winsorising_pulls_in_both_ends_and_what_it_leaves_of_a_normal_is_known():
    assert winsorise(range(11), 0.1).tolist() == [1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]
    normal = statistics.NormalDist()
    points = [normal.inv_cdf((i + 0.5) / 40_000) for i in range(40_000)]
    for share in (0.05, 0.1, 0.2):
        assert winsorised_variance(share) == pytest.approx(np.mean(winsorise(points, share) ** 2), abs=1e-3)
    assert winsorised_variance(0) == 1
    exact = additive_dispersion(points, np.ones(40_000), winsor=0.1, consistent=True)
    assert exact.phi == pytest.approx(1, abs=1e-3)


@given(st.integers(1, 150), st.floats(0.01, 0.99), st.sampled_from([0.95, 0.998]))
def test_a_count_lies_outside_the_tail_limits_exactly_where_its_tail_is_small_enough(n, p, level):
    lower, upper = (float(bound[0]) for bound in binomial_limits(np.array([float(n)]), p, level=level))
    tail = (1 - level) / 2
    for x in {0, n, math.floor(n * lower), math.ceil(n * lower), math.floor(n * upper), math.ceil(n * upper)}:
        if not 0 <= x <= n:
            continue
        below, above = binomial_upto(x, n, p), 1 - (binomial_upto(x - 1, n, p) if x else 0)
        if abs(below - tail) > 1e-9 and abs(above - tail) > 1e-9:
            assert (x / n < lower - 1e-12) == (below < tail)
            assert (x / n > upper + 1e-12) == (above < tail)


@settings(max_examples=40)
@given(st.floats(0.05, 60), st.sampled_from([0.95, 0.998]))
def test_ratio_limits_match_poisson_tails_by_summing(expected, level):
    tail = (1 - level) / 2
    lower, upper = (float(bound) for bound in ratio_limits(expected, level=level, method="tails"))
    for observed in range(math.ceil(4 * expected) + 12):
        below = poisson_upto(observed, expected)
        above = 1 - (poisson_upto(observed - 1, expected) if observed else 0)
        if min(abs(below - tail), abs(above - tail)) > 1e-9:
            assert (observed / expected < lower - 1e-12) == (below < tail)
            assert (observed / expected > upper + 1e-12) == (above < tail)


@given(st.integers(1, 60), st.sampled_from([0.9, 0.95, 0.998]))
def test_customary_ratio_limits_are_the_exact_interval_of_a_count(expected, level):
    lower, upper = ratio_limits(expected, level=level)
    tail = (1 - level) / 2
    slow_lower = root(lambda m: 1 - poisson_upto(expected - 1, m) - tail, 1e-9, expected)
    slow_upper = root(lambda m: poisson_upto(expected, m) - tail, expected, 5 * expected + 30)
    assert (lower, upper) == pytest.approx((slow_lower / expected, slow_upper / expected), rel=1e-7)


@pytest.mark.parametrize("method", PROPORTION_METHODS)
@given(units=UNITS, tau2=st.sampled_from([None, 0.0, 0.01]))
def test_proportion_limits_hold_the_target_and_widen_with_the_level(method, units, tau2):
    x = np.array([a for a, _ in units])
    n = np.array([a + b for a, b in units])
    funnel = proportion_funnel(x, n, method=method, tau2=tau2)
    if n.sum() == 0:
        assert math.isnan(funnel.target)
        assert funnel.zone.tolist() == [0] * len(units)
        return
    assert np.all((funnel.lower >= 0) & (funnel.lower <= funnel.target + 1e-12))
    assert np.all((funnel.upper <= 1) & (funnel.upper >= funnel.target - 1e-12))
    assert np.all(funnel.lower[1] <= funnel.lower[0])
    assert np.all(funnel.upper[1] >= funnel.upper[0])
    for i in range(len(units)):
        if n[i] == 0:
            assert math.isnan(funnel.value[i])
            assert (funnel.zone[i], funnel.p_value[i]) == (0, 1)
            continue
        outside = sum(funnel.value[i] > funnel.upper[:, i]) - sum(funnel.value[i] < funnel.lower[:, i])
        assert funnel.zone[i] == outside


@pytest.mark.parametrize("method", RATIO_METHODS)
@given(units=st.lists(st.tuples(st.integers(0, 60), st.floats(0, 50)), min_size=1, max_size=12))
def test_ratio_limits_stand_around_one_and_narrow_with_the_expectation(method, units):
    funnel = ratio_funnel([o for o, _ in units], [e for _, e in units], method=method)
    assert np.all(funnel.lower <= 1)
    assert np.all(funnel.upper >= 1)
    expected = np.array([e for _, e in units])
    something = expected >= 1e-9
    order = np.argsort(expected[something], kind="stable")
    upper = funnel.upper[:, something][:, order]
    assert np.all(np.diff(upper, axis=1) <= 1e-9 * upper[:, 1:])
    assert np.all(np.isnan(funnel.value) == ~something)
    assert np.all(funnel.upper[:, ~something] == np.inf)


def test_arcsine_and_root_limits_follow_their_formulas():
    funnel = proportion_funnel([30, 45], [50, 50], target=0.8, method="arcsine", tau2=0.002)
    half = Z95 * math.sqrt(1 / 200 + 0.002)
    centre = math.asin(math.sqrt(0.8))
    assert funnel.lower[0, 0] == pytest.approx(math.sin(centre - half) ** 2)
    assert funnel.upper[0, 0] == pytest.approx(math.sin(min(centre + half, math.pi / 2)) ** 2)
    ratio = ratio_funnel([30, 20], [25.0, 25.0], method="sqrt", tau2=0.01)
    half = Z998 * math.sqrt(1 / 100 + 0.01)
    assert ratio.upper[1, 0] == pytest.approx((1 + half) ** 2)
    assert ratio.z[0] == pytest.approx((math.sqrt(1.2) - 1) / math.sqrt(1 / 100 + 0.01))


def test_over_dispersion_widens_every_kind_of_limit_by_the_same_part():
    for method in ("exact", "tails", "normal"):
        plain = ratio_funnel([30, 20], [25.0, 25.0], method=method, tau2=0)
        wide = ratio_funnel([30, 20], [25.0, 25.0], method=method, tau2=0.02)
        assert wide.upper - 1 == pytest.approx((plain.upper - 1) * math.sqrt(1 + 0.02 * 25))


def test_log_mean_funnel_follows_its_formula():
    y, s = np.log([2.0, 2.5, 1.6, 8.0]), np.array([0.1, 0.2, 0.1, 0.1])
    funnel = log_mean_funnel(y, s, winsor=0.0)
    weights = 1 / s**2
    centre = float(np.sum(weights * y) / np.sum(weights))
    _, tau2 = _additive_by_loops([(a - centre) / b for a, b in zip(y, s, strict=True)], s, 0.0)
    assert funnel.target == pytest.approx(math.exp(centre))
    assert funnel.upper[0] == pytest.approx(np.exp(centre + Z95 * np.sqrt(s**2 + tau2)))
    assert funnel.value == pytest.approx([2.0, 2.5, 1.6, 8.0])
    # In hours or in days, the same units are outside.
    hours = log_mean_funnel(y + math.log(24), s, winsor=0.0)
    assert hours.zone.tolist() == funnel.zone.tolist()
    assert hours.lower == pytest.approx(24 * funnel.lower)
    assert log_mean_funnel(y, s, target=3.0).target == pytest.approx(3.0)


def test_pooled_errors_weigh_deviations_by_their_degrees_of_freedom():
    found = pooled_errors([1.0, 3.0, 99.0], [3, 5, 1])
    pooled = math.sqrt((2 * 1 + 4 * 9) / 6)
    assert found == pytest.approx([pooled / math.sqrt(3), pooled / math.sqrt(5), pooled])
    with pytest.raises(ValueError, match="needs two"):
        pooled_errors([1.0], [1])


def test_units_not_judged_get_limits_but_shape_neither_target_nor_spread():
    x, n = [85, 80, 10, 90], [100, 100, 100, 100]
    with_it = proportion_funnel(x, n)
    without = proportion_funnel(x, n, judged=[True, True, False, True])
    alone = proportion_funnel([85, 80, 90], [100, 100, 100])
    assert without.target == alone.target
    assert without.dispersion == alone.dispersion
    assert without.zone[2] == -2
    assert with_it.dispersion.tau2 > without.dispersion.tau2


def test_one_unit_is_its_own_target_and_units_alike_are_all_inside():
    for method in PROPORTION_METHODS:
        one = proportion_funnel([3], [4], method=method)
        assert (one.zone[0], one.dispersion.tau2) == (0, 0)
        alike = proportion_funnel([40] * 5, [50] * 5, method=method)
        assert alike.zone.tolist() == [0] * 5
        assert alike.dispersion.tau2 == 0


def test_where_all_or_none_succeed_limits_meet_there():
    for method in PROPORTION_METHODS:
        funnel = proportion_funnel([5, 9], [5, 9], method=method)
        assert funnel.zone.tolist() == [0, 0]
        assert np.all(funnel.upper == 1)


def test_units_without_differences_beyond_chance_are_flagged_about_as_often_as_levels_say():
    rng = np.random.default_rng(7)
    trials = rng.integers(10, 200, 4000)
    funnel = proportion_funnel(rng.binomial(trials, 0.85), trials, tau2=0)
    assert np.mean(np.abs(funnel.zone) >= 1) == pytest.approx(0.05, abs=0.015)
    assert np.mean(np.abs(funnel.zone) == 2) < 0.004


def test_a_million_units_trials_and_events_do_not_overflow():
    funnel = proportion_funnel([850_000_000, 849_000_000], [10**9, 10**9])
    assert np.isfinite(funnel.lower).all()
    ratio = ratio_funnel([10**9, 10**9 + 10**6], [1e9, 1e9], method="tails", tau2=0)
    assert ratio.zone.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: proportion_funnel([1], [2], method="wald"), "method"),
        (lambda: proportion_funnel([1], [2], target=1.5), "target"),
        (lambda: proportion_funnel([1], [2], tau2=-1), "tau2"),
        (lambda: proportion_funnel([1], [2], levels=(0.998, 0.95)), "rise"),
        (lambda: proportion_funnel([1], [2], winsor=0.5), "winsor"),
        (lambda: proportion_funnel([3], [2]), "exceed"),
        (lambda: proportion_funnel(1, 2), "rows"),
        (lambda: proportion_funnel([1], [2], judged=[True, False]), "judged"),
        (lambda: ratio_funnel([1], [-2.0]), "negative"),
        (lambda: ratio_funnel([1], [math.nan]), "NaN"),
        (lambda: ratio_funnel([1, 2], [1.0]), "same length"),
        (lambda: log_mean_funnel([1.0], [0.0]), "above 0"),
        (lambda: log_mean_funnel([math.inf], [1.0]), "finite"),
        (lambda: additive_dispersion([math.nan], [1.0]), "NaN"),
    ],
)
def test_impossible_figures_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
