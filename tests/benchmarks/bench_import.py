"""Time and peak memory of one ``ipdash import`` as a process, its children included.

Run ``python tests/benchmarks/bench_import.py LEDGERS [--store FOLDER] [--seconds 25] [--mib 2048]``; the
lists beside the service records are imported too. Memory is the resident memory of the whole process
tree, looked at every 20 ms, and at least what the operating system names as the peak of its largest
process. Without ``--store`` a new one is made and removed. Prints JSON; exit code 1 when a limit is
passed or the import fails.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil


def main() -> int:
    """Run one import and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ledgers", type=Path)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--seconds", type=float, default=25.0)
    parser.add_argument("--mib", type=float, default=2048.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        found = measured(options.ledgers, options.store or Path(spare) / "store")
    found["limits"] = {"seconds": options.seconds, "mib": options.mib}
    within = found["seconds"] <= options.seconds and found["peak_mib"] <= options.mib
    found["is_within_limits"] = within and found["exit_code"] == 0
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0 if found["is_within_limits"] else 1


def measured(ledgers: Path, store: Path) -> dict[str, Any]:
    """Import ``ledgers`` into ``store``; return times, peak MiB, exit code and the counts of rows."""
    command = [str(Path(sys.executable).with_name("ipdash")), "import", str(ledgers), "--json"]
    environment = {**os.environ, "IPDASH_STORE": str(store)}
    with tempfile.TemporaryFile() as output:
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=output)
        peak, used = watched(process)
        seconds = time.perf_counter() - start
        output.seek(0)
        said = output.read()
    return {
        "seconds": round(seconds, 2),
        # On a busy machine the gap between the two is other people's work.
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": round(max(peak, used.ru_maxrss * 1024) / 2**20, 1),
        "exit_code": process.returncode,
        "store_mib": round(sum(f.stat().st_size for f in store.rglob("*") if f.is_file()) / 2**20, 1),
        "rows": counts(said),
    }


def watched(process: subprocess.Popen[bytes]) -> tuple[int, resource.struct_rusage]:
    """Wait for the process to end.

    Return the largest sum of its tree's resident memory, in bytes, and what it and its children used.
    """
    peak, root = 0, psutil.Process(process.pid)
    try:
        while True:
            ended, status, used = os.wait4(process.pid, os.WNOHANG)
            if ended:
                process.returncode = os.waitstatus_to_exitcode(status)
                return peak, used
            peak = max(peak, tree_memory(root))
            time.sleep(0.02)
    finally:
        # Whoever stops the benchmark stops the import too.
        if process.returncode is None:
            process.kill()


def tree_memory(root: psutil.Process) -> int:
    """Return the resident memory of a process and all its children, in bytes."""
    total = 0
    try:
        members = [root, *root.children(recursive=True)]
    except psutil.Error:
        return 0
    for member in members:
        try:
            total += member.memory_info().rss
        except psutil.Error:
            continue
    return total


def counts(said: bytes) -> dict[str, int]:
    """Return the whole numbers of the report's first level, such as rows loaded."""
    try:
        report = json.loads(said)
    except ValueError:
        return {}
    return {name: value for name, value in report.items() if isinstance(value, int)}


if __name__ == "__main__":
    sys.exit(main())
