"""Every rule is broken by a ledger of its own, all in one import, and told at its row, column and value.

A new rule needs a :class:`Broken` below, else the first test fails and names it.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from analytics.core.settings import Settings
from analytics.ingest.cross_check import findings
from analytics.ingest.read_batch import read_batch
from analytics.ingest.rule_list import columns_of, kinds_of
from analytics.ingest.rules import RULES
from analytics.store.batch import Batch, Contradictions, Problem
from analytics.store.engines import duckdb
from analytics.store.load import load_batch
from analytics.store.schema import metadata
from tests.ingest.conftest import TODAY, services, workbook

# Rules that no ledger breaks by itself, and the tests that break them.
ELSEWHERE = {"E607": "erased"}

SERVICES = "记录编号,机构编号,服务事项,受理时间"
CLIENTS = "服务对象编号,类型,所属区域"
PLACES = "机构编号,机构名称,机构层级,所属区域,设立日期"
DEMAND = "需求点编号,名称,所属区域,经度,纬度,需求量"
MONTHLY = "机构编号,月份,服务事项,服务方式,服务件次"
LISTS = {
    "机构.csv": f"{PLACES},撤销日期\n002,示例海淀站,工作站,海淀,2020-01-01,2026-06-30\n"
    "003,示例海淀二站,工作站,海淀,2020-01-01,\n",
    "对象.csv": f"{CLIENTS}\nC1,小微企业,海淀\n",
    "专家.csv": "专家编号,备案日期\nE1,2026-01-05\n",
}
PLAIN = Settings()
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class Broken:
    """A ledger that breaks a rule, and where that must be told; ``kind`` as the option ``--kind``."""

    code: str
    content: str | bytes | Callable[[Path], object]
    row: int | None = None
    column: str | None = None
    value: str | None = None
    ending: str = "csv"
    kind: str | None = None
    settings: Settings = PLAIN
    severity: str = "finding"

    @property
    def name(self) -> str:
        return f"{self.code}.{self.ending}"


def service(cell: str, heading: str = "", *, row: str = "002,B02,2026-03-05") -> str:
    """Return a services ledger of one row, with one more column."""
    return f"{SERVICES}{',' + heading if heading else ''}\nR,{row}{',' + cell if heading else ''}\n"


def far_cells(path: Path) -> None:
    """Write a workbook that claims all the cells there are, with two that hold something."""
    near = workbook(path.with_name("near.xlsx"), {"表": [["甲"]]})
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with zipfile.ZipFile(near) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                content = content.replace(b"</sheetData>", last + b"</sheetData>")
            target.writestr(entry, content)
    near.unlink()


def bomb(path: Path) -> None:
    """Write a small file that unpacks to more than may be read."""
    near = workbook(path.with_name("near.xlsx"), {"表": [["甲"]]})
    with zipfile.ZipFile(near) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if entry.filename != "xl/worksheets/sheet1.xml":
                target.writestr(entry, source.read(entry))
        with target.open("xl/worksheets/sheet1.xml", "w") as out:
            for _ in range(140):
                out.write(b" " * (1 << 20))
    near.unlink()


def odd_names(path: Path) -> None:
    """Write a workbook with a part that would lie outside of it."""
    workbook(path, {"表": [["甲"]]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../outside.txt", "x")


def hidden_sheet(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("看得见").write_row(0, 0, ["说明"])
        sheet = book.add_worksheet("藏着")
        sheet.write_row(0, 0, SERVICES.split(","))
        sheet.hide()


def error_cell(path: Path) -> None:
    workbook(path, {"表": [[*SERVICES.split(","), "服务人次"], ["R", "002", "B02", "2026-03-05", "#REF!"]]})


CASES = (
    Broken("E101", b"PK\x03\x04 cut short", ending="xlsx", severity="reject"),
    Broken(
        "E102",
        _OLE + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600,
        ending="xlsx",
        severity="reject",
    ),
    Broken("E103", far_cells, ending="xlsx", severity="reject"),
    Broken("E104", bomb, ending="xlsx", severity="reject", settings=Settings(read_memory_mib=128)),
    Broken("E105", b"%PDF-1.7\n%abc", ending="xlsx", severity="reject"),
    Broken("E106", b""),
    Broken("E107", SERVICES.encode() + b"\nR,002,\xff\x80\xff,2026-03-05\n", severity="reject"),
    Broken("E108", f'{SERVICES}\nR1,002,B02,2026-03-05\nR2,002,"B0', severity="reject"),
    Broken(
        "E109",
        service("专利").encode() + "R2,002,专利检索,2026-03-05\n".encode() + "R3,002,商标,x\n".encode("gbk"),
        severity="reject",
    ),
    Broken("E110", service("").encode() + b"R2,0\0\0\x002,B02,2026-03-05\n", severity="reject"),
    Broken("E111", "甲," * 100 + "\n", severity="reject", settings=Settings(max_columns=60)),
    Broken(
        "E112",
        lambda path: workbook(path, {f"表{n}": [["甲"]] for n in range(4)}),
        ending="xlsx",
        severity="reject",
        settings=Settings(max_sheets=3),
    ),
    Broken("E113", service("长" * 3000, "备注"), severity="reject", settings=Settings(max_cell_chars=1000)),
    Broken("E114", odd_names, ending="xlsx", severity="reject"),
    Broken("E115", lambda path: path.symlink_to("机构.csv"), ending="csv"),
    Broken("E201", hidden_sheet, ending="xlsx"),
    Broken("E202", "本表由各站点填报\n请于每月5日前报送\n"),
    Broken("E203", "甲,乙,丙\n1,2,3\n4,5,6\n7,8,9\n", severity="reject"),
    Broken("E204", "记录编号,机构编号,服务事项,受理时刻\nR,002,B02,2026-03-05\n", severity="reject"),
    Broken(
        "E205",
        "服务对象编号,类型,所属区域,专家编号,备案日期\nC3,个人,海淀,E3,2026-01-05\n",
        severity="reject",
    ),
    Broken("E206", "台账（秘密）,,,\n" + service(""), severity="reject"),
    Broken("E207", services(*(f"R{n},002,B02,2026-03-05,上门" for n in range(1001)), more="服务方式")),
    Broken("E208", service(""), kind="clients", severity="reject"),
    Broken(
        "E209",
        "记录编号,机构编号,服务事项,受理时间,,记录编号,机构编号,服务事项,受理时间\n"
        "R,002,B02,2026-03-05,,S,003,B02,2026-03-05\n",
        severity="reject",
    ),
    Broken("E301", service("甲", "经办人")),
    Broken("E302", "记录编号,机构编号,服务内容,服务事项,受理时间\nR,002,专利,B02,2026-03-05\n"),
    Broken("E303", "序号,机构编号,服务事项,受理时间\n1,002,B02,2026-03-05\n"),
    Broken("E304", service("3", "承诺时限（元）"), None, None, "承诺时限（元）"),
    Broken("E401", service("", row="002,,2026-03-05"), 2, "服务事项", "", severity="reject"),
    Broken("E402", service("昨天", "响应时间"), 2, "响应时间", "昨天"),
    Broken("E403", service("2999-01-05", "响应时间"), 2, "响应时间", "2999-01-05"),
    Broken("E404", service("很多", "服务人次"), 2, "服务人次", "很多"),
    Broken("E405", service("3天", "服务人次"), 2, "服务人次", "3天"),
    Broken("E406", service("-3", "服务人次"), 2, "服务人次", "-3"),
    Broken("E407", service("2.5", "服务人次"), 2, "服务人次", "2.5"),
    Broken("E408", service("可能", "涉外"), 2, "涉外", "可能"),
    Broken("E409", service("上门", "服务方式"), 2, "服务方式", "上门"),
    Broken("E410", service("", row="002,咨询,2026-03-05"), 2, "服务事项", "咨询", severity="reject"),
    Broken("E411", service("", row="002,指导,2026-03-05"), 2, "服务事项", "指导", severity="reject"),
    Broken("E412", service("", row="002,B01、B02,2026-03-05"), 2, "服务事项", "B01、B02", severity="reject"),
    Broken(
        "E413",
        service("13800138000", "服务对象编号"),
        2,
        "服务对象编号",
        "138******00",
        severity="reject",
    ),
    Broken("E414", service("6", "满意度评价"), 2, "满意度评价", "6"),
    Broken("E415", f"{MONTHLY}\n002,1月,,,3\n", 2, "月份", "1月", severity="reject"),
    Broken("E416", service("养生", "所属产业"), 2, "所属产业", "养生"),
    Broken(
        "E417",
        f"{CLIENTS},重点企业标签\nC2,个人,海淀,专精特新、独角兽\n",
        2,
        "重点企业标签",
        "独角兽",
    ),
    Broken(
        "E418",
        "机构编号,清单类型,年度,公示日期,要素\n002,特色服务清单,2026,2026-03-05,服务内容、心情\n",
        2,
        "要素",
        "服务内容、心情",
    ),
    Broken("E419", error_cell, 2, "服务人次", "#REF!", ending="xlsx"),
    Broken("E420", service("2.02603E+11", "志愿服务专家编号"), 2, "志愿服务专家编号", "2.02603E+11"),
    Broken("E501", service("机密★", "备注"), 2, None, None, severity="reject"),
    Broken("E502", service("2026-03-04", "响应时间"), 2, "响应时间", "2026-03-04"),
    Broken(
        "E503", f"{PLACES},经度,纬度\n091,甲,工作站,海淀,2020-01-01,121.47,31.23\n", 2, None, "121.47, 31.23"
    ),
    Broken(
        "E504", f"{PLACES},经度,纬度\n092,乙,工作站,海淀,2020-01-01,116.63,40.32\n", 2, None, "116.63, 40.32"
    ),
    Broken("E505", f"{PLACES}\n093,丙,市级,海淀,2020-01-01\n", 2, "所属区域", "海淀"),
    Broken("E506", f"{PLACES}\n094,丁,工作站,全市,2020-01-01\n", 2, "所属区域", "全市", severity="reject"),
    Broken("E507", service("", row="示例海,B02,2026-03-05"), 2, "机构编号", "示例海", severity="reject"),
    Broken("E508", f"{SERVICES}\nR,002,B02,2026-03-05,多\n", 2, None, "多", severity="reject"),
    Broken("E509", f"{PLACES},经度,纬度\n095,戊,工作站,海淀,2020-01-01,116.31,\n", 2, None, None),
    Broken(
        "E510",
        "活动编号,机构编号,类别,日期,问卷回收数,满意数\nH1,002,培训,2026-03-01,20,21\n",
        2,
        "满意数",
        "21",
    ),
    Broken("E512", "写法,产业\n ａｉ 产业 ,金融业\n", 2, "写法", "ａｉ 产业", severity="reject"),
    Broken("E513", "写法,产业\n量子,人工智能\n 量 子,金融业\n", 2, "写法", "量子", severity="reject"),
    Broken(
        "E511",
        f"{SERVICES},满意度评价,评价方式\nR1,002,B02,2026-03-05,满意,默认\nR2,002,B02,2026-03-05,满意,默认\n"
        "R3,002,B02,2026-03-05,,默认\n",
        None,
        "评价方式",
        None,
    ),
    Broken("E601", service("C9", "服务对象编号"), 2, "服务对象编号", "C9"),
    Broken("E602", service("E9", "志愿服务专家编号"), 2, "志愿服务专家编号", "E9"),
    Broken("E603", service("", row="002,B02,2026-07-01"), 2, "受理时间", "2026-07-01"),
    Broken("E604", f"{MONTHLY}\n003,2026-04,,,3\n", 2, "服务件次", "3"),
    Broken("E605", f"{MONTHLY}\n003,2026-05,,,5\n003,2026-05,B01,,2\n", 2, "服务件次", "5"),
    Broken("E606", service("", row="888,B02,2026-03-05"), 2, "机构编号", "888"),
)
# Beside its own ledger a total needs records to differ from.
LISTS["另.csv"] = services("X1,003,B02,2026-04-05", "X2,003,B02,2026-04-06")


def test_each_rule_has_a_ledger_that_breaks_it() -> None:
    broken = [case.code for case in CASES]
    assert len(broken) == len(set(broken))
    missing = sorted(set(RULES) - set(broken) - set(ELSEWHERE))
    assert missing == [], f"no ledger in {Path(__file__).name} breaks {', '.join(missing)}: add one to CASES"
    assert set(broken) <= set(RULES)


@pytest.mark.parametrize(("code", "word"), ELSEWHERE.items())
def test_what_no_ledger_breaks_by_itself_is_tested_elsewhere(code: str, word: str) -> None:
    tests = [path.read_text(encoding="utf-8") for path in Path(__file__).parents[1].rglob("test_*.py")]
    assert sum(code in text and word in text for text in tests) > 1, f"no test breaks {code}"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[str, Problem]]]:
    """Import all ledgers, in one command where they need no settings; return what was told of each file."""
    groups: dict[str, list[Broken]] = {}
    for case in CASES:
        groups.setdefault(f"{case.kind} {case.settings}", []).append(case)
    found: dict[str, list[tuple[str, Problem]]] = {}
    for group in groups.values():
        folder = tmp_path_factory.mktemp("ledgers")
        for problem, batch in _imported(folder, group):
            found.setdefault(batch.files[problem.file_no].name, []).append((problem.code, problem))
    return found


def _imported(folder: Path, group: list[Broken]) -> Iterator[tuple[Problem, Batch]]:
    for name, text in LISTS.items():
        if group[0].kind is None:
            (folder / name).write_text(text, encoding="utf-8")
    for case in group:
        path = folder / case.name
        if callable(case.content):
            case.content(path)
        else:
            path.write_bytes(case.content.encode() if isinstance(case.content, str) else case.content)
            # Records of different files are different records.
            if isinstance(case.content, str):
                path.write_text(re.sub(r"^R(?=[\d,])", case.code, case.content, flags=re.M), encoding="utf-8")
    batch = read_batch([folder], kind=group[0].kind, settings=group[0].settings, salt=b"salt", today=TODAY)

    def check(connection: object, batch_id: int) -> Contradictions:
        return findings(connection, batch_id, group[0].settings)  # type: ignore[arg-type]  # as load_batch calls it

    engine = duckdb.open_writer(folder / "store.duckdb")
    metadata.create_all(engine)
    with engine.connect() as connection:
        load_batch(connection, batch, group[0].settings, check)
    engine.dispose()
    yield from ((problem, batch) for problem in batch.problems)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.code)
def test_a_broken_rule_is_told_at_its_place(case: Broken, told: dict[str, list[tuple[str, Problem]]]) -> None:
    own = [problem for code, problem in told.get(case.name, []) if code == case.code]
    assert own, f"{case.name}: {[(code, p.zh) for code, p in told.get(case.name, [])]}"
    problem = own[0]
    assert (problem.source_row, problem.column, problem.value) == (case.row, case.column, case.value)
    assert problem.severity == case.severity
    rule = RULES[case.code]
    if problem.kind is not None:
        assert problem.kind in kinds_of(rule)
    if problem.column is not None:
        assert problem.column in columns_of(rule)[problem.kind or ""]
    assert "{" not in problem.zh + problem.en
