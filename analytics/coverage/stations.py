"""Stations that differ from their peers: who they are compared with, what shows it, how sure it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from analytics.core.periods import Period, last_day_of, month_code, month_number
from analytics.core.selection import CITY, Selection
from analytics.core.text import Text
from analytics.coverage.inputs import supply_of
from analytics.coverage.peer_groups import PeerGroup, declared_group
from analytics.measures import evaluate, reach
from analytics.segments.declared import declared_groups
from analytics.segments.flags import Signal, leading, response_signal, satisfaction_signal, volume_signal
from analytics.stats.arrays import Floats
from analytics.store.snapshot import Snapshot

# Two years: half of the stations have fewer than a dozen ratings in one.
MONTHS = 24
YEAR = timedelta(days=365)
# Cuts of service and channel with fewer answers say too little to be expected elsewhere.
_LEAST_IN_STRATUM = 50


@dataclass(frozen=True)
class StationReport:
    """Signals of all stations, in the order of ``stations``.

    ``signals`` has satisfaction, response and volume; ``leading`` names the one that weighs most, "" where
    none could be judged. ``peer_groups`` is each station's group, ``period`` the months judged (None
    without records).
    """

    stations: list[dict[str, Any]]
    signals: dict[str, Signal]
    leading: list[str]
    peer_groups: list[PeerGroup]
    period: Period | None
    notes: list[Text]


def report_stations(snapshot: Snapshot, *, as_of: date | None) -> StationReport:
    """Judge every station open on a day by the 24 full months before it, against its peers.

    Stations open for less than a year are listed and not judged.
    """
    rows = reach.stations(snapshot, scope=CITY, on=as_of)
    period = judged_period(snapshot, as_of)
    ids = [row["institution_id"] for row in rows]
    old = np.array([_is_old(row["opened_on"], as_of) for row in rows], dtype=bool)
    satisfied, rated = _ratings(snapshot, ids, period)
    volumes = _counts(snapshot, "services", ids, period)
    peers, notes = _peers(snapshot, rows, volumes, period)
    places = {peer: place for place, peer in enumerate(dict.fromkeys(peers))}
    group = np.array([places[peer] for peer in peers], dtype=np.int64)
    answered, sums, squares, back = _responses(snapshot, ids, period)
    response = response_signal(answered, sums, squares, group, judged=old)
    for values in (response.observed, response.expected, response.lower, response.upper):
        values[:] = np.maximum(values - back, 0.0)
    capacity, _ = supply_of(rows)
    signals = {
        "satisfaction": satisfaction_signal(satisfied, rated, group, judged=old),
        "response": response,
        # Without demand shares the volume is held against capacity alone.
        "volume": volume_signal(volumes, capacity, np.ones(len(rows)), judged=old),
    }
    if period is not None:
        notes.append(_PERIOD.format(first=period.first_month, last=period.last_month))
    return StationReport(rows, signals, leading(signals), peers, period, notes)


def station_reason(report: StationReport, station: int) -> Text:
    """Return in words why a station is flagged, or why it is not judged."""
    name = report.leading[station]
    if not name:
        return _NOT_JUDGED
    signal = report.signals[name]
    if not signal.flagged[station]:
        return Text("", "")
    return _REASONS[name].format(
        tier=_CONFIRMED if signal.confirmed[station] else _WATCH,
        observed=float(signal.observed[station]),
        expected=float(signal.expected[station]),
        lower=float(signal.lower[station]),
        upper=float(signal.upper[station]),
        n=int(signal.n[station]),
        peers=report.peer_groups[station].told,
    )


def judged_period(snapshot: Snapshot, as_of: date | None) -> Period | None:
    """Return the last 24 months that are over on a day and have data; None without any."""
    last = snapshot.about.get("last_month")
    if not last:
        return None
    until = snapshot.about.get("data_until")
    if as_of is not None and f"{as_of:%Y-%m}" <= last:
        month = f"{as_of:%Y-%m}"
        over = as_of == last_day_of(month) or (until is not None and as_of.isoformat() >= until)
        last = month if over else month_code(month_number(month) - 1)
    return Period(month_code(month_number(last) - MONTHS + 1), last)


def _is_old(opened_on: date | None, as_of: date | None) -> bool:
    return opened_on is None or as_of is None or opened_on + YEAR <= as_of


def _selection(period: Period) -> Selection:
    return Selection.of(f"{period.first_month}..{period.last_month}")


def _answers(snapshot: Snapshot, key: str, period: Period | None) -> dict[str, tuple[float, float]]:
    """Return numerator and denominator by institution; masked rates are left out."""
    if period is None:
        return {}
    rows = evaluate(snapshot, key, scope=CITY, by=("institution",), selection=_selection(period)).rows
    return {
        row["institution"]: (float(row["numerator"] or 0), float(row["denominator"] or 0))
        for row in rows
        if row["numerator"] is not None
    }


def _ratings(snapshot: Snapshot, ids: list[str], period: Period | None) -> tuple[Floats, Floats]:
    found = _answers(snapshot, "satisfaction_rate", period)
    pairs = np.array([found.get(key, (0.0, 0.0)) for key in ids], dtype=np.float64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _counts(snapshot: Snapshot, key: str, ids: list[str], period: Period | None) -> Floats:
    found = _answers(snapshot, key, period)
    return np.array([found.get(name, (0.0, 0.0))[0] for name in ids], dtype=np.float64)


def _responses(
    snapshot: Snapshot, ids: list[str], period: Period | None
) -> tuple[Floats, Floats, Floats, float]:
    """Return answered records and sums of logarithms with the mix of services and channels taken out.

    What the city takes for a service and channel is subtracted and the overall mean added, so that a
    station is not slow for doing what takes long.
    """
    if period is None:
        return np.zeros(len(ids)), np.zeros(len(ids)), np.zeros(len(ids)), 0.0
    added, rows = reach.response_logs(snapshot, scope=CITY, period=period)
    strata: dict[tuple[str, str | None], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for _, service, channel, n, total, _ in rows:
        strata[service, channel][0] += n
        strata[service, channel][1] += total
    every = sum(n for n, _ in strata.values())
    overall = sum(total for _, total in strata.values()) / every if every else 0.0
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for institution, service, channel, n, total, squares in rows:
        held, of_all = strata[service, channel]
        shift = (of_all / held if held >= _LEAST_IN_STRATUM else overall) - overall
        mine = sums[institution]
        mine[0] += n
        mine[1] += total - n * shift
        mine[2] += squares - 2.0 * shift * total + n * shift**2
    table = np.array([sums.get(key, [0.0] * 3) for key in ids], dtype=np.float64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2], added


def _peers(
    snapshot: Snapshot, rows: list[dict[str, Any]], volumes: Floats, period: Period | None
) -> tuple[list[PeerGroup], list[Text]]:
    types = [row["operator_type"] if row["tier"] == "工作站" else row["tier"] for row in rows]
    declared = declared_groups(types)
    if declared is not None:
        tiers = {row["tier"] for row in rows}
        named = {key: declared_group(key, "tier" if key in tiers else "operator_type") for key in declared}
        return [named[key] for key in declared], [_DECLARED.format(others=_OTHERS)]
    from analytics.coverage.found_peers import found_groups

    return found_groups(snapshot, rows, volumes, None if period is None else _selection(period))


# No statistical flag is confirmed by a person yet, whatever the name of its tier in the table.
_CONFIRMED = Text("显著偏离（待核实）", "Clearly apart (to be verified)")
_WATCH = Text("关注（待核实）", "To be watched (to be verified)")
_PERIOD = Text(
    "站点按 {first} 至 {last} 的记录判断。", "Stations are judged by records from {first} to {last}."
)
_DECLARED = Text(
    "同类：市级、区级中心各按层级，工作站按运营单位类型；不足 15 家或未填类型的并入“{others}”。",
    "Peers: centres by tier, workstations by declared operator type; types of fewer than 15, and "
    "stations without one, are joined as {others}.",
)
_OTHERS = Text("其他", "others")
_NOT_JUDGED = Text(
    "未判断：设立不满一年，或评价、响应记录不足 10 条。",
    "Not judged: open for less than a year, or fewer than 10 ratings and 10 answered records.",
)
_REASONS = {
    "satisfaction": Text(
        "{tier}：满意率 {observed:.1%}，同类（{peers}）为 {expected:.1%}；按 {n} 条评价，"
        "其真实水平很可能在 {lower:.1%}–{upper:.1%}。",
        "{tier}: {observed:.1%} satisfied, peers ({peers}) {expected:.1%}; by {n} ratings its true level is "
        "likely {lower:.1%}–{upper:.1%}.",
    ),
    "response": Text(
        "{tier}：响应时长（几何平均，已扣除业务构成）{observed:.2f} 天，同类（{peers}）为 {expected:.2f} 天；"
        "按 {n} 条记录，区间 {lower:.2f}–{upper:.2f} 天。",
        "{tier}: answers take {observed:.2f} days (geometric mean, mix taken out), peers ({peers}) "
        "{expected:.2f}; by {n} records {lower:.2f}–{upper:.2f} days.",
    ),
    "volume": Text(
        "{tier}（只作提示，不计入标记）：服务 {observed:.0f} 件次，按能力预计 {expected:.0f}；"
        "区间 {lower:.0f}–{upper:.0f}。",
        "{tier} (a hint, not flagged): {observed:.0f} services, {expected:.0f} expected by capacity; "
        "{lower:.0f}–{upper:.0f}.",
    ),
}
