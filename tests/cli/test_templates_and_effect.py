"""The command line writes templates, and says what a withdrawal would do without doing it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from analytics.store.schema import LEDGERS
from tests import commands

ipdash = partial(commands.ipdash, language="zh")


def test_a_folder_of_templates_imports_as_no_data_and_no_error(tmp_path: Path) -> None:
    done = ipdash(tmp_path / "store", "template", "--out", tmp_path / "forms")
    assert done.returncode == 0, done.stderr
    # One a kind, and one that holds them all.
    assert len(list((tmp_path / "forms").glob("*.xlsx"))) == len(LEDGERS) + 1
    back = ipdash(tmp_path / "store", "import", tmp_path / "forms", "--json")
    assert back.returncode == 0, back.stdout + back.stderr
    told = json.loads(back.stdout)
    assert (told["data_rows"], told["problems"], told["batch"]) == (0, [], None)


def test_a_dry_run_tells_the_effect_and_leaves_the_batch_in_force(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "名录.csv").write_text(
        "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例一站,工作站,海淀区,2020-01-01\n",
        encoding="utf-8",
    )
    (tmp_path / "服务.csv").write_text(
        "记录编号,机构编号,服务事项,受理时间\n0001,S1,B02,2026-03-05\n0002,S1,B02,2026-03-06\n",
        encoding="utf-8",
    )
    assert ipdash(store, "import", tmp_path / "名录.csv").returncode == 0
    assert ipdash(store, "import", tmp_path / "服务.csv").returncode == 0
    told = json.loads(ipdash(store, "withdraw", 1, "--dry-run", "--json").stdout)
    assert (told["services_before"], told["services_after"]) == (2, 0)
    assert {kind["kind"]: kind["waits"] for kind in told["kinds"]} == {"institutions": 0, "services": 2}
    said = ipdash(store, "withdraw", 2, "--dry-run").stdout
    assert "退出 2" in said
    assert "2026-03" in said
    batches = json.loads(ipdash(store, "batches", "--json").stdout)
    assert [batch["withdrawn_at"] for batch in batches] == [None, None]
