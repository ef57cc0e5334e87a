"""A place chosen on the station map, by click or by its name, opens its card and filters every page."""

from __future__ import annotations

from math import dist
from typing import Any

import pytest
from playwright.sync_api import TimeoutError, expect

from analytics.core.selection import CITY
from analytics.measures.listings import institutions
from analytics.store.store import open_store
from dashboard.parts.map_labels import CITY_AT, CITY_ZOOM, pixels
from tests.browser.conftest import OpenPage
from tests.browser.opened import Opened
from tests.browser.reading import chips, chosen, count_by_command, values
from tests.browser.serving import Server

# Degrees of places well inside an area, away from any institution.
YANQING = (116.1, 40.45)
TILE = "110118"
CARD = ".st-key-panel-place h3"
_TAKEN_WITHIN_MS = 10_000
_CLICKS = 3
Place = tuple[float, float]


def _point_at(opened: Opened, place: Place) -> tuple[float, float]:
    """Move the pointer to a place (WGS-84 degrees) and wait until the map says what is there."""
    box = opened.page.get_by_test_id("stDeckGlJsonChart").bounding_box()
    assert box is not None
    x, y = pixels(place, CITY_ZOOM)
    middle_x, middle_y = pixels(CITY_AT, CITY_ZOOM)
    at = (box["x"] + box["width"] / 2 + x - middle_x, box["y"] + box["height"] / 2 + y - middle_y)
    # A map that has just appeared answers to the pointer only after it was drawn once.
    for step in range(40):
        opened.page.mouse.move(at[0] + step % 2, at[1])
        opened.page.wait_for_timeout(250)
        if opened.page.locator(".deck-tooltip").is_visible():
            return at
    raise AssertionError("the map says nothing about this place")


def _click(opened: Opened, place: Place) -> None:
    """Click a place until the address tells of it: without a graphics card a busy machine loses clicks."""
    before = opened.page.url
    at = _point_at(opened, place)
    for _ in range(_CLICKS):
        opened.page.mouse.click(*at)
        try:
            opened.page.wait_for_url(lambda url: url != before, timeout=_TAKEN_WITHIN_MS)
        except TimeoutError:
            continue
        break
    opened.moved_from(before)


@pytest.fixture(scope="module")
def station(server: Server) -> dict[str, Any]:
    """Return the station that stands farthest from every other institution."""
    listed = institutions(open_store(server.store).snapshot(), scope=CITY)
    placed = [row for row in listed if row["lon_wgs84"] is not None]

    def room(row: dict[str, Any]) -> float:
        return min(dist(_place(row), _place(other)) for other in placed if other is not row)

    return max((row for row in placed if row["tier"] == "工作站"), key=room)


def _place(row: dict[str, Any]) -> Place:
    return row["lon_wgs84"], row["lat_wgs84"]


def test_clicks_on_a_station_and_an_area_open_their_cards_and_filter_every_page(
    open_page: OpenPage, server: Server, station: dict[str, Any]
) -> None:
    opened = open_page("map")
    _click(opened, _place(station))
    expect(opened.page.locator(CARD)).to_have_text(station["name"])
    assert chosen(opened.page)["institution"] == [station["institution_id"]]
    assert f"机构：{station['name']}" in chips(opened.page)

    _click(opened, YANQING)
    expect(opened.page.locator(CARD)).to_have_text("延庆区")
    assert chosen(opened.page) == {"district": ["110119"], "period": ["last12"]}
    assert "所属区域：延庆" in chips(opened.page)

    opened.follow("全市总览")
    counted = count_by_command(server.store, "--district", "110119", "--period", "last12")
    assert values(opened.page)[0] == str(counted)


def test_a_second_click_on_the_same_area_gives_the_city_back(open_page: OpenPage) -> None:
    opened = open_page("map", district="110119")
    _click(opened, YANQING)
    expect(opened.page.locator(CARD)).to_have_text("全市")
    assert "district" not in chosen(opened.page)


def test_a_click_on_a_tile_chooses_its_area(open_page: OpenPage) -> None:
    opened = open_page("map", map="tiles")
    tile = opened.page.locator(".st-key-chart-tile-grid .annotation-text").filter(has_text="密云")
    box = tile.bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.page.mouse.move(*at)
    opened.page.mouse.click(*at)
    expect(opened.page.locator(CARD)).to_have_text("密云区")
    opened.settle()
    assert chosen(opened.page)["district"] == [TILE]


def test_a_place_chosen_by_its_name_does_what_a_click_does_and_the_way_back_leads_out(
    open_page: OpenPage, station: dict[str, Any]
) -> None:
    opened = open_page("map")
    opened.pick("查找区域或机构", "延庆区")
    expect(opened.page.locator(CARD)).to_have_text("延庆区")
    assert chosen(opened.page) == {"district": ["110119"], "period": ["last12"]}

    opened.pick("查找区域或机构", station["name"])
    expect(opened.page.locator(CARD)).to_have_text(station["name"])
    assert chosen(opened.page)["institution"] == [station["institution_id"]]

    here = opened.page.url
    opened.page.get_by_role("button", name="返回全市").click()
    opened.moved_from(here)
    expect(opened.page.locator(CARD)).to_have_text("全市")
    assert chosen(opened.page) == {"period": ["last12"]}


def test_a_copied_address_opens_the_same_institution_and_map(
    open_page: OpenPage, station: dict[str, Any]
) -> None:
    choice = {"map": ["areas-clients_served", "centre"], "institution": [station["institution_id"]]}
    opened = open_page("map", "en", **choice)
    expect(opened.page.locator(CARD)).to_have_text(station["name"])
    expect(opened.page.get_by_role("combobox", name="Areas by")).to_have_value("Areas: Clients served")
    expect(opened.page.get_by_role("radio", name="Centre")).to_be_checked()
    assert {name: sorted(chosen(opened.page)[name]) for name in choice} == choice
