"""Answers kept beside a snapshot: what took seconds to compute is read in a moment by the next process.

A kept answer is a file named after its snapshot, so that it is swept, erased and left out of backups with
it, and can never be taken for an answer about other data. It is a convenience, not part of the store: where
the folder cannot be written to nothing is kept, and what is missing, cut off or garbled is computed again.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from analytics.store.seals import seal_path

_SUFFIX = ".kept"
# Half written: what a killed process leaves goes with the snapshot.
_HALF = ".half"


def kept(folder: Path, version: str, name: str) -> bytes | None:
    """Return what was kept of a snapshot under a name, ``None`` where there is nothing whole."""
    try:
        content = _path(folder, version, name).read_bytes()
    except OSError:
        return None
    digest, found = content[:32], content[32:]
    return found if hashlib.sha256(found).digest() == digest else None


def keep(folder: Path, version: str, name: str, content: bytes, *, most: int) -> None:
    """Keep an answer beside a snapshot, for whoever asks next; of its kind the ``most`` newest stay.

    The kind is what stands before the first ``-`` of the name. Nobody waits for the disk: the hash in front
    tells a file that an outage cut off. Several processes may keep the same answer at once.
    """
    path = _path(folder, version, name)
    half = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}{_HALF}")
    # A disk that is full or read-only, a snapshot swept meanwhile: nothing is kept, and nothing is lost.
    with suppress(OSError):
        mode = (folder / version).stat().st_mode & 0o777
        try:
            half.touch(mode=mode, exist_ok=False)
            half.write_bytes(hashlib.sha256(content).digest() + content)
            half.replace(path)
        finally:
            half.unlink(missing_ok=True)
        _forget_older(folder, version, name.partition("-")[0], most)
        if not seal_path(folder, version).exists():
            path.unlink(missing_ok=True)


def _forget_older(folder: Path, version: str, kind: str, most: int) -> None:
    found = list(folder.glob(f"{_stem(version)}.{kind}-*{_SUFFIX}"))
    for path in sorted(found, key=_age)[:-most]:
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


def _path(folder: Path, version: str, name: str) -> Path:
    return folder / f"{_stem(version)}.{name}{_SUFFIX}"


def _stem(version: str) -> str:
    return version.removesuffix(".duckdb")
