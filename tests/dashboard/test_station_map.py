"""The station map: what it draws and says, and that choosing a place filters every page."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.core.selection import CITY, Selection
from analytics.core.settings import settings
from analytics.core.text import LANGUAGES, Language
from analytics.measures import registry
from analytics.standard.districts import districts
from analytics.standard.geography import outlines
from analytics.standard.names import name_of
from dashboard.context import Context, current_data
from dashboard.parts import (
    map_labels,
    map_legend,
    map_questions,
    map_sentences,
    map_shades,
    place_card,
    station_map,
    tile_grid,
)
from dashboard.parts.map_choice import MapChoice
from dashboard.parts.map_questions import MapAnswers, Stations
from dashboard.parts.palette import DARK, LIGHT
from tests.dashboard.conftest import Screen, words_on

Ask = Callable[..., tuple[Context, MapAnswers, Stations]]
MOST_VERTICES = 1600


@pytest.fixture
def ask(serve: Callable[[Path], None], example_folder: Path) -> Ask:
    """Give a function that asks the map's questions for a selection."""

    def asked(choice: MapChoice | None = None, language: Language = "zh", **filters: Any) -> Any:
        serve(example_folder)
        data = current_data()
        assert data is not None
        period = filters.pop("period", "last12")
        ctx = Context(language, CITY, Selection.of(period, **filters), data)
        found = map_questions.answered(ctx.measures(map_questions.questions(ctx, choice or MapChoice())))
        return ctx, found, map_questions.stations(ctx, found)

    return asked


def _address(test: AppTest, name: str) -> list[str]:
    value = test.query_params.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def _overlap(one: tuple[float, ...], two: tuple[float, ...]) -> bool:
    return one[0] < two[2] and two[0] < one[2] and one[1] < two[3] and two[1] < one[3]


@pytest.mark.parametrize("zoom", [map_labels.CITY_ZOOM, map_labels.CENTRE_ZOOM])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_name_on_the_map_covers_another(language: Language, zoom: float) -> None:
    schematic = {"zh": "示意", "en": "(schematic)"}[language]
    labels = map_labels.area_labels(
        language, lambda code: name_of("district", code, language, short=True), schematic
    )
    pairs = combinations(labels, 2)
    assert len(labels) == 17
    assert [(a.text, b.text) for a, b in pairs if _overlap(a.box(zoom), b.box(zoom))] == []


def test_all_of_beijing_fits_into_the_map() -> None:
    west, south, east, north = zip(*(outline.bounds for outline in outlines().values()), strict=True)
    left, top = map_labels.pixels((min(west), max(north)), map_labels.CITY_ZOOM)
    right, bottom = map_labels.pixels((max(east), min(south)), map_labels.CITY_ZOOM)
    x, y = map_labels.pixels(map_labels.CITY_AT, map_labels.CITY_ZOOM)
    half = station_map.HEIGHT_PX / 2
    assert y - half < top
    assert bottom < y + half
    # At 1024 pixels the map is about 470 wide, and Beijing stands in its middle.
    assert right - left <= 470
    assert abs((left + right) / 2 - x) < 5


def test_the_words_of_an_address_and_back() -> None:
    areas, stations = {"services", "online_share"}, {"satisfaction_rate", "complaints"}
    choice = MapChoice("tiles", "centre", "online_share", "complaints")
    assert MapChoice.parse(choice.words, areas, stations) == choice
    assert MapChoice().words == ()


def test_words_that_mean_nothing_are_passed_over() -> None:
    words = ("areas-no_such_measure", "stations-", "map=1", "<b>", "tiles")
    assert MapChoice.parse(words, {"services"}, {"services"}) == MapChoice(view="tiles")


def test_a_number_of_things_is_shaded_from_nothing_and_a_rate_from_its_lowest() -> None:
    rows = [{"value": 20}, {"value": 80}, {"value": None}]
    count, rate = registry.get("services"), registry.get("satisfaction_rate")
    assert map_shades.scale_of(count, rows) == map_shades.Scale(0.0, 80)
    assert map_shades.scale_of(rate, rows) == map_shades.Scale(20, 80)
    assert map_shades.scale_of(rate, [{"value": None}]) is None


def test_an_area_without_a_value_has_a_colour_that_no_value_has() -> None:
    scale = map_shades.Scale(0, 10)
    for colours in (LIGHT, DARK):
        shades = {map_shades.shade(colours, scale, {"value": value}) for value in range(11)}
        assert len(shades) == 11
        assert map_shades.shade(colours, scale, {"value": None}) not in shades
        assert map_shades.shade(colours, scale, None) not in shades


def test_a_circle_grows_with_its_value_by_area() -> None:
    span = map_shades.LARGEST_PX - map_shades.SMALLEST_PX
    quarter = map_shades.radius(25, 100)
    assert quarter == map_shades.SMALLEST_PX + span / 2
    assert map_shades.radius(100, 100) == map_shades.LARGEST_PX
    assert map_shades.radius(None, 100) == map_shades.radius(0, 0) == map_shades.SMALLEST_PX


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"value": 0.95, "lower": 0.91, "upper": 0.98}, "above"),
        ({"value": 0.7, "lower": 0.6, "upper": 0.8}, "below"),
        ({"value": 0.92, "lower": 0.85, "upper": 0.96}, "same"),
        ({"value": None, "lower": None, "upper": None}, "few"),
        (None, "few"),
    ],
)
def test_only_a_whole_interval_stands_apart(row: dict[str, float] | None, expected: str) -> None:
    assert map_shades.standing(row, 0.9) == expected


def test_the_signal_colour_asks_for_a_look_whichever_direction_is_better() -> None:
    rate, days = registry.get("satisfaction_rate"), registry.get("response_days")
    assert map_shades.colour_of(LIGHT, rate, "below") == LIGHT.signal
    assert map_shades.colour_of(LIGHT, rate, "above") != LIGHT.signal
    assert map_shades.colour_of(LIGHT, days, "above") == LIGHT.signal
    assert map_shades.colour_of(LIGHT, days, "below") != LIGHT.signal


@pytest.mark.parametrize(
    ("largest", "expected"), [(0, []), (1, [1]), (63, [60, 15, 3]), (420, [400, 100, 20])]
)
def test_sizes_are_explained_with_round_numbers(largest: int, expected: list[int]) -> None:
    assert map_shades.round_sizes(largest) == expected


def test_what_is_clicked_stays_light_enough_for_a_computer_without_graphics_card(ask: Ask) -> None:
    layers = station_map.layers(*ask())
    points = sum(len(ring) for record in layers["areas"] for ring in record["rings"])
    assert points + len(layers["stations"]) <= MOST_VERTICES + 200
    assert points <= MOST_VERTICES


def test_the_map_shows_every_area_whatever_is_chosen_and_draws_the_chosen_on_top(ask: Ask) -> None:
    layers = station_map.layers(*ask(district=("110108",), institution=("S003",)))
    assert {record["code"] for record in layers["areas"]} == {area.code for area in districts()}
    assert len(layers["chosen-areas"]) == 1
    assert len(layers["chosen-station"]) == 1
    assert len(layers["stations"]) > 60


def test_areas_hold_what_an_independent_question_gives(ask: Ask) -> None:
    ctx, found, _ = ask(district=("110108",))
    direct = ctx.measure("services", ("district",), Selection.of("last12"))
    shown = {row["district"]: row["value"] for row in map_sentences.own_rows(found)}
    assert shown == {row["district"]: row["value"] for row in direct.rows if row["district"] in outlines()}


def test_other_filters_hold_on_the_map(ask: Ask) -> None:
    _, everything, _ = ask()
    _, some, shown = ask(tier=("工作站",))
    assert some.areas_whole.only["value"] < everything.areas_whole.only["value"]
    assert {row["tier"] for row in shown.placed} == {"工作站"}


def test_an_institution_without_place_is_counted_and_said(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx, found, _ = ask()
    rows = [dict(row) for row in ctx.institutions()]
    rows[5]["lon_wgs84"] = None
    monkeypatch.setattr(Context, "institutions", lambda self, on=None: rows)
    shown = map_questions.stations(ctx, found)
    assert shown.without_place == 1
    assert "另有 1 家没有坐标" in map_sentences.stations(ctx, found, shown)


def test_a_hidden_rate_shows_no_figure_on_the_map(ask: Ask) -> None:
    ctx, found, shown = ask(period="2026-10")
    hidden = {row["institution"] for row in found.stations.rows if row["masked"]}
    circles = [
        record for record in station_map.layers(ctx, found, shown)["stations"] if record["code"] in hidden
    ]
    assert circles
    for circle in circles:
        assert circle["stands"] == "few"
        assert "%" not in circle["tip"]
        assert "已评" not in circle["tip"]


def test_only_institutions_have_a_place_on_the_map(ask: Ask) -> None:
    ctx, found, shown = ask()
    layers = station_map.layers(ctx, found, shown)
    listed = {row["institution_id"] for row in ctx.institutions()}
    assert {record["code"] for record in layers["stations"]} <= listed
    assert "client" not in json.dumps(layers)


def test_centres_have_another_outline_than_workstations(ask: Ask) -> None:
    ctx, found, shown = ask()
    edges = {"工作站": set(), "区级": set(), "市级": set()}  # type: ignore[var-annotated]
    tiers = {row["institution_id"]: row["tier"] for row in shown.placed}
    for record in station_map.circle_records(ctx, found, shown.placed):
        edges[tiers[record["code"]]].add(record["edge_px"])
    assert edges["区级"] == edges["市级"]
    assert not edges["区级"] & edges["工作站"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_title_and_the_sentence_follow_the_measures(ask: Ask, language: Language) -> None:
    ctx, found, shown = ask(MapChoice(areas="satisfaction_rate", stations="clients_served"), language)
    title = map_sentences.title(ctx, found)
    said = map_sentences.areas(ctx, found) + map_sentences.stations(ctx, found, shown)
    expected = {"zh": ("满意率", "服务对象数", "已评"), "en": ("Satisfaction rate", "clients", "rated")}
    for words in expected[language][:2]:
        assert words.lower() in title.lower()
    assert expected[language][2] in said


def test_nothing_to_show_is_said(ask: Ask) -> None:
    ctx, found, _ = ask(service=("T04",))
    assert map_sentences.areas(ctx, found) == "所选范围内没有记录。"


def test_the_mark_of_the_boundaries_goes_when_they_have_a_review_number(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, *_ = ask()
    assert "示意图 · 内部使用" in map_legend.note(ctx)
    approved = settings().model_copy(update={"map_review_number": "京S(2026)001号"})
    monkeypatch.setattr(map_legend, "settings", lambda: approved)
    assert "审图号：京S(2026)001号" in map_legend.note(ctx)
    assert "内部使用" not in map_legend.note(ctx)


def test_there_is_a_tile_for_each_area_and_none_lies_on_another() -> None:
    assert set(tile_grid.PLACES) == {area.code for area in districts()}
    assert len(set(tile_grid.PLACES.values())) == 17


def test_tiles_say_their_value_and_frame_the_chosen_one(ask: Ask) -> None:
    ctx, found, _ = ask(district=("110108",))
    figure = tile_grid.figure(ctx, found)
    value = map_shades.rows_by(found.areas, "district")["110108"]["value"]
    words = next(note["text"] for note in figure["layout"]["annotations"] if "海淀" in note["text"])
    assert f"{value} 件次" in words
    frames = [shape for shape in figure["layout"]["shapes"] if shape["line"]["width"] == 3]
    assert [(shape["x0"] + shape["x1"]) / 2 for shape in frames] == [tile_grid.PLACES["110108"][0]]


def test_tiles_without_a_value_are_hatched_and_say_so(ask: Ask) -> None:
    ctx, found, _ = ask(MapChoice(areas="satisfaction_rate"), service=("T04",))
    figure = tile_grid.figure(ctx, found)
    assert figure["data"][0]["fillpattern"]["shape"] == "/"
    assert all("无数据" in note["text"] for note in figure["layout"]["annotations"])


def test_the_last_month_with_records_is_the_latest_that_has_any(ask: Ask) -> None:
    ctx, *_ = ask(institution=("S058",))
    *_, months = ctx.measures(place_card.questions(ctx))
    assert place_card.last_month_with_records(months) == max(
        (row["month"] for row in months.rows if row["value"]), default=None
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_of_an_institution_says_what_is_known_of_it(screen: Screen, language: Language) -> None:
    shown = words_on(screen("map", institution="S003", lang=language))
    expected = {
        "zh": ("工作站", "专业园区", "已评", "评价率"),
        "en": ("Workstation", "park", "rated", "response"),
    }
    assert '<h3 class="">北京市知识产权公共服务示例S003</h3>' in shown
    for words in expected[language]:
        assert words in shown


def test_the_box_chooses_an_area_for_every_page_and_gives_the_city_back(screen: Screen) -> None:
    test = screen("map")
    test.selectbox(key="map_place_zh").set_value("110119").run()
    assert _address(test, "district") == ["110119"]
    assert "所属区域：延庆" in words_on(test)
    test.button(key="back-city").click().run()
    assert _address(test, "district") == []


def test_the_box_chooses_an_institution_with_its_area(screen: Screen) -> None:
    test = screen("map")
    test.selectbox(key="map_place_zh").set_value("D03").run()
    assert _address(test, "institution") == ["D03"]
    area = [code.code for code in districts()][3]
    assert _address(test, "district") == [area]
    test.button(key="back-area").click().run()
    assert _address(test, "institution") == []
    assert _address(test, "district") == [area]


def test_view_and_measures_stand_in_the_address_and_a_link_opens_them(screen: Screen) -> None:
    test = screen("map")
    test.selectbox(key="map_areas_zh").set_value("clients_served").run()
    assert _address(test, "map") == ["areas-clients_served"]
    again = screen("map", map=["tiles", "areas-clients_served"])
    assert "各区域服务对象数" in words_on(again)
    assert not again.get("deck_gl_json_chart")
    assert len(again.get("plotly_chart")) == 1


def test_the_map_asks_no_other_server_for_its_ground(screen: Screen) -> None:
    chart = screen("map").get("deck_gl_json_chart")[0].proto
    spec = json.loads(chart.json)
    assert spec["mapStyle"] == "/app/static/blank-style.json"
    assert "http" not in chart.json
    assert "各区域服务量" in chart.alt


def test_a_new_choice_gives_the_clickable_layers_new_names(screen: Screen) -> None:
    def names(**address: str) -> set[str]:
        spec = json.loads(screen("map", **address).get("deck_gl_json_chart")[0].proto.json)
        return {layer["id"] for layer in spec["layers"] if layer["pickable"]}

    assert not names() & names(district="110108")
    assert all(name.startswith(("areas|", "stations|")) for name in names())
