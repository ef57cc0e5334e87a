"""What every test shares: surroundings of its own, and the small sample imported once."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

from analytics.core.settings import settings
from analytics.store.engines import duckdb

ROOT = Path(__file__).parent.parent
SMALL_LEDGERS = ROOT / "sample_data" / "small"
IPDASH = Path(sys.executable).with_name("ipdash")

# A shared core may be slow at any moment: time is limited per test (pytest-timeout), not per example.
hypothesis_settings.register_profile("project", deadline=None)
hypothesis_settings.load_profile("project")
# `make deep` looks for longer than each change can wait for.
IS_DEEP = os.environ.get("IPDASH_TESTS") == "deep"
DEEPER = 25


def examples(few: int, **more: Any) -> hypothesis_settings:
    """Return settings of a dear test: few examples, many times as many in a deep run."""
    return hypothesis_settings(max_examples=few * DEEPER if IS_DEEP else few, deadline=None, **more)


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the data and settings of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPDASH_STORE", str(tmp_path_factory.mktemp("surroundings") / "store"))
        patch.delenv("IPDASH_SETTINGS", raising=False)
        # Stores here are small, and each of the test processes has a core to itself.
        patch.setitem(duckdb._WRITER, "threads", "1")
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store filled with the committed small sample through the command line, as a station would.

    Nobody may write to it: the processes that tests are spread over share it.
    """
    place = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        place = place.parent
    store = place / "small-sample" / "store"
    with (place / "small-sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "small-sample.done").exists():
            _fill(store)
            (place / "small-sample.done").touch()
    return store


def _fill(store: Path) -> None:
    done = subprocess.run(
        [IPDASH, "import", SMALL_LEDGERS],
        cwd=ROOT,
        env={**os.environ, "IPDASH_STORE": str(store)},
        capture_output=True,
        text=True,
        timeout=240,
    )
    # 1 says that some rows were rejected: the sample holds faulty rows on purpose.
    assert done.returncode in (0, 1), done.stdout + done.stderr
