"""A store that an earlier version wrote, without the kinds that came since, goes on working."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
from sqlalchemy import func, select

from analytics.core.settings import Settings
from analytics.store import Store
from analytics.store.batch import Batch
from analytics.store.load import load_batch
from analytics.store.schema import EVALUATIONS, EVIDENCE, PUBLICATIONS, SERVICES
from tests.store.rows import batch, institutions, services, sheet


def _load(store: Store, what: Batch) -> list[tuple[int, int]]:
    with store.writing() as connection:
        _, outcomes = load_batch(connection, what, Settings())
    return [(o.loaded, o.waiting) for o in outcomes]


def _forget_newer_kinds(store: Store) -> None:
    with duckdb.connect(str(store.folder / store.current_version())) as connection:
        for ledger in (PUBLICATIONS, EVIDENCE, EVALUATIONS):
            connection.execute(f"DROP TABLE {ledger.rows.name}")
            connection.execute(f"DROP TABLE {ledger.current.name}")
    # An earlier version kept neither seals nor a second copy.
    for ending in ("json", "mirror"):
        for path in store.folder.glob(f"snapshot-*.{ending}"):
            path.unlink()


def _evaluations(institution: str) -> Batch:
    row = {
        "evaluation_id": "PJ1",
        "institution_id": institution,
        "evaluation_kind": "内部",
        "evaluated_on": date(2026, 3, 5),
        "score": 90.0,
    }
    return batch(sheet("evaluations", [row], fact_date="evaluated_on", key=("evaluation_id",)))


def test_an_earlier_store_takes_the_newer_kinds_and_the_older_ones(tmp_path: Path) -> None:
    store = Store(tmp_path)
    first = services({"record_id": "R1", "institution_id": "001"})
    _load(store, batch(institutions("001"), first))
    _forget_newer_kinds(store)
    assert _load(store, batch(services({"record_id": "R2", "institution_id": "001"}))) == [(1, 0)]
    assert _load(store, _evaluations("001")) == [(1, 0)]
    with store.snapshot().connect() as connection:
        assert connection.execute(select(func.count()).select_from(SERVICES.current)).scalar() == 2
        found = connection.execute(select(EVALUATIONS.current.c.district, EVALUATIONS.current.c.month)).one()
    assert tuple(found) == ("110108", "2026-03")


def test_the_newer_kinds_wait_for_their_institution_and_count_once_it_is_listed(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert _load(store, _evaluations("001")) == [(0, 1)]
    _load(store, batch(institutions("001")))
    with store.snapshot().connect() as connection:
        assert connection.execute(select(EVALUATIONS.current.c.score)).scalars().all() == [90.0]
