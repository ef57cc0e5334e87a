"""Rules broken by current rows, by rule and institution, and rows rejected, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.core.selection import CITY, Scope, Selection
from analytics.ingest.run import run_import
from analytics.measures.broken_rules import rows_rejected, rules_broken
from analytics.store.store import open_store

LISTED = (
    "机构编号,机构名称,机构层级,所属区域,设立日期\n"
    "A,甲站,工作站,海淀,2020-01-01\nB,乙站,工作站,东城,2020-01-01\n"
)
HEAD = "记录编号,机构编号,服务事项,受理时间,收费金额,所属产业\n"
SERVED = (
    HEAD + "R1,A,B02,2026-03-05,很多,脑机接口\nR2,A,B02,2026-04-05,很少,\nR3,B,B02,2026-03-05,若干,人工智能\n"
    "R4,B,B02,2026-03-06,,商业航天\nR5,A,没有这项,2026-03-06,,\nR6,A,,没有这天,,\nR7,A,B02,2019-03-06,,\n"
)


def take(folder: Path, **ledgers: str) -> None:
    for name, text in ledgers.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    run_import(open_store(folder / "store"), [folder / f"{name}.csv" for name in ledgers], imported_by="t")


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    folder = tmp_path_factory.mktemp("broken")
    take(folder, a=LISTED, b=SERVED)
    # R2 comes again without its fault, and the bureau says what 商业航天 is.
    take(folder, c=HEAD + "R2,A,B02,2026-04-05,100,\n", d="写法,产业\n商业航天,先进制造\n")
    return open_store(folder / "store").snapshot()


def counts(found):
    return {(row["code"], row["institution_id"]): row["count"] for row in found}


def test_current_rows_count_and_corrected_or_explained_ones_no_longer(snapshot):
    assert counts(rules_broken(snapshot, scope=CITY)) == {
        ("E404", "A"): 1, ("E416", "A"): 1, ("E404", "B"): 1, ("E603", "A"): 1,
    }  # fmt: skip


def test_readers_and_choices_see_their_own(snapshot):
    own = {("E404", "B"): 1}
    assert counts(rules_broken(snapshot, scope=Scope("district", "110101"))) == own
    assert counts(rules_broken(snapshot, scope=Scope("institution", "B"))) == own
    assert (
        counts(rules_broken(snapshot, scope=CITY, selection=Selection.of("all", district=("110101",)))) == own
    )
    assert counts(rules_broken(snapshot, scope=CITY, selection=Selection.of("2026-04"))) == {}
    assert counts(rules_broken(snapshot, scope=CITY, selection=Selection.of("2019"))) == {("E603", "A"): 1}


def test_rejected_rows_are_counted_by_rule_for_the_whole_city_alone(snapshot):
    found = {(row["code"], row["kind"]): row["rows"] for row in rows_rejected(snapshot, scope=CITY)}
    assert found == {("E410", "services"): 1, ("E401", "services"): 1, ("E402", "services"): 1}
    assert rows_rejected(snapshot, scope=Scope("district", "110101")) == []
    assert rows_rejected(snapshot, scope=CITY, selection=Selection.of("2026-04")) == []
