"""Runs ``ipdash`` as a process of its own and measures it with all that it starts."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import IPDASH, ROOT

_PAGE = os.sysconf("SC_PAGESIZE")


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
        peak, used = _watched(child)
        seconds = time.monotonic() - started
        out.seek(0)
        err.seek(0)
        texts = out.read().decode("utf-8"), err.read().decode("utf-8")
    cpu = used.ru_utime + used.ru_stime
    return Run(child.returncode, seconds, cpu, max(peak, used.ru_maxrss * 1024) / 2**20, *texts)


def _watched(child: subprocess.Popen[bytes]) -> tuple[int, resource.struct_rusage]:
    """Wait for a process; return the most bytes it and its descendants held, and what they used."""
    peak = 0
    while True:
        ended, status, used = os.wait4(child.pid, os.WNOHANG)
        if ended:
            child.returncode = os.waitstatus_to_exitcode(status)
            return peak, used
        peak = max(peak, sum(_resident(pid) for pid in _family(child.pid)))
        time.sleep(0.02)


def _family(pid: int) -> Iterator[int]:
    """Yield a process and its descendants; asking each process of the machine for its parent takes long."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in thread.read_text().split():
                yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    except OSError:
        return 0  # it has ended
