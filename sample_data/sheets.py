"""Sheets and files before they are written, with what must become of each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sample_data.spelling import Style, ledger_columns, spell_column, spell_heading

KEYS = {
    "institutions": ("institution_id",),
    "services": ("institution_id", "record_id"),
    "monthly": ("institution_id", "month", "service", "channel"),
    "clients": ("client_id",),
    "demand": ("area_id",),
    "experts": ("expert_id",),
    "assignments": ("assignment_id",),
    "complaints": ("complaint_id",),
    "activities": ("activity_id",),
    "publications": ("institution_id", "list_kind", "year"),
    "evidence": ("institution_id", "clause_id", "checked_on"),
    "evaluations": ("evaluation_id",),
    "targets": ("measure", "scope", "year"),
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What must become of a row, when it is not simply loaded.

    ``outcome`` is ``rejected``, ``waiting``, ``flagged`` (loads, with a finding) or ``not_data``.
    """

    outcome: str
    column: str = ""
    value: str = ""
    reason: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula cell with the value that Excel last computed for it."""

    text: str
    value: float


@dataclass(slots=True)
class Sheet:
    """One table as it will stand in a file; ``cells``, ``keys`` and ``fates`` run in parallel."""

    name: str
    kind: str
    columns: list[str]
    headings: list[str]
    cells: list[list[object]]
    keys: list[str | None]
    fates: list[Fate | None]
    titles: list[str] = field(default_factory=list)
    merged_column: str = ""
    hidden_rows: set[int] = field(default_factory=set)
    is_hidden: bool = False

    def first_row(self) -> int:
        """Return the row number, as Excel shows it, of the first row below the headings."""
        return len(self.titles) + 2

    def insert(self, place: int, cells: Sequence[object], key: str | None, fate: Fate | None) -> None:
        """Put a row at ``place`` (0 = first below the headings)."""
        self.cells.insert(place, list(cells))
        self.keys.insert(place, key)
        self.fates.insert(place, fate)

    def put_line(self, text: str, place: int | None = None, *, at: str = "") -> None:
        """Put a row that is no data: ``text`` in the first cell, or in the column ``at``."""
        cells: list[object] = [""] * len(self.headings)
        if text:
            cells[self.columns.index(at) if at else 0] = text
        self.insert(len(self.cells) if place is None else place, cells, None, Fate("not_data"))


@dataclass(slots=True)
class Book:
    """One file: a workbook with its sheets, or a CSV with one."""

    path: str
    sheets: list[Sheet]
    encoding: str = ""
    delimiter: str = ","

    @property
    def is_workbook(self) -> bool:
        """Whether it is written as ``.xlsx``."""
        return self.path.endswith(".xlsx")


def make_sheet(
    frame: pd.DataFrame,
    kind: str,
    style: Style,
    *,
    names: dict[str, str],
    workbook: bool,
    name: str = "",
    leave_out: Sequence[str] = (),
) -> Sheet:
    """Spell a frame of canonical columns as one sender's sheet."""
    columns = [c for c in ledger_columns()[kind] if c.name in frame.columns and c.name not in leave_out]
    cells = [spell_column(frame[c.name], c, style, names=names, workbook=workbook) for c in columns]
    rows = [list(row) for row in zip(*cells, strict=True)]
    return Sheet(
        name=name,
        kind=kind,
        columns=[c.name for c in columns],
        headings=[spell_heading(c, style) for c in columns],
        cells=rows,
        keys=list(row_keys(frame, kind)),
        fates=[None] * len(rows),
    )


def row_keys(frame: pd.DataFrame, kind: str) -> np.ndarray:
    """Return each row's key as one text."""
    parts = [frame[name].astype(str).to_numpy(dtype=object) for name in KEYS[kind]]
    key = parts[0]
    for part in parts[1:]:
        key = key + "|" + part
    return np.asarray(key)


def add_column(sheet: Sheet, heading: str, values: Sequence[object], *, place: int = 0) -> None:
    """Add a column that ledgers do not know (序号, 经办人 …) to the data rows of a sheet."""
    sheet.columns.insert(place, "")
    sheet.headings.insert(place, heading)
    for row, value in zip(sheet.cells, values, strict=True):
        row.insert(place, value)
