"""The store of one dashboard: immutable snapshots in a folder, and the pointer that names the current one.

A command that writes takes the lock, copies the current snapshot under a new name, writes to the
copy, closes it, waits until it is on the disk, keeps a second copy, seals both, and only then moves the
pointer. Readers open the snapshot that the pointer names and keep it as long as they like. A process
killed at any moment leaves at most files nobody points to, which the next writer removes.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.store.faults import told_faults
from analytics.store.files import create_secret
from analytics.store.phases import Progress, command_now, entered
from analytics.store.pointer import current_version, damaged
from analytics.store.snapshot import GoneError, Snapshot, open_snapshot
from analytics.store.writing import compact, copy_current, fresh_snapshot, locked, written

_SALT_BYTES = 32
_SALT = re.compile(rf"[0-9a-f]{{{2 * _SALT_BYTES}}}")
# Each time round another command has moved the pointer and swept what it named before.
_TRIES = 20


class Store:
    """A folder that holds snapshots; open one with :func:`open_store`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open: dict[str, Snapshot] = {}

    def current_version(self) -> str:
        """Return the name of the current snapshot, or an empty string before the first import."""
        with told_faults(self.folder):
            return current_version(self.folder)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever imported."""
        return not self.current_version()

    def snapshot(self) -> Snapshot:
        """Return the current snapshot, opened once a process and version.

        Raises
        ------
        UserError
            When nothing was imported yet, or no whole copy of the snapshot is there.
        """
        for _ in range(_TRIES):
            version = self.current_version()
            if not version:
                raise _empty()
            held = self._open.get(version)
            if held is not None:
                return held
            try:
                with told_faults(self.folder):
                    opened = open_snapshot(self.folder, version)
            except GoneError:
                continue
            # Another thread may have opened it meanwhile: one process, one reader of a file.
            held = self._open.setdefault(version, opened)
            self._forget_older(version)
            return held
        raise damaged(self.folder / version)

    def snapshot_of(self, version: str) -> Snapshot:
        """Return an older snapshot that a reader began with, as long as its files stand.

        Raises
        ------
        UserError
            When it is gone: no other state may answer in its name.
        """
        held = self._open.get(version)
        if held is not None:
            return held
        try:
            with told_faults(self.folder):
                return open_snapshot(self.folder, version)
        except GoneError as error:
            raise UserError(
                Text(
                    zh="此页面所用的数据已被更新的数据取代。",
                    en="Newer data have taken the place of this page's.",
                ),
                Text(zh="请刷新页面。", en="Reload the page."),
            ) from error

    def _forget_older(self, version: str) -> None:
        # A session may still hold the one before; DuckDB closes a file when its last user lets go.
        for name in sorted(self._open)[:-2]:
            if name != version:
                # Another thread may have let go of it first.
                self._open.pop(name, None)

    @contextmanager
    def writing(
        self,
        command: str = "",
        progress: Progress | None = None,
        *,
        erasing: bool = False,
        wait_seconds: float | None = None,
    ) -> Iterator[Connection]:
        """Yield a connection on a private copy; it becomes current when the block ends well.

        Parameters
        ----------
        command : str
            The command whose phases are announced, a key of :data:`analytics.store.phases.COMMANDS`; by
            default the one that this thread runs, else an import.
        progress : callable, optional
            Called as each phase begins.
        erasing : bool
            What the block deletes must be gone: the file is written anew, so that no deleted byte stays
            in it, and every older snapshot is removed, its copies too.
        wait_seconds : float, optional
            How long to wait for another command that writes; the setting by default.

        Raises
        ------
        UserError
            When another command does not end in time, both copies of the current snapshot are damaged,
            or the disk refuses; the store is then as it was.
        """
        with (
            entered(command or command_now() or "import", progress),
            locked(self.folder, wait_seconds),
            fresh_snapshot(self.folder) as draft,
        ):
            draft.erases = erasing
            copy_current(draft)
            with written(draft) as connection:
                yield connection
            compact(draft)

    def salt(self) -> bytes:
        """Return the secret that names of clients are hashed with, made at first use.

        Raises
        ------
        UserError
            When the file does not hold it: without a secret names could be guessed from their hashes.
        """
        path = self.folder / "salt"
        with told_faults(self.folder):
            if not path.exists():
                self.folder.mkdir(parents=True, exist_ok=True)
                create_secret(path, secrets.token_hex(_SALT_BYTES))
            found = path.read_text(encoding="utf-8", errors="replace").strip()
        if not _SALT.fullmatch(found):
            raise damaged(path)
        return bytes.fromhex(found)


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


def _empty() -> UserError:
    return UserError(
        Text(zh="数据库中还没有数据。", en="The store holds no data yet."),
        Text(zh="请先导入台账：ipdash import 文件夹。", en="Import ledgers first: ipdash import FOLDER."),
    )
