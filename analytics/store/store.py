"""The store of one dashboard: immutable snapshots in a folder, and the pointer that names the current one.

A command that writes takes the lock, copies the current snapshot under a new name, writes to the
copy, closes it, waits until it is on the disk and only then moves the pointer. Readers open the
snapshot that the pointer names and keep it as long as they like. A process killed at any moment
leaves at most a file nobody points to, which the next writer removes.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.store.engines import duckdb
from analytics.store.files import create_secret, exclusive_lock, replace_text, sync_file, sync_folder
from analytics.store.phases import Progress, begin, entered
from analytics.store.rejected import tidy_rejected
from analytics.store.schema import metadata
from analytics.store.snapshot import Snapshot

_NAME = re.compile(r"snapshot-(\d{6})-[0-9a-f]{8}\.duckdb")
_SALT_BYTES = 32
_SALT = re.compile(rf"[0-9a-f]{{{2 * _SALT_BYTES}}}")


class Store:
    """A folder that holds snapshots; open one with :func:`open_store`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = folder / "CURRENT"
        self._open: dict[str, Snapshot] = {}

    def current_version(self) -> str:
        """Return the name of the current snapshot, or an empty string before the first import."""
        try:
            name = self._pointer.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            self._refuse_lost_pointer()
            return ""
        if not _NAME.fullmatch(name):
            raise _damaged(self._pointer)
        return name

    def _refuse_lost_pointer(self) -> None:
        # A killed first import leaves number 1 without a pointer; a higher number was pointed to before.
        # Taken for an empty store, it would be filled anew and its data swept away.
        for path in self.folder.glob("snapshot-*.duckdb"):
            found = _NAME.fullmatch(path.name)
            if found and int(found.group(1)) > 1:
                raise _damaged(self._pointer)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever imported."""
        return not self.current_version()

    def snapshot(self) -> Snapshot:
        """Return the current snapshot, opened once a process and version.

        Raises
        ------
        UserError
            When nothing was imported yet, or the snapshot that the pointer names is gone.
        """
        version = self.current_version()
        if not version:
            raise UserError(
                Text(zh="数据库中还没有数据。", en="The store holds no data yet."),
                Text(
                    zh="请先导入台账：ipdash import 文件夹。",
                    en="Import ledgers first: ipdash import FOLDER.",
                ),
            )
        if version not in self._open:
            path = self.folder / version
            if not path.is_file():
                raise _damaged(path)
            self._open[version] = Snapshot(version, duckdb.open_reader(path))
            self._forget_older(version)
        return self._open[version]

    def _forget_older(self, version: str) -> None:
        # A session may still hold the one before; DuckDB closes a file when its last user lets go.
        for name in sorted(self._open)[:-2]:
            if name != version:
                # Another thread may have let go of it first.
                self._open.pop(name, None)

    @contextmanager
    def writing(
        self, command: str = "import", progress: Progress | None = None, *, erasing: bool = False
    ) -> Iterator[Connection]:
        """Yield a connection on a private copy; it becomes current when the block ends well.

        Parameters
        ----------
        command : str
            The command whose phases are announced, a key of :data:`analytics.store.phases.COMMANDS`;
            where this thread runs a command already, that one goes on.
        progress : callable, optional
            Called as each phase begins.
        erasing : bool
            What the block deletes must be gone: the file is written anew, so that no deleted byte stays
            in it, and every older snapshot is removed, its copies too.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with entered(command, progress), exclusive_lock(self.folder / "lock"):
            begin("clearing")
            self._sweep()
            begin("copying")
            before = self.current_version()
            fresh = self.folder / _next_name(before)
            try:
                if before:
                    if not (self.folder / before).is_file():
                        raise _damaged(self.folder / before)
                    shutil.copyfile(self.folder / before, fresh)
                with _written(fresh) as connection:
                    tidy_rejected(self.folder, connection)
                    yield connection
                sync_file(fresh)
                sync_folder(self.folder)
                replace_text(self._pointer, fresh.name)
            except BaseException:
                # Ctrl-C may come after the pointer moved: then the new snapshot is the store.
                if self.current_version() != fresh.name:
                    for path in self.folder.glob(f"{fresh.name}*"):
                        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                raise
            self._sweep()

    def _sweep(self) -> None:
        """Remove files nobody points to; keep the newest old snapshots, which sessions may still open."""
        current = self.current_version()
        older = sorted(p.name for p in self.folder.iterdir() if _NAME.fullmatch(p.name) and p.name < current)
        keep = {current, *older[-settings().snapshots_kept :]}
        for path in self.folder.iterdir():
            base = path.name.split(".duckdb")[0] + ".duckdb"
            if _NAME.fullmatch(base) and base not in keep:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def salt(self) -> bytes:
        """Return the secret that names of clients are hashed with, made at first use.

        Raises
        ------
        UserError
            When the file does not hold it: without a secret names could be guessed from their hashes.
        """
        path = self.folder / "salt"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            create_secret(path, secrets.token_hex(_SALT_BYTES))
        found = path.read_text(encoding="utf-8").strip()
        if not _SALT.fullmatch(found):
            raise _damaged(path)
        return bytes.fromhex(found)


@contextmanager
def _written(path: Path) -> Iterator[Connection]:
    """Yield a connection on a private copy; when the block ends well the file alone holds all of it."""
    engine = duckdb.open_writer(path)
    try:
        # A store of an earlier version lacks the tables of kinds that came since.
        metadata.create_all(engine)
        with engine.connect() as connection:
            # The copy is private: work may be committed in parts, to need less memory at once.
            yield connection
            connection.commit()
            duckdb.checkpoint(connection)
    finally:
        engine.dispose()
        shutil.rmtree(f"{path}.tmp", ignore_errors=True)


def open_store(location: str | Path | None = None) -> Store:
    """Open the store at ``location``, else at ``IPDASH_STORE``, else in ``./data``.

    Raises
    ------
    UserError
        When the location is a database address: only folders are served so far.
    """
    place = str(location or os.environ.get("IPDASH_STORE") or "data")
    if "://" in place:
        raise UserError(
            Text(zh="目前只支持文件夹形式的数据库。", en="Only a folder can hold the store so far."),
            Text(zh="请将 IPDASH_STORE 设为一个文件夹。", en="Set IPDASH_STORE to a folder."),
        )
    return Store(Path(place))


def _next_name(before: str) -> str:
    match = _NAME.fullmatch(before)
    number = int(match.group(1)) + 1 if match else 1
    return f"snapshot-{number:06d}-{secrets.token_hex(4)}.duckdb"


def _damaged(path: Path) -> UserError:
    return UserError(
        Text(
            zh=f"数据库文件 {path.name} 缺失或损坏。",
            en=f"The store's file {path.name} is missing or damaged.",
        ),
        Text(
            zh="请从备份恢复数据库文件夹，或换用新文件夹后重新导入台账。",
            en="Restore the store's folder from a backup, or import the ledgers into a new folder.",
        ),
    )
