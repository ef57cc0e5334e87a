"""The bureau extends the table of synonyms: rows that came before count, until it is withdrawn."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from analytics.core.selection import CITY
from analytics.core.settings import Settings, settings
from analytics.ingest.run import run_import
from analytics.ingest.synonym_sheet import rows_for
from analytics.ingest.template import template_bytes
from analytics.measures.experts import experts
from analytics.measures.quality import unresolved_industries
from analytics.store.load import withdraw_batch
from analytics.store.publish import publish
from analytics.store.schema import CLIENTS, INSTITUTIONS, LEDGERS, SERVICES
from analytics.store.store import open_store

STATIONS = (
    "机构编号,机构名称,机构层级,所属区域,设立日期,重点产业\nS1,示例一站,工作站,海淀,2020-01-01,脑机接口、AI\n"
)
# Client and industry of one record each.
RECORDS = (
    ",脑机接口", ",ＡＩ 产业", ',"人工智能、机器人"', "C1,", "C1,脑 机 接 口产业", ",/",
)  # fmt: skip
SERVED = "记录编号,机构编号,服务事项,受理时间,服务对象编号,所属产业\n" + "".join(
    f"R{number},S1,B02,2026-03-0{number},{record}\n" for number, record in enumerate(RECORDS, 1)
)
LISTED = "服务对象编号,类型,所属区域,所属产业\nC1,小微企业,海淀,商业航天\n"
SYNONYMS = "写法,产业,备注\n脑机接口,医药健康,\n商业航天,先进制造,\n人工智能、机器人,机器人,以机器人为主\n"


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    folder = tmp_path_factory.mktemp("synonyms")
    take(open_store(folder / "store"), folder, stations=STATIONS, services=SERVED, clients=LISTED)
    return folder / "store"


@pytest.fixture
def store(first, tmp_path):
    return open_store(shutil.copytree(first, tmp_path / "store"))


def take(store, folder: Path, **ledgers: str):
    paths = []
    for name, text in ledgers.items():
        paths.append(folder / f"{name}.csv")
        paths[-1].write_text(text, encoding="utf-8")
    return run_import(store, paths, imported_by="tester")


def services_of(store) -> dict[str, str | None]:
    table = SERVICES.current.c
    return {
        r["record_id"]: r["industry"] for r in store.snapshot().rows(select(table.record_id, table.industry))
    }


def unknown(store) -> dict[tuple[str, str], int]:
    found = unresolved_industries(store.snapshot(), scope=CITY)
    return {(row["kind"], row["text"]): row["rows"] for row in found}


def codes(imported) -> list[tuple[str, str | None]]:
    return [(problem.code, problem.value) for problem in imported.batch.problems]


def test_what_nobody_knows_is_listed_and_counts_under_none(store):
    assert services_of(store) == {"R1": None, "R2": "ai", "R3": None, "R4": None, "R5": None, "R6": None}
    assert unknown(store) == {
        ("services", "人工智能、机器人"): 1, ("services", "脑机接口"): 1, ("services", "脑 机 接 口产业"): 1,
        ("clients", "商业航天"): 1, ("institutions", "脑机接口"): 1,
    }  # fmt: skip
    why = {
        row["text"]: (row["why"], row["near"]) for row in unresolved_industries(store.snapshot(), scope=CITY)
    }
    assert why["人工智能、机器人"] == ("several", ["ai", "robotics"])
    assert why["脑机接口"] == ("unknown", [])


def test_rows_that_came_before_count_once_the_synonyms_are_imported(store, tmp_path):
    done = take(store, tmp_path, synonyms=SYNONYMS)
    assert codes(done) == []
    assert services_of(store) == {
        "R1": "biopharma", "R2": "ai", "R3": "robotics", "R4": "advanced_mfg", "R5": "biopharma", "R6": None,
    }  # fmt: skip
    assert unknown(store) == {}
    listed, clients = INSTITUTIONS.current.c, CLIENTS.current.c
    assert store.snapshot().rows(select(listed.focus_industries)) == [{"focus_industries": "biopharma、ai"}]
    assert store.snapshot().rows(select(clients.industry)) == [{"industry": "advanced_mfg"}]


def test_rows_that_come_after_a_synonym_are_told_of_no_unknown_industry(store, tmp_path):
    take(store, tmp_path, synonyms=SYNONYMS)
    head, rest = "记录编号,机构编号,服务事项,受理时间,所属产业", "S1,B02,2026-03-09"
    more = f"{head}\nN1,{rest},脑机接口领域\nN2,{rest},养生\n"
    assert codes(take(store, tmp_path, more=more)) == [("E416", "养生")]
    assert (services_of(store)["N1"], services_of(store)["N2"]) == ("biopharma", None)
    assert unknown(store) == {("services", "养生"): 1}


def test_synonyms_in_the_same_command_are_known_whatever_the_files_are_called(tmp_path):
    store = open_store(tmp_path / "store")
    done = take(store, tmp_path, a=STATIONS, b=SERVED, c=LISTED, z=SYNONYMS)
    assert codes(done) == []
    assert services_of(store)["R1"] == "biopharma"


def test_a_withdrawn_synonym_is_as_if_it_had_never_come(store, tmp_path):
    before = unknown(store), services_of(store)
    batch = take(store, tmp_path, synonyms=SYNONYMS).batch_id
    with store.writing("withdraw") as connection:
        withdraw_batch(connection, batch, settings())
    assert (unknown(store), services_of(store)) == before


def test_a_corrected_synonym_moves_the_rows_and_facts_made_anew_say_the_same(store, tmp_path):
    take(store, tmp_path, synonyms=SYNONYMS)
    more = "记录编号,机构编号,服务事项,受理时间,所属产业\nN1,S1,B02,2026-03-09,商业航天\n"
    take(store, tmp_path, more=more, corrected="写法,产业\n 脑机接口 ,人工智能\n")
    before = services_of(store)
    with store.writing() as connection:
        publish(connection, LEDGERS, Settings())
    assert services_of(store) == before
    assert (before["N1"], before["R1"]) == ("advanced_mfg", "ai")


def test_synonyms_that_cannot_be_are_refused_and_said_each_at_its_row(store, tmp_path):
    wrong = {
        "量子信息,量子产业": "E410",
        "量子计算,": "E401",
        '量子通信,"人工智能、机器人"': "E412",
        "AI,金融业": "E512",
        " a i 领域,金融业": "E512",
        "科创,人工智能": "E513",
        "科 创,金融业": "E513",
    }
    lines = "".join(f"{row},甲\n" for row in wrong)
    done = take(store, tmp_path, synonyms=f"写法,产业,备注\n{lines}AI,人工智能,已知\n")
    assert [found for found, _ in codes(done)] == list(wrong.values())
    assert [problem.source_row for problem in done.batch.problems] == list(range(2, 9))
    assert (done.rejected, sum(outcome.loaded for outcome in done.outcomes)) == (7, 1)


def test_experts_fields_take_the_synonyms_too(store, tmp_path):
    take(
        store,
        tmp_path,
        experts="专家编号,备案日期,擅长领域\nE1,2026-01-05,脑机接口、专利检索\n",
        synonyms=SYNONYMS,
    )
    (expert,) = experts(store.snapshot(), scope=CITY, first=date(2026, 1, 1), last=date(2026, 12, 31))
    assert expert["fields"][0] == "biopharma"


def test_the_sheet_comes_with_the_unknown_names_and_rows_left_open_are_no_data(store, tmp_path):
    rows = rows_for(store.snapshot(), scope=CITY)
    assert {row["spelling"] for row in rows} == {text for _, text in unknown(store)}
    named = {row["spelling"]: row["aid"] for row in rows}
    assert named["脑机接口"] == "机构名录 1 行；服务台账 1 行"
    assert "机器人" in named["人工智能、机器人"]
    rows[0] |= {"industry": "医药健康"}
    path = tmp_path / "同义词.xlsx"
    path.write_bytes(template_bytes(["industry_synonyms"], filled={"industry_synonyms": rows}))
    done = run_import(store, [path], imported_by="tester")
    assert [(outcome.data_rows, outcome.loaded) for outcome in done.outcomes] == [(1, 1)]
    assert codes(done) == []
    assert rows[0]["spelling"] not in {text for _, text in unknown(store)}


def test_csv_written_by_a_spreadsheet_is_recognised(store, tmp_path):
    path = tmp_path / "同义词.csv"
    with path.open("w", encoding="gbk", newline="") as file:
        csv.writer(file).writerows([["产业同义词表", ""], ["台账写法", "计入产业"], ["脑机接口", "医药健康"]])
    done = run_import(store, [path], imported_by="tester")
    assert [outcome.kind for outcome in done.outcomes] == ["industry_synonyms"]
    assert services_of(store)["R1"] == "biopharma"
