"""Shrunk shares: the rats of Bayesian Data Analysis, searches by hand, and what shrinking must never do."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta

from analytics.stats.beta_binomial import METHODS, BetaPrior, fit_beta_prior
from analytics.stats.hyperprior import beta_hyperposterior
from analytics.stats.ranks import rank_units
from tests.stats.published import RATS, RATS_TUMOURS
from tests.stats.slow import beta_binomial_upto

UNITS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=15).filter(
    lambda units: any(a + b for a, b in units)
)


def _columns(units):
    return [a for a, _ in units], [a + b for a, b in units]


def test_raw_moments_match_gelmans_historical_rats():
    # Section 5.1: mean .136 and standard deviation .103 of 70 experiments give α = 1.4, β = 8.6; with 4 of 14
    # in the current one the posterior is Beta(5.4, 18.6), mean .223, standard deviation .083.
    prior = fit_beta_prior(RATS_TUMOURS[:70], RATS[:70], method="raw_moments", trim=0)
    assert (round(prior.alpha, 1), round(prior.beta, 1)) == (1.4, 8.6)
    current = prior.posterior([4], [14])
    assert round(float(current.mean[0]), 3) == 0.223
    assert round(float(current.sd[0]), 3) == 0.083


def test_the_full_posterior_matches_gelmans_rats():
    # Section 5.3: E(α | y) = 2.4 and E(β | y) = 14.3 for all 71 experiments.
    found = beta_hyperposterior(RATS_TUMOURS, RATS)
    assert (round(found.mean_alpha, 1), round(found.mean_beta, 1)) == (2.4, 14.3)
    # Shrunk towards the middle, more so the small: 0 of 20 and 4 of 14 on the two sides of the pooled 15 %.
    means = found.mean()
    assert 0 < means[0] < 267 / 1739 < means[-1] < 4 / 14
    draws = found.draws(4000, seed=3)
    assert draws.mean(axis=0) == pytest.approx(means, abs=0.01)


def _log_likelihood(units, a, b):
    return math.fsum(
        math.lgamma(a + x) - math.lgamma(a) + math.lgamma(b + n - x) - math.lgamma(b)
        + math.lgamma(a + b) - math.lgamma(a + b + n)
        for x, n in units
    )  # fmt: skip


def test_the_marginal_fit_matches_a_climb_in_ever_smaller_steps():
    rats = list(zip(RATS_TUMOURS, RATS, strict=True))
    at, step = (math.log(1.0), math.log(5.0)), 0.5
    while step > 1e-5:
        around = [(at[0] + i * step, at[1] + j * step) for i in (-1, 0, 1) for j in (-1, 0, 1)]
        best = max(around, key=lambda p: _log_likelihood(rats, math.exp(p[0]), math.exp(p[1])))
        at, step = best, step if best != at else step / 2
    prior = fit_beta_prior(RATS_TUMOURS, RATS, trim=0)
    assert (prior.alpha, prior.beta) == pytest.approx((math.exp(at[0]), math.exp(at[1])), rel=1e-3)


@settings(max_examples=40)
@given(UNITS)
def test_no_prior_on_a_grid_is_likelier_than_the_marginal_fit(units):
    x, n = _columns(units)
    prior = fit_beta_prior(x, n, trim=0)
    if math.isinf(prior.concentration):
        if prior.mean in (0, 1):
            return
        found = sum(a * math.log(prior.mean) + b * math.log1p(-prior.mean) for a, b in units)
    else:
        found = _log_likelihood(list(zip(x, n, strict=True)), prior.alpha, prior.beta)
    for mean in np.linspace(0.02, 0.98, 13):
        for size in (0.05, 0.5, 2.0, 8.0, 40.0, 300.0, 5000.0):
            there = _log_likelihood(list(zip(x, n, strict=True)), mean * size, (1 - mean) * size)
            assert there <= found + 1e-5


def _kleinman(units):
    total = sum(n for _, n in units)
    p = sum(x for x, _ in units) / total
    w = [n / total for _, n in units]
    s = sum(wi * (x / n - p) ** 2 for wi, (x, n) in zip(w, units, strict=True))
    noise = sum(wi * (1 - wi) / n for wi, (_, n) in zip(w, units, strict=True))
    between = p * (1 - p) * (sum(wi * (1 - wi) for wi in w) - noise)
    return p, (s - p * (1 - p) * noise) / between if between > 0 else 0.0


@given(UNITS)
def test_moments_match_kleinmans_formula_by_loops(units):
    x, n = _columns(units)
    prior = fit_beta_prior(x, n, method="moments", trim=0)
    p, correlation = _kleinman([pair for pair in zip(x, n, strict=True) if pair[1]])
    assert prior.mean == pytest.approx(p)
    if correlation <= 1e-6:
        assert math.isinf(prior.concentration) or prior.concentration > 1e5
    else:
        assert prior.concentration == pytest.approx(max(1 / correlation - 1, 0.01), rel=1e-6)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=40)
@given(units=UNITS)
def test_shrunk_shares_lie_between_the_observed_and_the_prior_mean(method, units):
    x, n = _columns(units)
    prior = fit_beta_prior(x, n, method=method)
    posterior = prior.posterior(x, n)
    lower, upper = posterior.interval(level=0.9)
    for i in range(len(units)):
        observed = x[i] / n[i] if n[i] else prior.mean
        low, high = sorted((observed, prior.mean))
        assert low - 1e-9 <= posterior.mean[i] <= high + 1e-9
        assert 0 <= lower[i] <= upper[i] <= 1
    below = posterior.probability_below(prior.mean - 0.05)
    assert np.all((below >= 0) & (below <= 1))


def test_posterior_figures_match_scipys_beta_distribution():
    prior = BetaPrior(0.85, 40.0, np.ones(3, dtype=bool))
    posterior = prior.posterior([5, 90, 0], [10, 100, 0])
    assert posterior.mean == pytest.approx([39 / 50, 124 / 140, 0.85])
    for i, (a, b) in enumerate([(39, 11), (124, 16), (34, 6)]):
        assert posterior.sd[i] == pytest.approx(beta(a, b).std())
        assert posterior.interval()[0][i] == pytest.approx(beta(a, b).ppf(0.05))
        assert posterior.probability_below(0.8)[i] == pytest.approx(beta(a, b).cdf(0.8))
    draws = posterior.draws(4000, seed=1)
    assert draws.shape == (4000, 3)
    assert draws.mean(axis=0) == pytest.approx(posterior.mean, abs=0.005)
    assert np.array_equal(draws, posterior.draws(4000, seed=1))


@given(st.integers(1, 25).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 60))
def test_tails_match_the_beta_binomial_distribution_by_summing(counts, size):
    x, n = counts
    prior = BetaPrior(0.7, size, np.ones(1, dtype=bool))
    upto = beta_binomial_upto(x, n, 0.7 * size, 0.3 * size)
    under = beta_binomial_upto(x - 1, n, 0.7 * size, 0.3 * size) if x else 0
    middle = (upto + under) / 2
    assert prior.tail([x], [n])[0] == pytest.approx(min(1, 2 * min(middle, 1 - middle)), abs=3e-4)


def test_trimming_leaves_out_planted_units_and_keeps_the_prior_of_the_rest():
    rng = np.random.default_rng(5)
    trials = rng.integers(30, 200, 200)
    shares = rng.beta(85, 15, 200)
    shares[:12] = 0.5
    x = rng.binomial(trials, shares)
    rest = fit_beta_prior(x[12:], trials[12:], trim=0)
    whole, trimmed = fit_beta_prior(x, trials, trim=0), fit_beta_prior(x, trials)
    # One that few clients rated may pass for an ordinary one.
    assert trimmed.kept[:12].sum() <= 1
    assert trimmed.kept[12:].mean() > 0.97
    assert abs(math.log(trimmed.concentration / rest.concentration)) < 0.35
    assert whole.concentration < 0.5 * rest.concentration


def test_trimming_never_drops_more_than_a_fifth():
    prior = fit_beta_prior([50] * 10 + [0] * 5 + [100] * 5, [100] * 20, trim=0.4)
    assert prior.kept.sum() >= 16


def test_units_that_differ_by_chance_or_less_all_get_the_pooled_share():
    for method in METHODS:
        prior = fit_beta_prior([17, 17, 17], [20, 20, 20], method=method)
        assert math.isinf(prior.concentration)
        posterior = prior.posterior([17, 0, 5], [20, 0, 5])
        assert posterior.mean.tolist() == pytest.approx([0.85] * 3)
        assert posterior.sd.tolist() == [0, 0, 0]
        assert posterior.interval()[0].tolist() == posterior.interval()[1].tolist()
        assert posterior.probability_below([0.8, 0.9, 0.85]).tolist() == [0, 1, 0]
        ranks = rank_units(posterior.draws(400, seed=0))
        assert ranks.lower.tolist() == [1, 1, 1]
        assert ranks.upper.tolist() == [3, 3, 3]


def test_one_unit_and_units_without_trials_are_decided():
    for method in METHODS:
        one = fit_beta_prior([3, 0], [4, 0], method=method)
        assert (one.mean, one.concentration) == (0.75, math.inf)
        assert one.posterior([3, 0], [4, 0]).mean.tolist() == [0.75, 0.75]
        nobody = fit_beta_prior([0, 0, 0], [5, 9, 4], method=method)
        assert nobody.posterior([0, 0, 0], [5, 9, 4]).mean.tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="no unit has trials"):
        fit_beta_prior([0, 0], [0, 0])


def test_huge_units_hardly_shrink():
    x, n = [850_000_000, 800_000_000, 8], [10**9, 10**9, 10]
    prior = fit_beta_prior(x, n)
    posterior = prior.posterior(x, n)
    assert posterior.mean[:2] == pytest.approx([0.85, 0.8], abs=1e-5)
    assert np.isfinite(posterior.interval()[0]).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fit_beta_prior([3], [2]), "exceed"),
        (lambda: fit_beta_prior([math.nan], [2]), "whole numbers"),
        (lambda: fit_beta_prior([1], [2], method="bayes"), "marginal, moments, raw_moments"),
        (lambda: fit_beta_prior([1], [2], trim=0.5), "trimming"),
        (lambda: fit_beta_prior([[1]], [[2]]), "rows"),
        (lambda: fit_beta_prior([1, 2], [2, 3]).posterior([3], [2]), "exceed"),
        (lambda: fit_beta_prior([1, 2], [2, 3]).posterior([1], [2]).probability_below(math.nan), "number"),
        (lambda: fit_beta_prior([1, 2], [2, 3]).posterior([1], [2]).draws(0, seed=1), "draws"),
        (lambda: fit_beta_prior([1, 2], [2, 3]).posterior([1], [2]).interval(level=2), "level"),
        (lambda: beta_hyperposterior([0, 0], [3, 4]), "successes and failures"),
        (lambda: beta_hyperposterior([1], [3]), "two units"),
    ],
)
def test_impossible_figures_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
