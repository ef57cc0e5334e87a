"""Areas with planted gaps are found, clean ones are left alone; lists, focus and neighbours by hand."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.alignment import alignment
from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.standard.districts import priority_keys
from analytics.standard.industries import industries
from tests.compliance.hand_made import Ledgers

HAIDIAN, DONGCHENG = "110108", "110101"
KEYS = [industry.key for industry in industries()]


def _plant(made: Ledgers, district: str, station: str, gap: str, seed: int) -> None:
    """Add clients of all industries and their services; one priority industry gets a fifth of its share."""
    rng = np.random.default_rng(seed)
    weights = np.where(np.isin(KEYS, priority_keys()[district]), 3.0, 1.0)
    base = rng.multinomial(400, weights / weights.sum())
    for key, number in zip(KEYS, base, strict=True):
        for place in range(number):
            cells = {"服务对象编号": f"C{station}{key}{place}", "所属区域": district, "所属产业": key}
            made.row("服务对象名录", **cells, 类型="小微企业")
    served = base * np.where(np.array(KEYS) == gap, 0.2, 1.0)
    for key, number in zip(KEYS, rng.multinomial(800, served / served.sum()), strict=True):
        for _ in range(number):
            made.service(station, 所属产业=key, 服务对象所在区域=district)


@pytest.fixture(scope="module")
def gap():
    return priority_keys()[HAIDIAN][0]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory, gap):
    made = Ledgers(tmp_path_factory.mktemp("alignment"))
    made.station("H1", 重点产业=gap)
    made.station("H2", 重点产业="智慧物流")
    made.station("H4", 重点产业="物流", 设立日期="2026-04-01")
    made.station("H3")
    made.station("D1", 所属区域="东城区", 重点产业=priority_keys()[DONGCHENG][0])
    _plant(made, HAIDIAN, "H1", gap, 1)
    _plant(made, DONGCHENG, "D1", "none", 2)
    for number, day, elements in (
        ("H1", "2026-03-31", "服务内容、服务对象、服务频次、预期成果"),
        ("H2", "2026-04-01", "服务内容、服务对象、服务频次、预期成果"),
        ("D1", "2026-03-01", "服务内容、服务对象"),
    ):
        made.row(
            "清单公示", 机构编号=number, 清单类型="特色服务清单", 年度="2026", 公示日期=day,
            要素=elements, 计划项数="10", 完成项数="4",
        )  # fmt: skip
    made.service("H2", 所属产业="", 服务对象所在区域=HAIDIAN, 受理时间="2026-04-20")
    return made.imported()


def _areas(found):
    return {area["district"]: area for area in found.areas}


def test_a_planted_gap_is_found_and_a_clean_area_is_left_alone(snapshot, gap):
    found = alignment(snapshot, scope=CITY)
    assert [(one["district"], one["industry"]) for one in found.gaps] == [(HAIDIAN, gap)]
    area = _areas(found)[HAIDIAN]
    assert area["divergence"] > area["divergence_critical"]
    clean = _areas(found)[DONGCHENG]
    assert clean["divergence"] < clean["divergence_critical"]
    assert (area["services"], area["unknown"], area["clients"]) == (800, 1, 400)


def test_areas_stand_in_the_standards_order_and_empty_ones_have_no_figures(snapshot):
    found = alignment(snapshot, scope=CITY)
    assert [area["district"] for area in found.areas] == list(priority_keys())
    assert _areas(found)["BDA"]["share"] is None


def test_stations_off_their_areas_list_are_named(snapshot):
    found = {row["institution_id"]: row["reason"] for row in alignment(snapshot, scope=CITY).stations}
    assert found == {"H2": "off_list", "H3": "none_declared", "H4": "not_understood"}


def test_lists_are_counted_by_year_on_either_side_of_the_day(snapshot):
    lists = {row["district"]: row for row in alignment(snapshot, scope=CITY).lists}
    told = {key: lists[HAIDIAN][key] for key in ("owed", "published", "on_time", "complete", "met")}
    assert told == {"owed": 3, "published": 2, "on_time": 1, "complete": 2, "met": 1}
    assert (lists[DONGCHENG]["complete"], lists[DONGCHENG]["met"]) == (0, 0)
    assert (lists[HAIDIAN]["items_done"], lists[HAIDIAN]["items_planned"]) == (8, 20)


def test_a_year_without_any_list_is_told_once_its_day_has_come(tmp_path):
    made = Ledgers(tmp_path)
    made.station("H1")
    made.row("清单公示", 机构编号="H1", 清单类型="特色服务清单", 年度="2024", 公示日期="2024-03-01")
    for day in ("2025-06-01", "2026-03-31"):
        made.service("H1", 受理时间=day)
    rows = alignment(made.imported(), scope=CITY).lists
    assert [(row["year"], row["owed"], row["published"]) for row in rows] == [
        (2025, 1, 0), (2026, 1, 0),
    ]  # fmt: skip


def test_a_filter_by_industry_is_refused(snapshot):
    with pytest.raises(UserError, match="ndustr"):
        alignment(snapshot, scope=CITY, selection=Selection.of("all", industry=("ai",)))


def test_few_services_are_masked(snapshot):
    day = Selection.of("2026-04")
    area = _areas(alignment(snapshot, scope=CITY, selection=day))[HAIDIAN]
    assert area["services"] == 0
    assert area["share"] is None


def test_a_district_sees_itself_alone(snapshot):
    found = alignment(snapshot, scope=Scope("district", DONGCHENG))
    assert [area["district"] for area in found.areas] == [DONGCHENG]
    assert {row["district"] for row in found.stations + found.lists} <= {DONGCHENG}


def test_who_may_not_see_records_gets_clients_in_round_numbers_and_what_rests_on_them(snapshot):
    areas = _areas(alignment(snapshot, scope=Scope("city", None, "public")))
    exact = _areas(alignment(snapshot, scope=CITY))
    hidden = 0
    for code in (HAIDIAN, DONGCHENG):
        area, counts = areas[code], {row["industry"]: row["clients"] for row in exact[code]["industries"]}
        assert area["clients"] == sum(row["clients"] for row in area["industries"])
        for row in area["industries"]:
            assert row["clients"] % 10 == 0
            assert row["expected"] == pytest.approx(area["services"] * row["clients"] / area["clients"])
            if 0 < counts[row["industry"]] < 10:
                hidden += 1
                assert (row["clients"], row["ratio"], row["interval"]) == (0, None, None)
    assert hidden


def test_an_area_with_few_services_shows_nothing_of_its_industries(tmp_path):
    made = Ledgers(tmp_path)
    made.station("H1")
    key = priority_keys()[HAIDIAN][0]
    for place in range(9):
        made.row("服务对象名录", 服务对象编号=f"C{place}", 类型="小微企业", 所属区域=HAIDIAN, 所属产业=key)
        made.service("H1", 服务对象编号=f"C{place}")
    area = _areas(alignment(made.imported(), scope=CITY))[HAIDIAN]
    assert (area["masked"], area["services"], area["share"], area["priority_services"]) == (
        True,
        9,
        None,
        None,
    )
    (row,) = [row for row in area["industries"] if row["industry"] == key]
    assert row["masked"]
    assert {row[name] for name in ("observed", "expected", "ratio", "interval", "by_own", "by_others")} == {
        None
    }


def test_industries_that_only_neighbours_serve_are_told_with_how_many(tmp_path):
    made = Ledgers(tmp_path)
    key, other = priority_keys()[HAIDIAN][:2]
    made.station("H1")
    made.station("D1", 所属区域="东城区")
    for place in range(60):
        of = key if place < 30 else other
        made.row("服务对象名录", 服务对象编号=f"C{place}", 类型="小微企业", 所属区域=HAIDIAN, 所属产业=of)
        made.service("D1" if of == key else "H1", 服务对象编号=f"C{place}")
    snapshot = made.imported()
    found = alignment(snapshot, scope=CITY)
    rows = {row["industry"]: row for row in _areas(found)[HAIDIAN]["industries"]}
    assert (rows[key]["neighbours_only"], rows[key]["by_own"], rows[key]["by_others"]) == (True, 0, 30)
    assert not rows[other]["neighbours_only"]
    (gap,) = [gap for gap in found.gaps if gap["district"] == HAIDIAN]
    assert (gap["industry"], gap["reasons"]) == (key, ["none_served", "neighbours_only", "no_focus"])
    by_client = _areas(alignment(snapshot, scope=CITY, by_client=True))[HAIDIAN]
    assert (_areas(found)[HAIDIAN]["services"], by_client["services"], by_client["gap_points"]) == (30, 60, 0)


def test_services_to_clients_from_elsewhere_are_told_and_none_are_by_the_clients_area(tmp_path):
    made = Ledgers(tmp_path)
    made.station("H1", 所属区域=HAIDIAN)
    key = priority_keys()[HAIDIAN][0]
    for place in (HAIDIAN, DONGCHENG, DONGCHENG, ""):
        made.service("H1", 所属产业=key, 服务对象所在区域=place)
    snapshot = made.imported()
    told = _areas(alignment(snapshot, scope=CITY))[HAIDIAN]
    # Whose area nobody knows counts as the own.
    assert (told["services"], told["to_other_areas"]) == (4, 2)
    by_client = _areas(alignment(snapshot, scope=CITY, by_client=True))
    assert [
        (by_client[area]["services"], by_client[area]["to_other_areas"]) for area in (HAIDIAN, DONGCHENG)
    ] == [
        (1, 0),
        (2, 0),
    ]
