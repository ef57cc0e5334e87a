"""What a disk, a folder's permissions or the system's limits refuse, said so that a reader can act."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.core.errors import UserError
from analytics.core.text import Text

_MIB = 1024 * 1024

_FULL = (
    Text(zh="磁盘空间不足", en="The disk is full"),
    Text(
        zh="数据保持操作之前的状态。请腾出空间后再试。",
        en="The data are as they were before. Free some space, then try again.",
    ),
)
_QUOTA = (
    Text(zh="磁盘配额已用完", en="The disk quota is used up"),
    Text(
        zh="数据保持操作之前的状态。请腾出空间或提高配额后再试。",
        en="The data are as they were before. Free some space or raise the quota, then try again.",
    ),
)
_TOO_LARGE = (
    Text(zh="系统不允许文件继续增大", en="The system lets no file grow further"),
    Text(
        zh="数据保持操作之前的状态。请提高文件大小的限制（ulimit -f）后再试。",
        en="The data are as they were before. Raise the limit on file size (ulimit -f), then try again.",
    ),
)
_READ_ONLY = (
    Text(zh="磁盘为只读", en="The disk is read-only"),
    Text(
        zh="查看数据不受影响。需要写入时，请让系统管理员改为可写，或将 IPDASH_STORE 设为可写的文件夹。",
        en="Reading goes on. To write, have the disk made writable, or set IPDASH_STORE to a folder that is.",
    ),
)
_NO_PERMISSION = (
    Text(zh="没有写入或读取的权限", en="Permission is missing"),
    Text(
        zh="请以数据文件夹所有者的账户运行，或请系统管理员授予权限。",
        en="Run the command as the owner of the data folder, or ask for the permission.",
    ),
)
_HANDLES = (
    Text(zh="打开的文件过多", en="Too many files are open"),
    Text(
        zh="数据保持操作之前的状态。请提高同时打开文件数的限制（ulimit -n）后再试。",
        en="The data are as they were before. Raise the limit on open files (ulimit -n), then try again.",
    ),
)
_DISK = (
    Text(zh="磁盘读写出错", en="The disk reports an error"),
    Text(
        zh="数据保持操作之前的状态。请检查磁盘，并用 ipdash check 核对数据。",
        en="The data are as they were before. Have the disk examined, and verify the data with ipdash check.",
    ),
)
_KNOWN: dict[int, tuple[Text, Text]] = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _QUOTA,
    errno.EFBIG: _TOO_LARGE,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NO_PERMISSION,
    errno.EPERM: _NO_PERMISSION,
    errno.EMFILE: _HANDLES,
    errno.ENFILE: _HANDLES,
    errno.EIO: _DISK,
}


def disk_fault(error: BaseException, place: Path | None = None) -> UserError | None:
    """Return what to say of an error that disk, permissions or limits caused; ``None`` of any other.

    A database reports such an error in the system's words within its own: these are looked for too.
    """
    number = _number_of(error)
    if number is None:
        return None
    what, next_step = _KNOWN[number]
    where = str(place or getattr(error, "filename", None) or "")
    said = Text(zh=f"{what.zh}：{where}。", en=f"{what.en}: {where}.")
    return UserError(said if where else Text(zh=f"{what.zh}。", en=f"{what.en}."), next_step)


def _number_of(error: BaseException) -> int | None:
    if isinstance(error, OSError):
        return error.errno if error.errno in _KNOWN else None
    if not _is_of_database(error):
        return None
    text = str(error)
    if "max_temp_directory_size" in text:
        # How DuckDB says that there is no space to move aside what does not fit into memory.
        return errno.ENOSPC
    return next((number for number in _KNOWN if os.strerror(number) in text), None)


def _is_of_database(error: BaseException) -> bool:
    # By name: this module serves commands that never load the database.
    modules = {kind.__module__.partition(".")[0] for kind in type(error).__mro__}
    return bool(modules & {"sqlalchemy", "duckdb", "_duckdb"})


@contextmanager
def told_faults(place: Path) -> Iterator[None]:
    """Turn errors of disk, permissions and limits into words about ``place``; others pass."""
    try:
        yield
    except Exception as error:
        told = disk_fault(error, place)
        if told is None:
            raise
        raise told from error


def require_space(folder: Path, needed_bytes: int) -> None:
    """Refuse to begin where the disk has not ``needed_bytes`` left.

    Raises
    ------
    UserError
        With what is free and what is needed, in MiB.
    """
    free = shutil.disk_usage(folder).free
    if free >= needed_bytes:
        return
    have, need = free // _MIB, -(-needed_bytes // _MIB)
    raise UserError(
        Text(
            zh=f"磁盘空间不足：{folder} 需要 {need} MiB，仅剩 {have} MiB。",
            en=f"The disk is full: {folder} needs {need} MiB, {have} MiB are left.",
        ),
        _FULL[1],
    )
