"""What a careful clerk decides of odd cells and layouts, each in a small file of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from analytics.ingest.rejects import write_rejects
from analytics.measures.registry import all_measures
from tests.ingest.conftest import Read, codes, column, data_rows, services, workbook
from tests.ingest.other_workbooks import ErrorCell, MergedCell, write_ods, write_xls

HEAD = ["记录编号", "机构编号", "服务事项", "受理时间", "服务人次"]
TARGETS = "指标,范围,年度,目标值\n"


def _rejected(batch: Any) -> list[tuple[int | None, str | None, str]]:
    return [(p.source_row, p.column, p.code) for p in batch.problems if p.severity == "reject"]


@pytest.mark.parametrize("write", [write_xls, write_ods])
@pytest.mark.parametrize("by_formula", [False, True])
def test_an_error_of_a_formula_is_named_as_one_in_old_and_free_workbooks(
    read: Read, tmp_path: Path, write: Any, by_formula: bool
) -> None:
    rows: list[Sequence[Any]] = [
        HEAD,
        [ErrorCell("#N/A", by_formula), "002", "B02", "2026-03-05", 1],
        ["R2", "002", "B02", "2026-03-05", ErrorCell("#DIV/0!", by_formula)],
    ]
    batch = read(write(tmp_path / "台账.xls", {"说明": [["本表每月填报"]], "三月": rows}))
    assert _rejected(batch) == [(2, "记录编号", "E419")]
    assert [(p.source_row, p.value) for p in batch.problems if p.code == "E419"] == [
        (2, "#N/A"),
        (3, "#DIV/0!"),
    ]
    assert column(batch, "persons_served") == [1]  # what is not collected counts as one person


def test_errors_of_a_workbook_with_a_damaged_directory_are_left_to_its_reader(tmp_path: Path) -> None:
    from analytics.ingest.error_cells_xls import error_cells_xls

    whole = write_xls(tmp_path / "a.xls", {"S": [[ErrorCell("#N/A")]]}).read_bytes()
    assert error_cells_xls(whole) == {"S": {0: [(0, "#N/A")]}}
    for end in (0, 40, 600, 1000):
        assert error_cells_xls(whole[:end]) == {}
    circle = whole[:520] + b"\2\0\0\0" + whole[524:]  # the third sector follows itself
    assert error_cells_xls(circle) == {}


def test_merged_cells_hold_for_every_row_they_cover_in_free_workbooks(read: Read, tmp_path: Path) -> None:
    rows = [
        HEAD,
        ["R1", MergedCell("002", 3), "B02", "2026-03-05", 1],
        ["R2", None, "B02", "2026-03-05", 1],
        ["R3", None, "B02", "2026-03-06", 1],
        ["R4", "003", "B02", "2026-03-06", 1],
    ]
    batch = read(write_ods(tmp_path / "台账.ods", {"三月": rows}))
    assert column(batch, "institution_id") == ["002", "002", "002", "003"]
    assert batch.rejected == []


def test_a_blank_row_under_a_merged_cell_is_no_data(read: Read, tmp_path: Path) -> None:
    rows: list[list[Any]] = [HEAD, ["R1", MergedCell("002", 2), "B02", "2026-03-05", 1], [""] * 5]
    batch = read(write_ods(tmp_path / "台账.ods", {"三月": [*rows, ["合计", "", "", "", 1]]}))
    assert (data_rows(batch), batch.not_data, codes(batch)) == (1, 3, [])


@pytest.mark.parametrize("above", [61, 300, 900])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_headings_are_found_far_below_notes(read: Read, tmp_path: Path, above: int, ending: str) -> None:
    notes = [[f"填写说明第 {number} 条"] if number % 3 else [""] for number in range(above)]
    rows = [*notes, HEAD, ["R1", "002", "B02", "2026-03-05", "1"], ["R2", "002", "B99", "2026-03-05", "1"]]
    if ending == "xlsx":
        batch = read(workbook(tmp_path / "台账.xlsx", {"三月": rows}))
    else:
        batch = read("\n".join(",".join(row) for row in rows))
    assert column(batch, "record_id") == ["R1"]
    assert _rejected(batch) == [(above + 3, "服务事项", "E410")]
    assert batch.not_data == above + 1


@pytest.mark.parametrize(
    "mark",
    [
        "绝 密",
        "机　密",
        "“机密”",
        '"秘密"',
        "绝密★启用前",
        "（绝密★启用前）",
        "机密★10年",
        "秘密 长期",
        "绝密级",
    ],
)
def test_a_mark_is_seen_through_spaces_quotes_and_terms(read: Read, tmp_path: Path, mark: str) -> None:
    rows = [[*HEAD, "备注"], ["R1", "002", "B02", "2026-03-05", "不能留下", mark]]
    batch = read(workbook(tmp_path / "台账.xlsx", {"三月": rows}))
    assert codes(batch) == ["E501"]
    assert [row.cells for row in batch.rejected] == [{}]
    titled = read(workbook(tmp_path / "标题.xlsx", {"三月": [[mark], *rows[:1], ["R2", "002", "B02"]]}))
    assert codes(titled) == ["E206"]


@pytest.mark.parametrize(
    "text", ["咨询“机密”文件的保管", "商业秘密", "国家秘密不得上传", "非涉密", "内部", "保 密"]
)
def test_words_about_secrets_are_ordinary(read: Read, text: str) -> None:
    batch = read(services(f"R1,002,B02,2026-03-05,{text}", more="备注"))
    assert column(batch, "note") == [text]


@pytest.mark.parametrize(
    ("answer", "is_refused"),
    [("绝密★启用前", True), ("属机密级", True), ("秘密（10年）", True), ("非密", False), ("公开", False)],
)
def test_a_class_is_read_in_any_wording_where_the_heading_asks(
    read: Read, answer: str, is_refused: bool
) -> None:
    for heading in ("密级", "密级（年限）"):
        batch = read(services(f"R1,002,B02,2026-03-05,{answer}", more=heading))
        assert (codes(batch) == ["E501"]) is is_refused


@pytest.mark.parametrize(
    "number",
    [
        "110101199003070011.0",
        "'110101199003070011",
        "“13800138000”",
        "13800138000.0",
        "1.1010119900307E+17",
        "1.3800138e10",
    ],
)
def test_a_persons_number_is_seen_as_spreadsheets_write_it(read: Read, number: str) -> None:
    batch = read(services(f"R1,002,B02,2026-03-05,{number}", more="服务对象编号"))
    assert codes(batch) == ["E413"]
    said = "".join(p.zh + (p.value or "") for p in batch.problems) + str(batch.rejected)
    assert not [part for part in ("19900307", "0138", "010119") if part in said]


def test_an_identity_card_that_was_typed_as_a_number_is_rejected(read: Read, tmp_path: Path) -> None:
    rows = [[*HEAD, "服务对象编号"], ["R1", "002", "B02", "2026-03-05", 1, 110101199003070011]]
    batch = read(workbook(tmp_path / "台账.xlsx", {"三月": rows}))
    assert codes(batch) == ["E413"]
    assert "101199" not in str(batch.rejected)


def test_targets_are_read_in_the_unit_of_their_measure(read: Read) -> None:
    written = (
        ("services", "12000件", 12000),
        ("services", "1.2万件次", 12000),
        ("persons_served", "300人次", 300),
        ("clients_served", "300家", 300),
        ("trainings", "12场", 12),
        ("result_amount", "5000元", 0.5),
        ("response_days", "2天", 2),
        ("满意率", "95%", 0.95),
        ("satisfaction_rate", "95", 0.95),
        ("satisfaction_rate", "0.95", 0.95),
    )
    rows = [f"{cell},{2001 + n},全市,{measure}" for n, (measure, cell, _) in enumerate(written)]
    batch = read("\n".join(["目标值,年度,范围,指标", *rows]))
    assert column(batch, "target") == [value for _, _, value in written]
    assert codes(batch) == []


def test_a_target_may_name_the_unit_that_its_measure_is_shown_in(read: Read) -> None:
    measures = all_measures()
    rows = [f"{m.key},全市,2026,0.5{m.unit.zh}" for m in measures]
    batch = read(TARGETS + "\n".join(rows))
    assert codes(batch) == []
    assert set(column(batch, "target")) == {0.5, 0.005}


@pytest.mark.parametrize(
    ("measure", "cell", "code"),
    [
        ("services", "95%", "E405"),
        ("services", "300家", "E405"),
        ("services", "-5", "E406"),
        ("satisfaction_rate", "120%", "E406"),
        ("satisfaction_rate", "150", "E406"),
        ("satisfaction_rate", "12件", "E405"),
        ("services", "很多", "E404"),
        ("services", "#N/A", "E419"),
        ("services", "", "E401"),
    ],
)
def test_a_target_in_another_unit_is_rejected(read: Read, measure: str, cell: str, code: str) -> None:
    batch = read(TARGETS + f"{measure},全市,2026,{cell}\n")
    assert _rejected(batch) == [(2, "目标值", code)]


def test_a_target_of_an_unknown_measure_is_rejected_for_that_alone(read: Read) -> None:
    assert _rejected(read(TARGETS + "喝茶率,全市,2026,12000杯\n")) == [(2, "指标", "E410")]


def test_days_and_months_are_read_in_chinese_numerals(read: Read) -> None:
    batch = read(
        services(
            "R1,002,B02,二〇二六年三月五日",
            "R2,002,B02,2026年十月二十一日 14:30",
            "R3,002,B02,二零二五年十二月三十一号",
            "R4,002,B02,二〇二六年十三月五日",
            "R5,002,B02,二六年三月五日",
        )
    )
    assert column(batch, "received_at") == [
        datetime(2026, 3, 5),
        datetime(2026, 10, 21, 14, 30),
        datetime(2025, 12, 31),
    ]
    assert _rejected(batch) == [(5, "受理时间", "E402"), (6, "受理时间", "E402")]
    months = read(
        "机构编号,月份,服务事项,服务方式,服务件次\n002,二〇二六年九月,,,3\n002,二〇二六年十月份,,,3\n"
    )
    assert column(months, "month") == ["2026-09", "2026-10"]


def test_texts_that_csv_holds_as_formulas_to_keep_their_zeros_are_read(read: Read) -> None:
    batch = read(services('"=""04001""","=""002""",B02,"=""2026-03-05"""', "R2,2.0,B02,2026-03-05"))
    assert column(batch, "record_id") == ["04001", "R2"]
    assert column(batch, "institution_id") == ["002", "002"]


def test_a_signature_line_that_fills_every_column_is_no_data(read: Read) -> None:
    batch = read(services("R1,002,B02,2026-03-05", "制表人：,张某,审核人：,李某", "制表人,张某,负责人,李某"))
    assert (data_rows(batch), batch.not_data, codes(batch)) == (1, 3, [])


def test_headings_that_stand_again_in_another_order_are_heeded(read: Read, tmp_path: Path) -> None:
    head = ["记录编号", "机构编号", "服务事项", "受理时间", "响应时间", "办结时间"]
    moved = ["机构编号", "记录编号", "服务事项", "受理时间", "办结时间", "响应时间", "天气"]
    rows = [
        ["一月台账"],
        head,
        ["R1", "002", "B02", "2026-01-05", "2026-01-06", "2026-01-07"],
        head,
        ["R2", "002", "B02", "2026-01-05", "2026-01-06", "2026-01-07"],
        ["二月台账"],
        moved,
        ["002", "R3", "B02", "2026-02-05", "2026-02-07", "2026-02-06", "晴"],
        ["002", "R4", "B99", "2026-02-05", "2026-02-07", "2026-02-06", "晴"],
    ]
    for path in (workbook(tmp_path / "台账.xlsx", {"S": rows}), "\n".join(map(",".join, rows))):
        batch = read(path)
        assert column(batch, "record_id") == ["R1", "R2", "R3"]
        assert column(batch, "responded_at") == [datetime(2026, 1, 6)] * 2 + [datetime(2026, 2, 6)]
        assert column(batch, "source_row") == [3, 5, 8]
        assert batch.not_data == 5
        assert [(p.code, p.source_row) for p in batch.problems] == [("E301", None), ("E410", 9)]
        assert [row.cells["响应时间"] for row in batch.rejected] == ["2026-02-06"]


def test_a_mark_alone_in_a_row_is_refused_and_a_heading_that_asks_for_it_is_not(read: Read) -> None:
    heading = "记录编号,机构编号,服务事项,受理时间,涉密\n"
    batch = read(
        f"{heading}R1,002,B02,2026-03-05,否\n机密★1年,,,,\n{heading}R2,002,B02,2026-03-05,\n合计,,,,\n"
    )
    assert column(batch, "record_id") == ["R1", "R2"]
    assert _rejected(batch) == [(3, None, "E501")]
    assert (data_rows(batch), batch.not_data) == (3, 3)


def test_a_row_of_units_under_the_headings_is_no_data(read: Read) -> None:
    batch = read(services(",,,,（人次）", "R1,002,B02,2026-03-05,3人", more="服务人次"))
    assert (data_rows(batch), batch.not_data, codes(batch)) == (1, 2, [])


def test_two_tables_side_by_side_are_refused_whole_not_half_read(read: Read) -> None:
    beside = ",".join([*HEAD[:4], "", *HEAD[:4]])
    batch = read(f"{beside}\nR1,002,B02,2026-03-05,,S1,003,B03,2026-03-06\n")
    assert codes(batch) == ["E209"]
    assert [list(row.cells.values()) for row in batch.rejected] == [
        ["R1", "002", "B02", "2026-03-05", "S1", "003", "B03", "2026-03-06"]
    ]


def test_a_text_longer_than_a_cell_comes_back_whole_from_the_rejects(read: Read, tmp_path: Path) -> None:
    note = "长 " * 20_000 + "𠮷" * 20_000 + "完"
    sent = services(
        f"R1,002,B99,2026-03-05,{note},电话", "R2,002,B99,2026-03-05,短,电话", more="备注,服务方式"
    )
    batch = read(sent)
    target = tmp_path / "退回行.xlsx"
    write_rejects(target, batch)
    again = read(target)
    assert codes(again) == ["E410", "E410"]
    assert [row.cells["备注"] for row in again.rejected] == [note, "短"]
    assert [row.cells["服务方式"] for row in again.rejected] == ["电话", "电话"]
    second = tmp_path / "再退回.xlsx"
    write_rejects(second, again)
    assert [row.cells["备注"] for row in read(second).rejected] == [note, "短"]
