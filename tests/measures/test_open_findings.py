"""Open findings are read under a scope and a selection, as figures are."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.ingest.run import run_import
from analytics.measures.open_findings import count_open_findings, open_findings
from analytics.store import Snapshot, open_store

FILES = {
    "机构.csv": "机构编号,机构名称,机构层级,所属区域,设立日期\n"
    "S1,示例甲站,工作站,海淀,2026-02-01\nS2,示例乙站,工作站,朝阳,2026-02-01\n",
    "对象.csv": "服务对象编号,类型,所属区域\nC1,小微企业,海淀\n",
    "服务.csv": "记录编号,机构编号,服务事项,受理时间,服务对象编号,服务对象要求保密\n"
    "R1,S1,B02,2026-01-05,C1,\nR2,S2,B02,2026-03-05,C8,\nR3,S2,B02,2026-03-05,C9,是\nR4,S3,B02,2026-03-05,,\n",
}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    folder: Path = tmp_path_factory.mktemp("ledgers")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    store = open_store(tmp_path_factory.mktemp("store"))
    run_import(store, [folder])
    return store.snapshot()


def rows(snapshot: Snapshot, scope: Scope = CITY, **chosen: object) -> list[tuple[str, int]]:
    selection = Selection.of(**chosen)  # type: ignore[arg-type]  # each test names its own filters
    found = open_findings(snapshot, scope=scope, selection=selection)
    return [(row["code"], row["source_row"]) for row in found]


def test_findings_stand_at_their_rows(snapshot: Snapshot) -> None:
    assert rows(snapshot) == [("E601", 3), ("E601", 4), ("E603", 2), ("E606", 5)]
    first = open_findings(snapshot, scope=CITY, limit=1)
    assert first == [
        {
            "code": "E601",
            "kind": "services",
            "value": "C8",
            "detail": "",
            "institution_id": "S2",
            "month": "2026-03",
            "batch_id": 1,
            "file": "服务.csv",
            "sheet": "",
            "source_row": 3,
            "counts": True,
        }
    ]


def test_a_reader_sees_the_findings_of_the_own_scope_only(snapshot: Snapshot) -> None:
    assert rows(snapshot, Scope("district", "110105")) == [("E601", 3), ("E601", 4)]
    assert rows(snapshot, Scope("institution", "S1")) == [("E603", 2)]
    assert rows(snapshot, Scope("institution", "S3")) == []
    counted = count_open_findings(snapshot, scope=Scope("district", "110105"))
    assert counted == [{"code": "E601", "kind": "services", "count": 2}]


def test_findings_are_chosen_by_month_and_institution(snapshot: Snapshot) -> None:
    assert rows(snapshot, period="2026-01") == [("E603", 2)]
    assert rows(snapshot, institution=["S2"]) == [("E601", 3), ("E601", 4)]
    assert rows(snapshot, district=["110108"]) == [("E603", 2)]
    assert [row["code"] for row in open_findings(snapshot, scope=CITY, code="E606")] == ["E606"]
    with pytest.raises(UserError, match="channel"):
        rows(snapshot, channel=["线上"])


def test_what_a_confidential_record_says_is_not_shown(snapshot: Snapshot) -> None:
    shown = {row["source_row"]: row["value"] for row in open_findings(snapshot, scope=CITY, code="E601")}
    assert shown == {3: "C8", 4: None}
