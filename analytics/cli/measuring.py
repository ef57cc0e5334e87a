"""``ipdash measure`` and ``measures``: the figures pages show, as table, CSV or JSON."""

from __future__ import annotations

import csv
import inspect
import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any

import typer

from analytics.cli.asking import check_format, scope_in, without_pandas
from analytics.cli.speak import language, say
from analytics.core.errors import UserError
from analytics.core.inert import inert
from analytics.core.selection import Selection
from analytics.core.text import Text

Many = list[str] | None


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("measure")(measure)
    app.command("measures")(list_measures)


# What each filter says in ``--help``; the time dimensions are chosen by ``--period``.
_FILTERS = {
    "district": "提供方所在区域 district of the institution",
    "client_district": "服务对象所在区域 district of the client",
    "tier": "机构层级 tier",
    "institution": "机构编号 institution",
    "operator_type": "运营单位类型 operator type",
    "service": "服务事项 service",
    "service_group": "基础/特色 basic, special",
    "topic": "主题 topic",
    "ip_type": "知识产权类型 IP type",
    "channel": "服务方式 channel",
    "client_type": "服务对象类型 client type",
    "industry": "所属产业 industry",
    "key_tag": "重点企业标签 key tag",
    "township": "街道乡镇 township",
}


def with_filters(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each dimension that can be filtered by."""

    @wraps(command)
    def filtered(**given: Any) -> None:
        command(filters={name: given.pop(name) for name in _FILTERS}, **given)

    own = [p for p in inspect.signature(command, eval_str=True).parameters.values() if p.name != "filters"]
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_option(name))
        for name in _FILTERS
    ]
    filtered.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]  # any callable may bear one
    filtered.__annotations__ = {p.name: p.annotation for p in [*own, *options]}
    return filtered


def _option(name: str) -> Any:
    text = f"{_FILTERS[name]} | 可重复或用逗号分隔 repeat or separate by commas"
    return Annotated[list[str] | None, typer.Option(f"--{name.replace('_', '-')}", help=text)]


@with_filters
def measure(
    *,
    key: Annotated[str, typer.Argument(help="指标 | measure key, see `ipdash measures`")],
    by: Annotated[Many, typer.Option(help="分组维度 | dimensions; repeat or separate by commas")] = None,
    period: Annotated[
        str, typer.Option(help="时段 | period: 2026, 2026Q3, 2026-03, 2025-07..2026-06, last12, all")
    ] = "all",
    scope: Annotated[str, typer.Option(help="范围 | scope: city, district:110108, institution:ID")] = "city",
    with_interval: Annotated[
        bool, typer.Option("--interval", help="计数也给出区间 | an interval for counts too")
    ] = False,
    output: Annotated[str, typer.Option("--format", help="格式 | table, csv, json")] = "table",
    filters: dict[str, Many],
) -> None:
    """计算一个指标 | compute a measure, by any dimension, for any selection."""
    write = _writer(output)
    without_pandas()
    from analytics.measures import evaluate
    from analytics.store import open_store

    chosen = {name: codes_of(name, split(values)) for name, values in filters.items() if values}
    snapshot = open_store().snapshot()
    result = evaluate(
        snapshot,
        key,
        by=split(by),
        selection=Selection.of(period, **chosen),
        scope=scope_in(snapshot, scope),
        with_interval=with_interval,
    )
    write(result.as_dict())


def split(values: Many) -> list[str]:
    """Return the parts of options that were repeated or separated by commas."""
    return [part.strip() for value in values or [] for part in value.split(",") if part.strip()]


def codes_of(name: str, values: list[str]) -> list[str | None]:
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
    check_format(output, ("table", "csv", "json"))
    return writers[output]


def _write_json(answer: dict[str, Any]) -> None:
    print(json.dumps(answer, ensure_ascii=False))


def _write_csv(answer: dict[str, Any]) -> None:
    rows, by = answer["rows"], answer["meta"]["by"]
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    # Groups are words of ledgers, such as a topic; figures are numbers, also negative ones.
    writer.writerows({**row, **{name: inert(row[name]) for name in by}} for row in rows)
    # Beside the file, so that a program reads the table alone.
    for note in notes_of(answer["meta"]):
        print(note, file=sys.stderr)


def _write_table(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from analytics.measures import registry
    from analytics.standard.names import name_of

    declared = registry.get(answer["meta"]["measure"])
    table = Table(title=f"{say(declared.name)}（{say(declared.unit)}）{answer['meta']['period']}")
    by, rows = answer["meta"]["by"], answer["rows"]
    figures = [name for name in (rows[0] if rows else _HEADINGS) if name in _HEADINGS]
    for name in by:
        table.add_column(name)
    for name in figures:
        table.add_column(say(_HEADINGS[name]), justify="right")
    for row in rows:
        names = (name_of(name, row[name], language()) for name in by)
        table.add_row(*names, *(_cell(row, name, declared.unit_code) for name in figures))
    console = Console()
    console.print(table)
    for note in notes_of(answer["meta"]):
        console.print(note, highlight=False)


_INTERNAL = Text(zh="内部资料", en="Internal")
_SAMPLE = Text(
    zh="示例数据：数据为程序生成，不反映任何真实机构",
    en="示例数据 Sample data: invented, no real institution",
)
_SHARE = Text(zh="其中 {share:.1%} 来自月报汇总", en="{share:.1%} rests on monthly totals")
_LEFT_OUT = Text(
    zh="月报汇总没有所选维度，{count:,} 件次未计入",
    en="monthly totals lack the dimension: {count:,} services left out",
)
_WEEKDAYS = Text(
    zh="没有 {years} 年的节假日安排，工作日按周一至周五计",
    en="no statutory calendar for {years}: Monday to Friday count as working days",
)


def notes_of(meta: dict[str, Any]) -> list[str]:
    """Return what must be read with the figures: marks, and what they rest on."""
    notes = [_INTERNAL, *([_SAMPLE] if meta["sample_data"] else [])]
    if share := meta.get("totals_share"):
        notes.append(_SHARE.format(share=share))
    if count := meta.get("totals_left_out"):
        notes.append(_LEFT_OUT.format(count=count))
    if years := meta.get("workdays_by_weekday_only"):
        notes.append(_WEEKDAYS.format(years=", ".join(map(str, years))))
    return [say(note) for note in notes]


_HEADINGS = {
    "quantile": Text(zh="分位", en="quantile"),
    "value": Text(zh="数值", en="value"),
    "numerator": Text(zh="分子", en="numerator"),
    "denominator": Text(zh="分母", en="denominator"),
    "lower": Text(zh="区间下限", en="lower"),
    "upper": Text(zh="区间上限", en="upper"),
}


def _cell(row: dict[str, Any], name: str, unit: str) -> str:
    value = row[name]
    if row["masked"] and name == "value":
        return say(Text(zh="样本不足，不显示", en="too few, not shown"))
    if value is None:
        return ""
    if unit == "share" and name in ("value", "lower", "upper"):
        return f"{value:.1%}"
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


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
