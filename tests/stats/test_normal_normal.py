"""Shrunk means: batters, schools and vaccine trials, likelihoods by loops, and what must hold always."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.stats.normal_normal import METHODS, NormalPrior, fit_normal_prior
from tests.stats.published import (
    BATTERS_AT_BAT,
    BATTERS_HITS,
    BATTERS_REST,
    BATTERS_SHRUNK,
    BCG,
    SCHOOLS,
    SCHOOLS_ERRORS,
)

UNITS = st.lists(st.tuples(st.floats(-20, 20), st.floats(0.1, 5)), min_size=2, max_size=12)


def test_james_stein_matches_efron_and_morris_batters():
    # JASA 70, 312-313: y = √45·arcsin(2p − 1), unit variance, shrunk to the grand mean −3.317 (S = 18.96).
    hits = np.array(BATTERS_HITS)
    y = math.sqrt(BATTERS_AT_BAT) * np.arcsin(2 * hits / BATTERS_AT_BAT - 1)
    ones = np.ones(hits.size)
    prior = fit_normal_prior(y, ones, method="james_stein", trim=0)
    shrunk = (np.sin(prior.posterior(y, ones).mean / math.sqrt(BATTERS_AT_BAT)) + 1) / 2
    assert np.round(shrunk, 3).tolist() == BATTERS_SHRUNK
    assert 1 / (1 + prior.tau2) == pytest.approx(15 / 18.96, abs=5e-4)
    # What shrinking is for: nearer to the rest of the season than the averages were, by a factor of 3.5.
    rest = np.array(BATTERS_REST)
    gain = np.sum((hits / BATTERS_AT_BAT - rest) ** 2) / np.sum((shrunk - rest) ** 2)
    assert gain == pytest.approx(3.5, abs=0.1)


@pytest.mark.parametrize(
    ("method", "tau2", "mean"),
    [("moments", 0.3088, -0.7141), ("reml", 0.3132, -0.7145), ("marginal", 0.2800, -0.7112)],
)
def test_vaccine_trials_match_viechtbauer_2010(method, tau2, mean):
    cases, others, control_cases, control_others = np.array(BCG, dtype=float).T
    y = np.log(cases / (cases + others)) - np.log(control_cases / (control_cases + control_others))
    s = np.sqrt(1 / cases - 1 / (cases + others) + 1 / control_cases - 1 / (control_cases + control_others))
    prior = fit_normal_prior(y, s, method=method, trim=0)
    assert (round(prior.tau2, 4), round(prior.mean, 4)) == (tau2, mean)


@pytest.mark.parametrize("method", ["reml", "marginal", "moments"])
def test_eight_schools_are_pooled_completely(method):
    # Bayesian Data Analysis, section 5.5: the pooled estimate is 7.7; no variance between schools is needed.
    prior = fit_normal_prior(SCHOOLS, SCHOOLS_ERRORS, method=method, trim=0)
    assert (round(prior.mean, 1), prior.tau2) == (7.7, 0)
    assert prior.posterior(SCHOOLS, SCHOOLS_ERRORS).mean == pytest.approx([prior.mean] * 8)


def _minus_twice_log_likelihood(units, tau2, restricted):
    weights = [1 / (s * s + tau2) for _, s in units]
    centre = sum(w * y for w, (y, _) in zip(weights, units, strict=True)) / sum(weights)
    found = sum(w * (y - centre) ** 2 - math.log(w) for w, (y, _) in zip(weights, units, strict=True))
    return found + (math.log(sum(weights)) if restricted else 0)


@pytest.mark.parametrize("method", ["reml", "marginal"])
@settings(max_examples=40)
@given(units=UNITS)
def test_no_variance_on_a_grid_is_likelier_than_the_fit(method, units):
    prior = fit_normal_prior([y for y, _ in units], [s for _, s in units], method=method, trim=0)
    restricted = method == "reml"
    found = _minus_twice_log_likelihood(units, prior.tau2, restricted)
    for tau2 in [0.0, *np.geomspace(1e-3, 1e3, 40)]:
        assert _minus_twice_log_likelihood(units, float(tau2), restricted) >= found - 1e-5


@pytest.mark.parametrize("method", ["reml", "marginal", "moments"])
@settings(max_examples=40)
@given(units=UNITS)
def test_shrunk_means_lie_between_the_observed_and_the_prior_mean(method, units):
    y, s = [a for a, _ in units], [b for _, b in units]
    prior = fit_normal_prior(y, s, method=method)
    posterior = prior.posterior(y, s)
    for i, (value, error) in enumerate(units):
        low, high = sorted((value, prior.mean))
        assert low - 1e-9 <= posterior.mean[i] <= high + 1e-9
        assert posterior.sd[i] <= error
    assert min(y) - 1e-9 <= prior.mean <= max(y) + 1e-9


@given(UNITS, st.floats(0.1, 10), st.floats(-5, 5))
@settings(max_examples=25)
def test_another_unit_of_measurement_changes_nothing_else(units, factor, offset):
    y, s = np.array([a for a, _ in units]), np.array([b for _, b in units])
    prior = fit_normal_prior(y, s, method="moments")
    other = fit_normal_prior(factor * y + offset, factor * s, method="moments")
    assert other.tau2 == pytest.approx(factor**2 * prior.tau2, rel=1e-5, abs=1e-7)
    assert other.mean == pytest.approx(factor * prior.mean + offset, rel=1e-5, abs=1e-6)


def test_trimming_leaves_out_a_planted_unit():
    rng = np.random.default_rng(4)
    y = rng.normal(0, 1, 60)
    y[0] = 9
    kept = fit_normal_prior(y, np.full(60, 0.5)).kept
    assert not kept[0]
    assert kept[1:].mean() > 0.95


def test_one_unit_and_units_alike_have_no_variance_between():
    for method in ("reml", "marginal", "moments"):
        assert fit_normal_prior([3.0], [1.0], method=method).tau2 == 0
        assert fit_normal_prior([3.0] * 4, [1.0] * 4, method=method).tau2 == 0
    assert fit_normal_prior([3.0] * 4, [1.0] * 4, method="james_stein").tau2 == 0


def test_posterior_figures_follow_the_normal_distribution():
    prior = NormalPrior(1.0, 0.25, np.ones(1, dtype=bool))
    posterior = prior.posterior([2.0], [0.5])
    assert posterior.mean[0] == 1.5
    assert posterior.sd[0] == pytest.approx(math.sqrt(0.125))
    lower, upper = posterior.interval(level=0.95)
    assert (lower[0], upper[0]) == pytest.approx((1.5 - 1.959964 * 0.125**0.5, 1.5 + 1.959964 * 0.125**0.5))
    assert posterior.probability_below(1.5)[0] == 0.5
    assert posterior.draws(4000, seed=8).std() == pytest.approx(0.125**0.5, rel=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_normal_prior([], []), "no units"),
        (lambda: fit_normal_prior([math.nan], [1.0]), "NaN"),
        (lambda: fit_normal_prior([1.0], [0.0]), "above 0"),
        (lambda: fit_normal_prior([1.0, 2.0], [1.0]), "same length"),
        (lambda: fit_normal_prior([1.0] * 4, [1.0, 1, 1, 2], method="james_stein"), "equal errors"),
        (lambda: fit_normal_prior([1.0] * 3, [1.0] * 3, method="james_stein"), "four"),
        (lambda: fit_normal_prior([1.0], [1.0], method=METHODS[0] + "x"), "method"),
    ],
)
def test_impossible_figures_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
