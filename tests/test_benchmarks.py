"""``make bench`` runs every benchmark, and fails where one is missed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import run_all
from tests.benchmarks.run_all import PARTS, Asked, Row
from tests.conftest import ROOT

BENCHMARKS = ROOT / "tests" / "benchmarks"


def test_every_benchmark_is_run() -> None:
    told = (BENCHMARKS / "run_all.py").read_text(encoding="utf-8")
    # Its measuring is what the others import with.
    scripts = {path.stem for path in BENCHMARKS.glob("bench_*.py")} - {"bench_import"}
    assert [script for script in sorted(scripts) if script not in told] == []


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_missed_limit_is_named_and_ends_with_one(
    is_kept: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def part(asked: Asked) -> Iterator[Row]:
        assert asked == Asked(tmp_path, 7)
        yield Row("an import", "3.0 s", "2 s", is_kept)

    monkeypatch.setitem(PARTS, "imports", part)
    assert run_all.main([str(tmp_path), "--records", "7", "--only", "imports"]) == (0 if is_kept else 1)
    said = capsys.readouterr().out
    assert ("MISS an import" in said) != is_kept
    assert f"1 measured, {0 if is_kept else 1} missed" in said


def test_imports_are_told_with_time_processor_and_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = tmp_path / "机构名录.csv"
    ledger.write_text("机构编号,机构名称,机构层级,所属区域,设立日期\nS1,示例,工作站,海淀,2020-01-01\n")

    def once(folder: Path) -> Iterator[dict[str, Any]]:
        yield run_all.bench_more.judged("one row", ledger, folder / "store", 300.0)
        yield run_all.bench_more.judged("one row again", ledger, folder / "store", 0.0)

    monkeypatch.setattr(run_all.bench_more, "workbook", once)
    monkeypatch.setattr(run_all.bench_more, "again", lambda _: iter(()))
    rows = list(run_all.imports(Asked(tmp_path, 0)))
    assert [(row.what, row.is_kept) for row in rows] == [("one row", True), ("one row again", False)]
    assert rows[0].limit == "300 s, 2048 MiB"
    assert re.fullmatch(r"\d+\.\d s \(\d+\.\d s of processor\), \d+ MiB", rows[0].measured)


def test_a_benchmark_that_fails_is_a_missed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").mkdir()
    monkeypatch.setattr(Asked, "million", tmp_path / "store")
    monkeypatch.setattr(run_all, "_HERE", tmp_path)
    (tmp_path / "bench_measure.py").write_text("raise SystemExit(2)")
    assert [row.is_kept for row in run_all.measure(Asked(tmp_path, 0))] == [False]
    said = '{"median_seconds": 2, "limit_seconds": 1.5, "is_within_limit": false}'
    (tmp_path / "bench_measure.py").write_text(f"print('{said}'); raise SystemExit(1)")
    (row,) = run_all.measure(Asked(tmp_path, 0))
    assert (row.measured, row.limit, row.is_kept) == ("2.00 s", "1.5 s", False)
