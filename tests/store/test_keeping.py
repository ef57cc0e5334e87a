"""``ipdash check``, ``backup`` and ``restore``: what they promise, and what they refuse."""

import json
import os
import shutil
from functools import partial

import duckdb
import pytest

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.store import open_store, writing
from analytics.store.backup import MANIFEST, back_up, read_backup
from analytics.store.load import load_batch, withdraw_batch
from analytics.store.restore import restore
from analytics.store.seals import mirror_path, seal_path
from analytics.store.verify import check_store
from tests.commands import ipdash
from tests.store.rows import batch, institutions, services
from tests.store.telling import everything


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = open_store(tmp_path_factory.mktemp("template") / "store")
    made.salt()
    records = [{"record_id": f"R{n}", "institution_id": "S1"} for n in range(9)]
    write(made, institutions("S1"), services(*records))
    return made.folder


@pytest.fixture
def store(template, tmp_path):
    shutil.copytree(template, tmp_path / "store")
    return open_store(tmp_path / "store")


def write(store, *sheets):
    with store.writing() as connection:
        load_batch(connection, batch(*sheets), Settings())


def institutions_in(store):
    with open_store(store.folder).snapshot().connect() as connection:
        found = connection.exec_driver_sql("SELECT institution_id FROM institutions ORDER BY 1")
        return [number for (number,) in found]


def tampered(store, statement):
    """Change the current snapshot as an earlier program could have left it, and unseal it."""
    version = store.current_version()
    with duckdb.connect(str(store.folder / version)) as connection:
        connection.execute(statement)
    seal_path(store.folder, version).unlink()
    mirror_path(store.folder, version).unlink()


def codes(store):
    return {finding.code for finding in check_store(store).findings if finding.needs_hands}


def test_a_store_that_was_written_corrected_and_withdrawn_from_is_found_whole(store):
    write(
        store,
        services({"record_id": "R1", "institution_id": "S1"}, {"record_id": "R2", "institution_id": "S9"}),
    )
    write(store, services({"record_id": "R1", "institution_id": "S1", "persons_served": 4}))
    write(store, services({"record_id": "R1", "institution_id": "S1", "persons_served": 4}))
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, 3, Settings())
    checked = check_store(store)
    assert checked.findings == ()
    assert (checked.batches, checked.version) == (4, store.current_version())


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM services WHERE record_id = 'R3'", "facts"),
        ("INSERT INTO services SELECT * FROM services WHERE record_id = 'R3'", "keys"),
        ("DELETE FROM services_rows WHERE record_id = 'R3'", "counts"),
        ("UPDATE batches SET loaded = loaded + 1", "counts"),
        ("DELETE FROM batches", "counts"),
        ("INSERT INTO repeats VALUES ('services', 900, 800, 1)", "repeats"),
    ],
)
def test_tables_that_contradict_each_other_are_found(store, statement, code):
    tampered(store, statement)
    assert code in codes(store)


def test_a_lost_or_garbled_secret_is_found(store):
    (store.folder / "salt").write_text("short")
    assert codes(store) == {"salt"}
    (store.folder / "salt").unlink()
    assert codes(store) == {"salt"}
    assert not (store.folder / "salt").exists()


def test_files_that_belong_to_nothing_are_named_and_need_no_hands(store):
    (store.folder / "snapshot-old.txt").touch()
    (store.folder / "snapshot-000009-deadbeef.duckdb").touch()
    checked = check_store(store)
    assert checked.is_whole
    assert {finding.code for finding in checked.findings} == {"orphan", "leftover"}


def test_the_command_line_says_what_is_wrong_and_ends_with_one(store):
    done = ipdash(store.folder, "check", language="zh")
    assert (done.returncode, "数据完好" in done.stdout) == (0, True)
    tampered(store, "DELETE FROM services WHERE record_id = 'R3'")
    done = ipdash(store.folder, "check", "--json", language="zh")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["whole"] is False
    assert any("缺 1 行" in finding["what"] for finding in found["findings"])
    assert all(finding["next_step"] for finding in found["findings"])


def test_a_backup_brings_everything_back_while_readers_keep_what_they_hold(store, tmp_path):
    salt = store.salt()
    back_up(store, tmp_path / "copy")
    write(store, institutions("S2"))
    held = store.snapshot()
    restored = restore(store, tmp_path / "copy")
    assert restored.batches == 1
    assert institutions_in(store) == ["S1"]
    with held.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM institutions").scalar() == 2
    assert held.version in {path.name for path in store.folder.glob("*.duckdb")}
    assert store.current_version() > held.version
    assert store.salt() == salt
    assert check_store(store).findings == ()


def test_a_backup_taken_during_an_import_holds_the_state_before_it(store, tmp_path):
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S2")), Settings())
        back_up(open_store(store.folder), tmp_path / "copy")
    assert institutions_in(store) == ["S1", "S2"]
    restore(store, tmp_path / "copy")
    assert institutions_in(store) == ["S1"]


def test_a_lost_store_is_restored_into_an_empty_folder_secret_included(store, tmp_path):
    salt = store.salt()
    back_up(store, tmp_path / "copy")
    shutil.rmtree(store.folder)
    restore(store, tmp_path / "copy")
    assert institutions_in(store) == ["S1"]
    assert store.salt() == salt
    assert check_store(store).findings == ()


def test_a_store_damaged_in_both_copies_is_restored(store, tmp_path):
    back_up(store, tmp_path / "copy")
    write(store, institutions("S2"))
    for path in (store.folder / store.current_version(), mirror_path(store.folder, store.current_version())):
        os.truncate(path, 100)
    restore(store, tmp_path / "copy")
    assert institutions_in(store) == ["S1"]
    assert check_store(store).is_whole
    write(store, institutions("S3"))
    assert institutions_in(store) == ["S1", "S3"]


def test_a_later_backup_takes_the_place_of_the_earlier_one_at_once(store, tmp_path):
    folder = tmp_path / "copy"
    first = back_up(store, folder)
    write(store, institutions("S2"))
    second = back_up(store, folder)
    assert read_backup(folder) == second
    assert first.version not in {path.name for path in folder.iterdir()}
    restore(store, folder)
    assert institutions_in(store) == ["S1", "S2"]


def test_a_backup_that_broke_off_is_none_and_leaves_the_earlier_one_whole(store, tmp_path, monkeypatch):
    from analytics.store import backup as backup_module

    folder = tmp_path / "copy"

    def broken(place, text):
        if place.name == MANIFEST:
            raise KeyboardInterrupt
        place.write_text(text)

    with monkeypatch.context() as patch:
        patch.setattr(backup_module, "replace_text", broken)
        with pytest.raises(KeyboardInterrupt):
            back_up(store, folder)
    with pytest.raises(UserError, match="no whole backup"):
        restore(store, folder)
    first = back_up(store, folder)
    write(store, institutions("S2"))
    with monkeypatch.context() as patch:
        patch.setattr(backup_module, "replace_text", broken)
        with pytest.raises(KeyboardInterrupt):
            back_up(store, folder)
    assert restore(store, folder) == first
    assert institutions_in(store) == ["S1"]


def test_nothing_but_a_backup_of_the_same_store_is_overwritten(store, tmp_path):
    other = open_store(tmp_path / "other")
    other.salt()
    write(other, institutions("T1"))
    back_up(other, tmp_path / "copy")
    with pytest.raises(UserError, match="another store"):
        back_up(store, tmp_path / "copy")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    with pytest.raises(UserError, match="neither an empty folder"):
        back_up(store, tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["letter.txt"]


def test_the_backup_of_another_store_is_restored_only_when_that_is_said(store, tmp_path):
    other = open_store(tmp_path / "other")
    other.salt()
    write(other, institutions("T1"))
    back_up(other, tmp_path / "copy")
    with pytest.raises(UserError, match="another store"):
        restore(store, tmp_path / "copy")
    assert institutions_in(store) == ["S1"]
    restore(store, tmp_path / "copy", from_another_store=True)
    assert institutions_in(store) == ["T1"]
    assert store.salt() == other.salt()
    assert len(list(store.folder.glob("salt.before-*"))) == 1


@pytest.mark.parametrize("spoiled", ["snapshot", "manifest", "salt", "newer", "no backup"])
def test_a_backup_that_is_not_whole_or_newer_changes_nothing(store, tmp_path, spoiled):
    folder = tmp_path / "copy"
    made = back_up(store, folder)
    if spoiled == "snapshot":
        os.truncate(folder / made.version, made.size_bytes // 2)
    elif spoiled == "manifest":
        (folder / MANIFEST).write_text(
            (folder / MANIFEST).read_text().replace('"batches": 1', '"batches": 2')
        )
    elif spoiled == "salt":
        (folder / "salt").unlink()
    elif spoiled == "newer":
        path = folder / made.version
        with duckdb.connect(str(path)) as connection:
            connection.execute("CREATE TABLE what_later_programs_keep (x INTEGER)")
        rewrite_manifest(folder)
    else:
        folder = tmp_path / "nowhere"
    version, before = store.current_version(), sorted(path.name for path in store.folder.iterdir())
    with pytest.raises(UserError) as raised:
        restore(store, folder)
    assert raised.value.next_step.zh
    assert ("newer version" in raised.value.what.en) == (spoiled == "newer")
    assert store.current_version() == version
    assert sorted(path.name for path in store.folder.iterdir()) == before


def rewrite_manifest(folder):
    """Let a manifest say what is there, as the program that made it would have."""
    from analytics.store import backup as backup_module
    from analytics.store.files import copy_hashed

    content = json.loads((folder / MANIFEST).read_text())
    content.pop("check")
    for file in content["files"]:
        file["size_bytes"], file["sha256"] = copy_hashed(folder / file["name"], None)
    (folder / MANIFEST).write_text(json.dumps(content | {"check": backup_module._check(content)}))


def killed(*_):
    raise KeyboardInterrupt


def clients_in(folder):
    with open_store(folder).snapshot().connect() as connection:
        return connection.exec_driver_sql("SELECT client_id FROM clients").all()


def test_a_client_erased_since_the_backup_does_not_come_back(tmp_path, monkeypatch):
    ledgers = tmp_path / "in"
    ledgers.mkdir()
    (ledgers / "机构名录.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n",
        encoding="utf-8",
    )
    (ledgers / "服务对象名录.csv").write_text(
        "服务对象编号,企业名称,类型,所属区域\nK-1,示例甲,小微企业,海淀\nK-2,示例乙,小微企业,海淀\n",
        encoding="utf-8",
    )
    run = partial(ipdash, tmp_path / "store")
    assert run("import", ledgers).returncode == 0
    assert run("backup", tmp_path / "copy").returncode == 0
    assert run("purge", "--client", "K-1", "--yes").returncode == 0
    with monkeypatch.context() as patch:
        patch.setattr(writing, "_tidy", killed)
        assert run("restore", tmp_path / "copy").returncode == 130
    assert clients_in(tmp_path / "store") == [("K-2",)]
    done = run("restore", tmp_path / "copy")
    assert done.returncode == 0, done.stderr
    assert "1 clients who were erased" in done.stderr
    assert "示例甲" not in everything(tmp_path / "store")
    assert clients_in(tmp_path / "store") == [("K-2",)]
    assert run("check").returncode == 0
