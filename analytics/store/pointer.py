"""``CURRENT``: the name of the snapshot that is the store, and how it is found when that file is lost.

``CURRENT.last`` repeats the name after ``CURRENT`` was moved. It is what tells a garbled ``CURRENT``, which
costs nothing, from the loss of the newest snapshot with its mirror and seal, where an older state must
not silently take the place of acknowledged rows.
"""

from __future__ import annotations

from pathlib import Path

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.store.files import replace_text
from analytics.store.seals import (
    VERSION,
    has_sealed_size,
    mirror_path,
    number_of,
    read_seal,
    seal_path,
    sealed_versions,
)

NAME = "CURRENT"
LAST = "CURRENT.last"


def current_version(folder: Path) -> str:
    """Return the name of the current snapshot, or an empty string before the first import.

    Where ``CURRENT`` is missing, garbled or names what never was, the newest sealed snapshot is the
    current one.

    Raises
    ------
    UserError
        When the newest state is gone beyond doubt: no older one may take its place unasked.
    """
    named = named_in(folder / NAME)
    if named and _stands(folder, named):
        return named
    return _found_without_pointer(folder, named)


def _found_without_pointer(folder: Path, named: str) -> str:
    last = named_in(folder / LAST)
    whole = next((version for version in sealed_versions(folder) if _can_be_whole(folder, version)), "")
    lost = last or (named if not whole else "")
    if lost and number_of(whole) < number_of(lost):
        raise damaged(folder / lost)
    if not whole:
        _refuse_unsealed(folder)
    return whole


def _refuse_unsealed(folder: Path) -> None:
    # An earlier program sealed nothing: which of its snapshots is whole only CURRENT can say. Number 1
    # alone is what a killed first import left.
    for path in folder.glob("snapshot-*.duckdb"):
        if number_of(path.name) > 1:
            raise damaged(folder / NAME)


def named_in(path: Path) -> str:
    """Return the snapshot that a pointer names, an empty string where it names none."""
    try:
        name = path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, ValueError):
        return ""
    return name if VERSION.fullmatch(name) else ""


def _stands(folder: Path, version: str) -> bool:
    places = (folder / version, mirror_path(folder, version), seal_path(folder, version))
    return any(path.exists() for path in places)


def _can_be_whole(folder: Path, version: str) -> bool:
    seal = read_seal(seal_path(folder, version))
    places = (folder / version, mirror_path(folder, version))
    return seal is not None and any(has_sealed_size(path, seal) for path in places)


def move_pointer(folder: Path, version: str) -> None:
    """Make a snapshot the store: from here on readers find it."""
    replace_text(folder / NAME, version)


def repeat_pointer(folder: Path, version: str) -> None:
    """Note where the pointer stands, once it was moved."""
    replace_text(folder / LAST, version)


def damaged(path: Path) -> UserError:
    """Return the error that a file of the store cannot be used and no whole copy of it is there."""
    return UserError(
        Text(
            zh=f"数据库文件 {path.name} 缺失或损坏，且没有完好的副本。",
            en=f"The store's file {path.name} is missing or damaged, and no whole copy of it is there.",
        ),
        Text(
            zh="请从备份恢复：ipdash restore 备份文件夹；也可换用新文件夹后重新导入台账。"
            "详情用 ipdash check 查看。",
            en="Bring back a backup: ipdash restore FOLDER; or import the ledgers into a new folder. "
            "ipdash check says more.",
        ),
    )
