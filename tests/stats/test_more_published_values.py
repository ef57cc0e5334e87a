"""Further values that textbooks and tables print, beyond those each method was built against."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.stats.beta_binomial import BetaPrior
from analytics.stats.change import rate_change, shift_of_values
from analytics.stats.control_chart import xmr_chart
from analytics.stats.funnel import LEVELS
from analytics.stats.intervals import poisson_interval, quantile_ranks, wilson_interval
from analytics.stats.limits import ratio_limits
from analytics.stats.multiple import benjamini_hochberg
from analytics.stats.proportions import exact_interval, jeffreys_interval
from analytics.stats.ratios import ratio_interval


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [
        # Clopper and Pearson's limits as statistical tables print them (Geigy; Pearson and Hartley).
        (0, 10, 0.0, 0.3085),
        (1, 10, 0.0025, 0.4450),
        (2, 10, 0.0252, 0.5561),
        (5, 10, 0.1871, 0.8129),
        (8, 10, 0.4439, 0.9748),
        (10, 100, 0.0490, 0.1762),
        # Agresti, Categorical Data Analysis, 1.4.3: none of 25 students is a vegetarian.
        (0, 25, 0.0, 0.1372),
        # Clopper and Pearson's own experiment with peas in R's binom.test: 682 of 925 are giants.
        (682, 925, 0.7076683, 0.7654066),
    ],
)
def test_exact_limits_match_printed_tables(successes, trials, lower, upper):
    assert np.array(exact_interval(successes, trials)) == pytest.approx([lower, upper], abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "trials", "lower", "upper"),
    [
        # Agresti, Categorical Data Analysis, 1.4.3, and Agresti and Coull (1998): score limits.
        (0, 25, 0.0, 0.133),
        (9, 10, 0.596, 0.982),
        (0, 10, 0.0, 0.278),
        (5, 10, 0.237, 0.763),
    ],
)
def test_score_limits_match_agresti(successes, trials, lower, upper):
    assert np.array(wilson_interval(successes, trials)) == pytest.approx([lower, upper], abs=5e-4)


# Garwood (1936), Biometrika 28, and Pearson and Hartley's table 40: 95 % limits of a Poisson count.
_GARWOOD = {
    0: (0.0, 3.689), 1: (0.0253, 5.572), 2: (0.2422, 7.225), 3: (0.6187, 8.767), 4: (1.090, 10.24),
    5: (1.623, 11.67), 6: (2.202, 13.06), 7: (2.814, 14.42), 8: (3.454, 15.76), 9: (4.115, 17.08),
    10: (4.795, 18.39), 15: (8.395, 24.74), 20: (12.22, 30.89), 25: (16.18, 36.90), 30: (20.24, 42.83),
    50: (37.11, 65.92), 100: (81.36, 121.6),
}  # fmt: skip


def test_poisson_limits_match_the_whole_printed_table():
    counts = np.array(list(_GARWOOD))
    lower, upper = poisson_interval(counts)
    printed = np.array(list(_GARWOOD.values())).T
    assert lower == pytest.approx(printed[0], rel=1e-3)
    assert upper == pytest.approx(printed[1], rel=5e-4)
    # At 99 %, from the same tables.
    assert np.array(poisson_interval([0, 1, 10], level=0.99)) == pytest.approx(
        np.array([[0.0, 0.00501, 3.717], [5.298, 7.430, 21.40]]), rel=1e-3
    )


@pytest.mark.parametrize("expected", [5, 10, 15, 20, 25, 30, 50, 100])
def test_funnel_limits_of_a_ratio_are_garwoods_over_the_expected(expected):
    lower, upper = (np.ravel(part)[0] for part in ratio_limits(expected, level=LEVELS[0], method="exact"))
    assert (lower * expected, upper * expected) == pytest.approx(_GARWOOD[expected], rel=5e-4)


@pytest.mark.parametrize(
    ("n", "lower", "upper"), [(6, 1, 6), (10, 2, 9), (20, 6, 15), (30, 10, 21), (50, 18, 33), (100, 40, 61)]
)
def test_ranks_of_the_median_match_the_table_of_altman_and_others(n, lower, upper):
    # Altman, Machin, Bryant and Gardner (2000), Statistics with Confidence, table 18.4.
    assert [int(rank) for rank in quantile_ranks(n, 0.5)] == [lower, upper]


def test_five_of_25_foods_stay_at_a_rate_of_a_quarter_as_in_mcdonalds_handbook():
    # García-Arenzana et al. (2014) in McDonald, Handbook of Biological Statistics, "Multiple comparisons".
    p = [0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269]
    p += [0.275, 0.34, 0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.94, 0.942, 0.975, 0.986]
    rejected, adjusted = benjamini_hochberg(p, level=0.249)
    assert int(rejected.sum()) == 5
    assert adjusted[:8] == pytest.approx([0.025, 0.1, 0.21, 0.21, 0.21, 0.25, 0.26429, 0.49107], abs=5e-6)


def test_the_shift_matches_hollander_and_wolfes_membranes():
    # Hollander and Wolfe (1973), p. 69; the example of R's wilcox.test: .305 (-.15 to .76).
    at_term = [0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    earlier = [1.15, 0.88, 0.90, 0.74, 1.21]
    assert shift_of_values(at_term, earlier) == pytest.approx((0.305, -0.15, 0.76), abs=1e-9)


def test_individuals_limits_match_montgomerys_cost_of_loans():
    # Montgomery, Introduction to Statistical Quality Control, 6th ed., example 6.5.
    costs = [310, 288, 297, 298, 307, 303, 294, 297, 308, 306]
    costs += [294, 299, 297, 299, 314, 295, 293, 306, 301, 304]
    chart = xmr_chart(costs)
    assert (chart.centre, chart.lower, chart.upper) == pytest.approx((300.5, 279.78, 321.22), abs=0.01)


def test_the_exact_interval_matches_nist_7_2_4_1():
    # NIST/SEMATECH e-Handbook, 7.2.4.1: 4 defective of 20, 90 %.
    assert np.array(exact_interval(4, 20, level=0.9)) == pytest.approx([0.071354, 0.401029], abs=1.5e-6)


def test_jeffreys_limits_match_the_table_of_brown_cai_and_dasgupta():
    # Brown, Cai and DasGupta (2001), Table 5: 2 of 7, where their modified interval is the plain one.
    assert np.array(jeffreys_interval(2, 7)) == pytest.approx([0.065, 0.648], abs=5e-4)


def test_a_standardised_incidence_ratio_matches_the_example_of_r():
    # Dobson and others (1991) in R's poisson.test: 137 cases against 24.19893 expected.
    found = [float(part) for part in ratio_interval(137, 24.19893)]
    assert found == pytest.approx([5.661407, 4.753125, 6.692709], abs=1e-6)


def test_a_ratio_of_two_rates_matches_the_example_of_r():
    # Pumphrey and others (2012) in R's poisson.test: 11 in 800 against 6 + 8 + 7 in 1083 + 1050 + 878.
    found = [float(part) for part in rate_change(11, 21, 800, 3011)]
    assert found == pytest.approx([1.971488, 0.8584264, 4.277266], abs=1e-6)


def test_adjusted_p_values_match_the_example_of_scipy_and_are_those_of_p_adjust():
    # SciPy's false_discovery_control prints these for the fifteen p-values of Benjamini and Hochberg (1995).
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262]
    p += [0.5719, 0.6528, 0.7590, 1.0]
    printed = [0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.06385714, 0.06385714, 0.0645, 0.0765, 0.486]
    printed += [0.58118182, 0.714875, 0.75323077, 0.81321429, 1.0]
    assert benjamini_hochberg(p)[1] == pytest.approx(printed, abs=5e-9)


def test_an_interval_reaches_to_the_mean_of_a_posterior_that_leans_to_one_end():
    # Beta(50, 1e-5): nearly all of it lies at 1, above a mean that the rest pulls down.
    prior = BetaPrior(1 - 1e-6, 10.0, np.ones(1, dtype=bool))
    posterior = prior.posterior([40], [40])
    lower, upper = posterior.interval(level=0.95)
    assert lower[0] <= posterior.mean[0] <= upper[0]
    assert posterior.quantile(0.025)[0] > posterior.mean[0]
