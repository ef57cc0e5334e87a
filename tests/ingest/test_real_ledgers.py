"""What real ledgers look like: each habit in a small file of its own, in every format it comes in."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests.ingest.conftest import Read, codes, column, data_rows, services, workbook
from tests.ingest.other_workbooks import write_ods, write_xls

HEAD = ["记录编号", "机构编号", "服务事项", "受理时间", "服务人次"]
ROWS: list[list[Any]] = [
    ["2026年3月服务台账", "", "", "", ""],
    ["", "", "", "", ""],
    HEAD,
    ["R1", "002", "B02", date(2026, 3, 5), 3],
    ["", "", "", "", ""],
    ["R2", 2, "业务办理咨询", datetime(2026, 3, 6, 14, 30), "3人"],
    ["小计", "", "", "", 6],
    ["R3", "示例朝阳站", "b2", "2026年3月7日 9:05", "１"],
    ["合计", "", "", "", 7],
    ["填表人：示例", "", "审核人：示例", "", ""],
]
Writer = Callable[[Path, dict[str, Sequence[Sequence[Any]]]], Path]


def _text(separator: str) -> Writer:
    def write(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
        stream = io.StringIO()
        (rows,) = sheets.values()
        csv.writer(stream, delimiter=separator).writerows(rows)
        path.write_text(stream.getvalue(), encoding="utf-8")
        return path

    return write


FORMATS: dict[str, Writer] = {
    "xlsx": workbook,
    "xls": write_xls,
    "ods": write_ods,
    "csv": _text(","),
    "tsv": _text("\t"),
}


@pytest.mark.parametrize("ending", FORMATS)
def test_a_ledger_with_titles_totals_and_signature_is_read_in_every_format(
    read: Read, tmp_path: Path, ending: str
) -> None:
    batch = read(FORMATS[ending](tmp_path / f"台账.{ending}", {"三月": ROWS}))
    assert column(batch, "record_id") == ["R1", "R2", "R3"]
    assert column(batch, "source_row") == [4, 6, 8]
    assert column(batch, "institution_id") == ["002", "002", "003"]
    assert column(batch, "service") == ["B02"] * 3
    assert column(batch, "received_at") == [
        datetime(2026, 3, 5),
        datetime(2026, 3, 6, 14, 30),
        datetime(2026, 3, 7, 9, 5),
    ]
    assert column(batch, "persons_served") == [3, 3, 1]
    assert codes(batch) == []
    assert (data_rows(batch), batch.not_data) == (3, 7)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_of_another_format_than_its_ending_is_read_by_content(
    read: Read, tmp_path: Path, ending: str
) -> None:
    wrong = {"xlsx": "csv", "xls": "xlsx", "ods": "xls", "csv": "xls", "tsv": "xlsx"}[ending]
    batch = read(FORMATS[ending](tmp_path / f"台账.{wrong}", {"三月": ROWS}))
    assert column(batch, "record_id") == ["R1", "R2", "R3"]


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_sheets_of_several_months_and_kinds_are_read_from_one_workbook(
    read: Read, tmp_path: Path, ending: str
) -> None:
    sheets = {
        "1月": [HEAD, ["R1", "002", "B02", "2026-01-05", 1]],
        "2月": [HEAD, ["R2", "002", "B02", "2026-02-05", 1]],
        "评价": [["评价编号", "机构编号", "评价类型", "评价日期"], ["P1", "002", "内部", "2026-03-05"]],
        "填表说明": [["一、本表按月报送"], ["二、不得填写涉密信息"]],
    }
    batch = read(FORMATS[ending](tmp_path / f"台账.{ending}", sheets))
    assert [(s.sheet, s.kind) for s in batch.sheets] == [
        ("1月", "services"),
        ("2月", "services"),
        ("评价", "evaluations"),
        ("填表说明", None),
    ]
    assert (data_rows(batch), batch.not_data, codes(batch)) == (3, 5, ["E202"])


@pytest.mark.parametrize("ending", ["xlsx", "xls", "ods"])
def test_hidden_sheets_are_named_and_no_data_unless_asked_for(
    read: Read, tmp_path: Path, ending: str
) -> None:
    path = tmp_path / f"台账.{ending}"
    shown, old = [HEAD, ["R1", "002", "B02", "2026-01-05", 1]], [HEAD, ["R0", "002", "B02", "2025-01-05", 1]]
    if ending == "xlsx":
        with xlsxwriter.Workbook(path) as book:
            for name, rows in (("今年", shown), ("旧稿", old)):
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
            sheet.hide()
    else:
        {"xls": write_xls, "ods": write_ods}[ending](path, {"今年": shown, "旧稿": old}, hidden=["旧稿"])
    batch = read(path)
    assert (column(batch, "record_id"), batch.not_data) == (["R1"], 3)
    assert [(p.code, p.sheet, p.severity) for p in batch.problems] == [("E201", "旧稿", "finding")]
    both = read(path, hidden=True)
    assert (column(both, "record_id"), codes(both)) == (["R1", "R0"], [])


def test_hidden_rows_are_read(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEAD, ["R1", "002", "B02", "2026-01-05", 1]]):
            sheet.write_row(number, 0, row)
        sheet.set_row(1, None, None, {"hidden": True})
    assert column(read(path), "record_id") == ["R1"]


def test_headings_in_two_rows_with_merged_cells_are_joined(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 8, "服务台账")
        for place, name in enumerate(["记录编号", "机构编号", "服务事项", "受理时间"]):
            sheet.merge_range(1, place, 2, place, name)
        sheet.merge_range(1, 4, 1, 6, "服务对象")
        sheet.merge_range(1, 7, 1, 8, "差评")
        sheet.write_row(2, 4, ["编号", "类型", "所在区域", "回访时间", "整改时间"])
        cells = ["R1", "002", "B02", "2026-03-05", "K1", "个人", "海淀", "2026-03-06", "2026-03-07"]
        sheet.write_row(3, 0, cells)
        sheet.write_row(4, 0, ["合计"])
    batch = read(path)
    assert (column(batch, "client_id"), column(batch, "client_type")) == (["K1"], ["个人"])
    assert column(batch, "client_district") == ["110108"]
    assert column(batch, "bad_rating_contacted_at") == [datetime(2026, 3, 6)]
    assert column(batch, "bad_rating_resolved_at") == [datetime(2026, 3, 7)]
    assert "followed_up_at" not in batch.rows[0].table.column_names
    assert (codes(batch), batch.not_data) == ([], 4)


def test_headings_in_two_rows_of_a_text_file_are_joined_too(read: Read) -> None:
    batch = read(
        "记录编号,机构编号,服务事项,时间,,成效,成效金额\n,,,受理时间,办结时间,类型,（元）\n"
        "R1,002,B02,2026-03-05,2026-03-06,融资,50000\n记录编号,机构编号,服务事项,时间,,成效,成效金额\n"
    )
    assert column(batch, "completed_at") == [datetime(2026, 3, 6)]
    assert (column(batch, "result_kind"), column(batch, "result_amount_10k_yuan")) == (["融资"], [5.0])
    assert (codes(batch), batch.not_data) == ([], 3)


def test_headings_below_many_notes_are_found(read: Read) -> None:
    notes = "".join(f"说明{n}：本行不是数据,,,\n" for n in range(45))
    batch = read(notes + services("R1,002,B02,2026-03-05"))
    assert (column(batch, "source_row"), batch.not_data) == ([47], 46)


@pytest.mark.parametrize(
    "line",
    [
        "小计,,,,3",
        "合 计,,,,3",
        "合计（件）,,,,3",
        "总计3件,,,,",
        "本月累计：,,,,3",
        ",合计,,,3",
        ",,,总计,3",
        "Total,,,,3",
        "共3条,,,,",
        "填表人：示例,,审核人：示例,,2026-03-31",
        "填表人,示例甲,审核人,示例乙,2026-03-31",
        "经办人 示例,,审核人 示例,,",
        ",,,负责人签字：,",
        "填报单位（盖章）：示例站,,,,",
        "2026年3月31日,,,,",
        "注：以上为示例,,,,",
        "以下空白,,,,",
        "二、专利类,,,,",
        "/,/,/,/,/",
        "——,,,,",
        "---,---,---,---,---",
        "无,,,,",
        "必填,必填,必填,必填,选填",
        "记录编号,机构编号,服务事项,受理时间,服务人次",
        "record_id,institution_id,service,received_at,persons_served",
    ],
)
def test_a_line_that_is_no_record_is_counted_apart(read: Read, line: str) -> None:
    batch = read(",".join(HEAD) + f"\nR1,002,B02,2026-03-05,1\n{line}\nR2,002,B02,2026-03-06,1\n")
    assert column(batch, "record_id") == ["R1", "R2"]
    assert (batch.rejected, batch.not_data, codes(batch)) == ([], 2, [])


@pytest.mark.parametrize(
    ("head", "line"),
    [
        (",".join(HEAD), "R7,,,,"),
        (",".join(HEAD), ",002,,,"),
        (",".join(HEAD), ",,业务办理咨询,,"),
        (",".join(HEAD), ",,,2026-03-05,"),
        ("机构编号,机构名称,机构层级,所属区域,设立日期", ",北京市知识产权公共服务海淀示例工作站,,,"),
    ],
)
def test_the_beginning_of_a_record_is_rejected_not_passed_over(read: Read, head: str, line: str) -> None:
    batch = read(f"{head}\n{line}\n")
    assert ([row.reasons for row in batch.rejected], batch.not_data) == ([("E401",)], 1)


def test_error_cells_of_formulas_are_bad_values_with_their_text(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("公式")
        sheet.write_row(0, 0, [*HEAD, "备注"])
        sheet.write_row(1, 0, ["R1", "002", "B02", "2026-03-05"])
        sheet.write_formula(1, 4, "=1/0", None, "#DIV/0!")
        sheet.write_formula(1, 5, "=NA()", None, "#N/A")
        sheet.write_row(2, 0, ["R2", "002", None, "2026-03-05", 2])
        sheet.write_formula(2, 2, "=VLOOKUP(1,A:B,2)", None, "#REF!")
        sheet.write_formula(3, 0, '="R"&3', None, "R3")
        sheet.write_row(3, 1, ["002", "B02", "2026-03-05"])
        sheet.write_formula(3, 5, '=HYPERLINK("http://example.org","点此")', None, "点此")
    batch = read(path)
    assert column(batch, "record_id") == ["R1", "R3"]
    assert column(batch, "note") == [None, "点此"]
    assert [(p.source_row, p.column, p.value, p.code, p.severity) for p in batch.problems] == [
        (2, "服务人次", "#DIV/0!", "E419", "finding"),
        (2, "备注", "#N/A", "E419", "finding"),
        (3, "服务事项", "#REF!", "E419", "reject"),
    ]


def test_a_number_cut_to_powers_of_ten_is_no_number_of_a_record(read: Read) -> None:
    batch = read(services("2.02603E+11,002,B02,2026-03-05", "1E5,002,B02,2026-03-05"))
    assert (codes(batch), column(batch, "record_id")) == (["E420"], ["1E5"])


@pytest.mark.parametrize(
    ("heading", "cell", "name", "stored"),
    [
        ("成效金额（元）", "5000", "result_amount_10k_yuan", 0.5),
        ("成效金额(千元)", "5", "result_amount_10k_yuan", 0.5),
        ("成效金额/元", "5000", "result_amount_10k_yuan", 0.5),
        ("成效金额_元", "1.2万元", "result_amount_10k_yuan", 1.2),
        ("成效金额（单位：元）", "5000", "result_amount_10k_yuan", 0.5),
        ("收费金额（万元）", "0.5", "fee_yuan", 5000),
        ("承诺时限（小时）", "36", "promised_days", 1.5),
        ("承诺时限（工作日）", "3个工作日内", "promised_days", 3),
        ("服务人次（百人）", "2", "persons_served", 200),
        ("服务人次（次）", "1.2万", "persons_served", 12000),
    ],
)
def test_units_in_headings_and_cells_are_converted(
    read: Read, heading: str, cell: str, name: str, stored: float
) -> None:
    batch = read(services(f"R1,002,B02,2026-03-05,{cell}", more=heading))
    assert (column(batch, name), codes(batch)) == ([stored], [])


@pytest.mark.parametrize("heading", ["成效金额", "成效金额（美元）", "承诺时限（月）", "服务人次（元）"])
def test_a_heading_whose_unit_is_unclear_is_said_and_not_guessed(read: Read, heading: str) -> None:
    batch = read(services("R1,002,B02,2026-03-05,5", more=heading))
    assert [(p.code, p.severity, p.value) for p in batch.problems] == [("E304", "finding", heading)]
    assert data_rows(batch) == 1


def test_a_column_that_asks_for_a_mark_is_used_and_not_called_extra(read: Read) -> None:
    batch = read(services("R1,002,B02,2026-03-05,否,公开,x", more="是否涉密,密级,经办人"))
    assert codes(batch) == ["E301"]
    assert "密" not in batch.problems[0].zh


def test_an_industry_that_could_be_several_names_the_candidates(read: Read) -> None:
    batch = read(services("R1,002,B02,2026-03-05,技术", more="所属产业"))
    assert [(p.code, p.severity) for p in batch.problems] == [("E416", "finding")]
    assert "人工智能" in batch.problems[0].zh or "信息技术" in batch.problems[0].zh
    assert (column(batch, "industry"), column(batch, "industry_text")) == ([None], ["技术"])


@pytest.mark.parametrize("written", ["002 示例海淀站", "示例海淀站（002）", "002-示例海淀站"])
def test_an_institutions_number_and_name_in_one_cell_are_that_institution(read: Read, written: str) -> None:
    assert column(read(services(f"R1,{written},B02,2026-03-05")), "institution_id") == ["002"]


def test_number_and_name_of_two_institutions_are_rejected(read: Read) -> None:
    assert codes(read(services("R1,003 示例海淀站,B02,2026-03-05"))) == ["E507"]
