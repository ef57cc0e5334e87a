"""What a batch touches is made anew in place; the outcome is that of making everything anew, row by row."""

import random
import shutil
from datetime import datetime

import pytest
from sqlalchemy import select

from analytics.core.settings import Settings
from analytics.store import facts
from analytics.store.engines import duckdb
from analytics.store.load import load_batch, withdraw_batch
from analytics.store.publish import publish
from analytics.store.schema import (
    ABOUT,
    CALENDAR,
    CLIENT_TAGS,
    FACT_TABLES,
    INSTITUTION_MONTHS,
    INSTITUTION_REFS,
    LEDGERS,
    metadata,
)
from tests.store.rows import batch, institutions, services, sheet

STATIONS = ("S1", "S2", "S3")
PUBLISHED = (
    *(ledger.current for ledger in LEDGERS.values()),
    CLIENT_TAGS,
    INSTITUTION_REFS,
    INSTITUTION_MONTHS,
    CALENDAR,
    ABOUT,
)


def service_rows(moment: random.Random) -> list[dict]:
    """Records of few numbers, clients and days, so that keys, first visits and months meet often."""
    return [
        {
            "record_id": str(moment.randrange(25)),
            "institution_id": moment.choice([*STATIONS, "S4", "示例S3工作站"]),
            "received_at": datetime(2026, moment.randint(1, 3), moment.randint(1, 28), 9),
            "client_id": moment.choice([None, "C1", "C2", "C3", "C4", "C5"]),
            "client_type": moment.choice([None, None, "个人"]),
            "channel": moment.choice(["电话", "线上"]),
            "rating": moment.choice([None, 1, 5]),
        }
        for _ in range(moment.randint(1, 6))
    ]


def total_rows(moment: random.Random) -> list[dict]:
    rows = []
    for _ in range(moment.randint(1, 4)):
        month = moment.randint(1, 4)
        rows.append(
            {
                "institution_id": moment.choice([*STATIONS, "S4"]),
                "service": moment.choice([None, "B01", "B02"]),
                "channel": moment.choice([None, "电话"]),
                "services": moment.randint(1, 3),
                "month": f"2026-{month:02d}",
                "quarter": f"2026Q{(month + 2) // 3}",
                "year": "2026",
            }
        )
    return rows


def client_rows(moment: random.Random) -> list[dict]:
    return [
        {
            "client_id": f"C{moment.randint(1, 5)}",
            "client_type": moment.choice(["大型企业", "小微企业"]),
            "district": moment.choice(["110108", "110105"]),
            "key_tags": moment.choice([None, "专精特新", "专精特新、走出去"]),
        }
        for _ in range(moment.randint(1, 2))
    ]


def assignment_rows(moment: random.Random) -> list[dict]:
    return [
        {
            "assignment_id": f"A{moment.randint(1, 5)}",
            "institution_id": moment.choice(STATIONS),
            "notified_at": datetime(2026, moment.randint(1, 3), 9, 9),
        }
    ]


def sheets(moment: random.Random) -> list:
    """Return one to three sheets of a command; the list of institutions changes seldom."""
    made = {
        "services": lambda: services(*service_rows(moment)),
        "more services": lambda: services(*service_rows(moment)),
        "monthly": lambda: sheet("monthly", total_rows(moment), key=("month", "service", "channel")),
        "clients": lambda: sheet("clients", client_rows(moment), key=("client_id",)),
        "assignments": lambda: sheet(
            "assignments", assignment_rows(moment), fact_date="notified_at", key=("assignment_id",)
        ),
    }
    chosen = moment.sample(list(made), moment.randint(1, 3))
    if moment.random() < 0.1:
        return [institutions(moment.choice([*STATIONS, "S4"]), name="示例S3工作站")]
    return [made[name]() for name in chosen]


class Versions:
    """The rule of versions in plain Python: what is current, and what becomes of each record."""

    def __init__(self):
        self.listed = {}
        self.events = []  # (batch, key, content) in their order, repeats included
        self.withdrawn = set()

    def current(self, upto=None):
        found = {}
        for number, key, content in self.events[:upto]:
            if number not in self.withdrawn:
                found[key] = content
        return found

    def take(self, number, rows):
        """Return the counts (unchanged, superseded, loaded or waiting) of a batch's records."""
        before = self.current()
        last = {self._key(row): place for place, row in enumerate(rows)}
        counts = {"unchanged": 0, "superseded": 0, "new": 0}
        for place, row in enumerate(rows):
            key = self._key(row)
            same = place == last[key] and before.get(key) == row
            counts["unchanged" if same else "new" if place == last[key] else "superseded"] += 1
            self.events.append((number, key, row))
        return counts

    def _key(self, row):
        return row["institution_id"], row["record_id"]


def contents(connection):
    found = {}
    for table in PUBLISHED:
        rows = [tuple(row) for row in connection.execute(select(table))]
        found[table.name] = sorted((row for row in rows if row[0] != "published_at"), key=repr)
    return found


def made_anew(connection, path, scratch):
    """Return what publishing everything makes of a copy of the store."""
    connection.commit()
    duckdb.checkpoint(connection, merging=True)
    shutil.copyfile(path, scratch)
    engine = duckdb.open_writer(scratch)
    with engine.connect() as copy:
        publish(copy, LEDGERS, Settings())
        found = contents(copy)
    engine.dispose()
    return found


def replaced(connection):
    return sum(connection.execute(select(FACT_TABLES.c.replaced)).scalars())


def outcome_of_services(outcomes):
    own = [outcome for outcome in outcomes if outcome.kind == "services"]
    return {
        "unchanged": sum(o.unchanged for o in own),
        "superseded": sum(o.superseded for o in own),
        "new": sum(o.loaded + o.waiting for o in own),
    }


@pytest.mark.parametrize(("seed", "share"), [(1, 1e9), (4, 0.25)])
def test_facts_replaced_in_place_equal_facts_made_anew(tmp_path, monkeypatch, seed, share):
    monkeypatch.setattr(facts, "_REPLACED_SHARE", share)
    moment, model, in_force, most_replaced = random.Random(seed), Versions(), [], 0
    path = tmp_path / "store.duckdb"
    engine = duckdb.open_writer(path)
    metadata.create_all(engine)
    with engine.connect() as connection:
        load_batch(connection, batch(institutions(*STATIONS)), Settings())
        for step in range(9):
            if in_force and moment.random() < 0.3:
                number = in_force.pop(moment.randrange(len(in_force)))
                withdraw_batch(connection, number, Settings())
                model.withdrawn.add(number)
            else:
                chosen = sheets(moment)
                number, outcomes = load_batch(connection, batch(*chosen), Settings())
                rows = [row for s in chosen if s.kind == "services" for row in s.table.to_pylist()]
                told = model.take(number, [without_place(row) for row in rows])
                assert outcome_of_services(outcomes) == told
                in_force.append(number)
            most_replaced = max(most_replaced, replaced(connection))
            if step % 3 < 2:
                continue
            found = contents(connection)
            anew = made_anew(connection, path, tmp_path / "copy.duckdb")
            for name, rows in anew.items():
                assert found[name] == rows, name
    engine.dispose()
    # With the share of real stores, small ones are mostly made anew.
    assert most_replaced > 0 or share < 1


def without_place(row):
    return {name: value for name, value in row.items() if name not in ("source_row", "row_key")}
