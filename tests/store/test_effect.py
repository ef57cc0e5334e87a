"""What is said before a withdrawal is what the withdrawal then does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from analytics.core.errors import UserError
from analytics.core.selection import CITY
from analytics.core.settings import Settings
from analytics.measures import evaluate
from analytics.store import Store, open_store
from analytics.store.batch import ValidRows
from analytics.store.effect import Effect, KindEffect, withdraw_effect
from analytics.store.load import load_batch, withdraw_batch
from analytics.store.schema import LEDGERS
from tests.store.rows import batch, institutions, services, sheet


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


def load(store: Store, *sheets: ValidRows) -> int:
    with store.writing() as connection:
        return load_batch(connection, batch(*sheets), Settings())[0]


def withdraw(store: Store, batch_id: int) -> None:
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, batch_id, Settings())


def counts(store: Store) -> dict[str, int]:
    with store.snapshot().connect() as connection:
        return {
            kind: connection.execute(select(func.count()).select_from(ledger.current)).scalar_one()
            for kind, ledger in LEDGERS.items()
        }


def given(store: Store) -> int:
    return int(evaluate(store.snapshot(), "services", scope=CITY).rows[0]["value"])


def record(number: str, institution: str = "S1", **more: object) -> dict[str, object]:
    return {"record_id": number, "institution_id": institution, **more}


def monthly(*rows: tuple[str, str, int]) -> ValidRows:
    made = [
        {"institution_id": i, "month": m, "quarter": f"{m[:4]}Q1", "year": m[:4], "services": n}
        for i, m, n in rows
    ]
    return sheet("monthly", made, key=("month",))


def of_kind(effect: Effect, kind: str) -> KindEffect:
    return next(found for found in effect.kinds if found.kind == kind)


def test_rows_leave_return_and_stay_each_counted_once(store: Store) -> None:
    load(store, institutions("S1"), services(record("1", channel="电话")))
    second = load(
        store,
        services(record("1", channel="线上"), record("2"), record("3"), record("4")),
    )
    load(store, services(record("3"), record("4", channel="走访")))
    effect = withdraw_effect(store, second, Settings())
    assert of_kind(effect, "services") == KindEffect(
        "services", before=4, after=3, leaves=1, returns=1, waits=0, comes=0, stays=2
    )
    assert (effect.months, effect.districts) == (("2026-03",), ("110108",))
    assert (effect.services_before, effect.services_after) == (4, 3)


def test_rows_of_other_batches_wait_when_their_institution_goes(store: Store) -> None:
    first = load(store, institutions("S1"))
    load(store, services(record("1"), record("2")))
    effect = withdraw_effect(store, first, Settings())
    assert of_kind(effect, "services").waits == 2
    assert of_kind(effect, "institutions").leaves == 1
    assert (effect.services_before, effect.services_after) == (2, 0)


def test_totals_count_again_where_the_records_of_a_month_go(store: Store) -> None:
    load(store, institutions("S1"), monthly(("S1", "2026-03", 40)))
    records = load(store, services(record("1")))
    effect = withdraw_effect(store, records, Settings())
    assert (effect.services_before, effect.services_after) == (1, 40)


def test_an_institution_that_moves_back_touches_both_districts(store: Store) -> None:
    load(store, institutions("S1", district="110108"), services(record("1")))
    moved = load(store, institutions("S1", district="110105"))
    effect = withdraw_effect(store, moved, Settings())
    assert effect.districts == ("110105", "110108")
    assert effect.months == ("2026-03",)
    assert of_kind(effect, "institutions").returns == 1


def test_nothing_is_changed_by_asking(store: Store) -> None:
    load(store, institutions("S1"), services(record("1")))
    version = store.current_version()
    withdraw_effect(store, 1, Settings())
    assert store.current_version() == version
    assert given(store) == 1


def test_an_unknown_or_withdrawn_batch_is_said(store: Store) -> None:
    load(store, institutions("S1"))
    load(store, services(record("1")))
    withdraw(store, 2)
    for number in (2, 7):
        with pytest.raises(UserError):
            withdraw_effect(store, number, Settings())


def at_random(chance: random.Random) -> Iterator[ValidRows]:
    ids = ["S1", "S2", "S3"]
    if chance.random() < 0.5:
        chosen = chance.sample(ids, chance.randint(1, 3))
        yield institutions(*chosen, district=chance.choice(["110105", "110108"]))
    # Some records name the institution, some give its number.
    named = [*ids, "示例S2工作站"]
    rows = [
        record(
            str(chance.randint(1, 5)),
            chance.choice(named),
            channel=chance.choice(["电话", "线上"]),
            received_at=datetime(2026, chance.randint(1, 3), 5, 10),
        )
        for _ in range(chance.randint(1, 5))
    ]
    yield services(*rows)
    if chance.random() < 0.5:
        yield monthly((chance.choice(ids), f"2026-0{chance.randint(1, 3)}", chance.randint(1, 50)))


@pytest.mark.parametrize("seed", range(1))
def test_what_is_said_is_what_happens_whatever_came_before(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    store = open_store(tmp_path / "store")
    in_force: list[int] = []
    for _ in range(3):
        in_force.append(load(store, *at_random(chance)))
    while len(in_force) > 1:
        chosen = in_force.pop(chance.randrange(len(in_force)))
        before, services_before = counts(store), given(store)
        effect = withdraw_effect(store, chosen, Settings())
        withdraw(store, chosen)
        after = counts(store)
        told = {kind.kind: kind for kind in effect.kinds}
        assert {k: v.before for k, v in told.items()} == {k: before[k] for k in told}
        assert {k: v.after for k, v in told.items()} == {k: after[k] for k in told}
        assert all(before[kind] == after[kind] for kind in LEDGERS if kind not in told)
        for kind in told.values():
            assert kind.after == kind.before - kind.leaves - kind.waits + kind.comes
            assert min(kind.leaves, kind.returns, kind.waits, kind.comes, kind.stays) >= 0
        assert (effect.services_before, effect.services_after) == (services_before, given(store))
