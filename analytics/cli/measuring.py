"""``ipdash measure`` and ``measures``: the figures pages show, as table, CSV or JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from analytics.cli.speak import language, say
from analytics.core.errors import UserError
from analytics.core.selection import Scope, Selection
from analytics.core.text import Text

Many = list[str] | None


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("measure")(measure)
    app.command("measures")(list_measures)


def _option(name: str, text: str) -> Any:
    return typer.Option(name, help=f"{text} | repeat or separate by commas")


def measure(
    key: Annotated[str, typer.Argument(help="指标 | measure key, see `ipdash measures`")],
    by: Annotated[Many, _option("--by", "分组维度 dimensions")] = None,
    period: Annotated[
        str, typer.Option(help="时段 period: 2026, 2026Q3, 2026-03, 2025-07..2026-06, last12, all")
    ] = "all",
    district: Annotated[Many, _option("--district", "提供方所在区域 district of the institution")] = None,
    client_district: Annotated[
        Many, _option("--client-district", "服务对象所在区域 district of the client")
    ] = None,
    tier: Annotated[Many, _option("--tier", "机构层级 tier")] = None,
    institution: Annotated[Many, _option("--institution", "机构编号 institution")] = None,
    operator_type: Annotated[Many, _option("--operator-type", "运营单位类型 operator type")] = None,
    service: Annotated[Many, _option("--service", "服务事项 service")] = None,
    service_group: Annotated[Many, _option("--service-group", "基础/特色 basic, special")] = None,
    topic: Annotated[Many, _option("--topic", "主题 topic")] = None,
    ip_type: Annotated[Many, _option("--ip-type", "知识产权类型 IP type")] = None,
    channel: Annotated[Many, _option("--channel", "服务方式 channel")] = None,
    client_type: Annotated[Many, _option("--client-type", "服务对象类型 client type")] = None,
    industry: Annotated[Many, _option("--industry", "所属产业 industry")] = None,
    key_tag: Annotated[Many, _option("--key-tag", "重点企业标签 key tag")] = None,
    township: Annotated[Many, _option("--township", "街道乡镇 township")] = None,
    scope: Annotated[str, typer.Option(help="范围 scope: city, district:110108, institution:ID")] = "city",
    with_interval: Annotated[
        bool, typer.Option("--interval", help="计数也给出区间 | an interval for counts too")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="table, csv, json")] = "table",
) -> None:
    """计算一个指标 | compute a measure, by any dimension, for any selection."""
    filters = {
        "district": district,
        "client_district": client_district,
        "tier": tier,
        "institution": institution,
        "operator_type": operator_type,
        "service": service,
        "service_group": service_group,
        "topic": topic,
        "ip_type": ip_type,
        "channel": channel,
        "client_type": client_type,
        "industry": industry,
        "key_tag": key_tag,
        "township": township,
    }
    write = _writer(output)
    # DuckDB imports pandas to look whether a parameter is one of its types: a second for nothing here.
    sys.modules.setdefault("pandas", None)  # type: ignore[arg-type]
    from analytics.measures import evaluate
    from analytics.store import open_store

    chosen = {name: _codes(name, _split(values)) for name, values in filters.items() if values}
    result = evaluate(
        open_store().snapshot(),
        key,
        by=_split(by),
        selection=Selection.of(period, **chosen),
        scope=Scope.parse(scope),
        with_interval=with_interval,
    )
    write(result.as_dict())


def _split(values: Many) -> list[str]:
    return [part.strip() for value in values or [] for part in value.split(",") if part.strip()]


def _codes(name: str, values: list[str]) -> list[str | None]:
    """Return codes for codes or names; ``null`` asks for records whose value is unknown."""
    from analytics.standard.names import members
    from analytics.standard.resolve import (
        resolve_area,
        resolve_industry,
        resolve_service,
    )

    resolvers = {
        "district": resolve_area,
        "client_district": resolve_area,
        "service": resolve_service,
        "industry": resolve_industry,
    }
    codes: list[str | None] = []
    for value in values:
        if value == "null":
            codes.append(None)
        elif value in members(name) or (not members(name)):
            codes.append(value)
        elif name in resolvers and (found := resolvers[name](value).code):
            codes.append(found)
        else:
            raise UserError(
                Text(zh=f"“{value}”不是 {name} 的取值。", en=f"‘{value}’ is not a value of {name}."),
                Text(
                    zh="可用取值：" + "、".join(members(name)),
                    en="Values: " + ", ".join(members(name)),
                ),
            )
    return codes


def _writer(output: str) -> Callable[[dict[str, Any]], None]:
    writers = {"json": _write_json, "csv": _write_csv, "table": _write_table}
    if output not in writers:
        raise UserError(
            Text(zh=f"没有“{output}”这种输出格式。", en=f"There is no format ‘{output}’."),
            Text(zh="可用：table、csv、json。", en="Use table, csv or json."),
        )
    return writers[output]


def _write_json(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False))


def _write_csv(answer: dict[str, Any]) -> None:
    rows = answer["rows"]
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _write_table(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from analytics.measures import registry
    from analytics.standard.names import name_of

    measure = registry.get(answer["meta"]["measure"])
    table = Table(title=f"{say(measure.name)}（{say(measure.unit)}）{answer['meta']['period']}")
    by = answer["meta"]["by"]
    for column in [*by, *([] if not answer["rows"] else [c for c in answer["rows"][0] if c not in by])]:
        table.add_column(column, justify="left" if column in by else "right")
    for row in answer["rows"]:
        table.add_row(
            *(name_of(name, row[name], language()) for name in by),
            *(_cell(value) for name, value in row.items() if name not in by),
        )
    Console().print(table)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4f}"
    return str(value)


def list_measures(
    as_json: Annotated[bool, typer.Option("--json", help="以 JSON 输出 | as JSON")] = False,
) -> None:
    """列出指标 | list the measures with unit, clauses and dimensions."""
    from analytics.measures.registry import all_measures

    if as_json:
        print(
            json.dumps(
                [
                    {
                        "key": m.key,
                        "kind": m.kind,
                        "unit": m.unit_code,
                        "name": {"zh": m.name.zh, "en": m.name.en},
                        "definition": {"zh": m.definition.zh, "en": m.definition.en},
                        "clauses": [clause.number for clause in m.clauses],
                        "dimensions": list(m.dimensions),
                    }
                    for m in all_measures()
                ],
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    for m in all_measures():
        clauses = ", ".join(clause.number for clause in m.clauses)
        print(f"{m.key:<32} {say(m.name)}（{say(m.unit)}）  {clauses}")
