"""Files as they come: encodings, separators, endings that lie, damage and malice."""

from __future__ import annotations

import sys
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from analytics.core.errors import UserError
from analytics.core.settings import Settings
from tests.ingest.conftest import Read, codes, column, data_rows, services, workbook

TEXT = services("R1,002,B02,2026-03-05,商标", "R2,002,B01,2026-03-06,专利", more="主题")
ROWS = [["记录编号", "机构编号", "服务事项", "受理时间", "服务人次"], ["R1", "002", "B02", "2026-03-05", 3]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_text_is_read_in_every_encoding_and_separator(read: Read, encoding: str, separator: str) -> None:
    batch = read(TEXT.replace(",", separator).encode(encoding))
    assert column(batch, "topic") == ["商标", "专利"]
    assert codes(batch) == []


def test_quoted_line_breaks_and_separators_stay_in_their_cell(read: Read) -> None:
    batch = read(services('R1,002,B02,2026-03-05,"甲,乙\n丙"', "R2,002,B02,2026-03-06,丁", more="备注"))
    assert column(batch, "note") == ["甲,乙\n丙", "丁"]
    assert column(batch, "source_row") == [2, 3]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_short_rows_and_blank_lines_lose_nothing(read: Read, ending: str) -> None:
    lines = [
        "记录编号,机构编号,服务事项,受理时间,备注",
        "R1,002,B02,2026-03-05",
        "",
        "R2,002,B02,2026-03-06,x,,",
        "",
    ]
    batch = read(ending.join(lines).encode())
    assert column(batch, "record_id") == ["R1", "R2"]
    assert column(batch, "source_row") == [2, 4]


def test_a_regular_start_and_a_ragged_end_are_both_read(read: Read) -> None:
    rows = [f"R{n},002,B02,2026-03-05,x" for n in range(5000)]
    rows[4000] = "R4000,002,B02,2026-03-05"
    batch = read(services(*rows, more="备注"))
    assert column(batch, "record_id") == [f"R{n}" for n in range(5000)]


def test_an_unpaired_quotation_mark_is_told(read: Read) -> None:
    rows = [f"R{n},002,B02,2026-03-05,x" for n in range(50)]
    rows[10] = 'R10,002,B02,2026-03-05,"x'
    batch = read(services(*rows, more="备注"))
    assert codes(batch) == ["E108"]
    assert "第 12 行" in batch.problems[0].zh


def test_a_quotation_mark_within_a_text_is_part_of_it(read: Read) -> None:
    batch = read(services('R1,002,B02,2026-03-05,5" 屏', "R2,002,B02,2026-03-05,x", more="备注"))
    assert column(batch, "note") == ['5" 屏', "x"]


def test_a_workbook_keeps_numbers_dates_and_merged_cells(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "w.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("三月")
        day, minute = (
            book.add_format({"num_format": "yyyy-mm-dd"}),
            book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        )
        sheet.merge_range(0, 0, 0, 4, "服务台账")
        sheet.write_row(1, 0, ROWS[0])
        for row in (2, 3):
            sheet.write_row(row, 0, [f"R{row}", None, "B02", None, 3])
        sheet.merge_range(2, 1, 3, 1, "002")
        sheet.write_datetime(2, 3, datetime(2026, 3, 5), day)
        sheet.write_datetime(3, 3, datetime(2026, 3, 5, 14, 30), minute)
        sheet.write_formula(3, 4, "=1+1", None, 2)
        hidden = book.add_worksheet("旧")
        hidden.write_row(0, 0, ROWS[0])
        hidden.hide()
    batch = read(path)
    assert column(batch, "institution_id") == ["002", "002"]
    assert column(batch, "received_at") == [datetime(2026, 3, 5), datetime(2026, 3, 5, 14, 30)]
    assert column(batch, "received_at_is_date") == [True, False]
    assert column(batch, "persons_served") == [3, 2]
    assert codes(batch) == ["E201"]
    assert batch.not_data == 3


def test_a_line_merged_over_the_whole_table_is_no_data(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "签字.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["记录编号", "机构编号", "服务事项", "受理时间"])
        sheet.write_row(1, 0, ["A1", "001", "B02", "2026-03-05"])
        sheet.merge_range(2, 0, 2, 3, "填表人：张三   审核人：李四   填表日期：2026年7月1日")
        sheet.merge_range(3, 0, 3, 3, "备注：本表每月5日前报送")
    batch = read(path)
    assert column(batch, "record_id") == ["A1"]
    assert batch.rejected == []
    assert batch.not_data == 3


def test_the_number_2026_1_is_no_month_and_the_text_is(read: Read, tmp_path: Path) -> None:
    head = ["机构编号", "月份", "服务事项", "服务方式", "服务件次"]
    path = workbook(
        tmp_path / "m.xlsx", {"月报": [head, ["002", 2026.1, "", "", 1], ["002", "2026.1", "", "", 1]]}
    )
    batch = read(path)
    assert column(batch, "month") == ["2026-01"]
    assert codes(batch) == ["E415"]


def test_files_are_read_by_content_whatever_their_ending(read: Read, tmp_path: Path) -> None:
    book = workbook(tmp_path / "a.xlsx", {"s": ROWS}).rename(tmp_path / "a.csv")
    text = tmp_path / "b.xlsx"
    text.write_text(TEXT, encoding="utf-8")
    batch = read(book, text)
    assert column(batch, "record_id") == ["R1", "R1", "R2"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<html><table><tr><td>1</td></tr></table></html>", "E105"),
        (b"\x00\x01\x02\x03" * 100, "E105"),
        (b"%PDF-1.7\n%abc", "E105"),
        (b"PK\x03\x04 cut short", "E101"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "E101"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600, "E102"),
        (b"", "E106"),
    ],
)
def test_what_is_no_ledger_is_said_plainly(read: Read, content: bytes, code: str) -> None:
    batch = read(content, TEXT)
    assert codes(batch)[0] == code
    assert data_rows(batch) == 2


def _with_rows(workbook_: Path, changed: Path, rows: bytes) -> None:
    """Copy a workbook with more rows in its first sheet."""
    with zipfile.ZipFile(workbook_) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<sheetData/>", b"<sheetData></sheetData>")
                content = content.replace(b"</sheetData>", rows + b"</sheetData>")
            target.writestr(entry, content)


def test_a_workbook_of_two_far_cells_is_refused_within_seconds(read: Read, tmp_path: Path) -> None:
    far = tmp_path / "far.xlsx"
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    _with_rows(workbook(tmp_path / "near.xlsx", {"s": [["x"]]}), far, last)
    started = time.monotonic()
    batch = read(far)
    assert codes(batch) == ["E103"]
    assert time.monotonic() - started < 20


def test_a_formatted_cell_far_away_is_no_malice(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "formatted.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(ROWS):
            sheet.write_row(number, 0, row)
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))
    batch = read(path)
    assert column(batch, "record_id") == ["R1"]


def test_a_zip_bomb_is_refused(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
        target.open("xl/worksheets/sheet1.xml", "w") as out,
    ):
        for _ in range(140):
            out.write(b"\0" * (1 << 20))
    assert codes(read(path, settings=Settings(read_memory_mib=128))) == ["E104"]


def test_the_memory_of_a_workbook_is_limited(read: Read, tmp_path: Path) -> None:
    cells = b"".join(b"<c><v>1.5</v></c>" for _ in range(40))
    rows = b"<row>" + cells + b"</row>"
    path = tmp_path / "large.xlsx"
    _with_rows(workbook(tmp_path / "small.xlsx", {"s": []}), path, rows * 40_000)
    assert codes(read(path, settings=Settings(read_memory_mib=128))) == ["E104"]


def test_the_time_of_a_workbook_is_limited(
    read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    never = tmp_path / "never"
    never.write_text("#!/bin/sh\nexec sleep 60\n")
    never.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(never))
    started = time.monotonic()
    assert codes(read(workbook(tmp_path / "a.xlsx", {"s": ROWS}), settings=Settings(read_seconds=1))) == [
        "E104"
    ]
    assert time.monotonic() - started < 20


def test_folders_are_walked_and_what_is_no_ledger_is_passed_over(read: Read, tmp_path: Path) -> None:
    folder = tmp_path / "in" / "deeper"
    folder.mkdir(parents=True)
    (folder / "b.csv").write_text(TEXT, encoding="utf-8")
    workbook(folder / "a.xlsx", {"s": ROWS})
    for name in ("~$a.xlsx", ".hidden.csv", "README.md", "manifest.json", "note.txt"):
        (folder / name).write_text("x", encoding="utf-8")
    batch = read(tmp_path / "in")
    assert [file.name for file in batch.files] == ["a.xlsx", "b.csv"]
    assert not batch.is_sample
    (tmp_path / "in" / ".ipdash-sample").touch()
    assert read(tmp_path / "in").is_sample


def test_a_path_that_holds_nothing_is_an_error_with_a_next_step(read: Read, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "absent.csv"):
        with pytest.raises(UserError) as caught:
            read(path)
        assert caught.value.next_step.zh
    with pytest.raises(UserError):
        read(TEXT, kind="nonsense")


def test_today_is_the_day_in_shanghai_unless_given(read: Read) -> None:
    assert codes(read(services(f"R1,002,B02,{date(2026, 11, 22)}"))) == []
