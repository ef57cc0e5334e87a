"""Which files an import command means: those named, and in folders what may be a ledger, no links."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.core.errors import UserError
from analytics.core.printable import printable
from analytics.core.text import Text
from analytics.store.batch import SourceFile

_SKIPPED_ENDINGS = frozenset({".md", ".json", ".txt"})
_LINK = Text("是符号链接，可能指向文件夹之外", "it is a symbolic link and may point outside the folder")
_SPECIAL = Text("不是普通文件（管道、套接字或设备）", "it is no regular file (a pipe, socket or device)")
_CLOSED = Text("没有权限或无法打开", "it cannot be opened")


@dataclass(frozen=True, slots=True)
class Listed:
    """A path of the command; ``why_not`` says why it is not read, ``None`` where it is.

    ``by_name``: the command named it, it was not found in a folder.
    """

    path: Path
    why_not: Text | None = None
    by_name: bool = False


def find_files(paths: Sequence[Path]) -> list[Listed]:
    """Return the files of the command: those named, and what folders hold, sorted, each once.

    Within folders, hidden files and notes (``.md``, ``.json``, ``.txt``) are passed over in silence;
    links, pipes, devices and what may not be opened are listed with the reason and never opened.

    Raises
    ------
    UserError
        When a path does not exist or nothing is found.
    """
    found: dict[Path, Listed] = {}
    for path in paths:
        if not path.exists():
            raise UserError(
                Text(zh=f"找不到 {printable(str(path))}。", en=f"{printable(str(path))} does not exist."),
                Text(zh="请检查路径。", en="Check the path."),
            )
        own = sorted(_within(path), key=lambda each: each.path) if path.is_dir() else [_named(path)]
        for listed in own:
            found.setdefault(listed.path, listed)
    if not found:
        raise UserError(
            Text(zh="所给路径中没有台账文件。", en="There is no ledger under the paths given."),
            Text(
                zh="请给出 .xlsx 或 .csv 文件，或其所在的文件夹。",
                en="Name .xlsx or .csv files, or their folder.",
            ),
        )
    return list(found.values())


def called(path: Path, names: Mapping[Path, str]) -> str:
    """Return what a file is called where it comes from, as it may be shown."""
    return printable(names.get(path, path.name))


def source_file(listed: Listed, names: Mapping[Path, str]) -> SourceFile:
    """Return the file's name as it may be shown, its digest and size; of what is not read, the name alone."""
    name = called(listed.path, names)
    try:
        if listed.why_not is None:
            with listed.path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
                return SourceFile(name, digest, os.fstat(stream.fileno()).st_size)
    except OSError:
        pass
    return SourceFile(name, "", 0)


def _named(path: Path) -> Listed:
    """A path that the command names itself may be a link; a pipe or device would be read without end."""
    return Listed(path, None if path.is_file() else _SPECIAL, by_name=True)


def _within(root: Path) -> Iterator[Listed]:
    """Yield what a folder and those below it hold, each folder's files in order."""
    waiting = [root]
    while waiting:
        folder = waiting.pop()
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            yield Listed(folder, _CLOSED)
            continue
        seen = [entry for entry in entries if not entry.name.startswith((".", "~$"))]
        for entry in seen:
            if not entry.is_dir(follow_symlinks=False):
                yield from _entry(entry)
        waiting += [Path(entry.path) for entry in reversed(seen) if entry.is_dir(follow_symlinks=False)]


def _entry(entry: os.DirEntry[str]) -> Iterator[Listed]:
    path = Path(entry.path)
    if path.suffix.lower() in _SKIPPED_ENDINGS:
        return
    try:
        mode = entry.stat(follow_symlinks=False).st_mode
    except OSError:
        yield Listed(path, _CLOSED)
        return
    if stat.S_ISLNK(mode):
        yield Listed(path, _LINK)
    elif not stat.S_ISREG(mode):
        yield Listed(path, _SPECIAL)
    else:
        yield Listed(path)
