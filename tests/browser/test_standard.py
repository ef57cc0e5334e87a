"""规范符合度 and 产业对接 in a browser: from a matrix down to the rows of a ledger, and a gap followed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from dashboard.words import say
from tests.browser.conftest import OpenPage

_CELL = ".js-plotly-plot .scatterlayer .point"


def _click(page: Page, number: int) -> None:
    """Click the mark over a cell of the first matrix."""
    box = page.locator(_CELL).nth(number).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_a_cell_of_the_matrix_leads_to_the_rows_of_a_ledger(open_page: OpenPage) -> None:
    opened = open_page("standard", clauses=["view-matrix", "chapter-6.1", "area-110108"])
    page, before = opened.page, opened.page.url
    _click(page, 0)
    opened.moved_from(before)
    assert "clauses=view-drill" in page.url
    panel = page.locator(".st-key-panel-standard-cell")
    expect(panel).to_contain_text(say("standard.rows_title", "zh"))
    expect(panel.locator("tbody tr").first).to_contain_text("台账")
    page.get_by_role("button", name=say("clauses.back", "zh")).click()
    expect(page.locator(".st-key-panel-standard-drill")).to_be_visible()


def test_an_area_and_industry_clicked_on_the_matrix_are_followed(open_page: OpenPage) -> None:
    opened = open_page("industry", district="110108")
    page, before = opened.page, opened.page.url
    marks = page.locator('[class*="st-key-chart-industry-matrix"] .scatterlayer .point')
    box = marks.first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    opened.moved_from(before)
    assert "industries=area-110108" in page.url
    followed = page.locator(".st-key-panel-industry-followed")
    expect(followed).to_contain_text(say("industry_more.ways", "zh").strip())
