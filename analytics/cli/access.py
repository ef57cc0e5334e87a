"""``ipdash underserved`` and ``site``: where services do not reach, and where to open next."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.access_files import read_candidates, read_changes, read_travel_minutes, save, write_table
from analytics.cli.asking import check_format, scope_in, without_pandas
from analytics.cli.siting import OBJECTIVES, site_answer, site_table
from analytics.cli.speak import say
from analytics.core.errors import UserError
from analytics.core.selection import Scope
from analytics.core.text import Text
from analytics.store import open_store
from analytics.store.snapshot import Snapshot

AREA_COLUMNS = (
    "area_id",
    "flagged",
    "access",
    "catchment_m",
    "zone_id",
    "unmet_demand",
    "stability",
    "reason",
)
STATION_COLUMNS = (
    "institution_id",
    "flagged",
    "confirmed",
    "watch",
    "signal",
    "observed",
    "expected",
    "lower",
    "upper",
    "n",
    "peer_group",
    "reason",
)
_AS_OF = Annotated[
    str | None, typer.Option("--as-of", help="截至日期，默认数据截止日 | as of a day: 2026-10-31")
]
_MINUTES = Annotated[
    Path | None,
    typer.Option(
        "--minutes",
        help="出行时间表 CSV：origin,destination,minutes | travel minutes by area and institution",
    ),
]


_SCOPE = Annotated[
    str, typer.Option(help="谁在问：city、district:代码、institution:编号 | who asks; city unless said")
]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("underserved")(underserved)
    app.command("site")(site)


def underserved(
    *,
    areas: Annotated[Path, typer.Option(help="片区结果 CSV | where to write the areas")],
    stations: Annotated[Path, typer.Option(help="站点结果 CSV | where to write the stations")],
    zones: Annotated[Path | None, typer.Option(help="短板片区 GeoJSON | where to write the zones")] = None,
    as_of: _AS_OF = None,
    minutes: _MINUTES = None,
    scope: _SCOPE = "city",
) -> None:
    """找出服务覆盖短板：片区和站点 | find under-served areas and stations that differ from their peers."""
    snapshot = open_store().snapshot()
    reader = scope_in(snapshot, scope)
    day = _day(as_of, snapshot)
    without_pandas()
    from analytics.coverage.areas import find_underserved
    from analytics.coverage.inputs import read_inputs
    from analytics.coverage.stations import report_stations

    inputs = read_inputs(snapshot, as_of=day, minutes=read_travel_minutes(minutes), scope=reader)
    report = report_stations(snapshot, as_of=day)
    _allow_pandas()
    result = find_underserved(inputs, scope=reader)
    write_table(areas, AREA_COLUMNS, _area_rows(result))
    write_table(stations, STATION_COLUMNS, _station_rows(report, reader))
    if zones is not None:
        save(zones, json.dumps(_geojson(result, snapshot), ensure_ascii=False, indent=1))
    _summary(result, report, snapshot, reader)


def site(
    *,
    k: Annotated[int, typer.Option("--k", help="新设站点数 | how many stations to open")] = 0,
    candidates: Annotated[
        Path | None,
        typer.Option(
            help="候选点 CSV：candidate_id,lon,lat[,name]（WGS-84）| candidates; default: demand points"
        ),
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option("--close", help="推演：关闭的机构编号，可多次 | close a station; repeatable"),
    ] = None,
    capacity: Annotated[
        list[str] | None,
        typer.Option("--capacity", help="推演：机构编号=年服务能力，可多次 | other capacity, ID=N"),
    ] = None,
    open_at: Annotated[
        list[str] | None,
        typer.Option("--open", help="推演：新设 经度,纬度[=年服务能力]，可多次 | open, LON,LAT[=N]"),
    ] = None,
    objective: Annotated[
        str,
        typer.Option(
            help="目标：covering 最大覆盖，distance p-中位（到最近站点的距离最短）| covering: maximal "
            "covering; distance: p-median"
        ),
    ] = "covering",
    as_of: _AS_OF = None,
    minutes: _MINUTES = None,
    scope: _SCOPE = "city",
    seconds: Annotated[float, typer.Option(help="求解时限（秒）| time limit of the search")] = 60.0,
    output: Annotated[str, typer.Option("--format", help="格式 | json, table")] = "table",
) -> None:
    """新站选址和布局推演 | where k new stations would reach most unmet demand, and what changes would do."""
    check_format(output, ("json", "table"))
    if objective not in OBJECTIVES:
        raise UserError(*_NO_OBJECTIVE)
    if k < 0 or not seconds >= 0.0:
        raise UserError(*_BELOW_NOTHING)
    asked = read_changes(close or [], capacity or [], open_at or [])
    if not k and not any(asked):
        raise UserError(*_NOTHING_ASKED)
    chosen = None if candidates is None else read_candidates(candidates)
    snapshot = open_store().snapshot()
    reader = scope_in(snapshot, scope)
    without_pandas()
    from analytics.coverage.areas import find_underserved
    from analytics.coverage.inputs import read_inputs

    travel = read_travel_minutes(minutes)
    inputs = read_inputs(snapshot, as_of=_day(as_of, snapshot), minutes=travel, scope=reader)
    _allow_pandas()
    result = find_underserved(inputs, scope=reader)
    answer = site_answer(
        result,
        asked,
        k,
        objective=objective,
        candidates=chosen,
        seconds=seconds,
        snapshot=snapshot,
    )
    print(json.dumps(answer, ensure_ascii=False) if output == "json" else site_table(answer))


def _allow_pandas() -> None:
    # While pandas is marked as missing, scikit-learn does without it: half a second less.
    importlib.import_module("sklearn.cluster")
    # Later it looks pandas up among the loaded modules, and would take the mark for the module.
    if sys.modules.get("pandas", "") is None:
        sys.modules.pop("pandas")


def _day(text: str | None, snapshot: Snapshot) -> date | None:
    try:
        return date.fromisoformat(text or snapshot.about["data_until"])
    except KeyError:
        return None
    except ValueError as error:
        raise UserError(
            Text(f"日期“{text}”无法识别。", f"The date ‘{text}’ is not understood."),
            Text("请写成 2026-10-31。", "Write it as 2026-10-31."),
        ) from error


def _area_rows(result: Any) -> Iterable[tuple[Any, ...]]:
    from analytics.coverage.areas import area_reason

    found = result.areas
    for place, row in enumerate(result.inputs.points):
        if not result.seen[place]:
            continue
        zone = int(found.zone[place])
        yield (
            row["area_id"],
            int(zone >= 0),
            f"{found.reached.access[place]:.6g}",
            round(1000 * found.reach_km[place]),
            f"Z{zone + 1}" if zone >= 0 else "",
            f"{found.short.unmet[place]:.1f}",
            f"{result.stability.areas[place]:.3f}",
            say(area_reason(result, place)),
        )


def _is_seen(row: dict[str, Any], reader: Scope) -> bool:
    return reader.kind == "city" or reader.code in (row["district"], row["institution_id"])


def _station_rows(report: Any, reader: Scope) -> Iterable[tuple[Any, ...]]:
    from analytics.coverage.stations import station_reason

    judging = [report.signals["satisfaction"], report.signals["response"]]
    for place, row in enumerate(report.stations):
        if not _is_seen(row, reader):
            continue
        confirmed = any(bool(signal.confirmed[place]) for signal in judging)
        watch = not confirmed and any(bool(signal.watch[place]) for signal in judging)
        name = report.leading[place]
        signal = report.signals[name] if name else None
        figures = ("observed", "expected", "lower", "upper")
        yield (
            row["institution_id"],
            int(confirmed or watch),
            int(confirmed),
            int(watch),
            name,
            *("" if signal is None else f"{getattr(signal, figure)[place]:.6g}" for figure in figures),
            "" if signal is None else int(signal.n[place]),
            say(report.peer_groups[place].told),
            say(station_reason(report, place)),
        )


def _geojson(result: Any, snapshot: Snapshot) -> dict[str, Any]:
    features = [
        {
            "type": "Feature",
            "geometry": zone.outline,
            "properties": {
                "zone_id": zone.zone_id,
                "name": say(zone.name),
                "cause": zone.cause,
                "demand": zone.demand,
                "unmet_demand": round(zone.unmet, 1),
                "areas": [result.inputs.points[int(place)]["area_id"] for place in zone.points],
                "nearest_stations": [{"name": name, "road_km": round(km, 2)} for name, km in zone.nearest],
                "stability": round(zone.stability, 3),
                "confirmed_by_local_moran": round(zone.cold, 3),
                "reason": say(zone.reason),
            },
        }
        for zone in result.zones
    ]
    notes = [say(note) for note in result.inputs.notes]
    return {
        "type": "FeatureCollection",
        "features": features,
        "notes": notes,
        "sample_data": snapshot.is_sample,
    }


def _summary(result: Any, report: Any, snapshot: Snapshot, reader: Scope) -> None:
    flags = result.areas.flagged & result.seen
    flagged = int(flags.sum())
    every = float(result.inputs.demand[result.seen].sum())
    share = float(result.inputs.demand[flags].sum()) / every if every else 0.0
    print(say(_FOUND.format(count=flagged, zones=len(result.zones), share=share, gini=result.gini)))
    for zone in result.zones:
        print(f"{zone.zone_id} {say(zone.name)}：{say(zone.reason)}")
    judging = (report.signals["satisfaction"], report.signals["response"])
    own = [_is_seen(row, reader) for row in report.stations]
    confirmed = (judging[0].confirmed | judging[1].confirmed) & own
    watch = (judging[0].flagged | judging[1].flagged) & ~confirmed & own
    print(say(_STATIONS.format(confirmed=int(confirmed.sum()), watch=int(watch.sum()), all=sum(own))))
    marks = [_SAMPLE] if snapshot.is_sample else []
    for note in [*marks, *result.inputs.notes, *report.notes, _CAVEAT]:
        print(say(note))


_FOUND = Text(
    "短板片区 {zones} 处，涉及 {count} 个需求点，占全部需求 {share:.1%}；可及性基尼系数 {gini:.2f}。",
    "{zones} under-served zones with {count} demand points, {share:.1%} of all demand; "
    "Gini of access {gini:.2f}.",
)
_STATIONS = Text(
    "站点：{all} 家中，显著偏离同类 {confirmed} 家，关注 {watch} 家（满意率或响应时长，均待核实）。",
    "Stations: of {all}, {confirmed} clearly apart from their peers and {watch} to be watched (satisfaction "
    "or response time, all to be verified).",
)
_SAMPLE = Text(
    "示例数据：数据为程序生成，不反映任何真实机构", "示例数据 Sample data: invented, no real institution"
)
_CAVEAT = Text(
    "距离为直线距离×1.324，山区会偏短；市界以外的供给没有计入；结果与片区划分有关。",
    "Distance is the straight line × 1.324, too short in the mountains; supply beyond the city border is not "
    "counted; results depend on how areas are drawn.",
)
_NOTHING_ASKED = (
    Text("没有说明要推演什么。", "Nothing was asked for."),
    Text(
        "请给出 --k（新设几个），或 --close、--capacity、--open（推演哪些调整）。",
        "Give --k (how many to open), or --close, --capacity, --open (what to try out).",
    ),
)
_NO_OBJECTIVE = (
    Text("没有这种选址目标。", "There is no such objective."),
    Text(
        "--objective 可选 covering（最大覆盖）或 distance（p-中位）。",
        "--objective is covering (maximal covering) or distance (p-median).",
    ),
)
_BELOW_NOTHING = (
    Text("--k 和 --seconds 不能小于 0。", "--k and --seconds cannot be below 0."),
    Text("请写 0 或更大的数。", "Give 0 or more."),
)
