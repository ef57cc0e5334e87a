"""Whatever a sheet holds, its data rows are loaded, unchanged, superseded, waiting or rejected, each one."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from analytics.ingest.declare import Column, Source
from analytics.ingest.report import as_json
from analytics.ingest.run import Imported, run_import
from analytics.ingest.sources import sources
from analytics.store import Store
from tests.conftest import examples
from tests.ingest.conftest import workbook

OUTCOMES = ("loaded", "unchanged", "superseded", "waiting", "rejected")
_ODD = (
    "",
    "",
    "/",
    "无",
    "#REF!",
    "２０２６",
    "合计",
    "涉密",
    "=1+1",
    "13800138000",
    "示例",
    "1.2万",
    "a\nb",
    "'",
    "'1",
)
_LIST = "机构编号,机构名称,机构层级,所属区域,设立日期\n001,示例海淀站,工作站,海淀,2020-01-01\n"
_BY_TYPE: dict[str, tuple[str, ...]] = {
    "code": ("001", "1", "002", "R1", "R2", "R3", "示例海淀站", "2.02603E+11"),
    "area": ("海淀", "110105", "亦庄", "外省市", "全市", "东"),
    "bool": ("是", "×", "1", "可能"),
    "clause": ("7.4.3.1", "6.1.2 a)", "7.4.3", "99"),
    "course": ("1", "13", "第99讲"),
    "date": ("2026-03-05", "2026年3月5日", "3/5/2026", "2062-01-01"),
    "datetime": ("2026-03-05 14:30", "20260305", "2026-3-4", "昨天"),
    "industry": ("人工智能", "技术", "养生"),
    "integer": ("3", "3人", "2.5", "2026", "x"),
    "list": ("专利代理师、律师", "齐全", "网站"),
    "measure": ("满意率", "services", "幸福指数"),
    "month": ("2026-01", "202602", "2026年3月", "1月"),
    "number": ("1.5", "116.3", "39.9", "5000元", "约5"),
    "service": ("B02", "业务办理咨询", "指导", "B01、B02"),
    "text": ("全市", "市级", "工作站", "示例"),
}
_LINES = (("合计",), ("",), ("填表人：示例", "审核人：示例"), ("---",), ("注：以上为示例数据",))


def _cell(column: Column) -> st.SearchStrategy[str]:
    usual = column.values or _BY_TYPE[column.type]
    if column.meaning == "institution":
        usual = ("001", "1", "002", "009")
    return st.one_of(*[st.sampled_from(usual)] * 8, st.sampled_from(_ODD))


@st.composite
def sheets(draw: st.DrawFn, source: Source) -> list[list[str]]:
    """Return a sheet of one kind: most columns, in any order, rows and lines that are none."""
    columns = [c for c in source.columns if c.required or draw(st.booleans())]
    columns = draw(st.permutations(columns))
    if draw(st.integers(0, 9)) == 0:
        columns = columns[1:]
    head = [draw(st.sampled_from((c.heading, *c.aliases, c.name))) for c in columns]
    one = st.tuples(*(_cell(column) for column in columns)).map(list)
    blank = [""] * len(head)
    line = st.sampled_from(_LINES).map(lambda cells: [*cells, *blank][: len(head)])
    rows = draw(st.lists(st.one_of(one, one, one, line), min_size=1, max_size=8))
    again = draw(st.lists(st.sampled_from(rows), max_size=3))
    title = [["示例台账", *[""] * (len(head) - 1)]] if draw(st.booleans()) else []
    return [*title, head, *rows, *again]


@st.composite
def commands(draw: st.DrawFn) -> tuple[list[list[list[str]]], bool]:
    """Return some sheets, of kinds drawn, and whether they come as one workbook."""
    kinds = draw(st.lists(st.sampled_from(sorted(sources())), min_size=1, max_size=4))
    return [draw(sheets(sources()[kind])) for kind in kinds], draw(st.booleans())


def _write(folder: Path, found: Sequence[list[list[str]]], as_workbook: bool) -> None:
    if as_workbook:
        workbook(folder / "台账.xlsx", {f"表{n}": rows for n, rows in enumerate(found)})
        return
    for number, rows in enumerate(found):
        stream = io.StringIO()
        csv.writer(stream).writerows(rows)
        (folder / f"台账{number}.csv").write_text(stream.getvalue(), encoding="utf-8")


def _check_sums(done: Imported, found: Sequence[list[list[str]]], as_workbook: bool) -> None:
    told = as_json(done.batch, done.outcomes)
    own = [sheet for file in told["files"] for sheet in file["sheets"]]
    for sheet in [told, *told["files"], *own]:
        assert sheet["data_rows"] == sum(sheet[name] for name in OUTCOMES), sheet
        assert min(sheet[name] for name in (*OUTCOMES, "not_data")) >= 0
    # No line of a file is left out: each is data or counted as none; a workbook ends at its last filled cell.
    for sheet, rows in zip(own[1:], found, strict=True):
        filled = max(n for n, row in enumerate(rows, start=1) if any(row))
        assert sheet["data_rows"] + sheet["not_data"] == (filled if as_workbook else len(rows)), (sheet, rows)


@pytest.mark.slow
@examples(6, derandomize=True, suppress_health_check=list(HealthCheck))
@given(commands())
def test_outcomes_add_up_to_the_rows_read_also_when_they_come_again(
    drawn: tuple[list[list[list[str]]], bool],
) -> None:
    found, as_workbook = drawn
    with TemporaryDirectory() as name:
        folder, store = Path(name) / "in", Store(Path(name) / "store")
        folder.mkdir()
        (folder / "00.csv").write_text(_LIST, encoding="utf-8")
        _write(folder, found, as_workbook)
        first = run_import(store, [folder])
        _check_sums(first, found, as_workbook)
        again = run_import(store, [folder])
        _check_sums(again, found, as_workbook)
        assert again.rejected == first.rejected
        assert not any(outcome.loaded or outcome.waiting for outcome in again.outcomes)
