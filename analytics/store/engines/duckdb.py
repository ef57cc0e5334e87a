"""DuckDB: a file a snapshot; rows go in through Arrow, nothing is fetched from outside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, Table, create_engine
from sqlalchemy.pool import QueuePool, StaticPool

if TYPE_CHECKING:
    import pyarrow as pa

_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}
# An import holds its rows in Arrow beside the database: the database may take the rest of 2 GiB.
_WRITER = {"memory_limit": "2GB", "preserve_insertion_order": "false"}


def open_reader(path: Path) -> Engine:
    """Return an engine on a snapshot that nobody writes to any more."""
    return create_engine(
        f"duckdb:///{path}",
        connect_args={"read_only": True, "config": dict(_OFFLINE)},
        # An error may be logged: what was asked for stays out of it.
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=16,
    )


def open_writer(path: Path) -> Engine:
    """Return an engine on a copy that no reader has seen yet; it holds one connection."""
    config: dict[str, str] = {**_OFFLINE, **_WRITER, "temp_directory": f"{path}.tmp"}
    config.pop("enable_external_access")  # spilling to temp_directory counts as outside access
    # Parameters hold what ledgers say, and errors are logged.
    return create_engine(
        f"duckdb:///{path}", connect_args={"config": config}, poolclass=StaticPool, hide_parameters=True
    )


def append(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Append Arrow rows to ``table`` by column name; columns the rows lack stay empty."""
    native: Any = connection.connection.driver_connection
    columns = ", ".join(f'"{name}"' for name in rows.column_names)
    native.register("incoming_arrow", rows)
    try:
        # Names of the schema's own columns, quoted; no word of a reader is in the statement.
        native.execute(f'INSERT INTO "{table.name}" ({columns}) SELECT {columns} FROM incoming_arrow')  # noqa: S608
    finally:
        native.unregister("incoming_arrow")


def checkpoint(connection: Connection) -> None:
    """Fold the write-ahead log into the file, so that the file alone is the snapshot."""
    connection.exec_driver_sql("CHECKPOINT")
