"""Control charts and seasons: published charts, the rules by loops, and false alarms counted."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.control_chart import RULES, xmr_chart
from analytics.stats.season import seasonal_index
from tests.stats.published import PASSENGERS

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2.
NIST = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
SERIES = st.lists(st.integers(-9, 9).map(float), min_size=2, max_size=30)


def test_limits_match_nist_6_3_2_2():
    chart = xmr_chart(NIST)
    assert (round(chart.centre, 2), round(chart.range_mean, 4)) == (50.81, 1.8778)
    assert (round(chart.upper, 4), round(chart.lower, 4)) == (55.8041, 45.8159)
    assert not chart.signals.any()
    # 2.66 mean ranges, as it is usually put.
    assert chart.upper - chart.centre == pytest.approx(2.66 * chart.range_mean, rel=2e-4)
    assert chart.range_upper == pytest.approx(3.267 * 1.87778, abs=1e-3)


def _slow_signals(x, chart, length):
    marks = {rule: [False] * len(x) for rule in RULES}
    for t in range(len(x)):
        marks["outside"][t] = x[t] > chart.upper + 1e-9 or x[t] < chart.lower - 1e-9
        row = x[max(0, t - length + 1) : t + 1]
        if len(row) == length:
            marks["one_side"][t] = all(v > chart.centre + 1e-9 for v in row) or all(
                v < chart.centre - 1e-9 for v in row
            )
            rises = [row[i + 1] - row[i] for i in range(length - 1)]
            marks["run"][t] = all(r > 0 for r in rises) or all(r < 0 for r in rises)
        three = x[max(0, t - 2) : t + 1]
        high = [v > chart.centre + 2 * chart.sigma + 1e-9 for v in three]
        low = [v < chart.centre - 2 * chart.sigma - 1e-9 for v in three]
        marks["outer_third"][t] = (high[-1] and sum(high) >= 2) or (low[-1] and sum(low) >= 2)
    return [marks[rule] for rule in RULES]


@given(SERIES, st.integers(3, 8), st.none() | st.integers(0, 12))
def test_limits_and_rules_match_loops(x, length, judged):
    chart = xmr_chart(x, judged=judged, length=length)
    first = 0 if judged is None else max(0, len(x) - judged)
    base = x if judged is None or first == 0 else x[:first]
    if len(base) < 2:
        assert math.isnan(chart.centre)
        assert not chart.signals.any()
        return
    ranges = [abs(b - a) for a, b in pairwise(base)]
    assert chart.centre == pytest.approx(sum(base) / len(base), abs=1e-12)
    assert chart.range_mean == pytest.approx(sum(ranges) / len(ranges))
    assert chart.upper == pytest.approx(chart.centre + 3 * chart.range_mean / 1.128)
    expected = np.array(_slow_signals(x, chart, length))
    expected[:, :first] = False
    np.testing.assert_array_equal(chart.signals, expected)


@given(SERIES, st.integers(-50, 50), st.sampled_from([0.5, 2.0, 4.0]))
def test_another_unit_or_sign_moves_limits_and_keeps_signals(x, offset, factor):
    chart = xmr_chart(x)
    other = xmr_chart([factor * v + offset for v in x])
    assert other.upper == pytest.approx(factor * chart.upper + offset)
    mirrored = xmr_chart([-v for v in x])
    assert mirrored.lower == pytest.approx(-chart.upper)
    np.testing.assert_array_equal(mirrored.signals, chart.signals)


def test_each_rule_signals_at_the_point_that_completes_its_pattern():
    calm = [10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9, 10, 11, 9]
    cases = {
        "outside": [*calm, 30],
        "one_side": [*calm, *[11] * 7],
        "run": [*calm, *[8.0, 8.5, 9.2, 9.9, 10.4, 10.9, 11.4]],
        "outer_third": [*calm, 13.4, 10, 13.4],
    }
    for rule, series in cases.items():
        chart = xmr_chart(series, baseline=[i < 18 for i in range(len(series))])
        marks = chart.signals[RULES.index(rule)]
        assert np.flatnonzero(marks).tolist() == [len(series) - 1], rule
        assert chart.any_signal[-1]


def test_the_baseline_is_frozen_and_only_judged_points_signal():
    series = [*NIST, 60, 40, 52, 51, 50, 51]
    chart = xmr_chart(series, judged=6)
    assert chart.upper == pytest.approx(xmr_chart(NIST).upper)
    assert np.flatnonzero(chart.signals[0]).tolist() == [10, 11]
    assert not xmr_chart(series, judged=4).signals[0].any()
    assert not xmr_chart(series, judged=0).any_signal.any()


def test_ranges_do_not_span_a_gap_in_the_baseline():
    chart = xmr_chart([1.0, 2.0, 99.0, 50.0, 51.0], baseline=[True, True, False, True, True])
    assert chart.range_mean == 1
    assert chart.centre == pytest.approx(26)


def test_limits_stop_where_the_quantity_ends():
    chart = xmr_chart([0.9, 1.0, 0.8, 1.0, 0.9], lowest=0, highest=1)
    assert chart.upper == 1
    assert 0 <= chart.lower < 0.9


def test_a_series_that_never_varies_signals_only_what_differs():
    flat = xmr_chart([0.1] * 12)
    assert not flat.signals.any()
    assert flat.lower == pytest.approx(flat.upper)
    assert xmr_chart([0.1] * 12 + [0.2], judged=1).signals[0, -1]


def test_short_series_have_no_limits_and_no_signals():
    for series in ([], [5.0]):
        chart = xmr_chart(series)
        assert math.isnan(chart.upper)
        assert chart.signals.shape == (4, len(series))
        assert not chart.signals.any()


def test_false_alarms_of_six_months_against_two_frozen_years_are_few():
    rng = np.random.default_rng(3)
    alarmed = [xmr_chart(row, judged=6).any_signal.any() for row in rng.normal(size=(1500, 30))]
    # Four rules over six months, against limits that are themselves estimated.
    assert np.mean(alarmed) == pytest.approx(0.13, abs=0.05)


def test_the_season_matches_r_decompose_of_airline_passengers():
    found = seasonal_index(PASSENGERS, [i % 12 + 1 for i in range(144)])
    expected = [0.9102304, 0.8836253, 1.0073663, 0.9759060, 0.9813780, 1.1127758]
    expected += [1.2265555, 1.2199110, 1.0604919, 0.9217572, 0.8011781, 0.8988244]
    assert [found[month] for month in range(1, 13)] == pytest.approx(expected, abs=5e-8)


@given(st.integers(24, 50), st.integers(1, 1000), st.randoms())
def test_the_season_matches_loops(months, scale, random):
    totals = [scale * random.randint(1, 20) for _ in range(months)]
    labels = [i % 12 for i in range(months)]
    found = seasonal_index(totals, labels)
    ratios = {}
    for t in range(6, months - 6):
        level = (totals[t - 6] / 2 + sum(totals[t - 5 : t + 6]) + totals[t + 6] / 2) / 12
        ratios.setdefault(labels[t], []).append(totals[t] / level)
    means = {m: sum(r) / len(r) for m, r in ratios.items()}
    average = sum(means.values()) / 12
    assert found == pytest.approx({m: value / average for m, value in means.items()})


def test_a_planted_season_is_found_under_growth_and_spring_festival_has_its_own():
    pattern = np.array([0.8, 1.0, 1.0, 1.4, 1.0, 0.9, 0.9, 0.9, 1.0, 1.0, 1.0, 1.1])
    labels = [i % 12 for i in range(48)]
    # Spring Festival: January in the first and third year, February in the others.
    factors = np.tile(pattern, 4)
    for month in (0, 13, 24, 37):
        labels[month], factors[month] = 99, 0.5
    found = seasonal_index(1000 * 1.01 ** np.arange(48) * factors, labels)
    assert found[99] < 0.62
    assert found[3] == max(found.values())
    plain = seasonal_index(1000 * 1.01 ** np.arange(48) * np.tile(pattern, 4), [i % 12 for i in range(48)])
    assert [plain[m] for m in range(12)] == pytest.approx(pattern / pattern.mean(), abs=0.01)


def test_one_odd_year_passes_the_median():
    totals = [100.0] * 60
    totals[27] = 1000.0
    labels = [i % 12 for i in range(60)]
    assert seasonal_index(totals, labels)[3] > 1.5
    assert seasonal_index(totals, labels, average="median")[3] == pytest.approx(1, abs=0.03)


def test_without_two_cycles_or_without_anything_there_is_no_season():
    assert seasonal_index([5.0] * 20, [i % 12 for i in range(20)]) == dict.fromkeys(range(12), 1.0)
    assert set(seasonal_index([0.0] * 36, [i % 12 for i in range(36)]).values()) == {1.0}
    assert seasonal_index([], []) == {}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: xmr_chart([1.0, math.nan]), "NaN"),
        (lambda: xmr_chart([[1.0]]), "one row"),
        (lambda: xmr_chart([1.0], length=2), "at least 3"),
        (lambda: xmr_chart([1.0], judged=-1), "judged"),
        (lambda: xmr_chart([1.0], baseline=[True, True]), "baseline"),
        (lambda: seasonal_index([-1.0], [1]), "negative"),
        (lambda: seasonal_index([1.0], [1, 2]), "same length"),
        (lambda: seasonal_index([1.0], [1], period=1), "cycle"),
        (lambda: seasonal_index([1.0], [1], average="mode"), "mean or median"),
    ],
)
def test_impossible_series_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
