"""Fuzzes the readers guided by coverage: ``python -m tests.fuzz.with_atheris CORPUS [libFuzzer's options]``.

Needs the package ``atheris``, which is no dependency of the project: it exists for few versions of Python.
CORPUS is a folder; the seeds of :mod:`tests.fuzz.fuzz` are put into it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["analytics.ingest"]):
    from tests.fuzz.targets import rows_add_up

from tests.fuzz.fuzz import seeds


def main() -> None:
    """Put the seeds into the corpus and fuzz until the options end it."""
    corpus = Path(sys.argv[1])
    corpus.mkdir(parents=True, exist_ok=True)
    for name, content in seeds().items():
        (corpus / f"seed-{name}").write_bytes(content)
    atheris.Setup(sys.argv, rows_add_up)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
