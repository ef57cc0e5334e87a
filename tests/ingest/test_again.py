"""A file that comes again is recorded unread only where reading it would give exactly the same."""

import random
import shutil

import pytest
from sqlalchemy import select, update

from analytics.core.settings import settings
from analytics.ingest import again, run
from analytics.ingest.run import run_import
from analytics.store import open_store
from analytics.store.load import withdraw_batch
from analytics.store.schema import BATCHES, FACT_TABLES, LEDGERS, PROBLEMS, READINGS, REPEATS

HEADINGS = "记录编号,机构编号,服务事项,服务对象类型,受理时间,满意度评价,自备列"
FACTS = [LEDGERS["institutions"].current, LEDGERS["services"].current, REPEATS, PROBLEMS]


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """Clean ledgers, the store they were imported into once, and what that said."""
    place = tmp_path_factory.mktemp("first")
    done = run_import(open_store(place / "store"), [ledgers(place / "ledgers")])
    return place, done


@pytest.fixture
def store(first, tmp_path):
    """A store that has the ledgers of ``folder`` already."""
    return open_store(shutil.copytree(first[0] / "store", tmp_path / "store"))


@pytest.fixture
def folder(first, tmp_path):
    return shutil.copytree(first[0] / "ledgers", tmp_path / "ledgers")


@pytest.fixture
def read(monkeypatch):
    """Count how often files are read."""
    times = []
    real = run.read_batch
    monkeypatch.setattr(run, "read_batch", lambda *args, **more: times.append(1) or real(*args, **more))
    return times


def ledgers(folder, rows=30, rating="满意"):
    folder.mkdir(exist_ok=True)
    (folder / "机构名录.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n",
        encoding="utf-8",
    )
    lines = ["示例数据", HEADINGS]
    lines += [f"R{n},S1,B02,小微企业,2026-03-{n % 28 + 1:02d} 09:00,{rating},甲" for n in range(rows)]
    (folder / "服务台账.csv").write_text("\n".join(lines) + "\n合计\n", encoding="utf-8")
    return folder


def contents(store):
    with store.snapshot().connect() as connection:
        return {t.name: sorted(map(repr, connection.execute(select(t)))) for t in FACTS}


def told(done):
    outcomes = sorted(map(repr, done.outcomes))
    return outcomes, done.batch.problems, done.batch.sheets, done.batch.not_data, done.batch.files


def withdraw(store, number):
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, number, settings())


def test_a_clean_file_that_comes_again_is_not_read_and_its_rows_are_unchanged(store, folder, first, read):
    again_ = run_import(store, [folder])
    assert read == []
    assert [(o.kind, o.data_rows, o.unchanged) for o in again_.outcomes] == [
        ("institutions", 1, 1),
        ("services", 30, 30),
    ]
    assert (again_.batch.not_data, again_.batch.problems) == (
        first[1].batch.not_data,
        first[1].batch.problems,
    )


def test_what_is_recorded_unread_equals_what_reading_gives(first, folder, tmp_path, monkeypatch):
    """The same commands against two stores, one of which always reads, then withdrawals in any order."""
    one = folder / "服务台账.csv"
    stores = [
        open_store(shutil.copytree(first[0] / "store", tmp_path / name)) for name in ("unread", "always_read")
    ]
    numbers = [1]
    for paths in ([folder], [one], [folder]):
        unread = run_import(stores[0], paths)
        with monkeypatch.context() as patched:
            patched.setattr(run, "known_batch", lambda *_: None)
            read_ = run_import(stores[1], paths)
        assert told(unread) == told(read_)
        assert contents(stores[0]) == contents(stores[1])
        numbers.append(unread.batch_id)
    random.Random(1).shuffle(numbers)
    for number in numbers:
        for each in stores:
            withdraw(each, number)
        assert contents(stores[0]) == contents(stores[1])


def test_the_rows_stay_when_the_batch_that_brought_them_first_is_withdrawn(store, folder, read):
    run_import(store, [folder])
    before = contents(store)
    withdraw(store, 1)
    assert contents(store)["services"] == before["services"]
    # What brought the rows is gone: a third time the file is read.
    assert sum(o.unchanged for o in run_import(store, [folder]).outcomes) == 31
    assert len(read) == 1


def changed_content(folder, store):
    ledgers(folder, rating="不满意")


def new_name(folder, store):
    (folder / "服务台账.csv").rename(folder / "三月.csv")


def a_correction_in_between(folder, store):
    beside = folder.parent / "更正.csv"
    beside.write_text(f"{HEADINGS}\nR3,S1,B02,小微企业,2026-03-04 09:00,不满意,甲\n", encoding="utf-8")
    run_import(store, [beside])


def another_institution(folder, store):
    beside = folder.parent / "名录.csv"
    beside.write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS2,示例2工作站,工作站,海淀区,2020-01-01\n",
        encoding="utf-8",
    )
    run_import(store, [beside])


def the_first_batch_withdrawn(folder, store):
    with store.snapshot().connect() as connection:
        number = connection.execute(select(BATCHES.c.batch_id)).scalar_one()
    withdraw(store, number)


def a_file_more(folder, store):
    (folder / "四月.csv").write_text(
        f"{HEADINGS}\nR900,S1,B02,小微企业,2026-04-04 09:00,满意,甲\n", encoding="utf-8"
    )


@pytest.mark.parametrize(
    "change",
    [
        changed_content,
        new_name,
        a_correction_in_between,
        another_institution,
        the_first_batch_withdrawn,
        a_file_more,
    ],
    ids=lambda change: change.__name__,
)
def test_a_file_is_read_again_when_anything_it_depends_on_changed(store, folder, read, change):
    change(folder, store)
    read.clear()
    run_import(store, [folder])
    assert len(read) == 1


def test_a_file_with_a_faulty_row_is_read_each_time(store, folder, read):
    ledgers(folder, rating="特别满意")
    reports = [run_import(store, [folder]) for _ in range(2)]
    assert len(read) == 2
    assert reports[0].batch.problems == reports[1].batch.problems


def test_a_file_is_read_again_under_another_kind_settings_or_program(store, folder, read, monkeypatch):
    run_import(store, [folder / "服务台账.csv"], kind="services")
    monkeypatch.setattr(run, "settings", lambda: settings().model_copy(update={"extra_holidays": ()}))
    monkeypatch.setattr(again, "rules_hash", lambda: "another program")
    run_import(store, [folder])
    assert len(read) == 2


def test_a_dry_run_of_a_file_that_comes_again_keeps_nothing(store, folder):
    version = store.current_version()
    done = run_import(store, [folder], dry_run=True)
    assert sum(o.unchanged for o in done.outcomes) == 31
    assert (done.batch_id, store.current_version()) == (None, version)


def test_a_store_from_before_readings_were_kept_reads_its_files(store, folder, read):
    with store.writing() as connection:
        READINGS.drop(connection)
    assert sum(o.unchanged for o in run_import(store, [folder]).outcomes) == 31
    assert len(read) == 1


def test_after_an_upgrade_one_import_renews_every_kind_and_files_that_come_again_are_noted(store, folder):
    with store.writing() as connection:
        connection.execute(update(FACT_TABLES).values(made_by="an earlier program"))
    (folder / "服务台账.csv").write_text(
        f"{HEADINGS}\nR99,S1,B02,小微企业,2026-03-05 09:00,满意,甲\n", encoding="utf-8"
    )
    run_import(store, [folder / "服务台账.csv"])
    with store.snapshot().connect() as connection:
        made_by = dict(connection.execute(select(FACT_TABLES.c.kind, FACT_TABLES.c.made_by)).all())
    old = {kind for kind, made in made_by.items() if made == "an earlier program"}
    # The list of institutions is made anew when it changes, and only then.
    assert old <= {"institutions"}
    run_import(store, [folder / "服务台账.csv"])
    assert len(store.snapshot().notes) == 1
