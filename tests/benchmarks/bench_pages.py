"""Server time of a cold filter change on pages, and what it is made of.

Run ``python tests/benchmarks/bench_pages.py STORE SLUG... [--runs 30] [--limit-ms 400]``; the store holds the
records to ask (see ``make_rows.py`` and ``ipdash import``). Each run chooses a filter that was not asked
before, so no answer is cached; the time is that of the whole script run, without the browser.
``--with NAME=CODE`` holds a filter in all runs (an institution's page needs one). Prints JSON by page; exit
code 1 when a median passes the limit. On a busy machine compare ``processor_ms``.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine
from streamlit.testing.v1 import AppTest

from analytics.standard.names import members


def draw(slug: str) -> None:
    """Draw one page in its frame, as the server does."""
    from dashboard import app
    from dashboard.page import all_pages
    from dashboard.parts import address

    page = next(page for page in all_pages() if page.slug == slug)
    language = app.opened_address()
    ctx = app.frame(page, language)
    address.write()
    if ctx is not None:
        app.render(page, ctx)


def main() -> int:
    """Change the filter of each page again and again; print medians in ms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("slugs", nargs="+")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--limit-ms", type=float, default=400.0)
    parser.add_argument("--with", dest="held", action="append", default=[], metavar="NAME=CODE")
    options = parser.parse_args()
    os.environ["IPDASH_STORE"] = str(options.store)
    held = dict(pair.split("=", 1) for pair in options.held)
    asked = _watch_database()
    found = {slug: _measured(slug, options.runs, held, asked) for slug in options.slugs}
    print(json.dumps({"limit_ms": options.limit_ms, "pages": found}, ensure_ascii=False, indent=2))
    return 0 if all(page["script_ms"] <= options.limit_ms for page in found.values()) else 1


def _measured(slug: str, runs: int, held: dict[str, str], asked: dict[str, float]) -> dict[str, Any]:
    app = AppTest.from_function(draw, default_timeout=120, args=(slug,))
    _open(app, held)
    # The first filter still loads modules: it is not counted.
    chosen = itertools.islice(_filters(), runs + 1)
    timed = [_changed(app, held | one, asked) for one in chosen][1:]
    return {
        "runs": len(timed),
        **{name: round(statistics.median(run[name] for run in timed), 1) for name in timed[0]},
        "script_ms_min_max": [round(f(run["script_ms"] for run in timed), 1) for f in (min, max)],
    }


def _filters() -> Iterator[dict[str, str]]:
    """Yield filters none of which repeats: channels, client types, services, then pairs of them."""
    for name in ("channel", "client_type", "service"):
        for code in members(name):
            yield {name: code}
    for channel, client_type in itertools.product(members("channel"), members("client_type")):
        yield {"channel": channel, "client_type": client_type}


def _changed(app: AppTest, chosen: dict[str, str], asked: dict[str, float]) -> dict[str, float]:
    asked.clear()
    start, processor = time.perf_counter(), time.process_time()
    _open(app, chosen)
    return {
        "script_ms": 1000 * (time.perf_counter() - start),
        "processor_ms": 1000 * (time.process_time() - processor),
        "database_ms": 1000 * asked["seconds"],
        "statements": asked["statements"],
    }


def _open(app: AppTest, chosen: dict[str, str]) -> None:
    app.query_params.clear()
    for name, code in chosen.items():
        app.query_params[name] = code
    app.run()
    assert not app.exception, app.exception


def _watch_database() -> dict[str, float]:
    asked: dict[str, float] = defaultdict(float)

    @event.listens_for(Engine, "before_cursor_execute")
    def begin(connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    @event.listens_for(Engine, "after_cursor_execute")
    def end(connection: Any, *_: Any) -> None:
        asked["seconds"] += time.perf_counter() - connection.info["begun"]
        asked["statements"] += 1

    return asked


if __name__ == "__main__":
    sys.exit(main())
