"""What-if questions, readers, travel minutes and located clients, on the command line from ledgers on."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.measures.reach import CELL_DEGREES
from tests.commands import Done, ipdash
from tests.coverage.ledgers_of_city import districts_of, write_ledgers
from tests.coverage.simulated_city import City, simulate

# A whole city is imported and judged.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city() -> City:
    return simulate(4)


@pytest.fixture(scope="module")
def store(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("what-if")
    write_ledgers(city, folder / "ledgers")
    assert ipdash(folder / "store", "import", folder / "ledgers").returncode in (0, 1)
    return folder / "store"


def _site(store: Path, *words: object) -> dict[str, Any]:
    done = ipdash(store, "site", *words, "--format", "json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _refused(done: Done) -> str:
    assert done.returncode == 2, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def test_closing_hurts_capacity_helps_and_opening_reaches(store: Path, city: City) -> None:
    today = _site(store, "--k", 3)
    assert today["meta"]["proven_optimal"]
    assert today["effect"]["unmet_demand_after"] < today["effect"]["unmet_demand_before"]
    assert all(row["enterprises"] >= row["gain"] for row in today["sites"])
    busiest = f"SL-{int(np.argmax(city.capacity)):04d}"
    closed = _site(store, "--close", busiest)["effect"]
    assert closed["unmet_demand_after"] >= closed["unmet_demand_before"]
    assert closed["demand_relieved"] <= closed["demand_worsened"]
    place = today["sites"][0]
    opened = _site(store, "--open", f"{place['lon']},{place['lat']}=100000")["effect"]
    assert opened["demand_relieved"] > 0
    assert "less" in opened["robustness"] or "falls" in opened["robustness"]
    same = _site(store, "--capacity", f"{busiest}={int(city.capacity.max())}")["effect"]
    assert same["unmet_demand_after"] == same["unmet_demand_before"]


def test_changes_come_before_the_sites(store: Path) -> None:
    place = _site(store, "--k", 1)["sites"][0]
    opened = f"{place['lon']},{place['lat']}=1000000"
    after = _site(store, "--k", 1, "--open", opened)
    assert after["change"]["opened"][0]["capacity"] == 1000000
    assert [row["candidate_id"] for row in after["sites"]] != [place["candidate_id"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--k"),
        (("--close", "nobody"), "nobody"),
        (("--capacity", "SL-0001"), "ID=N"),
        (("--capacity", "SL-0001=many"), "ID=N"),
        (("--capacity", "SL-0001=-4"), "ID=N"),
        (("--open", "116.4"), "LON,LAT=N"),
        (("--open", "400,39"), "LON,LAT=N"),
        (("--k", "1", "--scope", "moon"), "moon"),
        (("--k", "1", "--as-of", "yesterday"), "yesterday"),
    ],
)
def test_what_cannot_be_read_is_said_with_how_to_write_it(
    store: Path, words: tuple[str, ...], said: str
) -> None:
    assert said in _refused(ipdash(store, "site", *words))


def test_a_district_reads_and_changes_its_own_only(store: Path, city: City, tmp_path: Path) -> None:
    own = {f"XQ-{i:05d}" for i, name in enumerate(districts_of(city.at)) if name == "大兴区"}
    files = ("--areas", tmp_path / "a.csv", "--stations", tmp_path / "s.csv", "--scope", "district:110115")
    assert ipdash(store, "underserved", *files).returncode == 0
    with (tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        told = {row["area_id"] for row in csv.DictReader(file)}
    assert told
    assert told <= own
    names = districts_of(city.stations)
    foreign = next(i for i, name in enumerate(names) if name != "大兴区")
    _refused(ipdash(store, "site", "--close", f"SL-{foreign:04d}", "--scope", "district:110115"))
    for site in _site(store, "--k", 2, "--scope", "district:110115")["sites"]:
        assert site["candidate_id"] in own


def test_travel_minutes_replace_distances_and_are_said(store: Path, city: City, tmp_path: Path) -> None:
    minutes = tmp_path / "minutes.csv"
    # One point that takes a day to every station, and one that is at every door.
    far, near = int(np.argmax(city.demand)), int(np.argmin(city.demand))
    lines = [f"XQ-{far:05d},SL-{j:04d},1440" for j in range(200)]
    lines += [f"XQ-{near:05d},SL-{j:04d},0" for j in range(200)]
    minutes.write_text("origin,destination,minutes\n" + "\n".join(lines), encoding="utf-8")
    files = ("--areas", tmp_path / "a.csv", "--stations", tmp_path / "s.csv", "--minutes", minutes)
    done = ipdash(store, "underserved", *files)
    assert done.returncode == 0, done.stderr
    assert "Travel minutes: 400 pairs given" in done.stdout
    minutes.write_text("origin,destination,minutes\nXQ-1,SL-1,10\n", encoding="utf-8")
    assert "origin" in _refused(ipdash(store, "underserved", *files))
    minutes.write_text("origin,destination,minutes\nXQ-00001,SL-0001,soon\n", encoding="utf-8")
    assert "line 2" in _refused(ipdash(store, "underserved", *files))


def test_located_clients_stand_in_for_demand_at_the_middle_of_cells(city: City, tmp_path: Path) -> None:
    write_ledgers(city, tmp_path / "ledgers", demand=False)
    rng = np.random.default_rng(3)
    chosen = rng.choice(len(city.at), 1500, p=city.demand / city.demand.sum())
    at = city.at[chosen] + rng.normal(0, 0.004, (1500, 2))
    rows = [
        [f"K{i:05d}", "小微企业", district, f"{x:.6f}", f"{y:.6f}"]
        for i, ((x, y), district) in enumerate(zip(at, districts_of(at), strict=True))
    ]
    with (tmp_path / "ledgers" / "服务对象名录.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["服务对象编号", "类型", "所属区域", "经度", "纬度"], *rows])
    assert ipdash(tmp_path / "store", "import", tmp_path / "ledgers").returncode in (0, 1)
    answer = _site(tmp_path / "store", "--k", 2)
    assert answer["meta"]["demand"] == "clients"
    assert any("located clients" in note for note in answer["meta"]["notes"])
    for site in answer["sites"]:
        for value in (site["lon"], site["lat"]):
            assert (value / CELL_DEGREES) % 1 == pytest.approx(0.5, abs=1e-3)
    # Who may not see records is not told of cells that may hold a single client.
    refused = _refused(ipdash(tmp_path / "store", "site", "--k", 1, "--scope", "city@bureau"))
    assert "no demand" in refused
