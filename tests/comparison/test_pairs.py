"""Differences between two units: published values, masked rows, counts."""

import pytest

from analytics.comparison.pairs import APART, CHANCE, NOT_HELD, TOO_FEW, difference
from analytics.measures import registry

SHARE, DAYS = registry.get("satisfaction_rate"), registry.get("response_days")


def row(value, observed, n, interval, *, masked=False):
    return {"value": value, "observed": observed, "n": n, "interval": interval, "masked": masked}


def test_shares_differ_as_newcombe_1998_published():
    found = difference(SHARE, row(0.8, 56, 70, [0.69, 0.88]), row(0.6, 48, 80, [0.49, 0.70]))
    assert (found.size, found.lower, found.upper) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert found.verdict is APART
    assert found.is_apart


def test_an_interval_that_holds_zero_is_within_chance():
    found = difference(SHARE, row(0.8, 8, 10, [0.5, 0.9]), row(0.7, 7, 10, [0.4, 0.9]))
    assert found.verdict is CHANCE
    assert found.lower < 0.0 < found.upper


def test_medians_differ_by_their_own_intervals():
    found = difference(DAYS, row(3.0, None, 50, [2.5, 3.5]), row(1.0, None, 50, [0.8, 1.2]))
    assert found.size == pytest.approx(2.0)
    # MOVER: the distances of the bounds, squared and added.
    assert found.lower == pytest.approx(2.0 - (0.5**2 + 0.2**2) ** 0.5)
    assert found.verdict is APART


def test_medians_of_a_few_records_are_not_compared():
    found = difference(DAYS, row(3.0, None, 1, [3.0, 3.0]), row(1.0, None, 50, [0.8, 1.2]))
    assert found.verdict is TOO_FEW
    assert found.size is None


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_computed_of_a_masked_row(which):
    rows = [row(0.8, 56, 70, [0.69, 0.88]), row(0.6, 48, 80, [0.49, 0.70])]
    rows[which] = row(None, None, None, None, masked=True)
    found = difference(SHARE, *rows)
    assert found.verdict is TOO_FEW
    assert (found.size, found.lower, found.upper) == (None, None, None)


def test_volumes_are_not_held_against_each_other():
    counts = row(10, 10, 10, [4.8, 18.4]), row(48, 48, 48, [35.0, 64.0])
    assert difference(registry.get("services"), *counts).verdict is NOT_HELD
