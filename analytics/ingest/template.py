"""Blank workbooks to fill in, one a ledger kind or all in one, made from the declarations themselves."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import xlsxwriter

from analytics.core.errors import UserError
from analytics.core.text import Language, Text
from analytics.ingest.declare import Column, Source
from analytics.ingest.headings import AID_HEADINGS, TEMPLATE_NOTES
from analytics.ingest.sources import sources
from analytics.ingest.template_choices import Choices, choices
from analytics.ingest.template_notes import (
    COLUMNS,
    GUIDE,
    LISTS,
    SELF_CHECK,
    TITLE,
    demand,
    format_note,
    hint,
)
from analytics.store.schema import LEDGERS

# Excel keeps a list within a cell's rule up to this length; a longer one stands on a sheet.
_LIST_INLINE = 255
_HINT = 255
_LAST_ROW = 1_048_575
_FONT = {"font_name": "Microsoft YaHei", "font_size": 10}
_HEADS: dict[str, dict[str, Any]] = {
    "required": {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1B4F8A"},
    "advised": {"bold": True, "font_color": "#1B2430", "bg_color": "#CFE0F2"},
    "optional": {"italic": True, "font_color": "#5B6673", "bg_color": "#E6E9ED"},
}
_GREYED = {"bg_color": "#F4F5F7", "border": 1, "border_color": "#E3E7EC"}
_NUMBERS = {"date": "yyyy-mm-dd", "datetime": "yyyy-mm-dd hh:mm", "integer": "0", "number": "General"}
_WIDTHS = {"date": 13, "datetime": 18, "integer": 11, "number": 12, "bool": 10, "month": 11, "service": 28}
_EARLIEST, _LATEST = date(1949, 10, 1), date(2100, 12, 31)

Cells = Mapping[str, object]


@dataclass(slots=True)
class _Book:
    """The workbook at work: its formats, made once each, and the lists it needs on a sheet."""

    book: Any
    language: Language
    formats: dict[tuple[tuple[str, Any], ...], Any] = field(default_factory=dict)
    lists: dict[tuple[str, ...], list[str]] = field(default_factory=dict)

    def format(self, **wanted: Any) -> Any:
        """Return the format of these properties."""
        key = tuple(sorted(wanted.items()))
        if key not in self.formats:
            self.formats[key] = self.book.add_format({**_FONT, **wanted})
        return self.formats[key]

    def list_range(self, values: tuple[str, ...], heading: str) -> str:
        """Return where a long list stands on the sheet of lists, and note that it is needed there."""
        named = self.lists.setdefault(values, [])
        if heading not in named:
            named.append(heading)
        letter = _letter(list(self.lists).index(values))
        return f"='{LISTS.get(self.language)}'!${letter}$4:${letter}${3 + len(values)}"


def ledger_order() -> tuple[str, ...]:
    """Return the ledger kinds in the order readers know them: what a station starts with comes first."""
    return tuple(kind for kind in LEDGERS if kind in sources())


def template_columns(source: Source) -> tuple[Column, ...]:
    """Return a kind's columns as its template shows them: starters, then required ones, then the rest."""
    return tuple(sorted(source.columns, key=lambda c: (not c.starter, not c.required)))


def template_bytes(
    kinds: Sequence[str], language: Language = "zh", *, filled: Mapping[str, Sequence[Cells]] | None = None
) -> bytes:
    """Return a template as an ``.xlsx`` file.

    Parameters
    ----------
    kinds : sequence of str
        Ledger kinds, a sheet each in this order.
    language : {"zh", "en"}
        Language of the notes; headings and values are those of the ledgers.
    filled : mapping of str to sequence of mapping, optional
        Rows to begin with by kind: cells by the column's English name, ``aid`` for the reading aid.

    Raises
    ------
    UserError
        When a kind is unknown.
    """
    for kind in kinds:
        if kind not in sources():
            raise UserError(
                Text(zh=f"没有名为“{kind}”的台账种类。", en=f"There is no ledger kind ‘{kind}’."),
                Text(zh="可用种类：" + "、".join(ledger_order()), en="Kinds: " + ", ".join(ledger_order())),
            )
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        made = _Book(workbook, language)
        for kind in kinds:
            _write_ledger(made, sources()[kind], (filled or {}).get(kind, ()))
        _write_notes(made, kinds)
        _write_lists(made)
        workbook.worksheets()[0].activate()
    return stream.getvalue()


def _write_ledger(made: _Book, source: Source, rows: Sequence[Cells]) -> None:
    sheet = made.book.add_worksheet(source.name.get(made.language)[:31])
    place = 0
    for column in template_columns(source):
        _write_column(made, sheet, place, column, rows)
        place += 1
        if source.prefilled and column.name == source.prefilled[-1]:
            _write_aid(made, sheet, place, AID_HEADINGS[source.kind], rows)
            place += 1
    sheet.set_row(0, 30)
    sheet.freeze_panes(1, 2 if len(source.columns) > 6 else 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _write_column(made: _Book, sheet: Any, place: int, column: Column, rows: Sequence[Cells]) -> None:
    role = "required" if column.required else "advised" if column.starter else "optional"
    head = made.format(**_HEADS[role], border=1, border_color="#B9C3CF", valign="vcenter", text_wrap=True)
    body = {"num_format": _NUMBERS.get(column.type, "@"), **(_GREYED if role == "optional" else {})}
    least = 2 * len(column.heading) + 4
    sheet.set_column(place, place, max(_WIDTHS.get(column.type, 14), least), made.format(**body))
    sheet.write_string(0, place, column.heading, head)
    sheet.data_validation(1, place, _LAST_ROW, place, _rule(made, column))
    for number, row in enumerate(rows, start=1):
        value = row.get(column.name)
        if isinstance(value, date):
            sheet.write_datetime(number, place, value)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            sheet.write_number(number, place, value)
        elif value not in (None, ""):
            sheet.write_string(number, place, str(value))


def _write_aid(made: _Book, sheet: Any, place: int, heading: str, rows: Sequence[Cells]) -> None:
    """Write what a filled-in row is about, for reading only."""
    head = made.format(
        **_HEADS["optional"], border=1, border_color="#B9C3CF", valign="vcenter", text_wrap=True
    )
    sheet.set_column(place, place, 56, made.format(**_GREYED, font_color="#5B6673", text_wrap=True))
    sheet.write_string(0, place, heading, head)
    for number, row in enumerate(rows, start=1):
        sheet.write_string(number, place, str(row.get("aid", "")))


def _rule(made: _Book, column: Column) -> dict[str, Any]:
    """Return what Excel checks and shows in a column; only closed lists refuse another value."""
    title = column.heading if made.language == "zh" else column.name
    said: dict[str, Any] = {
        "input_title": title[:32],
        "input_message": hint(column, made.language)[:_HINT],
        "error_type": "warning",
        "error_title": title[:32],
        "error_message": format_note(column, made.language)[:_HINT],
    }
    offered = choices(column)
    if offered is not None:
        closed = "stop" if offered.is_closed and not column.empty_means_all else "warning"
        listed = {"validate": "list", "source": _list_source(made, column, offered)}
        return {**said, **listed, "error_type": closed, "show_error": not offered.several}
    if column.type in ("date", "datetime"):
        return {
            **said,
            "validate": "date",
            "criteria": "between",
            "minimum": _EARLIEST,
            "maximum": _LATEST,
        }
    if column.type in ("integer", "number"):
        return {**said, **_number_rule(column)}
    return {**said, "validate": "any"}


def _number_rule(column: Column) -> dict[str, Any]:
    kind = "integer" if column.type == "integer" else "decimal"
    if column.minimum is None:
        return {"validate": kind, "criteria": "between", "minimum": -1e12, "maximum": 1e12}
    if column.maximum is None:
        return {"validate": kind, "criteria": ">=", "value": column.minimum}
    return {"validate": kind, "criteria": "between", "minimum": column.minimum, "maximum": column.maximum}


def _list_source(made: _Book, column: Column, offered: Choices) -> list[str] | str:
    fits = len(",".join(offered.values)) <= _LIST_INLINE and not any("," in v for v in offered.values)
    return list(offered.values) if fits else made.list_range(offered.values, column.heading)


def _write_notes(made: _Book, kinds: Sequence[str]) -> None:
    language = made.language
    sheet = made.book.add_worksheet(TITLE.get(language))
    sheet.hide_gridlines(2)
    for place, width in enumerate((16, 22, 10, 52, 44)):
        sheet.set_column(place, place, width)
    bold, plain = made.format(bold=True, font_size=11), made.format()
    mark = TEMPLATE_NOTES[0] if language == "zh" else TEMPLATE_NOTES[1]
    sheet.write_string(0, 0, mark, made.format(bold=True, font_size=14, font_color="#1B4F8A"))
    row = 2
    for title, lines in GUIDE:
        more = SELF_CHECK if title is GUIDE[0][0] and "evidence" in kinds else ()
        sheet.write_string(row, 0, title.get(language), bold)
        for line in (*lines, *more):
            row += 1
            sheet.write_string(row, 0, "· " + line.get(language), plain)
        row += 2
    _write_table(made, sheet, row, kinds)


def _write_table(made: _Book, sheet: Any, row: int, kinds: Sequence[str]) -> None:
    """Write a line a column of the ledgers: what it demands and how it is filled in."""
    language = made.language
    head = made.format(bold=True, bg_color="#EEF1F5", border=1, border_color="#DFE4EA")
    cell = made.format(border=1, border_color="#DFE4EA", text_wrap=True, valign="top")
    for place, title in enumerate(COLUMNS):
        sheet.write_string(row, place, title.get(language), head)
    for kind in kinds:
        source = sources()[kind]
        for column in template_columns(source):
            row += 1
            said = (
                source.name.get(language),
                column.heading if language == "zh" else f"{column.heading} {column.name}",
                demand(column).get(language),
                format_note(column, language),
                column.note.get(language) if column.note else "",
            )
            for place, text in enumerate(said):
                sheet.write_string(row, place, text, cell)


def _write_lists(made: _Book) -> None:
    """Write the lists that are too long for a cell's own rule, each in a column."""
    if not made.lists:
        return
    sheet = made.book.add_worksheet(LISTS.get(made.language))
    mark = TEMPLATE_NOTES[0] if made.language == "zh" else TEMPLATE_NOTES[1]
    sheet.write_string(0, 0, mark, made.format(bold=True))
    head = made.format(bold=True, bg_color="#EEF1F5", border=1, border_color="#DFE4EA")
    for place, (values, named) in enumerate(made.lists.items()):
        sheet.set_column(place, place, min(48, 4 + 2 * max(map(len, values))))
        sheet.write_string(2, place, "、".join(named), head)
        sheet.write_column(3, place, values, made.format(num_format="@"))
    sheet.freeze_panes(3, 0)


def _letter(place: int) -> str:
    """Return a column's letter; a template has fewer than 27 long lists."""
    return chr(ord("A") + place)
