"""The day and the moment are those of Beijing, asked for in one place."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from analytics.core import clock
from tests.conftest import ROOT


def test_the_moment_is_eight_hours_ahead_of_utc_wherever_the_machine_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    ahead = clock.now() - datetime.now(UTC).replace(tzinfo=None)
    assert abs(ahead - timedelta(hours=8)) < timedelta(seconds=10)
    assert clock.now().tzinfo is None
    assert clock.today() in {clock.now().date(), (clock.now() - timedelta(seconds=10)).date()}


def test_nobody_else_asks_the_machine_for_its_local_time() -> None:
    local = re.compile(r"datetime\.now\((?!UTC\))|date\.today\(|ZoneInfo\(")
    asking = {
        str(path.relative_to(ROOT))
        for folder in ("analytics", "dashboard")
        for path in (ROOT / folder).rglob("*.py")
        if local.search(path.read_text(encoding="utf-8"))
    }
    assert asking == {"analytics/core/clock.py"}
