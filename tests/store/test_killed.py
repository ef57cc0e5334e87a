"""A process killed at any moment of an import leaves the store as before or as after it."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from analytics.core.selection import CITY
from analytics.measures import evaluate
from analytics.store import open_store

IPDASH = Path(sys.executable).with_name("ipdash")
ROWS = 20_000


def ledgers(folder):
    folder.mkdir()
    (folder / "机构名录.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n",
        encoding="utf-8",
    )
    lines = ["记录编号,机构编号,服务事项,服务对象类型,受理时间,满意度评价"]
    lines += [f"R{n},S1,B02,小微企业,2026-03-{n % 28 + 1:02d} 09:00,满意" for n in range(ROWS)]
    (folder / "服务台账.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def start(folder, store):
    environment = {**os.environ, "IPDASH_STORE": str(store)}
    return subprocess.Popen(
        [IPDASH, "import", str(folder)],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def services_in(store):
    found = open_store(store)
    return 0 if found.is_empty else evaluate(found.snapshot(), "services", scope=CITY).rows[0]["value"]


@pytest.mark.slow
def test_twenty_kills_while_an_import_writes_leave_it_whole(tmp_path):
    folder, store = ledgers(tmp_path / "ledgers"), tmp_path / "store"
    begun = time.perf_counter()
    assert start(folder, tmp_path / "calm").wait(timeout=120) == 0
    whole_s = time.perf_counter() - begun
    moments = random.Random(7)
    writing = 0
    for _ in range(20):
        process = start(folder, store)
        # The first half second is Python starting: the kill falls where there is something to break.
        time.sleep(moments.uniform(0.3, 1.0) * whole_s)
        writing += any(store.glob("snapshot-*")) if store.exists() else 0
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
        assert services_in(store) in (0, ROWS)
    assert writing > 0
    assert start(folder, store).wait(timeout=120) == 0
    assert services_in(store) == ROWS
    left = [path.name for path in store.glob("snapshot-*")]
    assert open_store(store).current_version() in left
