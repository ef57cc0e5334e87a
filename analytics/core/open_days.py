"""When an institution is open: from the day it was set up to the day it was closed, both included."""

from __future__ import annotations

from datetime import date


def is_open(opened: date | None, closed: date | None, first: date, last: date | None = None) -> bool:
    """Say whether it was open on ``first``, or at some time until ``last``; unknown days set no limit."""
    until = first if last is None else last
    return (opened is None or opened <= until) and (closed is None or closed >= first)
