"""Headings are found wherever they stand and however they are spelt; kinds are told by them."""

from __future__ import annotations

from pathlib import Path

from tests.ingest.conftest import Read, codes, column, data_rows, services


def test_headings_match_whatever_spaces_brackets_line_breaks_and_width(read: Read) -> None:
    headings = (
        '"记录\n编号",机 构 编 号*,【服务事项】（必填）,受理时间（年月日）,成效金额（万元）,ＲＡＴＩＮＧ'
    )
    batch = read(services("R1,002,B02,2026-03-05,1.5,5", headings=headings))
    assert column(batch, "result_amount_10k_yuan") == [1.5]
    assert column(batch, "rating") == [5]
    assert codes(batch) == []


def test_english_names_are_headings_too(read: Read) -> None:
    batch = read(services("R1,002,B02,2026-03-05", headings="record_id,institution_id,service,received_at"))
    assert column(batch, "service") == ["B02"]


def test_titles_notes_and_blank_rows_above_are_not_data(read: Read) -> None:
    batch = read("2026年3月服务台账,,,\n填报单位：示例海淀站,,,\n,,,\n" + services("R1,002,B02,2026-03-05"))
    assert (data_rows(batch), batch.not_data) == (1, 4)
    assert [row for rows in batch.rows for row in rows.table["source_row"].to_pylist()] == [5]


def test_the_canonical_heading_counts_before_its_alias(read: Read) -> None:
    batch = read(
        services("R1,002,专利问题,B02,2026-03-05", headings="记录编号,机构编号,服务内容,服务事项,受理时间")
    )
    assert column(batch, "service") == ["B02"]
    assert codes(batch) == ["E302"]


def test_extra_columns_are_named_and_no_error(read: Read) -> None:
    batch = read(services("R1,002,B02,2026-03-05,甲", more="经办人姓名"))
    assert [(p.code, p.severity) for p in batch.problems] == [("E301", "finding")]
    assert "经办人姓名" in batch.problems[0].zh
    assert data_rows(batch) == 1


def test_a_unit_in_a_heading_is_that_of_its_cells(read: Read) -> None:
    batch = read(services("R1,002,B02,2026-03-05,36,5000", more="承诺时限（小时）,成效金额（元）"))
    assert column(batch, "promised_days") == [1.5]
    assert column(batch, "result_amount_10k_yuan") == [0.5]
    assert codes(batch) == []


def test_a_missing_required_column_refuses_the_sheet_and_names_what_is_near(read: Read) -> None:
    batch = read(
        services(
            "R1,002,B02,2026-03-05", "R2,002,B02,2026-03-05", headings="记录编号,机构编号,服务事项,受理时刻"
        )
    )
    assert codes(batch) == ["E204"]
    assert "受理时间" in batch.problems[0].zh
    assert "受理时刻" in batch.problems[0].zh
    assert [row.reasons for row in batch.rejected] == [("E204",), ("E204",)]
    assert batch.rejected[0].cells["受理时刻"] == "2026-03-05"


def test_a_table_of_no_known_kind_is_refused_and_notes_are_not(read: Read) -> None:
    table = read("甲,乙,丙\n1,2,3\n4,5,6\n7,8,9\n")
    assert codes(table) == ["E203"]
    assert table.rejected[0].cells == {"甲": "1", "乙": "2", "丙": "3"}
    assert len(table.rejected) == 3
    notes = read("本表由各站点填报\n请于每月5日前报送\n")
    assert (codes(notes), data_rows(notes), notes.not_data) == (["E202"], 0, 2)


def test_a_kind_can_be_given(read: Read) -> None:
    batch = read("专家编号,备案日期\nE1,2026-01-05\n", kind="experts")
    assert batch.rows[0].kind == "experts"


def test_a_wrong_kind_is_refused_with_what_the_headings_look_like(read: Read) -> None:
    batch = read("专家编号,备案日期\nE1,2026-01-05\n", kind="services")
    assert [row.reasons for row in batch.rejected] == [("E208",)]
    assert "受理时间" in batch.problems[0].zh
    assert "志愿服务专家（experts）" in batch.problems[0].zh


def test_rows_after_totals_repeated_headings_and_signatures_count(read: Read) -> None:
    batch = read(
        services(
            "R1,002,B02,2026-03-05",
            "小 计,,,1",
            "记录编号,机构编号,服务事项,受理时间",
            ",,,",
            "R2,002,B02,2026-03-06",
            "合计,,,2",
            "填表人：张三,,审核人：李四,",
            "注：以上数据由各站点填报,,,",
        )
    )
    assert column(batch, "record_id") == ["R1", "R2"]
    assert (data_rows(batch), batch.not_data) == (2, 7)


def test_a_running_number_makes_the_key_and_the_report_says_so(read: Read) -> None:
    batch = read(
        services("1,002,B02,2026-03-05", "1,003,B02,2026-04-05", headings="序号,机构编号,服务事项,受理时间")
    )
    assert column(batch, "record_id") == ["2026-03#1", "2026-04#1"]
    assert column(batch, "key_was_made") == [True, True]
    assert codes(batch) == ["E303"]
    both = read(services("1,R9,002,B02,2026-03-05", headings="序号,记录编号,机构编号,服务事项,受理时间"))
    assert column(both, "record_id") == ["R9"]


def test_sheets_of_one_workbook_may_be_of_several_kinds(read: Read, tmp_path: Path) -> None:
    from tests.ingest.conftest import workbook

    path = workbook(
        tmp_path / "b.xlsx",
        {
            "服务": [["记录编号", "机构编号", "服务事项", "受理时间"], ["R1", "002", "B02", "2026-03-05"]],
            "专家": [["专家编号", "备案日期"], ["E1", "2026-01-05"]],
            "说明": [["请按月报送"]],
        },
    )
    batch = read(path)
    assert [(sheet.sheet, sheet.kind) for sheet in batch.sheets] == [
        ("服务", "services"),
        ("专家", "experts"),
        ("说明", None),
    ]
