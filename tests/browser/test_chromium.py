"""The browser of the tests reaches this machine alone, and a record says what a page tried."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.chromium import Record

PAGES = {
    "/quiet": "<p>安静</p>",
    "/asks": "<img src='http://example.org/dot.png'><script>new WebSocket('ws://example.net/live')</script>",
    "/complains": "<script>console.error('图表数据缺失'); setTimeout(() => { throw Error('坏了') })</script>",
    "/probes": "<script>fetch('/overview/_stcore/health'); fetch('/overview/_stcore/host-config')</script>",
    "/misses": "<script>fetch('/no-such-file')</script>",
    "/canvas": "<canvas id=c></canvas><script>document.title = !!c.getContext('webgl2')</script>",
}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = PAGES.get(self.path, "" if self.path == "/favicon.ico" else None)
        self.send_response(404 if page is None else 200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(("<!doctype html>" + (page or "")).encode())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_address[1]}"
        running.shutdown()
        thread.join()


def visit(context: BrowserContext, address: str) -> Record:
    record = Record()
    page = context.new_page()
    record.watch(page)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return record


def test_a_page_that_asks_nobody_leaves_an_empty_record(context: BrowserContext, site: str) -> None:
    assert visit(context, site + "/quiet") == Record()


def test_requests_to_other_machines_are_recorded_and_do_not_leave(context: BrowserContext, site: str) -> None:
    record = visit(context, site + "/asks")
    assert sorted(record.outside) == ["http://example.org/dot.png", "ws://example.net/live"]
    assert all("ERR_NAME_NOT_RESOLVED" in error for error in record.errors)
    assert len(record.errors) == 2


def test_errors_in_the_console_and_uncaught_ones_are_recorded(context: BrowserContext, site: str) -> None:
    errors = visit(context, site + "/complains").errors
    assert [error.split(" (")[0] for error in errors] == ["图表数据缺失", "uncaught: 坏了"]


def test_probes_of_the_display_library_are_no_errors_but_other_missing_files_are(
    context: BrowserContext, site: str
) -> None:
    assert visit(context, site + "/probes").errors == []
    (error,) = visit(context, site + "/misses").errors
    assert error.endswith("/no-such-file)")


def test_the_browser_can_draw_maps(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site + "/canvas")
    assert page.title() == "true"
