"""What was computed once is read by the next process, and by nobody whom it does not answer."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from analytics.compliance import clause_table, kept, statuses
from analytics.core.selection import CITY, Scope
from analytics.core.settings import Settings
from analytics.ingest.run import run_import
from analytics.store.store import open_store
from tests.compliance.hand_made import Ledgers

AS_OF = date(2026, 4, 30)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kept")
    ledgers = Ledgers(folder)
    ledgers.station("A")
    ledgers.station("B", 所属区域="东城区", 撤销日期="2026-02-10")
    ledgers.row(
        "机构名录",
        机构编号="C",
        机构名称="海淀中心",
        机构层级="区级",
        所属区域="海淀区",
        设立日期="2020-01-01",
    )
    ledgers.service("A", 回访时间="2026-03-09", 办理结果="办结", 办结时间="2026-03-05")
    for number, status in (("A", "符合"), ("C", "不适用")):
        ledgers.row(
            "规范自查", 机构编号=number, 条款号="6.1.3", 状态=status, 检查日期="2026-04-01",
            检查人类型="自查", 依据材料="“引号”\n换行",
        )  # fmt: skip
    ledgers.imported()
    return folder / "store"


@pytest.fixture
def store(made, tmp_path):
    return open_store(shutil.copytree(made, tmp_path / "store"))


def _files(store):
    return sorted(path for path in store.folder.iterdir() if ".kept" in path.name)


def _not_again(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("computed again")

    monkeypatch.setattr(statuses, "count", refuse)


def test_a_second_process_reads_what_the_first_computed(store, monkeypatch):
    first = clause_table(store.snapshot(), scope=CITY, as_of=AS_OF)
    _not_again(monkeypatch)
    again = clause_table(open_store(store.folder).snapshot(), scope=CITY, as_of=AS_OF)
    assert (again.cells, again.former, again.days) == (first.cells, first.former, first.days)
    assert (again.institutions, again.trend) == (first.institutions, first.trend)
    assert {cell.institution_id for cell in again.cells} == {"A", "C"}
    assert again.trend["2026-01"] != again.trend["2026-03"]  # B was open then


@pytest.mark.parametrize(
    "change",
    [
        {"as_of": date(2026, 4, 29)},
        {"scope": Scope("district", "110108")},
        {"settings": Settings(clause_thresholds={"7.4.2.5": 0.5})},
        {"code": "other rules"},
    ],
    ids=["day", "scope", "settings", "rules"],
)
def test_whatever_may_change_an_answer_is_computed_anew(store, monkeypatch, change):
    clause_table(store.snapshot(), scope=CITY, as_of=AS_OF)
    if "settings" in change:
        monkeypatch.setattr(kept, "settings", lambda: change["settings"])
    if "code" in change:
        monkeypatch.setattr(kept, "_code", lambda: change["code"])
    clause_table(store.snapshot(), scope=change.get("scope", CITY), as_of=change.get("as_of", AS_OF))
    assert len(_files(store)) == 2


def test_readers_of_all_kinds_share_a_table_that_is_masked_where_it_is_shown(store):
    for scope in ("city", "city@bureau", "city@public"):
        clause_table(store.snapshot(), scope=Scope.parse(scope), as_of=AS_OF)
    assert len(_files(store)) == 1


@pytest.mark.parametrize("harm", ["cut", "garbled", "empty"])
def test_what_an_outage_spoiled_is_computed_again(store, harm):
    first = clause_table(store.snapshot(), scope=CITY, as_of=AS_OF)
    (path,) = _files(store)
    content = path.read_bytes()
    spoilt = {"cut": content[:-7], "garbled": content[:90] + b"x" + content[91:], "empty": b""}[harm]
    path.write_bytes(spoilt)
    assert clause_table(store.snapshot(), scope=CITY, as_of=AS_OF).cells == first.cells
    assert path.read_bytes() == content


def test_a_store_that_cannot_be_written_to_is_read_as_before(store, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert clause_table(store.snapshot(), scope=CITY, as_of=AS_OF, months=0).cells
    assert _files(store) == []


def test_new_data_are_judged_anew_and_what_was_kept_goes_with_its_snapshot(store, tmp_path, monkeypatch):
    before = clause_table(store.snapshot(), scope=CITY, as_of=AS_OF)
    (old,) = _files(store)
    (tmp_path / "服务台账.csv").write_text(
        "记录编号,机构编号,服务事项,受理时间,服务对象类型,满意度评价\nN1,A,B05,2026-03-03,小微企业,\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(
        "analytics.store.writing.settings", lambda: Settings(snapshots_kept=1, snapshots_kept_hours=0)
    )
    run_import(store, [tmp_path / "服务台账.csv"], imported_by="tester")
    after = clause_table(store.snapshot(), scope=CITY, as_of=AS_OF)
    status = {(cell.institution_id, cell.clause): cell.status for cell in after.cells}
    assert status["A", "6.1.6"] == "recorded"
    assert {(c.institution_id, c.clause): c.status for c in before.cells}["A", "6.1.6"] == "no_evidence"
    with store.writing("purge", erasing=True):
        pass
    assert not old.exists()
    assert _files(store) == []


def test_only_so_many_days_are_kept(store, monkeypatch):
    monkeypatch.setattr(kept, "_MOST", 3)
    for day in range(1, 6):
        clause_table(store.snapshot(), scope=CITY, as_of=date(2026, 4, day), months=0)
    assert len(_files(store)) == 3


def test_a_writers_check_finds_nothing_wrong_with_what_is_kept(store):
    from analytics.store.verify import check_store

    clause_table(store.snapshot(), scope=CITY, as_of=AS_OF)
    assert not check_store(store).findings
