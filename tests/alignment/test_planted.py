"""Planted gaps are found and clean areas left alone: in the sample, and in 17 areas drawn again and again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from analytics.alignment import alignment, mix_of
from analytics.alignment.mix import dispersion_of
from analytics.core.selection import CITY, Selection
from analytics.standard.districts import priority_keys
from analytics.standard.industries import industries
from analytics.store.store import open_store
from sample_data.planted import INDUSTRY_GAPS
from tests.commands import ipdash
from tests.compliance.hand_made import Ledgers

KEYS = [industry.key for industry in industries()]
PLANTED = {(gap.area, gap.industry) for gap in INDUSTRY_GAPS}


def test_the_samples_gaps_are_found_and_no_others(small_store):
    snapshot = open_store(small_store).snapshot()
    found = alignment(snapshot, scope=CITY, selection=Selection("all"))
    told = [(gap["district"], gap["industry"]) for gap in found.gaps if gap["is_firm"]]
    # Of 1,500 services two areas have enough to tell.
    assert set(told) == {("110108", "new_gen_it"), ("110105", "digital_economy")}
    assert set(told) <= PLANTED
    assert {area["district"] for area in found.areas} == set(priority_keys())


def _area(rng, area, *, kept=1.0, again=0.0):
    """Draw clients, a gap in one priority industry, and services; some clients come again and again."""
    priority = np.isin(KEYS, priority_keys()[area])
    weights = np.where(priority, 3.0, 1.0)
    base = rng.multinomial(600, weights / weights.sum())
    industry = np.repeat(np.arange(len(KEYS)), base)
    gap = int(rng.choice(np.flatnonzero(priority)))
    pull = (
        np.where(industry == gap, kept, 1.0) * rng.gamma(1 / again, again, len(industry)) if again else None
    )
    pull = np.where(industry == gap, kept, 1.0) if pull is None else pull
    each = rng.multinomial(900, pull / pull.sum())
    services = np.bincount(industry, each, len(KEYS)).astype(int)
    kinds, number = np.unique(each[each > 0], return_counts=True)
    spread = dispersion_of(kinds, number, base=len(industry))
    return mix_of(services, base, priority, dispersion=spread), gap, priority


@pytest.mark.parametrize("again", [0.0, 1.0])
def test_gaps_of_a_fifth_to_a_half_are_found_and_clean_cells_hardly_ever_flagged(again):
    rng = np.random.default_rng(6)
    found, firm, false, clean = [], [], 0, 0
    for _ in range(4):
        for area in priority_keys():
            mix, gap, _ = _area(rng, area, kept=rng.uniform(0.2, 0.5), again=again)
            found.append(bool(mix.is_gap[gap]))
            firm.append(bool(mix.is_firm[gap]))
            mix, _, priority = _area(rng, area, again=again)
            false, clean = false + int(mix.is_firm.sum()), clean + int(priority.sum())
    # Nominal: the upper end lies below the truth in 2.5 of 100, and a gap needs it below .8 of it.
    assert false <= 0.01 * clean
    # Where clients come again and again (their numbers vary 2.5-fold) as many services are less evidence.
    assert np.mean(found) >= 0.9
    assert np.mean(firm) >= (0.75 if again else 0.9)


def test_services_that_fall_by_chance_are_each_evidence_and_clusters_are_not():
    rng = np.random.default_rng(1)
    for spread, low, high in ((1e-9, 1.0, 1.06), (1.0, 2.3, 2.8)):
        each = rng.poisson(1.5 * (rng.gamma(1 / spread, spread, 20_000) if spread > 0.1 else np.ones(20_000)))
        kinds, number = np.unique(each[each > 0], return_counts=True)
        assert low <= dispersion_of(kinds, number, base=20_000) <= high
    assert dispersion_of([3], [10], base=10) == 1.0
    assert dispersion_of([], [], base=10, unnamed=40) == 1.0
    assert dispersion_of([], [], base=0) == 1.0


def test_other_areas_clients_alone_make_no_firm_gap():
    # A half of the services went to clients from elsewhere, none of them of the priority industry.
    at_home, all_served = [50, 50], [50, 150]
    assert mix_of(all_served, [100, 100], [True, False]).is_firm[0]
    told = mix_of(all_served, [100, 100], [True, False], at_home=at_home)
    assert told.is_gap[0]
    assert not told.is_firm[0]
    assert mix_of([10, 190], [100, 100], [True, False], at_home=[10, 90]).is_firm[0]


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    """Make the worked example of ledgers: 1,000 clients and 400 services in an area of three priorities."""
    folder = tmp_path_factory.mktemp("worked")
    made = Ledgers(folder)
    area = "110107"
    made.station("S1", 所属区域=area, 重点产业=priority_keys()[area][0])
    keys = [*priority_keys()[area], *(key for key in KEYS if key not in priority_keys()[area])][:6]
    number = 0
    for key, services, clients in zip(
        keys, (120, 45, 10, 60, 40, 125), (300, 150, 120, 90, 100, 240), strict=True
    ):
        for place in range(clients):
            number += 1
            own = {"服务对象编号": f"C{number:04}", "类型": "小微企业", "所属区域": area, "所属产业": key}
            made.row("服务对象名录", **own)
            if place < services:
                made.service("S1", 服务对象编号=f"C{number:04}")
    made.imported()
    return folder / "store", area, keys[2]


def test_the_worked_example_holds_through_the_command_line(worked):
    store, area, third = worked
    told = json.loads(ipdash(store, "alignment", "--period", "all", "--format", "json").stdout)
    (found,) = [one for one in told["districts"] if one["district"] == area]
    assert (found["services"], found["clients"], found["dispersion"]) == (400, 1000, 1.0)
    assert found["share"] == pytest.approx(0.4375)
    assert found["interval"] == pytest.approx([0.3897, 0.4865], abs=5e-5)
    assert (found["expected_share"], found["gap_points"]) == pytest.approx((0.57, -13.25))
    assert found["divergence"] == pytest.approx(0.0353, abs=5e-5)
    assert found["divergence_critical"] == pytest.approx(0.005, abs=2e-3)
    (gap,) = told["gaps"]
    assert (gap["district"], gap["industry"], gap["observed"]) == (area, third, 10)
    assert gap["expected"] == pytest.approx(48)
    assert gap["ratio"] == pytest.approx(0.2083, abs=5e-5)
    assert gap["interval"] == pytest.approx([0.0999, 0.3831], abs=5e-5)
    assert gap["interval_by_client"] == pytest.approx(gap["interval"])
    assert gap["reasons"] == ["no_focus"]
