"""A district clerk goes from a faulty workbook to a loaded one with the page and the rejected rows alone."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from python_calamine import load_workbook

from tests.browser.chromium import Record, window
from tests.browser.clerk import PROBLEMS, WITHIN_MS, Clerk, corrected, write
from tests.browser.layout import layout_faults
from tests.browser.opened import Opened
from tests.browser.reading import count_by_command, values
from tests.browser.serving import Server, dashboard

CENTRE = "BJ-110108-00"
HEADINGS = ("记录编号", "机构编号", "服务事项", "受理时间", "满意度评价")
RIGHT = [(f"新-{n:04}", CENTRE, "知识产权业务办理咨询服务", f"2026-09-{n:02}", "满意") for n in range(1, 6)]
FAULTY = [
    ("新-0091", CENTRE, "代写作业", "2026-09-16", "满意"),
    ("新-0092", CENTRE, "代写作业", "2026-09-17", ""),
    ("新-0093", CENTRE, "B02", "9/18/2026", "满意"),
    ("新-0094", "", "B02", "2026-09-19", "满意"),
]
FINDING = ("新-0095", CENTRE, "B02", "2026-09-20", "挺好")
LEDGER = [
    ("海淀区服务台账补报",),
    HEADINGS,
    *RIGHT,
    *FAULTY,
    FINDING,
    ("合计", "", "", "", ""),
]
ROWS = len(RIGHT) + len(FAULTY) + 1


@pytest.fixture(scope="module")
def own_server(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Serve a copy of the small sample that may be changed."""
    place = tmp_path_factory.mktemp("own")
    store, log = shutil.copytree(small_store, place / "store"), place / "server.log"
    with dashboard(store, log) as running:
        yield running
    assert "Traceback" not in log.read_text(encoding="utf-8", errors="replace")


def mend(cells: dict[str, str]) -> None:
    """Correct a row by what its last column says."""
    reason = cells["退回原因"]
    if "服务事项" in reason:
        cells["服务事项"] = "知识产权申请引导服务"
    if "受理时间" in reason:
        cells["受理时间"] = "2026-09-18"
    if "机构编号" in reason:
        cells["机构编号"] = CENTRE


def last12(server: Server) -> int:
    return count_by_command(server.store, "--period", "last12")


def test_a_clerk_gets_a_faulty_workbook_loaded_and_withdraws_it_with_nothing_but_the_page(
    own_server: Server, browser: Browser, tmp_path: Path
) -> None:
    record = Record()
    with window(browser) as context:
        page = context.new_page()
        record.watch(page)
        opened = Opened(page, record, own_server.address).go("")
        before = int(values(page)[0].replace(",", ""))
        clerk = Clerk(opened.follow("数据导入"))

        # The faulty workbook: right rows are in, every fault is said with what to do.
        report = clerk.upload(write(tmp_path / "海淀区服务台账补报.xlsx", LEDGER), by="李四")
        assert clerk.counts() == {
            "数据行": ROWS,
            "已导入": len(RIGHT) + 1,
            "退回": len(FAULTY),
            "非数据行": 3,
        }
        groups = clerk.problems()
        # What kept rows out comes first.
        assert [row[2] for row in groups[:4]] == ["退回", "退回", "退回", "提示"]
        assert "挺好" in next(row for row in groups if "满意度评价" in row[3])[4]
        twice = next(row for row in groups if "E410" in row[1])
        assert (twice[0], twice[3], "代写作业 × 2" in twice[4], "请" in twice[5]) == (
            "2",
            "服务事项",
            True,
            True,
        )
        assert layout_faults(page) == []
        page.get_by_placeholder("查找原值、列名、说明").fill("9/18/2026")
        page.keyboard.press("Enter")
        expect(page.locator(PROBLEMS)).to_contain_text("符合条件的 1 处", timeout=WITHIN_MS)

        # The rejected rows, corrected by what their last column says, go in as they are.
        expect(report).to_contain_text("4 行退回")
        rejects = clerk.download("下载退回行工作簿（4 行）", tmp_path / "rejects.xlsx")
        assert len(load_workbook(rejects).get_sheet_by_index(0).to_python()) == 1 + len(FAULTY)
        again = corrected(rejects, tmp_path / "改好.xlsx", mend)
        report = clerk.upload(again)
        assert clerk.counts() == {"数据行": len(FAULTY), "已导入": len(FAULTY), "非数据行": 1}
        expect(report).to_contain_text("没有退回的行：这批数据都已在系统中")
        opened.follow("全市总览")
        assert int(values(page)[0].replace(",", "")) == before + ROWS == last12(own_server)

        # The history tells who and when; the effect is shown before a batch is withdrawn.
        opened.follow("数据导入")
        clerk.section("导入历史")
        history = page.locator(".st-key-panel-import-history tbody tr")
        expect(history.nth(0)).to_contain_text("李四")
        expect(history.nth(0)).to_contain_text("改好.xlsx")
        number = int(history.nth(0).locator("td").first.inner_text())
        clerk.look_at(number)
        page.get_by_role("button", name="先看撤回的影响").click()
        panel = page.locator(".st-key-panel-withdraw")
        expect(panel.locator(".ip-effect")).to_contain_text("（−4）", timeout=WITHIN_MS)
        expect(panel).to_contain_text("2026 年 9 月")
        expect(panel).to_contain_text("海淀")
        press = page.get_by_role("button", name=f"撤回批次 {number}")
        expect(press).to_be_disabled()
        assert last12(own_server) == before + ROWS
        panel.get_by_test_id("stCheckbox").locator("label").click()
        expect(press).to_be_enabled()
        press.click()
        expect(page.locator(".st-key-panel-withdrawn")).to_contain_text(
            f"批次 {number} 已撤回", timeout=WITHIN_MS
        )
        expect(page.locator(".st-key-panel-import-history")).to_contain_text("已撤回")
        opened.follow("全市总览")
        assert int(values(page)[0].replace(",", "")) == before + len(RIGHT) + 1 == last12(own_server)
    assert record == Record()


def test_an_import_goes_on_while_the_clerk_looks_at_another_page_and_its_report_waits(
    own_server: Server, browser: Browser, tmp_path: Path
) -> None:
    record = Record()
    with window(browser) as context:
        page = context.new_page()
        record.watch(page)
        clerk = Clerk(Opened(page, record, own_server.address).go("import"))
        page.get_by_test_id("stFileUploader").locator("input").set_input_files(
            write(tmp_path / "补报.xlsx", LEDGER)
        )
        page.get_by_role("button", name="开始导入").click()
        expect(page.locator(".st-key-panel-import-running")).to_contain_text("写入并更新统计")
        clerk.opened.follow("指标说明")
        clerk.opened.follow("数据导入")
        expect(page.locator('[class*="st-key-panel-import-report"]')).to_be_visible(timeout=WITHIN_MS)
        clerk.opened.settle()
        assert clerk.counts()["退回"] == len(FAULTY)
    assert record == Record()
