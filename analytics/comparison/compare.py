"""Compare units fairly: against what the own mix lets expect, with limits, shrinkage and honest ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.comparison.curves import drawing
from analytics.comparison.expectation import (
    NO_EXPECTATION,
    SHIFT_DAYS,
    Expectation,
    treatment_of,
)
from analytics.comparison.question import check, counted_by, shown_by
from analytics.comparison.reading import Read, read_all
from analytics.comparison.rows import in_plain, make_coarse, put
from analytics.comparison.standing import Standing, of_counts, of_days, of_shares, ranks_of
from analytics.comparison.units import Peers, Unit, UnitKind, seen_by, units_of
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures import registry
from analytics.measures.declare import Measure
from analytics.measures.evaluate import resolve_period
from analytics.measures.sums import adjusted_for
from analytics.measures.suppress import round_to
from analytics.stats.arrays import Flags, Floats
from analytics.store.snapshot import Snapshot

_TOO_FEW = Text(zh="不足 {least} 件，只展示、不判断", en="fewer than {least}: shown, not judged")
_HIDDEN = Text(zh="样本不足，不显示", en="too few, not shown")
_NONE = Text(zh="时段内没有记录", en="no records in the period")
# Fewer judged units that a reader may not see shape no limits for this reader.
FEWEST_OTHERS = 5


@dataclass(frozen=True, slots=True)
class Comparison:
    """Units side by side in the standard's order.

    ``rows`` are dictionaries with the keys that docs/methods.md names; a masked row carries null in every
    figure, and in whatever is computed from figures. ``curves`` are for drawing, one a group of peers: its
    ``group``, the limits (see :func:`analytics.comparison.curves.curve`), and ``points``: the place of each
    unit by its code, ``(size, value)``.
    """

    measure: Measure
    meta: dict[str, Any]
    rows: list[dict[str, Any]]
    curves: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return what ``--format json`` prints."""
        return {"meta": self.meta, "rows": self.rows}


@dataclass(frozen=True)
class _Figures:
    """What statistics are taken of, as the reader may see it; arrays of shape (units,)."""

    rows: list[dict[str, Any]]
    observed: Floats
    over: Floats
    expected: Floats
    judged: Flags


@dataclass(frozen=True)
class _Kind:
    """How much is asked for; see :func:`compare_many`."""

    in_full: bool
    with_ranks: bool


def compare(
    snapshot: Snapshot,
    measure_key: str,
    unit: UnitKind = "district",
    *,
    scope: Scope,
    selection: Selection | None = None,
    peers: Peers = "all",
    by_client: bool = False,
    with_ranks: bool = True,
) -> Comparison:
    """Compare districts or institutions by one measure; see :func:`compare_many`."""
    (found,) = compare_many(
        snapshot,
        [measure_key],
        unit,
        scope=scope,
        selection=selection,
        peers=peers,
        by_client=by_client,
        with_ranks=with_ranks,
    )
    return found


def compare_many(
    snapshot: Snapshot,
    measure_keys: Sequence[str],
    unit: UnitKind = "district",
    *,
    scope: Scope,
    selection: Selection | None = None,
    peers: Peers = "all",
    by_client: bool = False,
    in_full: bool = True,
    with_medians: bool = True,
    with_ranks: bool = True,
) -> list[Comparison]:
    """Compare districts or institutions by several measures, which share their scans.

    Filters of place choose which units are shown, all other filters which records count: the yardstick
    is always the whole city. Readers of a district or an institution get its rows alone.

    Parameters
    ----------
    measure_keys : sequence of str
        Any measures; kinds without an expectation (sums, distinct counts, volumes without capacity or demand)
        come with their values alone, and ``meta`` says so.
    unit : {"district", "institution"}
        What is compared.
    peers : {"all", "tier", "operator_type"}
        Whom an institution is compared with; a group of fewer than 15 gives way to all.
    by_client : bool
        Districts by where the client is, not by where the provider is.
    in_full : bool
        If not, ranks, chances of the quarters and shrunk shares are null and there are no curves: they
        take the most time.
    with_ranks : bool
        If not, ranks and chances of the quarters alone are null.
    with_medians : bool
        If not, ``value`` and ``interval`` of measures in days are null; ratios and limits are there.

    Raises
    ------
    UserError
        When a measure, a filter or a choice is unknown, or the reader may not see such a comparison.
    """
    selection = selection or Selection()
    measures = [registry.get(key) for key in measure_keys]
    for measure in measures:
        check(measure, unit, scope, peers, selection, by_client=by_client)
    dimension = "client_district" if by_client else unit
    period = resolve_period(snapshot, selection.period)
    units = units_of(snapshot, unit, period=period, peers=peers, by_client=by_client) if period.months else []
    shown = shown_by(selection, dimension, unit)
    seen = {each.code for each in seen_by(units, unit, scope=scope, selection=shown)}
    reads = read_all(
        snapshot,
        measures,
        kind=unit,
        unit=dimension,
        units=units,
        selection=counted_by(selection, unit, by_client=by_client),
        period=period,
        scope=scope,
        with_medians=with_medians,
    )
    asked = {"selection": selection.as_dict(), "scope": str(scope), "peers": peers}
    own = None if scope.kind == "city" else seen
    wanted = _Kind(in_full, with_ranks=in_full and with_ranks)
    made = [_compared(read, units, dimension, own, wanted) for read in reads]
    return [_as_seen(comparison, asked, dimension, seen) for comparison in made]


def _compared(read: Read, units: list[Unit], dimension: str, own: set[str] | None, kind: _Kind) -> Comparison:
    """Compare all units by one measure, from what was read of it; ``own`` are all that a reader may see."""
    measure, expectation, answer = read.measure, read.expectation, read.answer
    figures = _figures(measure, units, dimension, answer.rows, expectation, read.limit)
    if read.limit and own is not None and _has_few_others(figures.judged, units, own):
        # Limits and priors fitted to so few would tell of each of them.
        figures.judged[:] = False
    rows = [_plain(place, each, dimension, figures, measure) for place, each in enumerate(units)]
    curves: list[dict[str, Any]] = []
    if expectation.source is not None and units:
        curves = _judge(read, units, figures, rows, kind)
    for row in rows:
        if not row["judged"] and row["reason"] is None:
            row["reason"] = _said(NO_EXPECTATION)
    meta = {
        **answer.meta,
        "expected_from": expectation.source,
        "expected_note": {"zh": expectation.note.zh, "en": expectation.note.en},
        "adjusted_for": list(adjusted_for(measure, dimension)) if expectation.source == "city_rates" else [],
        "limits": [0.95, 0.998],
        "rank_level": 0.9,
    }
    return Comparison(measure, meta, rows, curves)


def _as_seen(found: Comparison, asked: dict[str, Any], dimension: str, seen: set[str]) -> Comparison:
    """Return the rows that the reader may see and has chosen."""
    for part in found.curves:
        part["points"] = {code: point for code, point in part["points"].items() if code in seen}
    rows = [row for row in found.rows if row[dimension] in seen]
    return Comparison(found.measure, {**found.meta, **asked}, rows, found.curves)


def _figures(
    measure: Measure,
    units: list[Unit],
    dimension: str,
    answered: list[dict[str, Any]],
    expectation: Expectation,
    limit: int,
) -> _Figures:
    by_code = {row[dimension]: row for row in answered if row.get("quantile", 0.5) == 0.5}
    rows = [by_code.get(unit.code) or _empty(measure) for unit in units]
    observed = np.array([float(row["numerator"] or 0) for row in rows])
    over = np.array([float(row["denominator"] or 0) for row in rows])
    expected = np.array(
        [_expected(expectation, unit.code, row, limit) for unit, row in zip(units, rows, strict=True)]
    )
    least = settings().rate_hidden_below if treatment_of(measure) in ("share", "days") else 0
    judged = [
        unit.reason is None and not row["masked"] and (over[place] >= max(least, 1) or _is_count(measure))
        for place, (unit, row) in enumerate(zip(units, rows, strict=True))
    ]
    return _Figures(rows, observed, over, expected, np.array(judged, dtype=bool))


def _is_count(measure: Measure) -> bool:
    return treatment_of(measure) in ("count", "plain")


def _empty(measure: Measure) -> dict[str, Any]:
    blank = dict.fromkeys(("value", "numerator", "denominator", "lower", "upper"))
    return blank | {"masked": False} | ({"value": 0, "numerator": 0} if _is_count(measure) else {})


def _expected(expectation: Expectation, code: str, row: dict[str, Any], limit: int) -> float:
    """Return expected events, NaN where there is no expectation or it is masked.

    Where other units' small counts are protected, expected counts are rounded as counts are; expected shares
    stay exact here, for a rounded one would make signals, and are rounded where they are shown.
    """
    held, found = expectation.held.get(code), expectation.by_unit.get(code)
    if row["masked"] or found is None:
        return float("nan")
    if held is None or row["denominator"] is None or not held.over:
        return float(round_to(found, limit) if limit else found)
    return float(held.expected / held.over * row["denominator"])


def _has_few_others(judged: Flags, units: list[Unit], own: set[str]) -> bool:
    """Say whether a reader of some units could tell the few others from what all of them shape."""
    others = [place for place, unit in enumerate(units) if unit.code not in own]
    return 0 < int(judged[others].sum()) < FEWEST_OTHERS


def _plain(place: int, unit: Unit, dimension: str, figures: _Figures, measure: Measure) -> dict[str, Any]:
    """Return a unit's row with what is known before any comparison."""
    row = figures.rows[place]
    interval = None if row["lower"] is None else [row["lower"], row["upper"]]
    hidden = bool(row["masked"])
    n = row["denominator"] if measure.kind in ("proportion", "quantile") else row["numerator"]
    return {
        dimension: unit.code,
        "name": {"zh": unit.name.zh, "en": unit.name.en},
        "value": row["value"],
        "n": None if hidden else n or 0,
        "observed": row["numerator"],
        "interval": interval,
        **dict.fromkeys(_COMPUTED),
        "peer_group": unit.group,
        "peer_reason": {"zh": unit.peer_reason.zh, "en": unit.peer_reason.en},
        "judged": False,
        "reason": _said(_reason(unit, row, n)),
        "masked": hidden,
    }


_COMPUTED = (
    "expected",
    "expected_value",
    "ratio",
    "ratio_interval",
    "funnel_zone",
    "funnel_side",
    "funnel_limits",
    "shrunk_value",
    "shrunk_interval",
    "rank_interval",
    "p_top_quarter",
    "p_bottom_quarter",
)


def _reason(unit: Unit, row: dict[str, Any], n: float | None) -> Text | None:
    if row["masked"]:
        return _HIDDEN
    if unit.reason is not None:
        return unit.reason
    if not n and row["value"] is None:
        return _NONE
    return None


def _said(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"zh": text.zh, "en": text.en}


def _judge(
    read: Read, units: list[Unit], figures: _Figures, rows: list[dict[str, Any]], kind: _Kind
) -> list[dict[str, Any]]:
    """Fill in what comparison within each group of peers says; return what there is to draw of each."""
    measure = read.measure
    groups: dict[str, list[int]] = {}
    drawn: list[dict[str, Any]] = []
    for place, unit in enumerate(units):
        if np.isfinite(figures.expected[place]) and not rows[place]["masked"]:
            groups.setdefault(unit.group, []).append(place)
    for group, places in groups.items():
        at = np.array(places)
        of_city = group == "all" or len(groups) == 1
        standing = _standing(measure, figures, at, read.logs, units, of_city=of_city, shrink=kind.in_full)
        _fill(measure, figures, at, standing, rows, with_ranks=kind.with_ranks)
        codes = [units[place].code for place in places]
        if read.limit and measure.kind == "proportion":
            make_coarse(rows[place] for place in places)
        if kind.in_full:
            counts = figures.observed[at], figures.over[at]
            coarse = bool(read.limit)
            drawn.append({"group": group, **drawing(measure, standing, codes, *counts, coarse=coarse)})
    return drawn


def _standing(
    measure: Measure,
    figures: _Figures,
    at: Any,
    logs: Mapping[str | None, tuple[float, float]],
    units: list[Unit],
    *,
    of_city: bool,
    shrink: bool,
) -> Standing:
    observed, over, expected, judged = (
        part[at] for part in (figures.observed, figures.over, figures.expected, figures.judged)
    )
    if measure.kind == "quantile":
        sums_of = np.array([logs.get(units[place].code, (0.0, 0.0)) for place in at]).reshape(-1, 2)
        level = 0.0 if of_city else _excess(sums_of[:, 0], expected, over, judged)
        return of_days(sums_of[:, 0], sums_of[:, 1], over, expected + level * over, SHIFT_DAYS, judged)
    # Peers that differ from the city as a whole are their own yardstick: the city's rates, at their level.
    factor = 1.0 if of_city else _factor(observed, expected, judged)
    if measure.kind == "proportion":
        whole = np.rint(np.minimum(observed, over))
        return of_shares(
            whole, np.rint(over), np.minimum(expected * factor, np.rint(over)), judged, shrink=shrink
        )
    return of_counts(np.rint(observed), expected * factor, judged)


def _factor(observed: Floats, expected: Floats, judged: Flags) -> float:
    whole = float(expected[judged].sum())
    return float(observed[judged].sum()) / whole if whole > 0 else 1.0


def _excess(log_sum: Floats, expected: Floats, over: Floats, judged: Flags) -> float:
    whole = float(over[judged].sum())
    return float((log_sum - expected)[judged].sum()) / whole if whole > 0 else 0.0


def _fill(
    measure: Measure,
    figures: _Figures,
    at: Any,
    standing: Standing,
    rows: list[dict[str, Any]],
    *,
    with_ranks: bool,
) -> None:
    judged = figures.judged[at]
    ranked = np.flatnonzero(judged)
    ranks = _ranks(measure, standing, ranked) if with_ranks and ranked.size > 1 else None
    turn = {int(place): turn for turn, place in enumerate(ranked)}
    plain = in_plain(standing)
    for i, place in enumerate(at):
        row = rows[place]
        if not _is_count(measure) and not row["n"]:
            continue
        put(row, plain, i, measure.kind)
        row["judged"] = bool(judged[i]) and plain["ratio"][i] is not None
        if not judged[i] and row["reason"] is None:
            row["reason"] = _said(_TOO_FEW.format(least=settings().rate_hidden_below))
        if not row["judged"]:
            row["funnel_zone"] = row["funnel_side"] = None
        elif ranks is not None:
            lower, upper, top, bottom = (part[turn[i]] for part in ranks)
            row |= {"rank_interval": [int(lower), int(upper)], "p_top_quarter": float(top)}
            row["p_bottom_quarter"] = float(bottom)


def _ranks(measure: Measure, standing: Standing, ranked: Any) -> tuple[Any, ...] | None:
    draws = standing.draws()
    if draws.shape[0] < 2:
        return None
    return ranks_of(draws[:, ranked], highest_first=measure.higher_is_better is not False)
