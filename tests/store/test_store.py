"""The folder of a store: pointers lost, first imports at once, interruptions, leases, waiting, clocks."""

import gc
import json
import os
import shutil
import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.store import open_store
from analytics.store import writing as writing_module
from analytics.store.load import load_batch
from analytics.store.phases import running
from analytics.store.pointer import LAST, NAME
from analytics.store.seals import Seal, mirror_path, read_seal, seal_path, write_seal
from analytics.store.sweep import sweep
from tests.store.rows import batch, institutions


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folders of a store with S1 and of one with S2 as well."""
    first = tmp_path_factory.mktemp("one") / "store"
    write(open_store(first), "S1")
    second = shutil.copytree(first, tmp_path_factory.mktemp("two") / "store")
    write(open_store(second), "S2")
    return first, second


@pytest.fixture
def one(made, tmp_path):
    """A store that one command wrote to: it holds S1."""
    return open_store(shutil.copytree(made[0], tmp_path / "one"))


@pytest.fixture
def two(made, tmp_path):
    """A store that two commands wrote to: it holds S1, then S2."""
    return open_store(shutil.copytree(made[1], tmp_path / "two"))


def write(store, *ids):
    with store.writing() as connection:
        load_batch(connection, batch(institutions(*ids)), Settings())


def institutions_in(store):
    with open_store(store.folder).snapshot().connect() as connection:
        return [
            i for (i,) in connection.exec_driver_sql("SELECT institution_id FROM institutions ORDER BY 1")
        ]


def names(store, ending):
    return sorted(path.name for path in store.folder.glob(f"snapshot-*.{ending}"))


@pytest.mark.parametrize(
    "content", [None, b"", b"\x00\xff\x00", b"nonsense", b"snapshot-999999-deadbeef.duckdb"]
)
def test_a_lost_or_garbled_pointer_is_found_again_and_mended_by_the_next_import(two, content):
    pointer = two.folder / NAME
    if content is None:
        pointer.unlink()
    else:
        pointer.write_bytes(content)
    assert institutions_in(two) == ["S1", "S2"]
    write(two, "S3")
    assert institutions_in(two) == ["S1", "S2", "S3"]
    assert pointer.read_text() == two.current_version()


def test_an_older_state_never_takes_the_place_of_a_newer_one_that_is_gone(two):
    gone = two.current_version()
    for path in two.folder.glob(f"{gone.removesuffix('.duckdb')}*"):
        path.unlink()
    for pointer in (None, NAME, LAST):
        if pointer:
            (two.folder / pointer).rename(two.folder / f"{pointer}.kept")
        if pointer != LAST:
            with pytest.raises(UserError, match="no whole copy") as raised:
                two.snapshot()
            assert "ipdash restore" in raised.value.next_step.zh
            with pytest.raises(UserError, match="no whole copy"):
                write(two, "S3")


def test_a_store_of_an_earlier_version_opens_and_is_sealed_at_the_next_import(one):
    unsealed(one)
    before = one.current_version()
    assert institutions_in(one) == ["S1"]
    write(one, "S2")
    assert institutions_in(one) == ["S1", "S2"]
    assert read_seal(seal_path(one.folder, before)) is not None
    assert read_seal(seal_path(one.folder, one.current_version())).batches == 2


def unsealed(store):
    for ending in ("json", "mirror"):
        for path in store.folder.glob(f"snapshot-*.{ending}"):
            path.unlink()
    (store.folder / LAST).unlink()


def test_of_an_earlier_versions_store_that_lost_its_pointer_nothing_is_guessed(two):
    unsealed(two)
    (two.folder / NAME).unlink()
    before = names(two, "duckdb")
    with pytest.raises(UserError, match="CURRENT is missing or damaged"):
        write(two, "S3")
    assert names(two, "duckdb") == before


def test_what_a_killed_first_import_left_is_no_hindrance(store):
    store.folder.mkdir()
    (store.folder / "snapshot-000001-deadbeef.duckdb").write_bytes(b"half")
    assert store.is_empty
    write(store, "S2")
    assert len(names(store, "duckdb")) == 1


def test_a_half_made_secret_of_a_killed_process_goes_and_no_other(one):
    old, young, kept = (one.folder / f"salt.{end}" for end in ("12-deadbeef", "13-deadbeef", "before-0a1b"))
    for path in (old, young, kept):
        path.write_text("half")
    for path in (old, kept):
        os.utime(path, (0, 0))
    write(one, "S2")
    assert [path.exists() for path in (old, young, kept)] == [False, True, True]


def test_an_interruption_after_the_pointer_moved_leaves_the_new_snapshot(one, monkeypatch):
    moved = writing_module.move_pointer

    def interrupted(folder, version):
        moved(folder, version)
        raise KeyboardInterrupt

    monkeypatch.setattr(writing_module, "move_pointer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(one, "S2")
    assert institutions_in(one) == ["S1", "S2"]


def test_first_imports_at_once_agree_on_one_secret_that_only_the_owner_reads(store):
    found, ready = [], threading.Barrier(8)

    def ask():
        ready.wait()
        found.append(store.salt())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert stat.S_IMODE((store.folder / "salt").stat().st_mode) == 0o600
    assert [path.name for path in store.folder.iterdir()] == ["salt"]


def test_names_are_never_hashed_with_an_empty_secret(store):
    store.folder.mkdir(parents=True)
    (store.folder / "salt").touch()
    with pytest.raises(UserError, match="salt is missing or damaged"):
        store.salt()


def aged(store, version, hours):
    """Let a snapshot look as old as this, by its seal."""
    path = seal_path(store.folder, version)
    when = datetime.now(UTC) - timedelta(hours=hours)
    content = json.loads(path.read_text()) | {"sealed_at": when.isoformat(timespec="seconds")}
    content.pop("check")
    write_seal(path, Seal(**content))


def test_old_snapshots_go_when_they_are_both_many_and_old(store):
    versions = []
    for number in range(5):
        write(store, f"S{number}")
        versions.append(store.current_version())
    assert names(store, "duckdb") == versions
    for version, hours in zip(versions, (30, 0.5, 30, 30, 30), strict=True):
        aged(store, version, hours)
    sweep(store.folder, versions[-1], Settings(snapshots_kept=2, snapshots_kept_hours=1))
    # The first is old and beyond the two newest old ones; the second is beyond them too, but young.
    assert names(store, "duckdb") == versions[1:]
    assert names(store, "mirror") == [mirror_path(store.folder, versions[-1]).name]


def test_where_space_is_short_young_snapshots_go_and_a_clock_set_back_removes_none(store):
    versions = []
    for number in range(4):
        write(store, f"S{number}")
        versions.append(store.current_version())
    for version in versions:
        aged(store, version, -1000)
    chosen = Settings(snapshots_kept=1, snapshots_kept_hours=1)
    sweep(store.folder, versions[-1], chosen)
    assert names(store, "duckdb") == versions
    sweep(store.folder, versions[-1], chosen, number_alone=True)
    assert names(store, "duckdb") == versions[2:]


def test_a_snapshot_that_a_reader_holds_is_never_swept(one):
    reader = open_store(one.folder)
    held = reader.snapshot()
    for number in range(2, 5):
        write(one, f"S{number}")
    current, chosen = one.current_version(), Settings(snapshots_kept=1, snapshots_kept_hours=0)
    sweep(one.folder, current, chosen)
    assert held.version in names(one, "duckdb")
    with held.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM institutions").scalar() == 1
    version = held.version
    del held, reader, connection
    gc.collect()
    sweep(one.folder, current, chosen)
    assert version not in names(one, "duckdb")


def test_an_older_snapshot_answers_in_its_own_name_or_not_at_all(one):
    first = one.current_version()
    write(one, "S2")
    later = open_store(one.folder)
    with later.snapshot_of(first).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM institutions").scalar() == 1
    with pytest.raises(UserError, match="taken the place"):
        later.snapshot_of("snapshot-000077-deadbeef.duckdb")


def test_a_second_import_waits_and_says_for_whom(one):
    entered, told = threading.Event(), []

    def slow():
        with one.writing() as connection:
            entered.set()
            done.wait(20)
            load_batch(connection, batch(institutions("S2")), Settings())

    done = threading.Event()
    first = threading.Thread(target=slow)
    first.start()
    entered.wait(20)
    threading.Timer(1.5, done.set).start()
    with running("import", tell=told.append):
        write(open_store(one.folder), "S3")
    first.join()
    assert institutions_in(one) == ["S1", "S2", "S3"]
    assert [f"process {os.getpid()}" in text.en for text in told] == [True]


def test_an_import_that_waits_in_vain_has_stored_nothing_and_says_so(one):
    other = open_store(one.folder)
    with one.writing():
        with pytest.raises(UserError, match="stored nothing") as raised, other.writing(wait_seconds=0.2):
            pass
        assert "write_wait_seconds" in raised.value.next_step.zh
    assert institutions_in(one) == ["S1"]


def test_a_clock_set_back_is_told_and_changes_no_order(one):
    with one.writing() as connection:
        connection.exec_driver_sql("UPDATE batches SET imported_at = imported_at + INTERVAL 3 DAY")
    told = []
    with running("import", tell=told.append):
        write(one, "S2")
    assert ["before the last import" in text.en for text in told] == [True]
    with one.snapshot().connect() as connection:
        numbers = connection.exec_driver_sql("SELECT batch_id FROM batches ORDER BY batch_id").all()
    assert [number for (number,) in numbers] == [1, 2]


def test_a_store_written_by_a_newer_program_is_refused(one):
    path = seal_path(one.folder, one.current_version())
    write_seal(path, replace(read_seal(path), format=99))
    with pytest.raises(UserError, match="newer version"):
        open_store(one.folder).snapshot()
    with pytest.raises(UserError, match="newer version"):
        write(one, "S2")
