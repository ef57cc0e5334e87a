"""Questions about several times, asked together, share the months of the longest; no answer changes."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import Request, evaluate, evaluate_many
from analytics.store import open_store
from analytics.store.load import load_batch
from analytics.store.snapshot import Snapshot
from tests.store.rows import batch, services, sheet

# Counts, a share, distinct clients (which do not add up), days (whose sizes do), another ledger's months.
KEYS = ("services", "satisfaction_rate", "clients_served", "new_clients", "response_days", "reporting_rate")
TIMES = (
    ((), "2025"),
    ((), "2024"),
    (("month",), "2024-07..2026-06"),
    (("month",), "2025"),
    (("quarter",), "2025-02..2025-11"),
    (("year",), "all"),
    ((), "2030"),
)


def _rows() -> list[dict[str, Any]]:
    chance = random.Random(11)
    rows = []
    for n in range(400):
        received = datetime(2024, 1, 8, 9) + timedelta(days=chance.randrange(880))
        days = chance.lognormvariate(0.0, 0.8) if chance.random() < 0.9 else None
        rows.append({
            "record_id": f"R{n}", "institution_id": f"S{n % 3}", "service": chance.choice(["B01", "B02"]),
            "channel": chance.choice(["线上", "窗口"]), "client_id": f"C{chance.randrange(60)}",
            "client_type": "小微企业", "rating": chance.choice([None, 1, 4, 5]), "received_at": received,
            "response_days": days,
            "responded_at": None if days is None else received + timedelta(days=days),
        })  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    store = open_store(tmp_path_factory.mktemp("months") / "store")
    listed = [
        {
            "institution_id": f"S{n}", "name": f"示例S{n}站", "tier": "工作站", "district": "110108",
            "opened_on": date(2020, 1, 1),
        }
        for n in range(3)
    ]  # fmt: skip
    lists = sheet("institutions", listed, key=("institution_id",))
    with store.writing() as connection:
        load_batch(connection, batch(lists, services(*_rows())), Settings())
    return store.snapshot()


@pytest.mark.parametrize("scope", [CITY, Scope.parse("city@public")], ids=["records", "public"])
@pytest.mark.parametrize("filters", [{}, {"channel": "线上"}, {"quarter": ("2025Q1", "2025Q3")}])
def test_questions_asked_together_are_answered_as_each_alone(
    snapshot: Snapshot, scope: Scope, filters: dict[str, Any]
) -> None:
    asked = [
        Request(key, by, Selection.of(period, **filters))
        for key in KEYS
        for by, period in TIMES
        if key != "reporting_rate" or "channel" not in filters
    ]
    together = evaluate_many(snapshot, asked, scope=scope)
    for request, found in zip(asked, together, strict=True):
        alone = evaluate(snapshot, request.key, scope=scope, by=request.by, selection=request.selection)
        assert found.meta == alone.meta
        assert found.rows == alone.rows, (request.key, request.by, request.selection.period)


def test_counts_of_several_times_take_one_statement(snapshot: Snapshot) -> None:
    asked = [
        Request("services", ("month",), Selection("2024-07..2026-06")),
        Request("services", (), Selection("2025")),
        Request("satisfaction_rate", ("quarter",), Selection("2025")),
    ]
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM services" in statement:
            seen.append(statement)

    event.listen(snapshot._engine, "before_cursor_execute", note)
    try:
        evaluate_many(snapshot, asked, scope=CITY)
    finally:
        event.remove(snapshot._engine, "before_cursor_execute", note)
    assert len(seen) == 1
