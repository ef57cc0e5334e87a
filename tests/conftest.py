"""What every test shares: surroundings of its own, and the small sample imported once."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from analytics.core.settings import settings

ROOT = Path(__file__).parent.parent
SMALL_LEDGERS = ROOT / "sample_data" / "small"
IPDASH = Path(sys.executable).with_name("ipdash")

# A shared core may be slow at any moment: time is limited per test (pytest-timeout), not per example.
hypothesis_settings.register_profile("project", deadline=None)
hypothesis_settings.load_profile("project")


@pytest.fixture(scope="session", autouse=True)
def own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the data and settings of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPDASH_STORE", str(tmp_path_factory.mktemp("surroundings") / "store"))
        patch.delenv("IPDASH_SETTINGS", raising=False)
        settings.cache_clear()
        yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def small_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store filled with the committed small sample through the command line, as a station would."""
    store = tmp_path_factory.mktemp("small") / "store"
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
    return store
