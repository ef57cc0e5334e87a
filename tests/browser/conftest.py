"""The dashboard over the small sample, and Chromium to look at it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.chromium import Record, chromium, window
from tests.browser.opened import Opened
from tests.browser.serving import Server, dashboard


class OpenPage(Protocol):
    """Open a page of the dashboard by its slug; keywords become parameters of the address."""

    def __call__(self, slug: str, language: str = "zh", **query: object) -> Opened: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that lives here: all of them need Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as running:
        yield running


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with window(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def desk(browser: Browser) -> Iterator[BrowserContext]:
    """One window for all journeys: the browser fetches scripts and fonts once."""
    with window(browser) as opened:
        yield opened


@pytest.fixture(scope="session")
def server(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve the small sample; tests that import use a server of their own."""
    log = tmp_path_factory.mktemp("server") / "server.log"
    with dashboard(small_store, log) as running:
        yield running
    said = log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in said, said[-5000:]


@pytest.fixture
def open_page(server: Server, desk: BrowserContext) -> Iterator[OpenPage]:
    """Give a function that opens a page; no page may ask another machine for anything, nor complain."""
    record = Record()
    pages: list[Page] = []

    def opener(slug: str, language: str = "zh", **query: object) -> Opened:
        page = desk.new_page()
        pages.append(page)
        record.watch(page)
        return Opened(page, record, server.address).go(slug, language=language, query=query)

    yield opener
    for page in pages:
        page.close()
    assert record.outside == []
    assert record.errors == []
