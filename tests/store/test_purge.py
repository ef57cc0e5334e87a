"""Erasure: after it no file of the store tells of the client, and the services count as before."""

import shutil

import pytest
from sqlalchemy import func, select

from analytics.core.selection import CITY
from analytics.core.settings import Settings, settings
from analytics.ingest.erased import strip_erased
from analytics.ingest.rejects import kept_rejects
from analytics.ingest.run import run_import
from analytics.measures import evaluate
from analytics.store import open_store, retention, writing
from analytics.store.purge import look_up, purge_clients, readmit
from analytics.store.rejected import rejected_of
from analytics.store.retention import expired_clients, purge_expired
from analytics.store.schema import BATCHES, CLIENTS, ERASED_ROWS, PROBLEMS, REPEATS, SERVICES
from tests.store.rows import batch, services
from tests.store.telling import everything

INSTITUTIONS = "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n"
WHO, NAME, NOTE = "KH-7731", "示例消失公司", "来电咨询某某专利"
CLIENTS_LEDGER = (
    "服务对象编号,名称,类型,所属区域,街道乡镇,经度,纬度\n"
    f"{WHO},{NAME},小微企业,海淀区,秘境街道,116.31234,39.97654\n"
    "KH-77,示例留存公司,小微企业,朝阳区,某街道,116.45,39.92\n"
    f"{WHO}0,示例另一公司,小微企业,朝阳区,某街道,150.5,39.9\n"
)
CLIENTS_AGAIN = f"服务对象编号,名称,类型,所属区域,经度,纬度\n{WHO},{NAME}二,中型企业,海淀区,151.71717,39.9\n"
HEADINGS = "记录编号,机构编号,服务事项,受理时间,服务对象编号,主题,备注\n"
SERVICES_LEDGER = HEADINGS + (
    f"R1,S1,B02,2026-03-05,{WHO},专属主题,{NOTE}\n"
    f"R-{WHO}-2,S1,B02,2026-03-06,{WHO},,\n"
    "R3,S1,B02,2026-03-07,KH-77,通用主题,留存备注\n"
    f"R4,S1,咨询,2026-03-08,{WHO},,退回备注\n"
    f"R5,S1,B02,2026-03-09,,,与{WHO}有关\n"
    "R6,S1,B02,2026-03-09,KH-404,,\n"
)
CORRECTION = HEADINGS + f"R1,S1,B02,2026-03-05,{WHO},,更正后的{NOTE}\n"


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


def bringer(store, folder):
    def bring(*texts, name="台账"):
        paths = []
        for number, text in enumerate(texts):
            paths.append(folder / f"{name}{number}.csv")
            paths[-1].write_text(text, encoding="utf-8")
        return run_import(store, paths)

    return bring


@pytest.fixture
def bring(store, tmp_path):
    return bringer(store, tmp_path)


@pytest.fixture
def named(monkeypatch):
    """Let the store keep clients' names."""
    kept = Settings(keep_client_names=True)
    for module in ("analytics.ingest.run", "analytics.store.purge", "analytics.store.rejected"):
        monkeypatch.setattr(f"{module}.settings", lambda: kept)


def volume(store, **by):
    return evaluate(store.snapshot(), "services", scope=CITY, **by).rows


def hash_of(store, name):
    with store.snapshot().connect() as connection:
        return (
            connection.execute(select(CLIENTS.rows.c.name_hash).where(CLIENTS.rows.c.client_id == name))
            .scalars()
            .all()
        )


def fill(bring):
    bring(INSTITUTIONS)
    bring(CLIENTS_LEDGER, SERVICES_LEDGER)
    bring(CLIENTS_AGAIN, CORRECTION, CLIENTS_LEDGER.replace("116.45", "116.46"), name="再报")


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A store filled once; each test works on a copy of its own."""
    folder = tmp_path_factory.mktemp("filled")
    fill(bringer(open_store(folder / "store"), folder))
    return folder / "store"


@pytest.fixture
def full(store, filled):
    shutil.copytree(filled, store.folder)
    return store


def test_after_erasure_no_file_of_the_store_tells_of_the_client(store, bring, named):
    fill(bring)
    hashes = hash_of(store, WHO)
    assert len(hashes) > 1
    secrets = [
        WHO + '"',
        WHO + "'",
        NAME,
        "秘境街道",
        "116.31",
        "151.7",
        "专属主题",
        NOTE,
        "退回备注",
        *hashes,
    ]
    before = everything(store.folder)
    assert [secret for secret in secrets if secret not in before] == []
    counted = volume(store, by=["month"])
    held = len(list(store.folder.glob("snapshot-*.duckdb")))
    assert held > 1
    done = purge_clients(store, [WHO])
    assert done.clients == [WHO]
    assert (done.list_rows, done.services, done.rejected) == (2, 3, 1)
    after = everything(store.folder)
    for secret in secrets:
        assert secret not in after, secret
    assert WHO not in after.replace(f"{WHO}0", "")
    assert volume(store, by=["month"]) == counted
    assert len(list(store.folder.glob("snapshot-*.duckdb"))) == 1
    for other in (f"{WHO}0", "KH-77", "示例留存公司", "通用主题", "留存备注", "KH-404"):
        assert other in after


def test_what_is_erased_can_still_be_counted(full, store, bring):
    purge_clients(store, [WHO])
    with store.snapshot().connect() as connection:
        for batch in connection.execute(select(BATCHES)).all():
            versions = sum(
                connection.execute(
                    select(func.count()).where(ledger.rows.c.batch_id == batch.batch_id)
                ).scalar_one()
                for ledger in (SERVICES, CLIENTS)
            )
            repeats = connection.execute(
                select(func.count()).where(REPEATS.c.batch_id == batch.batch_id)
            ).scalar_one()
            gone = connection.execute(
                select(func.coalesce(func.sum(ERASED_ROWS.c.versions + ERASED_ROWS.c.repeats), 0)).where(
                    ERASED_ROWS.c.batch_id == batch.batch_id
                )
            ).scalar_one()
            if batch.batch_id > 1:
                assert versions + repeats + gone + batch.rejected == batch.data_rows
    rejected = rejected_of(store, 2)
    assert [row.cells for row in rejected] == [{}]
    assert kept_rejects(store, 2).rejected == rejected


def test_old_ledgers_sent_again_bring_nobody_back_and_change_nothing(full, store, bring):
    purge_clients(store, [WHO])
    counted = volume(store)
    before = everything(store.folder)
    again = bring(
        CLIENTS_LEDGER.replace("116.45", "116.46"), CORRECTION, SERVICES_LEDGER.replace("R1,", "R9,")
    )
    sums = {
        name: sum(getattr(outcome, name) for outcome in again.outcomes)
        for name in ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected")
    }
    # Only R9 is new; the row that was rejected is so again.
    assert sums == {
        "data_rows": 10,
        "loaded": 1,
        "unchanged": 8,
        "superseded": 0,
        "waiting": 0,
        "rejected": 1,
    }
    after = everything(store.folder)
    for secret in (NAME, "秘境街道", "116.31", "专属主题", NOTE, "退回备注"):
        assert secret not in after, secret
    assert WHO not in after.replace(f"{WHO}0", "")
    assert "KH-77" in before
    assert volume(store)[0]["value"] == counted[0]["value"] + 1
    told = [problem for problem in again.batch.problems if problem.code == "E607"]
    assert [problem.source_row for problem in told] == [None] * len(told)
    assert "1" in told[0].zh
    assert len(told) == 3
    assert WHO not in str([(p.value, p.zh, p.en) for p in told])


def test_a_client_that_stands_nowhere_changes_nothing_unless_it_is_to_be_forgotten_anyway(full, store, bring):
    before = store.current_version()
    assert look_up(store, ["KH-0"]).unknown == ["KH-0"]
    assert purge_clients(store, ["KH-0", WHO]).unknown == ["KH-0"]
    assert store.current_version() == before
    purge_clients(store, ["KH-0"], forget_unknown=True)
    bring(CLIENTS_LEDGER.replace("KH-77,", "KH-0,"), name="新")
    with store.snapshot().connect() as connection:
        assert "KH-0" not in connection.execute(select(CLIENTS.rows.c.client_id)).scalars().all()


def test_erasing_again_says_that_it_was_done(full, store, bring):
    purge_clients(store, [WHO])
    version = store.current_version()
    assert purge_clients(store, [WHO]).erased_before == [WHO]
    assert store.current_version() == version


def test_a_client_let_in_again_is_kept_again(full, store, bring):
    purge_clients(store, [WHO])
    assert not readmit(store, "KH-0")
    assert readmit(store, WHO)
    bring(CLIENTS_LEDGER, name="新")
    assert hash_of(store, WHO)


@pytest.mark.parametrize("moment", ["move_pointer", "sweep_all_but", "write_seal"])
def test_an_erasure_that_breaks_off_is_not_begun_or_is_finished_by_the_next_command(
    full, store, bring, monkeypatch, moment
):
    counted = volume(store)
    original = getattr(writing, moment)

    def killed(*arguments, **options):
        if moment == "sweep_all_but":
            raise KeyboardInterrupt
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(writing, moment, killed)
        with pytest.raises((KeyboardInterrupt, OSError)):
            purge_clients(store, [WHO])
    assert getattr(writing, moment) is original
    if moment == "sweep_all_but":
        assert purge_clients(store, [WHO]).erased_before == [WHO]
    else:
        assert look_up(store, [WHO]).clients == [WHO]
        assert purge_clients(store, [WHO]).clients == [WHO]
    assert NOTE not in everything(store.folder)
    assert volume(store) == counted
    assert len(list(store.folder.glob("snapshot-*.duckdb"))) == 1


def test_the_next_import_finishes_an_erasure_that_broke_off(full, store, bring, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(writing, "sweep_all_but", lambda *_: None)
        purge_clients(store, [WHO])
    assert NOTE in everything(store.folder)
    bring(INSTITUTIONS, name="新")
    assert NOTE not in everything(store.folder)


def test_a_reader_that_holds_an_old_snapshot_reads_on(full, store, bring):
    held = open_store(store.folder).snapshot()
    counted = evaluate(held, "services", scope=CITY).rows
    purge_clients(store, [WHO])
    assert evaluate(held, "services", scope=CITY).rows == counted


def test_problems_about_the_client_keep_their_code_and_lose_their_words(full, store, bring):
    with store.snapshot().connect() as connection:
        codes = connection.execute(select(PROBLEMS.c.code).order_by(PROBLEMS.c.code)).scalars().all()
    purge_clients(store, [WHO])
    with store.snapshot().connect() as connection:
        rows = connection.execute(select(PROBLEMS).order_by(PROBLEMS.c.code)).all()
    assert [row.code for row in rows] == codes
    assert any(row.zh.startswith("该行涉及的服务对象已按要求删除") for row in rows)
    assert any("KH-404" in row.zh for row in rows)


def test_clients_go_when_their_time_has_passed_and_may_return(store, bring, monkeypatch):
    from datetime import date

    rules = Settings(client_kept_months=12)
    monkeypatch.setattr(retention, "settings", lambda: rules)
    bring(INSTITUTIONS)
    bring(
        "服务对象编号,类型,所属区域,建档日期\nK-OLD,小微企业,海淀,2020-01-01\nK-NEW,小微企业,海淀,2020-01-01\n"
        "K-LIST,小微企业,海淀,2026-01-01\nK-ANY,小微企业,海淀,\n",
        HEADINGS + "R1,S1,B02,2024-03-05,K-OLD,,\nR2,S1,B02,2026-03-05,K-NEW,,\n",
    )
    with store.snapshot().connect() as connection:
        assert expired_clients(connection, rules, date(2026, 4, 1)) == ["K-OLD"]
        assert expired_clients(connection, Settings(), date(2026, 4, 1)) == []
    assert purge_expired(store, on=date(2026, 4, 1)).clients == ["K-OLD"]
    assert "K-OLD" not in everything(store.folder)
    again = bring(HEADINGS + "R1,S1,B02,2024-03-05,K-OLD,,\n", name="旧")
    assert [outcome.unchanged for outcome in again.outcomes] == [1]
    bring(
        HEADINGS + "R7,S1,B02,2026-04-05,K-OLD,,\n",
        "服务对象编号,类型,所属区域\nK-OLD,小微企业,海淀\n",
        name="新",
    )
    with store.snapshot().connect() as connection:
        listed = connection.execute(select(CLIENTS.current.c.client_id)).scalars().all()
        served = connection.execute(
            select(SERVICES.rows.c.client_id).order_by(SERVICES.rows.c.record_id)
        ).scalars()
        assert "K-OLD" in listed
        assert list(served) == [None, "K-NEW", "K-OLD"]


def test_nothing_is_stripped_where_nobody_was_erased(store, bring):
    bring(INSTITUTIONS, CLIENTS_LEDGER)
    read = batch(services({"record_id": "R9", "institution_id": "S1", "client_id": "K-OLD"}))
    with store.snapshot().connect() as connection:
        rows = list(read.rows)
        strip_erased(connection, read, store.salt())
        assert read.rows == rows
    assert settings().client_kept_months == 0


def test_an_import_erases_clients_whose_time_has_passed_by_the_data_themselves(store, bring, monkeypatch):
    rules = Settings(client_kept_months=12)
    for module in ("analytics.ingest.run", "analytics.store.retention"):
        monkeypatch.setattr(f"{module}.settings", lambda: rules)
    listed = "服务对象编号,类型,所属区域\nK-OLD,小微企业,海淀\n"
    bring(INSTITUTIONS, listed, HEADINGS + "R1,S1,B02,2020-03-05,K-OLD,,\n")
    # Whatever the clock says: the data reach no further than the client's own last service.
    assert look_up(store, ["K-OLD"]).clients == ["K-OLD"]
    bring(HEADINGS + "R2,S1,B02,2022-03-05,K-NEW,,\n", name="新")
    assert look_up(store, ["K-OLD", "K-NEW"]).erased_before == ["K-OLD"]
