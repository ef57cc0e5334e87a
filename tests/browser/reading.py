"""What a reader reads on a screen, and what the command line says to the same question."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from tests.conftest import IPDASH, ROOT

# The numbers each chart is drawn from. Words, which differ by language, are left out.
_DRAWN = """() => [...document.querySelectorAll('.js-plotly-plot')].map((chart) => chart.data.map((trace) =>
  ['x', 'y', 'z'].map((axis) => [...(trace[axis] ?? [])].flat().filter(Number.isFinite))))"""
_SCROLLS = """() => {
  const main = document.querySelector('[data-testid="stMain"]');
  return main.scrollHeight > main.clientHeight || main.scrollWidth > main.clientWidth;
}"""


def chosen(page: Page) -> dict[str, list[str]]:
    """Return the parameters of the address."""
    return parse_qs(urlsplit(page.url).query)


def chips(page: Page) -> str:
    """Return what the screen says of the selection in force, on one line."""
    return " ".join(page.locator(".ip-chips").inner_text().split())


def values(page: Page) -> list[str]:
    """Return the figures of the indicator cards in their order."""
    return page.locator(".ip-card .ip-value").all_inner_texts()


def drawn(page: Page) -> list[Any]:
    """Return the numbers of every chart: a list of traces each, of the axes x, y and z."""
    found: list[Any] = page.evaluate(_DRAWN)
    return found


def screen(page: Page) -> tuple[str, list[Any]]:
    """Return all that a screen says and draws."""
    return page.get_by_test_id("stMain").inner_text(), drawn(page)


def needs_scrolling(page: Page) -> bool:
    """Say whether a part of the page lies outside the window."""
    return bool(page.evaluate(_SCROLLS))


def count_by_command(store: Path, *options: str) -> int:
    """Return the number of services that ``ipdash measure`` gives for a selection."""
    done = subprocess.run(
        [IPDASH, "measure", "services", "--format", "json", *options],
        cwd=ROOT,
        env={**os.environ, "IPDASH_STORE": str(store)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    (row,) = json.loads(done.stdout)["rows"]
    return int(row["value"])
