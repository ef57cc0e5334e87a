"""Write the small sample that is kept in the repository: all kinds of ledgers, all kinds of mess."""

from __future__ import annotations

import shutil
from pathlib import Path

from sample_data.make import write_sample
from sample_data.manifest import Manifest

SMALL = Path(__file__).parent / "small"
ROWS, STATIONS = 1_500, 60


def write_small(out: Path) -> Manifest:
    """Write the small sample into ``out``."""
    return write_sample(out, rows=ROWS, stations=STATIONS)


def main() -> None:
    """Replace the kept sample by a fresh one."""
    if SMALL.exists():
        shutil.rmtree(SMALL)
    write_small(SMALL)


if __name__ == "__main__":
    main()
