"""Build batches by hand, so that the store is tested without any file."""

from __future__ import annotations

from datetime import date, datetime

import pyarrow as pa

from analytics.core.periods import quarter_of
from analytics.store.batch import Batch, SourceFile, ValidRows
from analytics.store.schema import LEDGERS

_EPOCH = date(1970, 1, 1)


def batch(*sheets: ValidRows, is_sample: bool = False) -> Batch:
    """Return a batch of one file with these sheets."""
    return Batch(
        is_sample=is_sample,
        imported_by="tester",
        files=[SourceFile("台账.csv", "0" * 64, 1)],
        rows=list(sheets),
    )


def sheet(
    kind: str, rows: list[dict], *, fact_date: str | None = None, key: tuple[str, ...] = ()
) -> ValidRows:
    """Return valid rows of a kind; points in time and periods are filled in as an import would."""
    filled = [_filled(row, fact_date) for row in rows]
    names = sorted({name for row in filled for name in row})
    content = [name for name in names if name in LEDGERS[kind].content]
    columns = {name: pa.array([row.get(name) for row in filled]) for name in content}
    keys = pa.array(["\x1f".join(str(row.get(name) or "") for name in key) for row in filled])
    places = pa.array(range(2, 2 + len(filled)), pa.int32())
    return ValidRows(kind, 0, "Sheet1", pa.table({"source_row": places, "row_key": keys, **columns}))


def _filled(row: dict, fact_date: str | None) -> dict:
    filled = dict(row)
    for name, value in row.items():
        if isinstance(value, date):
            day = value.date() if isinstance(value, datetime) else value
            filled[f"{name}_day"] = (day - _EPOCH).days
            if isinstance(value, datetime):
                filled[f"{name}_is_date"] = False
    if fact_date is not None:
        month = f"{row[fact_date]:%Y-%m}"
        filled |= {"month": month, "quarter": quarter_of(month), "year": month[:4]}
    return filled


def institutions(*ids: str, district: str = "110108", **more: object) -> ValidRows:
    """Return a list of workstations in one district, open since 2020."""
    rows = [
        {
            "institution_id": institution_id,
            "name": f"示例{institution_id}工作站",
            "tier": "工作站",
            "district": district,
            "opened_on": date(2020, 1, 1),
            **more,
        }
        for institution_id in ids
    ]
    return sheet("institutions", rows, key=("institution_id",))


def services(*rows: dict) -> ValidRows:
    """Return service records; missing parts are filled with plain values."""
    plain = {"service": "B02", "persons_served": 1, "received_at": datetime(2026, 3, 5, 10)}
    return sheet("services", [plain | row for row in rows], fact_date="received_at", key=("record_id",))
