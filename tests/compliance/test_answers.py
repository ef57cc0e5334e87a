"""What `ipdash clauses` answers: every figure with what it is out of, and where it comes from."""

from __future__ import annotations

import json
from datetime import date

import pytest

from analytics.compliance.answers import clause_rows, unit_rows
from analytics.core.selection import CITY, Scope
from tests.commands import ipdash
from tests.compliance.hand_made import Ledgers

AS_OF = date(2026, 4, 30)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("answers")
    made = Ledgers(place)
    made.station("A", 持证人数="1")
    made.station("B", 所属区域="东城区")
    made.station("C", 机构名称="海淀中心", 机构层级="区级", 持证人数="")
    for day in range(12):
        done = {"办理结果": "办结", "办结时间": "2026-03-05", "服务事项": "B01"}
        made.service("A", **done, 回访时间="2026-03-06" if day < 10 else "")
    made.service("B", 服务事项="B04", 办理结果="转介")
    made.row(
        "规范自查", 机构编号="A", 条款号="7.4.2.5", 状态="不符合", 检查日期="2026-04-01", 检查人类型="区中心"
    )
    made.row(
        "规范自查", 机构编号="A", 条款号="7.1.4.1", 状态="符合", 检查日期="2026-04-01", 依据材料="制度汇编"
    )
    for number, demand in (("D1", "1000"), ("D2", "500")):
        area, lon, lat = ("海淀区", "116.3", "39.96") if number == "D1" else ("东城区", "116.416", "39.93")
        where = {"所属区域": area, "经度": lon, "纬度": lat}
        made.row("需求点", 需求点编号=number, 名称=number, 需求量=demand, **where)
    for number, years, more in (("E1", "3", {}), ("E2", "2", {"单位推荐": "否"}), ("E3", "9", {})):
        made.row(
            "志愿服务专家",
            **{"专家编号": number, "备案日期": "2024-01-01", "所属区域": "海淀区", "资质": "专利代理师"},
            **{"专利商标从业年限": years, "单位推荐": "是", "单位类型": "行政机关"} | more,
            退出日期="2026-01-01" if number == "E3" else "",
        )
    made.assigned("A", "2026-03-02 09:00", "2026-03-04 23:59", 服务日期="2026-03-10", 反馈日期="2026-05-02")
    made.assigned("B", "2026-04-30 09:00", "2026-05-01 09:00")
    made.imported()
    return place


@pytest.fixture(scope="module")
def snapshot(folder):
    from analytics.store.store import open_store

    return open_store(folder / "store").snapshot()


@pytest.fixture(scope="module")
def rows(snapshot):
    _, found = clause_rows(snapshot, scope=CITY, as_of=AS_OF)
    return {(row["institution_id"], row["clause_id"]): row for row in found}


def test_a_row_tells_level_tier_figure_threshold_period_and_contradiction(rows):
    row = rows["A", "7.4.2.5"]
    told = ("level", "binds", "tier", "status", "source", "numerator", "denominator", "value", "threshold")
    assert [row[name] for name in told] == [
        "shall", "workstation", "工作站", "met", "computed", 10, 12, pytest.approx(10 / 12), 0.8,
    ]  # fmt: skip
    assert (row["threshold_basis"], row["period_from"], row["period_to"]) == (
        "open",
        "2025-05-01",
        "2026-04-30",
    )
    # Wilson's interval of 10 out of 12.
    assert (round(row["low"], 4), round(row["high"], 4)) == (0.552, 0.953)
    assert (row["contradiction"], row["declared_status"], row["declared_by"]) == (True, "not_met", "区中心")
    assert row["fields"] == ["services.completed_at", "services.followed_up_at"]


def test_what_no_ledger_holds_is_named(rows):
    row = rows["A", "7.1.4.1"]
    assert (row["status"], row["source"], row["evidence"]) == ("met", "declared", "制度汇编")
    assert row["missing_fields"] == ["doc_type", "valid_to"]
    assert row["missing"]["zh"]
    assert rows["A", "7.4.2.5"]["missing"] is None


def test_a_pair_comes_with_batch_file_and_row(folder):
    pair = ("--institution", "B", "--clause", "6.1.5.d", "--as-of", "2026-04-30")
    answer = ipdash(folder / "store", "clauses", *pair, "--format", "json")
    assert answer.returncode == 0
    (row,) = json.loads(answer.stdout)["rows"]
    assert row["status"] == "recorded"
    assert [(found["batch_id"], found["file"], found["source_row"]) for found in row["rows"]] == [
        (1, "服务台账.csv", 14)
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--clause", "99"), ("--institution", "nobody"), ("--as-of", "heute"), ("--unit", "person"),
        ("--format", "xml"), ("--scope", "mars"),
    ],
    ids=["clause", "institution", "day", "unit", "format", "scope"],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_in_words(folder, wrong):
    answer = ipdash(folder / "store", "clauses", *wrong)
    assert answer.returncode == 2
    assert wrong[1] in answer.stderr
    assert "Traceback" not in answer.stderr


def test_areas_have_a_district_centre_or_not_and_figures_of_supply(snapshot):
    meta, found = unit_rows(snapshot, "area", scope=CITY, as_of=AS_OF)
    of = {(row["district"], row["clause_id"]): row for row in found}
    assert meta["unit"] == "area"
    assert len(of) == 2 * 17
    assert [of[code, "5.2"]["status"] for code in ("110108", "110101")] == ["met", "not_met"]
    supply = of["110108", "4.4"]
    assert (supply["status"], supply["services"], supply["per_demand"]) == ("recorded", 12, 12.0)
    assert (supply["service_kinds"], supply["qualified_share"]) == (1, 0.5)
    # 12 and 2 a thousand: half the mean difference over the mean is 5 / 14.
    assert supply["gini"] == pytest.approx(5 / 14)
    assert of["110109", "4.4"]["status"] == "no_evidence"
    _, own = unit_rows(snapshot, "area", scope=Scope("district", "110108"), as_of=AS_OF)
    assert {row["district"] for row in own} == {"110108"}


def test_experts_are_judged_one_by_one_on_what_was_known(snapshot):
    _, found = unit_rows(snapshot, "expert", scope=CITY, as_of=AS_OF, clause="8")
    status = {(row["expert_id"], row["clause_id"]): row["status"] for row in found}
    assert {expert for expert, _ in status} == {"E1", "E2"}  # E3 has left
    assert [status["E1", clause] for clause in ("8.1.b", "8.1.d", "8.1.e")] == ["met", "met", "met"]
    assert [status["E2", clause] for clause in ("8.1.b", "8.1.d", "8.1.e")] == ["not_met"] * 3
    # Answered in time; the report came after the day, and the second answer too.
    assert (status["E1", "8.4.c"], status["E1", "8.4.d"]) == ("met", "not_met")
    assert status["E2", "8.4.c"] == "no_evidence"
    for scope in ("city@public", "institution:A"):
        assert unit_rows(snapshot, "expert", scope=Scope.parse(scope), as_of=AS_OF)[1] == []


def test_readers_without_records_see_no_small_counts_and_rounded_ones(snapshot):
    _, found = clause_rows(snapshot, scope=Scope.parse("city@bureau"), as_of=AS_OF)
    of = {(row["institution_id"], row["clause_id"]): row for row in found}
    # 10 of 12: the two that were not followed up are few.
    assert (of["A", "7.4.2.5"]["numerator"], of["A", "7.4.2.5"]["masked"]) == (None, True)
    assert (of["A", "6.1.2"]["numerator"], of["B", "6.1.5.d"]["masked"]) == (10, True)
    # What a station says of its staff is no count of cases.
    assert of["A", "7.1.3.1"]["numerator"] == 2
