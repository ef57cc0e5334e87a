"""What each database does in its own way; everything else is the same Core statement on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table

from analytics.store.engines import duckdb

if TYPE_CHECKING:  # Arrow is for writing; a process that only asks starts without it
    import pyarrow as pa

_BY_DIALECT = {"duckdb": duckdb}


def append(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Append Arrow rows to ``table`` by column name, by the fastest way the database has."""
    _BY_DIALECT[connection.dialect.name].append(connection, table, rows)
