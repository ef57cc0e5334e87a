"""From the worst zone to where a station would help most, and what the link to it keeps."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard.words import say
from tests.browser.conftest import OpenPage
from tests.browser.layout import layout_faults
from tests.browser.reading import chosen


def test_a_reader_sees_the_worst_zone_at_once_and_what_three_then_four_stations_would_gain(
    open_page: OpenPage,
) -> None:
    opened = open_page("coverage")
    page = opened.page
    answers = page.locator(".ip-answer")
    expect(answers).to_have_count(5)
    # All five answers and the zone on the map stand on the first screen: nobody scrolls or clicks for them.
    expect(answers.last.locator(".ip-answer-strong")).to_have_text(re.compile(r"未满足：约 [\d,]+ 家降到"))
    box = answers.last.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 400
    assert layout_faults(page, roots=(".st-key-panel-reach-lead", ".st-key-panel-zones")) == []

    before = page.url
    page.get_by_role("radio", name=say("coverage.view_siting", "zh")).click()
    opened.moved_from(before)
    gains = page.locator(".st-key-panel-gains tbody tr")
    expect(gains).to_have_count(3)
    before = page.url
    slider = page.get_by_role("slider")
    slider.focus()
    slider.press("ArrowRight")
    opened.moved_from(before)
    expect(gains).to_have_count(4)
    assert sorted(chosen(page)["reach"]) == ["k-4", "view-siting"]

    page.reload()
    opened.settle()
    expect(page.locator(".st-key-panel-gains tbody tr")).to_have_count(4)
