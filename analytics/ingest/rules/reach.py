"""Which columns of which ledgers a rule is about, taken from the declarations of the ledgers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # ledgers are declared with the rules, not the other way round
    from analytics.ingest.declare import Column, ColumnType, Meaning, Source

# Returns the columns of a ledger that a rule is about; none where it is not about that ledger.
Reach = Callable[["Source"], "Iterable[Column]"]


def where(condition: Callable[[Column], bool]) -> Reach:
    """Reach every column that meets a condition."""
    return lambda source: [column for column in source.columns if condition(column)]


def of_type(*types: ColumnType) -> Reach:
    """Reach the columns of these types."""
    return where(lambda column: column.type in types)


def meaning(*meanings: Meaning) -> Reach:
    """Reach the columns with one of these meanings that are no ledger's own number."""
    return where(lambda column: column.meaning in meanings)


def named(*names: str, kinds: tuple[str, ...] = (), beside: str = "") -> Reach:
    """Reach columns by name, in some kinds only or where the ledger has a column ``beside`` too."""

    def reached(source: Source) -> list[Column]:
        present = {column.name for column in source.columns}
        if (kinds and source.kind not in kinds) or (beside and beside not in present):
            return []
        return [column for column in source.columns if column.name in names]

    return reached


def later_times(source: Source) -> list[Column]:
    """Reach the times that may not lie before another one of the row."""
    later = dict.fromkeys(name for _, name in source.order)
    return [source.column(name) for name in later]


def date_of_fact(source: Source) -> list[Column]:
    """Reach the date of the facts of ledgers that name an institution."""
    names_one = any(column.meaning == "institution" for column in source.columns)
    return [source.column(source.fact_date)] if source.fact_date and names_one else []
