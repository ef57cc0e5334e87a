"""The rejected rows as a workbook that can be corrected and imported again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.ingest.headings import REASONS_HEADING, read
from analytics.ingest.sources import sources
from analytics.store.batch import Batch, RejectedRow

_EXCEL_ROWS = 1_048_576
_Place = tuple[int, str, int]


@dataclass(slots=True)
class _Group:
    """Rejected rows of one kind whose headings can stand in one sheet.

    ``named`` says which heading each of the kind's columns bears: two sheets that call one column
    by different names (and perhaps different units) do not share a sheet here either.
    """

    kind: str | None
    headings: dict[str, None] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    rows: list[RejectedRow] = field(default_factory=list)

    def fits(self, named: dict[str, str]) -> bool:
        """Say whether no column of ``named`` bears another heading here."""
        return all(self.named.get(column, heading) == heading for column, heading in named.items())


def write_rejects(path: Path, batch: Batch) -> None:
    """Write the rejected rows of a batch.

    A sheet a kind, the headings as they were (and required ones that were missing), the cells as they
    were written and, last, why each row came back. All cells are text: nothing that looks like a
    formula becomes one. Rows with a classification mark are not in it, for nothing of them is kept.

    Raises
    ------
    UserError
        When the workbook cannot be written there; what was imported stays imported.
    """
    try:
        _write(path, batch)
    except FileCreateError as error:
        raise UserError(
            Text(
                f"退回行工作簿无法写入 {path}。",
                f"Rejected rows cannot be written to {path}.",
            ),
            Text(
                "请检查文件夹是否存在、文件是否已打开。已导入的行不受影响，重新导入可再得退回行。",
                "Check the folder, and that the file is not open. What was imported stays; import again.",
            ),
        ) from error


def _write(path: Path, batch: Batch) -> None:
    reasons = _reasons(batch)
    options = {"strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book:
        marks = "内部资料" + (" · 示例数据" if batch.is_sample else "")
        book.set_properties({"title": "退回行", "subject": marks, "comments": marks})
        written: dict[str, int] = {}
        for group in _groups(batch):
            title = sources()[group.kind].name.zh if group.kind else "未识别"
            for start in range(0, len(group.rows), _EXCEL_ROWS - 1):
                written[title] = written.get(title, 0) + 1
                name = title if written[title] == 1 else f"{title}{written[title]}"
                rows = group.rows[start : start + _EXCEL_ROWS - 1]
                sheet = book.add_worksheet(name)
                # In the page header: a row of marks would have to be read over when it comes back.
                sheet.set_header(f"&C{marks}")
                _write_sheet(sheet, group, rows, reasons)
        if not written:
            book.add_worksheet("无退回行")


def without_names(rows: list[RejectedRow]) -> list[RejectedRow]:
    """Return rejected rows as the store may keep them: names of clients stay in the workbook alone."""
    return [replace(row, cells=_nameless(row)) if row.kind == "clients" else row for row in rows]


def _nameless(row: RejectedRow) -> dict[str, str]:
    named, _ = _named(row.kind, list(row.cells))
    return {heading: cell for heading, cell in row.cells.items() if heading != named.get("name")}


def _groups(batch: Batch) -> list[_Group]:
    groups: list[_Group] = []
    for kind, rows in _by_sheet(batch):
        headings = dict.fromkeys(name for row in rows for name in row.cells if name != REASONS_HEADING)
        named, missing = _named(kind, list(headings))
        group = next((g for g in groups if g.kind == kind and g.fits(named)), None)
        if group is None:
            group = _Group(kind)
            groups.append(group)
        group.headings |= headings
        group.named |= named
        # A heading under which no rejected row held anything is needed to fill it in.
        group.headings |= dict.fromkeys(name for column, name in missing.items() if column not in group.named)
        group.named = missing | group.named
        group.rows += rows
    return groups


def _by_sheet(batch: Batch) -> Iterator[tuple[str | None, list[RejectedRow]]]:
    sheets: dict[tuple[int, str, str | None], list[RejectedRow]] = {}
    for row in batch.rejected:
        if row.cells:
            sheets.setdefault((row.file_no, row.sheet, row.kind), []).append(row)
    for (_, _, kind), rows in sheets.items():
        yield kind, rows


def _named(kind: str | None, headings: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the heading of each column of the kind, and the required columns that have none."""
    if kind is None:
        return {}, {}
    reading = read(headings, sources()[kind], 0)
    named = {column: found.heading for column, found in reading.found.items()}
    return named, {column.name: column.heading for column in reading.missing}


def _reasons(batch: Batch) -> dict[_Place, str]:
    """Return why each row was rejected, in Chinese."""
    said: dict[_Place, dict[str, None]] = {}
    whole: dict[tuple[int, str], str] = {}
    for problem in batch.problems:
        if problem.severity != "reject":
            continue
        text = f"{problem.code} {problem.zh}"
        if problem.source_row is None:
            whole[problem.file_no, problem.sheet] = text
        else:
            said.setdefault((problem.file_no, problem.sheet, problem.source_row), {})[text] = None
    found = {place: "；".join(texts) for place, texts in said.items()}
    for row in batch.rejected:
        place = (row.file_no, row.sheet, row.source_row)
        found.setdefault(place, whole.get((row.file_no, row.sheet), "、".join(row.reasons)))
    return found


def _write_sheet(sheet: Any, group: _Group, rows: list[RejectedRow], reasons: dict[_Place, str]) -> None:
    headings = list(group.headings)
    sheet.freeze_panes(1, 0)
    for column, name in enumerate([*headings, REASONS_HEADING]):
        sheet.write_string(0, column, name)
    for number, row in enumerate(rows, start=1):
        for column, name in enumerate(headings):
            cell = row.cells.get(name)
            if cell:
                sheet.write_string(number, column, cell)
        sheet.write_string(number, len(headings), reasons[row.file_no, row.sheet, row.source_row])
    sheet.set_column(len(headings), len(headings), 60)
