"""The door from pages to the quality of data: what was reported, filled in, doubted, or not understood."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.selection import Scope, Selection
from analytics.ingest.rules import RULES
from analytics.measures import quality
from analytics.measures.broken_rules import rules_broken
from dashboard.context import Context, Row, snapshot_of

# What findings and months of reporting know of a selection.
PLACES = ("district", "tier", "institution")


def completeness(ctx: Context, by: str | None = None) -> list[Row]:
    """Return how many service records of the selection give each field."""
    return _asked(ctx, "completeness", ctx.selection, by)


def reporting(ctx: Context, by: str = "month", period: str | None = None) -> list[Row]:
    """Return institution-months reported and open."""
    chosen = ctx.selection if period is None else ctx.selection.replace(period=period)
    return _asked(ctx, "reporting", chosen, by)


def freshness(ctx: Context) -> list[Row]:
    """Return the last month each institution sent anything for, of the institutions chosen."""
    wanted = {name: ctx.selection.get(name) for name in PLACES}
    names = {"institution": "institution_id"}
    return [
        row
        for row in _asked(ctx, "freshness", Selection(), None)
        if row["closed_on"] is None
        and all(not codes or row[names.get(name, name)] in codes for name, codes in wanted.items())
    ]


def unresolved(ctx: Context) -> list[Row]:
    """Return industries as written that nobody resolved."""
    return _asked(ctx, "unresolved_industries", Selection(), None)


def courses(ctx: Context, *, ever: bool = False) -> list[Row]:
    """Return trainings by course of Appendix B in the period chosen, or ever."""
    selection = ctx.selection.replace(period="all") if ever else ctx.selection
    return _asked(ctx, "courses_held", selection, None)


def findings(ctx: Context) -> list[Row]:
    """Return how often current rows of the institutions and months chosen break each rule, by institution."""
    kept = tuple(one for one in ctx.selection.filters if one[0] in PLACES)
    return _findings(ctx.data.version, str(ctx.scope), Selection(ctx.selection.period, kept))


def last_days(ctx: Context) -> list[tuple[str, str]]:
    """Return the last day (ISO) that each ledger with dates tells of, as (kind, day)."""
    return _last_days(ctx.data.version, str(ctx.scope))


def rule_name(ctx: Context, code: str) -> str:
    """Return a rule's name in the reader's language."""
    known = RULES.get(code)
    return ctx.text(known.name) if known is not None else code


def _asked(ctx: Context, what: str, selection: Selection, by: str | None) -> list[Row]:
    return _answer(ctx.data.version, str(ctx.scope), what, selection, by)


@st.cache_data(show_spinner=False, max_entries=256)
def _answer(version: str, scope: str, what: str, selection: Selection, by: str | None) -> list[Row]:
    snapshot, seen = snapshot_of(version), Scope.parse(scope)
    if what in ("freshness", "unresolved_industries"):
        found: list[Row] = getattr(quality, what)(snapshot, scope=seen)
        return found
    more: dict[str, Any] = {} if by is None else {"by": by}
    answered: list[Row] = getattr(quality, what)(snapshot, scope=seen, selection=selection, **more)
    return answered


@st.cache_data(show_spinner=False, max_entries=8)
def _last_days(version: str, scope: str) -> list[tuple[str, str]]:
    return quality.last_days(snapshot_of(version), scope=Scope.parse(scope))


@st.cache_data(show_spinner=False, max_entries=64)
def _findings(version: str, scope: str, selection: Selection) -> list[Row]:
    return rules_broken(snapshot_of(version), scope=Scope.parse(scope), selection=selection)
