"""The institutions: the city centre, 17 district centres and stations spread as industry is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.core.periods import month_code, month_number
from analytics.standard.districts import districts, districts_by_code, priority_industries
from sample_data.demand import AREA_SHARE, spread_over
from sample_data.land import TOWNS
from sample_data.plan import MONTHS, NOTHING, UNKNOWN_TIME, Plan
from sample_data.planted import OVERWHELMED_CAPACITY, TIMES_FEWER, WEAKNESSES, ZONES, weak_count

CITY_CENTRE = "BJ-110000-00"
OPERATOR_TYPES = {
    "专业园区": 0.26, "开发区": 0.05, "产业集聚区": 0.12, "孵化器": 0.18, "众创空间": 0.12,
    "中小企业公共服务示范平台": 0.08, "大学科技园": 0.07, "行业组织": 0.08, "其他": 0.04,
}  # fmt: skip
# 延庆 numbers its institutions in plain digits, so that its numbers lose their zeros in workbooks.
PLAIN_NUMBERS = "110119"
_CITY_SHARE = 0.06
_CITY_SEAT = (116.3652, 39.9178)
# A district centre serves more than its neighbourhood.
_CENTRE_FACTOR = 1.8
_GCJ02_AREAS, _BD09_AREAS = ("110114", "110117"), ("110109",)


@dataclass(frozen=True, slots=True)
class _Seat:
    """An institution before it has a number: its tier, area, and town or zone."""

    tier: str
    area: str
    place: str


def institutions(plan: Plan, demand: pd.DataFrame) -> pd.DataFrame:
    """Return one row an institution: the ledger's columns and what the other ledgers are drawn from.

    Beside the ledger: ``place`` (town or zone), ``volume`` (expected share of all services),
    ``weakness`` (empty, or one of ``WEAKNESSES``), ``monthly_only``, ``short`` (area's short name).
    """
    rng = plan.rng("network")
    seats = _seats(plan)
    frame = pd.DataFrame({name: [getattr(s, name) for s in seats] for name in _Seat.__slots__})
    frame["number"] = frame.groupby("area", sort=False).cumcount()
    _name(frame)
    _place(frame, demand, rng)
    _open_and_close(frame, plan, rng)
    _mark(frame, plan, rng)
    _measure_out(frame, plan, rng)
    _describe(frame, rng)
    return frame


def _seats(plan: Plan) -> list[_Seat]:
    zoned = [z for z in ZONES for _ in range(z.stations)]
    seats = [_Seat("市级", "all", "")]
    for district in districts():
        area = district.code
        towns = {str(i): t.share for i, t in enumerate(TOWNS) if t.area == area}
        main = max(towns, key=lambda key: towns[key])
        seats.append(_Seat("区级", area, main))
        for place, count in _stations_by_town(area, towns, plan.stations - 18 - len(zoned)).items():
            seats += [_Seat("工作站", area, place)] * count
        seats += [_Seat("工作站", area, zone.key) for zone in zoned if zone.area == area]
    return seats


def _stations_by_town(area: str, towns: dict[str, float], stations: int) -> dict[str, int]:
    """Share ``stations`` out over the whole city by weight and return one area's part by town."""
    weights = {(t.area, str(i)): AREA_SHARE[t.area] * t.share for i, t in enumerate(TOWNS)}
    exact = {key: 1 + (stations - len(weights)) * weight for key, weight in weights.items()}
    counts = {key: int(value) for key, value in exact.items()}
    by_rest = sorted(exact, key=lambda key: (counts[key] - exact[key], key))
    for key in by_rest[: stations - sum(counts.values())]:
        counts[key] += 1
    return {place: counts[area, place] for place in towns}


def _name(frame: pd.DataFrame) -> None:
    names = districts_by_code()
    frame["short"] = [names[area].short_name.zh for area in frame["area"]]
    ids, titles, operators = [], [], []
    for tier, area, short, number in frame[["tier", "area", "short", "number"]].to_numpy().tolist():
        ids.append(_institution_id("110000" if tier == "市级" else area, number))
        titles.append(_title(tier, names[area].name.zh, short, number))
        operators.append(f"{short}示例园区{number:02d}运营公司" if tier == "工作站" else None)
    frame["institution_id"], frame["name"], frame["operator_name"] = ids, titles, operators
    frame["district"] = frame["area"]


def _institution_id(code: str, number: int) -> str:
    if code == PLAIN_NUMBERS:
        return f"0{code[2:]}{number:02d}"
    return f"BJ-{code}-{number:02d}"


def _title(tier: str, area: str, short: str, number: int) -> str:
    if tier == "市级":
        return "北京市知识产权公共服务中心（示例）"
    if tier == "区级":
        return f"北京市{area}知识产权公共服务中心（示例）"
    return f"北京市知识产权公共服务{short}示例{number:02d}工作站"


def _place(frame: pd.DataFrame, demand: pd.DataFrame, rng: np.random.Generator) -> None:
    """Stand institutions amid the demand of their place, with the capacity that it calls for."""
    frame["lon"], frame["lat"], frame["share"] = _CITY_SEAT[0], _CITY_SEAT[1], _CITY_SHARE
    total = demand["demand"].sum()
    for place, seats in frame[frame["place"] != ""].groupby("place").groups.items():
        points = demand[demand["place"] == place]
        lon, lat, part = spread_over(points, len(seats))
        capacity = part * points["demand"].sum() / total * (1 - _CITY_SHARE)
        if str(place).startswith("Z"):
            capacity = capacity * OVERWHELMED_CAPACITY
        frame.loc[seats, "lon"] = (lon + rng.normal(0, 0.002, len(seats))).round(6)
        frame.loc[seats, "lat"] = (lat + rng.normal(0, 0.002, len(seats))).round(6)
        frame.loc[seats, "share"] = capacity * rng.lognormal(0, 0.12, len(seats))
    frame["datum"] = None
    frame.loc[frame["area"].isin(_GCJ02_AREAS), "datum"] = "GCJ02"
    frame.loc[frame["area"].isin(_BD09_AREAS), "datum"] = "BD09"
    numbers = zip(frame["short"], frame["number"], strict=True)
    frame["township"] = [f"{short}示例街道{number % 9 + 1:02d}" for short, number in numbers]
    frame.loc[frame["tier"] == "市级", "township"] = None


def _open_and_close(frame: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> None:
    first = np.datetime64(plan.first_day, "D")
    count = len(frame)
    is_station = (frame["tier"] == "工作站").to_numpy()
    before = first - rng.integers(60, 1500, count).astype("timedelta64[D]")
    within = first + rng.integers(20, (MONTHS - 5) * 30, count).astype("timedelta64[D]")
    is_late = is_station & (rng.random(count) < 0.32) & ~frame["place"].str.startswith("Z").to_numpy()
    frame["opened_on"] = np.where(is_late, within, before).astype("datetime64[m]")
    frame["closed_on"] = UNKNOWN_TIME
    closable = np.flatnonzero(is_station & ~is_late & (frame["number"] >= 3).to_numpy())
    closing = rng.choice(closable, size=max(2, plan.stations // 45), replace=False)
    shut = first + rng.integers(20 * 30, (MONTHS - 6) * 30, len(closing)).astype("timedelta64[D]")
    frame.loc[closing, "closed_on"] = shut.astype("datetime64[m]")
    frame["is_late"] = is_late


def _mark(frame: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> None:
    """Choose the stations that are weak and those that hold monthly totals only."""
    plain = frame["tier"].eq("工作站") & ~frame["is_late"] & frame["closed_on"].isna()
    plain &= ~frame["place"].str.startswith("Z")
    busy = np.flatnonzero(plain & (frame["share"] > frame.loc[plain, "share"].median()))
    weak = rng.choice(busy, size=3 * weak_count(plan.stations), replace=False)
    frame["weakness"] = ""
    frame.loc[weak, "weakness"] = [WEAKNESSES[n % 3] for n in range(len(weak))]
    rest = np.setdiff1d(np.flatnonzero(plain & ~frame["area"].isin((PLAIN_NUMBERS,))), busy)
    frame["monthly_only"] = False
    frame.loc[rng.choice(rest, size=max(2, plan.stations // 32), replace=False), "monthly_only"] = True


def _measure_out(frame: pd.DataFrame, plan: Plan, rng: np.random.Generator) -> None:
    """Turn shares of capacity into services a year, staff and hours."""
    count = len(frame)
    volume = frame["share"].to_numpy() * rng.lognormal(0, 0.18, count)
    volume = volume * np.where(frame["tier"] == "区级", _CENTRE_FACTOR, 1.0)
    frame["volume"] = np.where(frame["weakness"] == "volume", volume / TIMES_FEWER, volume)
    # Capacity is that of the whole network however few rows are asked for, lest rounding distort it.
    yearly = max(plan.rows, 300_000) / (MONTHS / 12) * frame["share"].to_numpy()
    frame["annual_capacity"] = np.maximum(10, np.round(1.33 * yearly * rng.lognormal(0, 0.08, count))).astype(
        int
    )
    is_centre = (frame["tier"] != "工作站").to_numpy()
    frame["staff_full_time"] = np.where(is_centre, rng.integers(6, 16, count), rng.integers(1, 5, count))
    frame["staff_part_time"] = rng.integers(0, 4, count)
    frame["liaison_count"] = rng.integers(1, 4, count)
    staff = frame["staff_full_time"] + frame["staff_part_time"]
    frame["qualified_staff_count"] = np.minimum(staff, rng.integers(0, 5, count))
    frame["pre_post_trained_count"] = np.minimum(staff, rng.integers(1, 8, count))
    frame["open_hours_per_week"] = rng.choice([40.0, 40.0, 35.0, 42.5, 20.0], count)


def _describe(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    count = len(frame)
    is_station = (frame["tier"] == "工作站").to_numpy()
    types = rng.choice(list(OPERATOR_TYPES), count, p=list(OPERATOR_TYPES.values()))
    # Every type has at least one station, however small the sample.
    types[np.flatnonzero(is_station)[: len(OPERATOR_TYPES)]] = list(OPERATOR_TYPES)
    frame["operator_type"] = np.where(is_station, types, NOTHING)
    frame["category"] = "公共服务"
    founded = frame["opened_on"].to_numpy() - rng.integers(400, 5000, count).astype("timedelta64[D]")
    frame["operator_founded_on"] = np.where(is_station, founded, UNKNOWN_TIME).astype("datetime64[m]")
    frame["operator_is_legal_person"] = np.where(is_station, rng.random(count) < 0.96, NOTHING)
    frame["head_is_operator_head"] = np.where(is_station, rng.random(count) < 0.8, NOTHING)
    centre = frame.groupby("area")["name"].transform("first")
    city = str(frame.loc[0, "name"])
    frame["co_builders"] = np.where(is_station, city + "、" + centre, NOTHING)
    frame["address"] = [
        f"北京市{s.replace('全市', '')}示例路{n + 1}号"
        for s, n in zip(frame["short"], frame["number"], strict=True)
    ]
    frame["phone"] = [f"010-0000{n:04d}" for n in range(1, count + 1)]
    frame["oversight_phone"] = "010-00009999"
    frame["focus_industries"] = [_focus(area, rng) for area in frame["area"]]
    frame["has_search_database"] = rng.random(count) < 0.7
    frame["has_online_platform"] = rng.random(count) < 0.6


def _focus(area: str, rng: np.random.Generator) -> str | None:
    terms = [i.printed_term for i in priority_industries() if i.district == area]
    return "、".join(sorted(rng.choice(terms, size=min(2, len(terms)), replace=False))) if terms else None


def open_by_month(frame: pd.DataFrame, plan: Plan) -> np.ndarray:
    """Return whether each institution is open on the last day of each month, shape (institutions, months)."""
    first = month_number(plan.period.first_month)
    ends = np.array([np.datetime64(f"{month_code(first + n + 1)}-01") for n in range(MONTHS)]) - 1
    opened, closed = frame["opened_on"].to_numpy()[:, None], frame["closed_on"].to_numpy()[:, None]
    return np.asarray((opened <= ends) & (np.isnat(closed) | (closed >= ends)))
