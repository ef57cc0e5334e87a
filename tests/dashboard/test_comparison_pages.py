"""区域比较 and 机构画像: what stands on them, what stays hidden, and the way between them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics.core.settings import settings
from analytics.standard.functional_zones import FUNCTIONAL_ZONES
from analytics.standard.names import members
from dashboard.parts import limit_strip
from dashboard.parts.compare_choice import MEASURES, CompareChoice
from dashboard.parts.limit_strip import Strip
from dashboard.parts.palette import LIGHT
from tests.dashboard.conftest import Screen, words_on


def figure_of(chart: Any) -> dict[str, Any]:
    """Return a chart on the screen as the dictionary that was drawn."""
    return json.loads(chart.proto.spec)


HAN = re.compile(r"[\u4e00-\u9fff]")
LEAGUE_WORDS = ("排名", "名次表", "最好", "最差", "优于", "劣于", "better", "worse", "漏斗", "17 区")


def table_of(shown: str, css: str) -> list[list[str]]:
    """Return the rows of a table on the screen, a cell as its words."""
    body = re.search(rf'<table class="ip-table {css}">.*?<tbody>(.*?)</tbody>', shown, re.S)
    assert body is not None
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body[1], re.S)
    return [
        [
            re.sub(r"<[^>]+>", " ", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
        ]
        for row in rows
    ]


@pytest.fixture
def of_district(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def use(scope: str) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(f'dashboard_scope = "{scope}"\n', encoding="utf-8")
        monkeypatch.setenv("IPDASH_SETTINGS", str(file))
        settings.cache_clear()

    yield use  # type: ignore[misc]
    monkeypatch.undo()
    settings.cache_clear()


def test_the_scorecard_keeps_the_standards_order_with_city_tier_last_and_each_cell_its_base(
    screen: Screen,
) -> None:
    rows = table_of(words_on(screen("compare")), "ip-score")
    names = [row[0].split()[0] for row in rows]
    assert names[:4] == ["全部合计", "东城", "西城", "朝阳"]
    assert names[-1].startswith("市级")
    assert len(rows) == 19
    assert all(len(row) == 1 + len(MEASURES) for row in rows)
    for row in rows[1:]:
        # A share that is shown stands with its interval and what it is out of.
        for cell in row[2:]:
            assert cell == "—" or re.search(r"\d 件.*\d–\d", cell, re.S), cell


def test_no_word_of_the_pages_reads_like_a_league_table(screen: Screen) -> None:
    for slug, address in (("compare", {}), ("institution", {"institution": "D03"})):
        for language in ("zh", "en"):
            shown = words_on(screen(slug, lang=language, **address))
            assert not [words for words in LEAGUE_WORDS if words in shown]


def test_rank_intervals_come_only_when_asked_for(screen: Screen) -> None:
    assert "可能的位次" not in words_on(screen("compare"))
    shown = words_on(screen("compare", compare="ranks-yes"))
    assert "可能的位次（90% 区间，按标准的区域顺序排列）" in shown


def test_districts_can_be_those_of_clients(screen: Screen) -> None:
    shown = words_on(screen("compare", compare="side-client"))
    assert "服务对象所在区域" in shown
    assert any(row[0].startswith("京外") for row in table_of(shown, "ip-score"))


def test_districts_of_like_function_stand_side_by_side_with_the_citys_limits(screen: Screen) -> None:
    rows = table_of(words_on(screen("compare")), "ip-score")
    shown = words_on(screen("compare", compare="among-ecology"))
    chosen = table_of(shown, "ip-score")
    assert [row[0] for row in chosen[1:]] == ["门头沟", "怀柔", "平谷", "密云", "延庆"]
    assert all(row in rows for row in chosen)
    assert "预计值和界限仍按全市" in shown
    assert "门头沟区与怀柔区并列" in shown


def test_every_district_is_in_one_functional_zone() -> None:
    zoned = [code for codes in FUNCTIONAL_ZONES.values() for code in codes]
    assert sorted(zoned) == sorted(code for code in members("district") if code != "all")


def test_a_district_leads_to_its_institutions_and_these_to_their_profiles(screen: Screen) -> None:
    city = words_on(screen("compare", period="2026"))
    link = re.search(r'href="(compare\?[^"]*district=110108[^"]*)"', city)
    assert link is not None
    assert "period=2026" in link[1]
    assert "compare=unit-institution" in link[1]
    shown = words_on(screen("compare", district="110108", compare="unit-institution"))
    names = [row[0] for row in table_of(shown, "ip-score")[1:]]
    assert names
    assert all("示例" in name for name in names)
    assert re.search(r'href="institution\?[^"]*institution=D03', shown)


def test_two_districts_stand_side_by_side_with_the_interval_of_their_difference(screen: Screen) -> None:
    shown = words_on(screen("compare", compare=["one-110105", "other-110108"]))
    assert "朝阳区与海淀区并列" in shown
    rows = table_of(shown, "ip-pair")
    assert len(rows) == len(MEASURES)
    assert rows[0][3] == "—"
    assert "数量取决于需求和能力" in rows[0][4]
    assert all(row[4] in ("正常波动", "显著差异（待核实）", "样本不足，不比较") for row in rows[1:])
    assert all(re.search(r"至", row[3]) for row in rows[1:] if row[4] != "样本不足，不比较")


def test_masked_figures_are_nowhere_on_the_page(screen: Screen) -> None:
    shown = words_on(screen("compare", period="2026-03", service="T02"))
    for row in table_of(shown, "ip-score")[1:]:
        for cell in row[2:5] + row[6:]:  # medians say how few they rest on, as everywhere
            base = re.search(r"([\d,]+) 件", cell)
            assert cell == "—" or (base and int(base[1].replace(",", "")) >= settings().rate_hidden_below)
    titles = re.findall(r'<td class="number[^"]*" title="([^"]*)"', shown)
    assert any("样本不足" in title and not re.search(r"\d+\.\d%", title) for title in titles)


def test_a_districts_reader_sees_its_own_rows_and_is_told_so(
    screen: Screen, of_district: Callable[[str], None]
) -> None:
    of_district("district:110108")
    shown = words_on(screen("compare"))
    rows = table_of(shown, "ip-score")
    assert [row[0] for row in rows] == ["海淀"]
    assert "按权限只显示本范围的单位" in shown
    assert "请选择一家机构" in words_on(screen("institution", institution="D00"))


def test_a_profile_tells_facts_measures_services_and_peers(screen: Screen) -> None:
    shown = words_on(screen("institution", institution="S003"))
    assert "北京市知识产权公共服务示例S003" in shown
    assert "未填" in shown
    assert "新领域新业态服务" in shown  # which nobody gives
    assert "从未有记录" in shown
    assert shown.count('class="ip-strip"') >= 6
    assert "与全市全部机构比较" in shown
    assert "同为“工作站”" in words_on(screen("institution", institution="S003", compare="peers-tier"))


def test_a_profile_of_few_ratings_a_month_shows_longer_spans_with_their_base(screen: Screen) -> None:
    shown = words_on(screen("institution", institution="D03"))
    assert re.search(r"满意率：按(季|年)度", shown)
    assert "满意率：逐月" not in shown
    assert re.search(r"最近一期 20\d\d.*（[^）]*已评 [\d,]+ 件次）", shown)


def test_an_institution_that_is_closed_has_a_profile(screen: Screen) -> None:
    shown = words_on(screen("institution", institution="S058", period="2026"))
    assert "停止服务" in shown
    assert re.search(r"服务量：按(季|年)度", shown)
    assert "页面出错了" not in shown


def test_a_unit_without_a_place_says_why(screen: Screen) -> None:
    test = screen("compare", compare=["unit-institution", "ranks-yes"], district="110108")
    rows = table_of(words_on(test), "ip-score")[1:]
    figure = next(f for f in map(figure_of, test.get("plotly_chart")) if "位次" in str(f["layout"]))
    told = {note["y"] for note in figure["layout"].get("annotations", [])}
    drawn = {name for trace in figure["data"] for name in trace["y"] if name}
    assert drawn.isdisjoint(told)
    assert len(drawn | told) == len(rows)


def test_a_profile_without_an_institution_says_how_to_choose_one(screen: Screen) -> None:
    assert "请选择一家机构" in words_on(screen("institution"))
    assert "所选机构有 2 家" in words_on(screen("institution", institution=["S003", "S004"]))


def test_a_profile_of_few_records_draws_nothing_of_what_is_masked(screen: Screen) -> None:
    shown = words_on(screen("institution", institution="S003", period="2024-03"))
    strips = re.findall(r'<img class="ip-strip"[^>]*alt="([^"]*)"', shown)
    assert not [alt for alt in strips if "样本不足" in alt]
    assert "样本不足，不显示" in shown


def test_english_pages_hold_no_chinese_but_names(screen: Screen) -> None:
    for slug, address in (("compare", {}), ("institution", {"institution": "S003"})):
        text = words_on(screen(slug, lang="en", **address))
        # Institutions, and the name that clause 7.2.1.1 prescribes for them.
        text = re.sub(r"北京市知识产权公共服务\w+", "", text)
        assert not HAN.search(text), HAN.findall(text)[:20]


def test_the_choice_survives_its_way_through_the_address() -> None:
    choice = CompareChoice(
        unit="institution", peers="tier", measure="response_days", ranks="yes", one="110101"
    )
    assert CompareChoice.parse(choice.words) == choice
    assert CompareChoice.parse(("measure-nothing", "side-", "unit-moon")) == CompareChoice()


def test_a_strip_says_in_words_what_it_shows_and_stays_within_its_frame() -> None:
    strip = Strip(0.9, (0.7, None), 0.8, (0.6, None), (None, None), "beyond_95", ceiling=1.0)
    picture = limit_strip.picture(LIGHT, strip, words="满意率 <90%>")
    assert 'alt="满意率 &lt;90%&gt;"' in picture
