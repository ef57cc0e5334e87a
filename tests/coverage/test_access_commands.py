"""``ipdash underserved`` and ``site`` over ledgers of a simulated city, as a bureau would run them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from analytics.cli.access import AREA_COLUMNS, STATION_COLUMNS
from tests.commands import ipdash
from tests.coverage.ledgers_of_city import write_ledgers, write_services
from tests.coverage.simulated_city import City, f1, simulate

# A whole city is imported and judged.
pytestmark = pytest.mark.slow


def _run(store: Path, *arguments: object) -> str:
    done = ipdash(store, *arguments, language="zh")
    # 1 says that some rows were rejected: places that fall beyond the city border.
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def city() -> City:
    return simulate(4)


@pytest.fixture(scope="module")
def store(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    write_ledgers(city, folder / "ledgers")
    write_services(city, folder / "ledgers", a_station=60)
    _run(folder / "store", "import", folder / "ledgers")
    return folder / "store"


@pytest.fixture(scope="module")
def found(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("found")
    files = (
        "--areas",
        folder / "areas.csv",
        "--stations",
        folder / "stations.csv",
        "--zones",
        folder / "zones.geojson",
    )
    (folder / "said.txt").write_text(_run(store, "underserved", *files), encoding="utf-8")
    return folder


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_areas_are_found_with_reasons(city: City, found: Path) -> None:
    rows = _rows(found / "areas.csv")
    assert tuple(rows[0]) == AREA_COLUMNS
    flagged = {row["area_id"] for row in rows if row["flagged"] == "1"}
    told = np.array([f"XQ-{i:05d}" in flagged for i in range(len(city.at))])
    assert f1(told, city.under) >= 0.8
    assert np.mean(told[~city.under]) <= 0.05
    for row in rows:
        assert bool(row["zone_id"]) == bool(row["reason"]) == (row["flagged"] == "1")
        assert 0 <= float(row["stability"]) <= 1
        assert 8000 <= int(row["catchment_m"]) <= 20000


def test_stations_are_found_with_figures(city: City, found: Path) -> None:
    rows = _rows(found / "stations.csv")
    assert tuple(rows[0]) == STATION_COLUMNS
    assert [row["institution_id"] for row in rows] == [f"SL-{i:04d}" for i in range(len(city.stations))]
    flagged = np.array([row["flagged"] == "1" for row in rows])
    assert f1(flagged, city.weak) >= 0.65
    for row in rows:
        assert int(row["flagged"]) == int(row["confirmed"]) + int(row["watch"])
        if row["flagged"] == "1":
            assert row["signal"] in ("satisfaction", "response")
            assert row["reason"]
            assert float(row["lower"]) <= float(row["upper"])


def test_zones_are_outlines_round_their_areas(city: City, found: Path) -> None:
    from shapely.geometry import Point, shape

    zones = json.loads((found / "zones.geojson").read_text(encoding="utf-8"))
    assert zones["features"]
    for feature in zones["features"]:
        outline = shape(feature["geometry"])
        assert outline.is_valid
        for area in feature["properties"]["areas"]:
            assert outline.contains(Point(*city.at[int(area[3:])]))
    said = (found / "said.txt").read_text(encoding="utf-8")
    assert " 家按年服务能力，0 家按人数" in said
    assert "需求：按需求点台账" in said


def test_sites_are_proven_and_named(store: Path, tmp_path: Path) -> None:
    answer = json.loads(_run(store, "site", "--k", 3, "--format", "json"))
    assert answer["meta"]["proven_optimal"]
    gains = [site["gain"] for site in answer["sites"]]
    assert len(gains) == 3
    assert gains == sorted(gains, reverse=True)
    assert sum(gains) == pytest.approx(answer["covered"], abs=0.5)
    assert answer["effect"]["demand_relieved"] > 0
    listed = tmp_path / "candidates.csv"
    first = answer["sites"][0]
    listed.write_text(
        f"candidate_id,lon,lat\nA,{first['lon']},{first['lat']}\nB,114.0,38.0\n", encoding="utf-8"
    )
    chosen = json.loads(_run(store, "site", "--k", 1, "--candidates", listed, "--format", "json"))
    assert [site["candidate_id"] for site in chosen["sites"]] == ["A"]


def test_a_table_without_its_columns_is_refused(store: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("x,y\n1,2\n", encoding="utf-8")
    done = ipdash(store, "site", "--k", 1, "--candidates", bad)
    assert done.returncode == 2
    assert "lon" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_capacity_and_records_are_said(city: City, tmp_path: Path) -> None:
    write_ledgers(city, tmp_path / "ledgers", capacity=False)
    _run(tmp_path / "store", "import", tmp_path / "ledgers")
    files = ("--areas", tmp_path / "a.csv", "--stations", tmp_path / "s.csv")
    said = _run(tmp_path / "store", "underserved", *files)
    assert "0 家按年服务能力" in said
    assert all(row["flagged"] == "0" and row["reason"] for row in _rows(tmp_path / "s.csv"))


def test_the_shortest_ways_are_proven_and_fewer_sites_than_asked_are_said(
    store: Path, tmp_path: Path
) -> None:
    answer = json.loads(_run(store, "site", "--k", 2, "--objective", "distance", "--format", "json"))
    assert answer["meta"]["proven_optimal"]
    assert answer["meta"]["objective"].startswith("p-median")
    assert answer["mean_km_after"] < answer["mean_km_before"]
    assert sum(site["gain"] for site in answer["sites"]) == pytest.approx(answer["demand_km_saved"], abs=0.5)
    listed = tmp_path / "candidates.csv"
    first = answer["sites"][0]
    listed.write_text(f"candidate_id,lon,lat\nA,{first['lon']},{first['lat']}\n", encoding="utf-8")
    said = _run(store, "site", "--k", 4, "--objective", "distance", "--candidates", listed)
    assert "p-中位" in said
    assert "要求新设 4 个，只选出 1 个" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--k", 1, "--objective", "near"), "p-median"),
        (("--k", -1), "below 0"),
        (("--k", 1, "--as-of", "1990-01-01"), "No institution was open on 1990-01-01"),
    ],
)
def test_what_cannot_be_asked_of_sites_is_told_plainly(
    store: Path, arguments: tuple[object, ...], told: str
) -> None:
    done = ipdash(store, "site", *arguments, language="en")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_candidate_listed_twice_is_refused(tmp_path: Path) -> None:
    from analytics.cli.access_files import read_candidates
    from analytics.core.errors import UserError

    listed = tmp_path / "twice.csv"
    listed.write_text("candidate_id,lon,lat\nA,116.1,40\nA,116.2,40\n", encoding="utf-8")
    with pytest.raises(UserError, match="line 3"):
        read_candidates(listed)
