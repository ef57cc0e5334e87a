"""The page 数据导入 without a browser: its sections in both languages, and what its parts compute."""

from __future__ import annotations

import csv
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from streamlit.testing.v1 import AppTest

from analytics.core.errors import UserError
from analytics.core.settings import settings
from analytics.ingest.run import run_import
from analytics.store import open_store
from dashboard import context
from dashboard.context import Context
from dashboard.ledgers import Options, earlier_rejects, import_ledgers, withdraw
from dashboard.parts import importing_job, importing_problems
from dashboard.parts.importing_job import Job
from tests.dashboard.conftest import Screen, words_on
from tests.ingest.conftest import workbook

HAN = re.compile(r"[\u4e00-\u9fff]")
INSTITUTIONS = [
    ["机构编号", "机构名称", "机构层级", "所属区域", "设立日期"],
    ["S1", "示例一站", "工作站", "海淀区", "2020-01-01"],
]
SERVICES = [
    ["记录编号", "机构编号", "服务事项", "受理时间", "满意度评价"],
    ["0001", "S1", "B02", "2026-03-05", "满意"],
    ["0002", "S1", "代写作业", "2026-03-06", "满意"],
    ["0003", "S9", "B02", "2026-03-07", "挺好"],
]


@pytest.fixture(scope="module")
def two_batches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a store with two batches: a list of institutions, and services with faults."""
    place = tmp_path_factory.mktemp("two-batches")
    store = open_store(place / "store")
    run_import(store, [workbook(place / "名录.xlsx", {"名录": INSTITUTIONS})], imported_by="张三")
    run_import(store, [workbook(place / "服务.xlsx", {"三月": SERVICES})], imported_by="李四")
    return store.folder


@pytest.fixture
def folder(two_batches: Path, tmp_path: Path) -> Path:
    """Return a copy of that store to write to."""
    return shutil.copytree(two_batches, tmp_path / "store")


def choose(test: AppTest, section: str) -> AppTest:
    test.session_state["_import_section"] = section
    return test.run()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("section", ["upload", "history", "templates"])
def test_every_section_draws_in_both_languages(screen: Screen, language: str, section: str) -> None:
    test = choose(screen("import", lang=language), section)
    assert not test.exception
    assert "ip-message" not in words_on(test)


def test_the_history_tells_number_time_person_files_counts_and_state(screen: Screen, folder: Path) -> None:
    shown = words_on(choose(screen("import", folder=folder), "history"))
    for word in ("张三", "李四", "名录.xlsx", "服务.xlsx", "有效", "服务台账", "机构名录"):
        assert word in shown
    assert re.search(r'<td class="number">2</td>.*<td class="number">1</td>', shown, re.DOTALL)


def test_an_earlier_report_is_shown_again_with_its_rejected_rows(screen: Screen, folder: Path) -> None:
    test = choose(screen("import", folder=folder), "history")
    test.session_state["_import_batch"] = 2
    test.run()
    assert not test.exception
    shown = words_on(test)
    for word in ("批次 2 的报告", "代写作业", "1 行退回", "机构不在机构名录中"):
        assert word in shown
    assert len(test.get("download_button")) == 2


def test_the_effect_is_shown_and_confirmed_before_a_batch_is_withdrawn(screen: Screen, folder: Path) -> None:
    test = choose(screen("import", folder=folder), "history")
    test.session_state["_import_batch"] = 2
    test.run()
    assert [button.label for button in test.button] == ["先看撤回的影响"]
    test.button(key="withdraw-effect-2").click().run(timeout=60)
    assert "服务量 1 → 0 件次（−1）" in words_on(test)
    assert "2026 年 3 月" in words_on(test)
    assert test.button(key="withdraw-2").disabled
    test.checkbox(key="withdraw-sure-2").check().run()
    assert not test.button(key="withdraw-2").disabled


def test_a_batch_withdrawn_already_offers_no_withdrawal(screen: Screen, folder: Path) -> None:
    from analytics.store.load import withdraw_batch

    with open_store(folder).writing("withdraw") as connection:
        withdraw_batch(connection, 2, settings())
    test = choose(screen("import", folder=folder), "history")
    test.session_state["_import_batch"] = 2
    test.run()
    assert "已撤回" in words_on(test)
    assert not test.button


def test_a_dashboard_of_one_district_neither_imports_nor_shows_the_history_and_says_why(
    screen: Screen, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('dashboard_scope = "district:110108"\n', encoding="utf-8")
    monkeypatch.setenv("IPDASH_SETTINGS", str(file))
    settings.cache_clear()
    try:
        test = screen("import", folder=folder)
        assert "不能在此导入" in words_on(test)
        assert not test.get("file_uploader")
        with pytest.raises(UserError):
            import_ledgers({}, lambda *_: None, Options())
        with pytest.raises(UserError):
            withdraw(2, lambda *_: None)
        shown = words_on(choose(test, "history"))
        assert "只在全市范围的看板显示" in shown
        assert "李四" not in shown
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def worked(job: Job, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Do a job of the page to its end, without a page."""
    monkeypatch.setenv("IPDASH_STORE", str(folder))
    context.store.cache_clear()
    importing_job._at_work.append(job)
    importing_job._run(job, importing_job._import if job.task == "import" else importing_job._withdraw)
    assert (job.error, job.fault) == (None, "")
    return job


def as_csv(rows: list[list[str]]) -> bytes:
    return "\n".join(map(",".join, rows)).encode()


def test_names_longer_than_a_disk_takes_or_with_nul_are_reported_as_they_were(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "三月台账" * 60 + ".csv"
    second = [SERVICES[0], ["0009", "S1", "B02", "2026-03-09", "满意"]]
    files = [(long, as_csv(SERVICES)), ("C:\\台账\\乙\0丙.csv", as_csv(second))]
    job = worked(Job("import", files=files), folder, monkeypatch)
    assert job.report is not None
    one, two = (file["file"] for file in job.report.told["files"])
    assert one == long
    assert (two[0], two[-5:]) == ("乙", "丙.csv")
    assert "\0" not in two
    with open_store(folder).snapshot().connect() as connection:
        kept = connection.exec_driver_sql("SELECT name FROM files WHERE batch_id = 3").scalars().all()
    assert sorted(kept) == sorted([one, two])


@pytest.mark.parametrize("name", ["字" * 300, "字" * 300 + ".xlsx", "a." + "b" * 300, "\0", "\ud800.csv"])
def test_a_saved_name_is_one_that_any_disk_takes(name: str, tmp_path: Path) -> None:
    saved = importing_job.savable(name)
    (tmp_path / saved).write_bytes(b"")
    assert saved.endswith(".xlsx") == name.endswith(".xlsx")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rejected_rows_come_back_in_the_readers_language(
    folder: Path, language: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job("import", options=Options(language=language), files=[("b.csv", as_csv(SERVICES))])
    report = worked(job, folder, monkeypatch).report
    assert report is not None
    for content in (report.rejects, earlier_rejects(2, language)):
        assert content is not None
        (rows,) = [CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()]
        assert ("no known name" in str(rows[1][-1])) == (language == "en")


def test_who_withdrew_a_batch_stands_in_the_history(
    screen: Screen, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked(Job("withdraw", options=Options(by="王五"), batch=2), folder, monkeypatch)
    shown = words_on(choose(screen("import", folder=folder), "history"))
    assert re.search(r"已撤回.*王五", shown, re.DOTALL)


def test_a_clock_set_back_is_told_on_the_page(
    screen: Screen, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_store(folder).writing() as connection:
        connection.exec_driver_sql("UPDATE batches SET imported_at = imported_at + INTERVAL 3 DAY")
    job = worked(Job("import", files=[("b.csv", as_csv(SERVICES))]), folder, monkeypatch)
    test = screen("import", folder=folder, lang="en")
    test.session_state["_import"] = job
    assert "before the last import" in words_on(test.run())
    assert not test.exception


def problem(number: int, **more: Any) -> dict[str, Any]:
    plain = {
        "file": "a.xlsx", "batch": None, "sheet": "三月", "row": number, "kind": "services",
        "column": "服务事项", "value": "代写作业", "code": "E410", "severity": "reject",
        "zh": "不是已知的名称。请更正。", "en": "No known name. Correct it.",
    }  # fmt: skip
    return {**plain, **more}


def test_the_same_problem_is_one_group_with_how_often_and_rejections_come_first() -> None:
    many = [problem(n, value=f"值{n % 5}") for n in range(312)]
    few = [problem(n, code="E414", column="满意度评价", severity="finding") for n in range(900)]
    groups = importing_problems.grouped([*few, *many])
    assert [(own[0]["code"], len(own)) for own in groups] == [("E410", 312), ("E414", 900)]


def test_filters_narrow_by_file_kind_severity_rule_and_words() -> None:
    mixed = [
        problem(1),
        problem(2, file="b.xlsx", kind="activities", code="E402", value="3/5/2026"),
        problem(3, severity="finding", code="E414", value="挺好"),
    ]

    def rows(**filters: str) -> list[int]:
        return [found["row"] for found in importing_problems.chosen(mixed, **filters)]

    assert rows() == [1, 2, 3]
    assert rows(file="b.xlsx") == [2]
    assert rows(kind="services") == [1, 3]
    assert rows(severity="finding") == [3]
    assert rows(code="E410") == [1]
    assert rows(text="3/5") == [2]
    assert rows(text="NO KNOWN", severity="reject") == [1, 2]


def draw_problems(count: int) -> None:
    """Draw the problems of a report with ``count`` of them."""
    from analytics.core.selection import CITY, Selection
    from dashboard.context import NOTHING_YET, Context
    from dashboard.parts import importing_problems

    names = ("file", "sheet", "column", "value", "zh", "en")
    plain = dict.fromkeys(names, "甲") | {"batch": None, "kind": "services", "severity": "reject"}
    problems = [{**plain, "row": n, "code": f"E{401 + n % 2}"} for n in range(count)]
    importing_problems.draw(Context("zh", CITY, Selection(), NOTHING_YET), problems, name="x")


def test_five_thousand_problems_are_shown_in_pages() -> None:
    test = AppTest.from_function(draw_problems, default_timeout=60, args=(5000,)).run()
    assert not test.exception
    shown = "\n".join(str(element.proto.body) for element in test.get("html"))
    assert "发现 5,000 处问题" in shown
    assert "本页为第 1—50 处" in shown
    assert len(re.findall("<tr>", shown)) == 1 + 2 + 1 + importing_problems.PAGE_ROWS


def test_the_list_of_problems_leaves_as_a_table_that_runs_no_formula(
    screen: Screen, make_context: Callable[[], Context]
) -> None:
    told = {"problems": [problem(7, value='=HYPERLINK("x")')], "sample_data": True, "batch": 3}
    rows = list(csv.reader(io.StringIO(importing_problems.as_csv(make_context(), told).decode("utf-8-sig"))))
    assert rows[0][0] == "# 内部资料"
    assert rows[1][0] == "# 示例数据"
    assert rows[2][:3] == ["文件", "工作表", "行"]
    assert rows[3][5] == '\'=HYPERLINK("x")'


@pytest.fixture
def make_context() -> Callable[[], Context]:
    from analytics.core.selection import CITY, Selection
    from dashboard.context import NOTHING_YET

    return lambda: Context("zh", CITY, Selection(), NOTHING_YET)


def test_progress_goes_from_files_to_phases_of_the_store_and_never_back() -> None:
    job = Job("import")
    told = [("reading", 0, 1), ("a.csv", 0, 4), ("b.csv", 1, 4), ("a.csv", 2, 4), ("b.csv", 3, 4), ("", 4, 4)]
    told += [(phase, 0, 1) for phase in ("waiting_for_lock", "copying", "loading", "publishing", "pointing")]
    steps, shares = [], []
    for step in told:
        job.progress(*step)
        steps.append(job.step)
        shares.append(job.share)
    assert list(dict.fromkeys(steps)) == ["read", "check", "store"]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1
