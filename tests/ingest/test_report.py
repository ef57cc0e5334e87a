"""The report adds up, and what came back can be corrected and sent again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from analytics.core.errors import UserError
from analytics.ingest.report import COUNTS, as_json, render_text, write_rejects
from analytics.store.batch import Batch, Outcome
from tests.ingest.conftest import Read, codes, column, services, workbook

MESSY = (
    "台账,,,,\n"
    + services("R1,002,B02,2026-03-05,=1+1", "R2,002,咨询,2026-03-05,x", "R3,002,B02,3/5/2026,x", more="备注")
    + "合计,,,3,\n"
)


def outcomes_of(batch: Batch) -> list[Outcome]:
    made: dict[tuple[int, str, str | None], Outcome] = {}
    for rows in batch.rows:
        outcome = made.setdefault(
            (rows.file_no, rows.sheet, rows.kind), Outcome(rows.file_no, rows.sheet, rows.kind)
        )
        outcome.loaded += rows.table.num_rows
        outcome.data_rows += rows.table.num_rows
    for row in batch.rejected:
        outcome = made.setdefault(
            (row.file_no, row.sheet, row.kind), Outcome(row.file_no, row.sheet, row.kind)
        )
        outcome.rejected += 1
        outcome.data_rows += 1
    return list(made.values())


def test_counts_add_up_from_sheets_to_files_to_the_whole(read: Read) -> None:
    batch = read(MESSY, services("R9,002,B01,2026-03-09"), "说明\n")
    told: dict[str, Any] = as_json(batch, outcomes_of(batch), 7)
    assert told["batch"] == 7
    assert (told["data_rows"], told["loaded"], told["rejected"], told["not_data"]) == (4, 2, 2, 5)
    for name in COUNTS:
        assert told[name] == sum(file[name] for file in told["files"])
        assert all(file[name] == sum(sheet[name] for sheet in file["sheets"]) for file in told["files"])
    problem = told["problems"][0]
    assert (problem["file"], problem["row"], problem["column"], problem["value"]) == (
        "ledger0.csv",
        4,
        "服务事项",
        "咨询",
    )
    assert problem["zh"]
    assert problem["en"]


def test_the_text_says_counts_and_problems_in_the_readers_language(read: Read) -> None:
    batch = read(MESSY)
    zh, en = (render_text(batch, outcomes_of(batch), language) for language in ("zh", "en"))
    assert "退回 2" in zh
    assert "第 4 行" in zh
    assert "rejected 2" in en
    assert "row 4" in en
    assert "服务台账" in zh
    assert "Services" in en


def test_rejected_rows_come_back_as_a_workbook_without_live_formulas(read: Read, tmp_path: Path) -> None:
    batch = read(MESSY + "=HYPERLINK(1),002,,2026-03-05,\n")
    path = tmp_path / "rejects.xlsx"
    write_rejects(path, batch)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("服务台账").to_python()
    assert rows[0] == ["记录编号", "机构编号", "服务事项", "受理时间", "备注", "退回原因"]
    assert rows[1][0] == "R2"
    assert "E410" in str(rows[1][-1])
    assert rows[3][0] == "=HYPERLINK(1)"
    again = read(path)
    assert [r.cells for r in again.rejected] == [r.cells for r in batch.rejected] or codes(again) == codes(
        batch
    )


def test_a_number_that_is_no_month_does_not_come_back_as_one(read: Read, tmp_path: Path) -> None:
    head = ["机构编号", "月份", "服务事项", "服务方式", "服务件次"]
    batch = read(workbook(tmp_path / "m.xlsx", {"月报": [head, ["002", 2026.1, "", "", 1]]}))
    path = tmp_path / "rejects.xlsx"
    write_rejects(path, batch)
    assert codes(read(path)) == ["E415"]


def test_headings_that_no_rejected_row_filled_come_back_to_be_filled(read: Read, tmp_path: Path) -> None:
    batch = read(
        services("R1,002,,", more="备注"),
        services("R2,002,咨询,2026-03-05", headings="记录编号,机构编号,服务内容,受理时间"),
        services("R3,002,B02", headings="记录编号,机构编号,服务事项"),
    )
    path = tmp_path / "rejects.xlsx"
    write_rejects(path, batch)
    assert CalamineWorkbook.from_path(str(path)).sheet_names == ["服务台账", "服务台账2"]
    assert sorted(codes(read(path))) == ["E401", "E401", "E401", "E410"]


def test_a_place_where_rejects_cannot_be_written_is_an_error_with_a_next_step(
    read: Read, tmp_path: Path
) -> None:
    batch = read(services("R1,002,B99,2026-03-05"))
    with pytest.raises(UserError, match="cannot be written"):
        write_rejects(tmp_path / "nowhere" / "rejects.xlsx", batch)


def test_corrected_rejects_load(read: Read, tmp_path: Path) -> None:
    batch = read(MESSY.replace("咨询", "业务办理咨询").replace("3/5/2026", "2026-03-05"))
    assert column(batch, "record_id") == ["R1", "R2", "R3"]
    path = tmp_path / "none.xlsx"
    write_rejects(path, batch)
    assert path.stat().st_size > 0
