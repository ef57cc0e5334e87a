"""Completeness, reporting, freshness, unresolved names and courses, counted by hand."""

from __future__ import annotations

import pytest

from analytics.core.selection import CITY, Scope, Selection
from analytics.measures import open_findings, quality
from tests.compliance.hand_made import Ledgers


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    made = Ledgers(tmp_path_factory.mktemp("quality"))
    made.station("A")
    made.station("B", 所属区域="东城区")
    made.station("C", 撤销日期="2025-12-31")
    made.service("A", 服务方式="现场", 所属产业="量子咖啡")
    made.service("A", 服务方式="", 服务对象编号="C9")
    made.service("B", 受理时间="2026-01-15", 服务方式="电话", 服务对象编号="C1")
    made.row("服务对象名录", 服务对象编号="C1", 类型="小微企业", 所属区域="海淀区", 所属产业="量子咖啡")
    for number, attendees in (("T1", "30"), ("T2", "20")):
        made.row(
            "活动台账", 活动编号=number, 机构编号="A", 类别="培训", 日期="2026-03-03", 课程="1",
            参加人数=attendees, 问卷回收数="10", 满意数="9",
        )  # fmt: skip
    # Nobody knows how many of these were satisfied.
    made.row(
        "活动台账", 活动编号="T3", 机构编号="A", 类别="培训", 日期="2026-03-04", 课程="1", 问卷回收数="50"
    )
    return made.imported()


def test_fields_filled_in_are_counted(snapshot):
    found = {
        row["field"]: (row["filled"], row["records"]) for row in quality.completeness(snapshot, scope=CITY)
    }
    assert (found["channel"], found["client_id"], found["rating"]) == ((2, 3), (2, 3), (0, 3))
    # An industry not understood was filled in; what only the list of clients says was not.
    assert (found["industry"], found["client_district"]) == ((1, 3), (0, 3))
    months = quality.completeness(snapshot, scope=CITY, by="month")
    channel = [row for row in months if row["field"] == "channel"]
    assert [(row["month"], row["filled"], row["records"]) for row in channel] == [
        ("2026-01", 1, 1), ("2026-03", 1, 2),
    ]  # fmt: skip


def test_months_reported_and_due_are_counted(snapshot):
    chosen = Selection.of("2026-03")
    assert quality.reporting(snapshot, scope=CITY, selection=chosen) == [
        {"month": "2026-03", "reported": 1, "open": 2}
    ]
    by_place = quality.reporting(snapshot, scope=CITY, selection=chosen, by="institution")
    assert [(row["institution"], row["reported"]) for row in by_place if row["open"]] == [("A", 1), ("B", 0)]


def test_the_longest_silent_stand_first(snapshot):
    found = quality.freshness(snapshot, scope=CITY)
    assert {row["institution_id"]: row["last_month"] for row in found} == {
        "A": "2026-03", "B": "2026-01", "C": None,
    }  # fmt: skip


def test_industries_nobody_knows_are_listed_and_none_is_dropped(snapshot):
    found = quality.unresolved_industries(snapshot, scope=CITY)
    assert found == [
        {"kind": kind, "text": "量子咖啡", "rows": 1, "near": [], "why": "unknown"}
        for kind in ("services", "clients")
    ]
    assert quality.unresolved_industries(snapshot, scope=Scope("institution", "B")) == []


def test_courses_are_summed(snapshot):
    assert quality.courses_held(snapshot, scope=CITY) == [
        {"course": "C01", "sessions": 3, "attendees": 50, "returned": 20, "satisfied": 18}
    ]


def test_open_findings_are_counted_by_institution(snapshot):
    found = open_findings.by_institution(snapshot, scope=CITY)
    assert [(row["code"], row["institution_id"], row["count"]) for row in found] == [("E601", "A", 1)]
    assert open_findings.by_institution(snapshot, scope=Scope("district", "110101")) == []
