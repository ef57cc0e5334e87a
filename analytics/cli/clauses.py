"""``ipdash clauses``: how far each clause of the standard is met, for scripts."""

from __future__ import annotations

import json
from datetime import date
from typing import Annotated, Any

import typer

from analytics.cli.asking import check_format, without_pandas
from analytics.cli.speak import language, say
from analytics.core.errors import UserError
from analytics.core.inert import inert
from analytics.core.selection import Scope
from analytics.core.text import Text

_HEADINGS = (
    Text(zh="条款", en="Clause"),
    Text(zh="机构", en="Institution"),
    Text(zh="状态", en="Status"),
    Text(zh="依据", en="Source"),
    Text(zh="数字", en="Figure"),
)
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
    scope: Annotated[str, typer.Option(help="范围 | scope: city, district:110108, institution:ID")] = "city",
    output: Annotated[str, typer.Option("--format", help="格式 | table, json")] = "table",
    markdown: Annotated[
        bool, typer.Option("--markdown", help="列出每条如何判断 | how each clause is accounted for")
    ] = False,
) -> None:
    """规范条款状态：由台账计算，其次自查申报 | each clause's status: computed, else declared."""
    check_format(output, ("table", "json"))
    day = _day(as_of)
    without_pandas()
    if markdown:
        from analytics.compliance.document import standard_markdown

        print(standard_markdown(), end="")
        return
    from analytics.compliance.answers import clause_rows
    from analytics.store import open_store

    snapshot = open_store().snapshot()
    seen = Scope.parse(scope)
    meta, rows = clause_rows(snapshot, scope=seen, as_of=day, institution=institution, clause=clause)
    if output == "json":
        print(json.dumps({"meta": meta, "rows": rows}, ensure_ascii=False))
        return
    _write(meta, rows)


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
    from analytics.compliance.verdict import STATUSES

    spoken = language()
    if meta["sample_data"]:
        say(Text(zh="示例数据", en="Sample data"))
    say(Text(zh=f"截至 {meta['as_of']}，看此前 12 个月", en=f"As of {meta['as_of']}, over twelve months"))
    print("\t".join(heading.get(spoken) for heading in _HEADINGS))
    for row in rows:
        source = _SOURCES[row["source"]].get(spoken)
        name = inert(str(row["institution"]))
        print("\t".join((row["clause_id"], name, STATUSES[row["status"]].get(spoken), source, _figure(row))))


def _figure(row: dict[str, Any]) -> str:
    if row["numerator"] is None:
        return "—"
    number = f"{row['numerator']:g}"
    return number if row["denominator"] is None else f"{number} / {row['denominator']:g}"
