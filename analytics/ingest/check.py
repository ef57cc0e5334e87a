"""One piece of a sheet: its data rows told apart, parsed, held against the rules, and made ready to store."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.core.institutions import Match, folded
from analytics.core.text import Text
from analytics.ingest.column_findings import tell_of_columns
from analytics.ingest.columns import parse_column, without_errors
from analytics.ingest.declare import Column
from analytics.ingest.frame import Context, Faults, Frame, Mask
from analytics.ingest.headings import Found, Headings, is_overlong
from analytics.ingest.moments import add_periods, leave_out_backwards
from analytics.ingest.parse.cells import Bad, is_nothing, plain, shown
from analytics.ingest.parse.names import means_all, parse_area
from analytics.ingest.personal import is_personal_number, masked
from analytics.ingest.returned import column_names, returned_rows, without_reasons
from analytics.ingest.rows import is_data, is_headings, new_headings
from analytics.ingest.rules import (
    AMBIGUOUS_INSTITUTION,
    ERROR_CELL,
    MISSING,
    PERSONAL_NUMBER,
    ROW_SECRET,
    SEVERAL_NAMES,
    TOO_MANY_CELLS,
    UNKNOWN_INDUSTRY,
    UNKNOWN_NAME,
)
from analytics.ingest.secrets import marked_rows
from analytics.ingest.targets import parse_targets
from analytics.store.batch import RejectedRow, ValidRows
from analytics.store.schema import LEDGERS

KEY_SEPARATOR = "\x1f"


@dataclass(slots=True)
class SheetCheck:
    """Checks the pieces of one sheet in turn and gathers what becomes of their rows."""

    headings: Headings
    faults: Faults
    context: Context
    ragged: bool
    valid: list[ValidRows] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    not_data: int = 0
    keys_made: int = 0

    def take(self, table: pa.Table, first_row: int) -> None:
        """Check a piece whose first row is ``first_row`` as Excel numbers rows."""
        table = trimmed(table)
        start = 0
        for place, headings in new_headings(table, self.headings):
            self._take(table.slice(start, place - start), first_row + start)
            tell_of_columns(headings, self.faults, known=frozenset(self.headings.texts))
            self.headings, start = headings, place
        self._take(table.slice(start), first_row + start)

    def _take(self, table: pa.Table, first_row: int) -> None:
        if table.num_rows == 0:
            return
        table = without_reasons(table, self.headings.texts)
        marked = marked_rows(table, self.headings.texts)
        data = is_data(table, self.headings) | _refused_alone(table, marked, self.headings)
        self.not_data += int((~data).sum())
        numbers = np.arange(first_row, first_row + table.num_rows)[data]
        if len(numbers) == 0:
            return
        table = table.filter(pa.array(data)) if not data.all() else table
        frame = Frame(self.headings.source, numbers, self.faults, self.context)
        secret = marked[data]
        frame.flag(ROW_SECRET, secret, must=True)
        if secret.any():
            table = _blanked(table, secret)
        self._parse(frame, table, ~secret)
        self._finish(frame, table, secret)

    def _parse(self, frame: Frame, table: pa.Table, rows: Mask) -> None:
        for found in self.headings.found.values():
            frame.cells[found.column.name] = table.column(found.index)
        _flag_overlong(frame, table, self._overlong(table.num_columns))
        for found in self._in_declared_order():
            _parse_into(frame, found)
        for column in self.headings.source.required:
            if column.needed:
                _flag_missing(frame, column, rows)
        for earlier, later in self.headings.source.order:
            leave_out_backwards(frame, earlier, later)
        if self.headings.source.tidy is not None:
            self.headings.source.tidy(frame)

    def _in_declared_order(self) -> list[Found]:
        """Return the columns in the order of their declaration: a target is read as its measure says."""
        found = self.headings.found
        return [found[column.name] for column in self.headings.source.columns if column.name in found]

    def _finish(self, frame: Frame, table: pa.Table, secret: Mask) -> None:
        source, faults = self.headings.source, self.faults
        self.rejected += self._returned(frame, table, secret)
        kept = ~frame.rejected
        if not kept.any():
            return
        if not kept.all():
            chosen = pa.array(kept)
            frame.values = {name: values.filter(chosen) for name, values in frame.values.items()}
            frame.source_rows = frame.source_rows[kept]
        if source.fact_date:
            add_periods(frame, source.fact_date)
        self._make_keys(frame)
        made = _stored(frame)
        self.valid.append(ValidRows(source.kind, faults.file_no, faults.sheet, made))

    def _overlong(self, columns: int) -> list[int]:
        """Return the columns in which a row must not hold anything, for they lie beyond the headings."""
        texts = self.headings.texts
        beyond = range(len(texts), columns) if self.ragged else range(0)
        return [index for index, text in enumerate(texts) if is_overlong(text)] + list(beyond)

    def _returned(self, frame: Frame, table: pa.Table, secret: Mask) -> list[RejectedRow]:
        texts = self.headings.texts
        personal = np.zeros(len(frame), dtype=bool)
        personal[[row for row, codes in frame.reasons.items() if PERSONAL_NUMBER.code in codes]] = True
        return returned_rows(
            table,
            frame.rejected,
            faults=self.faults,
            names=column_names(texts, table.num_columns, width=len(texts) if self.ragged else None),
            source_rows=frame.source_rows,
            reasons=frame.reasons,
            secret=secret,
            personal=personal,
        )

    def _make_keys(self, frame: Frame) -> None:
        """Give rows that have only a running number a key that is theirs within institution and month."""
        first = self.headings.source.columns[0]
        found = self.headings.found.get(first.name)
        if found is None or not found.is_serial:
            return
        frame.values[first.name] = pc.binary_join_element_wise(
            frame.values["month"], frame.values[first.name], "#"
        )
        frame.values["key_was_made"] = pa.array(np.ones(len(frame), dtype=bool))
        self.keys_made += len(frame)


def _refused_alone(table: pa.Table, marked: Mask, headings: Headings) -> Mask:
    """Return the marked rows, a mark that stands alone in its row too; headings that stand again are none."""
    refused = marked.copy()
    for place in np.flatnonzero(marked).tolist():
        refused[place] = not is_headings([column[place].as_py() for column in table.columns], headings)
    return refused


def trimmed(table: pa.Table) -> pa.Table:
    """Return the cells without spaces around them, empty ones null."""
    columns = []
    for column in table.columns:
        cells = (
            column.chunk(0)
            if column.num_chunks == 1
            else pa.concat_arrays(column.chunks or [pa.array([], pa.string())])
        )
        cells = _without_formula_quotes(pc.utf8_trim_whitespace(cells))
        columns.append(pc.if_else(pc.equal(cells, ""), pa.scalar(None, pa.string()), cells))
    return pa.table(columns, names=table.column_names)


def _without_formula_quotes(cells: pa.Array) -> pa.Array:
    """Take ``="002"`` for the text 002: so spreadsheets are told in CSV to keep zeros."""
    if not pc.any(pc.starts_with(cells, '="')).as_py():
        return cells
    return pc.replace_substring_regex(cells, r'^="([^"]*)"$', r"\1")


def _blanked(table: pa.Table, rows: Mask) -> pa.Table:
    """Return the table without any content in ``rows``."""
    nothing, keep = pa.scalar(None, pa.string()), pa.array(~rows)
    return pa.table(
        [pc.if_else(keep, c.combine_chunks(), nothing) for c in table.columns], names=table.column_names
    )


def _parse_into(frame: Frame, found: Found) -> None:
    column = found.column
    cells = _array(frame.cells[column.name])
    frame.cells[column.name] = cells
    if column.meaning == "client":
        cells = _without_personal(frame, column, cells)
    if column.empty_means_all:
        cells = _without_all(cells)
    if column.meaning in ("scope", "target"):
        cells, errors = without_errors(cells)
        for what, text, rows in errors:
            frame.flag(what.rule, rows, column.name, value=text, fill=what.fill)
    if column.meaning == "scope":
        _parse_scope(frame, column, cells)
        return
    if column.meaning == "target":
        parse_targets(frame, column, cells)
        return
    parsed = parse_column(cells, found, frame.context)
    for what, text, rows in parsed.bad:
        if column.type == "industry" and not column.required and what.rule is not ERROR_CELL:
            what = _unknown_industry(what)
        frame.flag(what.rule, rows, column.name, value=text, fill=what.fill)
    frame.values |= parsed.values
    if column.type == "industry":
        frame.values["industry_text"] = frame.mapped(cells, _as_written)
    if column.meaning == "institution":
        _parse_institution(frame, column)
    if column.meaning == "client_name":
        _hash_names(frame, column)


def _unknown_industry(what: Bad) -> Bad:
    """Say of what names no one industry what it may mean: the row counts all the same, under none."""
    if what.rule is UNKNOWN_NAME:
        return Bad(UNKNOWN_INDUSTRY, what.fill)
    said = Text("含几项：", "names several: ") if what.rule is SEVERAL_NAMES else Text("可能指：", "may be: ")
    listed = what.fill["detail"]
    assert isinstance(listed, Text)
    near = Text(f"（{said.zh}{listed.zh}）", f" ({said.en}{listed.en})")
    return Bad(UNKNOWN_INDUSTRY, {"near": near})


def _as_written(text: str) -> str | None:
    return None if is_nothing(text) else text.replace("\ue000", "")


def _flag_missing(frame: Frame, column: Column, rows: Mask) -> None:
    """Flag rows without a value, unless the cell was found wrong already."""
    empty = rows & ~frame.has(column.stored) & ~frame.wrong(column.name)
    frame.flag(MISSING, empty, column.name, value="", must=True)


def _flag_overlong(frame: Frame, table: pa.Table, indices: list[int]) -> None:
    for column in (table.column(index) for index in indices):
        rows = np.flatnonzero(column.is_valid().to_numpy())
        for row, cell in zip(rows, column.take(pa.array(rows)).to_pylist(), strict=True):
            frame.flag(TOO_MANY_CELLS, np.array([row]), value=shown(cell))


def _without_personal(frame: Frame, column: Column, cells: pa.Array) -> pa.Array:
    """Reject rows whose client is an identity card or telephone number; show it masked."""
    likely = pc.fill_null(pc.match_substring_regex(cells, r"(?:\p{Nd}.*){9}|\*{3}"), False)
    if not pc.any(likely).as_py():
        return cells
    rows = np.flatnonzero(likely.to_numpy(zero_copy_only=False))
    personal = np.zeros(len(cells), dtype=bool)
    for row, text in zip(rows, cells.take(pa.array(rows)).to_pylist(), strict=True):
        if is_personal_number(text):
            personal[row] = True
            frame.flag(PERSONAL_NUMBER, np.array([row]), column.name, value=masked(text), must=True)
    return pc.if_else(pa.array(~personal), cells, pa.scalar(None, pa.string()))


def _without_all(cells: pa.Array) -> pa.Array:
    """Read 全部 or 合计 in the optional key of a monthly total as empty: all."""
    encoded = cells.dictionary_encode()
    kept = [None if text and means_all(text) else text for text in encoded.dictionary.to_pylist()]
    return pa.array(kept, pa.string()).take(encoded.indices)


def _parse_institution(frame: Frame, column: Column) -> None:
    """Replace a number without its zeros, or a name, by the institution's number."""
    encoded = frame.values[column.stored].dictionary_encode()
    known: list[str | None] = []
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        match = _institution(text, frame) if text else None
        known.append(match.institution_id or text if match else text)
        if match and match.candidates:
            rows = np.flatnonzero(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False) == place)
            listed = "、".join(match.candidates)
            frame.flag(
                AMBIGUOUS_INSTITUTION, rows, column.name, value=text, fill={"detail": listed}, must=True
            )
    frame.values[column.stored] = pa.array(known, pa.string()).take(encoded.indices)


def _institution(text: str, frame: Frame) -> Match:
    """Find an institution; 2.0 is what programs write for the number 2."""
    match = frame.context.institutions.match(text)
    whole = text.rstrip("0").removesuffix(".") if text.replace(".", "", 1).isdecimal() else text
    if match == Match() and whole != text and text.startswith(whole + "."):
        return frame.context.institutions.match(whole)
    return match


def _parse_scope(frame: Frame, column: Column, cells: pa.Array) -> None:
    """Read whose target it is: the city, an area, or else an institution's number or name."""
    encoded = cells.dictionary_encode()
    made: list[str | None] = []
    ids: list[str | None] = []
    for place, text in enumerate(encoded.dictionary.to_pylist()):
        scope, institution, candidates = _scope_of(plain(text), frame)
        made.append(scope)
        ids.append(institution)
        if candidates:
            rows = np.flatnonzero(pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False) == place)
            frame.flag(
                AMBIGUOUS_INSTITUTION,
                rows,
                column.name,
                value=shown(text),
                fill={"detail": candidates},
                must=True,
            )
    frame.values["scope"] = pa.array(made, pa.string()).take(encoded.indices)
    frame.values["institution_id"] = pa.array(ids, pa.string()).take(encoded.indices)


def _scope_of(text: str, frame: Frame) -> tuple[str | None, str | None, str]:
    area = parse_area(text.removeprefix("district:"), also=("all",))
    if area == "all" or text.casefold() == "city":
        return "city", None, ""
    if isinstance(area, str):
        return f"district:{area}", None, ""
    written = text.removeprefix("institution:")
    if not written:
        return None, None, ""
    match = frame.context.institutions.match(written)
    if match.candidates:
        return None, None, "、".join(match.candidates)
    found = match.institution_id or written
    return f"institution:{found}", found, ""


def _hash_names(frame: Frame, column: Column) -> None:
    """Keep names of clients as a salted hash only, unless the settings say otherwise."""
    salt = frame.context.salt

    def hashed(name: str) -> str:
        return hashlib.sha256(salt + folded(name).encode()).hexdigest()

    frame.values["name_hash"] = frame.mapped(frame.values[column.stored], hashed)
    if not frame.context.settings.keep_client_names:
        del frame.values[column.stored]


def _stored(frame: Frame) -> pa.Table:
    """Return the rows as the store takes them, with the key that tells versions of a row."""
    ledger = LEDGERS[frame.source.kind]
    columns: dict[str, pa.Array] = {"source_row": pa.array(frame.source_rows.astype(np.int32))}
    columns["row_key"] = _row_key(frame, ledger.institution_in_key)
    columns |= {name: frame.values[name] for name in ledger.content if name in frame.values}
    return pa.table(columns)


def _row_key(frame: Frame, institution_apart: bool) -> pa.Array:
    parts = []
    for column in frame.source.columns:
        if not column.key or (institution_apart and column.name == "institution_id"):
            continue
        # Another form may tell rows apart: a detail of a service, a spelling without its width and case.
        values = frame.values.get(f"{column.stored}_key", frame.values.get(column.stored))
        if values is None:
            values = pa.nulls(len(frame), pa.string())
        parts.append(pc.fill_null(values.cast(pa.string()), ""))
    return parts[0] if len(parts) == 1 else pc.binary_join_element_wise(*parts, KEY_SEPARATOR)


def _array(values: pa.Array | pa.ChunkedArray) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
