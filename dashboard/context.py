"""What a page is given: language, scope, selection and answers. The only place that reads data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import streamlit as st

from analytics.core.errors import UserError
from analytics.core.periods import Period, month_code, month_number, parse_period
from analytics.core.selection import TIME_DIMENSIONS, Scope, Selection
from analytics.core.settings import settings
from analytics.core.text import Language, Text
from analytics.measures import Request, evaluate_many, listings, registry
from analytics.measures.experts import experts
from analytics.standard.districts import CITYWIDE
from analytics.standard.names import name_of
from analytics.store.store import Store, open_store
from dashboard.words import say

_CACHED_ANSWERS = 512
_SECONDS_KEPT = 24 * 3600

Row = dict[str, Any]

# Snapshots that script runs in progress may still ask, so that one screen never mixes two versions.
_SNAPSHOTS_HELD = 3
_snapshots: dict[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a page: a measure, its groups, and a selection other than the reader's."""

    key: str
    by: tuple[str, ...] = ()
    selection: Selection | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a measure gave: its declaration, facts about the answer, rows, and filters it cannot heed."""

    measure: Any
    meta: dict[str, Any]
    rows: list[Row]
    by: tuple[str, ...]
    selection: Selection
    unfiltered: tuple[str, ...] = ()

    @property
    def only(self) -> Row:
        """The one row of an ungrouped answer (of a quantile: the median)."""
        for row in self.rows:
            if row.get("quantile") in (None, 0.5):
                return row
        return {"value": None, "numerator": None, "denominator": None, "masked": False}


@dataclass(frozen=True)
class Data:
    """The snapshot a script run works on, and what is known of it as a whole."""

    version: str
    data_until: str
    first_month: str
    last_month: str
    last_full_month: str
    is_sample: bool
    institutions_open: int | None
    institutions_reported: int | None


# What a page that needs no data is given while the store is empty.
NOTHING_YET = Data("", "", "2000-01", "1999-12", "1999-12", False, None, None)


@dataclass(frozen=True)
class Context:
    """One reader's look at one snapshot."""

    language: Language
    scope: Scope
    selection: Selection
    data: Data
    is_dark: bool = False

    def say(self, key: str, **values: object) -> str:
        """Return words of the dashboard in the reader's language."""
        return say(key, self.language, **values)

    def text(self, text: Text) -> str:
        """Return a declared text in the reader's language."""
        return text.get(self.language)

    def text_of(self, words: Mapping[str, str]) -> str:
        """Return words that come in both languages as plain data, as those of comparisons do."""
        return words[self.language]

    def name(self, dimension: str, code: str | None, *, short: bool = False) -> str:
        """Return the reader's name of a code; institutions are named from their list."""
        if dimension == "institution" and code is not None:
            return self.institution_names().get(code, code)
        if (dimension, code) == ("district", CITYWIDE):
            # Beside the areas, "the whole city" would read as their total.
            return self.say("frame.city_tier")
        return name_of(dimension, code, self.language, short=short)

    def declaration(self, key: str) -> Any:
        """Return the declaration of a measure."""
        return registry.get(key)

    def all_declarations(self) -> tuple[Any, ...]:
        """Return every measure there is."""
        return tuple(registry.all_measures())

    @property
    def period(self) -> Period:
        """The months chosen, none after the last that has data."""
        return self.resolve(self.selection.period)

    def resolve(self, period: str) -> Period:
        """Return the months that ``period`` names, none after the last that has data."""
        found = self._parsed(period)
        return Period(found.first_month, max(found.first_month, min(found.last_month, self.data.last_month)))

    def _parsed(self, period: str) -> Period:
        return parse_period(
            period,
            first_month=self.data.first_month,
            last_month=self.data.last_month,
            last_full_month=self.data.last_full_month,
        )

    @property
    def compared(self) -> tuple[Period, Period] | None:
        """The full months chosen and the same months a year before; ``None`` without data for both."""
        period = self.period
        full = Period(period.first_month, min(period.last_month, self.data.last_full_month))
        before = full.shifted(-12)
        if not full.months or before.first_month < self.data.first_month or len(full.months) > 12:
            return None
        return full, before

    def trend_period(self, months: int = 12) -> Period:
        """Return the period, or the ``months`` that end with it when it is shorter."""
        period = self.period
        first = month_number(period.last_month) - months + 1
        first = max(min(first, month_number(period.first_month)), month_number(self.data.first_month))
        # A period before all data, from a link typed by hand, has nothing to lengthen.
        return Period(min(month_code(first), period.last_month), period.last_month)

    def measure(self, key: str, by: Iterable[str] = (), selection: Selection | None = None) -> Answer:
        """Return one measure for the reader's selection or another one."""
        return self.measures([Asked(key, tuple(by), selection)])[0]

    def measures(self, asked: list[Asked]) -> list[Answer]:
        """Return several measures at once, with fused reads.

        A filter that a measure's facts lack is left out and named in ``unfiltered``.
        """
        plans = [self._plan(question) for question in asked]
        requests = [(a.key, a.by, chosen.period, chosen.filters) for a, chosen, _ in plans]
        distinct = tuple(dict.fromkeys(requests))
        found = dict(zip(distinct, _answers(self.data.version, str(self.scope), distinct), strict=True))
        answers = []
        for (question, selection, lacking), request in zip(plans, requests, strict=True):
            meta, rows = found[request]
            declared = registry.get(question.key)
            answers.append(Answer(declared, meta, rows, question.by, selection, lacking))
        return answers

    def measured(self, questions: Sequence[Sequence[Asked]]) -> list[list[Answer]]:
        """Return the answers to several parts' questions, asked at once, each part's by itself."""
        flat = iter(self.measures([asked for part in questions for asked in part]))
        return [[next(flat) for _ in part] for part in questions]

    def _plan(self, asked: Asked) -> tuple[Asked, Selection, tuple[str, ...]]:
        selection, lacking = self.heeded(asked.key, asked.selection)
        return asked, selection, lacking

    def heeded(self, key: str, selection: Selection | None = None) -> tuple[Selection, tuple[str, ...]]:
        """Return what of a selection a measure can heed, and the filters that its facts lack."""
        selection = selection or self.selection
        known = set(registry.get(key).dimensions) | set(TIME_DIMENSIONS)
        lacking = tuple(name for name, _ in selection.filters if name not in known)
        kept = {name: codes for name, codes in selection.filters if name not in lacking}
        return Selection.of(self._asked_months(selection.period), **kept), lacking

    def _asked_months(self, period: str) -> str:
        """Return a period as it is asked: by its months, so that equal ones share a read.

        One that reaches beyond the months shown stays as it is: ledgers other than the services' may
        hold records there, which count here as they do on the command line.
        """
        asked = self._parsed(period)
        beyond = period.strip() == "all" or asked.last_month > self.data.last_month
        return period if beyond else str(asked)

    def institutions(self, on: date | None = None) -> list[Row]:
        """Return the institutions on the list: all, or those open on a day."""
        return _institutions(self.data.version, str(self.scope), on)

    def experts(self, period: Period) -> list[Row]:
        """Return the volunteer experts on the list at any time of a period, by number."""
        return _experts(self.data.version, str(self.scope), period.first_day, period.last_day)

    def institution_names(self) -> dict[str, str]:
        """Return the name of each institution by its number."""
        return self._names

    @cached_property
    def _names(self) -> dict[str, str]:
        # A cached read hands out a copy each time: one a screen, not one a name.
        return {row["institution_id"]: row["name"] for row in self.institutions()}

    def targets(self, year: int) -> list[Row]:
        """Return the targets set for a year."""
        return _targets(self.data.version, str(self.scope), year)

    def options(self, dimension: str) -> tuple[str, ...]:
        """Return the codes of a dimension that a filter can offer."""
        return options_of(self.data, dimension)


def options_of(data: Data, dimension: str) -> tuple[str, ...]:
    """Return the codes of a dimension that a filter can offer on a snapshot."""
    return _options(data.version, str(reader_scope()), dimension)


@lru_cache(maxsize=1)
def store() -> Store:
    """Return the store that this process serves."""
    return open_store()


def current_data() -> Data | None:
    """Return what is known of the current snapshot, ``None`` while nothing was imported."""
    if store().is_empty:
        return None
    snapshot = store().snapshot()
    _snapshots[snapshot.version] = snapshot
    for name in sorted(_snapshots)[:-_SNAPSHOTS_HELD]:
        # Another reader's run may have let go of it first.
        _snapshots.pop(name, None)
    return _data(snapshot.version, str(reader_scope()))


def reader_scope() -> Scope:
    """Return what a reader of this server may see; a setting until sign-in exists."""
    return Scope.parse(settings().dashboard_scope)


@st.cache_data(show_spinner=False, max_entries=4)
def _data(version: str, scope: str) -> Data:
    snapshot = snapshot_of(version)
    about = snapshot.about
    until = about.get("data_until") or ""
    if not until:
        raise UserError(
            Text(zh="已导入的台账中没有带日期的服务记录。", en="The ledgers imported hold no dated records."),
            Text(zh="请导入服务台账或月报汇总。", en="Import a service ledger or monthly totals."),
        )
    full_month = about.get("last_full_month") or until[:7]
    reported, opened = listings.reported(snapshot, scope=Scope.parse(scope), month=full_month)
    return Data(
        version=version,
        data_until=until,
        first_month=about.get("first_month") or until[:7],
        last_month=about.get("last_month") or until[:7],
        last_full_month=full_month,
        is_sample=snapshot.is_sample,
        institutions_open=opened,
        institutions_reported=reported,
    )


def snapshot_of(version: str) -> Any:
    """Return the snapshot of a version that a script run works on."""
    return _snapshots.get(version) or store().snapshot_of(version)


@st.cache_data(show_spinner=False, max_entries=_CACHED_ANSWERS, ttl=_SECONDS_KEPT)
def _answers(
    version: str, scope: str, requests: tuple[tuple[str, tuple[str, ...], str, Any], ...]
) -> list[tuple[dict[str, Any], list[Row]]]:
    asked = [Request(key, by, Selection(period, filters)) for key, by, period, filters in requests]
    found = evaluate_many(snapshot_of(version), asked, scope=Scope.parse(scope))
    return [(result.meta, result.rows) for result in found]


@st.cache_data(show_spinner=False, max_entries=64)
def _institutions(version: str, scope: str, on: date | None) -> list[Row]:
    return listings.institutions(snapshot_of(version), scope=Scope.parse(scope), on=on)


@st.cache_data(show_spinner=False, max_entries=64)
def _experts(version: str, scope: str, first: date, last: date) -> list[Row]:
    return experts(snapshot_of(version), scope=Scope.parse(scope), first=first, last=last)


@st.cache_data(show_spinner=False, max_entries=64)
def _targets(version: str, scope: str, year: int) -> list[Row]:
    return listings.targets(snapshot_of(version), scope=Scope.parse(scope), year=year)


@st.cache_data(show_spinner=False, max_entries=64)
def _options(version: str, scope: str, dimension: str) -> tuple[str, ...]:
    return listings.options(snapshot_of(version), dimension, scope=Scope.parse(scope))
