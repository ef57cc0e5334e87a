"""What must not be kept is nowhere: not in reports, logs, workbooks, scratch files or the store."""

import pytest

from tests.commands import ipdash
from tests.ingest.conftest import workbook
from tests.store.telling import everything

HEAD = ["记录编号", "机构编号", "服务事项", "受理时间", "服务对象编号", "备注", "密级"]
SECRET = "甲字第七号绝笔"
MARKS = (
    ["R1", "S1", "B02", "2026-03-05", "", SECRET, "机密★10年"],
    ["R2", "S1", "B02", "2026-03-05", SECRET, "（绝密）", ""],
    ["R3", "S1", "咨询", "2026-03-05", "", f"{SECRET}【秘密】", ""],
    ["R4", "S1", "B02", SECRET, "", "涉密", ""],
    ["R5", "S1", "B02", "2026-03-05", "", SECRET, "是"],
)
ORDINARY = (
    ["R6", "S1", "B02", "2026-03-05", "", "涉及商业秘密，非涉密", "否"],
    ["R7", "S1", "B02", "2026-03-05", "110101199003074514", "", "内部"],
    ["R8", "S1", "咨询", "2026-03-05", "13800138000", "国家秘密保护咨询", ""],
    ["R9", "S1", "B02", "2026-03-05", "", "", "不涉密"],
)
INSTITUTIONS = "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n"


@pytest.fixture
def ledgers(tmp_path):
    folder = tmp_path / "ledgers"
    folder.mkdir()
    (folder / "机构.csv").write_text(INSTITUTIONS, encoding="utf-8")
    rows = [HEAD, *MARKS, *ORDINARY]
    (folder / "服务.csv").write_text("\n".join(map(",".join, rows)), encoding="utf-8")
    short = [[row[0], row[2], *row[3:]] for row in rows]
    titled = [["服务台账（机密）"], HEAD, ["R1", "S1", "B02", "2026-03-05", "", SECRET, ""]]
    unknown = [["甲", "乙", "丙"], ["1", SECRET, "机密"], ["1", "2", "3"], ["110101199003074514", "x", "y"]]
    sheets = {"三月": rows, "缺列": short, "有题": titled, "不识": unknown}
    workbook(folder / "服务.xlsx", sheets)
    return folder


def test_nothing_of_marked_rows_and_no_persons_number_is_anywhere(ledgers, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    rejects = tmp_path / "handed_out" / "rejects.xlsx"
    rejects.parent.mkdir()
    told = ""
    for arguments in (["--json"], [], ["--strict"], ["--dry-run"]):
        words = ("import", ledgers, *arguments, "--rejects", rejects)
        done = ipdash(tmp_path / "store", *words, language="zh", TMPDIR=str(scratch))
        assert done.returncode == 1, done.stderr
        told += done.stdout + done.stderr
        assert list(scratch.iterdir()) == []
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(rejects))
    told += str([book.get_sheet_by_name(name).to_python() for name in book.sheet_names])
    kept = everything(tmp_path / "store")
    for place in (told, kept):
        for secret in (SECRET, "19900307", "13800138000"):
            assert secret not in place
    assert "E501" in told
    assert "E413" in told
    # Ordinary words are no marks: those rows are in, or came back with their cells.
    assert "涉及商业秘密，非涉密" in kept
    assert "国家秘密保护咨询" in told
