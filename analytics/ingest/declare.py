"""How a ledger kind is declared: its columns, the date its facts count at, and what its rows must obey."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analytics.core.text import Text

if TYPE_CHECKING:
    from analytics.ingest.frame import Frame

ColumnType = Literal[
    "code",
    "text",
    "area",
    "bool",
    "clause",
    "course",
    "date",
    "datetime",
    "industry",
    "integer",
    "list",
    "measure",
    "month",
    "number",
    "service",
]
# What a code or text stands for where that asks for more than its type says.
Meaning = Literal["", "institution", "client", "rating", "scope", "target", "client_name"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a ledger.

    Attributes
    ----------
    name, heading, aliases
        The English name, the canonical Chinese heading and the other headings that are accepted.
    key, required, starter
        Part of the row's key; a row without it is rejected; among the few a station starts with.
    type, values
        How cells are read, and the allowed values where they are a closed list.
    unit : str
        Key of :data:`analytics.ingest.parse.numbers.UNITS`; empty where a cell bears no unit.
    minimum, maximum : float
        Bounds of a number, both included.
    store : str
        The store's column where its name differs.
    empty_means_all : bool
        A required column whose cells may be empty: the row is then about all of them.
    areas : tuple of str
        What an area may be beside the 17 areas: ``all`` (the whole city), ``outside``.
    note : Text
        What a clerk should know and neither the heading nor the type can say; stands in templates.
    """

    name: str
    heading: str
    aliases: tuple[str, ...] = ()
    key: bool = False
    required: bool = False
    starter: bool = False
    type: ColumnType = "text"
    values: tuple[str, ...] = ()
    unit: str = ""
    minimum: float | None = 0
    maximum: float | None = None
    store: str = ""
    areas: tuple[str, ...] = ()
    meaning: Meaning = ""
    empty_means_all: bool = False
    note: Text | None = None

    @property
    def needed(self) -> bool:
        """Whether a row cannot be without a value here."""
        return self.required and not self.empty_means_all

    @property
    def stored(self) -> str:
        """The column's name in the store."""
        return self.store or self.name


@dataclass(frozen=True, slots=True)
class Source:
    """A ledger kind.

    Attributes
    ----------
    kind, name, columns
        The kind's key, its name for readers and its columns in the order of the ledger.
    fact_date : str
        The column whose date decides month, quarter and year; empty where facts have none.
    order : tuple of (str, str)
        Pairs of columns of which the second cannot lie before the first.
    tidy : callable
        What the kind's rows need beyond the rules that all kinds share.
    serial_headings : tuple of str
        Headings of a running number that may stand in for the record's number.
    prefilled : tuple of str
        Columns that the kind's template fills in beforehand: where only these are filled, nothing is said.
    """

    kind: str
    name: Text
    columns: tuple[Column, ...]
    fact_date: str = ""
    order: tuple[tuple[str, str], ...] = ()
    tidy: Callable[[Frame], None] | None = None
    serial_headings: tuple[str, ...] = ()
    prefilled: tuple[str, ...] = ()

    def column(self, name: str) -> Column:
        """Return the column of that English name; ``KeyError`` when there is none."""
        return {column.name: column for column in self.columns}[name]

    @property
    def required(self) -> tuple[Column, ...]:
        """The columns without which a row is rejected."""
        return tuple(column for column in self.columns if column.required)
