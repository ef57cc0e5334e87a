"""清单公示, 规范自查 and 评价档案: their rows, and what is particular to each."""

from __future__ import annotations

import pytest

from tests.ingest.conftest import Read, codes, column

PUBLICATIONS = "机构编号,清单类型,年度,公示日期,更新日期,要素,计划项数,完成项数,渠道\n"
EVIDENCE = "机构编号,条款号,状态,依据材料,检查日期,检查人类型\n"
EVALUATIONS = "评价编号,机构编号,评价类型,评价日期,得分,问题,改进完成日期\n"


def test_published_lists_are_read_with_their_elements_counted(read: Read) -> None:
    batch = read(
        PUBLICATIONS
        + "002,特色服务清单,2026年度,2026-03-05,,内容、对象、频次、预期成果,12项,3,网站、公开栏\n"
        + "002,事项清单,2026,2026-03-05,2026-04-01,七要素齐全,,,网站\n"
        + "3,事项清单,2026,2026-03-05,,服务事项名称；服务对象；收费标准,,,\n"
        + "003,重点企业名录,2026,2026-03-05,,,,,\n"
    )
    assert [rows.kind for rows in batch.rows] == ["publications"]
    assert column(batch, "institution_id") == ["002", "002", "003", "003"]
    assert column(batch, "elements")[0] == "服务内容、服务对象、服务频次、预期成果"
    assert column(batch, "elements_required") == [4, 7, 7, None]
    assert column(batch, "elements_present") == [4, 7, 2, None]
    assert column(batch, "list_year") == [2026] * 4
    assert column(batch, "month") == ["2026-03"] * 4
    assert column(batch, "row_key")[0] == "特色服务清单\x1f2026"
    assert [(p.code, p.source_row, p.column) for p in batch.problems] == [("E418", 4, "要素")]
    assert "收费标准" in batch.problems[0].zh


def test_a_list_of_one_kind_does_not_hold_the_elements_of_another(read: Read) -> None:
    batch = read(PUBLICATIONS + "002,特色服务清单,2026,2026-03-05,,服务内容、监督电话,,,\n")
    assert column(batch, "elements_present") == [1]
    assert "监督电话" in batch.problems[0].zh


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("002,特色清单,2026,2026-03-05,,,,,", "E409"),
        ("002,事项清单,,2026-03-05,,,,,", "E401"),
        ("002,事项清单,2026,,,,,,", "E401"),
        ("002,事项清单,26,2026-03-05,,,,,", "E406"),
        (",事项清单,2026,2026-03-05,,,,,", "E401"),
    ],
)
def test_a_published_list_without_what_it_needs_is_rejected(read: Read, row: str, code: str) -> None:
    batch = read(PUBLICATIONS + row + "\n")
    assert [r.reasons for r in batch.rejected] == [(code,)]


def test_a_list_updated_before_it_was_published_loses_that_date(read: Read) -> None:
    batch = read(PUBLICATIONS + "002,事项清单,2026,2026-03-05,2026-03-04,,5,6,\n")
    assert (column(batch, "updated_on"), column(batch, "items_done")) == ([None], [None])
    assert sorted(codes(batch)) == ["E502", "E510"]


@pytest.mark.parametrize(
    ("written", "clause"),
    [
        ("7.4.3.1", "7.4.3.1"),
        ("第7.4.3.1条", "7.4.3.1"),
        ("７．４．３．１", "7.4.3.1"),
        ("7.4.3.1.a", "7.4.3.1.a"),
        ("7.4.3.1 a)", "7.4.3.1.a"),
        ("7.4.3.1 a）", "7.4.3.1.a"),
        ("7.4.3.1.a)", "7.4.3.1.a"),
        ("7.4.3.1（A）", "7.4.3.1.a"),
        ("第7.4.3.1条第a项", "7.4.3.1.a"),
        ("7.3.3.2 特色服务清单", "7.3.3.2"),
        ("特色服务清单", "7.3.3.2"),
        ("7.2.3.1 制度板应在显眼位置公示", "7.2.3.1"),
        ("附录A", "附录A"),
        ("附录 b", "附录B"),
    ],
)
def test_clauses_are_read_however_their_number_is_written(read: Read, written: str, clause: str) -> None:
    batch = read(EVIDENCE + f"002,{written},符合,照片,2026-03-05,自查\n")
    assert column(batch, "clause_id") == [clause]
    assert codes(batch) == []


@pytest.mark.parametrize(
    ("written", "code", "named"),
    [
        ("7.4.3", "E411", "7.4.3.1"),
        ("咨询电话", "E411", "7.1.2.3"),
        ("7.4.3.1 特色服务清单", "E411", "7.3.3.2"),
        ("6.1.2、6.1.3", "E412", "6.1.3"),
        ("6.1.2 a)、b)", "E412", "6.1.2.b"),
        ("5.1.2 a", "E410", "5.1"),
        ("99.1", "E410", ""),
        ("7.4.3.1.h", "E410", "7.4.3.1"),
    ],
)
def test_a_clause_that_is_not_exactly_one_is_rejected_with_the_candidates(
    read: Read, written: str, code: str, named: str
) -> None:
    batch = read(EVIDENCE + f"002,{written},符合,照片,2026-03-05,自查\n")
    assert [r.reasons for r in batch.rejected] == [(code,)]
    assert named in batch.problems[0].zh


def test_evidence_is_one_row_an_institution_clause_and_day(read: Read) -> None:
    batch = read(
        EVIDENCE
        + "002,6.1.2,符合,,2026-03-05,自查\n002,6.1.2,部分符合,整改中,2026年6月5日,区中心\n"
        + "002,6.1.2,合格,,2026-06-05,自查\n002,6.1.2,符合,,,自查\n"
    )
    assert column(batch, "row_key") == ["6.1.2\x1f2026-03-05", "6.1.2\x1f2026-06-05"]
    assert [r.reasons for r in batch.rejected] == [("E409",), ("E401",)]


def test_evaluations_have_a_score_between_0_and_100(read: Read) -> None:
    batch = read(
        EVALUATIONS
        + "PJ1,002,内部,2026-03-05,95分,无,2026-04-01\nPJ2,002,外部,2026-03-05,101,缺制度板,2026-02-01\n"
        + "PJ3,002,第三方,2026-03-05,88,,\n"
    )
    assert column(batch, "score") == [95, None]
    assert column(batch, "evaluation_kind") == ["内部", "外部"]
    assert column(batch, "findings") == [None, "缺制度板"]
    assert column(batch, "improved_on")[1] is None
    assert [(p.code, p.severity) for p in batch.problems] == [
        ("E406", "finding"),
        ("E502", "finding"),
        ("E409", "reject"),
    ]
