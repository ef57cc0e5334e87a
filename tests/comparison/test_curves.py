"""The limits that a chart draws agree with the zones that units were put in."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.comparison.curves import Shape, curve, limits, shares_between
from analytics.stats.adjusted import adjusted_funnel

CHANCE = np.random.default_rng(7)
SHARE = Shape("share", 0.9, 0.0004)


def test_a_unit_with_the_citys_mix_is_drawn_at_its_own_share() -> None:
    n = np.array([12.0, 80.0, 400.0, 3000.0])
    value = np.array([0.5, 0.85, 0.97, 0.9])
    expected = np.full(4, SHARE.target)
    drawn = shares_between(value, expected, limits(SHARE, n), SHARE, n)
    assert drawn == pytest.approx(value)


@pytest.mark.parametrize("spread", [0.0, 0.06])
def test_points_lie_between_the_lines_that_their_zone_names(spread: float) -> None:
    n = CHANCE.integers(10, 2000, 190).astype(float)
    p = CHANCE.uniform(0.8, 0.97, 190)
    x = CHANCE.binomial(n.astype(int), np.clip(p + CHANCE.normal(0, spread, 190), 0.0, 1.0)).astype(float)
    funnel = adjusted_funnel(x, n, p * n)
    shape = Shape("share", float((p * n).sum() / n.sum()), funnel.dispersion.tau2)
    drawn = shares_between(x / n, p, (funnel.lower, funnel.upper), shape, n)
    lower, upper = limits(shape, n)
    zone = np.sum(drawn > upper + 1e-12, axis=0) - np.sum(drawn < lower - 1e-12, axis=0)
    assert zone.tolist() == funnel.zone.tolist()


def test_limits_narrow_with_size_towards_what_units_differ_by() -> None:
    drawn = curve(SHARE, np.array([10.0, 100000.0]))
    width = np.array(drawn["upper"]) - np.array(drawn["lower"])
    assert (np.diff(width, axis=1) < 1e-9).all()
    assert width[0, -1] == pytest.approx(2 * 1.96 * 0.02, rel=0.05)
    assert width[1, -1] > width[0, -1]


def test_ratio_limits_are_those_of_the_poisson_tail() -> None:
    lower, upper = limits(Shape("ratio", 1.0, 0.0), np.array([15.0]))
    # Chances of a count so low and so high with 15 expected, from the tails of the distribution.
    from scipy.stats import poisson

    assert poisson.cdf(np.floor(lower[0] * 15 - 1e-9), 15) < 0.026
    assert poisson.sf(np.ceil(upper[0] * 15 + 1e-9) - 1, 15) < 0.026


def test_limits_of_days_stand_around_the_geometric_mean() -> None:
    shape = Shape("days", 2.5, 0.0, deviation=1.0, shift=0.5)
    lower, upper = limits(shape, np.array([100.0]))
    assert lower[0, 0] == pytest.approx(2.5 * np.exp(-1.96 * 0.1) - 0.5, rel=1e-4)
    assert upper[0, 0] == pytest.approx(2.5 * np.exp(1.96 * 0.1) - 0.5, rel=1e-4)
