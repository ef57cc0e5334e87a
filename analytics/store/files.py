"""Files that survive a crash: a new file is whole and on the disk before its name is known."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import mmap
import os
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from itertools import count
from pathlib import Path
from typing import IO

_PIECE_BYTES = 4 << 20
# How many pieces are read and written at once, and how many there are: disks are slower one by one.
_IN_FLIGHT = 2
_PIECES = 6
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_DIRECT = getattr(os, "O_DIRECT", 0)
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


class StoppedError(Exception):
    """Copying was stopped."""


def copy_hashed(
    source: Path, target: Path | None, stopped: Callable[[], bool] = lambda: False
) -> tuple[int, str]:
    """Copy a file, or only read it, and return its size in bytes and its SHA-256 in one pass.

    The bytes go past the system's cache where it lets them: gigabytes of a file that is read once would
    cost more time to make room for than to move. Reading, hashing and writing go on side by side.

    Raises
    ------
    StoppedError
        As soon as ``stopped`` says so; it is asked every few MiB.
    """
    with (
        _beside_the_cache(source, os.O_RDONLY) as reader,
        nullcontext() if target is None else _beside_the_cache(target, _NEW) as writer,
        ThreadPoolExecutor(max_workers=_IN_FLIGHT) as reads,
        ThreadPoolExecutor(max_workers=_IN_FLIGHT) as writes,
    ):
        return _pumped(reader, writer, reads, writes, stopped)


def _pumped(
    reader: int, writer: int | None, reads: Executor, writes: Executor, stopped: Callable[[], bool]
) -> tuple[int, str]:
    """Move a file piece by piece: some are being read, some written, one is hashed, in their order."""
    digest, size, places = hashlib.sha256(), os.fstat(reader).st_size, count(0, _PIECE_BYTES)
    # Pages of their own, as direct access asks for.
    pieces = [mmap.mmap(-1, _PIECE_BYTES) for _ in range(min(_PIECES, size // _PIECE_BYTES + 2))]
    coming = deque((piece, reads.submit(os.preadv, reader, [piece], next(places))) for piece in pieces)
    going: deque[tuple[mmap.mmap, Future[None] | None]] = deque()
    done = 0
    while found := coming[0][1].result():
        if stopped():
            raise StoppedError
        piece, _ = coming.popleft()
        full = memoryview(piece)[:found]
        going.append((piece, writes.submit(_write_all, writer, full, done) if writer is not None else None))
        digest.update(full)
        done += found
        if len(going) > _IN_FLIGHT:
            spare = _written(going)
            coming.append((spare, reads.submit(os.preadv, reader, [spare], next(places))))
    while going:
        _written(going)
    return done, digest.hexdigest()


def _written(going: deque[tuple[mmap.mmap, Future[None] | None]]) -> mmap.mmap:
    """Wait until the oldest piece is written and return it for another."""
    piece, write = going.popleft()
    if write is not None:
        write.result()
    return piece


def _write_all(writer: int, piece: memoryview, place: int) -> None:
    if len(piece) % mmap.PAGESIZE:
        _use_cache(writer)
    while piece:
        written = os.pwrite(writer, piece, place)
        piece, place = piece[written:], place + written


@contextmanager
def _beside_the_cache(path: Path, flags: int) -> Iterator[int]:
    """Open a file so that its bytes go past the system's cache; as usual where that cannot be."""
    try:
        handle = os.open(path, flags | _DIRECT, 0o666)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        handle = os.open(path, flags, 0o666)
    try:
        yield handle
    finally:
        os.close(handle)


def _use_cache(handle: int) -> None:
    """Go on as usual: only whole pages go past the cache."""
    fcntl.fcntl(handle, fcntl.F_SETFL, fcntl.fcntl(handle, fcntl.F_GETFL) & ~_DIRECT)


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
