"""What an import hands to the store: files, valid rows, rejected rows and problems of one command."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # every command knows batches, few hold rows: arrow takes longer to load than to answer
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file of the command, by its base name only."""

    name: str
    sha256: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ValidRows:
    """Valid rows of one sheet in the order of the sheet.

    ``table`` has the columns ``source_row`` (int32, the row as Excel shows it), ``row_key`` (string: the
    key without the institution's number, parts joined by U+001F) and, by name, any of the ledger's
    ``content`` columns (see ``schema.LEDGERS``); columns it lacks are empty.
    """

    kind: str
    file_no: int
    sheet: str
    table: pa.Table


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that could not be loaded, with its cells as read and the codes of the reasons.

    ``cells`` holds the cells that are not empty by the name of their column, ``headings`` the names of
    all the sheet's columns in their order (rows of a sheet share one tuple), and ``numbers`` those
    columns whose cell was a number in the workbook and not a text that looks like one.
    """

    kind: str | None
    file_no: int
    sheet: str
    source_row: int
    cells: dict[str, str]
    reasons: tuple[str, ...]
    headings: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A file that an earlier command brought: its batch, its number in the store, its base name."""

    batch_id: int
    file_id: int
    file: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell, row, sheet or file, said in both languages.

    ``earlier`` is set where a command finds something about a row of an earlier one: ``file_no`` is then
    -1, for the row is in none of the command's own files.
    """

    file_no: int
    sheet: str
    source_row: int | None
    kind: str | None
    column: str | None
    value: str | None
    code: str
    severity: Literal["reject", "finding"]
    zh: str
    en: str
    earlier: Earlier | None = None


@dataclass(slots=True)
class Contradictions:
    """What a command's rows and lists contradict in other ledgers.

    ``rejected`` are rows of the command itself that the settings turn away for it; ``resolved`` is how many
    findings about earlier rows it settled.
    """

    problems: list[Problem] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    resolved: int = 0


@dataclass(frozen=True, slots=True)
class SheetRead:
    """A sheet (or CSV) that was looked at: its kind where recognised, and its rows that are not data."""

    file_no: int
    sheet: str
    kind: str | None
    not_data: int


@dataclass(slots=True)
class Batch:
    """Everything one import command read; ``not_data`` is the sum over ``sheets``.

    ``resolved``, known once it is loaded, is how many findings about earlier rows it settled.
    """

    is_sample: bool
    imported_by: str
    files: list[SourceFile] = field(default_factory=list)
    rows: list[ValidRows] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    not_data: int = 0
    sheets: list[SheetRead] = field(default_factory=list)
    resolved: int = 0
    # Rows that name a client who was erased, by (file, sheet, kind): read, counted as unchanged, not kept.
    erased: dict[tuple[int, str, str], int] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """How many rows of a file and kind ended in each outcome."""

    file_no: int
    sheet: str
    kind: str | None
    data_rows: int = 0
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    waiting: int = 0
    rejected: int = 0
    not_data: int = 0
