"""Run all benchmarks and print a table: what was measured beside its limit (``make bench``).

Run ``python tests/benchmarks/run_all.py [FOLDER] [--records 5000000] [--only PART …]``. Ledgers and stores
are made in FOLDER (``.cache/bench``) where they are not there yet: 5,000,000 records need 5 GB of disk and
some minutes; with ``--records 0`` the month into a large store is left out. Exit code 1 when a limit was
missed or a benchmark failed. On a busy machine times say little: processor seconds stand beside them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import bench_more

_HERE = Path(__file__).parent
ROOT = _HERE.parents[1]
# The import page asks the store nothing that grows with it.
NOT_TIMED = ("import",)
# A page about one institution needs one: of those that make_rows.py makes.
HELD = {"institution": "institution=W0000050"}
PAGE_RUNS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One thing measured; ``limit`` is empty where there is none, ``is_kept`` whether it was kept."""

    what: str
    measured: str
    limit: str
    is_kept: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """Where benchmarks keep what they need, and how many records the large store holds."""

    folder: Path
    records: int

    @property
    def million(self) -> Path:
        """The store of 1,000,000 records; made by the import benchmark where there is none."""
        store = self.folder / "million-store"
        if not (store / "CURRENT").exists():
            list(bench_more.again(self.folder))
        return store


def imports(asked: Asked) -> Iterator[Row]:
    """Measure imports as clerks do them: files of many rows, a workbook, a month, the same again."""
    runs = [bench_more.workbook(asked.folder), bench_more.again(asked.folder)]
    if asked.records:
        runs.append(bench_more.month(asked.folder, asked.records))
    for found in (found for run in runs for found in run):
        measured = f"{found['seconds']:.1f} s ({found['processor_seconds']:.1f} s of processor), "
        measured += f"{found['peak_mib']:.0f} MiB"
        limit = found["limit_seconds"]
        yield Row(
            found["what"], measured, f"{limit:g} s, 2048 MiB" if limit else "", found["is_within_limits"]
        )


def measure(asked: Asked) -> Iterator[Row]:
    """Measure a question on the command line, from start to exit."""
    what = "ipdash measure services --by month"
    found = _said("bench_measure.py", "--store", asked.million)
    if found is None:
        yield _failed(what)
        return
    limit = f"{found['limit_seconds']:g} s"
    yield Row(what, f"{found['median_seconds']:.2f} s", limit, found["is_within_limit"])


def pages(asked: Asked) -> Iterator[Row]:
    """Measure a cold filter change on each page that shows data."""
    from dashboard.page import all_pages

    store = asked.million
    for slug in (page.slug for page in all_pages() if page.slug not in NOT_TIMED):
        what = f"page {slug}: a filter not asked before"
        # A process each: what one page keeps at hand must not help the next.
        held = ["--with", HELD[slug]] if slug in HELD else []
        found = _said("bench_pages.py", store, slug, "--runs", PAGE_RUNS, *held)
        if found is None:
            yield _failed(what)
            continue
        page, limit = found["pages"][slug], found["limit_ms"]
        measured = f"{page['script_ms']:.0f} ms ({page['processor_ms']:.0f} ms of processor)"
        yield Row(what, measured, f"{limit:g} ms", page["script_ms"] <= limit)


def signals(asked: Asked) -> Iterator[Row]:
    """Count false signals in cities where nothing is planted; what is found goes to a file."""
    found = _said("bench_signals.py", keep=asked.folder / "signals.json")
    if found is None:
        yield _failed("false signals")
        return
    false = found["false_in_clean_city"]
    measured = f"{false['mean']:.1f} a month, at most {false['most']}"
    yield Row("false signals in a city without any", measured, "3", false["most"] <= 3)


def methods(asked: Asked) -> Iterator[Row]:
    """Compare methods of statistics and of reach; their tables go to files."""
    for script in ("bench_statistics.py", "bench_access.py"):
        kept = (asked.folder / script).with_suffix(".txt")
        has_ended = _run(script, keep=kept) is not None
        yield Row(script, str(kept) if has_ended else "failed", "", has_ended)


PARTS: dict[str, Callable[[Asked], Iterator[Row]]] = {
    "imports": imports,
    "measure": measure,
    "pages": pages,
    "signals": signals,
    "methods": methods,
}


def main(words: list[str] | None = None) -> int:
    """Run the parts asked for, all by default, and print a line for each thing measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / ".cache" / "bench")
    parser.add_argument("--records", type=int, default=5_000_000)
    parser.add_argument("--only", nargs="*", choices=PARTS, default=list(PARTS))
    options = parser.parse_args(words)
    options.folder.mkdir(parents=True, exist_ok=True)
    # Pages are drawn without a server here, of which Streamlit would warn at each cached function.
    os.environ.setdefault("STREAMLIT_LOGGER_LEVEL", "error")
    asked = Asked(options.folder.resolve(), options.records)
    rows = []
    for name in options.only:
        for row in PARTS[name](asked):
            rows.append(row)
            print(line(row), flush=True)
    missed = [row.what for row in rows if not row.is_kept]
    print(f"\n{len(rows)} measured, {len(missed)} missed" + "".join(f"\n  {what}" for what in missed))
    return 1 if missed else 0


def line(row: Row) -> str:
    """Return a row of the table."""
    sign = "ok  " if row.is_kept else "MISS"
    return f"{sign} {row.what:52} {row.measured:44} {row.limit and 'limit ' + row.limit}".rstrip()


def _failed(what: str) -> Row:
    return Row(what, "failed", "", is_kept=False)


def _said(script: str, *words: object, keep: Path | None = None) -> dict[str, Any] | None:
    """Return what a benchmark printed as JSON, a missed limit included; ``None`` when it failed."""
    said = _run(script, *words, keep=keep, codes=(0, 1))
    try:
        return dict(json.loads(said)) if said else None
    except ValueError:
        return None


def _run(script: str, *words: object, keep: Path | None = None, codes: tuple[int, ...] = (0,)) -> str | None:
    """Run a benchmark as a process of its own and return what it printed; ``None`` when it failed."""
    command = [sys.executable, str(_HERE / script), *map(str, words)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if keep is not None:
        keep.write_text(done.stdout, encoding="utf-8")
    return done.stdout if done.returncode in codes else None


if __name__ == "__main__":
    sys.exit(main())
