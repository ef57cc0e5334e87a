"""Restoring: a verified backup becomes the current snapshot, as any other command's; readers go on."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, inspect, select

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.store.backup import Backup, identity, read_backup, rejects_due
from analytics.store.engines import duckdb
from analytics.store.erased import digest_of, erased_digests
from analytics.store.faults import require_space, told_faults
from analytics.store.files import copy_hashed, sync_folder
from analytics.store.notes import note_paths, notes_in
from analytics.store.phases import Progress, begin, entered, tell
from analytics.store.pointer import damaged
from analytics.store.purge import erase_within, remove_leftovers
from analytics.store.rejected import FOLDER as REJECTS
from analytics.store.schema import CLIENTS, ERASED_CLIENTS, SERVICES, metadata
from analytics.store.snapshot import GoneError, Snapshot, open_snapshot, written_by_newer
from analytics.store.store import Store
from analytics.store.writing import Draft, compact, fresh_snapshot, locked, written

_MIB = 1024 * 1024


def restore(
    store: Store, folder: Path, progress: Progress | None = None, *, from_another_store: bool = False
) -> Backup:
    """Make a backup the current state; readers go on, and the state before stays as an old snapshot.

    Clients who were erased since the backup are erased from it before it becomes current; then no older
    snapshot stays.

    Raises
    ------
    UserError
        When the backup is not whole, of a newer program, or of another store; nothing is changed then.
    """
    with entered("restore", progress):
        begin("verifying")
        with told_faults(folder):
            backup = _verified(folder)
        own = identity(store.folder)
        if own and own != backup.store and not from_another_store and not _is_lost(store):
            raise _of_another(folder)
        with (
            locked(store.folder),
            _salt_of(backup, folder, store.folder),
            fresh_snapshot(store.folder, despite_damage=True) as draft,
        ):
            _fill(draft, backup, folder)
            again = _erase_again(store, draft)
        if again:
            remove_leftovers(store)
            tell(_erased_again(again))
        return backup


def _fill(draft: Draft, backup: Backup, folder: Path) -> None:
    """Copy the backup's snapshot and rejected rows, verified once more on the way."""
    begin("copying")
    require_space(draft.folder, 2 * backup.size_bytes + settings().disk_reserve_mib * _MIB)
    (wanted,) = (file for file in backup.files if file.name == backup.version)
    if copy_hashed(folder / backup.version, draft.path) != (wanted.size_bytes, wanted.sha256):
        raise damaged(folder / backup.version)
    note = note_paths(folder, backup.version)[0]
    if any(file.name == note.name for file in backup.files):
        draft.notes = notes_in(note) or ()
    _bring_rejects(draft.folder, folder, draft.path)
    draft.batches = backup.batches
    begin("closing")
    _carry_erased(draft)


def _verified(folder: Path) -> Backup:
    backup = read_backup(folder)
    for file in backup.files:
        path = folder / file.name
        if not path.is_file() or copy_hashed(path, None) != (file.size_bytes, file.sha256):
            raise UserError(
                Text(
                    zh=f"备份中的 {file.name} 缺失或损坏，未恢复，现有数据未改动。",
                    en=f"{file.name} of the backup is missing or damaged; nothing was restored or changed.",
                ),
                Text(zh="请换用另一份备份。", en="Use another backup."),
            )
    _refuse_unknown_tables(folder / backup.version)
    return backup


def _refuse_unknown_tables(path: Path) -> None:
    engine = duckdb.open_reader(path)
    try:
        unknown = set(inspect(engine).get_table_names()) - set(metadata.tables)
    finally:
        engine.dispose()
    if unknown:
        raise written_by_newer()


def _is_lost(store: Store) -> bool:
    """Say whether the store holds nothing that could be mistaken for the backup's successor."""
    try:
        return store.is_empty
    except UserError:
        return True


def _of_another(folder: Path) -> UserError:
    return UserError(
        Text(
            zh=f"{folder} 是另一个数据库的备份，未恢复，现有数据未改动。",
            en=f"{folder} is the backup of another store; nothing was restored or changed.",
        ),
        Text(
            zh="请核对文件夹；确需用它代替现有数据时，加上 --from-another-store。",
            en="Check the folder; to put it in the place of these data, add --from-another-store.",
        ),
    )


def _bring_rejects(target: Path, folder: Path, snapshot: Path) -> None:
    """Bring back the rejected rows that the snapshot names and whose time has not passed."""
    engine = duckdb.open_reader(snapshot)
    try:
        with engine.connect() as connection:
            due = rejects_due(connection)
    finally:
        engine.dispose()
    for name, sha256 in due.items():
        source, place = folder / REJECTS / name, target / REJECTS / name
        if source.is_file() and not (place.is_file() and copy_hashed(place, None)[1] == sha256):
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _replace_private(place, source.read_bytes())
    if (target / REJECTS).is_dir():
        sync_folder(target / REJECTS)


@contextmanager
def _salt_of(backup: Backup, folder: Path, target: Path) -> Iterator[None]:
    """Put the secret of a backup in place for the block, and the former one back where the block fails.

    Only the backup of another store, or a store that lost its secret, has another one; a former one is
    kept beside it. A process killed in the block has to restore again.
    """
    source, place = folder / "salt", target / "salt"
    fresh = source.read_bytes() if source.is_file() else None
    former = place.read_bytes() if place.exists() else None
    if fresh is None or fresh == former:
        yield
        return
    if former is not None:
        _replace_private(target / f"salt.before-{backup.store}", former)
    _replace_private(place, fresh)
    try:
        yield
    except BaseException:
        if former is not None:
            _replace_private(place, former)
        raise


def _carry_erased(draft: Draft) -> None:
    """Let clients who were erased since the backup stay known as erased, and take its notes in."""
    missing = _missing_in(draft)
    if missing or draft.notes:
        with written(draft) as connection:
            if missing:
                connection.execute(insert(ERASED_CLIENTS), missing)


def _missing_in(draft: Draft) -> list[dict[str, Any]]:
    """Return the clients who are known as erased, and not in the draft."""
    if not draft.before:
        return []
    try:
        known = _erased_in(open_snapshot(draft.folder, draft.before))
    except (UserError, GoneError):
        return []  # The state before cannot be read: what it knew is lost with it.
    engine = duckdb.open_reader(draft.path)
    with engine.connect() as connection:
        there = erased_digests(connection)
    engine.dispose()
    return [{"digest": d, "until_day": day} for d, day in known.items() if d not in there]


def _erased_in(snapshot: Snapshot) -> dict[str, int | None]:
    with snapshot.connect() as connection:
        return erased_digests(connection)


def _erase_again(store: Store, draft: Draft) -> int:
    """Erase from the draft whom an older backup brought back: no moment shows them; return how many."""
    engine = duckdb.open_reader(draft.path)
    try:
        with engine.connect() as connection:
            again = _erased_but_present(connection, store)
    finally:
        engine.dispose()
    if again:
        draft.erases = True
        with written(draft) as connection:
            erase_within(connection, store, again)
        compact(draft)
    return len(again)


def _erased_but_present(connection: Connection, store: Store) -> list[str]:
    """Return the clients that are known as erased and stand there all the same."""
    erased = erased_digests(connection)
    if not erased:
        return []
    found: set[str] = set()
    for rows in (CLIENTS.rows, SERVICES.rows):
        numbers = select(rows.c.client_id).where(rows.c.client_id.is_not(None)).distinct()
        found.update(connection.execute(numbers).scalars())
    salt = store.salt()
    return sorted(number for number in found if digest_of(number, salt) in erased)


def _erased_again(count: int) -> Text:
    return Text(
        zh=f"备份之后已按要求删除的 {count} 个服务对象已再次删除，旧快照一并清除。",
        en=f"{count} clients who were erased since that backup have been erased again, "
        "older snapshots included.",
    )


def _replace_private(place: Path, content: bytes) -> None:
    """Put a small file in place at once, readable by its owner alone."""
    fresh = place.with_name(f"{place.name}.{secrets.token_hex(4)}")
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(place.parent)
