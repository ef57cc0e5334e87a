"""Files that came again as they were are noted beside the snapshot, as if they stood in its tables."""

import errno
import json
import os
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.core.errors import UserError
from analytics.core.settings import Settings, settings
from analytics.ingest.run import run_import
from analytics.store import notes as notes_module
from analytics.store import noting, open_store, writing
from analytics.store.backup import back_up
from analytics.store.load import load_batch, withdraw_batch
from analytics.store.notes import note_paths, read_notes
from analytics.store.restore import restore
from analytics.store.schema import BATCHES, FILES, JUDGED, PROBLEMS, REPEATS
from analytics.store.seals import mirror_path, read_seal, seal_path
from analytics.store.verify import check_store
from tests.store.rows import batch, institutions

HEADINGS = "机构编号,机构名称,机构层级,所属区域,设立日期,自备列\n"


@pytest.fixture
def ledger(tmp_path):
    place = tmp_path / "机构名录.csv"
    rows = [f"S{n},示例'{n}'工作站,工作站,海淀区,2020-01-01,甲\n" for n in range(5)]
    place.write_text(HEADINGS + "".join(rows), encoding="utf-8")
    return place


@pytest.fixture
def store(tmp_path, ledger):
    made = open_store(tmp_path / "store")
    run_import(made, [ledger], imported_by="O'甲")
    return made


def again(store, ledger, by="乙%'"):
    return run_import(store, [ledger], imported_by=by).batch_id


def write(store):
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S9")), Settings())


def kept(store):
    """What the tables say that a note may stand for, without the moments."""
    found = {}
    with open_store(store.folder).snapshot().connect() as connection:
        for table in (BATCHES, FILES, PROBLEMS, REPEATS):
            columns = [column for column in table.c if column.name != "imported_at"]
            found[table.name] = sorted(map(tuple, connection.execute(select(*columns))), key=repr)
    return found


def no_links(monkeypatch):
    def refused(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(Path, "hardlink_to", refused)


def findings(store):
    return [(f.code, f.needs_hands) for f in check_store(open_store(store.folder)).findings]


def test_a_file_that_comes_again_makes_a_new_snapshot_without_a_copy(store, ledger):
    before = store.current_version()
    assert again(store, ledger) == 2
    after = store.current_version()
    assert after != before
    assert (store.folder / after).samefile(store.folder / before)
    assert [path.name for path in store.folder.glob("*.mirror")] == [mirror_path(store.folder, after).name]
    assert not mirror_path(store.folder, after).samefile(store.folder / after)
    assert (read_seal(seal_path(store.folder, after)).batches, findings(store)) == (2, [])


def test_what_is_noted_equals_what_is_written_without_links(store, ledger, tmp_path, monkeypatch):
    other = open_store(tmp_path / "other")
    run_import(other, [ledger], imported_by="O'甲")
    with monkeypatch.context() as patched:
        no_links(patched)
        numbers = [again(other, ledger), again(other, ledger, by="丙")]
    assert [again(store, ledger), again(store, ledger, by="丙")] == numbers == [2, 3]
    assert (len(read_notes(store.folder, store.current_version())), kept(store)) == (2, kept(other))
    assert read_notes(other.folder, other.current_version()) == ()
    for each in (store, other):
        write(each)
        assert read_notes(each.folder, each.current_version()) == ()
        with each.snapshot().connect() as connection:
            assert connection.execute(select(JUDGED.c.batch_id)).scalars().all() == [3]
    assert (kept(store), findings(store)) == (kept(other), [])


def test_a_noted_batch_can_be_withdrawn_and_keeps_its_rows_when_the_first_is(store, ledger):
    again(store, ledger)
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, 1, settings())
    with store.snapshot().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM institutions").scalar() == 5
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, 2, settings())
    with store.snapshot().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM institutions").scalar() == 0
    assert findings(store) == []


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("harm", [Path.unlink, lambda path: path.write_bytes(b"{}")])
def test_one_lost_copy_of_a_note_costs_nothing_and_the_next_write_mends_it(store, ledger, place, harm):
    again(store, ledger)
    before = kept(store)
    harm(note_paths(store.folder, store.current_version())[place])
    assert kept(store) == before
    assert findings(store) == [("damaged", False)]
    write(store)
    assert len(kept(store)["batches"]) == 3
    assert findings(store) == []


def test_without_any_copy_of_a_note_nothing_takes_its_place_unasked(store, ledger):
    again(store, ledger)
    for path in note_paths(store.folder, store.current_version()):
        path.unlink()
    with pytest.raises(UserError, match="no whole copy"):
        kept(store)
    with pytest.raises(UserError):
        write(store)
    assert {needs_hands for _, needs_hands in findings(store)} == {True}


def test_a_lost_seal_takes_no_note_with_it(store, ledger):
    again(store, ledger)
    before = kept(store)
    seal_path(store.folder, store.current_version()).unlink()
    assert kept(store) == before
    write(store)
    assert (len(kept(store)["batches"]), findings(store)) == (3, [])


def test_a_backup_brings_its_notes_along(store, ledger, tmp_path):
    again(store, ledger)
    before = kept(store)
    made = back_up(store, tmp_path / "backup")
    assert made.batches == 2
    assert len(made.files) == 3
    target = open_store(tmp_path / "restored")
    restore(target, tmp_path / "backup")
    assert (kept(target), findings(target)) == (before, [])
    assert read_notes(target.folder, target.current_version()) == ()


def test_a_damaged_snapshot_or_mirror_is_mended_instead_of_linked(store, ledger):
    version = store.current_version()
    os.truncate(mirror_path(store.folder, version), 1000)
    again(store, ledger)
    assert (read_notes(store.folder, store.current_version()), findings(store)) == ((), [])
    os.truncate(store.folder / store.current_version(), 1000)
    again(open_store(store.folder), ledger)
    assert len(kept(store)["batches"]) == 3
    assert (store.folder / open_store(store.folder).current_version()).stat().st_size != 1000


def test_after_some_notes_a_snapshot_is_written(store, ledger, monkeypatch):
    monkeypatch.setattr(noting, "MOST", 2)
    counts = []
    for _ in range(4):
        again(store, ledger)
        counts.append(len(read_notes(store.folder, store.current_version())))
    assert counts == [1, 2, 0, 1]
    assert [row[0] for row in kept(store)["batches"]] == [1, 2, 3, 4, 5]
    assert findings(store) == []


def test_a_note_that_was_altered_does_not_count(store, ledger):
    again(store, ledger)
    for path in note_paths(store.folder, store.current_version()):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["notes"] = content["notes"].replace("乙", "丙")
        path.write_text(json.dumps(content), encoding="utf-8")
    assert notes_module.notes_in(path) is None
    with pytest.raises(UserError):
        kept(store)


@pytest.mark.parametrize("step", ["write_notes", "write_seal", "move_pointer"])
def test_a_disk_that_refuses_at_any_step_of_noting_leaves_the_store_as_it_was(
    store, ledger, monkeypatch, step
):
    def refused(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = sorted(path.name for path in store.folder.iterdir())
    with monkeypatch.context() as patched:
        patched.setattr(writing, step, refused)
        with pytest.raises(UserError, match="disk is full"):
            again(store, ledger)
    assert sorted(path.name for path in store.folder.iterdir()) == before
    assert (again(store, ledger), findings(store)) == (2, [])


def test_a_dry_run_notes_nothing(store, ledger):
    version = store.current_version()
    done = run_import(store, [ledger], dry_run=True)
    assert (done.batch_id, store.current_version()) == (None, version)
