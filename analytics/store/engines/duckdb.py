"""DuckDB: a file a snapshot; rows go in through Arrow, nothing is fetched from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

if TYPE_CHECKING:
    import pyarrow as pa

_OFFLINE = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "enable_external_access": "false",
}
# Words of the errors that a file cut off or overwritten ends in.
_DAMAGED = ("Corrupt", "checksum", "not a valid DuckDB", "Could not read", "read enough bytes")
# A million rows in Arrow beside the database, and what it takes beyond its limit, stay within 2 GiB.
# Row groups packed together at most at one checkpoint: DuckDB's own default.
_MERGES = 100
_WRITER = {"memory_limit": "1GB", "preserve_insertion_order": "false", "checkpoint_threshold": "4GB"}


def open_reader(path: Path, prepare: Callable[[str], Iterable[str]] | None = None) -> Engine:
    """Return an engine on a snapshot that nobody writes to any more.

    Parameters
    ----------
    prepare : callable, optional
        Returns the statements that each connection runs first, given the name it has the snapshot under.
    """
    engine = create_engine(
        f"duckdb:///{path}",
        connect_args={"read_only": True, "config": dict(_OFFLINE)},
        # An error may be logged: what was asked for stays out of it.
        hide_parameters=True,
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=16,
    )

    def begin(connection: Any, _record: Any) -> None:
        assert prepare is not None
        cursor = connection.cursor()
        cursor.execute("SELECT current_database()")
        for statement in prepare(cursor.fetchone()[0]):
            cursor.execute(statement)
        cursor.close()
        connection.commit()

    if prepare is not None:
        event.listen(engine, "connect", begin)
    return engine


def open_writer(path: Path) -> Engine:
    """Return an engine on a copy that no reader has seen yet; it holds one connection."""
    config: dict[str, str] = {**_OFFLINE, **_WRITER, "temp_directory": f"{path}.tmp"}
    config.pop("enable_external_access")  # spilling to temp_directory counts as outside access
    # Parameters hold what ledgers say, and errors are logged.
    engine = create_engine(
        "duckdb:///:memory:",
        connect_args={"config": config},
        poolclass=StaticPool,
        # What fails is thrown away with its file; rolling back on a full disk would only fail again.
        pool_reset_on_return=None,
        hide_parameters=True,
    )

    def attach(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        # Nobody recovers a draft from a log: all is written to its file once, at the checkpoint.
        cursor.execute(f"ATTACH '{_quoted(path)}' AS draft (RECOVERY_MODE no_wal_writes)")
        cursor.execute("USE draft")
        cursor.close()

    event.listen(engine, "connect", attach)
    return engine


def _quoted(path: Path) -> str:
    """Return a path as it stands between quotes: a quote in the folder's name is doubled."""
    return str(path).replace("'", "''")


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


def checkpoint(connection: Connection, *, merging: bool) -> None:
    """Write all that was committed to the file: it alone is the snapshot.

    With ``merging``, row groups that later imports left small are packed together: that writes the last
    hundred thousand rows anew, two seconds beside 5,000,000.
    """
    connection.exec_driver_sql(f"SET max_vacuum_tasks = {_MERGES if merging else 0}")
    connection.exec_driver_sql("CHECKPOINT")


def is_damage(error: BaseException) -> bool:
    """Say whether an error of the database means that the file it reads is not what was written."""
    # Blocks carry checksums; what is cut off or overwritten shows as an error of reading.
    if isinstance(error, duckdb.IOException):
        return any(word in str(error) for word in _DAMAGED)
    return isinstance(error, duckdb.SerializationException | duckdb.InternalException | duckdb.FatalException)


def rewrite(source: Path, target: Path) -> None:
    """Write all that a file's tables hold into a new file: no deleted byte comes along."""
    config: dict[str, Any] = {**_OFFLINE, **_WRITER, "temp_directory": f"{target}.tmp"}
    config.pop("enable_external_access")
    config["preserve_insertion_order"] = "true"  # rows in the order of their time are found faster
    with duckdb.connect(":memory:", config=config) as connection:
        for name, path, mode in (("old", source, " (READ_ONLY)"), ("new", target, "")):
            connection.execute(f"ATTACH '{_quoted(path)}' AS {name}{mode}")
        connection.execute("COPY FROM DATABASE old TO new")
        connection.execute("CHECKPOINT new")
        connection.execute("DETACH new")
