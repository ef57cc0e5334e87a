"""The page 覆盖短板 and the layers of reach on the station map: what they say, and to whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.text import LANGUAGES, Language, Text
from analytics.coverage.areas import Underserved
from analytics.coverage.rearrangement import Change, Opening, rearrange, robustness
from dashboard import reaching
from dashboard.context import Context, current_data, store
from dashboard.parts import access_map, map_reach, reach_caveats, underserved, weak_stations
from dashboard.parts.palette import LIGHT
from dashboard.parts.reach_choice import ReachChoice
from tests.dashboard.conftest import Screen, words_on

Reach = Callable[..., tuple[Context, Underserved]]
VILLAGE = "示例片区900"


@pytest.fixture
def reach(serve: Callable[[Path], None], example_folder: Path) -> Reach:
    """Give a function that answers where services do not reach, for a reader and a way of measuring."""

    def asked(
        language: Language = "zh", scope: Scope = CITY, choice: ReachChoice | None = None, **filters: str
    ) -> tuple[Context, Underserved]:
        serve(example_folder)
        data = current_data()
        assert data is not None
        ctx = Context(language, scope, Selection.of("last12", **filters), data)
        work = reaching.access(ctx, (choice or ReachChoice()).settings)
        return ctx, reaching.seen(ctx, work.result())

    return asked


def test_five_answers_say_where_how_many_why_how_sure_and_what_one_station_changes(screen: Screen) -> None:
    shown = words_on(screen("coverage"))
    cells = {
        name: re.sub(r"<[^>]*>", " ", cell)
        for name, cell in re.findall(r'class="ip-answer (\w+)">(.*?)</div></div>', shown, re.DOTALL)
    }
    assert list(cells) == ["where", "many", "why", "sure", "one"]
    assert VILLAGE in cells["where"]
    assert re.search(r"天安门东北约 \d+ 公里", cells["where"])
    assert "企业 4,500 家" in cells["many"]
    assert re.search(r"折合约 [\d,]+ 家", cells["many"])
    assert "在服务半径内没有任何站点" in cells["why"]
    assert re.search(r"\d+ 种中 \d+ 种", cells["sure"])
    assert re.search(r"未满足：约 [\d,]+ 家降到 [\d,]+ 家", cells["one"])
    assert "4,500 家企业首次在服务半径内有站点" in cells["one"]
    assert "换用 6 种测算口径" in cells["one"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_caveat_stands_on_the_page_and_in_the_file(reach: Reach, language: Language) -> None:
    ctx, result = reach(language)
    said = " ".join(words for _, words in reach_caveats.notes(ctx, result))
    wanted = {
        "zh": ("1.324", "山区", "市界", "片区怎样划分", "年服务能力", "需求点台账", "待核实", "示例数据"),
        "en": ("1.324", "mountains", "border", "areal units", "capacity", "ledger of demand", "verified"),
    }
    names = " ".join(name for name, _ in reach_caveats.notes(ctx, result))
    for words in wanted[language]:
        assert words in said + names, words


def test_the_words_of_the_address_are_the_choice_and_nonsense_is_passed_over() -> None:
    tried = {"k": "5", "open": "0", "each": "400", "close": "SL-0001", "change": "S002", "to": "0"}
    choice = ReachChoice(view="siting", method="e2sfca", below="40", zone="Z2", **tried)
    assert ReachChoice.parse(choice.words) == choice
    nonsense = ("view-moon", "share-99", "zone-x", "", "k-0", "k-11", "k-１", "open--1", "to-1e9", "close-")
    assert ReachChoice.parse(nonsense) == ReachChoice()
    assert ReachChoice.parse(("close-" + "x" * 65,)) == ReachChoice()
    assert ReachChoice().words == ()
    assert not choice.is_usual


@pytest.mark.parametrize("view", ["stations", "siting", "whatif"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_draws_in_both_languages(screen: Screen, view: str, language: str) -> None:
    test = screen("coverage", lang=language, reach=[f"view-{view}"])
    assert not test.exception
    assert "ip-message" not in words_on(test)


def test_sites_are_said_to_be_proven_and_stations_to_be_verified(screen: Screen) -> None:
    assert "已证明最优" in words_on(screen("coverage", reach=["view-siting"]))
    assert "待核实" in words_on(screen("coverage", reach=["view-stations"]))


def test_another_way_of_measuring_says_which_zones_stay(screen: Screen) -> None:
    shown = words_on(screen("coverage", reach=["below-40"]))
    assert "已换口径" in shown
    assert re.search(r"默认口径的 \d+ 处片区中仍有 \d+ 处成立", shown)


def test_a_district_chosen_keeps_its_zones_only(reach: Reach) -> None:
    ctx, result = reach(district="110118")
    zones = underserved.zones_of(ctx, result)
    assert [zone.name.zh for zone in zones] == ["密云示例片区900"]
    ctx, result = reach(district="110101")
    assert underserved.zones_of(ctx, result) == []


def test_a_districts_reader_sees_its_points_and_no_names_of_others(reach: Reach) -> None:
    scope = Scope.parse("district:110118")
    ctx, result = reach(scope=scope)
    own = {row["area_id"] for row in result.inputs.points if row["district"] == "110118"}
    assert {result.inputs.points[int(place)]["area_id"] for place in result.seen.nonzero()[0]} == own
    assert len(result.zones) == 1
    names = {row["name"] for row in result.inputs.stations if row["district"] != "110118"}
    for zone in result.zones:
        assert not names & {name for name, _ in zone.nearest}
    marks = access_map.marks(ctx, result, result.areas.reached.access, result.areas.reached.in_reach)
    assert len(marks) == len(own)
    foreign = next(row["institution_id"] for row in result.inputs.stations if row["district"] != "110118")
    with pytest.raises(UserError):
        rearrange(result, Change(closed=(foreign,)))


def test_one_institutions_reader_sees_no_points(reach: Reach) -> None:
    _, result = reach(scope=Scope.parse("institution:S001"))
    assert not result.seen.any()
    assert result.zones == []


def test_cells_of_few_clients_are_never_drawn(reach: Reach) -> None:
    ctx, result = reach()
    demand = result.inputs.demand.copy()
    demand[:5] = [1, 2, 3, 4, 5]
    few = replace(result, inputs=replace(result.inputs, demand=demand, demand_rule="clients"))
    drawn = access_map.marks(ctx, few, result.areas.reached.access, result.areas.reached.in_reach)
    assert len(drawn) == demand.size - 4
    assert min(mark.demand for mark in drawn) == 5


def test_many_points_are_drawn_by_cells_that_hold_them_all(
    reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, result = reach()
    monkeypatch.setattr(access_map, "MOST_MARKS", 20)
    drawn = access_map.marks(ctx, result, result.areas.reached.access, result.areas.reached.in_reach)
    assert len(drawn) <= 20
    assert sum(mark.demand for mark in drawn) == pytest.approx(result.inputs.demand.sum())


def test_opening_helps_closing_hurts_and_doing_nothing_changes_nothing(reach: Reach) -> None:
    _, result = reach()
    village = result.zones[0]
    at = result.inputs.at[village.points].mean(axis=0)
    opened = rearrange(result, Change(opened=(Opening(float(at[0]), float(at[1]), 500.0),)))
    assert opened.newly_in_reach == pytest.approx(4500)
    assert opened.unmet_after < opened.unmet_before
    assert "都减少" in robustness(opened).zh
    nothing = rearrange(result, Change())
    assert (nothing.relieved, nothing.worsened, nothing.newly_in_reach, nothing.lost_reach) == (0, 0, 0, 0)
    assert "几乎不变" in robustness(nothing).zh
    closed = rearrange(
        result, Change(closed=tuple(row["institution_id"] for row in result.inputs.stations[:40]))
    )
    assert closed.worsened > 0
    assert "都增加" in robustness(closed).zh


def test_a_capacity_below_nothing_and_an_unknown_station_are_refused(reach: Reach) -> None:
    _, result = reach()
    for change in (Change(closed=("nobody",)), Change(capacity=(("S001", -1.0),))):
        with pytest.raises(UserError):
            rearrange(result, change)


def test_flags_stand_in_the_lists_order_with_every_signal(reach: Reach) -> None:
    ctx, _ = reach()
    report = reaching.stations(ctx).result()
    every = list(range(len(report.stations)))
    found = weak_stations.flags(report, every)
    assert [flag.station for flag in found] == sorted(flag.station for flag in found)
    flagged = sum(int(signal.flagged.sum()) for signal in report.signals.values())
    assert len(found) == flagged


@pytest.mark.parametrize("layer", ["access", "demand", "catchment"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_layers_lie_between_areas_and_institutions(reach: Reach, layer: str, language: Language) -> None:
    ctx, _ = reach(language)
    over = map_reach.overlay(ctx, layer)
    assert over.says
    assert "1.324" in over.legend
    below = {"areas": [], "chosen-areas": [], "stations": [], "words": []}
    order = list(over.under(below, LIGHT))
    assert order[:2] == ["areas", "chosen-areas"]
    assert order[-2:] == ["stations", "words"]
    assert map_reach.POINTS in order
    # Nothing that tells of single clients, and few enough points for a computer without a graphics card.
    assert len(over.layers[map_reach.POINTS]) <= access_map.MOST_MARKS
    assert map_reach.overlay(ctx, "bare").layers == {}


def test_the_catchment_of_a_chosen_institution_is_told(reach: Reach) -> None:
    ctx, result = reach(institution="S001")
    over = map_reach.overlay(ctx, "catchment")
    place = [row["institution_id"] for row in result.inputs.stations].index("S001")
    users = result.inputs.distance_km[:, place] <= result.areas.reach_km
    assert f"在 {int(users.sum())} 个需求点" in over.says
    assert map_reach.ZONES in over.layers


def test_the_map_draws_with_a_layer(screen: Screen) -> None:
    test = screen("map", map=["access"])
    assert not test.exception
    assert "叠加可及性" in words_on(test)


def test_access_is_computed_ahead_of_the_first_reader(
    serve: Callable[[Path], None], example_folder: Path
) -> None:
    serve(example_folder)
    reaching._works.clear()
    reaching.ask(store().snapshot())
    data = current_data()
    assert data is not None
    ahead = next(iter(reaching._works.values()))
    ctx = Context("zh", CITY, Selection.of("last12"), data)
    assert reaching.access(ctx) is ahead
    assert ahead.result().zones


def test_a_work_that_failed_begins_anew_and_its_error_reaches_the_reader(
    serve: Callable[[Path], None], example_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(example_folder)
    data = current_data()
    assert data is not None
    ctx = Context("zh", CITY, Selection.of("last12"), data)
    choice = ReachChoice(share="3")

    def refuse(*_: object, **__: object) -> None:
        raise UserError(Text("不行", "no"), Text("再试", "again"))

    with monkeypatch.context() as patch:
        patch.setattr(reaching, "find_underserved", refuse)
        with pytest.raises(UserError):
            reaching.access(ctx, choice.settings).result()
    assert reaching.access(ctx, choice.settings).result().zones


def test_a_stopped_search_keeps_what_it_had_and_can_begin_anew(reach: Reach) -> None:
    ctx, result = reach()
    work = reaching.openings(ctx, result, 4)
    work.stop()
    assert work.is_stopped()
    assert work.result().siting.sites.size
    assert reaching.openings(ctx, result, 4) is work
    reaching.drop(work)
    assert reaching.openings(ctx, result, 4) is not work
