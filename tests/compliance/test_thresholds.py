"""Each side of each threshold: institutions made by hand get the status that a reader of the text gives."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.compliance import clause_table
from analytics.compliance.answers import clause_rows
from analytics.compliance.behind import rows_behind
from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope
from analytics.core.settings import settings
from tests.compliance.hand_made import Ledgers

AS_OF = date(2026, 4, 30)
SEVEN = "服务事项名称、服务对象、服务内容、办理流程、办理时限、咨询电话、监督电话"
FOUR = "服务内容、服务对象、服务频次、预期成果"


def _founded(made: Ledgers) -> None:
    made.station("F1", 运营单位成立日期="2023-05-10")
    made.station("F2", 运营单位成立日期="2023-05-11")
    made.station("F3", 独立法人="否")
    made.station("F4", 运营单位类型="其他")
    made.station("F5", 运营单位成立日期="")
    made.station("F6", 共建单位="北京市知识产权公共服务中心、示例协会", 运营单位类型="行业组织")
    made.station("F7", 共建单位="示例孵化器、海淀区知识产权局")
    made.station("F8", 机构名称="海淀示例知识产权工作站", 咨询电话="")
    made.station("F9", 专职人数="0", 重点产业="人工智能")
    made.station("F10", 专职人数="", 重点产业="现代农业")


def _published(made: Ledgers) -> None:
    for number, day, elements in (
        ("L1", "2026-03-31", FOUR),
        ("L2", "2026-04-01", FOUR),
        ("L3", "2026-03-31", "服务内容、服务对象、服务频次"),
    ):
        made.station(number)
        made.row(
            "清单公示", 机构编号=number, 清单类型="特色服务清单", 年度="2026", 公示日期=day, 要素=elements
        )
    made.station("L4", 设立日期="2026-04-01", 运营单位成立日期="2020-01-01")
    for number, elements in (("L5", SEVEN), ("L6", SEVEN.removesuffix("、监督电话")), ("L4", SEVEN)):
        if number != "L4":
            made.station(number)
        made.row(
            "清单公示", 机构编号=number, 清单类型="事项清单", 年度="2026", 公示日期="2026-04-02",
            要素=elements, 渠道="网站、公开栏",
        )  # fmt: skip


def _answered(made: Ledgers) -> None:
    for number, notified, responded in (
        ("E1", "2026-03-02 09:00", "2026-03-04 23:59"),
        ("E2", "2026-03-02 09:00", "2026-03-05 00:00"),
        ("E3", "2026-03-02 09:00", ""),
        # The last notice is two days before the ledger's last date: its second day has passed.
        ("E4", "2026-04-28 09:00", ""),
        ("E5", "2026-04-29 09:00", ""),
        # 14 February 2026 is worked before Spring Festival, the 16th to 23rd are not.
        ("E6", "2026-02-13 09:00", "2026-02-24 18:00"),
        ("E7", "2026-02-13 09:00", "2026-02-25 09:00"),
    ):
        made.station(number)
        made.assigned(number, notified, responded, 服务日期="2026-03-10", 反馈日期="2026-03-12")
    made.assigned("E1", "2026-03-02", "2026-03-03", 服务日期="2026-03-10")
    made.station("E8")
    made.assigned("E8", "2026-04-30 09:00", "2026-04-30 10:00")
    made.row("志愿服务专家", 专家编号="E1", 备案日期="2024-01-01", 单位推荐="是")


def _served(made: Ledgers) -> None:
    made.station("S1")
    made.station("S2")
    for place in range(10):
        done = {"办理结果": "办结", "办结时间": "2026-03-05", "服务方式": "现场"}
        made.service("S1", **done, 回访时间="2026-03-06" if place < 8 else "")
        made.service("S2", **done, 回访时间="2026-03-06" if place < 7 else "")
    made.service("S1", 服务事项="B08", 收费金额="100", 收费依据="协议")
    made.service("S2", 服务事项="B08", 收费金额="100.5")
    made.service("S2", 服务事项="B04", 办理结果="转介")
    made.station("S3")
    made.station("S4")
    for kind in ("集中宣传", "日常宣传"):
        made.row("活动台账", 活动编号=f"K{kind}", 机构编号="S3", 类别=kind, 日期="2026-03-02", 方式="混合")
    made.row("活动台账", 活动编号="K3", 机构编号="S4", 类别="日常宣传", 日期="2026-03-02", 方式="线上")
    made.row("评价档案", 评价编号="P1", 机构编号="S3", 评价类型="内部", 评价日期="2025-05-01")
    made.row("评价档案", 评价编号="P2", 机构编号="S3", 评价类型="外部", 评价日期="2026-04-30")
    made.row("评价档案", 评价编号="P3", 机构编号="S4", 评价类型="内部", 评价日期="2025-04-30")
    made.row("评价档案", 评价编号="P4", 机构编号="S4", 评价类型="外部", 评价日期="2026-04-30")


def _declared(made: Ledgers) -> None:
    def check(number: str, clause: str, status: str, day: str = "2026-04-01", by: str = "自查") -> None:
        made.row("规范自查", 机构编号=number, 条款号=clause, 状态=status, 检查日期=day, 检查人类型=by)

    for letter in "abc":
        check("S1", f"7.1.2.1.{letter}", "符合")
    check("S1", "7.1.4.1", "不符合", "2026-03-01")
    check("S1", "7.1.4.1", "符合", "2026-04-10", "区中心")
    check("S2", "7.4.2.5", "符合")
    check("S2", "6.1.3", "不适用")
    check("S1", "6.1.3", "符合")
    check("S2", "7.2.3.1", "不适用")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    made = Ledgers(tmp_path_factory.mktemp("clauses"))
    for part in (_founded, _published, _answered, _served, _declared):
        part(made)
    return made.imported()


@pytest.fixture(scope="module")
def cells(snapshot):
    table = clause_table(snapshot, scope=CITY, as_of=AS_OF)
    return {(cell.institution_id, cell.clause): cell for cell in table.cells}


@pytest.mark.parametrize(
    ("institution", "clause", "status"),
    [
        # A year old on the day of set-up, and a day less than a year.
        ("F1", "7.1.1.1", "met"),
        ("F2", "7.1.1.1", "not_met"),
        ("F3", "7.1.1.1", "not_met"),
        ("F4", "7.1.1.1", "not_met"),
        ("F5", "7.1.1.1", "no_evidence"),
        ("F1", "5.3", "met"),
        ("F6", "5.3", "met"),
        ("F7", "5.3", "not_met"),
        ("F1", "7.2.1.1", "met"),
        ("F8", "7.2.1.1", "not_met"),
        ("F1", "7.1.2.3", "met"),
        ("F8", "7.1.2.3", "no_evidence"),
        ("F1", "7.1.3.1", "met"),
        ("F9", "7.1.3.1", "not_met"),
        ("F10", "7.1.3.1", "no_evidence"),
        ("F9", "7.1.1.3", "met"),
        ("F10", "7.1.1.3", "not_met"),
        # 31 March and 1 April; three of four elements; a station set up after the day.
        ("L1", "7.3.3.2", "met"),
        ("L2", "7.3.3.2", "not_met"),
        ("L3", "7.3.3.2", "partly_met"),
        ("L4", "7.3.3.2", "not_applicable"),
        ("F1", "7.3.3.2", "no_evidence"),
        ("L5", "7.3.3.2", "not_met"),
        # Seven elements, and six.
        ("L5", "7.4.3.1", "met"),
        ("L6", "7.4.3.1", "partly_met"),
        ("L6", "7.4.3.1.a", "met"),
        ("L6", "7.4.3.1.g", "not_met"),
        ("L1", "7.4.3.1", "not_met"),
        ("L5", "7.4.3.2", "met"),
        ("L5", "7.1.2.1.d", "met"),
        # The second day at 23:59, and the third at 00:00.
        ("E1", "8.4.c", "met"),
        ("E2", "8.4.c", "not_met"),
        ("E3", "8.4.c", "not_met"),
        ("E4", "8.4.c", "not_met"),
        ("E5", "8.4.c", "no_evidence"),
        ("E8", "8.4.c", "met"),
        ("E6", "8.4.c", "not_met"),
        ("F1", "8.4.c", "not_applicable"),
        # One of two services without feedback.
        ("E1", "8.4.d", "partly_met"),
        ("E2", "8.4.d", "met"),
        # Eight of ten, and seven.
        ("S1", "7.4.2.5", "met"),
        ("S2", "7.4.2.5", "partly_met"),
        ("S1", "6.1.9", "met"),
        ("S2", "6.1.9", "not_met"),
        ("S1", "6.1.9.c", "not_met"),
        ("S1", "7.4.2.1", "met"),
        ("S2", "7.4.2.1", "not_met"),
        ("S2", "6.1.5.e", "not_met"),
        ("S2", "6.1.5.d", "recorded"),
        ("S1", "6.1.3", "recorded"),
        ("F1", "6.1.3", "no_evidence"),
        ("S3", "6.1.12", "met"),
        ("S4", "6.1.12", "partly_met"),
        ("S3", "7.3.1.2.a", "met"),
        ("S4", "7.3.1.2.a", "partly_met"),
        # Internal and external within twelve months; one of them a month too old.
        ("S3", "9.1", "met"),
        ("S4", "9.1", "partly_met"),
        # Declared where no ledger can tell: the latest check counts.
        ("S1", "7.1.4.1", "met"),
        ("S2", "7.2.3.1", "not_applicable"),
        ("S1", "7.1.2.1", "no_evidence"),
        ("S1", "5.1", "not_applicable"),
    ],
)
def test_each_side_of_a_threshold(cells, institution, clause, status):
    assert cells[institution, clause].status == status


def test_breadth_of_services_never_fails_anybody(cells):
    assert {cell.status for (_, clause), cell in cells.items() if clause == "6.1.1"} <= {
        "recorded", "no_evidence",
    }  # fmt: skip


def test_work_on_record_is_never_met_for_being_counted(cells):
    none = {"6.1.2", "6.1.3", "6.1.11", "6.1.14", "6.2.1", "6.2.5", "7.3.1.3.b", "7.3.2.3.b"}
    assert not {cell.status for (_, clause), cell in cells.items() if clause in none} & {"met", "not_met"}


@pytest.fixture
def local(tmp_path, monkeypatch):
    """Return a function that puts settings in force."""

    def put(text):
        (tmp_path / "local.toml").write_text(text, encoding="utf-8")
        monkeypatch.setenv("IPDASH_SETTINGS", str(tmp_path / "local.toml"))
        settings.cache_clear()

    yield put
    monkeypatch.undo()
    settings.cache_clear()


def test_working_days_over_spring_festival(snapshot, local):
    local('expert_answer_days = "working"')
    table = clause_table(snapshot, scope=CITY, as_of=AS_OF, months=0)
    found = {cell.institution_id: cell.status for cell in table.cells if cell.clause == "8.4.c"}
    # From Friday 13 February: the 14th is worked, then the 24th; the 25th is the third day.
    assert (found["E6"], found["E7"]) == ("met", "not_met")


def test_computed_beats_declared_and_a_contradiction_is_told(cells):
    cell = cells["S2", "7.4.2.5"]
    assert (cell.source, cell.declared.status, cell.is_contradicted) == ("computed", "met", True)
    assert cells["S2", "6.1.3"].is_contradicted  # on record, though declared not applicable
    assert not cells["S1", "6.1.3"].is_contradicted


def test_since_is_the_first_month_of_an_unbroken_run(cells):
    assert cells["S1", "7.1.4.1"].since == "2026-04"
    assert cells["F1", "7.1.1.1"].since_is_open


def test_a_list_says_how_much_of_it_is_carried_out(tmp_path):
    made = Ledgers(tmp_path)
    made.station("L")
    made.row(
        "清单公示", 机构编号="L", 清单类型="特色服务清单", 年度="2026", 公示日期="2026-03-31", 要素=FOUR,
        计划项数="8", 完成项数="5",
    )  # fmt: skip
    _, rows = clause_rows(made.imported(), scope=CITY, as_of=AS_OF, clause="7.3.3.2")
    assert rows[0]["because"] == {"zh": "计划 8 项，已完成 5 项", "en": "5 of 8 planned items are done"}


def test_days_after_the_day_asked_for_are_left_out(snapshot):
    before = clause_table(snapshot, scope=CITY, as_of=date(2026, 3, 30), months=0)
    found = {(cell.institution_id, cell.clause): cell.status for cell in before.cells}
    assert found["L1", "7.3.3.2"] == "no_evidence"
    assert ("L4", "7.3.3.2") not in found  # not open yet


def test_a_threshold_that_the_text_leaves_open_is_a_setting(snapshot, local):
    local('[clause_thresholds]\n"7.4.2.5" = 0.7')
    table = clause_table(snapshot, scope=CITY, as_of=AS_OF, months=0)
    assert {c.institution_id: c.status for c in table.cells if c.clause == "7.4.2.5"}["S2"] == "met"


@pytest.mark.parametrize(
    "clause", ["6.1.3", "8.4.c", "7.4.2.4", "99"], ids=["none", "text", "no rule", "unknown"]
)
def test_a_threshold_that_the_text_does_not_leave_open_is_refused(snapshot, local, clause):
    local(f'[clause_thresholds]\n"{clause}" = 0.7')
    with pytest.raises(UserError, match=clause):
        clause_table(snapshot, scope=CITY, as_of=AS_OF, months=0)


def test_the_ends_of_months_are_what_was_found_on_those_days(snapshot, cells):
    for end in (date(2026, 3, 31), date(2025, 12, 31)):
        then = clause_table(snapshot, scope=CITY, as_of=end, months=0)
        place = {date(2026, 3, 31): 1, date(2025, 12, 31): 4}[end]
        for cell in then.cells:
            assert cells[cell.institution_id, cell.clause].history[place] == cell.history, cell


def test_what_came_to_be_known_later_does_not_count_yet(snapshot):
    before = clause_table(snapshot, scope=CITY, as_of=date(2026, 3, 5), months=0)
    found = {(cell.institution_id, cell.clause): cell for cell in before.cells}
    # Completed that day; followed up the day after.
    assert found["S1", "7.4.2.5"].computed[:3] == ("not_met", 0, 10)
    # Served and reported on later: nothing to report on yet.
    assert found["E1", "8.4.d"].status == "no_evidence"
    assert rows_behind(snapshot, "8.4.d", "E1", scope=CITY, as_of=date(2026, 3, 5)) == []


def test_every_figure_leads_to_its_rows(snapshot, cells):
    for (institution, clause), cell in cells.items():
        if cell.source == "none" or clause in {"7.1.1.4", "7.1.2.1", "7.1.3.5", "7.4.1.2", "7.4.3.4"}:
            continue  # they sum up other clauses, or months without a row
        found = rows_behind(snapshot, clause, institution, scope=CITY, as_of=AS_OF)
        assert found, (institution, clause)
        assert all(row["file"] and row["source_row"] > 1 for row in found)
    late = rows_behind(snapshot, "8.4.c", "E2", scope=CITY, as_of=AS_OF)
    assert [(row["counts"], row["day"][:10]) for row in late] == [(1, "2026-03-02")]


def test_readers_without_records_get_no_rows_and_no_small_figures(snapshot):
    scope = Scope.parse("city@public")
    assert rows_behind(snapshot, "8.4.c", "E2", scope=scope, as_of=AS_OF) == []
    _, rows = clause_rows(snapshot, scope=scope, as_of=AS_OF, institution="S2")
    shown = {row["clause_id"]: row for row in rows}
    assert (shown["6.1.5.e"]["numerator"], shown["6.1.5.e"]["masked"]) == (None, True)
    assert shown["7.4.2.5"]["denominator"] == 10 or shown["7.4.2.5"]["masked"]


def test_a_reader_gets_the_own_institutions_alone(snapshot):
    _, rows = clause_rows(snapshot, scope=Scope("institution", "S1"), as_of=AS_OF)
    assert {row["institution_id"] for row in rows} == {"S1"}
    _, none = clause_rows(snapshot, scope=Scope("district", "110101"), as_of=AS_OF)
    assert none == []


def test_unknown_clauses_and_institutions_are_refused(snapshot):
    with pytest.raises(UserError):
        clause_rows(snapshot, scope=CITY, clause="99")
    with pytest.raises(UserError):
        clause_rows(snapshot, scope=CITY, institution="nobody")
