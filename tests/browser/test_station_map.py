"""The station map as a reader uses it: a click on the map filters every page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from dashboard.parts import map_labels
from tests.browser.conftest import OpenPage
from tests.browser.opened import Opened

YANQING = (116.1, 40.45)
TILE = "110118"


def _point_at(opened: Opened, place: tuple[float, float]) -> tuple[float, float]:
    """Move the pointer to a place (WGS-84 degrees) and wait until the map says what is there."""
    box = opened.page.get_by_test_id("stDeckGlJsonChart").bounding_box()
    assert box is not None
    x, y = map_labels.pixels(place, map_labels.CITY_ZOOM)
    middle_x, middle_y = map_labels.pixels(map_labels.CITY_AT, map_labels.CITY_ZOOM)
    at = (box["x"] + box["width"] / 2 + x - middle_x, box["y"] + box["height"] / 2 + y - middle_y)
    # A map that has just appeared answers to the pointer only after it was drawn once.
    for step in range(40):
        opened.page.mouse.move(at[0] + step % 2, at[1])
        opened.page.wait_for_timeout(250)
        if opened.page.locator(".deck-tooltip").is_visible():
            return at
    raise AssertionError("the map says nothing about this place")


def _asked(opened: Opened) -> dict[str, list[str]]:
    return parse_qs(urlsplit(opened.page.url).query)


def test_a_click_on_an_area_opens_its_card_and_filters_every_page(open_page: OpenPage) -> None:
    opened = open_page("map")
    opened.page.mouse.click(*_point_at(opened, YANQING))
    expect(opened.page.locator(".st-key-panel-place h3")).to_have_text("延庆区")
    opened.settle()
    assert _asked(opened)["district"] == ["110119"]
    opened.page.get_by_test_id("stSidebarNavLink").filter(has_text="服务量").click()
    expect(opened.page.locator("h1")).to_have_text("服务量")
    opened.settle()
    assert _asked(opened)["district"] == ["110119"]


def test_a_second_click_on_the_same_area_gives_the_city_back(open_page: OpenPage) -> None:
    opened = open_page("map", district="110119")
    opened.page.mouse.click(*_point_at(opened, YANQING))
    expect(opened.page.locator(".st-key-panel-place h3")).to_have_text("全市")
    opened.settle()
    assert "district" not in _asked(opened)


def test_a_click_on_a_tile_chooses_its_area(open_page: OpenPage) -> None:
    opened = open_page("map", map="tiles")
    tile = opened.page.locator(".st-key-chart-tile-grid .annotation-text").filter(has_text="密云")
    box = tile.bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.page.mouse.move(*at)
    opened.page.mouse.click(*at)
    expect(opened.page.locator(".st-key-panel-place h3")).to_have_text("密云区")
    opened.settle()
    assert _asked(opened)["district"] == [TILE]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_copied_address_opens_the_same_institution(open_page: OpenPage, language: str) -> None:
    first = open_page("map", language, map=["areas-clients_served", "centre"])
    box = first.page.locator(".st-key-panel-place h3")
    expect(box).to_have_text({"zh": "全市", "en": "Whole city"}[language])
    first.page.get_by_test_id("stSelectbox").last.locator("input").fill("海淀示例01")
    first.page.keyboard.press("Enter")
    expect(box).to_contain_text("海淀示例01")
    first.settle()
    again = Opened(first.page.context.new_page(), first.record, first.address)
    again.page.goto(first.page.url)
    again.settle()
    expect(again.page.locator(".st-key-panel-place h3")).to_contain_text("海淀示例01")
    assert again.page.url == first.page.url
