"""What ``ipdash site`` answers: sites with their gains, and what access would be with them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from analytics.cli.access_files import Changes
from analytics.cli.speak import say, tell
from analytics.core.text import Text
from analytics.store.snapshot import Snapshot

# A line of progress is told this often.
_TELL_EVERY_S = 2.0
OBJECTIVES = {
    "covering": "maximal covering: unmet demand of under-served zones within reach of a new station",
    "distance": "p-median: demand times road km to the nearest station, existing stations fixed",
}


def site_answer(
    result: Any,
    asked: Changes,
    k: int,
    *,
    objective: str,
    candidates: list[dict[str, Any]] | None,
    seconds: float,
    snapshot: Snapshot,
) -> dict[str, Any]:
    """Return sites and effect as plain data; the changes asked for come before the k sites.

    Ctrl+C during the search ends it with the best choice so far.
    """
    from analytics.coverage.openings import choose_openings, choose_shortest_ways, usual_capacity
    from analytics.coverage.rearrangement import Change, Opening, rearrange

    usual = usual_capacity(result)
    opened = tuple(Opening(lon, lat, usual if able is None else able) for lon, lat, able in asked.opened)
    change = Change(opened, asked.closed, asked.capacity)
    answer: dict[str, Any] = {"meta": _meta(result, snapshot, k), "unmet_demand": None, "sites": []}
    if not k:
        effect = rearrange(result, change)
        answer["unmet_demand"] = round(effect.unmet_before, 1)
    else:
        with _stoppable() as is_stopped:
            found = (choose_openings if objective == "covering" else choose_shortest_ways)(
                result,
                k,
                candidates=candidates,
                change=change,
                seconds=seconds,
                tell=_Teller(),
                stop=is_stopped,
            )
        effect, siting = found.effect, found.siting
        answer["meta"] |= {
            "candidates": len(found.candidates),
            "candidates_at_least_km_apart": found.thinned_to_km,
            "objective": OBJECTIVES[objective],
            "method": siting.method,
            "proven_optimal": siting.proven,
            "bound": round(siting.bound, 1),
        }
        if siting.sites.size < k:
            fewer = _FEWER.format(k=k, count=siting.sites.size, candidates=len(found.candidates))
            answer["meta"]["notes"].append(say(fewer))
        answer["unmet_demand"] = round(found.unmet, 1)
        if found.mean_km is None:
            answer["covered"] = round(siting.covered, 1)
        else:
            answer["demand_km_saved"] = round(siting.covered, 1)
            answer["mean_km_before"], answer["mean_km_after"] = (round(km, 3) for km in found.mean_km)
        gains = zip(siting.sites, siting.gains, found.enterprises, strict=True)
        answer["sites"] = [
            {
                "order": order,
                **found.candidates[int(place)],
                "gain": round(float(gain), 1),
                "enterprises": round(float(added), 1),
            }
            for order, (place, gain, added) in enumerate(gains, start=1)
        ]
    answer["change"] = {
        "opened": [{"lon": lon, "lat": lat, "capacity": able or usual} for lon, lat, able in asked.opened],
        "closed": list(asked.closed),
        "capacity": dict(asked.capacity),
    }
    answer["effect"] = {"capacity_of_a_new_station": usual, **_effect(effect)}
    return answer


def site_table(answer: dict[str, Any]) -> str:
    """Return the answer as lines to read."""
    meta, effect = answer["meta"], answer["effect"]
    lines = [say(_SAMPLE)] if meta["sample_data"] else []
    if meta["k"]:
        proof = _PROVEN if meta["proven_optimal"] else _GREEDY if meta["method"] == "greedy" else _STOPPED
        lines.append(say((_SITES if "covered" in answer else _SHORTER).format(**answer, proof=proof)))
    gained = _GAIN if "covered" in answer else _GAIN_KM
    for row in answer["sites"]:
        values = {"gain": row["gain"], "enterprises": row["enterprises"]}
        lines.append(f"{row['order']}. {row['name'] or row['candidate_id']}  {say(gained.format(**values))}")
    figures = {name: effect[name] for name in _EFFECT_FIGURES}
    return "\n".join([*lines, say(_EFFECT.format(**figures)), effect["robustness"], *meta["notes"]])


def _meta(result: Any, snapshot: Snapshot, k: int) -> dict[str, Any]:
    return {
        "k": k,
        "scope": str(result.scope),
        "demand": result.inputs.demand_rule,
        "supply": result.inputs.supply_rules,
        "data_until": snapshot.about.get("data_until"),
        "sample_data": snapshot.is_sample,
        "notes": [say(note) for note in result.inputs.notes],
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


class _Teller:
    """Tells how far the search is, a line every two seconds."""

    def __init__(self) -> None:
        self._last = monotonic()

    def __call__(self, progress: Any) -> None:
        if monotonic() - self._last >= _TELL_EVERY_S:
            self._last = monotonic()
            tell(_PROGRESS.format(seconds=progress.seconds, best=progress.best, bound=progress.bound))


@contextmanager
def _stoppable() -> Iterator[Any]:
    """Let Ctrl+C end the search and not the command; a second one ends the command."""
    stopped: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        # Only the main thread hears signals.
        yield lambda: False
        return

    def stop(number: int, _frame: Any) -> None:
        if stopped:
            raise KeyboardInterrupt
        stopped.append(number)

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield lambda: bool(stopped)
    finally:
        signal.signal(signal.SIGINT, before)


_SAMPLE = Text(
    "示例数据：数据为程序生成，不反映任何真实机构", "示例数据 Sample data: invented, no real institution"
)
_PROGRESS = Text(
    "已用 {seconds:.0f} 秒：目前最好 {best:,.0f}，上限 {bound:,.0f}（按 Ctrl+C 停止，用目前最好的解）",
    "{seconds:.0f} s: best so far {best:,.0f}, at most {bound:,.0f} (Ctrl+C stops with the best so far)",
)
_SITES = Text(
    "最大覆盖：短板片区未满足需求 {unmet_demand:,.0f}，所选新站可覆盖 {covered:,.0f}（{proof}）：",
    "Maximal covering: unmet demand of the zones {unmet_demand:,.0f}; the sites chosen reach {covered:,.0f} "
    "({proof}):",
)
_SHORTER = Text(
    "p-中位：到最近站点的平均距离（按需求加权）由 {mean_km_before:.2f} 公里缩短为 {mean_km_after:.2f} 公里"
    "（{proof}）：",
    "p-median: the mean distance to the nearest station, by demand, falls from {mean_km_before:.2f} to "
    "{mean_km_after:.2f} km ({proof}):",
)
_GAIN_KM = Text(
    "减少 {gain:,.0f} 家·公里，企业 {enterprises:,.0f} 家离站点更近",
    "−{gain:,.0f} enterprise-km, nearer to {enterprises:,.0f} enterprises",
)
_FEWER = Text(
    "要求新设 {k} 个，只选出 {count} 个：{candidates} 个候选点中其余的不再带来改善。",
    "{k} were asked for and {count} are chosen: the others of {candidates} candidates would add nothing.",
)
_GAIN = Text(
    "新增覆盖未满足需求 {gain:,.0f}，企业 {enterprises:,.0f} 家",
    "+{gain:,.0f} of unmet demand, {enterprises:,.0f} enterprises",
)
_PROVEN = Text("已证明最优", "proven optimal")
_GREEDY = Text("贪心解，未证明最优", "a greedy answer, not proven optimal")
_STOPPED = Text("停止或到时前最好的解，未证明最优", "the best before it ended, not proven optimal")
_EFFECT_FIGURES = (
    "unmet_demand_before",
    "unmet_demand_after",
    "demand_relieved",
    "demand_newly_in_reach",
    "demand_worsened",
    "demand_losing_reach",
)
_EFFECT = Text(
    "未满足需求由 {unmet_demand_before:,.0f} 变为 {unmet_demand_after:,.0f}；企业 {demand_relieved:,.0f} 家的"
    "可及性不再偏低，{demand_newly_in_reach:,.0f} 家首次有站点可及；{demand_worsened:,.0f} 家降到偏低，"
    "{demand_losing_reach:,.0f} 家失去所有站点。",
    "Unmet demand goes from {unmet_demand_before:,.0f} to {unmet_demand_after:,.0f}; {demand_relieved:,.0f} "
    "enterprises no longer have low access, {demand_newly_in_reach:,.0f} have a station in reach for the "
    "first time; for {demand_worsened:,.0f} access becomes low, {demand_losing_reach:,.0f} lose every "
    "station.",
)
