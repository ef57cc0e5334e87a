"""Peer groups found in what stations are, where types are not declared; each told by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.core.selection import CITY, Selection
from analytics.core.text import Text
from analytics.measures import evaluate
from analytics.segments.features import centred_log_ratios, filled, main_directions
from analytics.segments.peers import LEAST, Bound, PeerGroups, bootstrap_stability, rules
from analytics.standard.names import members, name_of
from analytics.stats.arrays import Floats
from analytics.store.snapshot import Snapshot

_DRAWS = 8


def found_groups(
    snapshot: Snapshot, rows: list[dict[str, Any]], volumes: Floats, selection: Selection | None
) -> tuple[list[str], list[Text]]:
    """Return the name of each station's group, and what a reader must know of the grouping.

    One group where stations are too few to be told apart. The names are rules over staff, hours, volume
    and shares of industries, never over satisfaction or response times.
    """
    if len(rows) < 2 * LEAST:
        return ["全市"] * len(rows), [_TOO_FEW]
    mix = _mix(snapshot, rows, selection)
    staff = filled([_number(row["staff_full_time"]) for row in rows])
    hours = filled([_number(row["open_hours_per_week"]) for row in rows])
    features = np.column_stack(
        [main_directions(centred_log_ratios(mix)), np.log1p(staff), hours, np.log1p(volumes)]
    )
    labels = PeerGroups(random_state=0).fit(features).labels_
    if labels.max() == 0:
        return ["全市"] * len(rows), [_ONE]
    total = mix.sum(axis=1, keepdims=True)
    shares = np.divide(mix, total, out=np.zeros(mix.shape), where=total > 0)
    told = rules(np.column_stack([staff, hours, volumes, shares]), labels)
    names = {group: f"{group + 1}组：{_words(rule)}" for group, rule in told.items()}
    stable = bootstrap_stability(features, draws=_DRAWS)
    return [names[int(label)] for label in labels], [_FOUND.format(count=len(names), stable=stable)]


def _mix(snapshot: Snapshot, rows: list[dict[str, Any]], selection: Selection | None) -> Floats:
    industries = members("industry")
    table = np.zeros((len(rows), len(industries)))
    if selection is None:
        return table
    row_of = {row["institution_id"]: place for place, row in enumerate(rows)}
    column_of = {code: place for place, code in enumerate(industries)}
    answer = evaluate(snapshot, "services", scope=CITY, by=("institution", "industry"), selection=selection)
    for row in answer.rows:
        if row["institution"] in row_of and row["industry"] in column_of:
            table[row_of[row["institution"]], column_of[row["industry"]]] = row["numerator"] or 0
    return table


def _words(rule: Sequence[Bound]) -> str:
    if not rule:
        return "无单一特征可描述"
    named = ("专职人数", "每周开放小时", "服务件次")
    parts = []
    for bound in rule:
        sign = "＞" if bound.is_above else "≤"
        if bound.feature < len(named):
            parts.append(f"{named[bound.feature]}{sign}{bound.value:.0f}")
        else:
            industry = name_of("industry", members("industry")[bound.feature - len(named)], "zh")
            parts.append(f"{industry}占比{sign}{bound.value:.0%}")
    return "，".join(parts)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


_TOO_FEW = Text("同类：机构太少，与全市相比。", "Peers: too few stations, compared with the whole city.")
_ONE = Text(
    "同类：未发现可区分的组，与全市相比。", "Peers: no distinct groups found, compared with the whole city."
)
_FOUND = Text(
    "同类：运营单位类型不全，按产业构成、人数、开放小时、业务量自动分为 {count} 组"
    "（重抽样一致性 {stable:.2f}，1 为完全一致）。",
    "Peers: operator types are incomplete, so {count} groups were found by industries, staff, hours and "
    "volume (agreement under resampling {stable:.2f}, 1 is full).",
)
