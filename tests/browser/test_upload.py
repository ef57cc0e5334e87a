"""A clerk uploads a ledger: the numbers change by what was right in it, and what was wrong is said."""

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from python_calamine import load_workbook

from tests.browser.chromium import Record, window
from tests.browser.opened import Opened
from tests.browser.reading import count_by_command, values
from tests.browser.serving import Server, dashboard

HEADINGS = ("记录编号", "机构编号", "服务事项", "受理时间", "满意度评价")
HAIDIAN_CENTRE = "BJ-110108-00"
RIGHT_ROWS = 7
FAULTY = ("新-0099", HAIDIAN_CENTRE, "代写作业", "2026-09-16", "")
_IMPORTED_WITHIN_MS = 60_000


@pytest.fixture
def own_server(small_store: Path, tmp_path: Path) -> Iterator[Server]:
    """Serve a copy of the small sample that may be changed."""
    store = tmp_path / "store"
    shutil.copytree(small_store, store)
    log = tmp_path / "server.log"
    with dashboard(store, log) as running:
        yield running
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace")


def ledger(folder: Path) -> Path:
    """Write a ledger of seven new services and one row with a service that does not exist."""
    right = [
        (f"新-{number:04}", HAIDIAN_CENTRE, "知识产权业务办理咨询服务", f"2026-09-{number:02}", "满意")
        for number in range(1, RIGHT_ROWS + 1)
    ]
    path = folder / "海淀区服务台账补报.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADINGS, *right, FAULTY])
    return path


def reported(page: Page) -> dict[str, str]:
    """Return the counts of the report by their names."""
    counts = page.locator(".st-key-panel-import-report .ip-counts > div")
    lines = (text.split("\n") for text in counts.all_inner_texts())
    return {name: value for value, name in ((parts[0], parts[-1]) for parts in lines)}


def test_an_uploaded_ledger_raises_the_figures_by_its_right_rows_and_the_faulty_row_comes_back(
    own_server: Server, browser: Browser, tmp_path: Path
) -> None:
    record = Record()
    with window(browser) as context:
        page = context.new_page()
        record.watch(page)
        opened = Opened(page, record, own_server.address).go("")
        before = int(values(page)[0])

        opened.follow("数据导入")
        page.get_by_test_id("stFileUploader").locator("input").set_input_files(ledger(tmp_path))
        page.get_by_role("button", name="开始导入").click()
        report = page.locator(".st-key-panel-import-report")
        expect(report).to_be_visible(timeout=_IMPORTED_WITHIN_MS)
        opened.settle()
        counts = reported(page)
        assert {name: int(count) for name, count in counts.items() if count != "0"} == {
            "数据行": RIGHT_ROWS + 1,
            "已导入": RIGHT_ROWS,
            "退回": 1,
            "非数据行": 1,
        }
        # What kept a row out comes first; the heading is row 1 of the file.
        problem = page.locator(".st-key-panel-import-problems tbody tr").first
        for word in ("海淀区服务台账补报.csv", "9", "服务事项", "代写作业", "E410", "退回", "请"):
            expect(problem).to_contain_text(word)

        with page.expect_download() as waiting:
            report.get_by_role("button", name="下载退回的行").click()
        waiting.value.save_as(tmp_path / "rejects.xlsx")

        opened.follow("全市总览")
        assert int(values(page)[0]) == before + RIGHT_ROWS
    assert record == Record()
    assert count_by_command(own_server.store, "--period", "last12") == before + RIGHT_ROWS
    rows = load_workbook(tmp_path / "rejects.xlsx").get_sheet_by_index(0).to_python()
    returned = [[str(cell) for cell in row] for row in rows if FAULTY[0] in row]
    assert len(returned) == 1
    assert set(FAULTY) - {""} <= set(returned[0])
    assert "代写作业" in returned[0][-1]
    assert not any("新-0001" in row for row in rows)
