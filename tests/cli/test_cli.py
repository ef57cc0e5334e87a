"""The command line as a clerk and a script meet it: outcomes, formats, exit codes, plain words."""

import csv
import getpass
import io
import json
import os
import subprocess
import sys

import pandas as pd
import pytest
from sqlalchemy import select

from analytics import cli
from analytics.store import open_store
from analytics.store.rejected import rejected_of
from analytics.store.schema import PROBLEMS
from tests.commands import ipdash
from tests.conftest import IPDASH

INSTITUTIONS = "机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例1工作站,工作站,海淀,2020-01-01\n"
SERVICES = (
    "记录编号,机构编号,服务事项,服务对象类型,受理时间,满意度评价\n"
    "1,S1,业务办理咨询,小微企业,2026年3月5日,满意\n"
    "2,S1,B02,小微企业,2026/4/6 9:30,\n"
)
FAULTY = SERVICES + "3,S1,没有的事项,小微企业,2026-03-05,满意\n"


@pytest.fixture
def run(tmp_path):
    """Give a function that runs ``ipdash`` on a store of its own."""

    def call(*arguments, language="zh"):
        done = ipdash(tmp_path / "store", *arguments, language=language)
        assert "Traceback" not in done.stderr
        return done

    return call


@pytest.fixture
def ledger(tmp_path):
    """Give a function that writes a ledger and returns its path."""

    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def report(done):
    return json.loads(done.stdout)


def value(done):
    return report(done)["rows"][0]["value"]


def test_a_clean_import_exits_with_0_and_its_rows_are_counted(run, ledger):
    done = run("import", ledger("a.csv", INSTITUTIONS), ledger("b.csv", SERVICES), "--json")
    assert done.returncode == 0
    assert {name: report(done)[name] for name in ("data_rows", "loaded", "rejected")} == {
        "data_rows": 3,
        "loaded": 3,
        "rejected": 0,
    }
    assert value(run("measure", "services", "--format", "json")) == 2


def test_a_rejected_row_is_explained_and_exits_with_1_beside_loaded_ones(run, ledger, tmp_path):
    rejects = tmp_path / "rejects.xlsx"
    files = ledger("a.csv", INSTITUTIONS), ledger("b.csv", FAULTY)
    done = run("import", *files, "--json", "--rejects", rejects)
    assert done.returncode == 1
    assert (report(done)["loaded"], report(done)["rejected"]) == (3, 1)
    (problem,) = [p for p in report(done)["problems"] if p["severity"] == "reject"]
    assert (problem["file"], problem["row"], problem["value"]) == ("b.csv", 4, "没有的事项")
    assert problem["zh"]
    assert problem["en"]
    assert rejects.stat().st_size > 0


def test_strict_keeps_nothing_when_a_row_is_rejected(run, ledger):
    done = run("import", ledger("a.csv", INSTITUTIONS), ledger("b.csv", FAULTY), "--strict", "--json")
    assert (done.returncode, report(done)["batch"]) == (1, None)
    assert run("measure", "services").returncode == 2


def test_a_dry_run_says_what_would_happen_and_keeps_nothing(run, ledger):
    done = run("import", ledger("a.csv", INSTITUTIONS), "--dry-run", "--json")
    assert (report(done)["loaded"], report(done)["batch"]) == (1, None)
    assert run("measure", "services").returncode == 2


def test_the_same_files_again_change_nothing_and_say_so(run, ledger):
    files = ledger("a.csv", INSTITUTIONS), ledger("b.csv", SERVICES)
    run("import", *files)
    again = report(run("import", *files, "--json"))
    assert (again["unchanged"], again["loaded"]) == (3, 0)


def test_a_batch_is_listed_and_can_be_withdrawn(run, ledger):
    run("import", ledger("a.csv", INSTITUTIONS))
    batch = report(run("import", ledger("b.csv", SERVICES), "--json"))["batch"]
    assert run("withdraw", batch).returncode == 0
    assert value(run("measure", "services", "--format", "json")) == 0
    listed = json.loads(run("batches", "--json").stdout)
    assert [bool(row["withdrawn_at"]) for row in listed] == [True, False]
    assert [row["withdrawn_by"] for row in listed] == [getpass.getuser(), ""]
    assert f"已撤回（{getpass.getuser()}）" in run("batches").stdout
    assert run("withdraw", batch).returncode == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("import", "no-such-file.xlsx"),
        ("measure", "no_such_measure"),
        ("measure", "services", "--by", "no_such_dimension"),
        ("measure", "services", "--period", "2026-13"),
        ("measure", "services", "--scope", "planet"),
        ("measure", "services", "--district", "火星"),
        ("measure", "services", "--format", "pdf"),
        ("measure", "complaints", "--by", "channel"),
        ("withdraw", "99"),
        ("no-such-command",),
    ],
)
def test_a_wrong_command_exits_with_2_and_says_what_to_do(run, ledger, arguments):
    run("import", ledger("a.csv", INSTITUTIONS), ledger("b.csv", SERVICES))
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.strip()


def test_errors_are_said_in_the_readers_language(run):
    assert "还没有数据" in run("measure", "services").stderr
    assert "holds no data" in run("measure", "services", language="en").stderr


def test_formats_say_the_same_and_names_are_taken_for_codes(run, ledger):
    run("import", ledger("a.csv", INSTITUTIONS), ledger("b.csv", SERVICES))
    question = ("measure", "services", "--by", "month", "--district", "海淀区", "--period", "2026Q1,2026Q2")
    assert run(*question).returncode == 2
    question = (
        "measure",
        "services",
        "--by",
        "month",
        "--district",
        "海淀区",
        "--period",
        "2026-03..2026-04",
    )
    as_json = report(run(*question, "--format", "json"))
    as_csv = list(csv.DictReader(io.StringIO(run(*question, "--format", "csv").stdout)))
    assert as_json["meta"]["selection"] == {"district": ["110108"]}
    assert [(row["month"], row["value"]) for row in as_json["rows"]] == [("2026-03", 1), ("2026-04", 1)]
    assert [(row["month"], int(row["value"])) for row in as_csv] == [("2026-03", 1), ("2026-04", 1)]
    assert "服务量" in run(*question).stdout


def test_every_measure_is_listed_with_its_clauses(run):
    listed = json.loads(run("measures", "--json").stdout)
    assert {"services", "satisfaction_rate", "expert_answered_in_time_rate"} <= {m["key"] for m in listed}
    assert all(m["clauses"] and m["definition"]["zh"] and m["definition"]["en"] for m in listed)


def test_a_question_starts_without_pandas_and_arrow(run, ledger, tmp_path):
    run("import", ledger("a.csv", INSTITUTIONS), ledger("b.csv", SERVICES))
    program = (
        "import sys\nfrom analytics.cli import app\n"
        "try:\n    app(['measure', 'services', '--by', 'month', '--format', 'json'])\n"
        "except SystemExit:\n    pass\n"
        "assert not [m for m in ('pandas', 'pyarrow', 'numpy', 'scipy') if sys.modules.get(m)]\n"
    )
    environment = {**os.environ, "IPDASH_STORE": str(tmp_path / "store")}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)


def test_a_topic_that_looks_like_a_formula_is_text_in_the_csv(run, ledger):
    lines = SERVICES.splitlines()
    topics = ["主题", "=1+1", "专利预审"]
    text = "\n".join(f"{line},{topic}" for line, topic in zip(lines, topics, strict=True)) + "\n"
    run("import", ledger("a.csv", INSTITUTIONS), ledger("b.csv", text))
    done = run("measure", "services", "--by", "topic", "--format", "csv")
    assert {row["topic"] for row in csv.DictReader(io.StringIO(done.stdout))} == {"'=1+1", "专利预审"}


def test_figures_come_with_their_marks(small_store):
    environment = {**os.environ, "IPDASH_STORE": str(small_store)}
    done = subprocess.run(
        [IPDASH, "measure", "services", "--format", "csv"],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "内部资料" in done.stderr
    assert "示例数据" in done.stderr
    assert "来自月报汇总" in done.stderr
    assert len(done.stdout.splitlines()) == 2


def test_a_rejected_clients_name_goes_back_in_the_workbook_and_is_not_kept(run, ledger, tmp_path):
    head = "服务对象编号,企业名称,类型,所属区域\n"
    clients = head + "13800138000,示例甲公司,小微企业,海淀\nK1,示例乙公司,小微企业,火星\n"
    rejects = tmp_path / "rejects.xlsx"
    files = ledger("a.csv", INSTITUTIONS), ledger("c.csv", clients)
    done = run("import", *files, "--json", "--rejects", rejects)
    assert report(done)["rejected"] == 2
    assert "示例乙公司" in str(pd.read_excel(rejects, engine="calamine", dtype=str).to_dict())
    with open_store(tmp_path / "store").snapshot().connect() as connection:
        kept = str(connection.execute(select(PROBLEMS)).all())
    kept += str(rejected_of(open_store(tmp_path / "store"), 1))
    assert "火星" in kept
    assert "公司" not in kept
    assert "13800138000" not in kept


def test_comparison_and_signals_come_in_every_format(run, ledger):
    run("import", ledger("机构名录.csv", INSTITUTIONS), ledger("服务台账.csv", SERVICES))
    asked = ("compare", "--measure", "satisfaction_rate", "--unit", "institution")
    answer = json.loads(run(*asked, "--format", "json").stdout)
    (row,) = answer["rows"]
    assert (row["institution"], row["masked"], row["value"], row["n"]) == ("S1", True, None, None)
    assert {"interval", "expected", "ratio", "funnel_zone", "shrunk_value", "rank_interval"} <= set(row)
    (line,) = csv.DictReader(io.StringIO(run(*asked, "--format", "csv").stdout))
    assert (line["institution"], line["rank_interval_lower"]) == ("S1", "")
    assert "示例1工作站" in run(*asked).stdout
    listed = json.loads(run("signals", "--format", "json").stdout)
    assert listed["meta"]["month"] == "2026-03"
    assert "待核实" in run("signals").stdout
    assert "to be confirmed" in run("signals", language="en").stdout


def test_comparison_tells_what_it_cannot_do(run, ledger):
    run("import", ledger("机构名录.csv", INSTITUTIONS), ledger("服务台账.csv", SERVICES))
    for arguments in (
        ("compare", "--measure", "nothing"),
        ("compare", "--measure", "services", "--unit", "street"),
        ("compare", "--measure", "services", "--format", "xml"),
        ("compare", "--measure", "services", "--period", "2099"),
        ("compare", "--measure", "services", "--period", "1999Q1"),
        ("compare", "--measure", "services", "--scope", "district:999999"),
        ("compare", "--measure", "services", "--scope", "institution:S404"),
        ("signals", "--scope", "district:火星区"),
        ("alignment", "--scope", "district:999999"),
        ("clauses", "--scope", "institution:S404"),
        ("site", "--k", "1", "--scope", "district:火星区"),
        ("underserved", "--areas", "a.csv", "--stations", "s.csv", "--scope", "district:999999"),
        ("measure", "services", "--scope", "district:999999"),
        ("signals", "--month", "2031-01"),
        ("signals", "--format", "csv"),
    ):
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr.strip()


def test_a_fault_of_ours_ends_with_2_in_words_and_is_shown_whole_only_where_asked_for(monkeypatch, capsys):
    def broken():
        raise RuntimeError("示例企业有限公司")

    monkeypatch.setattr(cli, "app", broken)
    for asked in ("", "1"):
        monkeypatch.setenv("IPDASH_TRACE", asked)
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr().err
        # Python's own 1 would tell a script that rows were rejected and the rest is in.
        assert ended.value.code == 2
        assert ("Traceback" in said) == ("示例企业有限公司" in said) == bool(asked)
        assert "RuntimeError" in said
