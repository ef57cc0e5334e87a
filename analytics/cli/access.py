"""``ipdash underserved`` and ``site``: where services do not reach, and where to open next."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from analytics.cli.access_files import read_candidates, read_travel_minutes, save, write_table
from analytics.cli.asking import check_format, without_pandas
from analytics.cli.speak import say, tell
from analytics.core.errors import UserError
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
) -> None:
    """找出服务覆盖短板：片区和站点 | find under-served areas and stations that differ from their peers."""
    snapshot = open_store().snapshot()
    day = _day(as_of, snapshot)
    without_pandas()
    from analytics.coverage.areas import find_underserved
    from analytics.coverage.inputs import read_inputs
    from analytics.coverage.stations import report_stations

    travel = read_travel_minutes(minutes)
    inputs = read_inputs(snapshot, as_of=day, minutes=travel)
    report = report_stations(snapshot, as_of=day)
    _allow_pandas()
    result = find_underserved(inputs)
    write_table(areas, AREA_COLUMNS, _area_rows(result))
    write_table(stations, STATION_COLUMNS, _station_rows(report))
    if zones is not None:
        save(zones, json.dumps(_geojson(result, snapshot), ensure_ascii=False, indent=1))
    _summary(result, report, snapshot)


def site(
    *,
    k: Annotated[int, typer.Option("--k", min=1, help="新设站点数 | how many stations to open")],
    candidates: Annotated[
        Path | None,
        typer.Option(
            help="候选点 CSV：candidate_id,lon,lat[,name]（WGS-84）| candidates; default: demand points"
        ),
    ] = None,
    as_of: _AS_OF = None,
    minutes: _MINUTES = None,
    seconds: Annotated[float, typer.Option(help="求解时限（秒）| time limit of the search")] = 60.0,
    output: Annotated[str, typer.Option("--format", help="格式 | json, table")] = "table",
) -> None:
    """新站选址：哪 k 处覆盖最多未满足需求 | where k new stations would reach most unmet demand."""
    check_format(output, ("json", "table"))
    chosen = None if candidates is None else read_candidates(candidates)
    snapshot = open_store().snapshot()
    without_pandas()
    from analytics.coverage.areas import find_underserved
    from analytics.coverage.inputs import read_inputs
    from analytics.coverage.openings import choose_openings

    travel = read_travel_minutes(minutes)
    inputs = read_inputs(snapshot, as_of=_day(as_of, snapshot), minutes=travel)
    _allow_pandas()
    result = find_underserved(inputs)
    found = choose_openings(result, k, candidates=chosen, seconds=seconds, tell=_told)
    answer = _site_answer(result, found, k, snapshot)
    print(json.dumps(answer, ensure_ascii=False) if output == "json" else _site_table(answer))


def _allow_pandas() -> None:
    # scikit-learn looks pandas up among the loaded modules, and would take the mark for the module.
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


def _station_rows(report: Any) -> Iterable[tuple[Any, ...]]:
    from analytics.coverage.stations import station_reason

    judging = [report.signals["satisfaction"], report.signals["response"]]
    for place, row in enumerate(report.stations):
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
            report.peer_groups[place],
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


def _summary(result: Any, report: Any, snapshot: Snapshot) -> None:
    found = result.areas
    flagged = int(found.flagged.sum())
    share = float(result.inputs.demand[found.flagged].sum() / result.inputs.demand.sum())
    print(say(_FOUND.format(count=flagged, zones=len(result.zones), share=share, gini=result.gini)))
    for zone in result.zones:
        print(f"{zone.zone_id} {say(zone.name)}：{say(zone.reason)}")
    judging = (report.signals["satisfaction"], report.signals["response"])
    confirmed = judging[0].confirmed | judging[1].confirmed
    watch = (judging[0].flagged | judging[1].flagged) & ~confirmed
    print(
        say(
            _STATIONS.format(confirmed=int(confirmed.sum()), watch=int(watch.sum()), all=len(report.stations))
        )
    )
    marks = [_SAMPLE] if snapshot.is_sample else []
    for note in [*marks, *result.inputs.notes, *report.notes, _CAVEAT]:
        print(say(note))


def _site_answer(result: Any, found: Any, k: int, snapshot: Snapshot) -> dict[str, Any]:
    siting = found.siting
    sites = [
        {"order": order, **found.candidates[int(place)], "gain": round(float(gain), 1)}
        for order, (place, gain) in enumerate(zip(siting.sites, siting.gains, strict=True), start=1)
    ]
    return {
        "meta": {
            "k": k,
            "candidates": len(found.candidates),
            "candidates_at_least_km_apart": found.thinned_to_km,
            "objective": "unmet demand within reach of a new station",
            "method": siting.method,
            "proven_optimal": siting.proven,
            "bound": round(siting.bound, 1),
            "demand": result.inputs.demand_rule,
            "supply": result.inputs.supply_rules,
            "data_until": snapshot.about.get("data_until"),
            "sample_data": snapshot.is_sample,
            "notes": [say(note) for note in result.inputs.notes],
        },
        "unmet_demand": round(found.unmet, 1),
        "covered": round(siting.covered, 1),
        "sites": sites,
        "effect": {
            "capacity_of_a_new_station": found.capacity,
            **_effect(found.effect),
        },
    }


def _effect(effect: Any) -> dict[str, Any]:
    from analytics.coverage.rearrangement import robustness

    return {
        "unmet_demand_before": round(effect.unmet_before, 1),
        "unmet_demand_after": round(effect.unmet_after, 1),
        "demand_relieved": round(effect.relieved, 1),
        "demand_worsened": round(effect.worsened, 1),
        "demand_newly_in_reach": round(effect.newly_in_reach, 1),
        "demand_losing_reach": round(effect.lost_reach, 1),
        "unmet_change_by_settings": [round(float(share), 3) for share in effect.by_settings],
        "robustness": say(robustness(effect)),
    }


def _site_table(answer: dict[str, Any]) -> str:
    meta = answer["meta"]
    proof = _PROVEN if meta["proven_optimal"] else _GREEDY if meta["method"] == "greedy" else _STOPPED
    head = _SITES.format(unmet=answer["unmet_demand"], covered=answer["covered"], proof=proof)
    lines = [say(head)]
    for row in answer["sites"]:
        lines.append(f"{row['order']}. {row['name'] or row['candidate_id']}  +{row['gain']:,.0f}")
    return "\n".join([*lines, answer["effect"]["robustness"], *meta["notes"]])


def _told(progress: Any) -> None:
    tell(_PROGRESS.format(seconds=progress.seconds, best=progress.best, bound=progress.bound))


_FOUND = Text(
    "短板片区 {zones} 处，涉及 {count} 个需求点，占全部需求 {share:.1%}；可及性基尼系数 {gini:.2f}。",
    "{zones} under-served zones with {count} demand points, {share:.1%} of all demand; "
    "Gini of access {gini:.2f}.",
)
_STATIONS = Text(
    "站点：{all} 家中，确认 {confirmed} 家，关注 {watch} 家（满意率或响应时长）。",
    "Stations: of {all}, {confirmed} confirmed and {watch} to be watched (satisfaction or response time).",
)
_SAMPLE = Text(
    "示例数据：数据为程序生成，不反映任何真实机构", "示例数据 Sample data: invented, no real institution"
)
_CAVEAT = Text(
    "距离为直线距离×1.324，山区会偏短；市界以外的供给没有计入；结果与片区划分有关。",
    "Distance is the straight line × 1.324, too short in the mountains; supply beyond the city border is not "
    "counted; results depend on how areas are drawn.",
)
_PROGRESS = Text(
    "已用 {seconds:.0f} 秒：目前最好 {best:,.0f}，上限 {bound:,.0f}（按 Ctrl+C 停止）",
    "{seconds:.0f} s: best so far {best:,.0f}, at most {bound:,.0f} (Ctrl+C stops)",
)
_SITES = Text(
    "未满足需求 {unmet:,.0f}，所选新站可覆盖 {covered:,.0f}（{proof}）：",
    "Unmet demand {unmet:,.0f}; the sites chosen reach {covered:,.0f} ({proof}):",
)
_PROVEN = Text("已证明最优", "proven optimal")
_GREEDY = Text("贪心解，未证明最优", "a greedy answer, not proven optimal")
_STOPPED = Text("时限内最好的解，未证明最优", "the best within the time, not proven optimal")
