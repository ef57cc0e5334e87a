"""Conditions that statements of one's own share: whose rows a reader sees, which institutions were open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, or_

from analytics.core.selection import Scope


def seen_by(scope: Scope, columns: Mapping[str, ColumnElement[Any]] | Any) -> list[ColumnElement[bool]]:
    """Return what keeps a reader to the rows of the own scope.

    ``columns`` are a table's, or those of dimensions by name. A table that names no institution is the
    bureau's and its districts': an institution's readers see none of it.
    """
    if scope.kind == "city":
        return []
    name = "institution_id" if scope.kind == "institution" and "institution" not in columns else scope.kind
    return [columns[name] == scope.code if name in columns else false()]


def open_within(columns: Any, first: date, last: date | None = None) -> list[ColumnElement[bool]]:
    """Return what keeps institutions that were open on ``first``, or at some time until ``last``.

    The rule of :func:`analytics.core.open_days.is_open`, for statements.
    """
    until = first if last is None else last
    return [
        or_(columns.opened_on.is_(None), columns.opened_on <= until),
        or_(columns.closed_on.is_(None), columns.closed_on >= first),
    ]
