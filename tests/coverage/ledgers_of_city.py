"""Writes a simulated city as ledgers, as the bureau would send them (示例数据)."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry import MultiPolygon

from analytics.standard.districts import districts_by_code
from analytics.standard.geography import outlines
from tests.coverage.simulated_city import City

_SERVICE_HEADING = ["记录编号", "机构编号", "服务事项", "服务方式", "受理时间", "响应时间", "满意度评价"]


def write_ledgers(city: City, folder: Path, *, demand: bool = True, capacity: bool = True) -> None:
    """Write 机构名录, 需求点 and 服务台账 of the city into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    station_in, point_in = districts_of(city.stations), districts_of(city.at)
    rows = [
        [
            _station(i),
            f"示例工作站{i:03d}",
            "工作站",
            station_in[i],
            city.kind[i],
            "2019-01-01",
            f"{x:.6f}",
            f"{y:.6f}",
            3,
            40,
            int(city.capacity[i]) if capacity else "",
        ]
        for i, (x, y) in enumerate(city.stations)
    ]
    heading = ["机构编号", "机构名称", "机构层级", "所属区域", "运营单位类型", "设立日期", "经度", "纬度"]
    _write(folder / "机构名录.csv", [*heading, "专职人数", "每周开放小时", "年服务能力"], rows)
    if demand:
        points = [
            [f"XQ-{i:05d}", f"示例片区{i:05d}", point_in[i], f"{x:.6f}", f"{y:.6f}", int(d), "2026-10-31"]
            for i, ((x, y), d) in enumerate(zip(city.at, city.demand, strict=True))
        ]
        _write(
            folder / "需求点.csv",
            ["需求点编号", "名称", "所属区域", "经度", "纬度", "企业数", "统计日期"],
            points,
        )


def write_services(city: City, folder: Path, *, a_station: int = 60) -> None:
    """Write service records whose ratings and response times carry the planted weakness."""
    rng, rows = np.random.default_rng(7), []
    for i in range(len(city.stations)):
        count = int(rng.integers(a_station // 2, a_station * 2))
        good = rng.random(count) < 0.95 - 0.15 * city.weak_satisfaction[i]
        days = np.exp(rng.normal(np.log(0.8) + np.log(2.0) * city.weak_response[i], 0.7, count))
        for n in range(count):
            received = datetime(2025, 11, 3, 9) + timedelta(hours=float(rng.uniform(0, 8600)))
            answered = received + timedelta(days=float(days[n]))
            rating = "满意" if good[n] else "不满意"
            when = [f"{moment:%Y-%m-%d %H:%M}" for moment in (received, answered)]
            rows.append([f"{i:03d}-{n:04d}", _station(i), "知识产权信息查询检索服务", "线下", *when, rating])
    _write(folder / "服务台账.csv", _SERVICE_HEADING, rows)


def districts_of(at: np.ndarray) -> list[str]:
    """Return the name of the district that each place lies in, the nearest one's where none holds it."""
    shapes = {
        districts_by_code()[code].name.zh: MultiPolygon([(p[0], p[1:]) for p in outline.polygons])
        for code, outline in outlines().items()
        if not outline.is_schematic
    }
    names = list(shapes)
    gaps = np.array([shapely.distance(shapely.points(at), shape) for shape in shapes.values()])
    return [names[place] for place in gaps.argmin(axis=0)]


def _station(number: int) -> str:
    return f"SL-{number:04d}"


def _write(path: Path, heading: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)
