"""Monthly figures of every unit, as a reader may see them, with the season of the whole city."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from analytics.comparison.expectation import SHIFT_DAYS, log_measures, treatment_of
from analytics.core.periods import Period, month_code, month_number
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.core.workdays import spring_festival_month
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.measures.evaluate import protected, summed_parts
from analytics.measures.facts import SERVICE_RECORDS
from analytics.measures.result import Figures, Key
from analytics.measures.sums import sums
from analytics.stats.arrays import Flags, Floats
from analytics.stats.season import seasonal_index
from analytics.store.snapshot import Snapshot

# Months of a chart: 24 that its limits are taken from, and the last 6, which may signal.
BASELINE_MONTHS = 24
JUDGED_MONTHS = 6
# With fewer months the limits are themselves too uncertain.
FEWEST_BASELINE = 12
# Season of its own for the month of Spring Festival, which moves between January and February.
_FESTIVAL = 13
# A part of the city has the city's season: an index from a few months of its own makes false signals. Only
# what is done has one of its own, for publicity peaks in April and business advice at the year's end.
_OWN_SEASON = ("service", "service_group", "topic")
_SEASONS_KEPT = 256
_kept_seasons: WeakKeyDictionary[Snapshot, dict[Any, Floats]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Series:
    """Monthly figures, arrays of shape (units, months).

    Attributes
    ----------
    value : ndarray of float
        On the scale charted (share, count over its seasonal index, mean logarithm of ``days + ½``), NaN where
        a month is left out: too few records, not reported, hidden.
    events, over : ndarray of float
        What a share is made of; of other kinds ``over`` is the number that ``value`` rests on.
    hidden : ndarray of bool
        Months left out because too few stand behind them.
    season : ndarray of float, shape (months,)
        The city's index, 1 where there is none.
    """

    measure: Measure
    months: tuple[str, ...]
    codes: tuple[str, ...]
    value: Floats
    events: Floats
    over: Floats
    hidden: Flags
    season: Floats

    def on_scale(self, charted: Floats) -> Floats:
        """Return charted values, of shape (…, months), on the measure's own scale."""
        if self.measure.kind == "quantile":
            return np.asarray(np.exp(charted) - SHIFT_DAYS)
        return np.asarray(charted * self.season)


def monthly_series(
    snapshot: Snapshot,
    measure: Measure,
    codes: tuple[str, ...],
    *,
    unit: str | None,
    selection: Selection,
    scope: Scope,
    last_month: str,
) -> Series:
    """Read the months of a chart; see :func:`many_series`."""
    return many_series(
        snapshot, [measure], codes, unit=unit, selection=selection, scope=scope, last_month=last_month
    )[0]


def series_of_rows(
    measure: Measure, rows: Sequence[Mapping[str, Any]], *, season: Floats, reported: Flags
) -> Series:
    """Return the series of one unit from rows by month that :func:`evaluate` gave, as a reader sees them.

    ``season`` and ``reported`` are of the same months. Not for measures in days: these are charted as mean
    logarithms, which rows do not hold.
    """
    months = tuple(str(row["month"]) for row in rows)
    shape = (1, len(rows))
    events = np.array([row["numerator"] or 0.0 for row in rows], dtype=float).reshape(shape)
    over = np.array([row["denominator"] or 0.0 for row in rows], dtype=float).reshape(shape)
    hidden = np.array([bool(row["masked"]) for row in rows], dtype=bool).reshape(shape)
    grid = _Grid(events, over if measure.kind == "proportion" else events, hidden)
    return _series(measure, months, ("all",), grid, season, reported.reshape(shape))


def many_series(
    snapshot: Snapshot,
    measures: Sequence[Measure],
    codes: tuple[str, ...],
    *,
    unit: str | None,
    selection: Selection,
    scope: Scope,
    last_month: str,
    count: int = BASELINE_MONTHS + JUDGED_MONTHS,
) -> list[Series]:
    """Read the ``count`` months up to ``last_month`` of units (of the whole city where ``unit`` is ``None``).

    The measures are of one fact and share one scan. Months before the first data are not there. ``scope``
    says how small counts are protected; all units of the city are read.
    """
    months = _months(snapshot, last_month, count)
    if not months:
        nothing = np.zeros((len(codes), 0))
        return [
            Series(measure, (), codes, nothing, nothing, nothing, nothing.astype(bool), np.ones(0))
            for measure in measures
        ]
    chosen = selection.replace(period=f"{months[0]}..{months[-1]}")
    by = ("month",) if unit is None else (unit, "month")
    asked = [log_measures(measure)[0] if measure.kind == "quantile" else measure for measure in measures]
    found, _ = sums(snapshot, asked, by=by, selection=chosen)
    reader = Scope("city", None, scope.audience)
    with snapshot.connect() as connection:
        question = (by, chosen, reader, Period(months[0], months[-1]))
        summed = summed_parts(connection, snapshot, asked, question)
    reported = None
    if any(map(has_season, measures)):
        reported = _reported(snapshot, codes, months, unit, chosen)
    made = []
    for measure, figures in zip(measures, found, strict=True):
        shown, hidden, _ = protected(measure, figures, reader, summed.get(measure.key))
        grid = _Grid.of(shown, hidden, codes, months)
        season = np.ones(len(months))
        if has_season(measure):
            season = season_of(snapshot, measure, selection, months)
        made.append(_series(measure, months, codes, grid, season, reported))
    return made


@dataclass(frozen=True)
class _Grid:
    events: Floats
    over: Floats
    hidden: Flags

    @classmethod
    def of(
        cls, figures: dict[Key, Figures], hidden: set[Key], codes: tuple[str, ...], months: tuple[str, ...]
    ) -> _Grid:
        """Lay figures by unit and month out as arrays; figures by month alone make one row."""
        shape = (len(codes), len(months))
        grid = cls(np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool))
        place, column = (
            {code: i for i, code in enumerate(codes)},
            {month: i for i, month in enumerate(months)},
        )
        for key, figure in figures.items():
            row = 0 if len(key) == 1 else place.get(key[0] or "")
            at = column.get(key[-1] or "")
            if row is None or at is None:
                continue
            over = figure.numerator if figure.denominator is None else figure.denominator
            grid.events[row, at], grid.over[row, at] = figure.numerator or 0.0, over or 0.0
            grid.hidden[row, at] = key in hidden
        return grid


def _series(
    measure: Measure,
    months: tuple[str, ...],
    codes: tuple[str, ...],
    grid: _Grid,
    season: Floats,
    reported: Flags | None,
) -> Series:
    value, hidden = _value(measure, grid.events, grid.over, season), grid.hidden
    if treatment_of(measure) in ("share", "days"):
        hidden = hidden | ((grid.over > 0) & (grid.over < settings().rate_hidden_below))
    elif reported is not None:
        value = np.where(reported, value, np.nan)
    charted = np.where(hidden, np.nan, value)
    return Series(measure, months, codes, charted, grid.events, grid.over, hidden, season)


def _months(snapshot: Snapshot, last_month: str, count: int) -> tuple[str, ...]:
    first = max(
        month_number(last_month) - count + 1, month_number(snapshot.about.get("first_month", "9999-12"))
    )
    return tuple(month_code(number) for number in range(first, month_number(last_month) + 1))


def _value(measure: Measure, events: Floats, over: Floats, season: Floats) -> Floats:
    if treatment_of(measure) in ("share", "days"):
        capped = np.minimum(events, over) if measure.kind == "proportion" else events
        means: Floats = np.divide(capped, over, out=np.full(over.shape, np.nan), where=over > 0)
        return means
    return np.asarray(events / season)


def has_season(measure: Measure) -> bool:
    """Say whether a measure's months follow the city's season: volumes do, shares and days do not."""
    return treatment_of(measure) in ("count", "plain")


def season_measure(measure: Measure) -> Measure:
    """Return the measure whose months make the index: of clients and ratings, the services'.

    An index is a quotient of counts to its last digit: one of few ratings would tell how many they are.
    """
    is_of_clients = measure.kind == "distinct" or measure.counts_persons
    follows = is_of_clients and measure.fact.name == SERVICE_RECORDS.name
    return registry.get("services") if follows else measure


def season_selection(selection: Selection) -> Selection:
    """Return the filters that a season depends on."""
    kept = {name: codes for name, codes in selection.filters if name in _OWN_SEASON}
    return Selection.of(selection.period, **kept)


def season_of(snapshot: Snapshot, measure: Measure, selection: Selection, months: tuple[str, ...]) -> Floats:
    """Return the city's index of each month, from all months up to the last; 1 without two years of them.

    Of filters only those on what is done count. Clients follow the index of services, for counting distinct
    ones month by month over all years costs ten times as much and says the same. A snapshot never changes:
    its indices are kept as long as it is, for nearly all selections share one.
    """
    follows, chosen = season_measure(measure), season_selection(selection).replace(period="all")
    kept = _kept_seasons.setdefault(snapshot, {})
    key = follows.key, chosen.filters, months
    found = kept.get(key)
    if found is None:
        if len(kept) >= _SEASONS_KEPT:
            kept.clear()
        found = kept[key] = _season(snapshot, follows, chosen, months)
    return found.copy()


def _season(snapshot: Snapshot, measure: Measure, selection: Selection, months: tuple[str, ...]) -> Floats:
    first = snapshot.about["first_month"]
    spine = [month_code(n) for n in range(month_number(first), month_number(months[-1]) + 1)]
    chosen = selection.replace(period=f"{spine[0]}..{spine[-1]}")
    (figures,), _ = sums(snapshot, [measure], by=("month",), selection=chosen)
    totals = [max(figures[month,].numerator or 0.0, 0.0) if (month,) in figures else 0.0 for month in spine]
    index = seasonal_index(totals, [_season_of(month) for month in spine])
    found = np.array([index[_season_of(month)] for month in months])
    return np.where(found > 0, found, 1.0)


def _season_of(month: str) -> int:
    number = int(month[5:])
    return _FESTIVAL if number == spring_festival_month(int(month[:4])) else number


def _reported(
    snapshot: Snapshot,
    codes: tuple[str, ...],
    months: tuple[str, ...],
    unit: str | None,
    selection: Selection,
) -> Flags:
    """Return which units reported which months: a month without a report is not a month without services."""
    measure = registry.get("reporting_rate")
    if unit is not None and unit not in measure.dimensions:
        return np.ones((len(codes), len(months)), dtype=bool)
    known: dict[str, Any] = {name: () for name, _ in selection.filters if name not in measure.dimensions}
    by = ("month",) if unit is None else (unit, "month")
    (found,), _ = sums(snapshot, [measure], by=by, selection=selection.replace(**known))
    held = {key for key, figure in found.items() if figure.numerator}
    keys = [[(month,) if unit is None else (code, month) for month in months] for code in codes]
    return np.array([[key in held for key in row] for row in keys], dtype=bool).reshape(
        len(codes), len(months)
    )
