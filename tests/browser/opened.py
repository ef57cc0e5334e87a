"""One opened page of the dashboard, and how to know that it has finished drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.browser.chromium import Record

# Chinese is the default and leaves the address clean.
LANGUAGE_PARAMETER = "lang"
QUIET_MS = 500
SETTLE_WITHIN_MS = 60_000

_SETTLED = Path(__file__).with_name("settled.js").read_text(encoding="utf-8")


@dataclass
class Opened:
    """A page of the dashboard in a browser: Playwright's own ``page``, and the ``record`` of what it did."""

    page: Page
    record: Record
    address: str

    def settle(self) -> None:
        """Wait until the page has finished running and drawing; call it after every action."""
        self.page.evaluate("window.quietSince = undefined")
        self.page.wait_for_function(_SETTLED, arg=QUIET_MS, timeout=SETTLE_WITHIN_MS)

    def go(self, slug: str, *, language: str = "zh", query: Mapping[str, object] | None = None) -> Opened:
        """Open the page ``slug`` ('' is the first one) by its address and wait until it is drawn."""
        self.page.goto(self.address + "/" + slug + query_string(language, query or {}))
        self.settle()
        return self

    def follow(self, link: str) -> Opened:
        """Click a page's name in the navigation and wait until that page is drawn."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=link, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(link)
        self.settle()
        return self

    def pick(self, box: str, option: str) -> Opened:
        """Choose ``option`` in the box labelled ``box`` and wait until the address tells of it."""
        before = self.page.url
        field = self.page.get_by_role("combobox", name=box, exact=True)
        field.click()
        # Of a long list the browser holds only what is in sight: look for it by typing.
        field.fill(option)
        self.page.get_by_role("option", name=option, exact=True).click()
        self.moved_from(before)
        # A box of several choices stays open, and lies over what is below it.
        self.page.keyboard.press("Escape")
        return self

    def moved_from(self, address: str) -> None:
        """Wait until another address is shown and the page is drawn for it."""
        expect(self.page).not_to_have_url(address)
        self.settle()


def query_string(language: str, query: Mapping[str, object]) -> str:
    """Return ``?name=value…``; a list becomes a repeated parameter, no parameter at all an empty string."""
    pairs: dict[str, object] = {} if language == "zh" else {LANGUAGE_PARAMETER: language}
    pairs.update(query)
    lists = {k: v if isinstance(v, Sequence) and not isinstance(v, str) else [v] for k, v in pairs.items()}
    return "?" + urlencode(lists, doseq=True) if pairs else ""
