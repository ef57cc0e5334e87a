"""The folder of a store: what a lost pointer, two first imports and a late Ctrl-C may not do to it."""

import stat
import threading

import pytest

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.store import open_store
from analytics.store import store as store_module
from analytics.store.load import load_batch
from tests.store.rows import batch, institutions


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


def write(store, *ids):
    with store.writing() as connection:
        load_batch(connection, batch(institutions(*ids)), Settings())


def test_a_store_whose_pointer_is_lost_is_not_taken_for_an_empty_one(store):
    write(store, "S1")
    write(store, "S2")
    (store.folder / "CURRENT").unlink()
    before = sorted(store.folder.glob("snapshot-*"))
    with pytest.raises(UserError, match="CURRENT is missing or damaged"):
        write(store, "S3")
    assert sorted(store.folder.glob("snapshot-*")) == before


def test_what_a_killed_first_import_left_is_no_hindrance(store):
    write(store, "S1")
    (store.folder / "CURRENT").unlink()
    write(store, "S2")
    assert len(list(store.folder.glob("snapshot-*.duckdb"))) == 1


def test_an_interruption_after_the_pointer_moved_leaves_the_new_snapshot(store, monkeypatch):
    write(store, "S1")
    moved = store_module.replace_text

    def interrupted(path, text):
        moved(path, text)
        raise KeyboardInterrupt

    monkeypatch.setattr(store_module, "replace_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write(store, "S2")
    assert (store.folder / store.current_version()).is_file()
    assert store.snapshot().about


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
