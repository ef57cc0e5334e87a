"""Many overlapping questions of a reader without records do not add up to what each of them hides."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations

import numpy as np
import pytest
from scipy.optimize import linprog

from analytics.core.periods import Period
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import evaluate
from analytics.measures.parts import parts_of
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, institutions, services

READERS = [(Scope("city", None, "bureau"), 5), (Scope("city", None, "public"), 10)]
MONTHS = [f"2026-{month:02}" for month in range(1, 13)]
# Ratings of each of ten stations in March, and of the first one, which has more, in each month.
_STATIONS = dict(zip((f"S{n}" for n in range(10)), (9, 3, 14, 2, 20, 1, 4, 33, 6, 12), strict=True))
_MONTHS = dict(zip(MONTHS, (4, 14, 9, 2, 20, 3, 6, 1, 9, 33, 2, 12), strict=True))


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    wanted = [("S0", month, count) for month, count in _MONTHS.items()]
    wanted += [(station, "2026-03", count) for station, count in _STATIONS.items() if station != "S0"]
    rows = [
        {
            "record_id": f"{station}{month}{n}",
            "institution_id": station,
            "rating": 5 if n % 7 else 2,
            "received_at": datetime(2026, int(month[5:]), 3, 10),
        }
        for station, month, count in wanted
        for n in range(count)
    ]
    store = open_store(tmp_path_factory.mktemp("overlap") / "store")
    with store.writing() as connection:
        load_batch(connection, batch(institutions(*_STATIONS), services(*rows)), Settings())
    return store.snapshot()


def shown(snapshot, scope, period, **filters):
    (row,) = evaluate(snapshot, "ratings", scope=scope, selection=Selection.of(period, **filters)).rows
    return None if row["masked"] else row["value"]


def possible(answers, truth, limit):
    """Return how many whole numbers each small cell may still be, by linear programming over all answers.

    An answer of one part says within what its whole lies; one of several parts is their sum and says no more.
    """
    rows, bounds = [], []
    for cells, value in answers.items():
        low, high = (1, limit - 1) if value is None else (value - limit / 2, value + (limit - 1) // 2)
        row = np.isin(np.arange(len(truth)), cells).astype(float)
        rows += [row, -row]
        bounds += [high, -max(low, 0)]
    left = []
    for place in np.flatnonzero((truth > 0) & (truth < limit)):
        aim = np.eye(len(truth))[place]
        low = linprog(aim, rows, bounds, bounds=(0, None)).fun
        high = -linprog(-aim, rows, bounds, bounds=(0, None)).fun
        assert low - 1e-6 <= truth[place] <= high + 1e-6
        left.append(np.floor(high + 1e-6) - np.ceil(low - 1e-6) + 1)
    return np.array(left)


@pytest.mark.parametrize(("scope", "limit"), READERS, ids=["bureau", "public"])
def test_all_runs_of_months_together_leave_every_hidden_month_open(snapshot, scope, limit):
    single = {month: shown(snapshot, scope, month, institution="S0") for month in MONTHS}
    whole = {}
    for first, last in combinations(range(12), 2):
        asked = Period(MONTHS[first], MONTHS[last])
        value = shown(snapshot, scope, str(asked), institution="S0")
        parts = parts_of((), Selection.of(str(asked), institution="S0"), asked)
        if parts is None:
            whole[tuple(range(first, last + 1))] = value
        elif value is not None:
            # Years, quarters and months again, nothing of its own.
            blocks = sorted(set(parts.blocks.values()))
            told = [shown(snapshot, scope, block, institution="S0") for block in blocks]
            masked = sum(part is None for part in told)
            assert value % limit == 0
            assert 0 <= value - sum(part or 0 for part in told) <= masked * limit
    whole |= {(place,): value for place, value in enumerate(single.values())}
    left = possible(whole, np.array(list(_MONTHS.values())), limit)
    assert left.size >= 5
    assert left.min() >= 2


@pytest.mark.parametrize(("scope", "limit"), READERS, ids=["bureau", "public"])
def test_pairs_complements_and_totals_of_stations_leave_every_hidden_station_open(snapshot, scope, limit):
    codes = tuple(_STATIONS)
    single = {code: shown(snapshot, scope, "2026-03", institution=code) for code in codes}
    assert sum(value is None for value in single.values()) >= 4
    pairs = {}
    for chosen in [*combinations(codes, 2), *combinations(codes, 9)]:
        value = shown(snapshot, scope, "2026-03", institution=chosen)
        known = [single[code] for code in chosen if single[code] is not None]
        pairs[chosen] = value
        if value is not None:
            assert 0 <= value - sum(known) <= (len(chosen) - len(known)) * limit
    # A small station adds the same nothing or limit to whatever it stands beside.
    for code in (code for code in codes if single[code] is None):
        others = [other for other in codes if single[other] is not None]
        adds = {pairs[tuple(sorted((code, other)))] - single[other] for other in others}
        assert adds in ({0}, {limit})
    whole = {(place,): value for place, value in enumerate(single.values())}
    whole[tuple(range(len(codes)))] = shown(snapshot, scope, "2026-03")
    left = possible(whole, np.array(list(_STATIONS.values())), limit)
    assert left.min() >= 2


def test_shares_of_several_values_are_those_of_their_parts_and_near_the_truth(snapshot):
    asked = Selection.of("2026-01..2026-10", institution=("S0", "S7"))
    for scope, _ in READERS:
        (row,) = evaluate(snapshot, "satisfaction_rate", scope=scope, selection=asked).rows
        (true,) = evaluate(snapshot, "satisfaction_rate", scope=CITY, selection=asked).rows
        assert row["value"] == pytest.approx(true["value"], abs=0.1)
        assert row["lower"] <= row["value"] <= row["upper"]


def test_who_may_see_records_gets_exact_sums_and_single_parts_stay_as_they_were(snapshot):
    assert shown(snapshot, CITY, "2026-01..2026-10", institution=("S0", "S1")) == 101 + 3
    year, run = Period("2026-01", "2026-12"), Period("2026-01", "2026-10")
    two = Selection.of("2026", institution=("S0", "S1"))
    assert parts_of((), Selection.of("2026"), year) is None
    assert parts_of(("month",), Selection.of("2026-01..2026-10"), run) is None
    assert parts_of(("institution",), two, year) is None
    assert parts_of((), two, year).by == ("institution",)
    odd = parts_of((), two.replace(period="2024-12..2026-04"), Period("2024-12", "2026-04"))
    assert odd.by == ("institution", "month")
    assert sorted(set(odd.blocks.values())) == ["2024-12", "2025", "2026-04", "2026Q1"]
