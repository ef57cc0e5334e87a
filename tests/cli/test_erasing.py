"""``ipdash purge``, ``rejects`` and ``history`` as a data-protection officer or a clerk runs them."""

import json
from functools import partial

import pytest
from python_calamine import CalamineWorkbook

from tests.commands import ipdash

LEDGERS = {
    "机构.csv": "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀区,2020-01-01\n",
    "对象.csv": "服务对象编号,名称,类型,所属区域\nKH-7731,示例消失公司,小微企业,海淀\n",
    "服务.csv": "记录编号,机构编号,服务事项,受理时间,服务对象编号\n"
    "R1,S1,B02,2026-03-05,KH-7731\nR2,S1,咨询,2026-03-05,\n",
}


@pytest.fixture
def run(tmp_path):
    return partial(ipdash, tmp_path / "store")


def test_a_client_is_erased_from_the_command_line_after_a_confirmation(run, tmp_path):
    folder = tmp_path / "ledgers"
    folder.mkdir()
    for name, text in LEDGERS.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert run("import", folder).returncode == 1
    again = run("rejects", 1, "--out", tmp_path / "again.xlsx")
    assert again.returncode == 0, again.stderr
    (rows,) = [CalamineWorkbook.from_path(str(tmp_path / "again.xlsx")).get_sheet_by_index(0).to_python()]
    assert rows[1][0] == "R2"
    assert "E410" in rows[1][-1]
    told = json.loads(run("history", "services", "R1", "--json").stdout)
    assert told[0]["values"]["client_id"] == "KH-7731"

    unknown = run("purge", "--client", "KH-0", "--yes")
    assert (unknown.returncode, "no client KH-0" in unknown.stderr) == (2, True)
    unsaid = run("purge", "--client", "KH-7731")
    assert (unsaid.returncode, "--yes" in unsaid.stderr) == (2, True)
    planned = json.loads(run("purge", "--client", "KH-7731", "--dry-run", "--json").stdout)
    assert (planned["list_rows"], planned["services"], planned["dry_run"]) == (1, 1, True)
    assert json.loads(run("history", "services", "R1", "--json").stdout) == told

    done = run("purge", "--client", "KH-7731", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Backups" in done.stdout
    after = json.loads(run("history", "services", "R1", "--json").stdout)
    assert after[0]["values"]["client_id"] is None
    assert run("history", "clients", "KH-7731").returncode == 2
    assert run("purge", "--client", "KH-7731", "--yes").returncode == 0
    assert run("purge", "--expired", "--yes").returncode == 0
    assert run("purge").returncode == 2
