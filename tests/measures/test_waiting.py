"""What waits is counted by hand: late follow-up of bad ratings, complaints by what became of them."""

from datetime import datetime

import pytest

from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures.waiting import complaints_received, late_follow_ups
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, institutions, services, sheet

YEAR = Selection.of("2026")


def _service(number, institution, month, day, rating, contacted=None):
    return {
        "record_id": number,
        "institution_id": institution,
        "received_at": datetime(2026, month, day, 10),
        "rated_at": datetime(2026, month, day, 11),
        "rating": rating,
        "rating_source": "主动",
        "bad_rating_contacted_at": contacted,
    }


def _complaint(number, institution, month, category, is_upheld=None, closed=None):
    return {
        "complaint_id": number,
        "institution_id": institution,
        "received_at": datetime(2026, month, 2, 10),
        "category": category,
        "is_upheld": is_upheld,
        "closed_at": closed,
    }


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("waiting") / "store")
    rows = [
        _service("1", "S1", 3, 2, 1),  # never contacted
        _service("2", "S1", 6, 1, 2, datetime(2026, 8, 3, 9)),  # contacted late: no longer waits
        _service("3", "S1", 6, 2, 4),
        _service("4", "S2", 6, 30, 1),  # deadline after the last day of data
        _service("5", "S2", 6, 30, 5),
    ]
    complaints = [
        _complaint("a", "S1", 3, "态度"),  # open, late
        _complaint("b", "S1", 6, "态度", is_upheld=True, closed=datetime(2026, 6, 5)),
        _complaint("c", "S2", 6, "收费", is_upheld=False, closed=datetime(2026, 6, 5)),
        _complaint("d", "S2", 6, None),  # open, late by 5 working days
    ]
    complained = sheet("complaints", complaints, fact_date="received_at", key=("complaint_id",))
    batched = batch(institutions("S1", "S2"), services(*rows), complained)
    with store.writing() as connection:
        load_batch(connection, batched, Settings())
    return store.snapshot()


def test_only_bad_ratings_without_contact_after_their_deadline_wait(snapshot):
    (row,) = late_follow_ups(snapshot, scope=CITY, selection=YEAR)
    assert (row["institution"], row["waiting"], row["due"], row["since"]) == ("S1", 1, 2, "2026-03-02")
    assert row["late_workdays"] == _workdays("2026-03-02", "2026-06-30") - 5
    assert row["long"] == 1


def test_complaints_are_told_by_category_and_by_what_became_of_them(snapshot):
    found = {
        (row["institution"], row["category"]): row
        for row in complaints_received(snapshot, scope=CITY, selection=YEAR)
    }
    attitude = found["S1", "态度"]
    assert [attitude[name] for name in ("received", "upheld", "closed", "late")] == [2, 1, 1, 1]
    assert attitude["late_workdays"] == _workdays("2026-03-02", "2026-06-30") - 15
    assert found["S2", "收费"]["not_upheld"] == 1
    assert found["S2", "收费"]["late_workdays"] is None
    assert found["S2", None]["late_workdays"] == _workdays("2026-06-02", "2026-06-30") - 15


def test_a_reader_of_one_institution_sees_its_own_alone(snapshot):
    scope = Scope("institution", "S2")
    assert late_follow_ups(snapshot, scope=scope, selection=YEAR) == []
    assert {row["institution"] for row in complaints_received(snapshot, scope=scope, selection=YEAR)} == {
        "S2"
    }


def test_small_numbers_of_bad_ratings_are_masked_for_the_public_and_have_no_ages(snapshot):
    (row,) = late_follow_ups(snapshot, scope=Scope("city", None, "public"), selection=YEAR)
    assert row == {
        "institution": "S1", "waiting": None, "due": None, "long": None, "since": None,
        "late_workdays": None,
        "masked": True,
    }  # fmt: skip


def test_filters_choose_the_records(snapshot):
    later = Selection.of("2026-06")
    assert late_follow_ups(snapshot, scope=CITY, selection=later) == []
    assert len(complaints_received(snapshot, scope=CITY, selection=later.replace(institution=("S2",)))) == 2


def _workdays(first, last):
    """Count working days after ``first`` up to ``last``, from the published calendar of days off."""
    from datetime import date, timedelta

    import chinese_calendar

    day, end, count = date.fromisoformat(first), date.fromisoformat(last), 0
    while day < end:
        day += timedelta(days=1)
        count += chinese_calendar.is_workday(day)
    return count
