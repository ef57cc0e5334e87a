"""Findings, complaints and bad ratings on their way to improvement, counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from analytics.compliance.loop import evaluated, loops, overdue
from analytics.core.selection import CITY, Scope
from tests.compliance.hand_made import Ledgers

AS_OF = date(2026, 4, 30)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    made = Ledgers(tmp_path_factory.mktemp("loop"))
    made.station("A")
    made.station("B", 所属区域="东城区")
    evaluation = {"机构编号": "A", "评价类型": "内部", "问题": "回访不及时"}
    made.row("评价档案", 评价编号="P1", 评价日期="2026-01-01", 改进完成日期="2026-01-31", **evaluation)
    # 60 days before the day, and 61.
    made.row("评价档案", 评价编号="P2", 评价日期="2026-03-01", **evaluation)
    made.row("评价档案", 评价编号="P3", 评价日期="2026-02-28", **evaluation)
    made.row("评价档案", 评价编号="P4", 评价日期="2024-02-28", **evaluation)
    made.row("评价档案", 评价编号="P5", 评价日期="2026-03-01", 机构编号="B", 评价类型="内部")
    made.row("评价档案", 评价编号="P6", 评价日期="2026-03-02", 机构编号="B", 评价类型="外部")
    made.row("投诉台账", 投诉编号="C1", 机构编号="B", 收到时间="2026-01-10", 是否属实="是")
    made.row("投诉台账", 投诉编号="C2", 机构编号="B", 收到时间="2026-01-10", 是否属实="否")
    made.service("A", 满意度评价="不满意", 评价时间="2026-03-05", 差评整改时间="2026-03-08")
    made.service("A", 满意度评价="满意", 评价时间="2026-03-05")
    return made.imported()


def test_each_source_is_counted(snapshot):
    found = {
        one.source: (one.raised, one.done, one.open, one.overdue, one.oldest_days, one.days)
        for one in loops(snapshot, scope=CITY, as_of=AS_OF)
    }
    assert found == {
        # P4 was raised two years before and never improved: time alone closes nothing.
        "evaluation": (3, 1, 3, 2, 792, 30.0),
        "complaint": (1, 0, 1, 1, 110, None),
        "bad_rating": (1, 1, 0, 0, None, 3.0),
    }


def test_what_was_raised_counts_for_a_year_to_the_day(snapshot):
    def of(day):
        return {one.source: one for one in loops(snapshot, scope=CITY, as_of=day)}

    last = of(date(2027, 3, 4))["bad_rating"], of(date(2027, 3, 5))["bad_rating"]
    assert [one.raised for one in last] == [1, 0]
    # 60 days after 1 March is 30 April: P2 is overdue from 1 May on.
    assert of(date(2026, 5, 1))["evaluation"].overdue == 3
    # Improved on 31 January: open the day before.
    assert [of(date(2026, 1, day))["evaluation"].open for day in (30, 31)] == [2, 1]


def test_few_bad_ratings_are_not_told_to_who_may_not_see_records(snapshot):
    scope = Scope.parse("city@bureau")
    (one,) = [one for one in loops(snapshot, scope=scope, as_of=AS_OF) if one.source == "bad_rating"]
    assert (one.raised, one.done, one.open, one.overdue, one.days) == (None,) * 5


def test_improvements_after_the_day_do_not_count_yet(snapshot):
    found = {one.source: one for one in loops(snapshot, scope=CITY, as_of=date(2026, 3, 6))}
    assert (found["bad_rating"].raised, found["bad_rating"].done) == (1, 0)


def test_the_oldest_overdue_stand_first(snapshot):
    found = overdue(snapshot, scope=CITY, as_of=AS_OF)
    assert [(item["source"], item["number"], item["age_days"]) for item in found] == [
        ("evaluation", "P4", 792), ("complaint", "C1", 110), ("evaluation", "P3", 61),
    ]  # fmt: skip
    assert overdue(snapshot, scope=Scope.parse("city@public"), as_of=AS_OF) == []
    own = overdue(snapshot, scope=Scope("institution", "A"), as_of=AS_OF)
    assert [item["number"] for item in own] == ["P4", "P3"]


def test_evaluations_of_both_kinds_are_counted_by_area(snapshot):
    found = {row["district"]: row for row in evaluated(snapshot, scope=CITY, as_of=AS_OF)}
    assert (found["110108"]["internal"], found["110108"]["both"]) == (1, 0)
    assert (found["110101"]["external"], found["110101"]["both"]) == (1, 1)
