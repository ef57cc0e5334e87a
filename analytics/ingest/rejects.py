"""The rejected rows as a workbook that can be corrected and imported again as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import select
from xlsxwriter.exceptions import FileCreateError

from analytics.core.errors import UserError
from analytics.core.text import Language, Text
from analytics.ingest.heading_names import fold
from analytics.ingest.headings import CONTINUED_HEADING, REASONS_HEADING, is_overlong, read
from analytics.ingest.returned import GOES_ON, WENT_ON, heading_of
from analytics.ingest.sources import sources
from analytics.store import Store
from analytics.store.batch import Batch, Problem, RejectedRow, SourceFile
from analytics.store.rejected import rejected_of
from analytics.store.schema import BATCHES, FILES, PROBLEMS

_EXCEL_ROWS = 1_048_576
_EXCEL_COLUMNS = 16_384
_EXCEL_TEXT = 32_767
_MARKS = ("内部资料", "示例数据")
# Headings under which ledgers name whom they serve, beside the column for it.
_NAMES = frozenset(
    fold(name)
    for name in (
        *("服务对象名称", "服务对象", "服务对象姓名", "客户名称", "客户", "企业", "企业名称", "企业全称"),
        *("公司名称", "单位", "单位名称", "名称", "姓名", "法人", "法定代表人", "联系人", "联系人姓名"),
        *("联系电话", "联系方式", "电话", "手机", "手机号", "身份证", "身份证号", "身份证号码", "证件号码"),
        *("name", "client_name"),
    )
)
_LISTS_OF_PLACES = frozenset({"institutions", "demand"})
_UNKNOWN = Text("未识别", "Not recognised")
_NONE = Text("无退回行", "No rejected rows")
_FINDING = Text("（提示）", "(finding) ")
_CONTINUED = Text(
    "“{column}”超过 {count} 字，余下部分在其右侧的“{heading}”，再次导入时自动合并",
    "{column} exceeds {count} characters; the rest stands to its right under {heading} and is joined again",
)
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
    missing: dict[str, str] = field(default_factory=dict)
    rows: list[RejectedRow] = field(default_factory=list)

    def fits(self, headings: list[str], named: dict[str, str]) -> bool:
        """Say whether a sheet's rows can stand here: no column bears another heading, or moves."""
        if self.kind is None:
            return list(self.headings) == headings
        shared = [name for name in self.headings if name in headings]
        same_order = shared == [name for name in headings if name in self.headings]
        return same_order and all(
            self.named.get(column, heading) == heading for column, heading in named.items()
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a row: why it came back, and in which columns (canonical headings) it is wrong."""

    reasons: str
    wrong: frozenset[str]


def write_rejects(path: Path, batch: Batch, language: Language = "zh") -> None:
    """Write the rejected rows of a batch.

    A sheet a kind, the headings as they were (and required ones that were missing), the cells as they
    were written, those that are wrong highlighted, and last why each row came back and what to do. Texts
    stay texts, whatever they begin with: nothing becomes a formula, here or when a cell is edited. Rows
    with a classification mark are not in it, for nothing of them is kept.

    Raises
    ------
    UserError
        When the workbook cannot be written there; what was imported stays imported.
    """
    try:
        _write(path, batch, language)
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


def kept_rejects(store: Store, batch_id: int) -> Batch | None:
    """Return what the store keeps of a batch for :func:`write_rejects`.

    ``None`` when the time that rejected rows are kept has passed. Clients' names are in it only where
    the settings keep them.

    Raises
    ------
    UserError
        When there is no such batch, or its rejected rows are damaged.
    """
    rows = rejected_of(store, batch_id)
    if rows is None:
        return None
    with store.snapshot().connect() as connection:
        own = select(FILES).where(FILES.c.batch_id == batch_id).order_by(FILES.c.file_id)
        files = connection.execute(own).all()
        places = {file.file_id: number for number, file in enumerate(files)}
        is_sample = connection.execute(
            select(BATCHES.c.is_sample).where(BATCHES.c.batch_id == batch_id)
        ).scalar_one()
        told = connection.execute(select(PROBLEMS).where(PROBLEMS.c.batch_id == batch_id)).all()
    return Batch(
        is_sample=is_sample,
        imported_by="",
        files=[SourceFile(file.name, file.sha256, file.size_bytes) for file in files],
        rejected=rows,
        problems=[
            Problem(
                *(places[p.file_id], p.sheet, p.source_row, p.kind, p.column_name, p.value),
                *(p.code, p.severity, p.zh, p.en),
            )
            for p in told
            if p.file_id in places
        ],
    )


def without_names(rows: list[RejectedRow]) -> list[RejectedRow]:
    """Return rejected rows as the store may keep them: names of clients stay in the workbook alone.

    Their headings stay, so that they can be filled in again.
    """
    return [row if row.kind in _LISTS_OF_PLACES else replace(row, cells=_nameless(row)) for row in rows]


def _nameless(row: RejectedRow) -> dict[str, str]:
    own = (
        () if row.kind in (None, "clients") else _named(row.kind, list(row.headings or row.cells))[0].values()
    )
    return {
        heading: cell
        for heading, cell in row.cells.items()
        if heading in own or fold(heading_of(heading)) not in _NAMES
    }


def _write(path: Path, batch: Batch, language: Language) -> None:
    told = _all_told(batch, language)
    many = len(batch.rejected) > 20_000
    options = {
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "constant_memory": many,
    }
    with xlsxwriter.Workbook(path, options) as book:
        marks = " · ".join(_MARKS[: 2 if batch.is_sample else 1])
        book.set_properties({"title": "退回行", "subject": marks, "comments": marks})
        formats = _Formats(book)
        written: dict[str, int] = {}
        for group in _groups(batch):
            title = (sources()[group.kind].name if group.kind else _UNKNOWN).get(language)
            for start in range(0, len(group.rows), _EXCEL_ROWS - 1):
                written[title] = written.get(title, 0) + 1
                name = title if written[title] == 1 else f"{title}{written[title]}"
                sheet = book.add_worksheet(name)
                # In the page header: a row of marks would have to be read over when it comes back.
                sheet.set_header(f"&C{marks}")
                rows = group.rows[start : start + _EXCEL_ROWS - 1]
                _SheetWriter(sheet, group, formats, language).write(rows, told)
        if not written:
            book.add_worksheet(_NONE.get(language))


def _groups(batch: Batch) -> list[_Group]:
    groups: list[_Group] = []
    for kind, rows in _by_sheet(batch):
        headings = list(
            dict.fromkeys(
                name
                for row in rows
                for name in (*row.headings, *row.cells)
                if heading_of(name) != REASONS_HEADING
            )
        )
        named, missing = _named(kind, headings)
        group = next((g for g in groups if g.kind == kind and g.fits(headings, named)), None)
        if group is None:
            group = _Group(kind)
            groups.append(group)
        group.headings |= dict.fromkeys(headings)
        group.named |= named
        group.missing |= missing
        group.rows += rows
    for group in groups:
        _add_missing(group)
    return groups


def _add_missing(group: _Group) -> None:
    """Add headings of required columns, to be filled in, where no sheet of the group had them."""
    for column, heading in group.missing.items():
        if column not in group.named:
            group.headings[heading] = None
            group.named[column] = heading


def _by_sheet(batch: Batch) -> Iterator[tuple[str | None, list[RejectedRow]]]:
    sheets: dict[tuple[int, str, str | None], list[RejectedRow]] = {}
    for row in batch.rejected:
        if row.cells:
            sheets.setdefault((row.file_no, row.sheet, row.kind), []).append(row)
    for (_, _, kind), rows in sheets.items():
        yield kind, rows


def _named(kind: str | None, headings: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the heading of each column of the kind, and the required columns that have none.

    A column that may be empty for "all" is not among the latter: with its heading, rows that were refused
    for want of it would load as totals of everything.
    """
    if kind is None:
        return {}, {}
    reading = read([heading_of(name) for name in headings], sources()[kind], 0)
    named = {column: headings[found.index] for column, found in reading.found.items()}
    return named, {column.name: column.heading for column in reading.missing if column.needed}


def _all_told(batch: Batch, language: Language) -> dict[_Place, _Told]:
    """Return what is said of each rejected row, in the reader's language, with the codes of the rules."""
    reasons: dict[_Place, dict[str, None]] = {}
    wrong: dict[_Place, set[str]] = {}
    whole: dict[tuple[int, str], dict[str, None]] = {}
    for problem in sorted(batch.problems, key=lambda p: p.severity == "finding"):
        text = f"{problem.code} {problem.zh if language == 'zh' else problem.en}"
        if problem.source_row is None:
            if problem.severity == "reject":
                whole.setdefault((problem.file_no, problem.sheet), {})[text] = None
            continue
        place = (problem.file_no, problem.sheet, problem.source_row)
        said = text if problem.severity == "reject" else _FINDING.get(language) + text
        reasons.setdefault(place, {})[said] = None
        if problem.column:
            wrong.setdefault(place, set()).add(problem.column)
    found = {}
    for row in batch.rejected:
        place = (row.file_no, row.sheet, row.source_row)
        said_of = {**whole.get((row.file_no, row.sheet), {}), **reasons.get(place, {})}
        listed = "；" if language == "zh" else "; "
        found[place] = _Told(listed.join(said_of) or "、".join(row.reasons), frozenset(wrong.get(place, ())))
    return found


class _Formats:
    """The few formats of the workbook; text cells stay text when they are edited, zeros included."""

    def __init__(self, book: Any) -> None:
        red = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
        self.heading = book.add_format(
            {"bold": True, "bg_color": "#D9E1F2", "text_wrap": True, "valign": "top"}
        )
        self.missing = book.add_format({"bold": True, "text_wrap": True, "valign": "top", **red})
        self.reasons = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#9C0006"})
        self._cells = {
            (is_text, is_live, is_wrong): book.add_format(
                {
                    "valign": "top",
                    **({"num_format": "@"} if is_text else {}),
                    **({"quote_prefix": True} if is_live else {}),
                    **(red if is_wrong else {}),
                }
            )
            for is_text in (True, False)
            for is_live in (True, False)
            for is_wrong in (True, False)
        }

    def cell(self, text: str, *, is_text: bool, is_wrong: bool) -> Any:
        """Return the format of a cell."""
        return self._cells[is_text, is_text and text.startswith(("=", "+", "-", "@")), is_wrong]


class _SheetWriter:
    """Writes the rows of one group to one sheet."""

    def __init__(self, sheet: Any, group: _Group, formats: _Formats, language: Language) -> None:
        self._sheet, self._group, self._formats, self._language = sheet, group, formats, language
        most = dict.fromkeys(group.headings, 1)
        for row in group.rows:
            for name, text in row.cells.items():
                if len(text) > _EXCEL_TEXT // 2 and name in most:
                    most[name] = max(most[name], len(_cell_by_cell(text)))
        places = [(name, part) for name, parts in most.items() for part in range(parts)]
        # A heading a column, and which part of its texts stands there: 0 but for very long ones.
        self._places = places[: _EXCEL_COLUMNS - 1]
        declared = {c.name: c.heading for c in sources()[group.kind].columns} if group.kind else {}
        self._canonical = {heading: declared[column] for column, heading in group.named.items()}

    def write(self, rows: list[RejectedRow], told: dict[_Place, _Told]) -> None:
        """Write headings and rows."""
        sheet, last = self._sheet, len(self._places)
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, last - 1, 16, self._formats.cell("", is_text=True, is_wrong=False))
        sheet.set_column(last, last, 80)
        added = {name for column, name in self._group.missing.items() if self._group.named[column] == name}
        for index, (name, part) in enumerate(self._places):
            looks = self._formats.missing if name in added else self._formats.heading
            heading = name if is_overlong(name) else heading_of(name)
            heading = CONTINUED_HEADING if part else heading
            sheet.write_string(0, index, heading[:_EXCEL_TEXT], looks)
        sheet.write_string(0, last, REASONS_HEADING, self._formats.heading)
        for number, row in enumerate(rows, start=1):
            self._write_row(number, row, told[row.file_no, row.sheet, row.source_row])

    def _write_row(self, number: int, row: RejectedRow, told: _Told) -> None:
        said = [told.reasons]
        for index, (name, part) in enumerate(self._places):
            parts = _cell_by_cell(row.cells.get(name, ""))
            text = parts[part] if part < len(parts) else ""
            wrong = self._canonical.get(name) in told.wrong or (bool(text) and is_overlong(name))
            if part == 1 and text:
                about = {"column": name, "count": f"{_EXCEL_TEXT:,}", "heading": CONTINUED_HEADING}
                said.append(_CONTINUED.format(**about).get(self._language))
            self._write_cell(number, index, text, is_number=name in row.numbers, is_wrong=wrong and not part)
        reasons = "；".join(said) if self._language == "zh" else "; ".join(said)
        self._sheet.write_string(number, len(self._places), reasons[:_EXCEL_TEXT], self._formats.reasons)

    def _write_cell(self, row: int, column: int, text: str, *, is_number: bool, is_wrong: bool) -> None:
        number = _number(text) if is_number else None
        looks = self._formats.cell(text, is_text=number is None, is_wrong=is_wrong)
        if number is not None:
            self._sheet.write_number(row, column, number, looks)
        elif text:
            self._sheet.write_string(row, column, text, looks)
        elif is_wrong:
            self._sheet.write_blank(row, column, None, looks)


def _cell_by_cell(text: str) -> list[str]:
    """Return a text in parts that fit a cell each, with signs where they meet."""
    # Excel counts signs beyond the basic plane twice.
    most = _EXCEL_TEXT if len(text) <= _EXCEL_TEXT // 2 or max(text) <= "\uffff" else _EXCEL_TEXT // 2
    if len(text) <= most:
        return [text]
    step = most - len(GOES_ON) - len(WENT_ON)
    parts = [text[start : start + step] for start in range(0, len(text), step)]
    ends = [GOES_ON] * (len(parts) - 1) + [""]
    starts = ["", *[WENT_ON] * (len(parts) - 1)]
    return [start + part + end for start, part, end in zip(starts, parts, ends, strict=True)]


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:  # masked, or cut
        return None
    return number if math.isfinite(number) else None
