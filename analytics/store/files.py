"""Files that survive a crash: a new file is whole and on the disk before its name is known."""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from analytics.core.errors import UserError
from analytics.core.text import Text


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock file; the system frees it when the process ends, however it ends."""
    with path.open("a+") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UserError(
                Text(zh="另一项导入或撤回正在进行。", en="Another import or withdrawal is running."),
                Text(zh="请等它结束后再试。", en="Wait until it has finished, then try again."),
            ) from error
        yield


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
