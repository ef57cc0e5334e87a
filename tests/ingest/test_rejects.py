"""The workbook of rejected rows: why, where, and back again as it is or corrected."""

from __future__ import annotations

import re
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from analytics.ingest.rejects import without_names, write_rejects
from analytics.ingest.sources import sources
from analytics.store.batch import Batch
from tests.ingest.conftest import Read, codes, services, workbook

# A row of each kind as a station writes it, the column that is spoiled, and what it is spoiled with.
ROWS: dict[str, tuple[dict[str, Any], str, str]] = {
    "institutions": (
        {
            "机构编号": "009",
            "机构名称": "示例九站",
            "机构层级": "工作站",
            "所属区域": "海淀",
            "设立日期": "2020-01-01",
        },
        "所属区域",
        "火星",
    ),
    "services": (
        {"记录编号": "007", "机构编号": "002", "服务事项": "B02", "受理时间": "2026-03-05 10:00"},
        "服务事项",
        "咨询",
    ),
    "monthly": (
        {"机构编号": "002", "月份": "2026-01", "服务事项": "B02", "服务方式": "电话", "服务件次": "1,200"},
        "月份",
        "一月",
    ),
    "clients": (
        {"服务对象编号": "K007", "名称": "示例甲公司", "类型": "小微企业", "所属区域": "海淀"},
        "所属区域",
        "火星",
    ),
    "demand": (
        {
            "需求点编号": "D1",
            "名称": "示例园",
            "所属区域": "海淀",
            "经度": "116.3",
            "纬度": "39.97",
            "需求量": "12",
        },
        "需求量",
        "很多",
    ),
    "experts": ({"专家编号": "0071", "备案日期": "2024-05-06", "资质": "律师"}, "备案日期", "5/6/2024"),
    "assignments": (
        {"派单编号": "P1", "专家编号": "0071", "机构编号": "002", "通知时间": "2026-03-05 09:00"},
        "通知时间",
        "昨天",
    ),
    "complaints": (
        {"投诉编号": "T1", "机构编号": "002", "收到时间": "2026-03-05", "类别": "收费"},
        "收到时间",
        "3/5/2026",
    ),
    "evaluations": (
        {"评价编号": "V1", "机构编号": "002", "评价类型": "内部", "评价日期": "2026-03-05", "得分": "91"},
        "评价类型",
        "自己",
    ),
    "activities": (
        {"活动编号": "A1", "机构编号": "002", "类别": "培训", "日期": "2026-03-05", "人数": "30"},
        "日期",
        "三月",
    ),
    "publications": (
        {"机构编号": "002", "清单类型": "事项清单", "年度": "2026", "公示日期": "2026-01-05"},
        "清单类型",
        "名单",
    ),
    "evidence": (
        {"机构编号": "002", "条款号": "6.1.3.c", "状态": "符合", "检查日期": "2026-03-05"},
        "条款号",
        "99.9",
    ),
    "targets": (
        {"指标": "services", "范围": "海淀", "年度": "2026", "目标值": "100"},
        "目标值",
        "许多",
    ),
    "industry_synonyms": ({"写法": "脑机接口", "产业": "医药健康", "备注": "示例"}, "产业", "火星产业"),
}


def csv(*rows: dict[str, Any]) -> str:
    quoted = [",".join(f'"{cell}"' for cell in row.values()) for row in rows]
    return "\n".join([",".join(rows[0]), *quoted]) + "\n"


def cells_of(path: Path) -> dict[str, list[list[Any]]]:
    """Return the cells of each sheet, numbers as numbers."""
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def corrected(path: Path, column: str, value: Any) -> Path:
    """Write the workbook again with another value in one column, as a clerk would."""
    sheets = cells_of(path)
    for rows in sheets.values():
        place = rows[0].index(column)
        for row in rows[1:]:
            row[place] = value
    return workbook(path.with_name("corrected.xlsx"), sheets)


def keys(batch: Batch) -> list[str]:
    return [key for rows in batch.rows for key in rows.table["row_key"].to_pylist()]


def returned(batch: Batch, path: Path, language: Any = "zh") -> Path:
    write_rejects(path, batch, language)
    return path


def test_every_kind_has_a_row_here() -> None:
    assert set(ROWS) == set(sources())


@pytest.mark.parametrize("kind", list(ROWS))
def test_a_rejected_row_of_every_kind_comes_back_as_it_was_and_loads_once_corrected(
    kind: str, read: Read, tmp_path: Path
) -> None:
    good, column, bad = ROWS[kind]
    right = read(csv(good), kind=kind)
    assert not right.rejected, right.problems
    batch = read(csv(good | {column: bad}))
    assert [row.kind for row in batch.rejected] == [kind]
    path = returned(batch, tmp_path / "rejects.xlsx")
    (sheet,) = cells_of(path)
    assert sheet == sources()[kind].name.zh
    again = read(path)
    assert [(r.cells, r.reasons) for r in again.rejected] == [(r.cells, r.reasons) for r in batch.rejected]
    mended = read(corrected(path, column, good[column]))
    assert not mended.rejected, mended.problems
    assert keys(mended) == keys(right)
    assert (
        mended.rows[0].table.drop_columns("source_row").equals(right.rows[0].table.drop_columns("source_row"))
    )


def test_cells_of_a_workbook_come_back_as_what_they_were(read: Read, tmp_path: Path) -> None:
    head = ["机构编号", "序号", "服务事项", "受理时间", "服务人次", "备注"]
    rows = [
        ["002", 1, "咨询", datetime(2026, 3, 5, 14, 30), 3, "0012"],
        ["002", 2, "咨询", date(2026, 3, 6), "3人", 46000],
    ]
    batch = read(workbook(tmp_path / "in.xlsx", {"三月": [["台账"], head, *rows]}))
    path = returned(batch, tmp_path / "rejects.xlsx")
    sheet = cells_of(path)["服务台账"]
    assert sheet[0] == [*head, "退回原因"]
    assert sheet[1][:3] == ["002", 1.0, "咨询"]
    assert sheet[2][5] == 46000.0
    mended = read(corrected(path, "服务事项", "业务办理咨询"))
    right = read(
        workbook(tmp_path / "right.xlsx", {"三月": [head, *([r[0], r[1], "B02", *r[3:]] for r in rows)]})
    )
    assert keys(mended) == ["2026-03#1", "2026-03#2"]
    assert mended.rows[0].table.equals(right.rows[0].table)


def test_the_reasons_stand_last_in_the_readers_language_with_every_fault_of_the_row(
    read: Read, tmp_path: Path
) -> None:
    batch = read(services("R1,002,咨询,3/5/2026,许多", more="服务人次"))
    for language, words in (("zh", ("请", "（提示）")), ("en", ("Write", "(finding) "))):
        rows = next(iter(cells_of(returned(batch, tmp_path / f"{language}.xlsx", language)).values()))
        assert rows[0][-1] == "退回原因"
        for code in ("E410", "E401", "E403"):
            assert (code in str(rows[1][-1])) == (code in codes(batch))
        assert all(word in str(rows[1][-1]) for word in words), rows[1][-1]


def test_wrong_cells_are_highlighted_and_right_ones_are_not(read: Read, tmp_path: Path) -> None:
    path = returned(read(services("R1,,咨询,2026-03-05")), tmp_path / "rejects.xlsx")
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        styles = archive.read("xl/styles.xml").decode()
    looks = dict(re.findall(r'<c r="([A-D]2)" s="(\d+)"', sheet))
    assert looks["B2"] == looks["C2"] or {looks["B2"], looks["C2"]}.isdisjoint({looks["A2"], looks["D2"]})
    fills = re.findall(r"<xf [^>]*?fillId=\"(\d+)\"", styles.split("<cellXfs")[1])
    assert {fills[int(looks[cell])] for cell in ("A2", "D2")} == {"0"}
    assert {fills[int(looks[cell])] for cell in ("B2", "C2")} & {"0"} == set()


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"]
)
def test_what_looks_like_a_formula_is_never_live(start: str, read: Read, tmp_path: Path) -> None:
    batch = read(
        csv(
            {
                "记录编号": start.replace('"', '""'),
                "机构编号": "002",
                "服务事项": "咨询",
                "受理时间": "2026-03-05",
            }
        )
    )
    path = returned(batch, tmp_path / "rejects.xlsx")
    with zipfile.ZipFile(path) as archive:
        xml = "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))
    assert "<f>" not in xml
    assert "<hyperlink" not in xml
    assert cells_of(path)["服务台账"][1][0] == start
    if start[0] in "=+-@":
        assert 'quotePrefix="1"' in xml
    assert [r.cells for r in read(path).rejected] == [r.cells for r in batch.rejected]


def test_headings_come_back_as_they_were_doubled_and_empty_ones_too(read: Read, tmp_path: Path) -> None:
    headings = "记录编号,机构编号,服务事项,受理时间,,备注,备注"
    batch = read(services("R1,002,咨询,2026-03-05,x,,第二", headings=headings))
    path = returned(batch, tmp_path / "rejects.xlsx")
    assert cells_of(path)["服务台账"][0] == [*headings.split(","), "退回原因"]
    again = read(path)
    assert [r.cells for r in again.rejected] == [r.cells for r in batch.rejected]
    assert not read(corrected(path, "服务事项", "B02")).rejected


def test_more_cells_than_headings_stay_wrong_until_they_are_put_right(read: Read, tmp_path: Path) -> None:
    batch = read(services("R1,002,B02,2026-03-05", "R2,002,B02,2026-03-05,多出"))
    assert codes(batch) == ["E508"]
    path = returned(batch, tmp_path / "rejects.xlsx")
    assert codes(read(path)) == ["E508"]
    sheets = cells_of(path)
    sheets["服务台账"][1][4] = ""
    assert not read(workbook(tmp_path / "mended.xlsx", sheets)).rejected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("记录编号,机构编号,服务事项\nR1,002,B02\nR2,002,B02\n", "E401"),
        ("机构编号,月份,服务事项,服务件次\n002,2026-01,B02,3\n", "E203"),
        ("甲,乙,丙\n1,2,3\n4,5,6\n", "E202"),
    ],
)
def test_rows_of_a_refused_sheet_come_back_rejected_until_it_is_put_right(
    text: str, code: str, read: Read, tmp_path: Path
) -> None:
    batch = read(text)
    assert batch.rejected
    again = read(returned(batch, tmp_path / "rejects.xlsx"))
    assert not again.rows
    assert [r.cells for r in again.rejected] == [r.cells for r in batch.rejected]


def test_two_sheets_that_no_one_recognised_keep_their_own_headings(read: Read, tmp_path: Path) -> None:
    batch = read("甲,乙,丙\n1,2,3\n4,5,6\n", "丁,戊,己\n7,8,9\n1,1,1\n")
    sheets = cells_of(returned(batch, tmp_path / "rejects.xlsx"))
    assert list(sheets) == ["未识别", "未识别2"]
    assert [rows[0] for rows in sheets.values()] == [
        ["甲", "乙", "丙", "退回原因"],
        ["丁", "戊", "己", "退回原因"],
    ]


def test_nothing_of_a_marked_row_is_in_the_workbook_whatever_its_sheet_was_refused_for(
    read: Read, tmp_path: Path
) -> None:
    for headings in ("记录编号,机构编号,服务事项,受理时间", "记录编号,机构编号,服务事项,某列"):
        batch = read(
            services("R1,002,咨询,机密★5年,甲绝笔", "R2,002,咨询,2026-03-05,", headings=headings + ",备注")
        )
        assert len(batch.rejected) == 2
        assert batch.rejected[0].cells == {}
        assert "E501" in batch.rejected[0].reasons
        assert "E501" in codes(batch)
        told = str(cells_of(returned(batch, tmp_path / "rejects.xlsx"))) + str(batch.problems)
        assert "甲绝笔" not in told
        assert "R2" in told


def test_a_persons_number_comes_back_masked_from_a_refused_sheet_too(read: Read, tmp_path: Path) -> None:
    for headings in ("服务对象编号,名称,类型,所属区域", "服务对象编号,名称,类型", "服务对象编号,甲,乙"):
        batch = read(f"{headings}\n110101199003074514,示例甲,小微企业,海淀\n010-62345678,示例乙,x,y\n1,2,3\n")
        told = str(batch.rejected) + str(batch.problems)
        assert "19900307" not in told
        assert "62345678" not in told
        assert "110***" in told


def test_names_of_clients_are_taken_out_of_what_is_kept_and_their_headings_stay(read: Read) -> None:
    batch = read(
        "服务对象编号,企业名称,类型,所属区域\nK1,示例甲公司,小微企业,火星\n",
        "企业名称,甲,乙\n示例乙公司,2,3\n示例乙公司,5,6\n",
        services("R1,002,咨询,2026-03-05,示例丙公司,13800138000,说明", more="客户名称,联系电话,备注"),
        "机构编号,机构名称,机构层级,所属区域,设立日期,咨询电话\n9,示例站,工作站,火星,2020-01-01,01062345678\n",
    )
    kept = str([row.cells for row in without_names(batch.rejected)])
    assert "公司" not in kept
    assert "13800138000" not in kept
    assert "说明" in kept
    assert "示例站" in kept
    assert "01062345678" in kept
    assert "企业名称" in without_names(batch.rejected)[0].headings


def test_long_and_odd_texts_come_back_in_columns_of_their_own(read: Read, tmp_path: Path) -> None:
    odd = "_x0041_ 甲\x0b乙"
    batch = read(
        services(f"R1,002,咨询,2026-03-05,{odd}", f"R2,002,咨询,2026-03-05,{'长' * 40000}", more="备注")
    )
    rows = cells_of(returned(batch, tmp_path / "rejects.xlsx"))["服务台账"]
    assert rows[1][4] == odd
    assert [len(cell) for cell in rows[2][4:6]] == [32763 + 2, 2 + 40000 - 32763]
    assert "（续左列）" in rows[2][6]
