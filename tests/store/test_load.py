from datetime import date, datetime

import pytest

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import evaluate
from analytics.measures.listings import reported
from analytics.store import open_store
from analytics.store.load import load_batch, withdraw_batch
from tests.store.rows import batch, institutions, services, sheet


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


def load(store, *sheets, settings=None, **more):
    with store.writing() as connection:
        batch_id, outcomes = load_batch(connection, batch(*sheets, **more), settings or Settings())
    totals = {
        name: sum(getattr(outcome, name) for outcome in outcomes)
        for name in ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected")
    }
    return batch_id, totals


def load_and_fail(store):
    with store.writing() as connection:
        load_batch(connection, batch(services(record("2"))), Settings())
        raise RuntimeError


def withdraw(store, batch_id):
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, batch_id, Settings())


def count(store, **filters):
    result = evaluate(store.snapshot(), "services", scope=CITY, selection=Selection.of("all", **filters))
    return result.rows[0]["value"]


def record(number, institution="S1", **more):
    return {"record_id": number, "institution_id": institution, **more}


def test_rows_are_loaded_once_and_unchanged_when_sent_again(store):
    rows = services(record("1"), record("2"))
    assert load(store, institutions("S1"), rows)[1]["loaded"] == 3
    again = load(store, institutions("S1"), rows)[1]
    assert again == {
        "data_rows": 3,
        "loaded": 0,
        "unchanged": 3,
        "superseded": 0,
        "waiting": 0,
        "rejected": 0,
    }
    assert count(store) == 2


def test_a_later_row_of_the_same_key_counts_and_the_earlier_is_superseded(store):
    totals = load(
        store, institutions("S1"), services(record("1", channel="电话"), record("1", channel="线上"))
    )[1]
    assert (totals["loaded"], totals["superseded"]) == (2, 1)
    assert (count(store, channel="线上"), count(store, channel="电话")) == (1, 0)


def test_a_correction_wins_and_its_withdrawal_brings_the_old_row_back(store):
    load(store, institutions("S1"), services(record("1", channel="电话")))
    correction, _ = load(store, services(record("1", channel="线上")))
    assert count(store, channel="线上") == 1
    withdraw(store, correction)
    assert (count(store, channel="电话"), count(store, channel="线上")) == (1, 0)


def test_a_row_that_a_later_file_repeated_stays_when_the_first_batch_is_withdrawn(store):
    load(store, institutions("S1"))
    first, _ = load(store, services(record("1"), record("2")))
    assert load(store, services(record("1")))[1]["unchanged"] == 1
    withdraw(store, first)
    assert count(store) == 1


def test_a_repeat_of_an_older_version_is_a_new_version(store):
    load(store, institutions("S1"), services(record("1", channel="电话")))
    load(store, services(record("1", channel="线上")))
    assert load(store, services(record("1", channel="电话")))[1]["loaded"] == 1
    assert count(store, channel="电话") == 1


def test_a_row_of_an_unknown_institution_waits_and_counts_once_it_is_listed(store):
    assert load(store, institutions("S1"), services(record("1", "S2")))[1]["waiting"] == 1
    assert count(store) == 0
    assert load(store, services(record("1", "S2")))[1]["unchanged"] == 1
    load(store, institutions("S2"))
    assert count(store) == 1


def test_an_institution_named_before_it_was_listed_is_found_by_its_name(store):
    load(store, institutions("S1"), services(record("1", "示例S2工作站")))
    load(store, institutions("S2"))
    assert count(store, institution="S2") == 1
    # The same record by number is the same record.
    assert load(store, services(record("1", "S2", channel="线上")))[1]["loaded"] == 1
    assert count(store) == 1


def test_a_withdrawn_list_makes_its_rows_wait_again(store):
    listed, _ = load(store, institutions("S1"))
    load(store, services(record("1")))
    withdraw(store, listed)
    assert count(store) == 0


def test_only_a_batch_in_force_can_be_withdrawn(store):
    number, _ = load(store, institutions("S1"))
    withdraw(store, number)
    with pytest.raises(UserError):
        withdraw(store, number)


def test_a_failed_write_leaves_the_store_as_it_was(store):
    load(store, institutions("S1"), services(record("1")))
    version = store.current_version()
    with pytest.raises(RuntimeError):
        load_and_fail(store)
    assert store.current_version() == version
    assert [p.name for p in store.folder.glob("snapshot-*.duckdb")] == [version]


def test_a_reader_keeps_its_snapshot_while_another_is_written(store):
    load(store, institutions("S1"), services(record("1")))
    before = store.snapshot()
    load(store, services(record("2", received_at=datetime(2026, 4, 1, 9))))
    assert evaluate(before, "services", scope=CITY).rows[0]["value"] == 1
    assert count(store) == 2


def test_two_writers_do_not_meet(store):
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1")), Settings())
        with pytest.raises(UserError), open_store(store.folder).writing(wait_seconds=0):
            pass


def test_sample_data_are_marked_while_their_batch_is_in_force(store):
    number, _ = load(store, institutions("S1"), is_sample=True)
    assert store.snapshot().is_sample
    withdraw(store, number)
    assert not store.snapshot().is_sample


def test_reported_institutions_are_those_of_the_last_full_month(store):
    rows = [
        record("1", "S1", received_at=datetime(2026, 3, 31, 9)),
        record("2", "S2", received_at=datetime(2026, 3, 5, 9)),
        record("3", "S1", received_at=datetime(2026, 4, 2, 9)),
    ]
    load(store, institutions("S1", "S2"), services(*rows))
    assert store.snapshot().about["last_full_month"] == "2026-03"
    assert reported(store.snapshot(), scope=CITY, month="2026-03") == (2, 2)
    assert reported(store.snapshot(), scope=CITY, month="2026-04") == (1, 2)
    assert reported(store.snapshot(), scope=Scope("institution", "S2"), month="2026-04") == (0, 1)


def monthly(services_, month="2026-03"):
    row = {"institution_id": "S1", "services": services_, "month": month, "quarter": "2026Q1", "year": "2026"}
    return sheet("monthly", [row], key=("month",))


def test_a_total_stops_counting_when_records_of_its_month_come_later(store):
    load(store, institutions("S1"), monthly(100))
    assert count(store) == 100
    batch_id, _ = load(store, services(record("1")))
    assert count(store) == 1
    withdraw(store, batch_id)
    assert count(store) == 100


def assignments(*days):
    rows = [
        {"assignment_id": f"A{n}", "institution_id": "S1", "notified_at": day} for n, day in enumerate(days)
    ]
    return sheet("assignments", rows, fact_date="notified_at", key=("assignment_id",))


def judged(store, measure):
    return evaluate(store.snapshot(), measure, scope=CITY).rows[0]


def test_ratings_too_young_to_judge_stay_so_when_another_ledger_reaches_further_back(store):
    """The ordinals in the facts and that of the last day must be counted from the same day."""
    bad = [record(str(n), rating=1, received_at=datetime(2026, 3, 30, 10)) for n in range(20)]
    load(store, institutions("S1"), services(*bad))
    assert judged(store, "bad_rating_followed_up_rate")["denominator"] == 0
    for year in (2022, 1998):
        load(store, assignments(datetime(year, 3, 1, 9)))
        assert judged(store, "bad_rating_followed_up_rate")["denominator"] == 0


def test_days_off_that_are_set_later_count_from_the_next_import_of_any_ledger(store):
    answered = [
        record(str(n), received_at=datetime(2026, 3, 5, 10), responded_at=datetime(2026, 3, 10, 10))
        for n in range(20)
    ]
    load(store, institutions("S1"), services(*answered))
    # Thursday to Tuesday: three working days, two once Friday is off.
    assert judged(store, "answered_in_time_rate")["value"] == 0
    off = Settings(extra_holidays=(date(2026, 3, 6),))
    load(store, assignments(datetime(2026, 3, 1, 9)), settings=off)
    assert judged(store, "answered_in_time_rate")["value"] == 1
