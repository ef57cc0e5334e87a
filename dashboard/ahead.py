"""What pages need of a snapshot, asked for before somebody opens them.

A thread looks for a new snapshot, at the server's start and whenever one is published, and asks the doors of
pages for their answers: what is computed then is there when a reader comes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from analytics.core.errors import UserError
from analytics.store.snapshot import Snapshot
from dashboard.context import store

log = logging.getLogger("dashboard")

# How often the server looks for a new snapshot: one small file is read.
_LOOK_EVERY_SECONDS = 1.0
# What takes long waits: the first screens come first.
_LATER_SECONDS = 20.0

Ask = Callable[[Snapshot], None]


@contextmanager
def kept_ready(at_once: Ask, *later: Ask) -> Iterator[None]:
    """Ask for what every snapshot that becomes current is opened with, until the block ends.

    ``later`` are asked one after the other, a while after ``at_once``.
    """
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(over, at_once, later), name="ahead", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join(timeout=2 * _LOOK_EVERY_SECONDS)


def _watch(over: threading.Event, at_once: Ask, later: tuple[Ask, ...]) -> None:
    seen = ""
    while not over.is_set():
        # A store that cannot be read is said on every page.
        with suppress(UserError):
            if (version := current_other_than(seen)) is not None:
                snapshot = store().snapshot()
                seen = version
                _ask(at_once, snapshot)
                if later and not over.wait(_LATER_SECONDS):
                    for ask in later:
                        _ask(ask, snapshot)
        over.wait(_LOOK_EVERY_SECONDS)


def current_other_than(seen: str) -> str | None:
    """Return the current snapshot's version where it is not the one seen, ``None`` in an empty store."""
    version = None if store().is_empty else store().current_version()
    return None if version == seen else version


def _ask(ask: Ask, snapshot: Snapshot) -> None:
    """Nothing that happens here may end the watch; who opens the page asks again."""
    try:
        ask(snapshot)
    except Exception:
        log.exception("what a page opens with could not be prepared")
