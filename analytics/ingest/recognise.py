"""What a sheet is: a ledger of a kind with its headings, or why it is none or not to be read."""

from __future__ import annotations

from dataclasses import dataclass, field

from analytics.core.settings import Settings
from analytics.core.text import Text
from analytics.ingest import headings as headings_
from analytics.ingest.check import trimmed
from analytics.ingest.column_findings import tell_of_columns
from analytics.ingest.frame import Faults
from analytics.ingest.headings import Headings
from analytics.ingest.parse.cells import shown
from analytics.ingest.returned import refused_rows, without_reasons
from analytics.ingest.rows import is_data
from analytics.ingest.rules import (
    FILE_EMPTY,
    KIND_MISMATCH,
    SHEET_AMBIGUOUS,
    SHEET_HIDDEN,
    SHEET_INCOMPLETE,
    SHEET_NOTES,
    SHEET_SECRET,
    SHEET_TWO_TABLES,
    SHEET_UNKNOWN,
    Rule,
)
from analytics.ingest.secrets import is_marked
from analytics.ingest.sheets import Sheet
from analytics.ingest.sources import sources
from analytics.store.batch import RejectedRow, ValidRows


@dataclass(slots=True)
class ReadSheet:
    """A sheet with what was found in it; ``headings`` is ``None`` where it is not to be checked."""

    sheet: Sheet
    faults: Faults
    headings: Headings | None
    valid: list[ValidRows] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    not_data: int = 0


def refused_file(
    number: int, settings: Settings, rule: Rule, fill: dict[str, str | Text], sheet: str = ""
) -> ReadSheet:
    """Return a file, or one sheet of it, that is not read, with the reason."""
    faults = Faults(number, sheet, None, settings)
    faults.add(rule, fill=fill)
    return ReadSheet(Sheet(number, sheet, [], lambda _: iter(())), faults, None)


def recognise(sheet: Sheet, kind: str | None, settings: Settings) -> ReadSheet:
    """Find a sheet's headings and kind, or refuse it; ``kind`` says which where headings cannot."""
    faults = Faults(sheet.file_no, sheet.name, None, settings)
    read = ReadSheet(sheet, faults, None)
    if sheet.is_hidden:
        read.not_data = len(sheet.head)
        faults.add(SHEET_HIDDEN, fill={"detail": str(len(sheet.head))})
        return read
    if _is_of_template(sheet):
        read.not_data = sum(table.num_rows for table in sheet.pieces(0))
        return read
    readings = headings_.find(sheet.head, kind)
    titles = [cell for row in sheet.head[: readings[0].row if readings else 1] for cell in row if cell]
    if any(is_marked(text) for text in [sheet.name, *titles]):
        _refuse(read, readings[0] if readings else None, SHEET_SECRET, {}, keep_content=False)
    elif kind and (not readings or readings[0].missing) and _is_another(read, kind):
        return read
    elif not readings:
        _not_a_ledger(read)
    elif readings[0].missing:
        _incomplete(read, readings)
    elif len(readings) > 1 and _rivals(readings):
        named = {r.source.kind: r.source.name for r in _rivals(readings)}
        listed = Text(
            zh="、".join(f"{name.zh}（{key}）" for key, name in named.items()),
            en=", ".join(f"{name.en} ({key})" for key, name in named.items()),
        )
        _refuse(read, readings[0], SHEET_AMBIGUOUS, {"detail": listed})
    elif beside := _beside(readings[0]):
        _refuse(read, readings[0], SHEET_TWO_TABLES, {"detail": beside})
    else:
        _accept(read, readings[0])
    return read


def _beside(reading: Headings) -> str:
    """Return where a second table stands beside the first: every required column is there twice."""
    required = {column.heading for column in reading.source.required}
    again = dict(reading.doubled)
    names = {found.heading: found.column.heading for found in reading.found.values()}
    twice = {names[first] for first in again if first in names}
    return next(iter(again.values())) if len(required) > 2 and required <= twice else ""


def _is_of_template(sheet: Sheet) -> bool:
    """Say whether a sheet is the notes or the lists of values that a template brings along."""
    first = next((cell for row in sheet.head for cell in row if cell), "")
    return shown(first).startswith(headings_.TEMPLATE_NOTES)


def _rivals(readings: list[Headings]) -> list[Headings]:
    """Return the readings as good as the first, when they are of different kinds."""
    best = readings[0]
    equal = [r for r in readings if not r.missing and r.own == best.own and r.row == best.row]
    return equal if len({r.source.kind for r in equal}) > 1 else []


def _accept(read: ReadSheet, reading: Headings) -> None:
    read.headings = reading
    read.faults.kind = reading.source.kind
    read.not_data = reading.row + 1
    tell_of_columns(reading, read.faults)


def _not_a_ledger(read: ReadSheet) -> None:
    """Take a sheet without headings for notes, or refuse it when it holds a table."""
    tables = list(read.sheet.pieces(0))
    rows = sum(table.num_rows for table in tables)
    wide = sum(sum(cell is not None for cell in row) >= 3 for row in read.sheet.head)
    if wide < 3:
        read.not_data = rows
        read.faults.add(SHEET_NOTES if rows else FILE_EMPTY)
        return
    head = read.sheet.head
    row = max(range(len(head)), key=lambda number: sum(map(bool, head[number])))
    texts = [shown(cell or "") for cell in head[row]]
    taken = Headings(next(iter(sources().values())), row, texts)
    # What is taken for headings may be a row of data: nothing of a marked one may be kept either.
    if any(is_marked(cell) for cells in head[: row + 1] for cell in cells if cell):
        _refuse(read, None, SHEET_SECRET, {}, keep_content=False, fallback=taken)
        return
    _refuse(read, None, SHEET_UNKNOWN, {"detail": _nearest_kind(texts)}, fallback=taken)


def _nearest_kind(present: list[str]) -> Text:
    """Return the kind with most headings like those present."""

    def likeness(kind: str) -> int:
        return sum(bool(headings_.nearest(column, present)) for column in sources()[kind].columns)

    best = max(sources(), key=likeness)
    return sources()[best].name


def _is_another(read: ReadSheet, kind: str) -> bool:
    """Refuse a sheet whose headings are, whatever kind was named, those of another; say whether they are."""
    others = headings_.find(read.sheet.head, None)
    if not others or others[0].missing:
        return False
    source, other = sources()[kind], others[0]
    present = headings_.read(other.texts, source, other.row)
    missing = "、".join(column.heading for column in present.missing)
    name = other.source.name
    looks_like = Text(f"{name.zh}（{other.source.kind}）", f"{name.en} ({other.source.kind})")
    _refuse(read, other, KIND_MISMATCH, {"kind": source.name, "missing": missing, "detail": looks_like})
    return True


def _incomplete(read: ReadSheet, readings: list[Headings]) -> None:
    best = min(readings, key=lambda r: (len(r.missing) - r.own, r.row))
    names = "、".join(column.heading for column in best.missing)
    texts = [best.texts[index] for index in best.extra]
    near = dict.fromkeys(text for column in best.missing for text in headings_.nearest(column, texts))
    listed = Text("、".join(near) or "无", ", ".join(near) or "none")
    _refuse(read, best, SHEET_INCOMPLETE, {"kind": best.source.name, "missing": names, "near": listed})


def _refuse(
    read: ReadSheet,
    reading: Headings | None,
    rule: Rule,
    fill: dict[str, str | Text],
    *,
    keep_content: bool = True,
    fallback: Headings | None = None,
) -> None:
    """Reject all data rows of a sheet for one reason."""
    read.faults.kind = reading.source.kind if reading else None
    read.faults.add(rule, fill=fill)
    used = reading or fallback or Headings(next(iter(sources().values())), -1, [])
    read.not_data = used.row + 1
    number = used.row + 1
    for table in read.sheet.pieces(used.row + 1):
        cells = without_reasons(trimmed(table), used.texts)
        data = is_data(cells, used)
        read.not_data += int((~data).sum())
        read.rejected += refused_rows(
            cells,
            data,
            faults=read.faults,
            texts=used.texts,
            first_row=number + 1,
            code=rule.code,
            keep_content=keep_content,
        )
        number += cells.num_rows
