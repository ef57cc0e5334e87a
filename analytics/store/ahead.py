"""Copying a large snapshot ahead: while a command still starts and reads, before it holds the lock.

The copy counts only when, under the lock, the snapshot is current still and the copy's hash is the sealed
one; else the snapshot is copied as if there were none.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.store.files import StoppedError, copy_hashed
from analytics.store.pointer import current_version
from analytics.store.seals import Seal, has_sealed_size, read_seal, seal_path

# A smaller one is copied in less time than a thread and a second look take.
WORTH_BYTES = 64 << 20
_MIB = 1024 * 1024
_PATTERN = "ahead-*.copy"


class CopyAhead:
    """A copy of the current snapshot in the making, by a thread of its own."""

    def __init__(self, folder: Path, version: str) -> None:
        self.version = version
        self._source = folder / version
        self._path = folder / f"ahead-{os.getpid()}-{secrets.token_hex(4)}.copy"
        self._stopped = threading.Event()
        self._found: tuple[int, str] | None = None
        # Whoever tidies up sees by the lock that somebody is at work on it.
        self._held = os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666)
        with suppress(OSError):
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._thread = threading.Thread(target=self._copy, name="copy ahead", daemon=True)
        self._thread.start()

    def _copy(self) -> None:
        # Whatever goes wrong here goes wrong again, and is said, when the snapshot is copied under the lock.
        with suppress(OSError, StoppedError):
            self._found = copy_hashed(self._source, self._path, stopped=self._stopped.is_set)

    def taken(self, target: Path, version: str, seal: Seal) -> bool:
        """Move the copy to ``target`` if it is one of ``version`` as it was sealed; wait until it is made."""
        if version != self.version:
            return False
        self._thread.join()
        if self._found != (seal.size_bytes, seal.sha256):
            return False
        try:
            self._path.rename(target)
        except FileNotFoundError:
            return False
        # Before the database opens the file: closing a handle later would end the locks it holds.
        self._let_go()
        return True

    def close(self) -> None:
        """Leave nothing behind."""
        self._stopped.set()
        self._thread.join()
        self._path.unlink(missing_ok=True)
        self._let_go()

    def _let_go(self) -> None:
        if self._held >= 0:
            os.close(self._held)
            self._held = -1


_SWITCH_SECONDS = 0.0005
_ahead: ContextVar[CopyAhead | None] = ContextVar("_ahead", default=None)


@contextmanager
def copied_ahead(folder: Path) -> Iterator[None]:
    """Copy the current snapshot while the block runs, where that is worth it and the disk has the room."""
    copy = _begun(folder)
    token = _ahead.set(copy)
    interval = sys.getswitchinterval()
    if copy is not None:
        # Copying asks for the interpreter after each piece; behind parsing it would wait 5 ms each time.
        sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        _ahead.reset(token)
        if copy is not None:
            with suppress(OSError):
                copy.close()


def _begun(folder: Path) -> CopyAhead | None:
    with suppress(OSError, UserError):
        version = current_version(folder)
        seal = read_seal(seal_path(folder, version)) if version else None
        if seal is None or seal.size_bytes < WORTH_BYTES or not has_sealed_size(folder / version, seal):
            return None
        # This copy, the mirror, and what the command that holds the lock now may need.
        if shutil.disk_usage(folder).free < 4 * seal.size_bytes + settings().disk_reserve_mib * _MIB:
            return None
        return CopyAhead(folder, version)
    return None


def take_ahead(target: Path, version: str, seal: Seal) -> bool:
    """Put what was copied ahead in the place of a draft; say whether it is there, whole."""
    copy = _ahead.get()
    return copy is not None and copy.taken(target, version, seal)


def remove_ahead(folder: Path, *, in_use: bool = False) -> None:
    """Remove the copies of commands that are no more and, if ``in_use``, those of others too."""
    for path in folder.glob(_PATTERN):
        with suppress(FileNotFoundError):
            if in_use or not _is_held(path):
                path.unlink()


def _is_held(path: Path) -> bool:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
