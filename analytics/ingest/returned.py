"""What is kept of a rejected row: its cells as they were read, less what must not be kept.

Nothing of a row with a classification mark, whatever else the row or its sheet was refused for; identity
card and telephone numbers only masked where a client's own number belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.frame import Faults, Mask, Rows
from analytics.ingest.headings import CONTINUED_HEADING, OVERLONG_HEADING, REASONS_HEADING
from analytics.ingest.parse.cells import is_number_cell, shown
from analytics.ingest.personal import is_personal_number, masked, without_numbers
from analytics.ingest.rules import ROW_SECRET
from analytics.ingest.secrets import marked_rows
from analytics.store.batch import RejectedRow

# Kinds with a column for a client's number; in their refused sheets it may stand under any heading.
_WITH_CLIENTS = frozenset({"services", "clients"})
_PUBLIC_PHONES = ("咨询电话", "监督电话")
# How columns without a heading of their own are named; more cells than headings are named apart.
_UNNAMED = "（列{letter}）"
_IS_UNNAMED = re.compile(r"（列[A-Z]+）")
_HAS_LETTER = re.compile(r"（列[A-Z]+）$")


# Where a text goes on in the next column, and where it went on: spaces there are not trimmed.
GOES_ON, WENT_ON = "⋯→", "→⋯"


def without_reasons(table: pa.Table, texts: Sequence[str]) -> pa.Table:
    """Return a piece of a sheet as it was before a workbook of rejected rows was made of it.

    What that says of the rows in its last column is taken out; texts longer than a cell of a spreadsheet,
    which it continues in further columns, are whole again.
    """
    nothing = pa.nulls(table.num_rows, pa.string())
    first = 0
    for index, text in enumerate(texts[: table.num_columns]):
        if text not in (REASONS_HEADING, CONTINUED_HEADING):
            first = index
            continue
        if text == CONTINUED_HEADING:
            begun = pc.replace_substring_regex(pc.fill_null(table.column(first), ""), f"{GOES_ON}$", "")
            rest = pc.replace_substring_regex(pc.fill_null(table.column(index), ""), f"^{WENT_ON}", "")
            joined = pc.binary_join_element_wise(begun, rest, "")
            whole = pc.if_else(table.column(index).is_valid(), joined, table.column(first))
            table = table.set_column(first, table.column_names[first], whole)
        table = table.set_column(index, table.column_names[index], nothing)
    return table


def returned_rows(
    table: pa.Table,
    rejected: Mask,
    *,
    faults: Faults,
    names: Sequence[str],
    source_rows: Rows,
    reasons: dict[int, list[str]],
    secret: Mask,
    personal: Mask,
) -> list[RejectedRow]:
    """Return the rejected rows of a piece of a sheet.

    Parameters
    ----------
    table : Table
        The cells, a string column each, without spaces around them, empty ones null.
    rejected, secret, personal : Mask
        Which rows are rejected; of which of them nothing is kept; in which a personal number is masked.
    source_rows : array
        The rows as Excel numbers them.
    reasons : dict
        Codes of the rules broken, by the row's place in the table.
    """
    rows = np.flatnonzero(rejected)
    if len(rows) == 0:
        return []
    headings = tuple(names)
    columns = [column.take(pa.array(rows)).to_pylist() for column in table.columns]
    made = []
    for place, row in enumerate(rows.tolist()):
        cells: dict[str, str] = {}
        numbers: list[str] = []
        if not secret[row]:
            for name, column in zip(headings, columns, strict=True):
                cell = column[place]
                if cell:
                    cells[name] = shown(cell)
                    if is_number_cell(cell):
                        numbers.append(name)
            if personal[row]:
                cells = {name: _masked(name, cell, faults.kind) for name, cell in cells.items()}
        why = tuple(dict.fromkeys(reasons[row]))
        where = (faults.kind, faults.file_no, faults.sheet, int(source_rows[row]))
        made.append(RejectedRow(*where, cells, why, headings, frozenset(numbers)))
    return made


def refused_rows(
    table: pa.Table,
    data: Mask,
    *,
    faults: Faults,
    texts: Sequence[str],
    first_row: int,
    code: str,
    keep_content: bool,
) -> list[RejectedRow]:
    """Return the data rows of a piece of a sheet that was refused as a whole for the rule ``code``."""
    numbers = np.arange(first_row, first_row + table.num_rows)
    names = column_names([without_numbers(text) for text in texts], table.num_columns)
    if not keep_content:
        secret = np.ones(table.num_rows, dtype=bool)
        marked = np.zeros(table.num_rows, dtype=bool)
    else:
        secret = marked = marked_rows(table, list(texts)) & data
    if marked.any():
        faults.add(ROW_SECRET, rows=numbers[marked].tolist(), must=True)
    reasons = {row: [code] for row in np.flatnonzero(data).tolist()}
    for row in np.flatnonzero(marked).tolist():
        reasons[row].append(ROW_SECRET.code)
    return returned_rows(
        table,
        data,
        faults=faults,
        names=names,
        source_rows=numbers,
        reasons=reasons,
        secret=secret,
        personal=_personal(table, faults.kind),
    )


def _personal(table: pa.Table, kind: str | None) -> Mask:
    """Return the rows of a refused sheet that may hold a client's identity card or telephone number."""
    return np.full(table.num_rows, kind is None or kind in _WITH_CLIENTS)


def _masked(name: str, cell: str, kind: str | None) -> str:
    # A sheet that no one recognised may be a list of institutions, whose telephones are public.
    is_public = kind is None and any(word in name for word in _PUBLIC_PHONES)
    return masked(cell) if not is_public and is_personal_number(cell) else cell


def column_names(texts: Sequence[str], columns: int, *, width: int | None = None) -> list[str]:
    """Return a name for each column: its heading, with its letter where it has none or the name is taken.

    Columns from ``width`` on hold cells beyond the last heading, which a row must not have.
    """
    names: list[str] = []
    taken: set[str] = set()
    for index in range(columns):
        text = texts[index] if index < len(texts) else ""
        if width is not None and index >= width:
            name = OVERLONG_HEADING.format(letter=_letter(index))
        elif text and text not in taken:
            name = text
        else:
            name = text + _UNNAMED.format(letter=_letter(index))
        taken.add(name)
        names.append(name)
    return names


def heading_of(name: str) -> str:
    """Return the heading that a column of this name had in its sheet: none, where it had none."""
    return "" if _IS_UNNAMED.fullmatch(name) else _HAS_LETTER.sub("", name)


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
