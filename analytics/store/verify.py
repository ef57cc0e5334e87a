"""Verification of a store: files against their seals, and what its tables say against each other.

Nothing is written, so it may run beside readers and writers.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.store.engines import duckdb
from analytics.store.faults import told_faults
from analytics.store.notes import read_notes, wrong_with_notes
from analytics.store.pointer import NAME, named_in
from analytics.store.seals import VERSION, Seal, is_whole, mirror_path, number_of, read_seal, seal_path
from analytics.store.snapshot import open_with_notes, refuse_newer
from analytics.store.store import Store
from analytics.store.sweep import take_lease
from analytics.store.verify_tables import (
    BACKUP,
    Contents,
    Finding,
    contents_findings,
    damaged_file,
    salt_findings,
)

_NEXT_WRITE = Text(
    zh="下一次导入或撤回时自动修复，无需处理。",
    en="The next import or withdrawal mends it; nothing need be done.",
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a verification looked at and found; ``version`` is empty while nothing was imported."""

    version: str
    snapshots: int
    batches: int
    rows: int
    findings: tuple[Finding, ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing needs hands."""
        return not any(finding.needs_hands for finding in self.findings)


def check_store(store: Store) -> Checked:
    """Verify a store as a whole.

    Raises
    ------
    UserError
        When disk or permissions keep it from being read, or a newer program wrote it.
    """
    with told_faults(store.folder):
        try:
            version = store.current_version()
        except UserError as error:
            lost = Finding("lost", error.what, error.next_step, needs_hands=True)
            return Checked("", 0, 0, 0, (lost,))
        if not version:
            return Checked("", 0, 0, 0, tuple(salt_findings(store.folder, None)))
        lease = take_lease(store.folder, version)
        try:
            return _checked(store.folder, version)
        finally:
            if lease is not None:
                os.close(lease)


def _checked(folder: Path, version: str) -> Checked:
    findings = [*_pointer(folder, version), *_files(folder, version)]
    found = Contents(0, 0)
    whole = _whole_copy(folder, version)
    if whole is not None:
        wrong = wrong_with_notes(folder, version)
        findings += _notes(wrong)
        engine = open_with_notes(whole, () if len(wrong) == 2 else read_notes(folder, version))
        try:
            with engine.connect() as connection:
                found = Contents.of(connection)
                findings += contents_findings(folder, connection)
        except DBAPIError as error:
            if error.orig is None or not duckdb.is_damage(error.orig):
                raise
            findings.append(damaged_file(whole.name, BACKUP, needs_hands=True))
        finally:
            engine.dispose()
    snapshots = sum(1 for path in folder.glob("snapshot-*.duckdb"))
    return Checked(version, snapshots, found.batches, found.rows, tuple(findings))


def _notes(wrong: list[Path]) -> Iterator[Finding]:
    """Say which copies of the notes are not whole; with one of them nothing is lost."""
    is_lost = len(wrong) == 2
    for path in wrong:
        yield damaged_file(path.name, BACKUP if is_lost else _NEXT_WRITE, needs_hands=is_lost)


def _pointer(folder: Path, version: str) -> Iterator[Finding]:
    # A writer may have moved it on meanwhile: only one that names nothing is wrong.
    if not named_in(folder / NAME) or not any(
        path.exists() for path in (folder / named_in(folder / NAME), seal_path(folder, version))
    ):
        yield Finding(
            "pointer",
            Text(
                zh=f"{NAME} 缺失或损坏，已按校验值找到当前数据 {version}。",
                en=f"{NAME} is missing or garbled; by the seals the current data are {version}.",
            ),
            _NEXT_WRITE,
            needs_hands=False,
        )


def _whole_copy(folder: Path, version: str) -> Path | None:
    """Return the copy of a snapshot to look into, ``None`` where none is whole."""
    seal = read_seal(seal_path(folder, version))
    for path in (folder / version, mirror_path(folder, version)):
        if path.exists() and (seal is None or is_whole(path, seal)):
            return path
    return None


def _files(folder: Path, current: str) -> Iterator[Finding]:
    """Verify every snapshot and the mirror against the seals, by hash."""
    for path in sorted(folder.glob("snapshot-*")):
        match = VERSION.fullmatch(f"{path.name.partition('.')[0]}.duckdb")
        if match is None or match.group(0) != f"{path.name.partition('.')[0]}.duckdb":
            yield _orphan(path)
    versions = {f"{path.name.partition('.')[0]}.duckdb" for path in folder.glob("snapshot-*")}
    for version in sorted(v for v in versions if VERSION.fullmatch(v)):
        with suppress(FileNotFoundError):  # swept meanwhile
            yield from _files_of(folder, version, current)


def _files_of(folder: Path, version: str, current: str) -> Iterator[Finding]:
    if number_of(version) > number_of(current):
        if _is_written_to(folder):
            return
        yield Finding(
            "leftover",
            Text(
                zh=f"{version} 是已中断的操作留下的。",
                en=f"{version} was left by a command that was broken off.",
            ),
            _NEXT_WRITE,
            needs_hands=False,
        )
        return
    seal = read_seal(seal_path(folder, version))
    refuse_newer(seal)
    if seal is None:
        yield from _unsealed(folder, version, current)
    elif version == current:
        yield from _current_files(folder, version, seal)
    elif not _gone_meanwhile(folder, version) and not is_whole(folder / version, seal):
        step = Text(
            zh="当前数据不受影响。请检查磁盘；该文件到期后自动删除。",
            en="The current data are not touched. Have the disk examined; the file goes when its time comes.",
        )
        yield damaged_file(version, step, needs_hands=False)


def _is_written_to(folder: Path) -> bool:
    """Say whether a command that writes is at work now."""
    with suppress(OSError), (folder / "lock").open("rb") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _gone_meanwhile(folder: Path, version: str) -> bool:
    """Say whether an old snapshot is being swept: then its seal outlasts it for a moment."""
    return not (folder / version).exists()


def _unsealed(folder: Path, version: str, current: str) -> Iterator[Finding]:
    if version == current:
        has_seal = seal_path(folder, version).exists()
        yield Finding(
            "unsealed",
            Text(
                zh=f"{version} 的校验值{'已损坏' if has_seal else '缺失'}，无法核对文件是否完整。",
                en=f"The seal of {version} is {'garbled' if has_seal else 'missing'}: "
                "the file cannot be verified.",
            ),
            _NEXT_WRITE,
            needs_hands=False,
        )


def _current_files(folder: Path, version: str, seal: Seal) -> Iterator[Finding]:
    mirror = mirror_path(folder, version)
    snapshot_whole = is_whole(folder / version, seal)
    mirror_whole = is_whole(mirror, seal) if mirror.exists() else None
    if snapshot_whole and mirror_whole is not False:
        return
    if snapshot_whole or mirror_whole:
        name = mirror.name if snapshot_whole else version
        step = Text(
            zh="另一份副本完好，没有数据丢失，下一次导入或撤回时自动修复。请检查磁盘。",
            en="The other copy is whole, no data are lost, and the next import or withdrawal mends it. "
            "Have the disk examined.",
        )
        yield damaged_file(name, step, needs_hands=False)
    else:
        yield damaged_file(version, BACKUP, needs_hands=True)


def _orphan(path: Path) -> Finding:
    return Finding(
        "orphan",
        Text(zh=f"{path.name} 不属于任何快照。", en=f"{path.name} belongs to no snapshot."),
        Text(zh="确认无用后可以删除。", en="It can be removed once it is known to be of no use."),
        needs_hands=False,
    )
