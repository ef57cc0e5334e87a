"""Files that survive a crash: a new file is whole and on the disk before its name is known."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

_PIECE_BYTES = 1 << 20
_COPIED_AT_ONCE_BYTES = 64 << 20
_CANNOT_COPY = (errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EOPNOTSUPP)
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
    """Copy a file, or only read it, and return its size in bytes and its SHA-256.

    A copy is made by the system, in a thread of its own, while the hash is computed here.
    """
    with ThreadPoolExecutor(max_workers=1) as pool:
        copied = pool.submit(_copied, source, target) if target is not None else None
        found = _hashed(source)
        if copied is not None:
            copied.result()
    return found


def _hashed(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    piece = bytearray(_PIECE_BYTES)
    view = memoryview(piece)
    with path.open("rb", buffering=0) as reader:
        while count := reader.readinto(piece):
            digest.update(view[:count])
            size += count
    return size, digest.hexdigest()


def _copied(source: Path, target: Path) -> None:
    with source.open("rb", buffering=0) as reader, target.open("wb", buffering=0) as writer:
        try:
            while os.copy_file_range(reader.fileno(), writer.fileno(), _COPIED_AT_ONCE_BYTES):
                pass
        except OSError as error:
            if error.errno not in _CANNOT_COPY or writer.tell():
                raise
            # Some file systems leave it to the program.
            shutil.copyfileobj(reader, writer, _PIECE_BYTES)


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
