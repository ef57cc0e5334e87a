"""Cells of a row that is stored already, as they are written in a ledger and read to the same values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from analytics.ingest.declare import Column, Source
from analytics.standard.names import name_of

_RATINGS = {5: "非常满意", 4: "满意", 3: "基本满意", 2: "不满意", 1: "非常不满意"}


def cells_of(source: Source, row: Mapping[str, Any]) -> dict[str, str]:
    """Return the cells of a stored row by heading; a column that holds nothing is left out."""
    written = {column.heading: _cell(column, row) for column in source.columns if column.stored in row}
    return {heading: cell for heading, cell in written.items() if cell}


def _cell(column: Column, row: Mapping[str, Any]) -> str:
    value = row[column.stored]
    if column.type == "service":
        value = row.get("service_detail") or value
    if column.type == "industry":
        value = row.get("industry_text") or value
    if value is None:
        return ""
    if column.type == "area":
        return name_of("district", value, "zh")
    if column.meaning == "rating":
        return _RATINGS[value]
    return _plain(value, is_date=bool(row.get(f"{column.stored}_is_date")))


def _plain(value: Any, *, is_date: bool) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}" if is_date else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
