"""Every page, in both languages and in the states a reader can meet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.core.settings import settings
from dashboard.page import GROUPS, all_pages
from tests.dashboard.conftest import Screen, words_on

SLUGS = [page.slug for page in all_pages()]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_draws_in_both_languages_without_a_fault(screen: Screen, slug: str, language: str) -> None:
    test = screen(slug, lang=language)
    assert not test.exception
    title = next(page.title.get(language) for page in all_pages() if page.slug == slug)  # type: ignore[arg-type]
    assert f"<h1>{title}</h1>" in words_on(test)
    assert "ip-message" not in words_on(test)


@pytest.mark.parametrize("slug", ["overview", "volume", "satisfaction"])
def test_english_screens_hold_no_chinese(screen: Screen, slug: str) -> None:
    text = words_on(screen(slug, lang="en"))
    # Institutions have Chinese names only, and the standard's words are quoted in definitions.
    text = re.sub(r"北京市知识产权公共服务示例\w+|基本满意", "", text)
    assert not HAN.search(text), HAN.findall(text)[:20]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_marks_sample_data_and_internal_use(screen: Screen, slug: str) -> None:
    shown = words_on(screen(slug))
    assert "示例数据" in shown
    assert "内部资料" in shown
    assert "数据截至 2026-10-31" in shown


@pytest.mark.parametrize("slug", [page.slug for page in all_pages() if page.needs_data])
def test_an_empty_store_leads_to_the_import(screen: Screen, tmp_path: Path, slug: str) -> None:
    shown = words_on(screen(slug, folder=tmp_path / "empty"))
    assert "系统中还没有数据" in shown


def test_the_import_page_works_on_an_empty_store(screen: Screen, tmp_path: Path) -> None:
    test = screen("import", folder=tmp_path / "empty")
    assert not test.exception
    assert "上传台账" in words_on(test)


@pytest.mark.parametrize("slug", ["overview", "volume", "satisfaction"])
def test_a_selection_without_records_says_so_and_what_to_do(screen: Screen, slug: str) -> None:
    shown = words_on(screen(slug, service="T04"))
    assert "所选范围内没有记录" in shown
    assert "重置" in shown


def test_a_damaged_store_is_said_without_a_traceback(screen: Screen, tmp_path: Path) -> None:
    (tmp_path / "CURRENT").write_text("snapshot-000001-00000000.duckdb")
    test = screen("overview", folder=tmp_path)
    assert not test.exception
    assert "缺失或损坏" in words_on(test)


def test_pages_have_distinct_addresses_and_known_groups() -> None:
    assert len(set(SLUGS)) == len(SLUGS)
    assert {page.group for page in all_pages()} <= set(GROUPS)


def test_levels_of_too_few_ratings_are_hidden_with_the_rate(screen: Screen) -> None:
    enough = words_on(screen("satisfaction", period="2026Q3"))
    few = words_on(screen("satisfaction", period="2026Q3", institution="D03"))
    assert "未评价的不计入" in enough
    assert "未评价的不计入" not in few
    assert "—（评价或记录不足，不显示）" in few


def test_a_wrong_scope_in_the_settings_is_said_on_every_page(
    screen: Screen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('dashboard_scope = "moon"\n', encoding="utf-8")
    monkeypatch.setenv("IPDASH_SETTINGS", str(file))
    settings.cache_clear()
    try:
        for slug in SLUGS:
            test = screen(slug)
            assert not test.exception
            assert "moon" in words_on(test)
    finally:
        monkeypatch.undo()
        settings.cache_clear()
