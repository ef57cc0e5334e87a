"""Measures every hostile file through the command line: ``python -m tests.ingest.hostile.table``.

Prints the table of ``docs/hostile.md``: what each becomes, with seconds and memory of all processes.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ingest.hostile import texts, workbooks
from tests.ingest.hostile.measured import Run, ipdash


def main() -> None:
    """Print one line a file; each is imported into a store of its own."""
    print("| file | MiB | becomes | processor seconds | peak MiB |")
    print("| --- | ---: | --- | ---: | ---: |")
    for name, (make, _) in (texts.CASES | workbooks.CASES).items():
        with TemporaryDirectory() as folder:
            path = make(Path(folder))
            size = path.stat().st_size / 2**20
            run = ipdash(Path(folder) / "store", "import", "--json", path)
            shutil.rmtree(Path(folder) / "store", ignore_errors=True)
        print(
            f"| {name} | {size:.1f} | {_became(run)} | {run.cpu_seconds:.1f} | {run.peak_mib:.0f} |",
            flush=True,
        )


def _became(run: Run) -> str:
    """Return the codes that refused a file, or how many of its rows were taken and rejected."""
    told = run.report
    refused = {p["code"] for p in told["problems"] if p["severity"] == "reject" and p["row"] is None}
    if refused:
        return ", ".join(sorted(refused))
    if not told["data_rows"]:
        return ", ".join(sorted({p["code"] for p in told["problems"]}))
    return f"{told['data_rows']} rows, {told['rejected']} rejected"


if __name__ == "__main__":
    main()
