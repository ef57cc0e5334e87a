"""Peer groups found in what stations are, where types are not declared; each told by a rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analytics.core.selection import CITY, Selection
from analytics.core.text import LANGUAGES, Text
from analytics.coverage.peer_groups import WHOLE_CITY, PeerGroup
from analytics.measures import evaluate
from analytics.segments.features import centred_log_ratios, filled, main_directions
from analytics.segments.peers import LEAST, Bound, PeerGroups, bootstrap_stability, rules
from analytics.standard.names import members, name_of
from analytics.stats.arrays import Floats
from analytics.store.snapshot import Snapshot

_DRAWS = 8


def found_groups(
    snapshot: Snapshot, rows: list[dict[str, Any]], volumes: Floats, selection: Selection | None
) -> tuple[list[PeerGroup], list[Text]]:
    """Return each station's group, and what a reader must know of the grouping.

    One group where stations are too few to be told apart. Groups are described by rules over staff, hours,
    volume and shares of industries, never over satisfaction or response times.
    """
    if len(rows) < 2 * LEAST:
        return [WHOLE_CITY] * len(rows), [_TOO_FEW]
    mix = _mix(snapshot, rows, selection)
    staff = filled([_number(row["staff_full_time"]) for row in rows])
    hours = filled([_number(row["open_hours_per_week"]) for row in rows])
    features = np.column_stack(
        [main_directions(centred_log_ratios(mix)), np.log1p(staff), hours, np.log1p(volumes)]
    )
    labels = PeerGroups(random_state=0).fit(features).labels_
    if labels.max() == 0:
        return [WHOLE_CITY] * len(rows), [_ONE]
    total = mix.sum(axis=1, keepdims=True)
    shares = np.divide(mix, total, out=np.zeros(mix.shape), where=total > 0)
    told = rules(np.column_stack([staff, hours, volumes, shares]), labels)
    groups = {
        group: PeerGroup(_GROUP.format(number=group + 1), rule_in_words(rule)) for group, rule in told.items()
    }
    stable = bootstrap_stability(features, draws=_DRAWS)
    return [groups[int(label)] for label in labels], [_FOUND.format(count=len(groups), stable=stable)]


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


def rule_in_words(rule: Sequence[Bound]) -> Text:
    """Return in words a rule over staff, hours, volume and shares of industries, which most stations obey."""
    if not rule:
        return _NO_RULE
    parts = [_bound(bound) for bound in rule]
    zh, en = "，".join(part.zh for part in parts), ", ".join(part.en for part in parts)
    return _MOSTLY.format(rule=Text(zh, en))


def _bound(bound: Bound) -> Text:
    way = _ABOVE if bound.is_above else _AT_MOST
    if bound.feature < len(_FEATURES):
        return way.format(what=_FEATURES[bound.feature], value=f"{bound.value:,.0f}")
    code = members("industry")[bound.feature - len(_FEATURES)]
    zh, en = (name_of("industry", code, language) for language in LANGUAGES)
    return way.format(what=_INDUSTRY.format(name=Text(zh, en)), value=f"{bound.value:.0%}")


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


# In the order of the first columns that `found_groups` gives to `rules`.
_FEATURES = (
    Text("专职人数", "full-time staff"),
    Text("每周开放小时", "hours open a week"),
    Text("两年服务件次", "services in two years"),
)
_INDUSTRY = Text("“{name}”服务占比", "share of services for ‘{name}’")
_ABOVE = Text("{what}超过 {value}", "{what} above {value}")
_AT_MOST = Text("{what}不超过 {value}", "{what} at most {value}")
_MOSTLY = Text("多数站点{rule}", "most have {rule}")
_GROUP = Text("第{number}组", "Group {number}")
_NO_RULE = Text("没有单一特征可描述", "no single feature sets them apart")
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
