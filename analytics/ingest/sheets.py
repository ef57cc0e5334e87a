"""A sheet as read: its first rows, and all of it in pieces of text cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pyarrow as pa

from analytics.core.text import Text

Cells = list[str | None]
# Rows of a piece: large enough to be fast, small enough that a file of millions fits in memory.
PIECE_ROWS = 250_000
# A piece ends earlier when its cells take as much.
PIECE_BYTES = 128 << 20
# Rows among which headings are looked for; beyond the first ones only as long as their cells are few.
HEAD_ROWS = 1_000
HEAD_ROWS_CERTAIN = 60
HEAD_CELLS = 200_000
HEAD_CHARS = 4_000_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook, or a CSV (``name`` is then empty).

    ``head`` holds the first rows, in which headings are looked for. ``pieces(skip)`` yields the
    rows after the first ``skip`` as tables of string columns, all of equal order. ``ragged`` is
    true where a row longer than its headings may mean a separator without quotation marks.
    """

    file_no: int
    name: str
    head: list[Cells]
    pieces: Callable[[int], Iterator[pa.Table]]
    is_hidden: bool = False
    ragged: bool = False


class UnreadableError(Exception):
    """A file that cannot be read, with the rule it breaks; ``fill`` completes the rule's message."""

    def __init__(self, code: str, detail: str | Text = "", **fill: str | Text) -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail
        self.fill: dict[str, str | Text] = {"detail": detail, **fill}


def head_of(rows: Iterable[Cells]) -> list[Cells]:
    """Return the first rows, in which headings are looked for: many where they hold little."""
    head: list[Cells] = []
    cells = chars = 0
    for row in rows:
        head.append(row)
        cells += len(row)
        chars += sum(map(len, filter(None, row)))
        is_much = cells > HEAD_CELLS or chars > HEAD_CHARS
        if len(head) >= HEAD_ROWS or (is_much and len(head) >= HEAD_ROWS_CERTAIN):
            break
    return head


def table_of(rows: list[Cells], width: int) -> pa.Table:
    """Return rows as a table of ``width`` or more string columns, short rows filled up.

    It has one column at least: without any, a table forgets how many rows it has.
    """
    width = max([1, width, *(len(row) for row in rows)])
    names = [f"c{n}" for n in range(width)]
    if not any(rows):
        return pa.table([pa.nulls(len(rows), pa.string())] * width, names=names)
    padded = [row if len(row) == width else row + [None] * (width - len(row)) for row in rows]
    return pa.table([pa.array(c, pa.string()) for c in zip(*padded, strict=True)], names=names)
