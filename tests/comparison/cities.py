"""Whole cities drawn at random (示例数据): nothing planted, or stations that are weak in a known way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from analytics.core.periods import Period, last_day_of, quarter_of
from analytics.core.settings import Settings
from analytics.standard.districts import districts
from analytics.store import open_store
from analytics.store.batch import ValidRows
from analytics.store.load import load_batch
from analytics.store.snapshot import Snapshot
from tests.store.rows import batch, sheet

MONTHS = Period("2024-03", "2026-09").months
_EPOCH = date(1970, 1, 1)
_SERVICES = ("B01", "B02", "B03", "B05", "S01")
_CHANNELS = ("窗口", "电话", "线上", "上门")
_CLIENTS = ("小微企业", "大中型企业", "高校院所", "个人")
# What the city shares: 4.26, Spring Festival and the year's end.
_SEASON = {1: 0.95, 2: 0.7, 4: 1.45, 11: 1.1, 12: 1.25}


@dataclass(frozen=True)
class Planted:
    """Which stations (their places among 190) are weak, and how."""

    satisfaction: dict[int, float] = field(default_factory=dict)  # points of satisfaction lost
    days: dict[int, float] = field(default_factory=dict)  # times as long
    capacity: dict[int, float] = field(default_factory=dict)  # share of its volume kept, always
    fallen: dict[int, float] = field(default_factory=dict)  # share of its volume kept in the last 3 months


def station(place: int) -> str:
    """Return a station's number."""
    return f"W{place:04d}"


def city(
    folder: Path, seed: int, planted: Planted | None = None, *, stations: int = 190, level: float = 24.0
) -> Snapshot:
    """Return a city of 31 months: volumes, mixes, ratings and times vary, beyond chance as in life."""
    rng = np.random.default_rng(seed)
    planted = planted or Planted()
    volumes = np.clip(rng.lognormal(np.log(level), 0.55, stations), 8.0, 110.0)
    store = open_store(folder)
    with store.writing() as connection:
        sheets = (_stations(rng, volumes, planted), _records(rng, volumes, planted))
        load_batch(connection, batch(*sheets, is_sample=True), Settings())
    return store.snapshot()


def _stations(rng: np.random.Generator, level: np.ndarray, planted: Planted) -> ValidRows:
    areas = [area.code for area in districts()]
    capacity = 12.0 * level * rng.lognormal(0.0, 0.15, level.size)
    rows = [
        {
            "institution_id": station(place),
            "name": f"示例{place}工作站",
            "tier": "工作站",
            "district": areas[place % len(areas)],
            "operator_type": ("企业", "高校", "园区")[place % 3],
            "opened_on": date(2020, 1, 1),
            "annual_capacity": float(capacity[place]),
        }
        for place in range(level.size)
    ]
    return sheet("institutions", rows, key=("institution_id",))


def _records(rng: np.random.Generator, level: np.ndarray, planted: Planted) -> ValidRows:
    kept = _kept(level.size, planted)
    counts = rng.poisson(
        level[:, None] * kept * _season()[None, :] * rng.gamma(80.0, 1 / 80.0, (level.size, len(MONTHS)))
    )
    unit = np.repeat(np.arange(level.size), counts.sum(axis=1))
    month = np.concatenate([np.repeat(np.arange(len(MONTHS)), row) for row in counts])
    size = unit.size
    mixes = rng.dirichlet(np.full(len(_SERVICES), 3.0), level.size)
    service = np.minimum(
        (rng.random(size)[:, None] > np.cumsum(mixes[unit], axis=1)).sum(axis=1), len(_SERVICES) - 1
    )
    channel, client = rng.integers(len(_CHANNELS), size=size), rng.integers(len(_CLIENTS), size=size)
    columns = _dated(rng, month) | _rated(rng, planted, unit, service, channel, level.size)
    days = columns.pop("days")
    places = np.arange(2, 2 + size)
    table = {
        "source_row": pa.array(places, pa.int32()),
        "row_key": pa.array([f"R{i}" for i in range(size)]),
        "record_id": pa.array([f"R{i}" for i in range(size)]),
        "institution_id": pa.array(np.array([station(i) for i in range(level.size)])[unit]),
        "service": pa.array(np.array(_SERVICES)[service]),
        "channel": pa.array(np.array(_CHANNELS)[channel]),
        "client_type": pa.array(np.array(_CLIENTS)[client]),
        "persons_served": pa.array(np.ones(size, dtype=np.int32)),
        "response_days": pa.array(days),
        **columns,
        "responded_at_day": pa.array(
            (columns["received_at_day"].to_numpy() + np.floor(days)).astype(np.int32)
        ),
    }
    return ValidRows("services", 0, "Sheet1", pa.table(table))


def _season() -> np.ndarray:
    season = np.array([_SEASON.get(int(month[5:]), 1.0) for month in MONTHS])
    return season / season.mean()


def _kept(size: int, planted: Planted) -> np.ndarray:
    kept = np.ones((size, len(MONTHS)))
    for place, share in planted.capacity.items():
        kept[place] *= share
    for place, share in planted.fallen.items():
        kept[place, -3:] *= share
    return kept


def _dated(rng: np.random.Generator, month: np.ndarray) -> dict[str, pa.Array]:
    first = np.array([(Period(code, code).first_day - _EPOCH).days for code in MONTHS])
    length = np.array([last_day_of(code).day for code in MONTHS])
    day = (first[month] + (rng.random(month.size) * length[month]).astype(int)).astype(np.int32)
    # The last day is there, so that the last month counts as over.
    day[-1] = first[-1] + length[-1] - 1
    names = np.array(MONTHS)
    moment = (day.astype("datetime64[D]") + np.timedelta64(10, "h")).astype("datetime64[us]")
    return {
        "received_at": pa.array(moment),
        "received_at_is_date": pa.array(np.zeros(day.size, dtype=bool)),
        "received_at_day": pa.array(day),
        "month": pa.array(names[month]),
        "quarter": pa.array(np.array([quarter_of(code) for code in MONTHS])[month]),
        "year": pa.array(np.array([code[:4] for code in MONTHS])[month]),
    }


def _rated(
    rng: np.random.Generator,
    planted: Planted,
    unit: np.ndarray,
    service: np.ndarray,
    channel: np.ndarray,
    stations: int,
) -> dict[str, pa.Array]:
    """Return ratings of six in ten, and days to the answer; both depend on the mix."""
    own = np.clip(rng.normal(0.0, 0.02, stations), -0.06, 0.04)
    slow = rng.lognormal(0.0, 0.12, stations)
    for place, points in planted.satisfaction.items():
        own[place] -= points
    for place, times in planted.days.items():
        slow[place] *= times
    content = np.array([0.95, 0.92, 0.86, 0.9, 0.8])[service] + np.array([0.02, 0.0, -0.02, 0.01])[channel]
    good = rng.random(unit.size) < np.clip(content + own[unit], 0.02, 0.995)
    rated = rng.random(unit.size) < 0.6
    level = np.where(good, rng.choice([5, 4, 3], unit.size, p=[0.6, 0.3, 0.1]), rng.choice([2, 1], unit.size))
    days = slow[unit] * np.array([0.6, 0.8, 1.5, 0.7, 2.5])[service] * rng.lognormal(0.0, 0.8, unit.size)
    return {
        "rating": pa.array(level.astype(np.int16), mask=~rated),
        "days": np.round(days, 2),
    }
