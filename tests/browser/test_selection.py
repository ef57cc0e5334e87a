"""One selection for all pages: chosen by widgets, kept in the address, the same for whoever opens it."""

from playwright.sync_api import Browser, expect

from dashboard.page import all_pages
from tests.browser.chromium import Record, window
from tests.browser.conftest import OpenPage
from tests.browser.opened import Opened
from tests.browser.reading import chips, chosen, count_by_command, drawn, screen, values
from tests.browser.serving import Server

HAIDIAN_2025 = {"district": ["110108"], "period": ["2025"]}


def test_a_changed_filter_changes_address_chips_and_figures_and_a_link_shows_the_same(
    open_page: OpenPage, server: Server, browser: Browser
) -> None:
    opened = open_page("")
    page = opened.page
    before = values(page)
    opened.pick("所属区域", "海淀").pick("时段", "2025 年")
    assert chosen(page) == HAIDIAN_2025
    assert "2025 年" in chips(page)
    assert "所属区域：海淀" in chips(page)
    assert values(page) != before
    counted = count_by_command(server.store, "--district", "110108", "--period", "2025")
    assert values(page)[0] == str(counted)

    # The list of choices is still open; a screen opened anew has it closed.
    shown = opened.go("", query=HAIDIAN_2025)
    kept = screen(page)
    page.reload()
    shown.settle()
    assert chosen(page) == HAIDIAN_2025
    assert screen(page) == kept

    record = Record()
    with window(browser) as elsewhere:
        other = elsewhere.new_page()
        record.watch(other)
        other.goto(page.url)
        Opened(other, record, server.address).settle()
        assert screen(other) == kept
    assert record == Record()


def test_the_selection_survives_every_page_change_and_reset_clears_it(open_page: OpenPage) -> None:
    opened = open_page("", **HAIDIAN_2025)
    page = opened.page
    before, said = values(page), chips(page)
    for declared in (*all_pages()[1:], all_pages()[0]):
        opened.follow(declared.title.zh)
        assert chosen(page) == HAIDIAN_2025, declared.slug
        if declared.uses_selection:
            assert chips(page) == said
    assert values(page) == before

    here = page.url
    page.get_by_role("button", name="重置").click()
    opened.moved_from(here)
    assert chosen(page) == {"period": ["last12"]}
    assert "未作其他筛选" in chips(page)
    assert values(page) != before


def test_switching_the_language_changes_words_and_keeps_numbers_and_selection(open_page: OpenPage) -> None:
    opened = open_page("", **HAIDIAN_2025)
    page = opened.page
    chinese, numbers, charts = screen(page)[0], values(page), drawn(page)
    switch = page.locator(".st-key-header")

    here = page.url
    switch.get_by_text("English").click()
    opened.moved_from(here)
    assert chosen(page) == {**HAIDIAN_2025, "lang": ["en"]}
    expect(page.get_by_role("heading", level=1)).to_have_text("City overview")
    assert "Haidian" in chips(page)
    assert values(page) == numbers
    assert drawn(page) == charts

    opened.follow("Service volume")
    assert chosen(page) == {**HAIDIAN_2025, "lang": ["en"]}
    opened.follow("City overview")

    here = page.url
    switch.get_by_text("中文").click()
    opened.moved_from(here)
    assert chosen(page) == HAIDIAN_2025
    assert screen(page)[0] == chinese
