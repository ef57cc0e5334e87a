"""Take the README's screenshots: ``python -m tests.browser.screenshots FOLDER``.

Shows the store that ``IPDASH_STORE`` names: every page of the navigation once in Chinese, the first one in
English too, each as it stands on a 1440×900 screen.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from analytics.store.store import open_store
from tests.browser.chromium import Record, chromium, window
from tests.browser.opened import Opened
from tests.browser.serving import Server, dashboard

FIRST_PAGE = "overview"


def main(folder: Path) -> None:
    """Write one PNG a page into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        dashboard(open_store().folder.resolve(), Path(scratch) / "server.log") as server,
        chromium() as browser,
        window(browser) as context,
    ):
        for name, page in _shown(server, context):
            page.screenshot(path=folder / f"{name}.png")
            sys.stdout.write(f"{folder / name}.png\n")


def _shown(server: Server, context: BrowserContext) -> Iterator[tuple[str, Page]]:
    opened = Opened(context.new_page(), Record(), server.address)
    first = opened.go("").page
    links = [link.get_attribute("href") for link in first.get_by_test_id("stSidebarNavLink").all()]
    slugs = [urlsplit(link or "").path.strip("/") for link in links]
    for slug in slugs:
        yield slug or FIRST_PAGE, opened.go(slug).page
    yield f"{FIRST_PAGE}-en", opened.go("", language="en").page


if __name__ == "__main__":
    main(Path(sys.argv[1]))
