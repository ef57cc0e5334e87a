"""Time and peak memory of imports as clerks do them: a workbook, a month into a large store, a file twice.

Run ``python tests/benchmarks/bench_more.py FOLDER [--records 5000000] [--only NAME …]``. Ledgers are made in
FOLDER (``make_rows.py``) where they are not there yet, and the stores beside them: 5,000,000 records need
5 GB of disk and some minutes. Each import is a process of its own, measured as in ``bench_import.py``.
Prints JSON; exit code 1 when one fails or passes its limit.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from bench_import import measured

MAKE = Path(__file__).with_name("make_rows.py")
MIB = 2048.0
MILLION = 1_000_000
MONTH = 20_000


def main() -> int:
    """Run the imports one after the other and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--only", nargs="*", choices=["workbook", "month", "again"])
    options = parser.parse_args()
    chosen = options.only or ["workbook", "month", "again"]
    runs = {"workbook": workbook, "month": lambda f: month(f, options.records), "again": again}
    found = [run for name in chosen for run in runs[name](options.folder)]
    print(json.dumps(found, ensure_ascii=False, indent=2))
    return 0 if all(run["is_within_limits"] for run in found) else 1


def workbook(folder: Path) -> Iterator[dict[str, Any]]:
    """Import a workbook of 100,000 records with its lists into a new store."""
    ledgers = made(folder / "workbook", "--rows", "100000", "--xlsx")
    yield judged("workbook of 100,000 records", ledgers, emptied(folder / "workbook-store"), 15.0)


def month(folder: Path, records: int) -> Iterator[dict[str, Any]]:
    """Import a month of 20,000 records into a store of many more, then the same file again."""
    store = folder / f"store-{records}"
    if not (store / "CURRENT").exists():
        ledgers = made(folder / f"records-{records}", "--rows", str(records))
        yield judged(f"{records:,} records", ledgers, store, None)
    # Each time the benchmark runs, the month brings numbers that the store does not hold yet.
    after = records + MONTH * len(list(folder.glob("month-*")))
    ledgers = made(folder / f"month-{after}", "--rows", str(MONTH), "--month", "--after", str(after))
    yield judged(f"a month of 20,000 into {records:,}", ledgers, store, 5.0)
    yield judged(f"the same month again, beside {records:,}", ledgers, store, 3.0)


def again(folder: Path) -> Iterator[dict[str, Any]]:
    """Import 1,000,000 records with their lists, then the same files again."""
    ledgers, store = made(folder / "million", "--rows", str(MILLION)), emptied(folder / "million-store")
    yield judged("1,000,000 records", ledgers, store, 25.0)
    yield judged("the same 1,000,000 records again", ledgers, store, 3.0)


def made(folder: Path, *options: str) -> Path:
    """Return the folder with ledgers in it, made now where there is none."""
    if not folder.exists():
        command = [sys.executable, str(MAKE), "--out", str(folder), *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


def emptied(store: Path) -> Path:
    """Return the place of a store where none is yet."""
    shutil.rmtree(store, ignore_errors=True)
    return store


def judged(what: str, ledgers: Path, store: Path, seconds: float | None) -> dict[str, Any]:
    """Import and say whether it stayed within its limits; without ``seconds`` only its success counts."""
    print(f"{what} …", file=sys.stderr)
    found = measured(ledgers, store)
    within = seconds is None or (found["seconds"] <= seconds and found["peak_mib"] <= MIB)
    return {
        "what": what,
        **found,
        "limit_seconds": seconds,
        "is_within_limits": within and found["exit_code"] == 0,
    }


if __name__ == "__main__":
    sys.exit(main())
