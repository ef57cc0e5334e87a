"""Files that survive a crash: a new file is whole and on the disk before its name is known."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PIECE_BYTES = 1 << 20
_LOOK_EVERY_SECONDS = 0.1


class LockedError(Exception):
    """Another process holds the lock, and did not let go within the time allowed."""


@contextmanager
def exclusive_lock(
    path: Path,
    *,
    wait_seconds: float,
    say_after_seconds: float = 1.0,
    on_wait: Callable[[str], None] = lambda _: None,
    note: str = "",
) -> Iterator[None]:
    """Hold the lock file; the system frees it when the process ends, however it ends.

    Parameters
    ----------
    on_wait : callable
        Called once with the note of who holds the lock, after ``say_after_seconds`` of waiting.
    note : str
        Who holds it now, for those who wait.

    Raises
    ------
    LockedError
        With the holder's note, when the lock is not free within ``wait_seconds``.
    """
    with path.open("a+", encoding="utf-8") as handle:
        _wait_for(handle, wait_seconds, say_after_seconds, on_wait)
        # A note is a courtesy: a full disk must not keep a command from beginning, it says so itself later.
        with suppress(OSError):
            handle.truncate(0)
            handle.write(note)
            handle.flush()
        yield


def _wait_for(
    handle: IO[str], wait_seconds: float, say_after_seconds: float, on_wait: Callable[[str], None]
) -> None:
    begun, said = time.monotonic(), False
    while not _taken(handle):
        waited = time.monotonic() - begun
        if waited >= wait_seconds:
            raise LockedError(_note_in(handle))
        if waited >= say_after_seconds and not said:
            said = True
            on_wait(_note_in(handle))
        time.sleep(_LOOK_EVERY_SECONDS)


def _taken(handle: IO[str]) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _note_in(handle: IO[str]) -> str:
    handle.seek(0)
    return handle.read().strip()


def copy_hashed(source: Path, target: Path | None) -> tuple[int, str]:
    """Copy a file, or only read it, and return its size in bytes and its SHA-256 in one pass."""
    if target is None:
        with source.open("rb") as reader:
            return _pumped(reader, None)
    with source.open("rb") as reader, target.open("wb") as writer:
        return _pumped(reader, writer)


def _pumped(reader: IO[bytes], writer: IO[bytes] | None) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    while piece := reader.read(_PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
        if writer is not None:
            writer.write(piece)
    return size, digest.hexdigest()


def sync_file(path: Path) -> None:
    """Wait until a file's bytes are on the disk."""
    with path.open("rb") as handle:
        os.fsync(handle.fileno())


def sync_folder(path: Path) -> None:
    """Wait until a folder's names are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def create_secret(path: Path, text: str) -> None:
    """Make a small file that its owner alone may read, whole from the start; one that is there stays.

    Two processes may do so at once: the file is linked to its name when it is on the disk, and the
    second finds the name taken.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    fresh.touch(mode=0o600, exist_ok=False)
    try:
        with fresh.open("w", encoding="utf-8") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(fresh)
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def replace_text(path: Path, text: str) -> None:
    """Replace a small file at once: readers see the old text or the new, never a part."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    fresh.replace(path)
    sync_folder(path.parent)
