"""What a clerk does on the page 数据导入: upload, read the report, look at the history, withdraw."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from playwright.sync_api import Locator, expect
from python_calamine import CalamineWorkbook

from tests.browser.opened import Opened

WITHIN_MS = 120_000
REPORT = '[class*="st-key-panel-import-report"]'
PROBLEMS = '[class*="st-key-panel-import-problems"]'


@dataclass
class Clerk:
    """A clerk at an opened page."""

    opened: Opened

    def section(self, name: str) -> None:
        """Go to a section of the page."""
        self.opened.page.get_by_role("radio", name=name, exact=True).or_(
            self.opened.page.get_by_test_id("stBaseButton-segmented_control").filter(has_text=name)
        ).first.click()
        self.opened.settle()

    def upload(self, *files: Path, by: str = "") -> Locator:
        """Upload files, wait for the report and return it."""
        page = self.opened.page
        page.get_by_test_id("stFileUploader").locator("input").set_input_files(files)
        if by:
            page.get_by_role("textbox", name="经办人（选填）").fill(by)
            page.keyboard.press("Tab")
            self.opened.settle()
        page.get_by_role("button", name="开始导入").click()
        # The report of the upload before goes when the import begins.
        expect(page.locator(".st-key-panel-import-running")).to_be_visible()
        report = page.locator(REPORT)
        expect(report).to_be_visible(timeout=WITHIN_MS)
        self.opened.settle()
        return report

    def counts(self) -> dict[str, int]:
        """Return the counts of the report by their names, without those that are zero."""
        parts = self.opened.page.locator(f"{REPORT} .ip-count").all_inner_texts()
        found = {name: int(value.replace(",", "")) for value, name in (part.split("\n") for part in parts)}
        return {name: count for name, count in found.items() if count}

    def problems(self) -> list[list[str]]:
        """Return the rows of the table that says each sort of problem once."""
        table = self.opened.page.locator(f"{PROBLEMS} table").first
        return [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]

    def download(self, button: str, to: Path) -> Path:
        """Press a button that hands out a file, and save it."""
        with self.opened.page.expect_download() as waiting:
            self.opened.page.get_by_role("button", name=button).first.click()
        waiting.value.save_as(to)
        return to

    def look_at(self, batch: int) -> None:
        """Choose a batch of the history."""
        self.opened.page.get_by_role("combobox", name="查看批次").click()
        self.opened.page.get_by_role("option").filter(has_text=f"{batch} · ").first.click()
        self.opened.settle()


def write(path: Path, rows: Sequence[Sequence[str]], sheet: str = "台账") -> Path:
    """Write a workbook of text cells."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row):
                if cell:
                    page.write_string(number, place, cell)
    return path


def corrected(rejects: Path, to: Path, mend: Callable[[dict[str, str]], None]) -> Path:
    """Return the workbook of rejected rows with every row mended, reasons left in the last column."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(rejects.read_bytes()))
    rows = [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
    headings, *wrong = rows
    mended = []
    for row in wrong:
        cells = dict(zip(headings, row, strict=True))
        mend(cells)
        mended.append([cells[heading] for heading in headings])
    return write(to, [headings, *mended], book.sheet_names[0])
