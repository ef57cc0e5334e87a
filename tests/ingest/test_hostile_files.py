"""Hostile files: whatever they hold, reading them is bounded, ends in a plain reason and harms nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analytics.core.settings import Settings
from dashboard.parts import importing_job
from tests.ingest.conftest import Read, codes, column, data_rows
from tests.ingest.hostile import texts, workbooks
from tests.ingest.hostile.measured import Run, ipdash
from tests.ingest.hostile.parts import CSV, honest, sheet_xml, text_rows, xlsx_parts, zipped

Maker = Callable[[Path], Path]
CASES = texts.CASES | workbooks.CASES
MOST_SECONDS, MOST_MIB = 10, 1024
# The densest of each sort, run as a process of its own and measured with all that it starts.
MEASURED = (
    "a quoted cell of 100 MB",
    "10,000,000 rows of commas",
    "1,000,000 cells of one long text",
    "one merged area A1:XFD1048576",
    "1,000 headings, 30 rows of them",
    "xls with a cell at IV65536",
)
FORMATS = ("xlsx", "ods", "xls", "csv")


def _spent() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


@pytest.mark.parametrize("case", [case for case in CASES if case not in MEASURED])
def test_a_hostile_file_is_told_within_seconds_and_leaves_nothing(
    case: str, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, code = CASES[case]
    path = make(tmp_path)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    before = _spent()
    batch = read(path)
    assert _spent() - before < MOST_SECONDS
    assert list(scratch.iterdir()) == []
    if code:
        assert any(found.startswith(code) for found in codes(batch)), codes(batch)
    else:
        assert data_rows(batch) >= 2 or codes(batch) != []
    for problem in batch.problems:
        assert problem.zh
        assert problem.en
        assert problem.zh != problem.en


def test_signs_that_are_not_seen_do_not_tell_headings_and_codes_apart(read: Read, tmp_path: Path) -> None:
    batch = read(texts.unseen_signs(tmp_path))
    assert column(batch, "record_id") == ["R1", "R2"]
    assert column(batch, "institution_id") == ["002", "002"]
    # The headings in the middle of the file, its mark before them, are no data.
    assert (batch.not_data, codes(batch)) == (2, [])


def test_a_report_holds_nothing_that_steers_a_terminal(read: Read, tmp_path: Path) -> None:
    (problem,) = read(texts.escapes(tmp_path)).problems
    assert problem.value is not None
    assert not {"\x1b", "\x07"} & set(problem.value + problem.zh + problem.en)
    assert len(read(texts.deep_json(tmp_path)).problems[0].value or "") <= 8_000


@pytest.fixture(scope="module")
def filled(small_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of a filled store."""
    store = tmp_path_factory.mktemp("hostile") / "store"
    shutil.copytree(small_store, store)
    return store


def _is_bounded(run: Run) -> bool:
    return run.cpu_seconds < MOST_SECONDS and run.peak_mib < MOST_MIB


@pytest.mark.slow
@pytest.mark.parametrize("case", MEASURED)
def test_the_command_with_all_it_starts_keeps_within_ten_seconds_and_a_gibibyte(
    case: str, filled: Path, tmp_path: Path
) -> None:
    make, code = CASES[case]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    run = ipdash(filled, "import", "--json", make(tmp_path), scratch=scratch)
    assert run.code in (0, 1, 2)
    assert "Traceback" not in run.err
    assert _is_bounded(run), run
    assert any(problem["code"].startswith(code) for problem in run.report["problems"]) or not code
    assert list(scratch.iterdir()) == []


def test_the_store_still_answers_after_many_hostile_files_at_once(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    small = [
        "overlapping entries",
        "billion laughs, xlsx",
        "ods, both",
        "A1 and XFD1048576",
        "NUL bytes in a row",
    ]
    for case in small:
        CASES[case][0](folder)
    (folder / "good.csv").write_text(CSV, encoding="utf-8")
    before = ipdash(filled, "measure", "services", "--format", "json")
    run = ipdash(filled, "import", "--json", folder)
    assert run.code == 1
    assert _is_bounded(run), run
    assert run.report["data_rows"] == 2
    assert {file["file"] for file in run.report["files"]} == {path.name for path in folder.iterdir()}
    after = ipdash(filled, "measure", "services", "--format", "json")
    assert (after.code, before.code) == (0, 0), after.err
    assert sorted(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("ending", FORMATS)
def test_a_file_cut_anywhere_is_told_or_read_up_to_the_cut(ending: str, read: Read, tmp_path: Path) -> None:
    whole = honest(tmp_path)[ending].read_bytes()
    for part in (0.02, 0.3, 0.6, 0.9, 0.999):
        cut = tmp_path / f"cut.{ending}"
        cut.write_bytes(whole[: max(9, int(len(whole) * part))])
        batch = read(cut)
        if ending == "csv":
            assert data_rows(batch) <= 2
            assert data_rows(batch) + batch.not_data > 0 or codes(batch)
        elif ending != "xls" or data_rows(batch) != 2:
            # Behind an old workbook's last record stands only what fills its sector.
            assert data_rows(batch) == 0
            assert codes(batch)[0].startswith("E1")


@pytest.mark.parametrize("ending", FORMATS)
@pytest.mark.parametrize("named", ["x.csv", "x.xlsx", "x.xls", "x.ods", "x.tsv", "x"])
def test_a_ledger_is_read_whatever_its_ending_says(
    ending: str, named: str, read: Read, tmp_path: Path
) -> None:
    assert column(read(honest(tmp_path)[ending].rename(tmp_path / named)), "record_id") == ["R1", "R2"]


def test_names_of_files_can_hold_anything(filled: Path, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    names = [b"-rf.csv", b"a\nb.csv", b"\x1b[2J.csv", "\u202evsc.txt.csv".encode(), b"\xff\xfe\x80.csv"]
    names.append(b"n" * 251 + b".csv")
    for number, name in enumerate(names):
        text = CSV.replace("R1", f"N{number}").replace("R2", f"M{number}")
        (folder / os.fsdecode(name)).write_text(text, encoding="utf-8")
    for command in (["import", "--json", folder], ["import", folder]):
        run = ipdash(filled, *command)
        assert run.code == 0, run.err
        assert not set("\x1b\u202e") & set(run.out)
    assert len(names) == run.out.count("■")


def test_links_pipes_and_devices_in_a_folder_are_named_and_never_opened(read: Read, tmp_path: Path) -> None:
    folder, outside = tmp_path / "in", tmp_path / "outside.csv"
    folder.mkdir()
    outside.write_text(CSV, encoding="utf-8")
    (folder / "good.csv").write_text(CSV, encoding="utf-8")
    (folder / "link.csv").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "gone.csv").symlink_to(tmp_path / "gone")
    os.mkfifo(folder / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(folder)
        listening.bind("socket.csv")
    batch = read(folder)
    assert data_rows(batch) == 2
    assert codes(batch) == ["E115"] * 5
    assert {batch.files[problem.file_no].name for problem in batch.problems} == {
        "link.csv", "loop", "gone.csv", "pipe.csv", "socket.csv"
    }  # fmt: skip


def test_a_pipe_or_device_named_by_the_command_is_refused_and_a_link_is_followed(
    read: Read, tmp_path: Path
) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "ledger.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "link.csv").symlink_to(tmp_path / "ledger.csv")
    batch = read(tmp_path / "pipe.csv", Path("/dev/zero"), tmp_path / "link.csv")
    assert codes(batch) == ["E101", "E101"]
    assert data_rows(batch) == 2


def test_a_folder_of_a_thousand_levels_is_walked(read: Read, tmp_path: Path) -> None:
    path = tmp_path / "in"
    with _removed_in_any_case(path):
        path.mkdir()
        deep = path
        while len(str(deep)) < 3500:
            deep = deep / "d"
            deep.mkdir()
        (deep / "ledger.csv").write_text(CSV, encoding="utf-8")
        assert data_rows(read(path)) == 2
    assert not path.exists()


@contextmanager
def _removed_in_any_case(path: Path) -> Iterator[None]:
    """Have a folder removed that is too deep for Python, also when the tests are killed meanwhile."""
    # The pipe closes with this process, however it ends.
    waiting = ["sh", "-c", 'cat > /dev/null; exec rm -rf -- "$0"', str(path)]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, start_new_session=True):
        yield


def test_the_settings_of_limits_are_kept_and_named(read: Read, tmp_path: Path) -> None:
    book = zipped(tmp_path / "w.xlsx", xlsx_parts(3))
    assert codes(read(book, settings=Settings(max_sheets=2))) == ["E112"]
    wide = ",".join(f"列{n}" for n in range(20))
    for ledger in (f"{CSV}{wide}\n".encode(), zipped(tmp_path / "v.xlsx", _rows_of(wide))):
        (problem,) = read(ledger, settings=Settings(max_columns=10)).problems
        assert problem.code == "E111"
        assert "max_columns" in problem.zh
        assert "max_columns" in problem.en
    long = "R3,002,B02,2026-03-05," + "长" * 1001
    for ledger in (f"{CSV}{long}\n".encode(), zipped(tmp_path / "u.xlsx", _rows_of(long))):
        (problem,) = read(ledger, settings=Settings(max_cell_chars=1000)).problems
        assert (problem.code, "第 4 行" in problem.zh, "row 4" in problem.en) == ("E113", True, True)
    assert codes(read(CSV + "x" * (1 << 20), settings=Settings(max_file_mib=1))) == ["E104"]


def _rows_of(last: str) -> dict[str, str]:
    rows = tuple(tuple(line.split(",")) for line in [*CSV.splitlines(), last])
    return xlsx_parts(sheet=sheet_xml(text_rows(rows)))


def test_the_dashboards_import_tells_of_hostile_files_and_lives_on(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IPDASH_STORE", str(filled))
    cases = [
        "A1 and XFD1048576",
        "entry lying about its size",
        "1,000,000 columns in a row",
        "deep JSON in a cell",
    ]
    files = [(f"../../{n}/../x.xlsx", CASES[case][0](tmp_path).read_bytes()) for n, case in enumerate(cases)]
    job = importing_job.Job("import", files=files)
    importing_job._at_work.append(job)
    started = time.monotonic()
    importing_job._run(job, importing_job._import)
    assert job.is_over
    assert (job.error, job.fault) == (None, "")
    assert job.report is not None
    assert {p["code"] for p in job.report.told["problems"]} >= {"E103", "E114", "E111", "E410"}
    assert time.monotonic() - started < 60
