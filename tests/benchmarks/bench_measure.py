"""Time of ``ipdash measure services --by month --format json`` as a whole process.

Run ``python tests/benchmarks/bench_measure.py [--store FOLDER] [--runs 10] [--seconds 1.5]``. One run
before the counted ones warms the disk's cache. Prints JSON with every run; exit code 1 when the median
passes the limit or a run fails. Other questions follow ``--``:
``bench_measure.py -- satisfaction_rate --by district``.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

QUESTION = ["services", "--by", "month"]


def main() -> int:
    """Ask the question ``--runs`` times and print how long each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=1.5)
    parser.add_argument("question", nargs="*")
    options = parser.parse_args()
    command = [str(Path(sys.executable).with_name("ipdash")), "measure", *(options.question or QUESTION)]
    environment = dict(os.environ)
    if options.store:
        environment["IPDASH_STORE"] = str(options.store)
    answer, _ = asked([*command, "--format", "json"], environment)
    runs = [asked([*command, "--format", "json"], environment)[1] for _ in range(options.runs)]
    median = statistics.median(runs)
    found = {
        "question": command[1:],
        "groups": len(answer["rows"]),
        "sum_of_numerators": sum(row["numerator"] or 0 for row in answer["rows"]),
        "median_seconds": round(median, 3),
        "runs_seconds": [round(seconds, 3) for seconds in runs],
        "limit_seconds": options.seconds,
        "is_within_limit": median <= options.seconds,
    }
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0 if found["is_within_limit"] else 1


def asked(command: list[str], environment: dict[str, str]) -> tuple[dict[str, list[dict[str, float]]], float]:
    """Run the command once; return its answer and the seconds from start to exit."""
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout), time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
