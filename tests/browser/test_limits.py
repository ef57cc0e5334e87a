"""控制界限图 in a browser: a point names its institution, and a click on it opens the profile."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenPage

CHART = ".st-key-chart-limits"


def test_hovering_names_an_institution_and_a_click_opens_its_profile(open_page: OpenPage) -> None:
    opened = open_page("satisfaction", period="2026")
    page = opened.page
    # The last group drawn lies on top of the others.
    point = page.locator(f"{CHART} path.point").last
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*place)
    words = page.locator(f"{CHART} .hoverlayer")
    expect(words).to_contain_text("满意率：")
    expect(words).to_contain_text("已评")
    before = page.url
    page.mouse.click(*place)
    opened.moved_from(before)
    expect(page.get_by_role("heading", level=1)).to_have_text("机构画像")
    assert "/institution?" in page.url
    assert "institution=" in page.url.partition("?")[2]
