"""Leases of readers on snapshots, and the removal of what no reader and no promise needs any more."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections import defaultdict
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from analytics.core.settings import Settings
from analytics.store.seals import (
    BELONGS,
    has_sealed_size,
    mirror_path,
    number_of,
    read_seal,
    seal_path,
)

_SECONDS_AN_HOUR = 3600
# What a process killed while it made or brought back the secret leaves.
_HALF_SECRET = re.compile(r"salt\.(\d+-)?[0-9a-f]{8}")


def take_lease(folder: Path, version: str) -> int | None:
    """Hold a snapshot against sweeping: return a file descriptor, the lease lasts until it is closed.

    The lock lies on the seal, not on the snapshot: closing any handle on the snapshot would end the
    locks that the database itself holds on it in this process. ``None`` where there is no seal, or the
    file system knows no locks: then only number and age keep the snapshot.
    """
    try:
        descriptor = os.open(seal_path(folder, version), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def clear_leftovers(folder: Path, current: str) -> None:
    """Remove what broken-off commands left: all that is newer than the current snapshot or unsealed."""
    for version, paths in _by_version(folder).items():
        unsealed = read_seal(seal_path(folder, version)) is None and not (folder / version).exists()
        if number_of(version) > number_of(current) or (version != current and unsealed):
            _remove(folder, version, paths)
    for path in folder.glob("CURRENT*.new"):
        path.unlink(missing_ok=True)
    for path in folder.glob("salt.*"):
        if _HALF_SECRET.fullmatch(path.name) and _is_older_than_an_hour(path):
            path.unlink(missing_ok=True)


def _is_older_than_an_hour(path: Path) -> bool:
    # The secret is made without the lock: a young file may be another process's, at work on it now.
    with suppress(FileNotFoundError):
        return datetime.now(UTC).timestamp() - path.stat().st_mtime > _SECONDS_AN_HOUR
    return False


def sweep(folder: Path, current: str, settings: Settings, *, number_alone: bool = False) -> None:
    """Remove old snapshots that are many and old enough and that nobody reads; keep one mirror.

    Parameters
    ----------
    number_alone : bool
        Where the disk is short, young ones beyond the number go too.
    """
    found = _by_version(folder)
    older = sorted((v for v in found if number_of(v) < number_of(current)), key=number_of, reverse=True)
    for place, version in enumerate(older):
        is_many = place >= settings.snapshots_kept
        is_old = number_alone or _age_hours(folder, version) >= settings.snapshots_kept_hours
        if not (is_many and is_old and _remove(folder, version, found[version])):
            _settle_mirror(folder, version)


def sweep_all_but(folder: Path, current: str) -> None:
    """Remove every other snapshot, read or not: erasure leaves no copy under any name.

    A reader that holds one reads on, from the file the system keeps for it until it lets go.
    """
    for version, paths in _by_version(folder).items():
        if version != current:
            _unlink(paths)


def remove_version(folder: Path, version: str) -> None:
    """Remove a snapshot with all that belongs to it."""
    _unlink(_by_version(folder).get(version, []))


def _by_version(folder: Path) -> dict[str, list[Path]]:
    found: dict[str, list[Path]] = defaultdict(list)
    for path in folder.iterdir():
        match = BELONGS.fullmatch(path.name)
        if match:
            found[f"{match.group(1)}.duckdb"].append(path)
    return found


def _age_hours(folder: Path, version: str) -> float:
    """Return the age of a snapshot; a clock set back makes it young, never old."""
    seal = read_seal(seal_path(folder, version))
    if seal is not None:
        made = datetime.fromisoformat(seal.sealed_at).timestamp()
    else:
        try:
            made = (folder / version).stat().st_mtime
        except FileNotFoundError:
            return float("inf")
    return (datetime.now(UTC).timestamp() - made) / _SECONDS_AN_HOUR


def _settle_mirror(folder: Path, version: str) -> None:
    """Let an old snapshot stand alone; where it was truncated, its mirror takes its place."""
    mirror, seal = mirror_path(folder, version), read_seal(seal_path(folder, version))
    if not mirror.exists():
        return
    snapshot = folder / version
    if seal is not None and not has_sealed_size(snapshot, seal) and has_sealed_size(mirror, seal):
        mirror.replace(snapshot)
    else:
        mirror.unlink(missing_ok=True)


def _remove(folder: Path, version: str, paths: list[Path]) -> bool:
    """Remove a snapshot with all that belongs to it, unless a reader holds it; say whether it is gone."""
    with suppress(FileNotFoundError):
        descriptor = os.open(seal_path(folder, version), os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        except OSError:
            pass  # A file system without locks: number and age must do.
        try:
            _unlink(paths)
        finally:
            os.close(descriptor)
        return True
    _unlink(paths)
    return True


def _unlink(paths: list[Path]) -> None:
    # The seal goes last: what is left of a broken-off removal is still known for what it is.
    for path in sorted(paths, key=lambda path: path.suffix == ".json"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
