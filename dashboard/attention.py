"""重点关注事项, computed ahead: a list takes a second or two, and no page waits for it.

A list depends on snapshot, reader and month alone. It is made once in a thread of its own, at the server's
start and whenever a new snapshot is published. A page that comes earlier is told that it is on its way.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor

from analytics.comparison.signals import Signal, signals
from analytics.core.selection import Scope
from analytics.store.snapshot import Snapshot
from dashboard.context import Context, reader_scope, snapshot_of

# Lists held: the current one, and months and snapshots that somebody still looks at.
_HELD = 24
# A page of the overview does not wait; what is not there yet comes by itself.
PATIENCE_SECONDS = 0.0

Key = tuple[str, str, str]
_lists: OrderedDict[Key, Future[list[Signal]]] = OrderedDict()
_lock = threading.Lock()
_maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="attention")


def listed(ctx: Context, *, month: str | None = None, patience: float | None = None) -> list[Signal] | None:
    """Return what needs attention at the end of a month (the last full one), ``None`` while it is computed.

    Parameters
    ----------
    patience : float, optional
        Seconds to wait for a list that is not there yet.

    Raises
    ------
    UserError
        When the month is none, or lies outside the data.
    """
    asked = _asked(ctx.data.version, str(ctx.scope), month or ctx.data.last_full_month)
    try:
        return asked.result(timeout=PATIENCE_SECONDS if patience is None else patience)
    except TimeoutError:
        return None


def ask(snapshot: Snapshot) -> None:
    """Have the list of a snapshot's last full month made, in the background."""
    month = snapshot.about.get("last_full_month")
    if month:
        _asked(snapshot.version, str(reader_scope()), month)


def _asked(version: str, scope: str, month: str) -> Future[list[Signal]]:
    key = (version, scope, month)
    with _lock:
        found = _lists.get(key)
        # A list that failed is tried again: the next reader shall not meet an old fault.
        if found is None or (found.done() and found.exception() is not None):
            found = _lists[key] = _maker.submit(_made, key)
        _lists.move_to_end(key)
        while len(_lists) > _HELD:
            _lists.popitem(last=False)
        return found


def _made(key: Key) -> list[Signal]:
    version, scope, month = key
    return signals(snapshot_of(version), scope=Scope.parse(scope), month=month)
