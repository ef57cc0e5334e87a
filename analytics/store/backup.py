"""Backups: a folder with one snapshot, the secret, the rejected rows and the settings.

``BACKUP.json`` names the files with their hashes and is written last, at once: a backup without it is none,
and while a backup is made anew into the same folder the earlier one stays whole until that moment.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select

from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.store.faults import require_space, told_faults
from analytics.store.files import (
    LockedError,
    copy_hashed,
    exclusive_lock,
    replace_text,
    sync_file,
    sync_folder,
)
from analytics.store.notes import note_paths, notes_in
from analytics.store.phases import Progress, begin, entered, tell
from analytics.store.pointer import damaged
from analytics.store.rejected import FOLDER as REJECTS
from analytics.store.schema import BATCHES, REJECT_FILES
from analytics.store.seals import FORMAT, NOTED, PLAIN, VERSION, mirror_path, read_seal, seal_path
from analytics.store.snapshot import Snapshot, written_by_newer
from analytics.store.store import Store
from analytics.store.sweep import take_lease

MANIFEST = "BACKUP.json"
# Stands while a backup is being made: what else is in the folder may be of a broken-off one.
_MARK = "BACKUP.partial"
_LOCK = "BACKUP.lock"
_SETTINGS = "settings"
_OWN = re.compile(rf"snapshot-.*|salt|{REJECTS}|{_SETTINGS}|BACKUP\..*")


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A file of a backup, by its place in the backup's folder."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds.

    Attributes
    ----------
    store : str
        Tells stores apart: a hash of the store's secret.
    version : str
        Name of the snapshot.
    made_at : str
        ISO 8601, UTC.
    """

    store: str
    version: str
    batches: int
    made_at: str
    files: tuple[BackedUp, ...]
    format: int = PLAIN

    @property
    def size_bytes(self) -> int:
        """How much space its files take."""
        return sum(file.size_bytes for file in self.files)


def back_up(store: Store, folder: Path, progress: Progress | None = None) -> Backup:
    """Back up the current snapshot into a folder, and verify what was written; others may write meanwhile.

    A folder that holds a backup of the same store gets the new one in its place.

    Raises
    ------
    UserError
        When the folder holds something else, the store is empty or damaged, or the disk refuses.
    """
    if store.is_empty:
        store.snapshot()  # says that there is nothing yet
    owner = identity(store.folder)
    with entered("backup", progress), told_faults(folder):
        _refuse_other(folder, owner)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with exclusive_lock(folder / _LOCK, wait_seconds=0):
                return _made(store, folder, owner)
        except LockedError as error:
            raise UserError(
                Text(zh="另一项备份正在写入该文件夹。", en="Another backup is being made into this folder."),
                Text(zh="请等它结束后再试。", en="Wait until it has ended, then try again."),
            ) from error


def identity(folder: Path) -> str:
    """Return what tells stores apart: a hash of the secret, empty where there is none."""
    try:
        return hashlib.sha256(b"store:" + (folder / "salt").read_bytes().strip()).hexdigest()[:16]
    except FileNotFoundError:
        return ""


def _refuse_other(folder: Path, owner: str) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise _not_empty(folder)
    names = {path.name for path in folder.iterdir()} - {_LOCK}
    if MANIFEST in names:
        there = read_backup(folder)
        if there.store != owner:
            raise UserError(
                Text(
                    zh=f"{folder} 是另一个数据库的备份，未覆盖。",
                    en=f"{folder} holds the backup of another store; it was not overwritten.",
                ),
                Text(zh="请换一个文件夹。", en="Name another folder."),
            )
    elif names and _MARK not in names:
        raise _not_empty(folder)


def _not_empty(folder: Path) -> UserError:
    return UserError(
        Text(
            zh=f"{folder} 不是空文件夹，也不是备份，未写入。",
            en=f"{folder} is neither an empty folder nor a backup; nothing was written.",
        ),
        Text(zh="请换一个文件夹。", en="Name another folder."),
    )


def _made(store: Store, folder: Path, owner: str) -> Backup:
    begin("copying")
    replace_text(folder / _MARK, owner)
    version, batches, files = _copied(store, folder)
    begin("verifying")
    for file in files:
        if copy_hashed(folder / file.name, None) != (file.size_bytes, file.sha256):
            raise damaged(folder / file.name)
        sync_file(folder / file.name)
    for place in {(folder / file.name).parent for file in files} | {folder}:
        sync_folder(place)
    begin("finishing")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    has_notes = any(file.name == note_paths(folder, version)[0].name for file in files)
    made = Backup(owner, version, batches, now, tuple(files), NOTED if has_notes else PLAIN)
    content = asdict(made)
    replace_text(folder / MANIFEST, json.dumps(content | {"check": _check(content)}, indent=1) + "\n")
    _remove_others(folder, made)
    return made


def _copied(store: Store, folder: Path) -> tuple[str, int, list[BackedUp]]:
    """Copy all that belongs to the current snapshot, which no sweep removes meanwhile."""
    snapshot = store.snapshot()
    version = snapshot.version
    lease = take_lease(store.folder, version)
    try:
        with snapshot.connect() as connection:
            batches = connection.execute(select(func.count()).select_from(BATCHES)).scalar_one()
            rejects = rejects_due(connection)
        require_space(folder, (store.folder / version).stat().st_size if _is_there(store, version) else 0)
        files = [_copied_snapshot(store.folder, version, folder)]
        wanted: list[tuple[Path, str, str | None]] = [(store.folder / "salt", "salt", None)]
        wanted += [(store.folder / REJECTS / name, f"{REJECTS}/{name}", sha) for name, sha in rejects.items()]
        wanted += [(path, f"{_SETTINGS}/{path.name}", None) for path in _settings_files()]
        wanted += _notes_of(snapshot, store.folder)
        files += [file for place in wanted if (file := _copied_file(folder, *place)) is not None]
    finally:
        if lease is not None:
            os.close(lease)
    return version, batches, files


def _notes_of(snapshot: Snapshot, folder: Path) -> list[tuple[Path, str, str | None]]:
    """Return the whole copy of the snapshot's notes and its name in a backup."""
    paths = note_paths(folder, snapshot.version)
    whole = [path for path in paths if notes_in(path) is not None]
    return [(whole[0], paths[0].name, None)] if snapshot.notes else []


def _is_there(store: Store, version: str) -> bool:
    return (store.folder / version).exists()


def _copied_snapshot(source: Path, version: str, folder: Path) -> BackedUp:
    """Copy a snapshot, or its mirror where the snapshot is not what was sealed."""
    seal = read_seal(seal_path(source, version))
    for path in (source / version, mirror_path(source, version)):
        if path.exists():
            found = copy_hashed(path, folder / version)
            if seal is None or found == (seal.size_bytes, seal.sha256):
                return BackedUp(version, *found)
    raise damaged(source / version)


def _copied_file(folder: Path, source: Path, name: str, sha256: str | None) -> BackedUp | None:
    """Copy a file that its owner alone may read; what is missing or damaged in the store is told."""
    target = folder / name
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.unlink(missing_ok=True)
    target.touch(mode=0o600)
    try:
        found = copy_hashed(source, target)
    except FileNotFoundError:
        found = (0, "")
    if found[1] and sha256 in (None, found[1]):
        return BackedUp(name, *found)
    target.unlink()
    tell(
        Text(
            zh=f"{name} 缺失或损坏，未列入备份。",
            en=f"{name} is missing or damaged, and not part of the backup.",
        )
    )
    return None


def _settings_files() -> list[Path]:
    names = [os.environ.get("IPDASH_SETTINGS", ""), settings().boundaries_file]
    return [Path(name) for name in names if name and Path(name).is_file()]


def rejects_due(connection: Connection) -> dict[str, str]:
    """Return the files of rejected rows whose time has not passed, with their hashes."""
    if not inspect(connection).has_table(REJECT_FILES.name):
        return {}
    oldest = clock.now() - timedelta(days=settings().rejects_kept_days)
    due = (
        select(REJECT_FILES.c.name, REJECT_FILES.c.sha256)
        .join_from(REJECT_FILES, BATCHES, BATCHES.c.batch_id == REJECT_FILES.c.batch_id)
        .where(BATCHES.c.imported_at >= oldest)
    )
    return {row.name: row.sha256 for row in connection.execute(due)}


def _remove_others(folder: Path, made: Backup) -> None:
    """Remove what an earlier backup of this folder held and the new one does not."""
    kept = {folder / file.name for file in made.files} | {folder / MANIFEST, folder / _LOCK}
    places = [path for path in folder.iterdir() if _OWN.fullmatch(path.name)]
    for path in places:
        inner = list(path.iterdir()) if path.is_dir() else [path]
        for file in inner:
            if file not in kept:
                file.unlink(missing_ok=True)


def _check(content: dict[str, Any]) -> str:
    plain = json.dumps(content, sort_keys=True, default=list)
    return hashlib.sha256(plain.encode()).hexdigest()


def read_backup(folder: Path) -> Backup:
    """Return what a backup's folder says it holds.

    Raises
    ------
    UserError
        When it is no whole backup, or a newer program made it.
    """
    try:
        content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        check = content.pop("check")
        files = tuple(BackedUp(**file) for file in content["files"])
        found = Backup(**{**content, "files": files})
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _no_backup(folder) from error
    if check != _check(asdict(found)) or not VERSION.fullmatch(found.version):
        raise _no_backup(folder)
    if found.format > FORMAT:
        raise written_by_newer()
    return found


def _no_backup(folder: Path) -> UserError:
    return UserError(
        Text(zh=f"{folder} 不是完整的备份。", en=f"{folder} is no whole backup."),
        Text(
            zh="请检查文件夹；由 ipdash backup 生成的备份含有 BACKUP.json。",
            en="Check the folder: a backup that ipdash backup made holds BACKUP.json.",
        ),
    )
