"""覆盖短板 in its rarer states: nothing found, clients for demand, one reader's part, links, peers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import settings
from analytics.core.text import LANGUAGES, Language, Text
from analytics.coverage.areas import Underserved, seen_by
from analytics.coverage.found_peers import rule_in_words
from analytics.coverage.peer_groups import PeerGroup, declared_group
from analytics.coverage.rearrangement import Change, Opening, rearrange
from analytics.coverage.stations import StationReport
from analytics.measures.listings import institutions
from analytics.segments.peers import Bound
from analytics.standard.names import members
from dashboard import reaching
from dashboard.context import Context, current_data, store
from dashboard.parts import access_map, map_reach, reach_caveats, weak_stations, what_if, worst_zone
from dashboard.parts.palette import LIGHT
from dashboard.parts.reach_words import ReachWords
from tests.dashboard.conftest import Screen, words_on

Reach = Callable[..., tuple[Context, Underserved]]


@pytest.fixture
def reach(serve: Callable[[Path], None], example_folder: Path) -> Reach:
    """Give a function that answers where services do not reach, for a reader and a selection."""

    def asked(language: Language = "zh", scope: Scope = CITY, **filters: str) -> tuple[Context, Underserved]:
        serve(example_folder)
        data = current_data()
        assert data is not None
        ctx = Context(language, scope, Selection.of("last12", **filters), data)
        return ctx, reaching.seen(ctx, reaching.access(ctx).result())

    return asked


@pytest.fixture
def read_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Give a function that lets the dashboard be read by others than the bureau."""

    def use(scope: str) -> None:
        file = tmp_path / "settings.toml"
        file.write_text(f'dashboard_scope = "{scope}"\n', encoding="utf-8")
        monkeypatch.setenv("IPDASH_SETTINGS", str(file))
        settings.cache_clear()

    yield use
    monkeypatch.undo()
    settings.cache_clear()


def _stations() -> list[dict[str, Any]]:
    return institutions(store().snapshot(), scope=CITY)


def _without_zones(result: Underserved) -> Underserved:
    areas = replace(result.areas, zone=np.full_like(result.areas.zone, -1))
    return replace(result, areas=areas, zones=[])


@pytest.mark.parametrize(
    ("language", "begins"), [("zh", "没有发现短板片区"), ("en", "No under-served zone was found")]
)
def test_where_nothing_is_flagged_the_page_says_what_was_looked_at(
    reach: Reach, language: Language, begins: str
) -> None:
    ctx, result = reach(language)
    said = worst_zone.markup(ctx, _without_zones(result), [], None)
    assert begins in said
    for looked_at in ("83", "36", "50%", str(len(result.inputs.stations))):
        assert looked_at in said, (looked_at, said)


def test_four_answers_stand_while_the_fifth_is_computed(reach: Reach) -> None:
    ctx, result = reach()
    meanwhile = worst_zone.markup(ctx, result, result.zones, None)
    assert "正在推算" in meanwhile
    assert "企业 4,500 家" in meanwhile
    one = reaching.one_more(ctx, result, result.zones[0]).result()
    assert "正在推算" not in worst_zone.markup(ctx, result, result.zones, one)


def test_a_chosen_district_without_zones_says_so_of_itself_alone(reach: Reach) -> None:
    ctx, result = reach(district="110101")
    own = sum(1 for row in result.inputs.points if row["district"] == "110101")
    said = worst_zone.nothing(ctx, result)
    assert f"所选区域查看了 {own} 个需求点" in said
    assert f"其他区域有 {len(result.zones)} 处" in said


def test_a_place_where_all_have_access_is_told_so_without_a_but(reach: Reach) -> None:
    ctx, result = reach()
    short = replace(result.areas.short, low=np.zeros_like(result.areas.short.low))
    sound = _without_zones(replace(result, areas=replace(result.areas, short=short)))
    said = worst_zone.nothing(ctx, sound)
    assert "没有企业的可及性低于全市中位水平的 50%" in said
    assert "但" not in said


def test_a_districts_reader_is_told_of_its_own_points_when_it_has_no_zone(reach: Reach) -> None:
    ctx, result = reach(scope=Scope.parse("district:110101"))
    assert result.zones == []
    said = worst_zone.nothing(ctx, result)
    assert f"本区域查看了 {int(result.seen.sum())} 个需求点" in said
    assert "其他区域" not in said


def test_a_place_without_demand_points_is_not_called_sound(reach: Reach) -> None:
    ctx, result = reach()
    none = seen_by(result, Scope.parse("district:BDA"))
    empty = replace(none, seen=np.zeros_like(none.seen))
    assert "没有需求点" in worst_zone.nothing(ctx, empty)


@pytest.mark.parametrize("view", ["zones", "stations", "siting", "whatif"])
def test_a_districts_reader_gets_every_view_without_names_of_others(
    screen: Screen, read_by: Callable[[str], None], view: str
) -> None:
    read_by("district:110118")
    test = screen("coverage", reach=[f"view-{view}"])
    assert not test.exception
    shown = words_on(test)
    assert "ip-message" not in shown
    own = {row["institution_id"] for row in _stations() if row["district"] == "110118"}
    for row in _stations():
        named = re.search(rf"{row['name']}(?!\d)", shown) is not None
        assert not named or row["institution_id"] in own, row["name"]
    for box in test.selectbox:
        if "站点" in box.label:
            assert set(box.proto.options[1:]) <= {
                row["name"] for row in _stations() if row["institution_id"] in own
            }


@pytest.mark.parametrize("view", ["zones", "siting", "whatif"])
def test_one_institutions_reader_is_sent_to_the_stations(
    screen: Screen, read_by: Callable[[str], None], view: str
) -> None:
    read_by("institution:S001")
    shown = words_on(screen("coverage", reach=[f"view-{view}"]))
    assert "机构账号看不到" in shown
    assert "没有发现短板片区" not in shown
    assert "没有未满足需求" not in shown


def test_without_a_ledger_of_demand_points_the_words_speak_of_clients_and_names_stay(reach: Reach) -> None:
    ctx, result = reach()
    clients = replace(result, inputs=replace(result.inputs, demand_rule="clients"))
    words = ReachWords(ctx, clients)
    said = words.say("coverage.zone_tip", name="企业园", demand="5", unmet="4")
    assert said == "企业园片区：服务对象 5 家，未满足约 4 家"
    assert "企业" not in words.told(result.zones[0].why)
    assert "企业" in ReachWords(ctx, result).told(result.zones[0].why)
    english = ReachWords(replace(ctx, language="en"), clients)
    assert "enterprise" not in english.say("coverage.many", demand="5").lower()


@pytest.mark.parametrize(
    ("stated", "is_said"),
    [({"stated": 0, "staff": 0, "median": 60}, True), ({"stated": 1, "staff": 0, "median": 59}, False)],
)
def test_where_no_station_states_what_it_can_do_the_rule_is_said(
    reach: Reach, stated: dict[str, int], is_said: bool
) -> None:
    ctx, result = reach()
    known = replace(result, inputs=replace(result.inputs, supply_rules=stated))
    said = " ".join(words for _, words in reach_caveats.notes(ctx, known))
    assert ("各站点按能力相同计" in said) == is_said


def test_without_demand_the_page_says_what_to_import_and_stations_are_judged_all_the_same(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analytics.coverage.inputs.listings.demand", lambda *_, **__: [])
    reaching._works.clear()
    shown = words_on(screen("coverage"))
    assert "没有需求数据" in shown
    assert "请先导入“需求点”台账" in shown
    assert "与同类相比" in words_on(screen("coverage", reach=["view-stations"]))
    reaching._works.clear()


def test_a_zone_keeps_its_number_after_a_change_and_one_that_goes_is_ticked(reach: Reach) -> None:
    ctx, result = reach()
    same = access_map.shapes_after(ctx, result, rearrange(result, Change(), robust=False))
    assert {shape.label for shape in same} == {str(n + 1) for n in range(len(result.zones))}
    assert not any(shape.is_gone for shape in same)
    at = result.inputs.at[result.zones[0].points].mean(axis=0)
    helped = Change(opened=(Opening(float(at[0]), float(at[1]), 1e6),))
    after = access_map.shapes_after(ctx, result, rearrange(result, helped, robust=False))
    gone = {shape.label: shape.tip for shape in after if shape.is_gone}
    assert "1" in gone
    assert "1 号片区不再属于短板" in gone["1"]
    assert "1" not in {shape.label for shape in after if not shape.is_gone}


def test_classes_of_access_hold_all_demand_that_is_seen(reach: Reach) -> None:
    _, result = reach(scope=Scope.parse("district:110118"))
    reached = result.areas.reached
    sums = access_map.held(result, reached.access, reached.in_reach)
    assert sum(sums.values()) == pytest.approx(result.inputs.demand[result.seen].sum())
    low = result.inputs.demand[result.areas.short.low & result.seen].sum()
    assert sums["none"] + sums["low"] == pytest.approx(low)


def test_what_is_tried_out_is_read_from_the_address(screen: Screen) -> None:
    test = screen("coverage", reach=["view-whatif", "open-0", "close-S001", "change-S002", "to-500"])
    assert test.slider[0].value == 0
    assert [box.value for box in test.selectbox if "站点" in box.label] == ["S001", "S002"]
    assert test.number_input[-1].value == 500
    assert "请在上方选择" not in words_on(test)


def test_a_choice_of_sites_is_written_to_the_address(screen: Screen) -> None:
    test = screen("coverage", reach=["view-siting"])
    test.slider[0].set_value(2).run()
    assert not test.exception
    assert "k-2" in test.query_params["reach"]
    assert "新设 1 个站点" in words_on(test) or "新设 2 个站点" in words_on(test)


def test_an_unknown_station_in_the_address_is_passed_over(screen: Screen) -> None:
    test = screen("coverage", reach=["view-whatif", "open-0", "close-NOBODY"])
    assert not test.exception
    assert "请在上方选择" in words_on(test)


def test_more_access_counts_from_a_tenth_on_and_what_is_not_seen_counts_nothing(reach: Reach) -> None:
    _, result = reach()
    at = result.inputs.at[result.zones[0].points].mean(axis=0)
    effect = rearrange(result, Change(opened=(Opening(float(at[0]), float(at[1]), 500.0),)), robust=False)
    ratio = effect.after.access / np.maximum(result.areas.reached.access, 1e-12)
    assert what_if.improved(result, effect) == pytest.approx(result.inputs.demand[ratio >= 1.1].sum())
    unseen = replace(result, seen=np.zeros_like(result.seen))
    assert what_if.improved(unseen, effect) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_flagged_station_has_its_reason_its_figures_and_its_peers(
    reach: Reach, language: Language
) -> None:
    ctx, _ = reach(language)
    report = reaching.stations(ctx).result()
    place = int(np.flatnonzero(report.signals["satisfaction"].judged)[0])
    flag = weak_stations.Flag(place, "satisfaction", is_confirmed=True)
    cells = weak_stations._row(ctx, report, flag, weak_stations._COLUMNS)
    assert all(cells)
    assert ("个百分点" if language == "zh" else "points below") in cells[3]
    assert report.peer_groups[place].name.get(language) in cells[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_found_groups_are_told_by_rules_in_both_languages(reach: Reach, language: Language) -> None:
    ctx, _ = reach(language)
    rule = rule_in_words([Bound(0, True, 3.0), Bound(2, False, 1200.0), Bound(3, True, 0.25)])
    other = "第2组" if language == "zh" else "Group 2"
    groups = [
        PeerGroup(Text("第2组", "Group 2"), rule),
        PeerGroup(Text("第1组", "Group 1"), rule_in_words([])),
    ]
    report = reaching.stations(ctx).result()
    found: StationReport = replace(report, peer_groups=[groups[n % 2] for n in range(len(report.stations))])
    said = " ".join(weak_stations._said(ctx, found))
    assert other in said
    assert "1,200" in said
    assert "25%" in said
    wanted = (
        ("专职人数超过 3", "没有单一特征") if language == "zh" else ("full-time staff above 3", "no single")
    )
    for words in wanted:
        assert words in said
    if language == "en":
        assert not re.search("[\u4e00-\u9fff]", "".join(groups[0].told.en.split()))


def test_declared_groups_have_english_names() -> None:
    for dimension in ("operator_type", "tier"):
        for key in members(dimension):
            assert not re.search("[\u4e00-\u9fff]", declared_group(key, dimension).told.en), key


def test_below_a_layer_institutions_are_dots_without_signs(reach: Reach) -> None:
    ctx, _ = reach()
    over = map_reach.overlay(ctx, "access")
    circle = {"radius": 12.0, "fill": [1, 2, 3], "edge": [0, 0, 0], "edge_px": 2.5, "code": "S001"}
    words = [{"text": "+", "plate": [0, 0, 0, 0]}, {"text": "密云", "plate": [255, 255, 255, 190]}]
    drawn = over.under({"areas": [], "stations": [circle], "words": words}, LIGHT)
    assert drawn["stations"][0]["radius"] < 5
    assert drawn["stations"][0]["code"] == "S001"
    assert [word["text"] for word in drawn["words"]] == ["密云"]


def test_a_layer_that_lacks_demand_says_so_and_leaves_the_map(
    reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, _ = reach(scope=Scope.parse("institution:S001"))
    assert map_reach.overlay(ctx, "access").layers == {}
    assert "需求点按区域查看" in map_reach.overlay(ctx, "access").says
    monkeypatch.setattr("analytics.coverage.inputs.listings.demand", lambda *_, **__: [])
    reaching._works.clear()
    lacking = map_reach.overlay(replace(ctx, scope=CITY), "demand")
    reaching._works.clear()
    assert lacking.layers == {}
    assert "没有需求数据" in lacking.says
    assert "需求点" in lacking.says


def test_no_name_of_an_area_stands_under_a_zones_number(reach: Reach) -> None:
    ctx, result = reach()
    over_miyun = access_map.Shape(
        "Z1", {"coordinates": [[[116.9, 40.4], [117.0, 40.5], [117.1, 40.4]]]}, "1", ""
    )
    sums = dict.fromkeys(access_map.CLASSES, 0.0)
    for zones, stands in (([], True), ([over_miyun], False)):
        drawn = access_map.figure(ctx, result, [], zones, height=400, sums=sums)
        names = next(trace["text"] for trace in drawn["data"] if trace.get("mode") == "text")
        assert ("密云" in names) == stands
        assert "怀柔" in names
