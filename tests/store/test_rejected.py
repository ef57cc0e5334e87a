"""Rejected rows are kept apart, for a limited time, and never without their batch."""

import json
import stat
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, insert, select, update

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from analytics.ingest.run import run_import
from analytics.store import open_store, rejected
from analytics.store import writing as writing_module
from analytics.store.batch import RejectedRow
from analytics.store.rejected import rejected_of, write_rejected, wrong_with_rejected
from analytics.store.schema import BATCHES, REJECT_FILES, REJECTED

INSTITUTIONS = "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n"
SERVICES = (
    "记录编号,机构编号,服务事项,受理时间\nR1,S1,B02,2026-03-05\nR2,S1,咨询,2026-03-05\n=1+1,S1,B02,3/5/2026\n"
)


@pytest.fixture
def store(tmp_path):
    return open_store(tmp_path / "store")


@pytest.fixture
def bring(store, tmp_path):
    def bring(text, name="台账.csv", **options):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return run_import(store, [path], **options)

    return bring


@pytest.fixture
def kept_days(monkeypatch):
    def days(number):
        monkeypatch.setattr(rejected, "settings", lambda: Settings(rejects_kept_days=number))

    return days


def files(store):
    folder = store.folder / "rejects"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def aged(store, batch_id, days):
    with store.writing() as connection:
        old = datetime.now() - timedelta(days=days)
        connection.execute(update(BATCHES).where(BATCHES.c.batch_id == batch_id).values(imported_at=old))


def test_rejected_rows_are_kept_beside_the_snapshot_as_they_were_read(store, bring):
    done = bring(INSTITUTIONS), bring(SERVICES)
    assert rejected_of(store, done[0].batch_id) == []
    assert rejected_of(store, done[1].batch_id) == done[1].batch.rejected
    assert [row.cells["记录编号"] for row in done[1].batch.rejected] == ["R2", "=1+1"]
    with store.snapshot().connect() as connection:
        assert connection.execute(select(func.count()).select_from(REJECTED)).scalar() == 0
    snapshot = (store.folder / store.current_version()).read_bytes()
    assert b"=1+1" not in snapshot
    (path,) = (store.folder / "rejects").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_cell_that_no_encoding_can_write_is_kept(store):
    row = RejectedRow(
        "services", 0, "", 2, {"备注": "\ud800\x00表"}, ("E401",), ("备注",), frozenset({"备注"})
    )
    with store.writing() as connection:
        connection.execute(
            insert(BATCHES).values(
                batch_id=1, imported_at=datetime.now(), is_sample=False, report="", not_data=0,
                data_rows=1, loaded=0, unchanged=0, superseded=0, waiting=0, rejected=1,
            )
        )  # fmt: skip
        write_rejected(store.folder, connection, 1, [row])
    assert rejected_of(store, 1) == [row]


def test_a_dry_run_and_a_strict_refusal_keep_none(store, bring):
    bring(INSTITUTIONS)
    bring(SERVICES, dry_run=True)
    bring(SERVICES, strict=True)
    assert files(store) == []


def test_rows_older_than_the_time_limit_go_at_the_next_write_and_are_not_handed_out_before(store, bring):
    bring(INSTITUTIONS)
    old, new = bring(SERVICES).batch_id, bring(SERVICES).batch_id
    aged(store, old, days=91)
    assert len(files(store)) == 2
    assert rejected_of(store, old) is None
    aged(store, new, days=89)
    assert len(files(store)) == 1
    assert len(rejected_of(store, new)) == 2
    with store.snapshot().connect() as connection:
        assert connection.execute(select(REJECT_FILES.c.batch_id)).scalars().all() == [new]


def test_a_time_limit_of_none_keeps_none(store, bring, kept_days):
    bring(INSTITUTIONS)
    kept_days(0)
    assert rejected_of(store, bring(SERVICES).batch_id) is None
    assert files(store) == []


def test_an_import_that_breaks_off_leaves_at_most_an_orphan_that_the_next_write_removes(
    store, bring, monkeypatch
):
    bring(INSTITUTIONS)
    before = store.current_version()

    def killed(path, text):
        raise OSError("no space")

    with monkeypatch.context() as patch:
        patch.setattr(writing_module, "move_pointer", killed)
        with pytest.raises(OSError, match="no space"):
            bring(SERVICES)
    assert store.current_version() == before
    assert len(files(store)) == 1
    done = bring(SERVICES.replace("R2", "R9"))
    assert len(files(store)) == 1
    assert rejected_of(store, done.batch_id) == done.batch.rejected


def test_a_file_that_was_lost_or_changed_is_found_and_never_handed_out(store, bring):
    bring(INSTITUTIONS)
    done = bring(SERVICES)
    (path,) = (store.folder / "rejects").iterdir()
    with store.snapshot().connect() as connection:
        assert wrong_with_rejected(store.folder, connection) == []
        path.write_bytes(path.read_bytes()[:-9] + b"\x00" * 9)
        assert wrong_with_rejected(store.folder, connection) == [path.name]
        with pytest.raises(UserError, match="damaged"):
            rejected_of(store, done.batch_id)
        path.unlink()
        assert wrong_with_rejected(store.folder, connection) == [path.name]


def test_an_unknown_batch_is_said_to_be_none(store, bring):
    bring(INSTITUTIONS)
    with pytest.raises(UserError, match="no batch 7"):
        rejected_of(store, 7)


def test_rows_that_an_earlier_version_kept_inside_the_snapshot_are_moved_out(store, bring):
    bring(INSTITUTIONS)
    recent, old = bring(SERVICES).batch_id, bring(SERVICES).batch_id
    aged(store, old, days=200)
    with store.writing() as connection:
        connection.execute(REJECT_FILES.delete())
        for batch_id in (recent, old):
            row = {
                "batch_id": batch_id,
                "file_id": batch_id,
                "sheet": "",
                "source_row": 3,
                "kind": "services",
            }
            cells = json.dumps({"记录编号": "R2", "服务事项": "咨询"})
            connection.execute(insert(REJECTED).values(**row, cells=cells, reasons="E410、E401"))
    (row,) = rejected_of(store, recent)
    bring(INSTITUTIONS)
    assert rejected_of(store, recent) == [row]
    assert row.reasons == ("E410", "E401")
    assert row.cells == {"记录编号": "R2", "服务事项": "咨询"}
    assert rejected_of(store, old) is None
    assert len(files(store)) == 1
    with store.snapshot().connect() as connection:
        assert connection.execute(select(func.count()).select_from(REJECTED)).scalar() == 0
