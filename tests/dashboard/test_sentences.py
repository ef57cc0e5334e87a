"""What charts say: computed from rows, checked against sentences written by hand."""

from __future__ import annotations

from typing import Any

from analytics.core.selection import Selection
from analytics.measures import registry
from dashboard.context import Answer
from dashboard.parts import changed, quantities, sentences

SERVICES = registry.get("services")
RATE = registry.get("satisfaction_rate")
DAYS = registry.get("response_days")


def namer(_: str, code: str | None) -> str:
    return {
        "110101": "东城",
        "110102": "西城",
        "110108": "海淀",
        "B01": "政策宣贯",
        "T04": "新业态",
        None: "未填",
    }.get(code, str(code))


def share(numerator: int, denominator: int, lower: float, upper: float, **group: str) -> dict[str, Any]:
    value = numerator / denominator
    return {**group, "value": value, "numerator": numerator, "denominator": denominator, "lower": lower,
            "upper": upper, "masked": False}  # fmt: skip


def answer(key: str, *rows: dict[str, Any]) -> Answer:
    return Answer(registry.get(key), {}, list(rows), (), Selection())


def test_by_month_names_total_highest_lowest_and_change() -> None:
    rows = [
        {"month": "2026-01", "value": 1200},
        {"month": "2026-02", "value": 800},
        {"month": "2026-03", "value": 1000},
    ]
    assert sentences.by_month(SERVICES, rows, "zh", change="同比 +6.1%") == (
        "共 3,000 件次；2026 年 1 月最多（1,200），2026 年 2 月最少（800）。同比 +6.1%。"
    )
    assert sentences.by_month(SERVICES, rows, "en") == (
        "3,000 services in all; most in Jan 2026 (1,200), fewest in Feb 2026 (800)."
    )


def test_by_month_of_one_month_has_no_highest() -> None:
    assert sentences.by_month(SERVICES, [{"month": "2026-01", "value": 7}], "zh") == "2026 年 1 月共 7 件次。"


def test_by_area_says_what_the_first_three_hold_together() -> None:
    rows = [
        {"district": code, "value": value}
        for code, value in (("110101", 50), ("110102", 30), ("110108", 15), ("X", 5))
    ]
    assert sentences.by_area(SERVICES, rows, "zh", namer) == (
        "东城、西城、海淀合计占 95.0%；各区域在 5（X）与 50（东城）之间。"
    )


def test_by_area_of_a_share_says_its_range_only() -> None:
    rows = [share(90, 100, 0.8, 0.95, district="110101"), share(80, 100, 0.7, 0.87, district="110102")]
    assert sentences.by_area(RATE, rows, "zh", namer) == "在 80.0%（西城）与 90.0%（东城）之间。"


def test_only_intervals_wholly_apart_are_named() -> None:
    rows = [
        share(50, 100, 0.40, 0.60, district="110101"),
        share(90, 100, 0.85, 0.95, district="110102"),
        share(99, 100, 0.95, 1.00, district="110108"),
    ]
    assert sentences.apart(0.9, rows, "zh", namer) == (
        "区间整体低于全部合计的区域：东城。区间整体高于全部合计的区域：海淀。"
    )
    assert sentences.apart(0.9, rows[1:2] * 2, "zh", namer) == "各区域与全部合计的差别都可能只是偶然。"


def test_services_not_given_are_named() -> None:
    rows = [{"service": "B01", "value": 3}, {"service": "T04", "value": 0}, {"service": None, "value": 2}]
    assert sentences.services(rows, "zh", namer) == (
        "共 5 件次。标准列出的 2 项服务中 1 项有记录，没有记录的是：新业态。"
    )
    assert sentences.services(rows[:1], "zh", namer) == "共 3 件次。标准列出的 1 项服务均有记录。"


def test_mix_says_what_is_not_recorded() -> None:
    rows = [
        {"channel": "线上", "value": 60},
        {"channel": "现场", "value": 30},
        {"channel": None, "value": 10},
    ]
    assert sentences.mix(rows, "channel", "zh", lambda _, code: str(code)) == (
        "共 100 件次，以线上 60.0%、现场 30.0%为主。另有 10.0% 未填。"
    )


def test_matrix_counts_empty_cells() -> None:
    rows = [
        {"district": "110101", "service": "B01", "value": 9},
        {"district": "110101", "service": "T04", "value": 0},
        {"district": None, "service": "B01", "value": 50},
    ]
    assert sentences.matrix(rows, "zh", namer) == "最多的是东城的政策宣贯（9 件次）；2 格中 1 格没有记录。"


def test_clients_says_the_share_of_new_ones() -> None:
    served, new = answer("clients_served", {"value": 200}), answer("new_clients", {"value": 50})
    assert sentences.clients(served, new, "zh") == "共 200 家，其中新服务对象 50 家（25.0%）。"
    assert (
        sentences.clients(answer("clients_served", {"value": 0}), new, "en")
        == "No record fits the selection."
    )


def test_nothing_is_said_as_nothing() -> None:
    assert sentences.by_month(SERVICES, [], "zh") == "所选范围内没有记录。"
    assert sentences.matrix([], "en", namer) == "No record fits the selection."


def test_a_share_is_told_with_interval_and_base() -> None:
    row = share(102, 120, 0.775, 0.903)
    assert quantities.full(RATE, row, "zh") == "85.0%（77.5–90.3%，已评 120 件次）"
    assert quantities.full(RATE, row, "en") == "85.0% (77.5–90.3%, 120 rated)"


def test_a_masked_share_shows_no_figure_at_all() -> None:
    row = dict.fromkeys(("value", "numerator", "denominator", "lower", "upper")) | {"masked": True}
    assert quantities.full(RATE, row, "zh") == "—（评价或记录不足，不显示）"
    assert quantities.of_row(RATE, row, "zh") == "—"
    assert quantities.base(RATE, row, "zh") == ""


def test_changes_are_in_the_measures_own_terms() -> None:
    assert changed.words_of(SERVICES, 1.06, "zh") == "+6.0%"
    assert changed.words_of(RATE, 0.003, "zh") == "+0.3 个百分点"
    assert changed.words_of(DAYS, -0.3, "zh") == "−0.30 天"
    assert changed.words_of(DAYS, 1.5, "en") == "+1.5 days"
    assert changed.words_of(SERVICES, 1.0, "zh") == "0.0%"
