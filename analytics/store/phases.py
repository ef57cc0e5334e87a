"""The named phases of the commands that write a store, announced as each begins.

A phase is announced to the progress callback of the command, and, where the environment variable
``IPDASH_PHASES`` names a file, as one line ``command phase monotonic_ns`` appended to it: who wants to
know at what moment a command was killed, or where its time goes, reads it there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path

from analytics.core.text import Text

Progress = Callable[[str, int, int], None]
Tell = Callable[[Text], None]

TITLES: dict[str, Text] = {
    "reading": Text(zh="读取台账", en="Reading the ledgers"),
    "waiting_for_lock": Text(zh="等待前一项操作结束", en="Waiting until the command before has ended"),
    "clearing": Text(zh="清理中断操作的残留文件", en="Removing what broken-off commands left"),
    "copying": Text(zh="复制当前数据", en="Copying the current data"),
    "loading": Text(zh="写入各行", en="Writing the rows"),
    "withdrawing": Text(zh="撤回批次", en="Taking the batch out"),
    "erasing": Text(zh="清除数据", en="Erasing"),
    "publishing": Text(zh="更新统计数据", en="Making the current figures anew"),
    "cross_checking": Text(zh="核对各台账", en="Comparing the ledgers"),
    "recording": Text(zh="登记结果", en="Recording the outcome"),
    "compacting": Text(zh="重写数据文件", en="Writing the data file anew"),
    "closing": Text(zh="关闭数据文件", en="Closing the data file"),
    "syncing": Text(zh="等待数据写入磁盘", en="Waiting until the data are on the disk"),
    "mirroring": Text(zh="保存第二份副本", en="Keeping a second copy"),
    "sealing": Text(zh="登记校验值", en="Sealing"),
    "pointing": Text(zh="启用新数据", en="Making the new data current"),
    "sweeping": Text(zh="清理旧快照", en="Removing old snapshots"),
    "verifying": Text(zh="核对校验值", en="Verifying"),
    "finishing": Text(zh="完成备份", en="Completing the backup"),
}

_BEFORE = ("waiting_for_lock", "clearing", "copying")
_AFTER = ("closing", "syncing", "mirroring", "sealing", "pointing", "sweeping")

# Each command's phases in their order; one that has nothing to do may be left out.
COMMANDS: dict[str, tuple[str, ...]] = {
    "import": ("reading", *_BEFORE, "loading", "publishing", "cross_checking", "recording", *_AFTER),
    "withdraw": (*_BEFORE, "withdrawing", "publishing", *_AFTER),
    "purge": (*_BEFORE, "erasing", "publishing", "closing", "compacting", *_AFTER[1:]),
    "backup": ("copying", "verifying", "finishing"),
    "restore": ("verifying", *_BEFORE, "erasing", "publishing", "closing", "compacting", *_AFTER[1:]),
}


COMMAND_TITLES: dict[str, Text] = {
    "import": Text(zh="导入", en="import"),
    "withdraw": Text(zh="撤回", en="withdrawal"),
    "purge": Text(zh="清除", en="erasure"),
    "backup": Text(zh="备份", en="backup"),
    "restore": Text(zh="恢复", en="restore"),
}


@dataclass(frozen=True, slots=True)
class _Running:
    command: str
    progress: Progress | None
    tell: Tell | None


_running: ContextVar[_Running | None] = ContextVar("_running", default=None)


@contextmanager
def running(command: str, progress: Progress | None = None, tell: Tell | None = None) -> Iterator[None]:
    """Say that this thread runs ``command`` until the block ends.

    Parameters
    ----------
    command : str
        A key of :data:`COMMANDS`.
    progress : callable, optional
        Called as each phase begins, with its name.
    tell : callable, optional
        Called with what the reader should know meanwhile: who is waited for, what was mended.
    """
    assert command in COMMANDS, f"{command} is not declared in COMMANDS"
    token = _running.set(_Running(command, progress, tell))
    try:
        yield
    finally:
        _running.reset(token)


@contextmanager
def entered(command: str, progress: Progress | None = None) -> Iterator[None]:
    """Run ``command`` until the block ends, and tell and announce to whom the command around it does."""
    now = _running.get()
    if now is None:
        with running(command, progress):
            yield
    else:
        with running(command, progress or now.progress, now.tell):
            yield


def command_now() -> str:
    """Return the command this thread runs, an empty string outside of any."""
    now = _running.get()
    return now.command if now else ""


def tell(text: Text) -> None:
    """Tell the reader of the running command something, where there is somebody to tell."""
    now = _running.get()
    if now is not None and now.tell is not None:
        now.tell(text)


def begin(phase: str) -> None:
    """Announce that a phase of the running command begins; outside of any command nothing is said."""
    now = _running.get()
    if now is None:
        return
    assert phase in COMMANDS[now.command], f"{phase} is not a declared phase of {now.command}"
    _write_line(now.command, phase)
    if now.progress is not None:
        now.progress(phase, 0, 1)


def _write_line(command: str, phase: str) -> None:
    name = os.environ.get("IPDASH_PHASES", "")
    if not name:
        return
    # One write to a file opened for appending is whole, and lies with the system when the process dies.
    with Path(name).open("ab", buffering=0) as handle:
        handle.write(f"{command} {phase} {time.monotonic_ns()}\n".encode())
