"""What an answer says of its calendar, and what lists show to readers of a part."""

from datetime import date, datetime

import pytest

from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import evaluate, listings
from analytics.measures import workdays as notes
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, institutions, services, sheet

HAIDIAN, STATION = Scope("district", "110108"), Scope("institution", "S1")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("notes") / "store")
    rows = [
        {"record_id": str(year), "institution_id": "S1", "received_at": datetime(year, 3, 5, 10)}
        for year in (2003, 2026, 2090)
    ]
    demand = [
        {"area_id": area, "name": "示例园", "district": area, "as_of": date(2026, 1, 1)}
        for area in ("110105", "110108")
    ]
    points = sheet("demand", demand, key=("area_id",))
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1"), services(*rows), points), Settings())
    return store.snapshot()


def years(snapshot, measure, period="all"):
    meta = evaluate(snapshot, measure, scope=CITY, selection=Selection.of(period)).meta
    return meta.get("workdays_by_weekday_only")


def test_an_answer_in_working_days_names_the_years_without_a_statutory_calendar(snapshot):
    assert years(snapshot, "answered_in_time_rate", "2026") == []
    assert years(snapshot, "answered_in_time_rate", "2090") == [2090]
    assert {2003, 2090} <= set(years(snapshot, "on_time_completion_rate"))
    assert years(snapshot, "bad_rating_followed_up_rate", "2003") == [2003]


def test_other_answers_say_nothing_of_working_days(snapshot, monkeypatch):
    assert years(snapshot, "services") is None
    assert years(snapshot, "response_days") is None
    assert years(snapshot, "expert_answered_in_time_rate", "2090") is None
    monkeypatch.setattr(notes, "settings", lambda: Settings(expert_answer_days="working"))
    assert years(snapshot, "expert_answered_in_time_rate", "2090") == [2090]


def test_demand_points_are_seen_by_their_district_and_by_no_single_institution(snapshot):
    seen = {
        str(scope): [row["area_id"] for row in listings.demand(snapshot, scope=scope)]
        for scope in (CITY, HAIDIAN, STATION)
    }
    assert seen == {"city": ["110105", "110108"], "district:110108": ["110108"], "institution:S1": []}


def test_the_import_history_is_for_readers_of_the_whole_city(snapshot):
    assert len(listings.batches(snapshot, scope=CITY)) == 1
    assert listings.batches(snapshot, scope=HAIDIAN) == []
    assert listings.batches(snapshot, scope=STATION) == []
