"""One immutable state of the data, and what is known about it as a whole."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.exc import DBAPIError

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.store.engines import duckdb
from analytics.store.notes import Note, as_statements, read_notes
from analytics.store.pointer import damaged
from analytics.store.schema import ABOUT
from analytics.store.seals import (
    FORMAT,
    Seal,
    has_sealed_size,
    is_whole,
    mirror_path,
    read_seal,
    seal_path,
)
from analytics.store.sweep import take_lease


class GoneError(Exception):
    """No file of the snapshot is there: another process may have swept it since its name was read."""


class Snapshot:
    """A state of the store that never changes; safe to share between threads.

    While it lives, no other process removes its file. Where its file turns out to be damaged, the
    statement that met the damage runs once more on the mirror, and so do all that follow.
    """

    def __init__(
        self,
        version: str,
        engine: Engine,
        mirror: Path | None = None,
        notes: Sequence[Note] = (),
        folder: Path | None = None,
    ) -> None:
        self.version = version
        # Where answers about it may be kept (analytics.store.beside), if anywhere.
        self.folder = folder
        self.notes = tuple(notes)
        # Whether a statement met damage in its file.
        self.is_damaged = False
        self._engine = engine
        self._mirror = mirror
        self._switching = threading.Lock()
        self._watch(engine)

    def _watch(self, engine: Engine) -> None:
        # Weak: an engine that knew its snapshot would outlive it, and its lease with it.
        watching, watched = weakref.ref(self), weakref.ref(engine)

        def execute(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
            snapshot, at_work = watching(), watched()
            if snapshot is None or at_work is None:
                return False
            snapshot._execute(at_work, cursor, statement, parameters, context)
            return True

        event.listen(engine, "do_execute", execute)

    def connect(self) -> Connection:
        """Return a read-only connection; use it in a ``with`` block."""
        return self._engine.connect()

    def rows(self, statement: Any, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Return the rows of a statement by column name; ``values`` fill what it leaves open."""
        with self.connect() as connection:
            return [dict(row) for row in connection.execute(statement, values or {}).mappings()]

    @cached_property
    def about(self) -> dict[str, str]:
        """Facts about the whole: last day of data, last full month, whether sample data are in it, ..."""
        with self.connect() as connection:
            return {
                name: value or "" for name, value in connection.execute(select(ABOUT.c.name, ABOUT.c.value))
            }

    @property
    def is_sample(self) -> bool:
        """Whether any batch in force is sample data."""
        return self.about.get("sample_data") == "true"

    def _execute(self, engine: Engine, cursor: Any, statement: str, parameters: Any, context: Any) -> None:
        """Run a statement as SQLAlchemy would; where the file is damaged, once more on the mirror."""
        try:
            context.dialect.do_execute(cursor, statement, parameters, context)
        except context.dialect.loaded_dbapi.Error as error:
            if not duckdb.is_damage(error):
                raise
            # The result is read from the context's cursor; the connection it came from lives as long.
            context.lent = self._instead_of(engine, error).raw_connection()
            context.cursor = context.lent.cursor()
            context.dialect.do_execute(context.cursor, statement, parameters, context)

    def _instead_of(self, engine: Engine, error: Exception) -> Engine:
        """Return an engine on the mirror, its hash verified; another thread may have come before."""
        with self._switching:
            if self._engine is engine:
                mirror, self._mirror = self._mirror, None
                seal = read_seal(seal_path(mirror.parent, self.version)) if mirror else None
                if mirror is None or seal is None or not is_whole(mirror, seal):
                    raise damaged(Path(self.version)) from error
                spare = open_with_notes(mirror, self.notes)
                self._watch(spare)
                # The lease hangs on the first engine.
                weakref.finalize(spare, _let_go, engine)
                self._engine = spare
                self.is_damaged = True
            return self._engine


def _let_go(engine: Engine) -> None:
    """Be the last to have held an engine."""


def open_snapshot(folder: Path, version: str) -> Snapshot:
    """Open a snapshot for reading, or its mirror where the snapshot has not the size that was sealed.

    Nothing is written: a folder or disk that is read-only will do.

    Raises
    ------
    GoneError
        When none of its files is there.
    UserError
        When neither copy can be used, or a newer program wrote it.
    """
    lease = take_lease(folder, version)
    try:
        notes = read_notes(folder, version)
        engine, mirror = _opened(folder, version, notes)
    except BaseException:
        if lease is not None:
            os.close(lease)
        raise
    if lease is not None:
        # A connection in use keeps its engine, and with it the lease, beyond the snapshot's own life.
        weakref.finalize(engine, os.close, lease)
    return Snapshot(version, engine, mirror, notes, folder)


def _opened(folder: Path, version: str, notes: Sequence[Note]) -> tuple[Engine, Path | None]:
    """Return an engine on the first copy that can be opened, and the other copy where it is still unused."""
    seal = read_seal(seal_path(folder, version))
    refuse_newer(seal)
    snapshot, mirror = folder / version, mirror_path(folder, version)
    if not snapshot.exists() and not mirror.exists():
        raise GoneError(version)
    for path in (snapshot, mirror):
        if path.exists() if seal is None else has_sealed_size(path, seal):
            engine = _tried(path, notes)
            if engine is not None:
                spare = mirror if path == snapshot and seal and has_sealed_size(mirror, seal) else None
                return engine, spare
    raise damaged(snapshot)


def open_with_notes(path: Path, notes: Sequence[Note]) -> Engine:
    """Return an engine on a snapshot's file whose tables hold the notes too."""
    return duckdb.open_reader(path, partial(as_statements, notes) if notes else None)


def _tried(path: Path, notes: Sequence[Note]) -> Engine | None:
    """Return an engine on a file, ``None`` where the database finds the file damaged."""
    engine = open_with_notes(path, notes)
    try:
        engine.connect().close()
    except DBAPIError as error:
        engine.dispose()
        if error.orig is None or not duckdb.is_damage(error.orig):
            raise
        return None
    return engine


def refuse_newer(seal: Seal | None) -> None:
    """Refuse what a newer program wrote.

    Raises
    ------
    UserError
        When the seal's format is not known yet.
    """
    if seal is not None and seal.format > FORMAT:
        raise written_by_newer()


def written_by_newer() -> UserError:
    """Return the error that a newer program wrote the data."""
    return UserError(
        Text(
            zh="数据由更新版本的程序写入，本版本无法读取。",
            en="The data were written by a newer version of this program.",
        ),
        Text(zh="请升级程序后再试。", en="Upgrade the program, then try again."),
    )
