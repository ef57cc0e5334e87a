"""What the tests of reading ledgers share: small files written on the spot, read on a fixed day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics.core.settings import Settings
from analytics.ingest.read_batch import read_batch
from analytics.store.batch import Batch

TODAY = date(2026, 11, 22)
STATIONS = (("001", "示例市中心"), ("002", "示例海淀站"), ("003", "示例朝阳站"))

Read = Callable[..., Batch]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read texts as CSV files, or paths as they are, with three stations on the list."""

    def reader(*ledgers: str | bytes | Path, settings: Settings | None = None, **options: Any) -> Batch:
        paths = []
        for number, ledger in enumerate(ledgers):
            if isinstance(ledger, Path):
                paths.append(ledger)
                continue
            path = tmp_path / f"ledger{number}.csv"
            path.write_bytes(ledger.encode() if isinstance(ledger, str) else ledger)
            paths.append(path)
        known = options.pop("known_institutions", STATIONS)
        return read_batch(
            paths,
            settings=settings or Settings(),
            salt=b"salt",
            today=TODAY,
            known_institutions=known,
            **options,
        )

    return reader


def services(*rows: str, headings: str = "记录编号,机构编号,服务事项,受理时间", more: str = "") -> str:
    """Return a services ledger as CSV text."""
    return "\n".join([headings + ("," + more if more else ""), *rows]) + "\n"


def column(batch: Batch, name: str) -> list[Any]:
    """Return one column of all valid rows."""
    return [value for rows in batch.rows for value in rows.table[name].to_pylist()]


def codes(batch: Batch) -> list[str]:
    """Return the codes of all problems."""
    return [problem.code for problem in batch.problems]


def data_rows(batch: Batch) -> int:
    """Return how many rows ended as valid or rejected."""
    return sum(rows.table.num_rows for rows in batch.rows) + len(batch.rejected)


def workbook(path: Path, sheets: dict[str, Sequence[Sequence[Any]]]) -> Path:
    """Write a workbook of the given cells; dates become Excel dates."""
    import xlsxwriter

    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return path
