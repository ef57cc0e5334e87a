"""The sample: the same each time, adding up, and shaped like what stations would send."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import python_calamine
import shapely

from analytics.standard.districts import districts
from sample_data.clients import client_pool
from sample_data.demand import demand_points
from sample_data.experts import assignments, experts
from sample_data.land import distance_km, land
from sample_data.make import MARK, NOTICE, write_sample
from sample_data.make_small import SMALL, write_small
from sample_data.manifest import MANIFEST, OUTCOMES
from sample_data.mess import DEFECTS
from sample_data.network import OPERATOR_TYPES, institutions
from sample_data.plan import Plan
from sample_data.planted import ZONES
from sample_data.services import service_records
from sample_data.sheets import KEYS
from sample_data.truth import TRUTH

PLAN = Plan(rows=40_000)


@pytest.fixture(scope="module")
def demand() -> pd.DataFrame:
    return demand_points(PLAN)


@pytest.fixture(scope="module")
def network(demand: pd.DataFrame) -> pd.DataFrame:
    return institutions(PLAN, demand)


@pytest.fixture(scope="module")
def services(network: pd.DataFrame) -> pd.DataFrame:
    pool, starts = client_pool(PLAN, network)
    return service_records(PLAN, network, pool, starts, experts(PLAN))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write_small(folder)
    return folder


@pytest.fixture(scope="module")
def manifest(fresh: Path) -> dict:
    return json.loads((fresh / MANIFEST).read_text(encoding="utf-8"))


def _sheets(manifest: dict) -> list[dict]:
    return [sheet for file in manifest["files"] for sheet in file["sheets"]]


def _rows(folder: Path, file: dict, sheet: dict) -> list[list[object]]:
    path = folder / file["path"]
    if path.suffix == ".xlsx":
        book = python_calamine.CalamineWorkbook.from_path(path)
        return book.get_sheet_by_name(sheet["sheet"]).to_python(skip_empty_area=False)
    with path.open(encoding=file["encoding"], newline="") as stream:
        return list(csv.reader(stream, delimiter=file["delimiter"]))


def test_the_kept_sample_is_what_the_program_writes_today(fresh: Path) -> None:
    names = sorted(str(p.relative_to(fresh)) for p in fresh.rglob("*") if p.is_file())
    assert names == sorted(str(p.relative_to(SMALL)) for p in SMALL.rglob("*") if p.is_file())
    for name in names:
        if not name.endswith(".xlsx"):
            assert (fresh / name).read_bytes() == (SMALL / name).read_bytes(), name


def test_two_runs_write_the_same_bytes_workbooks_included(fresh: Path, tmp_path: Path) -> None:
    write_small(tmp_path)
    for path in fresh.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (tmp_path / path.relative_to(fresh)).read_bytes(), path.name


def test_another_seed_writes_other_ledgers(fresh: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, rows=1_500, stations=60, seed=2)
    name = "05_需求点/需求点.csv"
    assert (tmp_path / name).read_bytes() != (fresh / name).read_bytes()


def test_the_manifest_adds_up(manifest: dict) -> None:
    sheets = [sheet for sheet in _sheets(manifest) if not sheet["hidden"]]
    for sheet in sheets:
        assert sheet["data_rows"] == sum(sheet[name] for name in OUTCOMES)
        assert sheet["rejected"] == len(sheet["rejected_rows"])
        assert sheet["waiting"] == len(sheet["waiting_rows"])
        assert sheet["superseded"] == len(sheet["superseded_rows"])
    for name in ("data_rows", *OUTCOMES):
        assert manifest["totals"][name] == sum(sheet[name] for sheet in sheets)
        assert manifest["totals"][name] == sum(sums[name] for sums in manifest["by_kind"].values())
        assert manifest["totals"][name] > 0
    assert manifest["by_kind"]["services"]["loaded"] == manifest["rows"]


def test_every_sheet_holds_as_many_rows_as_the_manifest_says(fresh: Path, manifest: dict) -> None:
    for file in manifest["files"]:
        for sheet in file["sheets"]:
            if not sheet["hidden"]:
                found = len(_rows(fresh, file, sheet))
                assert found == sheet["data_rows"] + sheet["not_data"], (file["path"], sheet["sheet"])


def test_rejected_rows_stand_where_the_manifest_says(fresh: Path, manifest: dict) -> None:
    seen = 0
    for file in manifest["files"]:
        for sheet in file["sheets"]:
            rows = _rows(fresh, file, sheet) if sheet["rejected_rows"] or sheet["waiting_rows"] else []
            for note in sheet["rejected_rows"] + sheet["waiting_rows"]:
                if note["reason"] != "missing_column" and note["value"]:
                    assert note["value"] in [str(cell) for cell in rows[note["row"] - 1]], (
                        file["path"],
                        note,
                    )
                    seen += 1
    assert seen > 30


def test_all_kinds_and_all_faults_occur_in_the_small_sample(manifest: dict) -> None:
    assert set(manifest["by_kind"]) == set(KEYS)
    notes = [n for s in _sheets(manifest) for n in s["rejected_rows"] + s["waiting_rows"]]
    planted = {defect.reason for defects in DEFECTS.values() for defect in defects} | {"missing_column"}
    assert {note["reason"] for note in notes} == planted
    assert any(sheet["hidden"] for sheet in _sheets(manifest))
    assert {file["encoding"] for file in manifest["files"]} >= {"utf-8", "utf-8-sig", "gb18030"}
    assert {file["delimiter"] for file in manifest["files"]} == {",", ";", "\t"}


def test_the_folder_says_that_it_is_a_sample_and_what_was_planted(fresh: Path) -> None:
    mark = json.loads((fresh / MARK).read_text(encoding="utf-8"))
    assert mark["sample_data"] is True
    assert "示例数据" in (fresh / NOTICE).read_text(encoding="utf-8")
    truth = (fresh / TRUTH).read_text(encoding="utf-8")
    assert all(zone.key in truth for zone in ZONES)
    assert all(word in truth for word in ("satisfaction", "response", "volume"))


def test_progress_ends_at_the_total(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_sample(tmp_path, rows=1_000, stations=50, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1][0] == seen[-1][1]
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_too_small_a_sample_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="service records"):
        write_sample(tmp_path, rows=10)
    with pytest.raises(ValueError, match="institutions"):
        write_sample(tmp_path, stations=10)


def test_the_network_has_every_tier_area_and_operator_type(network: pd.DataFrame) -> None:
    assert len(network) == 190
    assert network["tier"].value_counts().to_dict() == {"工作站": 172, "区级": 17, "市级": 1}
    assert set(network["area"]) == {d.code for d in districts()} | {"all"}
    assert set(network["operator_type"].dropna()) == set(OPERATOR_TYPES)
    assert network["institution_id"].is_unique
    assert network["name"].is_unique
    assert network["closed_on"].notna().any()
    assert network["monthly_only"].any()
    assert network["is_late"].sum() > 20


def test_no_institution_bears_a_name_that_could_be_real(network: pd.DataFrame) -> None:
    station = re.compile(r"北京市知识产权公共服务\w{2,4}示例\d{2}工作站")
    centre = re.compile(r"北京市(\w{2,4})?知识产权公共服务中心（示例）")
    for name, tier in zip(network["name"], network["tier"], strict=True):
        assert (station if tier == "工作站" else centre).fullmatch(name), name
    assert all("示例" in name for name in network["operator_name"].dropna())


def test_institutions_and_demand_stand_on_their_areas_land(
    network: pd.DataFrame, demand: pd.DataFrame
) -> None:
    for frame, area in ((network[network["tier"] != "市级"], "area"), (demand, "district")):
        for code, rows in frame.groupby(area):
            ground = land()[code].buffer(0.004)
            assert shapely.contains_xy(ground, rows["lon"].to_numpy(), rows["lat"].to_numpy()).all(), code


def test_planted_deserts_have_no_station_within_fifteen_kilometres(
    network: pd.DataFrame, demand: pd.DataFrame
) -> None:
    for zone in (z for z in ZONES if z.kind == "desert"):
        points = demand[demand["place"] == zone.key]
        gaps = distance_km(
            points["lon"].to_numpy()[:, None],
            points["lat"].to_numpy()[:, None],
            network["lon"].to_numpy(),
            network["lat"].to_numpy(),
        )
        assert gaps.min() > 15


def test_weak_stations_are_as_weak_as_the_truth_says(network: pd.DataFrame, services: pd.DataFrame) -> None:
    weakness = network["weakness"].to_numpy()[services["institution"]]
    rated = services["rating"].notna() & (services["rating_source"] != "默认")
    satisfied = services["rating"].ge(3)[rated].groupby(weakness[rated]).mean()
    assert 0.05 < satisfied[""] - satisfied["satisfaction"] < 0.15
    days = (services["responded_at"] - services["received_at"]).dt.total_seconds() / 86_400
    typical = days.groupby(weakness).median()
    assert 0.1 < typical[""] < 1.0
    assert typical["response"] > 1.8 * typical[""]
    weak, sound = network["weakness"].eq("volume"), network["weakness"].eq("") & network["tier"].eq("工作站")
    use = network["volume"] / network["annual_capacity"]
    assert use[weak].mean() < 0.5 * use[sound].mean()


def test_services_have_the_shape_of_reality(services: pd.DataFrame, network: pd.DataFrame) -> None:
    received = services["received_at"]
    assert len(services) == PLAN.rows
    assert 0.005 < received.dt.day_of_week.ge(5).mean() < 0.05
    assert 0.37 < services["rating"].isna().mean() < 0.43
    years = received.dt.year.value_counts()
    assert years[2022] < years[2023] < years[2024] < years[2025]
    week = received.dt.month.eq(4) & received.dt.day.between(20, 26)
    rest = received.dt.month.eq(4) & received.dt.day.between(6, 19)
    assert week.sum() / 7 > 1.2 * rest.sum() / 14
    assert not services.duplicated(["institution_id", "record_id"]).any()
    per_client = services["client_id"].notna().sum() / services["client_id"].nunique()
    assert 3.5 < per_client < 6


def test_nothing_is_dated_after_the_last_month_nor_runs_backwards(services: pd.DataFrame) -> None:
    end = np.datetime64("2026-11-01")
    for column in services.columns[services.dtypes.astype(str).str.startswith("datetime")]:
        assert services[column].max() < end, column
        assert not (services[column] < services["received_at"]).any(), column
    assert not (services["completed_at"] < services["responded_at"]).any()
    assert services["received_at"].min() >= np.datetime64("2021-11-01")


def test_services_are_given_by_institutions_that_are_open(
    services: pd.DataFrame, network: pd.DataFrame
) -> None:
    giver = network.iloc[services["institution"].to_numpy()].reset_index(drop=True)
    day = services["received_at"].dt.normalize()
    assert (day >= giver["opened_on"]).all()
    assert (giver["closed_on"].isna() | (day <= giver["closed_on"])).all()
    assert not giver["monthly_only"].any()


def test_priority_industries_are_more_frequent_at_home(services: pd.DataFrame) -> None:
    priority = services["industry"].eq("agriculture")
    at_home = priority[services["client_district"].eq("110117")].mean()
    assert at_home > 3 * priority[services["client_district"].eq("110108")].mean()


def test_experts_mostly_answer_within_two_days(network: pd.DataFrame) -> None:
    sent = assignments(PLAN, network, experts(PLAN))
    late = (sent["responded_at"].dt.normalize() - sent["notified_at"].dt.normalize()).dt.days
    assert 0.8 < late.le(2).mean() < 0.98
    assert not (sent["responded_at"] < sent["notified_at"]).any()
