"""``ipdash clauses``: how far each clause of the standard is met, for scripts."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import typer

from analytics.cli.asking import check_format, scope_in, without_pandas
from analytics.cli.speak import language, say
from analytics.core.errors import UserError
from analytics.core.inert import inert
from analytics.core.text import Language, Text

_HEADINGS = (
    Text(zh="条款", en="Clause"),
    Text(zh="程度", en="Level"),
    Text(zh="机构", en="Institution"),
    Text(zh="状态", en="Status"),
    Text(zh="依据", en="Source"),
    Text(zh="数字", en="Figure"),
    Text(zh="门槛", en="Threshold"),
    Text(zh="自何月起", en="Since"),
    Text(zh="与自查矛盾", en="Contradicts the declaration"),
    Text(zh="缺什么", en="Missing"),
)
_UNITS = ("institution", "area", "expert")
_SOURCES = {
    "computed": Text(zh="台账计算", en="computed"),
    "declared": Text(zh="自查申报", en="declared"),
    "none": Text(zh="—", en="—"),
}


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("clauses")(clauses)


def clauses(
    *,
    institution: Annotated[str | None, typer.Option(help="机构编号 | institution's number")] = None,
    clause: Annotated[str | None, typer.Option(help="条款号，含下级 | clause, with those below it")] = None,
    as_of: Annotated[str | None, typer.Option(help="日期 | YYYY-MM-DD; the last day of data")] = None,
    unit: Annotated[
        str, typer.Option(help="看机构、片区或专家 | of whom: institution, area, expert")
    ] = "institution",
    rows: Annotated[
        bool, typer.Option("--rows", help="附上台账行（JSON）| with the ledger rows behind each (JSON)")
    ] = False,
    scope: Annotated[str, typer.Option(help="范围 | scope: city, district:110108, institution:ID")] = "city",
    output: Annotated[str, typer.Option("--format", help="格式 | table, json")] = "table",
    markdown: Annotated[
        bool, typer.Option("--markdown", help="列出每条如何判断 | how each clause is accounted for")
    ] = False,
) -> None:
    """规范条款状态：由台账计算，其次自查申报 | each clause's status: computed, else declared."""
    check_format(output, ("table", "json"))
    _check_unit(unit)
    day = _day(as_of)
    without_pandas()
    if markdown:
        from analytics.compliance.document import standard_markdown

        print(standard_markdown(), end="")
        return
    from analytics.compliance.answers import clause_rows, unit_rows
    from analytics.store import open_store

    snapshot = open_store().snapshot()
    seen = scope_in(snapshot, scope)
    if unit == "institution":
        # One pair leads to its rows at once; of many, only where asked for.
        with_rows = rows or (institution is not None and clause is not None)
        meta, found = clause_rows(
            snapshot,
            scope=seen,
            as_of=day,
            institution=institution,
            clause=clause,
            with_rows=with_rows and output == "json",
        )
    else:
        meta, found = unit_rows(snapshot, unit, scope=seen, as_of=day, clause=clause)
    if output == "json":
        print(json.dumps({"meta": meta, "rows": found}, ensure_ascii=False))
        return
    _write(meta, found)


def _check_unit(unit: str) -> None:
    if unit not in _UNITS:
        raise UserError(
            Text(zh=f"没有“{unit}”这种单位。", en=f"There is no unit ‘{unit}’."),
            Text(zh=f"可用：{'、'.join(_UNITS)}。", en=f"Use {', '.join(_UNITS[:-1])} or {_UNITS[-1]}."),
        )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            Text(zh=f"日期“{text}”无法识别。", en=f"The date ‘{text}’ is not understood."),
            Text(zh="请写成 2026-03-31。", en="Write it as 2026-03-31."),
        ) from error


def _write(meta: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    spoken = language()
    if meta["sample_data"]:
        say(Text(zh="示例数据", en="Sample data"))
    say(Text(zh=f"截至 {meta['as_of']}，看此前 12 个月", en=f"As of {meta['as_of']}, over twelve months"))
    print("\t".join(heading.get(spoken) for heading in _HEADINGS))
    for row in rows:
        print("\t".join(_cells(row, spoken)))


def _cells(row: dict[str, Any], spoken: Language) -> tuple[str, ...]:
    from analytics.compliance.verdict import STATUSES
    from analytics.standard.clauses import LEVEL_NAMES, clauses_by_number

    who = row.get("institution") or row.get("expert_id") or row["district"]
    missing = row.get("missing")
    threshold = row.get("threshold")
    return (
        row["clause_id"],
        LEVEL_NAMES[clauses_by_number()[row["clause_id"]].level].get(spoken),
        inert(str(who)),
        STATUSES[row["status"]].get(spoken),
        _SOURCES[row["source"]].get(spoken),
        _figure(row),
        "—" if threshold is None else f"{threshold:g}",
        _since(row).get(spoken),
        "!" if row.get("contradiction") else "",
        missing[spoken] if missing else "",
    )


def _since(row: dict[str, Any]) -> Text:
    month = row.get("since", "—")
    if not row.get("since_or_earlier"):
        return Text(zh=month, en=month)
    return Text(zh=f"{month} 或更早", en=f"{month} or earlier")


def _figure(row: dict[str, Any]) -> str:
    if row.get("numerator") is None:
        return "—"
    number = f"{row['numerator']:g}"
    return number if row.get("denominator") is None else f"{number} / {row['denominator']:g}"
