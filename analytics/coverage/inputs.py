"""What the analysis of reach rests on: demand, stations, capacity, and the rules for what is missing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope
from analytics.core.text import Text
from analytics.measures import listings, reach
from analytics.spatial.distance import road_km, with_travel_minutes
from analytics.stats.arrays import Floats
from analytics.store.snapshot import Snapshot

_FULL_WEEK_HOURS = 40.0
# Someone who works part of the time counts half.
_PART_TIME = 0.5


@dataclass(frozen=True)
class Inputs:
    """Demand points and stations with a place, as rows and as arrays in the same order.

    ``distance_km`` has shape (points, stations); ``notes`` say what a reader must know of the rules used.
    ``demand_rule`` is "ledger" or "clients", ``supply_rules`` counts stations by rule.
    """

    points: list[dict[str, Any]]
    stations: list[dict[str, Any]]
    at: Floats
    station_at: Floats
    demand: Floats
    supply: Floats
    distance_km: Floats
    demand_rule: str
    supply_rules: dict[str, int]
    notes: list[Text] = field(default_factory=list)


def read_inputs(
    snapshot: Snapshot,
    *,
    as_of: date | None,
    minutes: dict[tuple[str, str], float] | None = None,
    scope: Scope = CITY,
) -> Inputs:
    """Read the whole city: a district's reach does not end at its border, nor do its neighbours'.

    What a reader may see of the result is cut from it (`seen_by`); ``scope`` decides only whether located
    clients may stand in for demand: not for readers who may not see records. ``minutes`` are travel times by
    (area, institution). UserError where there is no demand, or no station with a place.
    """
    points, demand_rule, notes = _points(snapshot, Scope("city", None, scope.audience))
    listed = reach.stations(snapshot, scope=CITY, on=as_of)
    stations = [row for row in listed if row["lon_wgs84"] is not None and row["lat_wgs84"] is not None]
    if not stations:
        raise _none_open(as_of) if as_of is not None and not listed else _no_stations()
    if len(stations) < len(listed):
        notes.append(_UNPLACED.format(count=len(listed) - len(stations)))
    supply, rules = supply_of(stations)
    notes.append(_SUPPLY.format(**rules))
    at, station_at = _places(points), _places(stations)
    distance = road_km(at, station_at)
    if minutes:
        known = _table(minutes, points, stations)
        distance, speed = with_travel_minutes(distance, known)
        used = int(np.isfinite(known).sum())
        if not used or not np.isfinite(speed):
            raise _no_minutes()
        notes.append(_MINUTES.format(used=used, given=len(minutes), all=known.size, speed=speed))
    demand = np.array([row["demand"] for row in points], dtype=np.float64)
    return Inputs(points, stations, at, station_at, demand, supply, distance, demand_rule, rules, notes)


def supply_of(stations: list[dict[str, Any]]) -> tuple[Floats, dict[str, int]]:
    """Return the capacity of each station in services a year, and how many stations each rule served.

    年服务能力 where stated; else staff times opening hours, turned into services at the median rate of
    the stations that state both (one service an hour of 52 weeks where none does); else the median of all
    others (1 where nobody states anything).
    """
    stated = _column(stations, "annual_capacity")
    full, part = (_column(stations, name) for name in ("staff_full_time", "staff_part_time"))
    staff = np.nan_to_num(full) + _PART_TIME * np.nan_to_num(part)
    hours = _column(stations, "open_hours_per_week")
    usual = float(np.nanmedian(hours)) if np.isfinite(hours).any() else _FULL_WEEK_HOURS
    worked = staff * np.where(np.isfinite(hours), hours, usual)
    is_stated, has_staff = np.isfinite(stated) & (stated > 0), worked > 0
    both = is_stated & has_staff
    rate = float(np.median(stated[both] / worked[both])) if both.any() else 52.0
    supply = np.where(is_stated, stated, np.where(has_staff, worked * rate, np.nan))
    known = np.isfinite(supply)
    middle = float(np.median(supply[known])) if known.any() else 1.0
    counts = {
        "stated": int(is_stated.sum()),
        "staff": int((has_staff & ~is_stated).sum()),
        "median": int((~known).sum()),
    }
    return np.where(known, supply, middle), counts


def _points(snapshot: Snapshot, scope: Scope) -> tuple[list[dict[str, Any]], str, list[Text]]:
    rows, rule, notes = listings.demand(snapshot, scope=CITY), "ledger", [_LEDGER]
    if not rows:
        rows, rule, notes = reach.located_clients(snapshot, scope=scope), "clients", [_CLIENTS]
    placed = [row for row in rows if None not in (row["lon_wgs84"], row["lat_wgs84"], row["demand"])]
    if not any(row["demand"] > 0 for row in placed):
        raise _no_demand()
    return placed, rule, notes


def _places(rows: list[dict[str, Any]]) -> Floats:
    return np.array([[row["lon_wgs84"], row["lat_wgs84"]] for row in rows], dtype=np.float64)


def _column(rows: list[dict[str, Any]], name: str) -> Floats:
    return np.array([np.nan if row[name] is None else row[name] for row in rows], dtype=np.float64)


def _table(
    minutes: dict[tuple[str, str], float], points: list[dict[str, Any]], stations: list[dict[str, Any]]
) -> Floats:
    row_of = {row["area_id"]: place for place, row in enumerate(points)}
    column_of = {row["institution_id"]: place for place, row in enumerate(stations)}
    table = np.full((len(points), len(stations)), np.nan)
    for (origin, destination), value in minutes.items():
        if origin in row_of and destination in column_of:
            table[row_of[origin], column_of[destination]] = value
    return table


def _no_demand() -> UserError:
    return UserError(
        Text(
            "没有需求数据：既没有需求点台账，也没有带坐标的服务对象。",
            "There is no demand: neither a ledger of demand points nor located clients.",
        ),
        Text(
            "请先导入“需求点”台账（片区、经纬度、企业数）。",
            "Import the ledger 需求点 first (area, place, enterprises).",
        ),
    )


def _no_minutes() -> UserError:
    return UserError(
        Text(
            "出行时间表中没有一对与需求点和站点对得上（或时间都为 0）。",
            "No pair of the travel minutes fits a demand point and a station (or all take no time).",
        ),
        Text(
            "origin 写需求点编号，destination 写机构编号，minutes 写分钟数。",
            "origin is a number of 需求点, destination one of 机构名录, minutes a number.",
        ),
    )


def _none_open(day: date) -> UserError:
    return UserError(
        Text(f"{day} 没有开放的机构，无法计算可及性。", f"No institution was open on {day}."),
        Text(
            "请换一个日期（--as-of），或在“机构名录”中核对设立日期和撤销日期。",
            "Ask for another day (--as-of), or look at the opening days in the ledger 机构名录.",
        ),
    )


def _no_stations() -> UserError:
    return UserError(
        Text("没有带坐标的机构，无法计算可及性。", "No institution has a place: access cannot be computed."),
        Text(
            "请在“机构名录”中补充经度、纬度后再导入。",
            "Give longitude and latitude in the ledger 机构名录 and import it again.",
        ),
    )


_LEDGER = Text("需求：按需求点台账。", "Demand: from the ledger of demand points.")
_CLIENTS = Text(
    "需求：没有需求点台账，改用有坐标的服务对象，按约 1 公里网格汇总；"
    "从未来过的企业不在其中，结果偏向现有站点。",
    "Demand: no ledger of demand points, so located clients in cells of about 1 km stand in; firms that "
    "never came are missing, which favours existing stations.",
)
_SUPPLY = Text(
    "供给：{stated} 家按年服务能力，{staff} 家按人数×开放小时折算，{median} 家两者都缺、按全市中位数。",
    "Supply: {stated} stations by stated yearly capacity, {staff} by staff × hours, {median} have neither "
    "and take the city median.",
)
_UNPLACED = Text(
    "{count} 家机构没有坐标，未计入供给。", "{count} institutions have no place and are left out of supply."
)
_MINUTES = Text(
    "出行时间：给出 {given} 对，其中 {used} 对与需求点、站点对上（共 {all} 对），按时间计算"
    "（按平均车速 {speed:.0f} 公里/小时折算为距离）；其余按直线距离。",
    "Travel minutes: {given} pairs given, {used} of them fit demand points and stations (of {all} pairs) and "
    "replace distances (at their mean speed of {speed:.0f} km/h); the others go by straight lines.",
)
