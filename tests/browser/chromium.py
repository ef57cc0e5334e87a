"""A Chromium that reaches this machine alone, and a record of what a page asked for and complained about."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebSocket,
    sync_playwright,
)

WINDOW = {"width": 1440, "height": 900}
LOCAL_HOSTS = ("127.0.0.1", "localhost")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Blocks without intercepting: a request handler would switch the browser's cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND" + "".join(f", EXCLUDE {host}" for host in LOCAL_HOSTS),
]
# At a deep link Streamlit's client looks for its server below the page's path first: two 404s of its own.
_OWN_PROBE = re.compile(r"^/.+/_stcore/(health|host-config)$")


def executable() -> str:
    """Return the path of Chromium: ``IPDASH_CHROMIUM``, or the first one on the path."""
    named = os.environ.get("IPDASH_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not named:
        raise FileNotFoundError("Chromium is missing: run scripts/browser.sh, or name one in IPDASH_CHROMIUM")
    return named


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run one headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def window(
    browser: Browser, *, width: int = 1440, height: int = 900, dark: bool = False
) -> Iterator[BrowserContext]:
    """Open a window of its own (cookies, cache), by default at the size leadership's screens have."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
    )
    context.set_default_timeout(20_000)
    try:
        yield context
    finally:
        context.close()


@dataclass
class Record:
    """What a page asked of other machines (addresses) and what it complained about (texts)."""

    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Begin to record what ``page`` does."""
        page.on("request", self._request)
        page.on("websocket", self._websocket)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))

    def _request(self, request: Request) -> None:
        self._note(request.url)

    def _websocket(self, socket: WebSocket) -> None:
        self._note(socket.url)

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOCAL_HOSTS:
            self.outside.append(address)

    def _console(self, message: ConsoleMessage) -> None:
        source = message.location.get("url", "")
        if message.type == "error" and not _OWN_PROBE.match(urlsplit(source).path):
            self.errors.append(f"{message.text} ({source})")
