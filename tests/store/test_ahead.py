"""A snapshot copied before the lock is held counts only when it is what the lock finds."""

import os
import threading
from pathlib import Path

import pytest

from analytics.core.settings import Settings
from analytics.store import ahead, open_store, writing
from analytics.store.ahead import copied_ahead
from analytics.store.load import load_batch
from analytics.store.verify import check_store
from tests.store.rows import batch, institutions


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(ahead, "WORTH_BYTES", 0)
    made = open_store(tmp_path / "store")
    made.salt()
    write(made, "S1")
    return made


@pytest.fixture
def copied(monkeypatch):
    """Which files were copied under the lock, the mirror left aside."""
    sources = []
    real = writing.copy_hashed

    def counted(source, target):
        if target is not None and target.suffix == ".duckdb":
            sources.append(source.suffix)
        return real(source, target)

    monkeypatch.setattr(writing, "copy_hashed", counted)
    return sources


def write(store, *ids):
    with store.writing() as connection:
        load_batch(connection, batch(institutions(*ids)), Settings())


def institutions_in(store):
    with open_store(store.folder).snapshot().connect() as connection:
        return [
            n for (n,) in connection.exec_driver_sql("SELECT institution_id FROM institutions ORDER BY 1")
        ]


def left(store):
    return list(store.folder.glob("ahead-*"))


def test_what_was_copied_ahead_is_not_copied_again(store, copied):
    with copied_ahead(store.folder):
        write(store, "S2")
    assert (copied, left(store)) == ([], [])
    assert institutions_in(store) == ["S1", "S2"]
    assert check_store(store).findings == ()


def test_what_another_command_has_overtaken_does_not_count(store, copied):
    with copied_ahead(store.folder):
        other = threading.Thread(target=write, args=(open_store(store.folder), "S2"))
        other.start()
        other.join()
        write(store, "S3")
    assert (copied, left(store)) == ([".duckdb", ".duckdb"], [])
    assert institutions_in(store) == ["S1", "S2", "S3"]


def test_a_copy_of_a_damaged_snapshot_does_not_count_and_the_mirror_is_used(store, copied):
    path = store.folder / store.current_version()
    with path.open("r+b") as handle:
        handle.seek(path.stat().st_size // 2)
        handle.write(os.urandom(4096))
    with copied_ahead(store.folder):
        write(store, "S2")
    assert (copied, left(store)) == ([".duckdb", ".mirror"], [])
    assert institutions_in(store) == ["S1", "S2"]


def test_what_nobody_takes_is_gone_and_what_a_killed_command_left_goes_with_the_next(store):
    with copied_ahead(store.folder):
        assert len(left(store)) == 1
    assert left(store) == []
    (store.folder / "ahead-1-0badcafe.copy").write_bytes(b"half")
    write(store, "S2")
    assert left(store) == []


def test_a_command_at_work_keeps_its_copy_unless_something_is_erased(store, monkeypatch):
    with copied_ahead(store.folder):
        ahead.remove_ahead(store.folder)
        assert len(left(store)) == 1
        ahead.remove_ahead(store.folder, in_use=True)
        assert left(store) == []
        write(store, "S2")
    assert institutions_in(store) == ["S1", "S2"]


def test_a_small_snapshot_a_full_disk_and_an_empty_store_are_left_alone(store, monkeypatch, tmp_path):
    with copied_ahead(tmp_path / "none"):
        assert not (tmp_path / "none").exists()
    usage = ahead.shutil._ntuple_diskusage(10**9, 10**9, 10**6)
    with monkeypatch.context() as patched:
        patched.setattr(ahead.shutil, "disk_usage", lambda _: usage)
        with copied_ahead(store.folder):
            assert left(store) == []
    monkeypatch.setattr(ahead, "WORTH_BYTES", 1 << 40)
    with copied_ahead(store.folder):
        assert left(store) == []


def test_copying_stops_when_it_is_told_to(tmp_path):
    source = Path(tmp_path / "source")
    source.write_bytes(bytes(100))
    with pytest.raises(ahead.StoppedError):
        ahead.copy_hashed(source, tmp_path / "target", stopped=lambda: True)
