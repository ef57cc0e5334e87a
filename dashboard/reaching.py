"""The one door from pages to the analysis of reach: heavy work in threads of its own, its answers kept.

An answer is computed once a snapshot and question, for the whole city, and kept for all readers; what a
reader may see is cut from it. Whoever waits sees how far the work is, and may leave: it goes on and its
answer is there when he comes back.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from datetime import date
from typing import Any, Generic, TypeVar

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.selection import Scope
from analytics.coverage.areas import Underserved, Zone, find_underserved, seen_by
from analytics.coverage.inputs import read_inputs
from analytics.coverage.openings import Openings, ZoneOpening, choose_openings, open_in_zone
from analytics.coverage.rearrangement import Change, Rearranged, rearrange
from analytics.coverage.stations import StationReport, report_stations
from analytics.spatial.best_sites import Progress
from analytics.spatial.sensitivity import DEFAULT, AccessSettings
from analytics.store.snapshot import Snapshot
from dashboard.context import Context, reader_scope, snapshot_of

_T = TypeVar("_T")
# An answer over 20,000 points and 200 stations holds some 60 MB.
_KEPT = 6
_LOOK_EVERY_SECONDS = 0.1
SEARCH_SECONDS = 60.0


class Work(Generic[_T]):
    """One computation in a thread: how far it is, its answer or error, and a way to stop it."""

    def __init__(self, compute: Callable[[Work[_T]], _T]) -> None:
        self.share = 0.0
        self.progress: Progress | None = None
        self.answer: _T | None = None
        self.error: Exception | None = None
        self._over, self._stop = threading.Event(), threading.Event()
        threading.Thread(target=self._run, args=(compute,), daemon=True).start()

    def _run(self, compute: Callable[[Work[_T]], _T]) -> None:
        try:
            self.answer = compute(self)
        except Exception as error:  # noqa: BLE001 - told to whoever waits, in his own thread
            self.error = error
        finally:
            self._over.set()

    @property
    def is_over(self) -> bool:
        """Whether it has an answer or an error."""
        return self._over.is_set()

    def wait(self, seconds: float) -> bool:
        """Wait until it is over, at most so long; return whether it is."""
        return self._over.wait(seconds)

    def stop(self) -> None:
        """Ask it to end with what it has."""
        self._stop.set()

    def is_stopped(self) -> bool:
        """Whether somebody asked it to end."""
        return self._stop.is_set()

    def tell(self, share: float) -> None:
        """Note the share of the work that is done."""
        self.share = share

    def tell_search(self, progress: Progress) -> None:
        """Note how far a search is."""
        self.progress = progress

    def result(self) -> _T:
        """Return the answer; raise its error in the reader's own thread."""
        self._over.wait()
        if self.error is not None:
            raise self.error
        assert self.answer is not None
        return self.answer


_works: OrderedDict[Hashable, Work[Any]] = OrderedDict()
_lock = threading.Lock()


def access(ctx: Context, settings: AccessSettings = DEFAULT) -> Work[Underserved]:
    """Return the work on access, zones and their sureness; its answer is the whole city's (`seen`)."""
    return _access(ctx.data.version, _day(ctx.data.data_until), ctx.scope, settings)


def stations(ctx: Context) -> Work[StationReport]:
    """Return the work on stations among their peers."""
    version, day = ctx.data.version, _day(ctx.data.data_until)
    return _work(("stations", version), lambda _: report_stations(snapshot_of(version), as_of=day))


def ask(snapshot: Snapshot) -> None:
    """Compute access of a snapshot, and what one station in the worst zone would change."""
    until = snapshot.about.get("data_until")
    # What lacks in the store is said to whoever opens the page.
    with suppress(UserError):
        if until:
            scope = reader_scope()
            result = _access(snapshot.version, _day(until), scope, DEFAULT).result()
            seen = _seen(scope, result)
            if seen.zones:
                _one_more(snapshot.version, scope, seen, seen.zones[0])


def _access(version: str, day: date, scope: Scope, settings: AccessSettings) -> Work[Underserved]:
    def compute(work: Work[Underserved]) -> Underserved:
        inputs = read_inputs(snapshot_of(version), as_of=day, scope=scope)
        return find_underserved(inputs, settings=settings, tell=work.tell)

    # Whether located clients may stand in for demand depends on who reads, nothing else does.
    return _work(("access", version, scope.audience, settings), compute)


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])


def one_more(ctx: Context, result: Underserved, zone: Zone) -> Work[ZoneOpening]:
    """Return the work on what one station in a zone would change."""
    return _one_more(ctx.data.version, ctx.scope, result, zone)


def _one_more(version: str, scope: Scope, result: Underserved, zone: Zone) -> Work[ZoneOpening]:
    # Which way of standing in for demand was taken depends on who reads.
    key = ("one", version, str(scope), scope.audience, result.areas.settings, zone.zone_id)
    return _work(key, lambda _: open_in_zone(result, zone))


def openings(ctx: Context, result: Underserved, k: int) -> Work[Openings]:
    """Return the search for k sites; it tells its bound and can be stopped."""
    key = ("openings", ctx.data.version, str(ctx.scope), ctx.scope.audience, result.areas.settings, k)

    def compute(work: Work[Openings]) -> Openings:
        return choose_openings(result, k, seconds=SEARCH_SECONDS, tell=work.tell_search, stop=work.is_stopped)

    return _work(key, compute)


def rearranged(ctx: Context, result: Underserved, change: Change) -> Work[Rearranged]:
    """Return the work on what a change of stations would do."""
    key = ("rearranged", ctx.data.version, str(ctx.scope), ctx.scope.audience, result.areas.settings, change)
    return _work(key, lambda _: rearrange(result, change))


def drop(work: Work[Any]) -> None:
    """Forget a work, so that it begins anew when it is asked for again."""
    with _lock:
        for key in [key for key, found in _works.items() if found is work]:
            del _works[key]


def seen(ctx: Context, result: Underserved) -> Underserved:
    """Return what this reader may see of the city's answer."""
    return _seen(ctx.scope, result)


def _seen(scope: Scope, result: Underserved) -> Underserved:
    return result if str(scope) == str(result.scope) else seen_by(result, scope)


def with_progress(ctx: Context, work: Work[_T], words: str) -> _T:
    """Return a work's answer, showing how far it is meanwhile; leaving the page leaves it running."""
    if not work.wait(_LOOK_EVERY_SECONDS):
        bar = st.progress(0.0, text=ctx.say(words))
        while not work.wait(_LOOK_EVERY_SECONDS):
            bar.progress(min(work.share, 1.0), text=ctx.say(words))
        bar.empty()
    return work.result()


def _work(key: Hashable, compute: Callable[[Work[_T]], _T]) -> Work[_T]:
    with _lock:
        found: Work[_T] | None = _works.get(key)
        failed = found is not None and found.is_over and found.error is not None
        if found is None or failed:
            found = _works[key] = Work(compute)
        _works.move_to_end(key)
        _forget()
        return found


def _forget() -> None:
    """Let go of the oldest answers of each kind beyond those that are kept."""
    kinds: dict[str, int] = {}
    for key in reversed(list(_works)):
        kind = str(key[0])  # type: ignore[index]
        kinds[kind] = kinds.get(kind, 0) + 1
        if kinds[kind] > (_KEPT if kind == "access" else 8 * _KEPT) and _works[key].is_over:
            del _works[key]
