"""A batch's report and rejected rows, once more from the store, are what the import told."""

from __future__ import annotations

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope
from analytics.ingest import report
from analytics.ingest.history import history, rejects_of, rejects_workbook, report_of
from analytics.ingest.run import Imported, run_import
from analytics.store import Store, open_store
from analytics.store.told import told_of
from tests.ingest.conftest import workbook

SERVICES = [
    ["示例服务台账"],
    ["记录编号", "机构编号", "服务事项", "受理时间", "满意度评价"],
    ["0001", "S1", "B02", "2026-03-05", "满意"],
    ["0002", "S1", "代写作业", "2026-03-05", "满意"],
    ["0003", "S9", "B02", "2026-03-05", "好"],
    ["合计", None, None, None, None],
]
INSTITUTIONS = [
    ["机构编号", "机构名称", "机构层级", "所属区域", "设立日期"],
    ["S1", "示例一站", "工作站", "海淀区", "2020-01-01"],
]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(tmp_path / "store")


@pytest.fixture
def imported(store: Store, tmp_path: Path) -> Imported:
    sheets = {"名录": INSTITUTIONS, "三月": SERVICES, "说明": [["本表由示例站填报"]]}
    path = workbook(tmp_path / "台账.xlsx", sheets)
    return run_import(store, [path], imported_by="张三")


def test_the_report_of_a_batch_is_told_again_word_for_word(store: Store, imported: Imported) -> None:
    told = report.as_json(imported.batch, imported.outcomes, imported.batch_id)
    again = report_of(store.snapshot(), 1, scope=CITY)
    order = sorted(map(str, told.pop("problems")))
    assert sorted(map(str, again.pop("problems"))) == order
    for file in (*told["files"], *again["files"]):
        file["sheets"].sort(key=lambda sheet: sheet["sheet"])
    assert again == told


def test_how_many_findings_a_batch_settled_is_told_again(store: Store, tmp_path: Path) -> None:
    run_import(store, [workbook(tmp_path / "先.xlsx", {"三月": SERVICES})])
    settled = run_import(store, [workbook(tmp_path / "后.xlsx", {"名录": INSTITUTIONS})])
    assert settled.batch.resolved == 1
    assert [report_of(store.snapshot(), n, scope=CITY)["resolved"] for n in (1, 2)] == [0, 1]


def test_a_batch_of_an_earlier_program_is_told_without_what_it_did_not_keep() -> None:
    assert told_of('[{"sheet": "三月"}]') == {
        "sheets": [{"sheet": "三月"}],
        "resolved": 0,
        "withdrawn_by": "",
    }
    assert told_of("")["sheets"] == []


def test_the_history_says_who_brought_which_files_and_kinds(store: Store, imported: Imported) -> None:
    rows = history(store.snapshot(), scope=CITY)
    assert [(r["batch_id"], r["imported_by"], r["files"]) for r in rows] == [(1, "张三", ["台账.xlsx"])]
    assert set(rows[0]["kinds"]) == {"institutions", "services"}


def test_rejected_rows_of_a_batch_come_as_the_workbook_of_the_import(
    store: Store, imported: Imported
) -> None:
    again = rejects_of(store, 1, scope=CITY)
    assert again is not None
    assert cells(again) == cells(rejects_workbook(imported.batch))
    assert any("代写作业" in cell for row in cells(again) for cell in row)


def test_a_batch_without_rejected_rows_has_no_workbook(store: Store, tmp_path: Path) -> None:
    run_import(store, [workbook(tmp_path / "a.xlsx", {"名录": INSTITUTIONS})])
    assert rejects_of(store, 1, scope=CITY) == b""


def test_readers_of_one_district_see_no_batch(store: Store, imported: Imported) -> None:
    district = Scope("district", "110108")
    assert history(store.snapshot(), scope=district) == []
    with pytest.raises(UserError):
        report_of(store.snapshot(), 1, scope=district)


def cells(content: bytes) -> list[list[str]]:
    import io

    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return [
        [str(cell) for cell in row]
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
    ]
