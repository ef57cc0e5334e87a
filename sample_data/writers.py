"""Writing of files: CSV in the encodings people use, workbooks with a fixed date; always the same bytes."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from itertools import groupby
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from sample_data.sheets import Book, Formula, Sheet

_CREATED = datetime(2021, 1, 1)
_TITLE_WIDTH = 8


def write_book(book: Book, folder: Path) -> None:
    """Write one file under ``folder``."""
    path = folder / book.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if book.is_workbook:
        _write_workbook(book, path)
    else:
        path.write_bytes(_csv_text(book).encode(book.encoding))


def _csv_text(book: Book) -> str:
    sheet = book.sheets[0]
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=book.delimiter, lineterminator="\r\n")
    blank = [""] * (len(sheet.headings) - 1)
    writer.writerows([title, *blank] for title in sheet.titles)
    writer.writerow(sheet.headings)
    writer.writerows([_flat(cell) for cell in row] for row in sheet.cells)
    return stream.getvalue()


def _flat(cell: object) -> object:
    return cell.value if isinstance(cell, Formula) else cell


def _write_workbook(book: Book, path: Path) -> None:
    merges = any(sheet.merged_column for sheet in book.sheets)
    options = {"constant_memory": not merges, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(path, options) as workbook:
        workbook.set_properties({"created": _CREATED, "title": "示例数据", "author": "示例数据"})
        formats = {
            "date": workbook.add_format({"num_format": "yyyy-mm-dd"}),
            "time": workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
            "head": workbook.add_format({"bold": True, "text_wrap": True, "bg_color": "#EAF1F8"}),
            "title": workbook.add_format({"bold": True, "font_size": 14, "align": "center"}),
        }
        for sheet in book.sheets:
            worksheet = workbook.add_worksheet(sheet.name)
            if sheet.is_hidden:
                worksheet.hide()
            _write_sheet(worksheet, sheet, formats)


def _write_sheet(worksheet: Worksheet, sheet: Sheet, formats: dict[str, Format]) -> None:
    for row, title in enumerate(sheet.titles):
        if title:
            worksheet.merge_range(
                row, 0, row, min(_TITLE_WIDTH, len(sheet.headings) - 1), title, formats["title"]
            )
    worksheet.write_row(len(sheet.titles), 0, sheet.headings, formats["head"])
    first = sheet.first_row() - 1
    for number, cells in enumerate(sheet.cells, start=first):
        if number + 1 in sheet.hidden_rows:
            worksheet.set_row(number, None, None, {"hidden": True})
        for column, cell in enumerate(cells):
            if cell != "":
                _write_cell(worksheet, number, column, cell, formats)
    if sheet.merged_column:
        _merge(worksheet, sheet, first)


def _write_cell(
    worksheet: Worksheet, row: int, column: int, cell: object, formats: dict[str, Format]
) -> None:
    if isinstance(cell, str):
        worksheet.write_string(row, column, cell)
    elif isinstance(cell, datetime):
        worksheet.write_datetime(row, column, cell, formats["time"])
    elif isinstance(cell, Formula):
        worksheet.write_formula(row, column, cell.text, None, cell.value)
    elif isinstance(cell, int | float):
        worksheet.write_number(row, column, cell)
    else:
        worksheet.write_datetime(row, column, cell, formats["date"])


def _merge(worksheet: Worksheet, sheet: Sheet, first: int) -> None:
    """Merge runs of the same value in one column, as people do for readability."""
    place = sheet.columns.index(sheet.merged_column)
    values = [row[place] for row in sheet.cells]
    start = first
    for value, run in groupby(values):
        length = len(list(run))
        if value != "" and length > 1:
            worksheet.merge_range(start, place, start + length - 1, place, value)
        start += length
