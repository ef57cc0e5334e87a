"""What ledgers say against each other is found once they stand side by side, in whatever order they came."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.ingest.run import run_import
from analytics.store import Store, open_store
from analytics.store.schema import TARGETS
from tests.ingest.conftest import services

INSTITUTIONS = (
    "机构编号,机构名称,机构层级,所属区域,设立日期,撤销日期\nS1,甲站,工作站,海淀,2026-01-01,2026-06-30\n"
)
CLIENTS = "服务对象编号,类型,所属区域\nC1,小微企业,海淀\n"
EXPERTS = "专家编号,备案日期\nE1,2026-01-05\n"
MONTHLY = "机构编号,月份,服务事项,服务方式,服务件次\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(str(tmp_path / "store"))


def found(store: Store, folder: Path, *texts: str) -> list[tuple[str, int | None, str]]:
    paths = []
    for text in texts:
        paths.append(folder / f"{len(list(folder.glob('*.csv')))}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    done = run_import(store, paths)
    return [(p.code, p.source_row, p.zh) for p in done.batch.problems if p.code.startswith(("E6", "E207"))]


def test_unknown_clients_and_experts_are_found_and_their_records_count(store: Store, tmp_path: Path) -> None:
    records = services(
        "R1,S1,B02,2026-03-05,C1,E1", "R2,S1,B02,2026-03-05,C9,E9", more="服务对象编号,志愿服务专家编号"
    )
    assert [f[:2] for f in found(store, tmp_path, INSTITUTIONS, CLIENTS, EXPERTS, records)] == [
        ("E601", 3),
        ("E602", 3),
    ]


def test_without_a_list_nothing_is_unknown(store: Store, tmp_path: Path) -> None:
    assert (
        found(store, tmp_path, INSTITUTIONS, services("R1,S1,B02,2026-03-05,C1", more="服务对象编号")) == []
    )


def test_records_outside_the_open_days_are_found_and_the_day_of_closing_is_open(
    store: Store, tmp_path: Path
) -> None:
    records = services(
        "R1,S1,B02,2025-12-31 23:00",
        "R2,S1,B02,2026-01-01",
        "R3,S1,B02,2026-06-30 17:00",
        "R4,S1,B02,2026-07-01",
    )
    told = found(store, tmp_path, INSTITUTIONS, records)
    assert [f[:2] for f in told] == [("E603", 2), ("E603", 5)]
    assert "2025-12-31" in told[0][2]


def test_totals_are_held_against_records_and_parts(store: Store, tmp_path: Path) -> None:
    records = services("R1,S1,B02,2026-03-05", "R2,S1,B01,2026-03-06")
    totals = (
        MONTHLY + "S1,2026-03,,,3\nS1,2026-04,,,5\nS1,2026-04,B01,,2\nS1,2026-04,B02,,2\nS1,2026-05,,,4\n"
    )
    told = found(store, tmp_path, INSTITUTIONS, records, totals)
    assert [f[:2] for f in told] == [("E604", 2), ("E605", 3)]
    assert "月报 3 件次，服务台账 2 件次" in told[0][2]
    assert "合计 5 件次，分项之和 4 件次" in told[1][2]


def test_records_that_come_after_their_totals_are_held_against_them_too(store: Store, tmp_path: Path) -> None:
    assert found(store, tmp_path, INSTITUTIONS, MONTHLY + "S1,2026-03,,,3\n") == []
    assert [f[0] for f in found(store, tmp_path, services("R1,S1,B02,2026-03-05"))] == ["E604"]


def test_many_equal_findings_are_counted_in_one_line(store: Store, tmp_path: Path) -> None:
    records = services(*(f"R{n},S1,B02,2026-03-05,X{n}" for n in range(250)), more="服务对象编号")
    told = found(store, tmp_path, INSTITUTIONS, CLIENTS, records)
    assert [f[0] for f in told] == ["E601"] * 200 + ["E207"]
    assert "50" in told[-1][2]


@pytest.mark.parametrize("list_first", [True, False])
def test_a_target_bears_its_institutions_number_whenever_the_list_came(
    store: Store, tmp_path: Path, list_first: bool
) -> None:
    listed = INSTITUTIONS.replace("S1", "007")
    targets = "指标,范围,年度,目标值\nservices,7,2026,5\nservices,甲站,2025,6\nservices,海淀,2026,7\n"
    for text in (listed, targets) if list_first else (targets, listed):
        found(store, tmp_path, text)
    with store.snapshot().connect() as connection:
        rows = connection.execute(select(TARGETS.current.c.scope, TARGETS.current.c.target)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("district:110108", 7.0),
        ("institution:007", 5.0),
        ("institution:007", 6.0),
    ]
