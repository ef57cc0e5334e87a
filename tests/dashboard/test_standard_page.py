"""规范符合度, 产业对接, 数据质量 and the appendices: what an address asks for, down to ledger rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.core.settings import settings
from analytics.standard.platforms import platforms
from dashboard import clauses
from dashboard.parts import figures, figures_clauses
from dashboard.parts.industry_choice import IndustryChoice
from dashboard.parts.palette import LIGHT
from dashboard.parts.standard_choice import StandardChoice
from dashboard.parts.tables import Column, Linked, markup
from tests.dashboard.conftest import Screen, words_on

STATION, CLAUSE = "S000", "6.1.2"


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Give a function that makes readers see a scope."""

    def use(scope: str) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(f'dashboard_scope = "{scope}"\n', encoding="utf-8")
        monkeypatch.setenv("IPDASH_SETTINGS", str(file))
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


def at(view: str = "drill", **chosen: str) -> list[str]:
    return list(StandardChoice(view=view, **chosen).words)


def test_what_an_address_asks_for_is_read_back_and_nonsense_is_passed_over() -> None:
    choice = StandardChoice(
        view="drill", chapter="7.1", clause="7.1.1.3", at="BJ-110108-01", find="监督-电话"
    )
    assert StandardChoice.parse(choice.words) == choice
    assert StandardChoice.parse(("view-moon", "clause-99.9", "x-y", "chapter-")) == StandardChoice()
    followed = IndustryChoice(by="client_district", area="110108")
    assert IndustryChoice.parse((*followed.words, "industry-moon")) == followed


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "words", [["view-matrix"], ["view-matrix", "area-each"], ["view-steps"], ["view-against"]]
)
def test_every_view_opens_by_its_address(screen: Screen, words: list[str], language: str) -> None:
    test = screen("standard", clauses=words, lang=language)
    assert not test.exception
    assert "ip-message" not in words_on(test)


def test_a_chapter_leads_to_its_clauses_and_a_clause_to_its_institutions(screen: Screen) -> None:
    chapter = words_on(screen("standard", clauses=at(chapter="6.1")))
    assert "clause-6.1.2" in chapter
    assert "clause-7.1.1.3" not in chapter
    clause = words_on(screen("standard", clauses=at(clause=CLAUSE)))
    assert f"at-{STATION}" in clause
    assert "看什么" in clause


def test_a_status_leads_to_the_file_sheet_and_row_it_was_made_of(screen: Screen) -> None:
    shown = words_on(screen("standard", clauses=at(clause=CLAUSE, at=STATION)))
    assert "依据的台账行" in shown
    assert "example.xlsx" in shown
    assert re.search(r"R\d{7}", shown)


def test_months_reported_lead_to_a_row_of_each_month(screen: Screen) -> None:
    totals_only = words_on(screen("standard", clauses=at(clause="7.4.3.4", at="S059")))
    assert "example.xlsx" in totals_only
    assert "月报汇总" in totals_only


def test_a_clause_that_sums_others_up_leads_to_each_of_them(screen: Screen) -> None:
    shown = words_on(screen("standard", clauses=at(clause="7.1.3.5", at=STATION)))
    assert "由下列条款汇总" in shown
    assert shown.count("clauses=clause-7.1.3.5.") >= 2


def test_readers_without_records_get_status_and_figure_but_no_rows(
    screen: Screen, reader: Callable[[str], None]
) -> None:
    reader("city@public")
    shown = words_on(screen("standard", clauses=at(clause=CLAUSE, at=STATION)))
    assert "您的权限不能查看服务记录" in shown
    assert "example.xlsx" not in shown
    assert not re.search(r"R\d{7}", shown)


@pytest.mark.parametrize("scope", ["district:110108", "institution:S000"])
def test_a_district_and_an_institution_see_their_own_alone(
    screen: Screen, reader: Callable[[str], None], scope: str
) -> None:
    reader(scope)
    test = screen("standard", clauses=at(clause=CLAUSE))
    assert not test.exception
    seen = set(re.findall(r"clauses=at-([A-Z0-9]+)", words_on(test)))
    names = {row for row in seen if scope.startswith("institution")}
    assert seen
    assert names <= {"S000"}
    assert "C00" not in seen


def test_a_profile_tells_the_clauses_not_met_and_leads_to_them(screen: Screen) -> None:
    test = screen("institution", institution=STATION)
    for found in list(clauses._tables.values()):
        found.result(timeout=60)
    shown = words_on(test.run())
    assert "规范条款（截至 2026-10-31" in shown
    assert "“应”类：符合率" in shown
    assert "建设进展：" in shown
    assert f"clauses=at-{STATION}" in shown


def test_a_word_finds_clauses_and_none_says_what_to_do(screen: Screen) -> None:
    found = screen("standard", clauses=at("matrix", find="监督电话"))
    assert not found.exception
    nothing = words_on(screen("standard", clauses=at("matrix", find="没有这个词")))
    assert "没有找到" in nothing


def test_a_matrix_has_a_mark_to_click_in_every_cell() -> None:
    figure = figures.matrix(
        LIGHT, [[1.0, None], [0.5, 0.0]], rows=["a", "b"], columns=["x", "y"],
        texts=[["1", ""], ["", "0"]], hovers=[["ax", "ay"], ["bx", "by"]], height=100,
    )  # fmt: skip
    keys = [[("a", "x"), ("a", "y")], [("b", "x"), ("b", "y")]]
    heat, marks = figures_clauses.clickable(figure, keys)["data"]
    assert heat["hoverinfo"] == "skip"
    assert marks["customdata"] == [["a", "x", "ax"], ["a", "y", "ay"], ["b", "x", "bx"], ["b", "y", "by"]]
    assert list(zip(marks["y"], marks["x"], strict=True)) == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_a_followed_industry_says_what_was_served_and_where_to_look(screen: Screen) -> None:
    test = screen("industry", industries=["area-110108", "industry-ai"])
    shown = words_on(test)
    assert not test.exception
    assert "海淀区 · 人工智能" in shown
    assert "按企业结构预计约" in shown
    assert "standard?" in shown


def test_the_address_chooses_the_column_drawn_by_month(screen: Screen) -> None:
    assert "逐月填写率：服务方式" in words_on(screen("quality", quality="field-channel"))


def test_every_platform_is_a_link_and_the_corrected_one_says_what_is_printed(screen: Screen) -> None:
    shown = words_on(screen("catalogue"))
    for platform in platforms():
        assert f'href="{platform.url}" target="_blank" rel="noopener noreferrer"' in shown
    (corrected,) = [platform for platform in platforms() if not platform.is_url_as_printed]
    assert f"标准原文印作 {corrected.printed_url}" in shown


def test_a_link_in_a_table_is_escaped_like_any_text() -> None:
    html = markup([Column("h")], [(Linked("<b>", 'x?a="1"&b'),)], "c")
    assert 'href="x?a=&quot;1&quot;&amp;b" target="_self">&lt;b&gt;</a>' in html
