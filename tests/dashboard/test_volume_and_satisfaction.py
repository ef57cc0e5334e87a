"""服务量 and 满意度: limits, signals, bounds and lists say what the figures are, and hide what is hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.comparison import compare, control_chart
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import settings
from analytics.store.store import Store
from dashboard.comparing import Compared
from dashboard.context import Answer
from dashboard.parts import zones_table
from dashboard.parts.satisfaction_bounds import bounds
from tests.dashboard.conftest import Screen, words_on


def figure_on(test: AppTest, key: str) -> dict[str, Any]:
    """Return the figure of a chart by its key."""
    found = [element.proto for element in test.get("plotly_chart") if f"figure-{key}" in element.proto.id]
    assert len(found) == 1
    return dict(json.loads(found[0].spec))


def points_on(figure: dict[str, Any]) -> list[tuple[str, str]]:
    """Return words and code of each point of a funnel."""
    marks = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    return [(custom[0], custom[1]) for trace in marks for custom in trace["customdata"]]


@pytest.fixture
def seen_by(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """Give a function that sets what the dashboard shows."""

    def use(scope: str) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(f'dashboard_scope = "{scope}"\n', encoding="utf-8")
        monkeypatch.setenv("IPDASH_SETTINGS", str(file))
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


def test_the_funnel_draws_each_institution_that_is_not_masked_with_value_interval_and_base(
    screen: Screen, example_folder: Path
) -> None:
    test = screen("satisfaction", period="2026")
    drawn = {code: words for words, code in points_on(figure_on(test, "limits"))}
    asked = Selection("2026")
    rows = compare(
        Store(example_folder).snapshot(), "satisfaction_rate", "institution", scope=CITY, selection=asked
    ).rows
    shown = {row["institution"]: row for row in rows if row["value"] is not None}
    assert set(drawn) == set(shown)
    assert len(drawn) < len(rows)
    for code, row in shown.items():
        assert f"{100 * row['value']:.1f}%" in drawn[code]
        assert f"已评 {row['n']} 件次" in drawn[code]
    assert f"另有 {len(rows) - len(drawn)} 家记录不足，未画出" in words_on(test)


def test_the_switch_in_the_address_chooses_the_measure_of_the_funnel(screen: Screen) -> None:
    assert "各机构差评率：控制界限图" in words_on(
        screen("satisfaction", period="2026", rate="bad_rating_rate")
    )
    # A word that means nothing is passed over.
    assert "各机构满意率：控制界限图" in words_on(screen("satisfaction", period="2026", rate="nothing"))


def test_a_reader_of_one_district_sees_its_institutions_alone(screen: Screen, seen_by: Any) -> None:
    seen_by("district:110108")
    test = screen("satisfaction", period="2026")
    assert not test.exception
    drawn = points_on(figure_on(test, "limits"))
    assert 0 < len(drawn) < 15
    table = words_on(test).split("各机构满意率（按区域排列，不排名次）")[-1].split("</table>")[0]
    assert "朝阳" not in table


def test_no_count_of_few_ratings_is_shown_to_the_public(screen: Screen, seen_by: Any) -> None:
    seen_by("city@public")
    test = screen("satisfaction", period="2026")
    assert not test.exception
    limit = settings().count_hidden_below_public
    for words, _ in points_on(figure_on(test, "limits")):
        (base,) = re.findall(r"已评 ([\d,]+) 件次", words)
        assert int(base.replace(",", "")) % limit == 0


def test_a_shrunk_estimate_of_units_that_do_not_differ_has_no_interval_without_width() -> None:
    pooled = _row(shrunk_value=0.95, shrunk_interval=(0.95, 0.95))
    assert zones_table.rows(_ctx(), _compared(pooled))[0][6:8] == ["95.0%", "—"]
    assert zones_table.sheet(_ctx(), _compared(pooled), "t").file_rows()[0][7:10] == [95.0, None, None]
    apart = _row(shrunk_value=0.95, shrunk_interval=(0.9, 0.97))
    assert zones_table.rows(_ctx(), _compared(apart))[0][7] == "90.0–97.0%"


def test_masked_institutions_stand_in_table_and_file_without_a_figure() -> None:
    row = _row(masked=True)
    assert zones_table.rows(_ctx(), _compared(row))[0][2:8] == ["—"] * 6
    assert zones_table.sheet(_ctx(), _compared(row), "t").file_rows()[0][2:10] == [None] * 8


def test_zones_are_said_in_plain_words_and_are_to_be_verified() -> None:
    far = _row(funnel_zone="beyond_99.8", funnel_side="low", judged=True)
    watch = _row(funnel_zone="beyond_95", funnel_side="high", judged=True)
    young = _row(reason={"zh": "设立不足一年", "en": "young"})
    assert zones_table.zone_words(_ctx(), far) == "低于预计，明显偏离（99.8%），待核实"
    assert zones_table.zone_words(_ctx(), watch) == "高于预计，需关注（95%），待核实"
    assert zones_table.zone_words(_ctx(), _row(funnel_zone="in", judged=True)) == "在正常范围"
    assert zones_table.zone_words(_ctx(), young) == "设立不足一年"


def test_bounds_take_the_silent_for_all_content_and_for_all_discontent() -> None:
    # 120 of 200 rated, 102 of them satisfied: between 51 % and 91 %.
    assert bounds(_answer(102, 120), _answer(120, 200)) == pytest.approx((0.51, 0.91))


def test_the_control_chart_is_that_of_the_command_line(screen: Screen, example_folder: Path) -> None:
    test = screen("volume")
    figure = figure_on(test, "control")
    values = next(trace for trace in figure["data"] if trace["mode"] == "lines+markers")
    chart = control_chart(Store(example_folder).snapshot(), "services", scope=CITY)
    months = chart.rows[0]["months"]
    assert values["x"] == [month["month"] for month in months]
    assert values["y"] == pytest.approx([month["value"] for month in months])
    limits = next(trace for trace in figure["data"] if trace["name"] == "控制界限")
    assert limits["y"] == pytest.approx([month["upper"] for month in months])
    drawn = [trace["x"] for trace in figure["data"] if trace["name"] == "信号（待核实）"]
    assert (drawn[0] if drawn else []) == [month["month"] for month in months if month["signals"]]


def test_volume_marks_ip_week_year_end_and_spring_festival(screen: Screen) -> None:
    notes = [note["text"] for note in figure_on(screen("volume"), "control")["layout"]["annotations"]]
    assert {"4·26 宣传周", "年底", "春节"} <= set(notes)


def test_changes_carry_a_verdict(screen: Screen) -> None:
    words = words_on(screen("volume", period="2026Q3"))
    assert re.search(r"同比 [+−]?[\d.]+%.*?(正常波动|显著变化)", words)
    assert re.search(r"环比 [+−]?[\d.]+%.*?(正常波动|显著变化)", words)


@pytest.mark.parametrize("slug", ["volume", "satisfaction"])
def test_each_kind_of_chart_says_how_to_read_it(screen: Screen, slug: str) -> None:
    assert words_on(screen(slug)).count("怎么看这张图") >= 5
    assert words_on(screen(slug, lang="en")).count("How to read this chart") >= 5


def test_what_waits_is_listed_or_said_to_be_nothing(screen: Screen) -> None:
    words = words_on(screen("satisfaction"))
    assert "没有逾期未回访的差评" in words or "仍未回访" in words
    assert "所选范围内没有投诉记录" in words


def _ctx() -> Any:
    from dashboard.context import Context, Data

    class Named(Context):
        def institutions(self, on: Any = None) -> list[Any]:
            return [{"institution_id": "S1", "name": "示例站", "district": "110108"}]

        def options(self, dimension: str) -> tuple[str, ...]:
            return ("110108",)

    data = Data("v", "2026-10-31", "2023-01", "2026-10", "2026-10", True, 1, 1)
    return Named("zh", Scope("city"), Selection("2026"), data)


def _row(**more: Any) -> dict[str, Any]:
    names = (
        "value", "n", "observed", "interval", "expected_value", "shrunk_value", "shrunk_interval",
        "funnel_zone", "funnel_side", "reason",
    )  # fmt: skip
    return {**dict.fromkeys(names), "institution": "S1", "masked": False, "judged": False, **more}


def _compared(row: dict[str, Any]) -> Compared:
    from analytics.measures import registry

    note = {"expected_note": {"zh": "", "en": ""}}
    return Compared(registry.get("satisfaction_rate"), note, [row], Selection("2026"))


def _answer(numerator: float, denominator: float) -> Answer:
    from analytics.measures import registry

    row = {"value": numerator / denominator, "numerator": numerator, "denominator": denominator}
    return Answer(registry.get("satisfaction_rate"), {}, [row], (), Selection("2026"))
