"""Signals: quiet in a clean city, loud where a station is weak, and plain duties by hand."""

from __future__ import annotations

import json
from datetime import date, datetime

import numpy as np
import pytest

from analytics.comparison import change, control_chart, signals
from analytics.comparison.signals import STATISTICAL
from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.stats.control_chart import xmr_chart
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.comparison.cities import MONTHS, Planted, city, station
from tests.store.rows import batch, institutions, services, sheet


def bad(number: str, received: datetime, contacted: datetime | None) -> dict:
    return {
        "record_id": number,
        "institution_id": "A",
        "service": "B01",
        "rating": 1,
        "received_at": received,
        "rated_at": received,
        "bad_rating_contacted_at": contacted,
    }


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Return two stations in two months: one owes calls, the other sent nothing in March."""
    store = open_store(tmp_path_factory.mktemp("duties") / "store")
    rows = [
        bad("1", datetime(2026, 2, 3, 9), None),
        bad("2", datetime(2026, 2, 3, 9), datetime(2026, 2, 5, 9)),
        bad("3", datetime(2026, 2, 4, 9), datetime(2026, 3, 20, 9)),
        bad("4", datetime(2026, 3, 30, 9), None),
        {"record_id": "5", "institution_id": "B", "received_at": datetime(2026, 2, 3, 9)},
        {"record_id": "6", "institution_id": "A", "fee_yuan": 80.0, "received_at": datetime(2026, 3, 3, 9)},
        {"record_id": "7", "institution_id": "A", "received_at": datetime(2026, 3, 31, 9)},
    ]
    goals = [
        {"measure": "services", "scope": "city", "year": 2026, "target": 400.0},
        {
            "measure": "services",
            "scope": "institution:A",
            "institution_id": "A",
            "year": 2026,
            "target": 12.0,
        },
    ]
    with store.writing() as connection:
        sheets = (
            institutions("A"),
            institutions("B", district="110101"),
            services(*rows),
            sheet("targets", goals, key=("measure", "scope", "year")),
        )
        load_batch(connection, batch(*sheets), Settings())
    return store.snapshot()


def listed(snapshot, **asked):
    return {signal.id: signal for signal in signals(snapshot, **{"scope": CITY} | asked)}


def test_duties_are_listed_by_hand(small):
    found = listed(small, month="2026-03")
    late = found["overdue_follow_up:bad_rating_followed_up_rate:A"]
    # Record 1 waits; 2 and 3 were called by the end of March; 4 is not due yet.
    assert (late.size, late.n, late.since, late.state) == (1.0, 3, "2026-02", "continuing")
    assert "1 件差评" in late.sentence.zh
    silent = found["not_reported:reporting_rate:B"]
    assert (silent.size, silent.since, silent.state) == (1.0, "2026-03", "new")
    assert found["threshold:fee_irregularities:A"].n == 3
    goal = found["target:services:city"]
    assert (goal.value, goal.expected) == (7, pytest.approx(100.0))
    assert "target:services:110108" not in found


def test_what_was_settled_is_told_as_gone(small):
    # At the end of February records 1 and 3 were waiting, at the end of March record 1 alone.
    before = listed(small, month="2026-02")["overdue_follow_up:bad_rating_followed_up_rate:A"]
    assert (before.size, before.n) == (2.0, 3)
    states = {signal.state for signal in signals(small, scope=CITY, month="2026-03")}
    assert "new" in states


def test_a_reader_gets_the_own_signals_alone(small):
    assert {signal.unit for signal in signals(small, scope=Scope("district", "110101"))} == {"B"}
    assert {signal.unit for signal in signals(small, scope=Scope("institution", "A"))} == {"A"}


def test_small_counts_of_bad_ratings_stay_hidden_from_the_public(small):
    found = listed(small, scope=Scope("city", audience="public"), month="2026-03")
    assert not any(key.startswith("overdue") for key in found)


def test_signals_are_plain_json_in_both_languages(small):
    for signal in signals(small, scope=CITY):
        plain = signal.as_dict()
        assert json.loads(json.dumps(plain, allow_nan=False))["status"]["zh"] == "待核实"
        assert plain["sentence"]["zh"]
        assert plain["sentence"]["en"]
        assert plain["selection"]["period"]


def test_a_month_without_data_is_told(small):
    for month in ("2027-01", "2026-13", "March"):
        with pytest.raises(UserError):
            signals(small, scope=CITY, month=month)


def test_an_empty_store_has_no_signals(tmp_path):
    store = open_store(tmp_path / "store")
    with store.writing() as connection:
        load_batch(connection, batch(institutions("A")), Settings())
    assert signals(store.snapshot(), scope=CITY) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_clean_city_raises_at_most_three_false_signals(tmp_path, seed):
    found = signals(city(tmp_path / "store", seed), scope=CITY)
    assert sum(signal.kind in STATISTICAL and signal.state != "gone" for signal in found) <= 3


@pytest.fixture(scope="module")
def weak(tmp_path_factory):
    planted = Planted(
        satisfaction={3: 0.25, 4: 0.25}, days={10: 2.2}, capacity={20: 0.3}, fallen={30: 0.25, 31: 0.25}
    )
    # Large stations, so that what is planted can be seen.
    return city(tmp_path_factory.mktemp("weak") / "store", 5, planted, stations=40, level=60.0)


@pytest.mark.slow
def test_weak_stations_are_found_for_what_they_are(weak):
    found = listed(weak)
    for key in (
        f"funnel:satisfaction_rate:{station(3)}",
        f"funnel:satisfaction_rate:{station(4)}",
        f"funnel:response_days:{station(10)}",
        f"funnel:services:{station(20)}",
        f"control_chart:services:{station(30)}",
        f"control_chart:services:{station(31)}",
    ):
        assert key in found
    low = found[f"funnel:satisfaction_rate:{station(3)}"]
    assert low.size < -0.1
    assert low.interval[0] < low.value < low.interval[1] < low.expected
    fallen = found[f"control_chart:services:{station(30)}"]
    assert fallen.since >= MONTHS[-3]


@pytest.mark.slow
def test_only_a_change_that_the_chart_confirms_is_called_marked(weak):
    asked = {"scope": CITY, "selection": Selection(f"{MONTHS[-3]}..{MONTHS[-1]}")}
    rows = {row["unit"]: row for row in change(weak, "services", "institution", **asked).rows}
    fallen = rows[station(30)]["year_before"]
    assert fallen["is_marked"]
    assert fallen["verdict"]["zh"] == "显著变化"
    assert fallen["interval"][1] < 1
    marked = [code for code, row in rows.items() if row["year_before"]["is_marked"]]
    assert len(set(marked) - {station(30), station(31)}) <= 4
    assert all(row["trend"]["months"] >= 24 for row in rows.values())


@pytest.mark.slow
def test_charts_of_all_units_are_those_of_one_at_a_time(weak):
    answer = control_chart(weak, "services", "institution", scope=CITY)
    season = np.array(answer.meta["season"])
    assert season.size == 30
    for row in answer.rows[:5]:
        x = np.array([month["value"] for month in row["months"]]) / season
        chart = xmr_chart(x, judged=6, lowest=0.0)
        assert [month["upper"] for month in row["months"]] == pytest.approx(list(chart.upper * season))
        told = [bool(month["signals"]) for month in row["months"]]
        assert told == chart.any_signal.tolist()


def test_the_young_have_no_chart_and_say_why(small):
    answer = control_chart(small, "services", "institution", scope=CITY)
    assert all(row["reason"]["zh"] and row["months"][-1]["upper"] is None for row in answer.rows)
    assert date(2026, 3, 31).isoformat() == answer.meta["data_until"]
