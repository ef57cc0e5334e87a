"""What is kept of a rejected row: its cells as they were read, less what must not be kept.

Nothing of a row with a classification mark, whatever else the row or its sheet was refused for; identity
card and telephone numbers only masked where a client's own number belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analytics.ingest.frame import Faults, Mask, Rows
from analytics.ingest.headings import fold
from analytics.ingest.parse.cells import is_number_cell, shown
from analytics.ingest.personal import is_personal_number, masked
from analytics.ingest.rules import ROW_SECRET
from analytics.ingest.secrets import marked_rows
from analytics.store.batch import RejectedRow

# Kinds with a column for a client's number; in their refused sheets it may stand under any heading.
_WITH_CLIENTS = frozenset({"services", "clients"})
_OF_CLIENTS = frozenset(
    fold(name)
    for name in ("服务对象编号", "client_id", "身份证", "身份证号", "身份证号码", "证件号", "证件号码")
)
# How columns without a heading of their own are named; more cells than headings are named apart.
_UNNAMED, _OVERLONG = "（列{letter}）", "（多出列{letter}）"
_IS_UNNAMED = re.compile(r"（列[A-Z]+）")
_IS_OVERLONG = re.compile(r"[（(]多出列[A-Z]+[）)]")
_HAS_LETTER = re.compile(r"（列[A-Z]+）$")


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
                cells = {name: masked(c) if is_personal_number(c) else c for name, c in cells.items()}
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
    names = column_names(texts, table.num_columns)
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
        personal=_personal(table, names, faults.kind),
    )


def _personal(table: pa.Table, names: Sequence[str], kind: str | None) -> Mask:
    """Return the rows of a refused sheet that may hold a client's identity card or telephone number."""
    if kind in _WITH_CLIENTS:
        return np.ones(table.num_rows, dtype=bool)
    if kind is None and any(fold(name) in _OF_CLIENTS for name in names):
        return np.ones(table.num_rows, dtype=bool)
    return np.zeros(table.num_rows, dtype=bool)


def column_names(texts: Sequence[str], columns: int, *, width: int | None = None) -> list[str]:
    """Return a name for each column: its heading, with its letter where it has none or the name is taken.

    Columns from ``width`` on hold cells beyond the last heading, which a row must not have.
    """
    names: list[str] = []
    taken: set[str] = set()
    for index in range(columns):
        text = texts[index] if index < len(texts) else ""
        if width is not None and index >= width:
            name = _OVERLONG.format(letter=_letter(index))
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


def is_overlong(heading: str) -> bool:
    """Say whether a heading is the one that cells beyond the last heading come back under."""
    return _IS_OVERLONG.fullmatch(heading) is not None


def _letter(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
