"""Server time of a cold filter change on the overview, and what it is made of.

Run ``python tests/benchmarks/bench_overview.py STORE [--runs 30] [--limit-ms 400]``; the store holds the
records to ask (see ``make_rows.py`` and ``ipdash import``). Each run chooses a filter that was not asked
before, so no answer is cached; the time is that of the whole script run, without the browser. Prints JSON;
exit code 1 when the median passes the limit.
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
    """Change the filter again and again; print median, spread and the database's part in ms."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--limit-ms", type=float, default=400.0)
    options = parser.parse_args()
    os.environ["IPDASH_STORE"] = str(options.store)
    asked = _watch_database()
    app = AppTest.from_function(draw, default_timeout=120, args=("overview",))
    app.run()
    runs = [_changed(app, chosen, asked) for chosen in itertools.islice(_filters(), options.runs)]
    found = {
        "runs": len(runs),
        **{name: round(statistics.median(run[name] for run in runs), 1) for name in runs[0]},
        "script_ms_min_max": [round(f(run["script_ms"] for run in runs), 1) for f in (min, max)],
        "limit_ms": options.limit_ms,
    }
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0 if found["script_ms"] <= options.limit_ms else 1


def _filters() -> Any:
    """Yield filters none of which repeats: channels, client types, services, then pairs of them."""
    for name in ("channel", "client_type", "service"):
        for code in members(name):
            yield {name: code}
    for channel, client_type in itertools.product(members("channel"), members("client_type")):
        yield {"channel": channel, "client_type": client_type}


def _changed(app: AppTest, chosen: dict[str, str], asked: dict[str, float]) -> dict[str, float]:
    asked.clear()
    app.query_params.clear()
    app.session_state.clear() if hasattr(app.session_state, "clear") else None
    for name, code in chosen.items():
        app.query_params[name] = code
    start, processor = time.perf_counter(), time.process_time()
    app.run()
    assert not app.exception, app.exception
    return {
        "script_ms": 1000 * (time.perf_counter() - start),
        "processor_ms": 1000 * (time.process_time() - processor),
        "database_ms": 1000 * asked["seconds"],
        "statements": asked["statements"],
    }


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
