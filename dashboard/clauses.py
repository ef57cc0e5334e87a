"""The door from pages to clause statuses; a table is made once a snapshot, reader and day.

Tables are made in a thread of their own: a page that shows a few clauses beside other things does not wait.
"""

from __future__ import annotations

import calendar
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

import streamlit as st

from analytics.compliance import Cell, answers, clause_table, loop
from analytics.compliance.behind import rows_behind
from analytics.compliance.statuses import ClauseTable
from analytics.core.selection import Scope, Selection
from analytics.store.snapshot import Snapshot
from dashboard.context import Context, Row, reader_scope, snapshot_of

# What of the selection says which institutions are shown; rules choose their records themselves.
PLACES = ("district", "tier", "institution")
# Tables held: each takes 40,000 cells, and never changes.
_HELD = 6

Key = tuple[str, str, date]
_tables: OrderedDict[Key, Future[ClauseTable]] = OrderedDict()
_lock = threading.Lock()
_maker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="clauses")


def day_of(ctx: Context) -> date:
    """Return the day that statuses are of: the last of the period, none after the data's."""
    year, month = (int(part) for part in ctx.period.last_month.split("-"))
    return min(
        date(year, month, calendar.monthrange(year, month)[1]), date.fromisoformat(ctx.data.data_until)
    )


def latest_day(ctx: Context) -> date:
    """Return the last day of data, whatever period is chosen."""
    return date.fromisoformat(ctx.data.data_until)


def ask(snapshot: Snapshot) -> None:
    """Have all statuses on a snapshot's last day made, in the background; another day's rest on them."""
    until = snapshot.about.get("data_until")
    if until:
        _asked((snapshot.version, str(reader_scope()), date.fromisoformat(until)))


def table(ctx: Context) -> ClauseTable:
    """Return all statuses on the day; a new day takes some seconds, a known one nothing."""
    return _asked((ctx.data.version, str(ctx.scope), day_of(ctx))).result()


def if_ready(ctx: Context, day: date) -> ClauseTable | None:
    """Return all statuses on a day, ``None`` while they are being computed."""
    asked = _asked((ctx.data.version, str(ctx.scope), day))
    return asked.result() if asked.done() else None


def _asked(key: Key) -> Future[ClauseTable]:
    with _lock:
        found = _tables.get(key)
        # One that failed is tried again: the next reader shall not meet an old fault.
        if found is None or (found.done() and found.exception() is not None):
            found = _tables[key] = _maker.submit(_made, key)
        _tables.move_to_end(key)
        while len(_tables) > _HELD:
            _tables.popitem(last=False)
        return found


def _made(key: Key) -> ClauseTable:
    version, scope, day = key
    return clause_table(snapshot_of(version), scope=Scope.parse(scope), as_of=day)


def chosen(ctx: Context, found: ClauseTable) -> tuple[list[dict[str, Any]], list[Cell]]:
    """Return the institutions that the selection's places choose, and their cells."""
    wanted = {name: ctx.selection.get(name) for name in PLACES}
    columns = {"district": "district", "tier": "tier", "institution": "institution_id"}
    listed = [
        dict(row)
        for row in found.institutions
        if all(not codes or row[columns[name]] in codes for name, codes in wanted.items())
    ]
    numbers = {row["institution_id"] for row in listed}
    return listed, [cell for cell in found.cells if cell.institution_id in numbers]


def figure_of(ctx: Context, cell: Cell) -> dict[str, Any]:
    """Return a cell's figure as the reader may see it; see :func:`analytics.compliance.answers.figure_of`."""
    return answers.figure_of(cell, ctx.scope)


def behind(ctx: Context, clause: str, institution: str) -> list[Row]:
    """Return the rows that made a status."""
    return _behind(ctx.data.version, str(ctx.scope), clause, institution, day_of(ctx))


@st.cache_data(show_spinner=False, max_entries=256)
def _behind(version: str, scope: str, clause: str, institution: str, day: date) -> list[Row]:
    return rows_behind(snapshot_of(version), clause, institution, scope=Scope.parse(scope), as_of=day)


def raised_and_improved(ctx: Context) -> tuple[list[loop.Loop], list[Row], list[Row]]:
    """Return what was raised by source, what is overdue, and evaluations by area, on the day."""
    places = tuple(one for one in ctx.selection.filters if one[0] in PLACES)
    return _loop(ctx.data.version, str(ctx.scope), day_of(ctx), Selection(ctx.selection.period, places))


@st.cache_data(show_spinner=False, max_entries=32)
def _loop(
    version: str, scope: str, day: date, places: Selection
) -> tuple[list[loop.Loop], list[Row], list[Row]]:
    snapshot, seen = snapshot_of(version), Scope.parse(scope)
    return (
        loop.loops(snapshot, scope=seen, as_of=day, selection=places),
        loop.overdue(snapshot, scope=seen, as_of=day, selection=places),
        loop.evaluated(snapshot, scope=seen, as_of=day, selection=places),
    )
