"""One opened page of the dashboard, and how to know that it has finished drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Page

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


def query_string(language: str, query: Mapping[str, object]) -> str:
    """Return ``?name=value…``; a list becomes a repeated parameter, no parameter at all an empty string."""
    pairs: dict[str, object] = {} if language == "zh" else {LANGUAGE_PARAMETER: language}
    pairs.update(query)
    lists = {k: v if isinstance(v, Sequence) and not isinstance(v, str) else [v] for k, v in pairs.items()}
    return "?" + urlencode(lists, doseq=True) if pairs else ""
