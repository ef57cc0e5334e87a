"""One selection: it comes from the address, holds on every page, and goes back into the address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from analytics.core.selection import CITY, Selection
from analytics.core.settings import Settings, settings
from analytics.measures import evaluate
from analytics.store import open_store
from analytics.store.load import load_batch
from dashboard import context
from tests.dashboard.conftest import Screen, words_on
from tests.store.rows import batch, institutions, services, sheet


def test_the_address_is_the_selection(screen: Screen) -> None:
    shown = words_on(screen("overview", period="2026Q3", district=["110108", "110105"], channel="线上"))
    assert "2026 年 7 月—2026 年 9 月" in shown
    assert "所属区域：朝阳、海淀" in shown
    assert "服务方式：线上" in shown


def test_an_address_without_period_gets_the_last_twelve_months(screen: Screen) -> None:
    test = screen("volume")
    assert test.query_params["period"] == "last12"
    assert "2025 年 11 月—2026 年 10 月" in words_on(test)


def test_codes_and_periods_that_mean_nothing_are_passed_over(screen: Screen) -> None:
    test = screen("volume", period="yesterday", district=["999", "110108"])
    assert not test.exception
    assert "2025 年 11 月—2026 年 10 月" in words_on(test)
    assert "所属区域：海淀<" in words_on(test)


def test_a_choice_in_the_bar_goes_into_the_address_as_codes(screen: Screen) -> None:
    test = screen("volume")
    test.multiselect[0].set_value(["110108"]).run()
    assert test.query_params["district"] == "110108"
    assert "所属区域：海淀" in words_on(test)


def test_the_selection_survives_a_change_of_language(screen: Screen) -> None:
    test = screen("volume", district="110108", period="2025")
    test.segmented_control[0].set_value("en").run()
    assert test.query_params["lang"] == "en"
    assert test.query_params["district"] == "110108"
    assert "Area: Haidian" in words_on(test)
    assert "Jan 2025 – Dec 2025" in words_on(test)


def test_the_selection_survives_a_click_in_the_navigation_which_empties_the_address(screen: Screen) -> None:
    test = screen("volume", district="110108", period="2025")
    test.query_params.clear()
    test.run()
    assert "所属区域：海淀" in words_on(test)
    assert test.query_params["period"] == "2025"


def test_reset_keeps_the_language_and_drops_the_rest(screen: Screen) -> None:
    test = screen("volume", district="110108", period="2025", lang="en")
    test.button(key="reset").click().run()
    assert test.query_params["lang"] == "en"
    assert test.query_params["period"] == "last12"
    assert "district" not in test.query_params


def test_a_click_counts_over_an_address_that_came_late(screen: Screen) -> None:
    test = screen("volume", period="2025")
    test.query_params["period"] = "2024"
    test.multiselect[0].set_value(["110105"]).run()
    assert test.query_params["district"] == "110105"
    assert test.query_params["period"] == "2024"


def test_filters_that_a_measure_cannot_heed_are_said(screen: Screen) -> None:
    shown = words_on(screen("overview", channel="线上"))
    assert "不受服务方式筛选" in shown


def test_a_period_that_runs_backwards_is_passed_over(screen: Screen) -> None:
    test = screen("volume", period="2026..2024")
    assert not test.exception
    assert "2025 年 11 月—2026 年 10 月" in words_on(test)


@pytest.mark.parametrize("period", ["2015", "2031Q1"])
def test_a_period_without_data_says_that_there_are_no_records(screen: Screen, period: str) -> None:
    test = screen("overview", period=period)
    assert not test.exception
    assert "所选范围内没有记录" in words_on(test)


def test_a_reader_of_one_area_is_told_of_its_institutions_only(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "settings.toml").write_text('dashboard_scope = "institution:D03"', encoding="utf-8")
    monkeypatch.setenv("IPDASH_SETTINGS", str(tmp_path / "settings.toml"))
    settings.cache_clear()
    shown = words_on(screen("volume"))
    settings.cache_clear()
    assert " / 1 家" in shown


def test_records_of_a_ledger_that_reaches_further_than_services_count_as_on_the_command_line(
    serve: Callable[[Path], None], tmp_path: Path
) -> None:
    complaints = [
        {"complaint_id": str(month), "institution_id": "S1", "received_at": datetime(2026, month, 9, 10)}
        for month in (3, 4, 5)
    ]
    sheets = [
        institutions("S1"),
        services({"record_id": "1", "institution_id": "S1"}),
        sheet("complaints", complaints, fact_date="received_at", key=("complaint_id",)),
    ]
    with open_store(tmp_path).writing() as connection:
        load_batch(connection, batch(*sheets), Settings())
    serve(tmp_path)
    data = context.current_data()
    assert data is not None
    for period, expected in (("all", 3), ("2026", 3), ("2026Q1", 1), ("2026-05", 1)):
        ctx = context.Context("zh", CITY, Selection.of(period), data)
        asked = evaluate(open_store(tmp_path).snapshot(), "complaints", scope=CITY, selection=ctx.selection)
        assert ctx.measure("complaints").only["value"] == asked.rows[0]["value"] == expected
