"""What disks, limits and permissions may do to a command: the store stays as it was, and words say why."""

import errno
import os
import random
import resource
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.store import open_store, snapshot
from analytics.store import writing as writing_module
from analytics.store.faults import disk_fault, require_space
from analytics.store.load import load_batch
from analytics.store.seals import mirror_path, seal_path
from analytics.store.verify import check_store
from tests.commands import ipdash
from tests.conftest import IPDASH
from tests.store.rows import batch, institutions, services

HEADINGS = "机构编号,机构名称,机构层级,所属区域,设立日期\n"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = open_store(tmp_path_factory.mktemp("template") / "store")
    made.salt()
    write(made, "S1")
    return made.folder


@pytest.fixture
def store(template, tmp_path):
    shutil.copytree(template, tmp_path / "store")
    return open_store(tmp_path / "store")


@pytest.fixture(scope="module")
def written_template(template, tmp_path_factory):
    made = shutil.copytree(template, tmp_path_factory.mktemp("written") / "store")
    write(open_store(made), "S2")
    return made


@pytest.fixture
def written(written_template, tmp_path):
    """A store that a second command wrote to."""
    return open_store(shutil.copytree(written_template, tmp_path / "written"))


def write(store, *ids):
    with store.writing() as connection:
        load_batch(connection, batch(institutions(*ids)), Settings())


def institutions_in(store):
    with open_store(store.folder).snapshot().connect() as connection:
        found = connection.exec_driver_sql("SELECT institution_id FROM institutions ORDER BY 1")
        return [number for (number,) in found]


def ledger(folder):
    folder.mkdir(exist_ok=True)
    (folder / "机构名录.csv").write_text(f"{HEADINGS}N0,示例0工作站,工作站,海淀区,2020-01-01\n", "utf-8")
    return folder


def large_ledger(path, rows):
    """Write services whose notes cannot be packed: about 1 KB of a snapshot each."""
    chance = random.Random(1)
    lines = [f"R{n},S1,B02,2026-03-05,{chance.randbytes(1000).hex()}\n" for n in range(rows)]
    path.write_text("记录编号,机构编号,服务事项,受理时间,备注\n" + "".join(lines), encoding="utf-8")
    return path


def files_in(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "lock")


def flipped(path, place):
    """Spoil some bytes in the middle of a file; its size stays."""
    with path.open("r+b") as handle:
        handle.seek(place)
        found = handle.read(4096)
        handle.seek(place)
        handle.write(bytes(byte ^ 0xFF for byte in found))


@pytest.mark.parametrize(
    ("step", "number"),
    [
        ("exclusive_lock", errno.EROFS),
        ("copy_hashed", errno.ENOSPC),
        ("sync_file", errno.EIO),
        ("write_seal", errno.EDQUOT),
        ("move_pointer", errno.EMFILE),
    ],
)
def test_a_disk_that_refuses_at_any_step_leaves_the_store_as_it_was(store, monkeypatch, step, number):
    before = files_in(store.folder)

    def refused(*_, **__):
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(writing_module, step, refused)
        with pytest.raises(UserError) as raised:
            write(store, "S2")
    assert str(store.folder) in raised.value.what.zh
    assert raised.value.next_step.en
    assert files_in(store.folder) == before
    assert institutions_in(store) == ["S1"]


def test_what_cannot_be_swept_does_not_undo_an_import_that_stands(store, monkeypatch):
    def refused(*_, **__):
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    with monkeypatch.context() as patch:
        patch.setattr(writing_module, "sweep", refused)
        write(store, "S2")
    assert institutions_in(store) == ["S1", "S2"]


def test_space_is_looked_for_before_anything_is_copied(store, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 1024))
    before = files_in(store.folder)
    with pytest.raises(UserError, match="disk is full") as raised:
        write(store, "S2")
    assert "MiB" in raised.value.what.zh
    assert files_in(store.folder) == before
    with pytest.raises(UserError):
        require_space(store.folder, 2048)


def test_a_limit_on_file_size_ends_an_import_in_words(store, tmp_path):
    # The database itself meets this limit, as it would a full disk.
    largest = max(path.stat().st_size for path in store.folder.glob("snapshot-*"))

    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    many = large_ledger(tmp_path / "many.csv", rows=3000)
    done = subprocess.run(
        [IPDASH, "import", many],
        env={**os.environ, "IPDASH_STORE": str(store.folder), "IPDASH_LANG": "en"},
        capture_output=True,
        text=True,
        preexec_fn=limited,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "no file grow further" in done.stderr
    assert institutions_in(store) == ["S1"]
    assert len(list(store.folder.glob("snapshot-*.duckdb*"))) == 1


@pytest.fixture
def small_disk(tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], capture_output=True
    )
    if mounted.returncode:
        pytest.skip("a disk of its own cannot be mounted here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_ends_an_import_in_words_and_reading_goes_on(small_disk, template, tmp_path):
    settings = tmp_path / "settings.toml"
    settings.write_text("disk_reserve_mib = 0\n")
    store = shutil.copytree(template, small_disk / "store")
    before = files_in(store)
    many = large_ledger(tmp_path / "many.csv", rows=12_000)
    done = ipdash(store, "import", many, IPDASH_SETTINGS=str(settings))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "disk is full" in done.stderr
    assert files_in(store) == before
    assert institutions_in(open_store(store)) == ["S1"]
    assert check_store(open_store(store)).findings == ()


@pytest.fixture
def read_only(store, tmp_path):
    place = tmp_path / "read-only"
    place.mkdir()
    commands = (["mount", "--bind", str(store.folder), str(place)],)
    commands += (["mount", "-o", "remount,ro,bind", str(place)],)
    if any(subprocess.run(command, capture_output=True).returncode for command in commands):
        pytest.skip("a read-only folder cannot be mounted here")
    yield open_store(place)
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_read_only_disk_can_be_read_and_checked_and_says_so_to_writers(read_only, store, tmp_path):
    write(store, "S2")
    assert institutions_in(read_only) == ["S1", "S2"]
    assert check_store(read_only).findings == ()
    done = ipdash(read_only.folder, "import", ledger(tmp_path / "in"))
    assert done.returncode == 2
    assert "The disk is read-only" in done.stderr
    assert ipdash(read_only.folder, "backup", tmp_path / "copy").returncode == 0


def test_errors_of_the_database_are_told_by_the_systems_words_in_them():
    import duckdb

    text = f'IO Error: Could not write file "x": {os.strerror(errno.ENOSPC)}'
    assert disk_fault(duckdb.IOException(text), Path("place")).what.en == "The disk is full: place."
    assert disk_fault(ValueError(os.strerror(errno.ENOSPC))) is None
    assert disk_fault(FileNotFoundError(errno.ENOENT, "x")) is None


def damage(store, how):
    path = store.folder / store.current_version()
    if how == "truncated":
        os.truncate(path, path.stat().st_size // 2)
    elif how == "empty":
        os.truncate(path, 0)
    elif how == "gone":
        path.unlink()
    elif how == "header":
        flipped(path, 0)
    else:
        # Every block of the file: whatever is read next meets it.
        for place in range(12288, path.stat().st_size, 65536):
            flipped(path, place)


DAMAGES = ["truncated", "empty", "gone", "header", "pages"]


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_snapshot_costs_no_row_and_the_next_import_mends_it(written, how):
    damage(written, how)
    assert institutions_in(written) == ["S1", "S2"]
    checked = check_store(written)
    assert [(f.code, f.needs_hands) for f in checked.findings] == [("damaged", False)]
    write(written, "S3")
    assert institutions_in(written) == ["S1", "S2", "S3"]
    assert not [f for f in check_store(written).findings if f.needs_hands]


@pytest.mark.parametrize("how", DAMAGES)
def test_when_both_copies_are_damaged_no_older_state_takes_their_place(written, how):
    damage(written, how)
    os.truncate(mirror_path(written.folder, written.current_version()), 1000)
    for attempt in (lambda: institutions_in(written), lambda: write(written, "S3")):
        with pytest.raises(UserError, match="no whole copy") as raised:
            attempt()
        assert "ipdash restore" in raised.value.next_step.en
    assert not check_store(written).is_whole


def test_damage_under_a_reader_is_met_by_the_second_copy(written):
    held = written.snapshot()
    with held.connect() as connection:
        damage(written, "pages")
        assert connection.exec_driver_sql("SELECT count(*) FROM institutions").scalar() == 2
        assert connection.exec_driver_sql("SELECT max(name) FROM institutions").scalar() == "示例S2工作站"
    with held.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM batches").scalar() == 2


def test_without_a_second_copy_damage_under_a_reader_is_said_in_words(store, monkeypatch):
    monkeypatch.setattr(writing_module, "settings", lambda: Settings(mirror_snapshot=False))
    write(store, "S2")
    assert not list(store.folder.glob("*.mirror"))
    damage(store, "pages")
    with pytest.raises(UserError, match="no whole copy"):
        institutions_in(store)


def test_a_garbled_seal_costs_nothing(written):
    seal_path(written.folder, written.current_version()).write_text('{"size_bytes": 1}')
    assert institutions_in(written) == ["S1", "S2"]
    assert [f.code for f in check_store(written).findings] == ["unsealed"]
    write(written, "S3")
    assert check_store(written).findings == ()


def test_a_reader_that_races_with_writers_always_finds_a_snapshot(store, monkeypatch):
    eager = Settings(snapshots_kept=1, snapshots_kept_hours=0)
    monkeypatch.setattr(writing_module, "settings", lambda: eager)
    over, seen, errors = threading.Event(), [], []

    def read():
        while not over.is_set():
            try:
                seen.append(len(institutions_in(store)))
            except Exception as error:  # noqa: BLE001
                errors.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(2, 6):
        write(store, f"S{number}")
    over.set()
    reader.join()
    assert errors == []
    assert seen == sorted(seen)


def test_a_reader_that_names_a_snapshot_swept_at_that_moment_tries_again(store, monkeypatch):
    first = store.current_version()
    write(store, "S2")
    for path in store.folder.glob(f"{first.removesuffix('.duckdb')}*"):
        path.unlink()
    answers = iter([first])
    told = open_store(store.folder)
    monkeypatch.setattr(told, "current_version", lambda: next(answers, store.current_version()))
    assert told.snapshot().version == store.current_version()


def test_an_import_during_heavy_reading_disturbs_neither(store):
    with store.writing() as connection:
        rows = [{"record_id": f"R{n}", "institution_id": "S1"} for n in range(5000)]
        load_batch(connection, batch(services(*rows)), Settings())
    over, counts = threading.Event(), []

    def read(held):
        while not over.is_set():
            with held.connect() as connection:
                counts.append(connection.exec_driver_sql("SELECT count(*) FROM services").scalar())

    held = store.snapshot()
    readers = [threading.Thread(target=read, args=(held,)) for _ in range(3)]
    for reader in readers:
        reader.start()
    with open_store(store.folder).writing() as connection:
        rows = [{"record_id": f"Q{n}", "institution_id": "S1"} for n in range(1000)]
        load_batch(connection, batch(services(*rows)), Settings())
    over.set()
    for reader in readers:
        reader.join()
    assert set(counts) == {5000}
    with store.snapshot().connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM services").scalar() == 6000


def test_a_snapshot_gone_under_its_name_is_told_apart_from_a_damaged_one(store):
    with pytest.raises(snapshot.GoneError):
        snapshot.open_snapshot(store.folder, "snapshot-000099-deadbeef.duckdb")
