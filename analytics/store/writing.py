"""How a new snapshot is made beside the current one: lock, copy, write, close, sync, mirror, seal, point.

What goes wrong before the pointer moves leaves the store as it was; what goes wrong after it leaves the
new snapshot as the store.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, func, select

from analytics.core import clock
from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.store.ahead import remove_ahead, take_ahead
from analytics.store.engines import duckdb
from analytics.store.faults import require_space, told_faults
from analytics.store.files import LockedError, copy_hashed, exclusive_lock, sync_file, sync_folder
from analytics.store.notes import Note, fold_in, read_notes, write_notes
from analytics.store.phases import COMMAND_TITLES, begin, command_now, tell
from analytics.store.pointer import NAME, current_version, damaged, move_pointer, named_in, repeat_pointer
from analytics.store.rejected import tidy_rejected
from analytics.store.schema import BATCHES, metadata
from analytics.store.seals import (
    NOTED,
    mirror_path,
    new_seal,
    next_version,
    number_of,
    read_seal,
    seal_path,
    write_seal,
)
from analytics.store.snapshot import refuse_newer
from analytics.store.sweep import clear_leftovers, remove_version, sweep, sweep_all_but

_MIB = 1024 * 1024
# Clocks of servers are set right by a little now and then.
# Each import leaves a small row group; so many of them cost readers nothing, merging each time costs writers.
_MERGED_EVERY = 16
_CLOCK_SLACK = timedelta(minutes=2)
# What file systems without second names say, and those that give a file only so many.
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EINVAL, errno.EMLINK)


@dataclass(slots=True)
class Draft:
    """A snapshot in the making, which no reader can find yet.

    Attributes
    ----------
    before : str
        The current snapshot, an empty string where there is none or none that can be used.
    erases : bool
        Whether every other snapshot must go once this one is current.
    is_loose : bool
        Whether deleted bytes must not stay in the file.
    batches : int
        How many batches it holds, known once it is written.
    notes : tuple of Note
        Of the snapshot that was copied, until they are written into the draft's tables.
    is_link : bool
        Whether it becomes the current snapshot under another name, with ``notes`` beside it.
    """

    folder: Path
    version: str
    before: str
    erases: bool = False
    is_loose: bool = False
    batches: int = 0
    notes: tuple[Note, ...] = ()
    is_link: bool = False

    @property
    def path(self) -> Path:
        """The file that becomes the snapshot."""
        return self.folder / self.version


class CannotLinkError(Exception):
    """The file system knows no second names of a file."""


@contextmanager
def locked(folder: Path, wait_seconds: float | None = None) -> Iterator[None]:
    """Hold the writers' lock, and say errors of disk and permissions in words until it is let go.

    Raises
    ------
    UserError
        When another command holds it longer than ``wait_seconds`` (the setting by default).
    """
    seconds = settings().write_wait_seconds if wait_seconds is None else wait_seconds
    note = {"command": command_now(), "process": os.getpid(), "since": f"{clock.now():%Y-%m-%d %H:%M}"}
    begin("waiting_for_lock")
    try:
        with told_faults(folder):
            folder.mkdir(parents=True, exist_ok=True)
            with exclusive_lock(
                folder / "lock",
                wait_seconds=seconds,
                on_wait=lambda holder: tell(_waiting(holder, seconds)),
                note=json.dumps(note),
            ):
                yield
    except LockedError as error:
        raise _still_locked(str(error), seconds) from error


def _holder(note: str) -> Text:
    try:
        told = json.loads(note)
        title = COMMAND_TITLES[told["command"]]
        process, since = int(told["process"]), str(told["since"])
    except (ValueError, KeyError, TypeError):
        return Text(zh="另一项操作", en="another command")
    return Text(
        zh=f"另一项操作（{title.zh}，进程 {process}，{since} 开始）",
        en=f"another command ({title.en}, process {process}, since {since})",
    )


def _waiting(note: str, seconds: float) -> Text:
    holder = _holder(note)
    return Text(
        zh=f"{holder.zh}正在写入，等它结束后自动继续，最多等待 {seconds:.0f} 秒。",
        en=f"Waiting for {holder.en} to end, {seconds:.0f} seconds at most; then this one goes on by itself.",
    )


def _still_locked(note: str, seconds: float) -> UserError:
    holder = _holder(note)
    return UserError(
        Text(
            zh=f"{holder.zh}正在写入，等待 {seconds:.0f} 秒后仍未结束。本次操作未写入任何数据。",
            en=f"Still at work after {seconds:.0f} seconds: {holder.en}. This command has stored nothing.",
        ),
        Text(
            zh="请等它结束后再试；等待时间可用设置 write_wait_seconds 调整。",
            en="Try again when it has ended; the setting write_wait_seconds says how long to wait.",
        ),
    )


@contextmanager
def fresh_snapshot(folder: Path, *, despite_damage: bool = False) -> Iterator[Draft]:
    """Yield a draft; when the block ends well, it is synced, mirrored, sealed and made current.

    Parameters
    ----------
    despite_damage : bool
        Go on where no current snapshot can be found: what is there stays as it is. For restoring.
    """
    begin("clearing")
    try:
        before = current_version(folder)
    except UserError:
        if not despite_damage:
            raise
        before = ""
    else:
        clear_leftovers(folder, before)
        remove_ahead(folder)
        finish_erasure(folder)
    highest = max((number_of(path.name) for path in folder.glob("snapshot-*.duckdb")), default=0)
    draft = Draft(folder, next_version(max(highest, number_of(before))), before)
    try:
        yield draft
        if draft.is_link:
            _link(draft)
        else:
            _complete(draft)
    except BaseException:
        # Ctrl-C may come after the pointer moved: then the new snapshot is the store.
        if named_in(folder / NAME) != draft.version:
            with suppress(OSError):
                remove_version(folder, draft.version)
        raise
    _tidy(draft)


def finish_erasure(folder: Path) -> None:
    """Remove what an erasure that was killed left: every snapshot beside the one it made current.

    To be called while the lock is held. Does nothing where the current snapshot erased nothing.
    """
    version = current_version(folder)
    seal = read_seal(seal_path(folder, version)) if version else None
    if seal is not None and seal.erases:
        sweep_all_but(folder, version)


def copy_current(draft: Draft) -> None:
    """Copy the current snapshot into the draft, verified on the way; where it is damaged, its mirror.

    Raises
    ------
    UserError
        When neither copy is what was sealed, a newer program wrote it, or the disk has not the space.
    """
    folder, before = draft.folder, draft.before
    sources = [folder / before, mirror_path(folder, before)] if before else []
    _make_room(draft, sources)
    begin("copying")
    if not before:
        return
    draft.notes = read_notes(folder, before)
    seal = read_seal(seal_path(folder, before))
    refuse_newer(seal)
    if seal is not None and take_ahead(draft.path, before, seal):
        return
    for source in sources:
        if not source.exists():
            continue
        found = copy_hashed(source, draft.path)
        if seal is None:
            # A store of an earlier version: the snapshot that CURRENT names counts, and is sealed now.
            write_seal(seal_path(folder, before), new_seal(before, *found, batches=0))
            return
        if found == (seal.size_bytes, seal.sha256):
            if source != sources[0]:
                tell(_mended(before))
            return
    raise damaged(folder / before)


def _make_room(draft: Draft, sources: list[Path]) -> None:
    """Require space for the copies and what comes on top; old snapshots give way to it."""
    size = max((path.stat().st_size for path in sources if path.exists()), default=0)
    copies = 2 if settings().mirror_snapshot else 1
    needed = copies * size + settings().disk_reserve_mib * _MIB
    if shutil.disk_usage(draft.folder).free < needed and draft.before:
        sweep(draft.folder, draft.before, settings(), number_alone=True)
    require_space(draft.folder, needed)


def _mended(version: str) -> Text:
    return Text(
        zh=f"数据文件 {version} 已损坏，已改用完好的第二份副本，没有数据丢失。请检查磁盘。",
        en=f"The file {version} was damaged; its whole second copy was used, and no data are lost. "
        "Have the disk examined.",
    )


@contextmanager
def written(draft: Draft) -> Iterator[Connection]:
    """Yield a connection on a draft; when the block ends well the file alone holds all of it."""
    engine = duckdb.open_writer(draft.path)
    try:
        # A store of an earlier version lacks the tables of kinds that came since.
        metadata.create_all(engine)
        with engine.connect() as connection:
            fold_in(connection, draft.notes)
            draft.notes = ()
            mind_the_clock(connection)
            draft.is_loose |= tidy_rejected(draft.folder, connection)
            # The copy is private: work may be committed in parts, to need less memory at once.
            yield connection
            begin("closing")
            draft.batches = connection.execute(select(func.count()).select_from(BATCHES)).scalar_one()
            connection.commit()
            duckdb.checkpoint(connection, merging=draft.batches % _MERGED_EVERY == 0)
    finally:
        engine.dispose()
        shutil.rmtree(f"{draft.path}.tmp", ignore_errors=True)


def mind_the_clock(connection: Connection) -> None:
    """Tell where the machine's clock stands before the last import: batches are in order by number."""
    last = connection.execute(select(func.max(BATCHES.c.imported_at))).scalar()
    now = clock.now()
    if last is not None and last > now + _CLOCK_SLACK:
        tell(
            Text(
                zh=f"本机时间 {now:%Y-%m-%d %H:%M} 早于上一批次的导入时间 {last:%Y-%m-%d %H:%M}，"
                "请核对时钟；批次先后以批次号为准，数据不受影响。",
                en=f"This machine's clock says {now:%Y-%m-%d %H:%M}, before the last import at "
                f"{last:%Y-%m-%d %H:%M}: set it right. Batches are in order by number; no data are harmed.",
            )
        )


def compact(draft: Draft) -> None:
    """Write the draft's file anew where deleted bytes must not stay in it."""
    if not (draft.is_loose or draft.erases):
        return
    if draft.erases:
        begin("compacting")
    fresh = Path(f"{draft.path}.compact")
    duckdb.rewrite(draft.path, fresh)
    shutil.rmtree(f"{fresh}.tmp", ignore_errors=True)
    fresh.replace(draft.path)


def _complete(draft: Draft) -> None:
    folder, path = draft.folder, draft.path
    begin("syncing")
    assert not Path(f"{path}.wal").exists(), "the file alone must hold all of it"
    sync_file(path)
    begin("mirroring")
    mirror = mirror_path(folder, draft.version) if settings().mirror_snapshot else None
    found = copy_hashed(path, mirror)
    if mirror is not None:
        sync_file(mirror)
    sync_folder(folder)
    begin("sealing")
    seal = new_seal(draft.version, *found, draft.batches, erases=draft.erases)
    write_seal(seal_path(folder, draft.version), seal)
    begin("pointing")
    move_pointer(folder, draft.version)


def _link(draft: Draft) -> None:
    """Give the current snapshot and its mirror second names, and put the notes beside them."""
    folder, before = draft.folder, draft.before
    begin("mirroring")
    known = read_seal(seal_path(folder, before))
    assert known is not None, "only what is sealed is linked"
    try:
        draft.path.hardlink_to(folder / before)
        if settings().mirror_snapshot:
            mirror_path(folder, draft.version).hardlink_to(mirror_path(folder, before))
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        raise CannotLinkError from error
    write_notes(folder, draft.version, draft.notes)
    begin("sealing")
    seal = new_seal(draft.version, known.size_bytes, known.sha256, draft.batches)
    write_seal(seal_path(folder, draft.version), replace(seal, format=NOTED))
    begin("pointing")
    move_pointer(folder, draft.version)


def _tidy(draft: Draft) -> None:
    """Remove what the new snapshot makes superfluous; what cannot be removed now goes the next time."""
    begin("sweeping")
    with suppress(OSError):
        repeat_pointer(draft.folder, draft.version)
        if draft.erases:
            sweep_all_but(draft.folder, draft.version)
            remove_ahead(draft.folder, in_use=True)
        else:
            sweep(draft.folder, draft.version, settings())
