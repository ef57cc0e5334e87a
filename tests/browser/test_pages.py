"""Every page opens in both languages, whole and legible; the server's answers refer to nobody else."""

from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import Browser, expect

from analytics.core.text import Language
from dashboard.page import DEFAULT_SLUG, Page, all_pages
from dashboard.words import say
from tests.browser.chromium import Record, window
from tests.browser.conftest import OpenPage
from tests.browser.layout import layout_faults
from tests.browser.opened import Opened
from tests.browser.reading import needs_scrolling
from tests.browser.serving import Server

LANGUAGES: tuple[Language, ...] = ("zh", "en")
WITHOUT_CHARTS = {"import", "catalogue", "institution", "worklist", "brief", "improvement"}
CHARTS = '[data-testid="stPlotlyChart"], [data-testid="stDeckGlJsonChart"]'
_DIRECT = build_opener(ProxyHandler({}))


def address_of(page: Page) -> str:
    return "" if page.slug == DEFAULT_SLUG else page.slug


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.slug)
def test_a_page_opens_with_its_charts_and_nothing_is_cut_or_overlaps(
    open_page: OpenPage, page: Page, language: Language
) -> None:
    shown = open_page(address_of(page), language).page
    title = page.title.get(language)
    expect(shown).to_have_title(f"{title} · {say('frame.product', language)}")
    expect(shown.get_by_role("heading", level=1)).to_have_text(title)
    assert (shown.locator(CHARTS).count() > 0) == (page.slug not in WITHOUT_CHARTS)
    assert layout_faults(shown) == []
    if page.slug == DEFAULT_SLUG:
        assert not needs_scrolling(shown)


def test_the_overview_is_whole_on_a_dark_screen(server: Server, browser: Browser) -> None:
    record = Record()
    with window(browser, dark=True) as context:
        page = context.new_page()
        record.watch(page)
        Opened(page, record, server.address).go("")
        ground = page.get_by_test_id("stApp").evaluate("part => getComputedStyle(part).backgroundColor")
        assert ground == "rgb(17, 22, 29)"
        assert layout_faults(page) == []
        assert not needs_scrolling(page)
    assert record == Record()


@pytest.mark.parametrize("path", ["/", "/map", "/healthz", "/app/static/blank-style.json"])
def test_answers_forbid_the_browser_everything_outside(server: Server, path: str) -> None:
    with _DIRECT.open(server.address + path, timeout=20) as answer:
        assert answer.status == 200
        policy = answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";") if rule.strip())
    assert rules["default-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    named = {source for rule in rules.values() for source in rule.split() if not source.startswith("'")}
    own = server.address.removeprefix("http://")
    assert named <= {"blob:", "data:", f"ws://{own}", f"wss://{own}"}


def test_the_health_check_answers_that_the_server_is_well(server: Server) -> None:
    with _DIRECT.open(server.address + "/healthz", timeout=20) as answer:
        assert answer.status == 200
        assert b'"ok"' in answer.read()
