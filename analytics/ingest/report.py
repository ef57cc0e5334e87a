"""What an import did: as text for people, as JSON for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from analytics.core.text import Language, Text
from analytics.ingest.rejects import write_rejects
from analytics.ingest.sources import sources
from analytics.store.batch import Batch, Earlier, Outcome, Problem

__all__ = ["COUNTS", "as_json", "render_text", "write_rejects"]

COUNTS = ("data_rows", "loaded", "unchanged", "superseded", "waiting", "rejected", "not_data")
# Problems shown on a terminal for each file; the JSON holds all of them.
SHOWN_A_FILE = 50

_NAMES = {
    "data_rows": Text("数据行", "data rows"),
    "loaded": Text("已导入", "loaded"),
    "unchanged": Text("无变化", "unchanged"),
    "superseded": Text("被后行取代", "superseded"),
    "waiting": Text("待补机构", "waiting"),
    "rejected": Text("退回", "rejected"),
    "not_data": Text("非数据行", "not data"),
}
_WHERE_ROW = Text("第 {row} 行", "row {row}")
_REJECTED = Text("退回", "rejected")
_FINDING = Text("提示", "finding")
_MORE = Text("……另有 {count} 条", "… {count} more")
_UNKNOWN = Text("未识别", "not recognised")
_EARLIER = Text("以前导入的文件 {file}（批次 {batch}）", "{file}, imported before (batch {batch})")
_RESOLVED = Text("以前的提示有 {count} 处已不再成立。", "{count} earlier findings no longer hold.")
_NO_PROBLEMS = Text("没有发现问题。", "No problems were found.")


def render_text(batch: Batch, outcomes: Sequence[Outcome], language: Language) -> str:
    """Return the report as lines for a terminal: counts by file and sheet, then what was wrong."""
    told = as_json(batch, outcomes)
    lines = [_counts(told, language)]
    for number, file in enumerate(told["files"]):
        lines += ["", f"■ {file['file']}"]
        for sheet in file["sheets"]:
            lines.append(f"  {_sheet_name(sheet, language)}{_counts(sheet, language)}")
        lines += _problem_lines([p for p in batch.problems if p.file_no == number], language)
    for earlier, own in _by_earlier_file(batch.problems):
        lines += ["", "□ " + _EARLIER.format(file=earlier.file, batch=earlier.batch_id).get(language)]
        lines += _problem_lines(own, language)
    if batch.resolved:
        lines += ["", _RESOLVED.format(count=batch.resolved).get(language)]
    if not batch.problems:
        lines += ["", _NO_PROBLEMS.get(language)]
    return "\n".join(lines)


def as_json(batch: Batch, outcomes: Sequence[Outcome], batch_id: int | None = None) -> dict[str, Any]:
    """Return the report as plain data; counts add up from sheets to files to the whole.

    ``batch_id`` is what the store called the batch, ``None`` when nothing was kept. A problem's own
    ``batch`` is set where it is about a row of an earlier batch; ``resolved`` counts earlier findings that
    no longer hold.
    """
    sheets = _sheets(batch, outcomes)
    files = [
        {"file": file.name, **_sum(own), "sheets": own}
        for number, file in enumerate(batch.files)
        for own in [[sheet for place, sheet in sheets if place == number]]
    ]
    return {
        "batch": batch_id,
        "sample_data": batch.is_sample,
        **_sum([sheet for _, sheet in sheets]),
        "files": files,
        "resolved": batch.resolved,
        "problems": [_problem(problem, batch) for problem in batch.problems],
    }


def _by_earlier_file(problems: Sequence[Problem]) -> list[tuple[Earlier, list[Problem]]]:
    """Return what was found about rows of earlier commands, a file at a time."""
    found: dict[Earlier, list[Problem]] = {}
    for problem in problems:
        if problem.earlier is not None:
            found.setdefault(problem.earlier, []).append(problem)
    return list(found.items())


def _sheets(batch: Batch, outcomes: Sequence[Outcome]) -> list[tuple[int, dict[str, Any]]]:
    """Return (file, counts) of each sheet, those without a single data row included."""
    by_place = {(o.file_no, o.sheet): asdict(o) for o in outcomes}
    found = []
    for read in batch.sheets:
        counts = by_place.get((read.file_no, read.sheet), {})
        own = {name: counts.get(name, 0) for name in COUNTS} | {"not_data": read.not_data}
        found.append((read.file_no, {"sheet": read.sheet, "kind": read.kind, **own}))
    return found


def _sum(sheets: Sequence[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(sheet[name] for sheet in sheets) for name in COUNTS}


def _problem(problem: Problem, batch: Batch) -> dict[str, Any]:
    earlier = problem.earlier
    return {
        "file": earlier.file if earlier else batch.files[problem.file_no].name,
        # The batch that brought the file, where that is an earlier one.
        "batch": earlier.batch_id if earlier else None,
        "sheet": problem.sheet,
        "row": problem.source_row,
        "column": problem.column,
        "value": problem.value,
        "code": problem.code,
        "severity": problem.severity,
        "kind": problem.kind,
        "zh": problem.zh,
        "en": problem.en,
    }


def _counts(counts: dict[str, Any], language: Language) -> str:
    """Return the counts as one line; what is zero is left out, except rows read and loaded."""
    always = ("data_rows", "loaded", "rejected")
    shown = [name for name in COUNTS if counts[name] or name in always]
    parts = [f"{_NAMES[name].get(language)} {counts[name]:,}" for name in shown]
    return ("，" if language == "zh" else ", ").join(parts)


def _sheet_name(sheet: dict[str, Any], language: Language) -> str:
    kind = sources()[sheet["kind"]].name if sheet["kind"] else _UNKNOWN
    name = f"{sheet['sheet']} " if sheet["sheet"] else ""
    return f"{name}[{kind.get(language)}]  "


def _problem_lines(problems: list[Problem], language: Language) -> list[str]:
    lines = [_problem_line(problem, language) for problem in problems[:SHOWN_A_FILE]]
    if len(problems) > SHOWN_A_FILE:
        lines.append("  " + _MORE.format(count=len(problems) - SHOWN_A_FILE).get(language))
        lines += _by_code(problems[SHOWN_A_FILE:])
    return lines


def _problem_line(problem: Problem, language: Language) -> str:
    severity = (_REJECTED if problem.severity == "reject" else _FINDING).get(language)
    row = "" if problem.source_row is None else _WHERE_ROW.format(row=problem.source_row).get(language)
    where = " ".join(part for part in (problem.sheet, row) if part)
    said = problem.zh if language == "zh" else problem.en
    return f"  {problem.code} {severity}  {where}{'  ' if where else ''}{said}"


def _by_code(problems: list[Problem]) -> list[str]:
    return [f"    {code} × {count}" for code, count in sorted(Counter(p.code for p in problems).items())]
