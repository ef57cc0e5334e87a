"""What a fuzzer throws bytes at: each target raises where a promise is broken."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from analytics.core.settings import Settings
from analytics.ingest.archive import RefusedError, inspect
from analytics.ingest.read_batch import read_batch

_LIMITS = Settings(read_seconds=20, max_columns=100, max_cell_chars=100_000)
_TODAY = date(2026, 11, 22)


def rows_add_up(content: bytes) -> None:
    """Read bytes as a ledger: all rows are accounted for, and every problem is said in both languages."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger"
        path.write_bytes(content)
        batch = read_batch(
            [path], settings=_LIMITS, salt=b"salt", today=_TODAY, known_institutions=(("002", "示例站"),)
        )
    data = sum(rows.table.num_rows for rows in batch.rows) + len(batch.rejected)
    refused = any(p.severity == "reject" and p.source_row is None for p in batch.problems)
    assert data + batch.not_data > 0 or refused or batch.problems, "nothing said of a file"
    assert batch.not_data == sum(sheet.not_data for sheet in batch.sheets)
    assert all(problem.zh and problem.en for problem in batch.problems)
    if not refused and not content.startswith((b"PK", b"\xd0\xcf")):
        _counted(content, data + batch.not_data)


def _counted(content: bytes, told: int) -> None:
    """Python's own reader finds as many records in UTF-8 as the report counts."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return
    if not text.strip("\ufeff \r\n\t"):
        return
    counts = {
        sum(1 for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator)) for separator in ",;\t"
    }
    assert told in counts, (told, counts)


def archive_is_refused_or_fine(content: bytes) -> None:
    """Look into bytes as an archive: the one declared error, or nothing."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book"
        path.write_bytes(content)
        with suppress(RefusedError):
            inspect(path, 64 << 20)
