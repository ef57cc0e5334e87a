"""What the profile of one institution reads beside measures: its row of the list, and its open findings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.measures.institution_facts import facts_of_institution
from analytics.measures.open_findings import count_open_findings
from dashboard.context import Context, Row, snapshot_of

_CACHED = 256


def facts(ctx: Context, institution: str) -> Row | None:
    """Return the institution's row of the list and its experts in the period; ``None`` if it is not seen."""
    period = ctx.period
    return _facts(ctx.data.version, str(ctx.scope), institution, period.first_month, period.last_month)


def findings(ctx: Context, institution: str) -> list[dict[str, Any]]:
    """Return how many findings are open about its ledgers, of all times, by rule and ledger."""
    return _findings(ctx.data.version, str(ctx.scope), institution)


@st.cache_data(show_spinner=False, max_entries=_CACHED)
def _facts(version: str, scope: str, institution: str, first: str, last: str) -> Row | None:
    period = Period(first, last)
    return facts_of_institution(snapshot_of(version), institution, scope=Scope.parse(scope), period=period)


@st.cache_data(show_spinner=False, max_entries=_CACHED)
def _findings(version: str, scope: str, institution: str) -> list[dict[str, Any]]:
    chosen = Selection.of("all", institution=institution)
    return count_open_findings(snapshot_of(version), scope=Scope.parse(scope), selection=chosen)
