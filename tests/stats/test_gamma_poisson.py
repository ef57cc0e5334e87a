"""Shrunk ratios: Scottish lip cancer, formulas by loops, and what shrinking must never do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from analytics.stats.gamma_poisson import METHODS, GammaPrior, fit_gamma_prior
from tests.stats.published import LIPS_EXPECTED, LIPS_OBSERVED
from tests.stats.slow import negative_binomial_upto, poisson_upto

UNITS = st.lists(st.tuples(st.integers(0, 60), st.floats(0.1, 50)), min_size=2, max_size=15)


def test_the_marginal_fit_matches_clayton_and_kaldors_lip_cancer():
    # Biometrics 43, 674: shape 1.88 and rate 1.32 for 56 areas.
    prior = fit_gamma_prior(LIPS_OBSERVED, LIPS_EXPECTED, trim=0)
    assert (round(prior.shape, 2), round(prior.rate, 2)) == (1.88, 1.32)
    shrunk = prior.posterior(LIPS_OBSERVED, LIPS_EXPECTED).mean
    # The largest raw ratio rests on 9 cases, the second on 39: shrunk, they change places.
    assert shrunk[1] > shrunk[0]


def _marshall(units):
    expected = sum(e for _, e in units)
    m = sum(o for o, _ in units) / expected
    s = sum(e * (o / e - m) ** 2 for o, e in units) / expected
    return m, s - m * len(units) / expected


@given(UNITS)
def test_moments_match_marshalls_formula_by_loops(units):
    prior = fit_gamma_prior([o for o, _ in units], [e for _, e in units], method="moments", trim=0)
    m, variance = _marshall(units)
    assert prior.mean == pytest.approx(m)
    if variance <= 0 or m == 0:
        assert math.isinf(prior.shape)
    elif m * m / variance < 1e6:
        assert prior.shape == pytest.approx(max(m * m / variance, 1e-3), rel=1e-6)
        # Marshall's own form: m + A/(A + m/E)·(O/E − m).
        o, e = units[0]
        if prior.shape > 1e-3:
            shrunk = m + variance / (variance + m / e) * (o / e - m)
            assert prior.posterior([o], [e]).mean[0] == pytest.approx(shrunk, rel=1e-6)


def test_the_clayton_kaldor_iteration_ends_where_its_two_equations_hold():
    prior = fit_gamma_prior(LIPS_OBSERVED, LIPS_EXPECTED, method="clayton_kaldor", trim=0)
    shrunk = [(o + prior.shape) / (e + prior.rate) for o, e in zip(LIPS_OBSERVED, LIPS_EXPECTED, strict=True)]
    mean = sum(shrunk) / 56
    weights = [1 + prior.rate / e for e in LIPS_EXPECTED]
    variance = sum(w * (t - mean) ** 2 for w, t in zip(weights, shrunk, strict=True)) / 55
    assert prior.mean == pytest.approx(mean, rel=1e-6)
    assert prior.shape / prior.rate**2 == pytest.approx(variance, rel=1e-6)


def _log_likelihood(units, mean, shape):
    return math.fsum(
        math.lgamma(shape + o) - math.lgamma(shape) + shape * math.log(shape / (shape + mean * e))
        + o * math.log(mean / (shape + mean * e))
        for o, e in units
    )  # fmt: skip


@settings(max_examples=40)
@given(UNITS)
def test_no_prior_on_a_grid_is_likelier_than_the_marginal_fit(units):
    o, e = [a for a, _ in units], [b for _, b in units]
    prior = fit_gamma_prior(o, e, trim=0)
    if prior.mean == 0:
        return
    shape = min(prior.shape, 1e6)
    found = _log_likelihood(units, prior.mean, shape)
    for factor in (0.25, 0.5, 0.8, 1.0, 1.25, 2.0, 4.0):
        for there in (0.02, 0.1, 0.5, 2.0, 8.0, 40.0, 300.0, 5000.0):
            assert _log_likelihood(units, factor * sum(o) / sum(e), there) <= found + 1e-4


@given(st.integers(0, 40), st.floats(0.2, 40), st.floats(0.3, 40))
def test_tails_match_the_negative_binomial_distribution_by_summing(observed, expected, shape):
    prior = GammaPrior(1.2, shape, np.ones(1, dtype=bool))
    share = prior.rate / (prior.rate + expected)
    upto = negative_binomial_upto(observed, shape, share)
    under = negative_binomial_upto(observed - 1, shape, share) if observed else 0
    assert prior.lower_tail([observed], [expected])[0] == pytest.approx((upto + under) / 2, abs=1e-9)
    point = GammaPrior(1.2, math.inf, np.ones(1, dtype=bool))
    upto, under = (poisson_upto(k, 1.2 * expected) if k >= 0 else 0 for k in (observed, observed - 1))
    assert point.lower_tail([observed], [expected])[0] == pytest.approx((upto + under) / 2, abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=40)
@given(units=UNITS)
def test_shrunk_ratios_lie_between_the_observed_and_the_prior_mean(method, units):
    o, e = [a for a, _ in units], [b for _, b in units]
    prior = fit_gamma_prior(o, e, method=method)
    posterior = prior.posterior(o, e)
    lower, upper = posterior.interval()
    for i, (count, expected) in enumerate(units):
        low, high = sorted((count / expected, prior.mean))
        assert low * (1 - 1e-9) - 1e-9 <= posterior.mean[i] <= high * (1 + 1e-9) + 1e-9
    assert np.all((lower >= 0) & (lower <= upper))


def test_posterior_figures_match_scipys_gamma_distribution():
    prior = GammaPrior(1.0, 20.0, np.ones(2, dtype=bool))
    posterior = prior.posterior([30, 0], [20.0, 0.0])
    assert posterior.mean == pytest.approx([50 / 40, 1.0])
    for i, (shape, rate) in enumerate([(50, 40), (20, 20)]):
        same = gamma(shape, scale=1 / rate)
        assert posterior.sd[i] == pytest.approx(same.std())
        assert posterior.interval()[1][i] == pytest.approx(same.ppf(0.95))
        assert posterior.probability_below(0.8)[i] == pytest.approx(same.cdf(0.8))
    assert posterior.draws(4000, seed=2).mean(axis=0) == pytest.approx(posterior.mean, abs=0.02)


def test_trimming_leaves_out_a_planted_unit():
    rng = np.random.default_rng(11)
    expected = rng.uniform(20, 80, 100)
    observed = rng.poisson(expected * rng.gamma(60, 1 / 60, 100))
    observed[0] = 4 * expected[0]
    assert not fit_gamma_prior(observed, expected).kept[0]
    assert fit_gamma_prior(observed, expected).shape > 1.3 * fit_gamma_prior(observed, expected, trim=0).shape


def test_units_that_differ_by_chance_or_less_all_get_the_pooled_ratio():
    for method in METHODS:
        prior = fit_gamma_prior([20, 20, 20], [20.0, 20.0, 20.0], method=method)
        assert math.isinf(prior.shape)
        posterior = prior.posterior([20, 5], [20.0, 0.0])
        assert posterior.mean.tolist() == [1, 1]
        assert posterior.sd.tolist() == [0, 0]
        assert posterior.draws(3, seed=0).tolist() == [[1, 1]] * 3


def test_one_unit_no_events_and_nothing_expected_are_decided():
    for method in METHODS:
        one = fit_gamma_prior([6, 0], [4.0, 0.0], method=method)
        assert (one.mean, one.shape) == (1.5, math.inf)
        nothing = fit_gamma_prior([0, 0], [4.0, 5.0], method=method)
        assert nothing.posterior([0, 0], [4.0, 5.0]).mean.tolist() == [0, 0]
    assert fit_gamma_prior([6, 5], [4.0, 4.0]).lower_tail([3], [0.0])[0] == 0.5
    with pytest.raises(ValueError, match="no unit has an expectation"):
        fit_gamma_prior([1], [0.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_gamma_prior([-1], [2.0]), "whole numbers"),
        (lambda: fit_gamma_prior([1], [-2.0]), "negative"),
        (lambda: fit_gamma_prior([1], [math.nan]), "NaN"),
        (lambda: fit_gamma_prior([1], [2.0, 3.0]), "same length"),
        (lambda: fit_gamma_prior([1], [2.0], method="ml"), "method"),
        (lambda: fit_gamma_prior([1], [2.0], trim=-0.1), "trimming"),
    ],
)
def test_impossible_figures_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
