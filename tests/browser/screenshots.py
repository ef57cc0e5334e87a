"""Take the README's screenshots: ``python -m tests.browser.screenshots FOLDER``.

Shows the store that ``IPDASH_STORE`` names, each page as it stands on a 1440×900 screen. The pictures keep
at most 256 colours: half the bytes, and no difference to the eye.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from analytics.core.text import Language
from analytics.store.store import open_store
from dashboard.words import say
from tests.browser.chromium import Record, chromium, window
from tests.browser.opened import Opened
from tests.browser.serving import dashboard
from tests.conftest import SMALL_LEDGERS

MOST_BYTES = 300_000
_COLOURS, _COMMONEST = 256, 160
_IMPORTED_WITHIN_MS = 120_000
_COMPUTED_WITHIN_MS = 180_000


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: its file's name, the page's address and choice, and how it is shown."""

    name: str
    slug: str
    language: Language = "zh"
    dark: bool = False
    query: tuple[tuple[str, str], ...] = ()
    # What stands at the top of the picture: a CSS selector; empty for the page's own top.
    at: str = ""


SHOTS = (
    Shot("overview", ""),
    Shot("overview-en", "", language="en", dark=True),
    Shot("volume", "volume"),
    Shot("satisfaction", "satisfaction", at=".st-key-limits-controls"),
    Shot("map", "map"),
    Shot("coverage", "coverage"),
    Shot("industry", "industry", language="en"),
    Shot("compare", "compare"),
    Shot("institution", "institution", query=(("institution", "BJ-110108-11"),)),
    Shot("standard", "standard", language="en"),
    Shot("catalogue", "catalogue"),
    # Last, because it shows the report of an import.
    Shot("import", "import"),
)


def main(folder: Path) -> None:
    """Write one PNG a shot into ``folder``; raise ``ValueError`` when one is too large for a README."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        # An import is shown, and the store itself is to stay as it is.
        store = Path(scratch) / "store"
        shutil.copytree(open_store().folder.resolve(), store)
        with dashboard(store, Path(scratch) / "server.log") as server, chromium() as browser:
            for shot in SHOTS:
                path = folder / f"{shot.name}.png"
                path.write_bytes(_small(_taken(browser, server.address, shot)))
                if path.stat().st_size > MOST_BYTES:
                    raise ValueError(f"{path} has {path.stat().st_size} bytes; {MOST_BYTES} are the most")
                sys.stdout.write(f"{path}\n")


def _taken(browser: Browser, address: str, shot: Shot) -> bytes:
    with window(browser, dark=shot.dark) as context:
        opened = Opened(context.new_page(), Record(), address).go(
            shot.slug, language=shot.language, query=dict(shot.query)
        )
        _wait_for_what_is_computed(opened)
        if shot.at:
            opened.page.locator(shot.at).evaluate("part => part.scrollIntoView()")
            opened.settle()
        if shot.slug == "import":
            _import(opened, shot.language)
        return _picture(opened.page)


def _wait_for_what_is_computed(opened: Opened) -> None:
    """Wait until no part of the page says any more that it is being computed."""
    for words in ("正在计算", "正在按台账", "Being computed", "Computing"):
        expect(opened.page.get_by_text(words)).to_have_count(0, timeout=_COMPUTED_WITHIN_MS)
    opened.settle()


def _import(opened: Opened, language: Language) -> None:
    """Upload a ledger with a few faults, so that the page has a report to show."""
    page = opened.page
    ledger = next(SMALL_LEDGERS.glob("08_*/*.xlsx"))
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(ledger)
    page.get_by_role("button", name=say("import.start", language)).click()
    page.locator('[class*="st-key-panel-import-report"]').wait_for(timeout=_IMPORTED_WITHIN_MS)
    opened.settle()


def _picture(page: Page) -> bytes:
    # What lies under the mouse would be shown pointed at.
    page.mouse.move(0, 0)
    return page.screenshot(animations="disabled")


def _small(png: bytes) -> bytes:
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    colours, places, counts = np.unique(
        pixels.reshape(-1, 3).astype(np.int32), axis=0, return_inverse=True, return_counts=True
    )
    kept = _palette(colours, counts)
    nearest = np.square(colours[:, None] - kept).sum(axis=2).argmin(axis=1).astype(np.uint8)
    picture = Image.fromarray(nearest[places].reshape(pixels.shape[:2])).convert("P")
    picture.putpalette(kept.astype(np.uint8).tobytes())
    small = io.BytesIO()
    picture.save(small, "PNG", optimize=True)
    return small.getvalue()


def _palette(colours: NDArray[np.int32], counts: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return the commonest colours unchanged, and of the others those farthest from any kept.

    The usual quantisers mix colours: pale areas of a map took on the grey of no data, a logo lost its green.
    """
    kept = list(np.argsort(-counts)[:_COMMONEST])
    away = np.square(colours[:, None] - colours[kept]).sum(axis=2).min(axis=1)
    while len(kept) < min(_COLOURS, len(colours)):
        kept.append(away.argmax())
        away = np.minimum(away, np.square(colours - colours[kept[-1]]).sum(axis=1))
    return colours[kept]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
