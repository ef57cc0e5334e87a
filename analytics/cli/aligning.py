"""``ipdash alignment``: whether services follow priority industries, for scripts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from analytics.cli.asking import check_format, scope_in, without_pandas
from analytics.cli.measuring import Many, codes_of, split, with_filters
from analytics.cli.speak import language, say
from analytics.core.selection import Selection
from analytics.core.text import Language, Text

_HEADINGS = (
    Text(zh="区域", en="Area"),
    Text(zh="重点产业占比", en="Share of priority industries"),
    Text(zh="按企业结构预计", en="Expected from the clients there are"),
    Text(zh="填有产业的服务件次", en="Services with a known industry"),
    Text(zh="服务明显不足的重点产业", en="Priority industries clearly short of services"),
)


def add_to(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("alignment")(alignment)


@with_filters
def alignment(
    *,
    period: Annotated[
        str, typer.Option(help="时段 | period: 2026, 2026Q3, 2026-03, 2025-07..2026-06, last12, all")
    ] = "last12",
    by_client: Annotated[
        bool,
        typer.Option("--by-client", help="按服务对象所在区域 | areas of the clients, not of the providers"),
    ] = False,
    scope: Annotated[str, typer.Option(help="范围 | scope: city, district:110108, institution:ID")] = "city",
    output: Annotated[str, typer.Option("--format", help="格式 | table, json")] = "table",
    filters: dict[str, Many],
) -> None:
    """产业对接：服务是否跟上各区重点产业 | whether services follow each area's priority industries."""
    check_format(output, ("table", "json"))
    without_pandas()
    from analytics.alignment import alignment as aligned
    from analytics.store import open_store

    chosen = {name: codes_of(name, split(values)) for name, values in filters.items() if values}
    snapshot = open_store().snapshot()
    found = aligned(
        snapshot,
        scope=scope_in(snapshot, scope),
        selection=Selection.of(period, **chosen),
        by_client=by_client,
    )
    if output == "json":
        print(json.dumps(found.as_dict(), ensure_ascii=False))
        return
    _write(found.meta, found.areas)


def _write(meta: dict[str, Any], areas: list[dict[str, Any]]) -> None:
    spoken = language()
    if meta["sample_data"]:
        say(Text(zh="示例数据", en="Sample data"))
    print("\t".join(heading.get(spoken) for heading in _HEADINGS))
    for area in areas:
        print("\t".join(_line(area, spoken)))


def _line(area: dict[str, Any], spoken: Language) -> list[str]:
    from analytics.standard.names import name_of

    gaps = [name_of("industry", one["industry"], spoken) for one in area["industries"] if one["is_gap"]]
    if area["share"] is None:
        share = Text(zh="样本不足，不显示", en="too few, not shown").get(spoken) if area["masked"] else "—"
    else:
        low, high = area["interval"]
        share = f"{area['share']:.1%}（{low:.1%}–{high:.1%}）"
    expected = "—" if area["expected_share"] is None else f"{area['expected_share']:.1%}"
    return [
        name_of("district", area["district"], spoken),
        share,
        expected,
        str(area["services"]),
        "、".join(gaps),
    ]
