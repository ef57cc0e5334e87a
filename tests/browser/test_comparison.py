"""The way from the city to an institution's profile, and the profile as it prints: two A4 pages."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from dashboard.words import say
from tests.browser.conftest import OpenPage
from tests.browser.layout import layout_faults

# A4 portrait in points, as PDF counts them.
_A4 = (594, 841)


def test_a_district_leads_to_an_institution_and_its_profile_prints_on_two_pages(open_page: OpenPage) -> None:
    opened = open_page("compare", period="2025")
    page = opened.page
    opened.pick(say("compare.deeper_area", "zh"), "海淀区")
    expect(page).to_have_url(re.compile("district=110108.*period=2025"), timeout=30_000)
    first = page.locator(".ip-score tbody th a").first
    name = first.inner_text()
    box = page.get_by_role("combobox", name=say("compare.deeper_institution", "zh"), exact=True)
    box.click()
    page.get_by_role("option", name=name, exact=True).click()
    expect(page).to_have_url(re.compile("/institution.*period=2025"), timeout=30_000)
    opened.settle()
    expect(page.locator(".ip-name")).to_have_text(name)
    assert layout_faults(page, roots=(".st-key-sheet-profile",)) == []
    printed = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed)
    assert [tuple(int(float(side)) for side in box) for box in boxes] == [_A4, _A4]
    page.get_by_role("button", name=say("profile.to_city", "zh")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("区域比较", timeout=30_000)
    opened.settle()
    assert "institution=" not in page.url
    assert "period=2025" in page.url
