"""Folders for a while: what ledgers say lies in them while they are read, and nothing of it stays behind.

A folder goes when its block ends, also by an error. One whose process was killed goes when the next is
made: its lock is free then.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PREFIX = "ipdash-"
_HELD = ".held"
# A folder this young may not have its lock yet.
_YOUNG_SECONDS = 60


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder that its owner alone can read, and remove it with all it holds at the end."""
    _remove_abandoned(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as name, (Path(name) / _HELD).open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield Path(name)


def _remove_abandoned(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        with suppress(OSError):  # another process removes it, or it is another user's
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            if time.time() - folder.stat().st_mtime < _YOUNG_SECONDS:
                continue
            with (folder / _HELD).open("r+") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
