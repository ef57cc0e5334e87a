"""A store for tests of the screen: a few institutions and services whose figures a person can check."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from analytics.core.periods import quarter_of
from analytics.core.settings import settings
from analytics.standard.names import members
from analytics.store.batch import Batch, SourceFile, ValidRows
from analytics.store.load import load_batch
from analytics.store.schema import LEDGERS, metadata
from analytics.store.store import Store

_EPOCH = date(1970, 1, 1)
FIRST, LAST = date(2023, 1, 1), date(2026, 10, 31)


def build(folder: Path, *, services: int = 4000, seed: int = 1) -> Store:
    """Fill a store in ``folder`` with made-up rows; the same seed gives the same store."""
    chance = random.Random(seed)
    institutions = _institutions(chance)
    ids = [row["institution_id"] for row in institutions]
    kinds = {
        "institutions": institutions,
        "services": _services(chance, ids, services),
        "assignments": _assignments(chance, ids),
        "targets": _targets(),
        "monthly": _monthly(),
        "demand": _demand(random.Random(seed)),
    }
    batch = Batch(is_sample=True, imported_by="test", files=[SourceFile("example.xlsx", "0" * 64, 1)])
    batch.rows = [ValidRows(kind, 0, "Sheet1", _table(kind, rows)) for kind, rows in kinds.items()]
    store = Store(folder)
    with store.writing() as connection:
        load_batch(connection, batch, settings())
    return store


def _institutions(chance: random.Random) -> list[dict[str, Any]]:
    areas = members("district")[:-1]
    rows = [_institution("C00", "市级", "all", date(2019, 1, 1), chance)]
    rows += [_institution(f"D{i:02}", "区级", area, date(2020, 1, 1), chance) for i, area in enumerate(areas)]
    for i in range(60):
        area = chance.choice([*areas, *areas[:6]])
        rows.append(_institution(f"S{i:03}", "工作站", area, date(2021, 1 + i % 12, 1), chance))
    # One station opened within the last year, one closed.
    rows[-1]["opened_on"] = date(2026, 3, 1)
    rows[-2]["closed_on"] = date(2026, 5, 31)
    return rows


def _institution(number: str, tier: str, area: str, opened: date, chance: random.Random) -> dict[str, Any]:
    return {
        "institution_id": number, "name": f"北京市知识产权公共服务示例{number}", "tier": tier,
        "category": "公共服务", "district": area, "operator_type": "专业园区", "opened_on": opened,
        "lon_wgs84": 116.1 + chance.random() * 0.6, "lat_wgs84": 39.7 + chance.random() * 0.5,
        "row_key": number,
    }  # fmt: skip


def _services(chance: random.Random, ids: list[str], count: int) -> list[dict[str, Any]]:
    days = (LAST - FIRST).days
    offered = members("service")[:-1]  # T04 is offered by nobody
    weights = [20 - i * 0.7 for i in range(len(offered))]
    rows = []
    for number in range(count):
        # Growth: later days are likelier.
        day = FIRST + timedelta(days=int(days * chance.random() ** 0.8)) if number else LAST
        received = datetime(day.year, day.month, day.day, 9, chance.randrange(60))
        rated = chance.random() < 0.6
        level = chance.choices((5, 4, 3, 2, 1), (60, 24, 9, 5, 2))[0] if rated else None
        institution = ids[min(int(chance.expovariate(1 / 25)), len(ids) - 1)]
        rows.append({
            "record_id": f"R{number:07}", "row_key": f"R{number:07}", "institution_id": institution,
            "service": chance.choices(offered, weights)[0], "ip_type": chance.choice(members("ip_type")),
            "channel": chance.choices(members("channel"), (30, 25, 35, 6, 4))[0],
            "client_id": f"K{int(chance.random() ** 2 * count / 3):06}", "client_type": chance.choices(
                members("client_type"), (6, 14, 46, 8, 8, 4, 12, 2))[0],
            "industry": chance.choice(members("industry")),
            "client_district": chance.choice(members("client_district")),
            "persons_served": 1 + int(chance.random() * 3), "received_at": received,
            "responded_at": received + timedelta(hours=chance.expovariate(1 / 22)),
            "outcome": chance.choices(("办结", "转介", "终止", "办理中"), (80, 10, 5, 5))[0],
            "rating": level, "rating_source": "主动" if rated else None,
            "rated_at": received + timedelta(days=2) if rated else None,
            "bad_rating_contacted_at": received + timedelta(days=4) if level and level < 3 else None,
        })  # fmt: skip
    return rows


def _assignments(chance: random.Random, ids: list[str]) -> list[dict[str, Any]]:
    rows = []
    for number in range(400):
        notified = datetime(2025, 6, 1, 10) + timedelta(days=chance.randrange(510))
        rows.append({
            "assignment_id": f"A{number:04}", "row_key": f"A{number:04}", "expert_id": f"E{number % 20:02}",
            "institution_id": chance.choice(ids), "form": "电话", "notified_at": notified,
            "responded_at": notified + timedelta(hours=chance.expovariate(1 / 24)),
            "served_on": notified.date(), "feedback_on": None,
        })  # fmt: skip
    return rows


def _monthly() -> list[dict[str, Any]]:
    # A station that sends totals only.
    months = [f"{year}-{month:02}" for year in (2025, 2026) for month in range(1, 13)]
    return [
        {
            "institution_id": "S059",
            "row_key": f"{month}",
            "services": 12,
            "persons_served": 20,
            "month": month,
        }
        for month in months
        if "2026-03" <= month <= "2026-10"
    ]


def _targets() -> list[dict[str, Any]]:
    wanted = {"services": 1500.0, "clients_served": 900.0, "satisfaction_rate": 0.95, "new_clients": 300.0}
    return [
        {"measure": key, "scope": "city", "year": 2026, "target": target, "row_key": f"{key}|city|2026"}
        for key, target in wanted.items()
    ]


def _demand(chance: random.Random) -> list[dict[str, Any]]:
    """Return places of enterprises among the stations, and a village of 4,500 far from all of them."""
    rows = [
        (f"XQ-{i:03}", chance.choice(members("district")[:-1]), 116.1 + chance.random() * 0.6,
         39.7 + chance.random() * 0.5, 200.0 + 400 * chance.random())
        for i in range(80)
    ]  # fmt: skip
    rows += [(f"XQ-9{i:02}", "110118", 117.1 + 0.01 * i, 40.65, 1500.0) for i in range(3)]
    return [
        {"area_id": number, "name": f"示例片区{number[3:]}", "district": district, "lon_wgs84": lon,
         "lat_wgs84": lat, "demand": demand, "as_of": LAST, "row_key": number}
        for number, district, lon, lat, demand in rows
    ]  # fmt: skip


def _table(kind: str, rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as an import hands them over: every point in time with its day, every fact its periods."""
    full = []
    for number, row in enumerate(rows, start=2):
        made: dict[str, Any] = {"source_row": number}
        for name, value in row.items():
            made[name] = value
            if isinstance(value, date):
                day = value.date() if isinstance(value, datetime) else value
                made[f"{name}_day"] = (day - _EPOCH).days
                if isinstance(value, datetime):
                    made[f"{name}_is_date"] = False
        when = row.get("received_at") or row.get("notified_at")
        month = row.get("month") or (f"{when:%Y-%m}" if when else None)
        if month:
            made |= {"month": month, "quarter": quarter_of(month), "year": month[:4]}
        if kind == "services" and row["responded_at"]:
            made["response_days"] = (row["responded_at"] - row["received_at"]).total_seconds() / 86400
        full.append(made)
    columns = metadata.tables[LEDGERS[kind].rows.name].columns
    fields = [(name, _arrow(columns[name])) for name in dict.fromkeys(k for row in full for k in row)]
    return pa.Table.from_pylist(full, schema=pa.schema(fields))


def _arrow(column: Any) -> pa.DataType:
    types = {"BIGINT": pa.int64(), "INTEGER": pa.int32(), "SMALLINT": pa.int16(), "DOUBLE": pa.float64(),
             "TEXT": pa.string(), "BOOLEAN": pa.bool_(), "DATE": pa.date32(), "DATETIME": pa.timestamp("us"),
             "TIMESTAMP": pa.timestamp("us")}  # fmt: skip
    return types[str(column.type).split("(")[0].replace("DOUBLE PRECISION", "DOUBLE")]
