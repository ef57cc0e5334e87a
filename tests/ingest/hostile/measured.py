"""Runs ``ipdash`` as a process of its own and measures it with all that it starts."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.conftest import IPDASH, ROOT


@dataclass(frozen=True, slots=True)
class Run:
    """What a command did: exit code, seconds, processor seconds, peak MiB of the whole process tree."""

    code: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The report of an import with ``--json``."""
        found: dict[str, Any] = json.loads(self.out)
        return found


def ipdash(store: Path, *arguments: object, scratch: Path | None = None) -> Run:
    """Run the command on a store; its scratch files lie in ``scratch``."""
    env = {**os.environ, "IPDASH_STORE": str(store), "IPDASH_LANG": "en"}
    env |= {"TMPDIR": str(scratch)} if scratch else {}
    started = time.monotonic()
    # Files, not pipes: nobody reads a pipe while the processes are being watched.
    with (store.parent / "out").open("w+b") as out, (store.parent / "err").open("w+b") as err:
        command = [IPDASH, *map(os.fsencode, map(str, arguments))]
        child = subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        peak, cpu = 0, 0.0
        while child.poll() is None:
            now, cpu_now = _tree(child.pid)
            peak, cpu = max(peak, now), max(cpu, cpu_now)
            time.sleep(0.02)
        seconds = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        texts = out.read().decode("utf-8"), err.read().decode("utf-8")
    return Run(child.returncode, seconds, cpu, peak / 2**20, *texts)


def _tree(pid: int) -> tuple[int, float]:
    """Return bytes of memory and processor seconds of a process and its descendants at this moment."""
    size, seconds = 0, 0.0
    try:
        process = psutil.Process(pid)
        for each in [process, *process.children(recursive=True)]:
            size += each.memory_info().rss
            spent = each.cpu_times()
            seconds += spent.user + spent.system
    except psutil.Error:
        pass
    return size, seconds
