"""Functions that databases spell differently, as Core elements compiled per dialect.

The default spelling is PostgreSQL's; Hive and Spark SQL have theirs here too.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import ARRAY


class sorted_values(GenericFunction[Any]):  # noqa: N801 - reads as the function it is
    """All values of a column in a group, in ascending order, without the empty ones."""

    type = ARRAY(Double())
    inherit_cache = True
    name = "sorted_values"


class element_at(GenericFunction[float]):  # noqa: N801 - reads as the function it is
    """The k-th element of a list, counted from 1."""

    type = Double()
    inherit_cache = True
    name = "element_at"


class has_text(GenericFunction[bool]):  # noqa: N801 - reads as the function it is
    """Whether a text holds another, letter for letter; several times faster than a pattern with wildcards."""

    type = Boolean()
    inherit_cache = True
    name = "has_text"


def _arguments(element: GenericFunction[Any], compiler: SQLCompiler, **kw: Any) -> list[str]:
    return [compiler.process(clause, **kw) for clause in element.clauses]


@compiles(sorted_values)
def _sorted_default(element: sorted_values, compiler: SQLCompiler, **kw: Any) -> str:
    (column,) = _arguments(element, compiler, **kw)
    return f"array_agg({column} ORDER BY {column}) FILTER (WHERE {column} IS NOT NULL)"


@compiles(sorted_values, "duckdb")
def _sorted_duckdb(element: sorted_values, compiler: SQLCompiler, **kw: Any) -> str:
    # An ordered list() sorts through a window: three times slower than sorting the list afterwards.
    (column,) = _arguments(element, compiler, **kw)
    return f"list_sort(list({column}) FILTER (WHERE {column} IS NOT NULL))"


@compiles(sorted_values, "hive")
def _sorted_hive(element: sorted_values, compiler: SQLCompiler, **kw: Any) -> str:
    (column,) = _arguments(element, compiler, **kw)
    return f"sort_array(collect_list({column}))"


@compiles(element_at)
def _element_default(element: element_at, compiler: SQLCompiler, **kw: Any) -> str:
    values, place = _arguments(element, compiler, **kw)
    return f"({values})[{place}]"


@compiles(element_at, "hive")
def _element_hive(element: element_at, compiler: SQLCompiler, **kw: Any) -> str:
    values, place = _arguments(element, compiler, **kw)
    return f"({values})[{place} - 1]"


@compiles(has_text)
def _has_default(element: has_text, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _arguments(element, compiler, **kw)
    return f"(position({part} in {text}) > 0)"


@compiles(has_text, "duckdb")
def _has_duckdb(element: has_text, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _arguments(element, compiler, **kw)
    return f"contains({text}, {part})"


@compiles(has_text, "hive")
def _has_hive(element: has_text, compiler: SQLCompiler, **kw: Any) -> str:
    text, part = _arguments(element, compiler, **kw)
    return f"(instr({text}, {part}) > 0)"


def order_statistic(values: ColumnElement[Any], place: ColumnElement[int]) -> ColumnElement[float]:
    """Return the value at ``place`` (from 1) of a sorted list."""
    return element_at(values, place)
