"""The search of two unknowns finds what is known, stops at bounds, and does no worse than a general one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from analytics.stats import beta_binomial, gamma_poisson
from analytics.stats.descent import least_of_two


def rosenbrock(where):
    x, y = where
    slope = np.array([-400.0 * x * (y - x * x) - 2.0 * (1.0 - x), 200.0 * (y - x * x)])
    return float(100.0 * (y - x * x) ** 2 + (1.0 - x) ** 2), slope


def bend(where):
    x, y = where
    return 1200.0 * x * x - 400.0 * y + 2.0, -400.0 * x, 200.0


def test_the_valley_of_rosenbrock_ends_at_one_and_one():
    far = np.array([10.0, 10.0])
    found, value = least_of_two(np.array([-1.2, 1.0]), -far, far, loss=rosenbrock, curvature=bend)
    assert found == pytest.approx([1.0, 1.0], abs=1e-6)
    assert value == pytest.approx(0.0, abs=1e-12)


def test_a_bound_stops_one_unknown_and_the_other_goes_on():
    # Along x ≤ 0.5 the valley is lowest where y = x².
    high = np.array([0.5, 10.0])
    found, _ = least_of_two(np.array([-1.2, 1.0]), -20.0 * high, high, loss=rosenbrock, curvature=bend)
    assert found == pytest.approx([0.5, 0.25], abs=1e-6)


@pytest.mark.parametrize("seed", range(6))
def test_priors_are_fitted_no_worse_than_by_a_general_optimiser(seed):
    chance = np.random.default_rng(seed)
    units = int(chance.choice([3, 17, 190]))
    trials = chance.integers(1, 400, units).astype(float)
    successes = chance.binomial(trials.astype(int), chance.beta(6.0, 2.0, units)).astype(float)
    expected = chance.lognormal(3.0, 1.0, units)
    events = chance.poisson(expected * chance.gamma(5.0, 0.2, units)).astype(float)
    shares = successes, trials, np.ones(units)
    ratios = events, expected
    for module, data in ((beta_binomial, shares), (gamma_poisson, ratios)):
        bounds = [(-20.0, 20.0), (np.log(module.WIDEST), np.log(module.NARROWEST))]
        general = minimize(
            module._loss, np.array([0.0, 1.0]), args=data, jac=True, method="L-BFGS-B", bounds=bounds
        )
        low, high = (np.array(side) for side in zip(*bounds, strict=True))
        _, value = least_of_two(
            np.array([0.0, 1.0]), low, high,
            loss=lambda where, module=module, data=data: module._loss(where, *data),
            curvature=lambda where, module=module, data=data: module._curvature(where, *data),
        )  # fmt: skip
        assert value <= general.fun + 1e-10
