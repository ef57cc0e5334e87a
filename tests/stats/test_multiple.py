"""Benjamini and Hochberg's procedure: their example, their rule by loops, and what it promises."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.stats.multiple import benjamini_hochberg

# Benjamini and Hochberg (1995), section 4.1: fifteen hypotheses on a treatment of heart attacks.
HEART = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
HEART += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
P_VALUES = st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.05, 0.5]), max_size=25)


def test_four_of_the_fifteen_published_hypotheses_are_rejected():
    rejected, adjusted = benjamini_hochberg(HEART, level=0.05)
    assert rejected.tolist() == [True] * 4 + [False] * 11
    # p(4) = 0.0095 <= 4/15 · 0.05 = 0.013; adjusted as R's p.adjust prints them.
    assert adjusted[:5] == pytest.approx([0.0015, 0.003, 0.0095, 0.035625, 0.0603])


@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2]))
def test_the_rule_holds_by_loops(p_values, level):
    rejected, adjusted = benjamini_hochberg(p_values, level=level)
    m = len(p_values)
    ordered = sorted(p_values)
    k = max((i for i in range(1, m + 1) if ordered[i - 1] <= i * level / m), default=0)
    assert rejected.tolist() == [k > 0 and p <= ordered[k - 1] for p in p_values]
    for p, found in zip(p_values, adjusted, strict=True):
        after = [m * ordered[j - 1] / j for j in range(1, m + 1) if ordered[j - 1] >= p]
        assert found == pytest.approx(min(1, *after, 1))


@given(P_VALUES, st.randoms())
def test_order_does_not_matter_and_a_looser_level_rejects_no_less(p_values, random):
    rejected, adjusted = benjamini_hochberg(p_values)
    places = list(range(len(p_values)))
    random.shuffle(places)
    again, adjusted_again = benjamini_hochberg([p_values[i] for i in places])
    assert again.tolist() == [rejected[i] for i in places]
    np.testing.assert_array_equal(adjusted_again, adjusted[places])
    assert np.all(benjamini_hochberg(p_values, level=0.1)[0] >= rejected)
    assert np.all(adjusted >= np.array(p_values))


def test_false_discoveries_stay_at_the_level_where_a_tenth_is_real():
    rng = np.random.default_rng(2)
    shares = []
    for _ in range(400):
        p = rng.uniform(size=200)
        p[:20] = rng.beta(0.05, 20, 20)
        rejected, _ = benjamini_hochberg(p, level=0.1)
        shares.append(rejected[20:].sum() / max(rejected.sum(), 1))
    assert np.mean(shares) == pytest.approx(0.1 * 0.9, abs=0.02)


def test_none_one_and_equal_values_are_decided():
    assert benjamini_hochberg([])[0].tolist() == []
    assert benjamini_hochberg([0.05])[0].tolist() == [True]
    assert benjamini_hochberg([0.04] * 3)[0].tolist() == [True] * 3


@pytest.mark.parametrize("p_values", [[math.nan], [1.5], [-0.1], [[0.1]]])
def test_what_is_no_p_value_is_refused(p_values):
    with pytest.raises(ValueError, match="p-values"):
        benjamini_hochberg(p_values)
    with pytest.raises(ValueError, match="false discovery"):
        benjamini_hochberg([0.1], level=5)
