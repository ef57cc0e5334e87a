"""Corrections and withdrawals against a model: a list of batches, of which the last in force counts."""

import random
from dataclasses import asdict

import pytest
from sqlalchemy import select

from analytics.core.selection import CITY, Scope
from analytics.core.settings import Settings
from analytics.measures.history import history
from analytics.store import open_store
from analytics.store.load import load_batch, withdraw_batch
from analytics.store.schema import SERVICES
from tests.store.rows import batch, institutions, services

CHANNELS = ("电话", "线上", "现场")
NUMBERS = ("1", "2", "3", "4", "5")


class Model:
    """Batches with their rows in the order of coming; a row that is said again takes the later place."""

    def __init__(self):
        self.batches = {}

    def bring(self, number, rows):
        self.batches[number] = rows

    def withdraw(self, number):
        del self.batches[number]

    def current(self):
        return dict(row for _, rows in sorted(self.batches.items()) for row in rows)


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


@pytest.fixture(autouse=True)
def many_commands_in_one(monkeypatch):
    """Let one writing block run many imports and withdrawals, which is quick; each has phases of its own."""
    monkeypatch.setattr("analytics.store.load.begin", lambda _: None)


def facts(connection):
    found = SERVICES.current.c
    return dict(map(tuple, connection.execute(select(found.record_id, found.channel)).all()))


def record(number, channel, institution="S1", **more):
    return {"record_id": number, "institution_id": institution, "channel": channel, **more}


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_brought_and_withdrawn_in_whatever_order_the_last_in_force_counts(store, seed):
    chance, model = random.Random(seed), Model()
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1")), Settings())
        for _ in range(10):
            if model.batches and chance.random() < 0.4:
                number = chance.choice(sorted(model.batches))
                model.withdraw(number)
                withdraw_batch(connection, number, Settings())
            else:
                rows = [
                    (chance.choice(NUMBERS), chance.choice(CHANNELS)) for _ in range(chance.randint(1, 6))
                ]
                made = batch(services(*(record(*row) for row in rows)))
                number, outcomes = load_batch(connection, made, Settings())
                model.bring(number, rows)
                assert sum(outcome.data_rows for outcome in outcomes) == len(rows)
            assert facts(connection) == model.current()


def test_withdrawing_a_middle_batch_restores_what_was_before_and_keeps_what_came_later(store):
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1")), Settings())
        load_batch(connection, batch(services(record("1", "电话"), record("2", "电话"))), Settings())
        middle, _ = load_batch(
            connection,
            batch(services(record("1", "线上"), record("2", "线上"), record("3", "线上"))),
            Settings(),
        )
        load_batch(connection, batch(services(record("2", "现场"), record("3", "线上"))), Settings())
        withdraw_batch(connection, middle, Settings())
        assert facts(connection) == {"1": "电话", "2": "现场", "3": "线上"}


@pytest.fixture
def corrected(store):
    """A record corrected, repeated, corrected again and that withdrawn; one more under the same number."""
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1"), institutions("S2", district="110105")), Settings())
        first = services(record("1", "电话", note="甲"), record("1", "电话", "S2"))
        load_batch(connection, batch(first), Settings())
        load_batch(connection, batch(services(record("1", "线上", note="甲"))), Settings())
        load_batch(connection, batch(services(record("1", "线上", note="甲"))), Settings())
        last, _ = load_batch(connection, batch(services(record("1", "现场", note="乙"))), Settings())
        withdraw_batch(connection, last, Settings())
    return store.snapshot()


def test_the_history_of_a_row_says_what_changed_and_what_counts(corrected):
    told = history(corrected, "services", ("1",), scope=CITY, institution="S1")
    assert [(v.batch_id, v.state, v.repeated_by) for v in told] == [
        (2, "replaced", ()),
        (3, "current", (4,)),
        (5, "withdrawn", ()),
    ]
    assert [v.changed for v in told] == [
        {},
        {"channel": ("电话", "线上")},
        {"channel": ("线上", "现场"), "note": ("甲", "乙")},
    ]
    assert (told[0].file, told[0].sheet, told[0].source_row, told[0].imported_by) == (
        "台账.csv",
        "Sheet1",
        2,
        "tester",
    )


@pytest.mark.parametrize(
    ("scope", "institutions_seen"),
    [
        ("city", {"S1", "S2"}),
        ("district:110105", {"S2"}),
        ("institution:S1", {"S1"}),
        ("institution:S9", set()),
    ],
)
def test_a_reader_sees_the_history_of_their_own_scope_alone(corrected, scope, institutions_seen):
    told = history(corrected, "services", ("1",), scope=Scope.parse(scope))
    assert {v.institution_id for v in told} == institutions_seen


def test_a_confidential_record_counts_and_its_history_shows_nothing_of_it(store):
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1")), Settings())
        secret = record("1", "电话", note="私密", is_confidential=True)
        load_batch(connection, batch(services(secret)), Settings())
        load_batch(connection, batch(services(record("1", "线上", note="私密"))), Settings())
        assert facts(connection) == {"1": "线上"}
    told = history(store.snapshot(), "services", ("1",), scope=CITY)
    assert [v.is_confidential for v in told] == [True, True]
    assert "私密" not in str([asdict(v) for v in told])
    assert "线上" not in str([asdict(v) for v in told])


def test_lists_of_clients_are_for_readers_of_the_whole_city(corrected):
    assert history(corrected, "clients", ("K1",), scope=Scope.parse("district:110105")) == []
