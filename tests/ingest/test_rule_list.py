"""The list of rules is what the declarations say, and settings are held against it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import analytics
from analytics.cli import app
from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.ingest.rule_list import check_severities, columns_of, kinds_of, listed, markdown
from analytics.ingest.rules import BAD_DATE, MISSING, OUTSIDE_OPEN_DAYS, ROW_SECRET, RULES, TIMES_BACKWARDS
from analytics.ingest.run import run_import
from analytics.ingest.sources import sources
from analytics.store import open_store
from analytics.store.judge import CAN_TURN_AWAY, FACT_DATES
from tests.ingest.conftest import services


def test_the_document_is_what_the_declarations_say() -> None:
    path = Path(analytics.__file__).parents[1] / "docs" / "rules.md"
    assert path.read_text(encoding="utf-8") == markdown(), "docs/rules.md is not current: run make docs"


def test_the_document_says_of_each_rule_what_to_do_in_both_languages() -> None:
    text = markdown()
    for code, rule in RULES.items():
        own = text[text.index(f"### {code} ") :].split("\n### ")[0]
        assert rule.name.zh in own
        assert rule.name.en in own
        assert own.count("\n- ") == 4


def test_a_rule_about_dates_applies_to_every_date_column() -> None:
    dates = {
        kind: [column.heading for column in source.columns if column.type in ("date", "datetime")]
        for kind, source in sources().items()
    }
    assert columns_of(BAD_DATE) == {kind: columns for kind, columns in dates.items() if columns}
    assert columns_of(MISSING)["services"] == ["记录编号", "机构编号", "服务事项", "受理时间"]
    assert "受理时间" not in columns_of(TIMES_BACKWARDS)["services"]
    assert kinds_of(ROW_SECRET) == tuple(sources())


def test_the_store_judges_by_the_dates_and_severities_that_are_declared() -> None:
    declared = {kind: sources()[kind].fact_date for kind in columns_of(OUTSIDE_OPEN_DAYS)}
    assert declared == FACT_DATES
    assert {code for code, rule in RULES.items() if code > "E6" and rule.changeable} == set(CAN_TURN_AWAY)


def test_a_setting_for_no_rule_is_an_error_that_names_the_nearest() -> None:
    with pytest.raises(UserError, match="E5022") as error:
        check_severities({"E5022": "reject"})
    assert "E502" in error.value.what.zh
    with pytest.raises(UserError) as lower:
        check_severities({"e603": "reject"})
    assert "E603" in lower.value.what.en


@pytest.mark.parametrize("code", ["E101", "E204", "E206", "E401", "E413", "E501", "E507"])
def test_a_rule_that_must_reject_cannot_be_softened(code: str) -> None:
    with pytest.raises(UserError, match=code):
        check_severities({code: "finding"})
    check_severities({code: "reject"})


@pytest.mark.parametrize("code", ["E301", "E303", "E604", "E605", "E606"])
def test_what_the_paper_says_is_no_error_cannot_be_made_one(code: str) -> None:
    with pytest.raises(UserError, match=code):
        check_severities({code: "reject"})


@pytest.fixture
def with_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    def write(text: str) -> None:
        path = tmp_path / "settings.toml"
        path.write_text(text, encoding="utf-8")
        monkeypatch.setenv("IPDASH_SETTINGS", str(path))
        settings.cache_clear()

    yield write
    settings.cache_clear()


def test_an_import_says_at_once_that_a_setting_is_wrong(with_settings, tmp_path: Path) -> None:
    with_settings('[rule_severity]\nE401 = "finding"\n')
    (tmp_path / "服务.csv").write_text(services("R1,S1,B02,2026-03-05"), encoding="utf-8")
    with pytest.raises(UserError, match="E401"):
        run_import(open_store(tmp_path / "store"), [tmp_path / "服务.csv"])
    assert open_store(tmp_path / "store").is_empty


def test_the_command_lists_rules_with_the_severities_in_force(with_settings) -> None:
    with_settings('[rule_severity]\nE603 = "reject"\n')
    rules = {rule["code"]: rule for rule in json.loads(CliRunner().invoke(app, ["rules", "--json"]).output)}
    assert set(rules) == set(RULES)
    assert (rules["E603"]["severity"], rules["E603"]["default"]) == ("reject", "finding")
    assert rules["E402"]["default"] == "by_column"
    assert set(rules["E603"]["name"]) == {"zh", "en"}
    assert "E603" in CliRunner().invoke(app, ["rules"]).output
    assert listed({})[0]["code"] == "E101"


def test_strict_keeps_nothing_when_another_ledger_turns_a_row_away(with_settings, tmp_path: Path) -> None:
    with_settings('[rule_severity]\nE603 = "reject"\n')
    (tmp_path / "机构.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例站,工作站,海淀,2026-03-01\n", encoding="utf-8"
    )
    (tmp_path / "服务.csv").write_text(
        services("R1,S1,B02,2026-03-05", "R2,S1,B02,2026-02-05 14:30", more=""), encoding="utf-8"
    )
    store = open_store(tmp_path / "store")
    paths = [tmp_path / "机构.csv", tmp_path / "服务.csv"]
    strict = run_import(store, paths, strict=True)
    assert (strict.batch_id, strict.rejected, store.is_empty) == (None, 1, True)
    kept = run_import(store, paths)
    assert (kept.rejected, [o.loaded for o in kept.outcomes]) == (1, [1, 1])
    (row,) = kept.batch.rejected
    assert row.reasons == ("E603",)
    assert row.cells == {
        "记录编号": "R2",
        "机构编号": "S1",
        "服务事项": "B02",
        "受理时间": "2026-02-05 14:30:00",
        "服务人次": "1",
    }


def test_rows_turned_away_come_back_in_a_workbook_that_imports_as_it_is(
    with_settings, tmp_path: Path
) -> None:
    from analytics.ingest.report import write_rejects

    with_settings('[rule_severity]\nE601 = "reject"\n')
    heads = "服务对象编号,类型,所属区域\n"
    (tmp_path / "机构.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例站,工作站,海淀,2020-03-01\n", encoding="utf-8"
    )
    (tmp_path / "对象.csv").write_text(heads + "C1,个人,海淀\n", encoding="utf-8")
    row = "R1,S1,知识产权业务办理咨询服务,2026-03-05,C9,海淀,是,4分,养生,2小时"
    more = "服务对象编号,服务对象所在区域,涉外,满意度评价,所属产业,承诺时限"
    (tmp_path / "服务.csv").write_text(services(row, more=more), encoding="utf-8")
    store = open_store(tmp_path / "store")
    done = run_import(store, [tmp_path / name for name in ("机构.csv", "对象.csv", "服务.csv")])
    assert done.rejected == 1
    write_rejects(tmp_path / "退回.xlsx", done.batch)
    again = run_import(store, [tmp_path / "退回.xlsx"])
    assert [(o.unchanged, o.loaded, o.rejected) for o in again.outcomes] == [(1, 0, 0)]
    (tmp_path / "对象2.csv").write_text(heads + "C9,个人,海淀\n", encoding="utf-8")
    last = run_import(store, [tmp_path / "对象2.csv"])
    assert last.batch.resolved == 1
