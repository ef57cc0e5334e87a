"""``ipdash compare`` and ``signals``: fair comparison and what needs attention, for scripts."""

from __future__ import annotations

import csv
import json
import sys
from typing import Annotated, Any

import typer

from analytics.cli.asking import check_format, check_period, scope_in, without_pandas
from analytics.cli.measuring import Many, codes_of, notes_of, split, with_filters
from analytics.cli.speak import language, say
from analytics.core.inert import inert
from analytics.core.selection import Selection
from analytics.core.text import Text

_SCOPE = typer.Option(help="范围 | scope: city, district:110108, institution:ID")


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("compare")(compare)
    app.command("signals")(signals)


@with_filters
def compare(
    *,
    measure: Annotated[str, typer.Option("--measure", help="指标 | measure key, see `ipdash measures`")],
    unit: Annotated[str, typer.Option(help="比较对象 | district or institution")] = "district",
    period: Annotated[
        str, typer.Option(help="时段 | period: 2026, 2026Q3, 2026-03, 2025-07..2026-06, last12, all")
    ] = "all",
    peers: Annotated[
        str, typer.Option(help="与谁比较 | peers of an institution: all, tier, operator_type")
    ] = "all",
    by_client: Annotated[
        bool,
        typer.Option(
            "--by-client", help="按服务对象所在区域 | districts of the clients, not of the providers"
        ),
    ] = False,
    scope: Annotated[str, _SCOPE] = "city",
    output: Annotated[str, typer.Option("--format", help="格式 | table, csv, json")] = "table",
    filters: dict[str, Many],
) -> None:
    """公平比较：数值、预计、控制界限、收缩估计、排位区间 | compare units fairly, in the standard's order.

    地点筛选决定显示哪些单位，其余筛选决定统计哪些记录；参照始终是全市。
    Filters of place choose the units shown, others the records counted; the yardstick is the whole city.
    """
    check_format(output, ("table", "csv", "json"))
    without_pandas()
    from analytics.comparison.compare import compare as compared
    from analytics.store import open_store

    chosen = {name: codes_of(name, split(values)) for name, values in filters.items() if values}
    snapshot = open_store().snapshot()
    check_period(snapshot, period)
    answer = compared(
        snapshot,
        measure,
        unit,  # type: ignore[arg-type]  # compare itself says which units there are
        scope=scope_in(snapshot, scope),
        selection=Selection.of(period, **chosen),
        peers=peers,  # type: ignore[arg-type]
        by_client=by_client,
    )
    if output == "json":
        print(json.dumps(answer.as_dict(), ensure_ascii=False))
    elif output == "csv":
        _write_csv(answer.rows, answer.meta)
    else:
        _write_comparison(answer.rows, answer.meta, answer.measure.name, answer.measure.unit_code)


def signals(
    *,
    month: Annotated[str | None, typer.Option(help="月份 | YYYY-MM; the last full month")] = None,
    scope: Annotated[str, _SCOPE] = "city",
    output: Annotated[str, typer.Option("--format", help="格式 | table, json")] = "table",
) -> None:
    """重点关注事项，均待核实 | what needs attention, new or continuing, to be confirmed."""
    check_format(output, ("table", "json"))
    without_pandas()
    from analytics.comparison.signals import signals as found
    from analytics.store import open_store

    snapshot = open_store().snapshot()
    reader = scope_in(snapshot, scope)
    listed = found(snapshot, scope=reader, month=month)
    meta = {
        "scope": str(reader),
        "month": month or snapshot.about.get("last_full_month"),
        "data_version": snapshot.version,
        "data_until": snapshot.about.get("data_until"),
        "sample_data": snapshot.is_sample,
    }
    if output == "json":
        rows = [signal.as_dict() for signal in listed]
        print(json.dumps({"meta": meta, "signals": rows}, ensure_ascii=False))
        return
    _write_signals(listed, meta)


def _write_csv(rows: list[dict[str, Any]], meta: dict[str, Any]) -> None:
    """Write a row a unit; pairs become two columns, texts the reader's language."""
    flat = [_flat(row) for row in rows]
    writer = csv.DictWriter(sys.stdout, fieldnames=list(flat[0]) if flat else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    for note in [*notes_of(meta), meta["expected_note"][language()]]:
        print(note, file=sys.stderr)


_PAIRS = ("interval", "ratio_interval", "shrunk_interval", "rank_interval")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if name in _PAIRS:
            flat[f"{name}_lower"], flat[f"{name}_upper"] = value or (None, None)
        elif name == "funnel_limits":
            for level in ("95", "99.8"):
                bounds = (value or {}).get(level) or (None, None)
                flat[f"limit_{level}_lower"], flat[f"limit_{level}_upper"] = bounds
        elif isinstance(value, dict):
            flat[name] = inert(value[language()])
        else:
            flat[name] = inert(value) if isinstance(value, str) else value
    return flat


_HEADINGS = {
    "name": Text(zh="单位", en="unit"),
    "value": Text(zh="数值", en="value"),
    "n": Text(zh="统计数", en="n"),
    "interval": Text(zh="区间", en="interval"),
    "expected_value": Text(zh="预计", en="expected"),
    "ratio": Text(zh="实际/预计", en="ratio"),
    "zone": Text(zh="控制界限", en="limits"),
    "shrunk_value": Text(zh="收缩估计", en="shrunk"),
    "rank_interval": Text(zh="排位区间", en="rank interval"),
    "reason": Text(zh="说明", en="note"),
}
_ZONES = {
    "in": Text(zh="界限内", en="within"),
    "beyond_95": Text(zh="95% 界限外", en="beyond 95 %"),
    "beyond_99.8": Text(zh="99.8% 界限外", en="beyond 99.8 %"),
}
_SIDES = {"low": Text(zh="，偏低", en=", low"), "high": Text(zh="，偏高", en=", high")}


def _write_comparison(rows: list[dict[str, Any]], meta: dict[str, Any], name: Text, unit: str) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{say(name)} {meta['period']}")
    for heading in _HEADINGS.values():
        table.add_column(say(heading))
    for row in rows:
        table.add_row(*_cells(row, unit))
    console = Console()
    # Piped into a file there is no terminal whose width would cut the figures.
    console = console if console.is_terminal else Console(width=180)
    console.print(table)
    for note in [*notes_of(meta), meta["expected_note"][language()]]:
        console.print(note, highlight=False)


def _cells(row: dict[str, Any], unit: str) -> list[str]:
    zone = "" if row["funnel_zone"] is None else say(_ZONES[row["funnel_zone"]])
    side = "" if row["funnel_side"] is None else say(_SIDES[row["funnel_side"]])
    ranks = row["rank_interval"]
    return [
        row["name"][language()],
        _figure(row["value"], unit),
        "" if row["n"] is None else f"{row['n']:,}",
        "" if row["interval"] is None else "–".join(_figure(part, unit) for part in row["interval"]),
        _figure(row["expected_value"], unit),
        "" if row["ratio"] is None else f"{row['ratio']:.2f}",
        zone + side,
        _figure(row["shrunk_value"], unit),
        "" if ranks is None else f"{ranks[0]}–{ranks[1]}",
        "" if row["reason"] is None else row["reason"][language()],
    ]


def _figure(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"


_STATES = {
    "new": Text(zh="新增", en="new"),
    "continuing": Text(zh="持续", en="continuing"),
    "gone": Text(zh="本月已无", en="gone"),
}


def _write_signals(listed: list[Any], meta: dict[str, Any]) -> None:
    """Print a line a signal: state, sentence, since when, what to do."""
    heading = Text(zh="重点关注事项 {month}（均{status}）", en="For attention {month} ({status})")
    status = Text(zh="待核实", en="to be confirmed")
    print(say(heading.format(month=meta["month"] or "", status=status)))
    since = Text(zh="（自 {month}）", en=" (since {month})")
    for signal in listed:
        print(f"[{say(_STATES[signal.state])}] {say(signal.sentence)}{say(since.format(month=signal.since))}")
        if signal.state != "gone":
            print(f"    → {say(signal.action)}")
    if not listed:
        print(say(Text(zh="没有需要关注的事项。", en="Nothing needs attention.")))
    for note in notes_of(meta):
        print(note)
