"""布局推演: what if stations open or close, or their capacity changes; before and after, and how robust."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from analytics.core.errors import UserError
from analytics.core.text import Text
from analytics.coverage.areas import Underserved
from analytics.spatial.distance import road_km
from analytics.spatial.sensitivity import AccessSettings, over_settings
from analytics.spatial.what_if import WhatIf, what_if
from analytics.spatial.zones import zones
from analytics.stats.arrays import Floats, Integers


@dataclass(frozen=True, slots=True)
class Opening:
    """A station to open: where (degrees), and how many services a year it can give."""

    lon: float
    lat: float
    capacity: float


@dataclass(frozen=True, slots=True)
class Change:
    """What is assumed: stations opened, closed (institution numbers) and with another yearly capacity."""

    opened: tuple[Opening, ...] = ()
    closed: tuple[str, ...] = ()
    capacity: tuple[tuple[str, float], ...] = ()


NOTHING = Change()


@dataclass(frozen=True)
class Rearranged:
    """Before and after a change, over the points that the reader may see.

    Attributes
    ----------
    after : WhatIf
        Access and shortfall after it, of all points.
    zone : ndarray of int, shape (points,)
        Zones after it, −1 for none.
    unmet_before, unmet_after : float
        Unmet demand of all points of low access.
    relieved, worsened, newly_in_reach : float
        Demand no longer of low access, newly of low access, and with a station in reach for the first time.
    lost_reach : float
        Demand left without any station in reach.
    by_settings : ndarray of float, shape (settings,)
        Under nearby settings, the first of them the one in use: the change of unmet demand as a share of
        it before (−0.3: a third less). Empty where robustness was not asked for.
    """

    after: WhatIf
    zone: Integers
    unmet_before: float
    unmet_after: float
    relieved: float
    worsened: float
    newly_in_reach: float
    lost_reach: float
    by_settings: Floats


def merged(first: Change, second: Change) -> Change:
    """Return two changes as one."""
    return Change(
        first.opened + second.opened, first.closed + second.closed, first.capacity + second.capacity
    )


def rearrange(result: Underserved, change: Change, *, robust: bool = True) -> Rearranged:
    """Return what a change of stations would do to access; the yardstick, today's median, stays.

    UserError for an institution that is not among the stations, or a capacity below 0.
    """
    inputs, found = result.inputs, result.areas
    distance, supply = stations_after(result, change)
    after = what_if(found, distance, inputs.demand, supply)
    # Low access that did not stand under most settings makes no zone now unless it became lower still.
    counted = found.flagged | (after.access < found.reached.access * (1.0 - 1e-9))
    zone = zones(
        inputs.at,
        np.where(counted, after.short.unmet, 0.0),
        float(inputs.demand.sum()),
        neighbour_km=found.settings.neighbour_km,
        least_share=found.settings.least_share,
    )
    seen = np.where(result.seen, inputs.demand, 0.0)
    was, now = found.short.low, after.short.low
    had, has = found.reached.in_reach > 0, after.in_reach > 0
    return Rearranged(
        after,
        zone,
        unmet_before=float(found.short.unmet[result.seen].sum()),
        unmet_after=float(after.short.unmet[result.seen].sum()),
        relieved=float(seen[was & ~now].sum()),
        worsened=float(seen[~was & now].sum()),
        newly_in_reach=float(seen[~had & has].sum()),
        lost_reach=float(seen[had & ~has].sum()),
        by_settings=_by_settings(result, distance, supply) if robust else np.empty(0),
    )


def robustness(found: Rearranged) -> Text:
    """Return one sentence on whether the direction of the change holds under nearby settings."""
    shares = found.by_settings
    low, high = float(shares.min()), float(shares.max())
    values = {"count": shares.size, "low": abs(low), "high": abs(high)}
    if max(abs(low), abs(high)) < 0.005:
        return _NO_CHANGE.format(**values)
    if high <= 0.0:
        return _LESS.format(count=shares.size, low=-high, high=-low)
    if low >= 0.0:
        return _MORE.format(**values)
    return _EITHER.format(**values)


def stations_after(result: Underserved, change: Change) -> tuple[Floats, Floats]:
    """Return road km, shape (points, stations), and supply after a change; supply 0 is a closed station."""
    inputs = result.inputs
    supply = inputs.supply.copy()
    for number in change.closed:
        supply[_station(result, number)] = 0.0
    for number, capacity in change.capacity:
        supply[_station(result, number)] = _capacity(capacity)
    if not change.opened:
        return inputs.distance_km, supply
    places = np.array([[new.lon, new.lat] for new in change.opened])
    added = np.array([_capacity(new.capacity) for new in change.opened])
    distance = np.hstack([inputs.distance_km, road_km(inputs.at, places)])
    return distance, np.append(supply, added)


def _station(result: Underserved, number: str) -> int:
    """Return a station's place among the stations; a reader changes those of his scope only."""
    scope = result.scope
    for place, row in enumerate(result.inputs.stations):
        own = scope.kind == "city" or scope.code in (row["district"], row["institution_id"])
        if row["institution_id"] == number and own:
            return place
    raise UserError(
        Text(
            f"没有编号为“{number}”、有坐标且正在开放的机构。",
            f"No open station with a place has the number {number}.",
        ),
        Text("请核对机构编号（机构名录第一列）。", "Check the number: it stands in the ledger 机构名录."),
    )


def _capacity(value: float) -> float:
    if not 0.0 <= value < 1e9:
        raise UserError(
            Text(f"能力 {value} 不可用。", f"The capacity {value} cannot be used."),
            Text("请写年服务能力（件次），0 或更大。", "Give services a year, 0 or more."),
        )
    return value


def _by_settings(result: Underserved, distance: Floats, supply: Floats) -> Floats:
    inputs = result.inputs
    given = (inputs.at, inputs.distance_km, inputs.demand, inputs.supply)
    shares = []
    for before in over_settings(*given, nearby(result.areas.settings)):
        was = float(before.short.unmet[result.seen].sum())
        now = float(what_if(before, distance, inputs.demand, supply).short.unmet[result.seen].sum())
        shares.append(now / was - 1.0 if was > 0 else 0.0)
    return np.array(shares)


def nearby(chosen: AccessSettings) -> list[AccessSettings]:
    """Return the settings a change must stand: the one in use, and one step aside in each of five ways."""
    return [
        chosen,
        replace(chosen, share=1.5 * chosen.share),
        replace(chosen, nearest_km=6.0),
        replace(chosen, below=chosen.below - 0.1),
        replace(chosen, below=chosen.below + 0.1),
        replace(chosen, method="e2sfca"),
    ]


_LESS = Text(
    "换用 {count} 种测算口径，未满足需求都减少（{low:.0%}–{high:.0%}），方向一致。",
    "Under all {count} ways of measuring unmet demand falls, by {low:.0%}–{high:.0%}.",
)
_MORE = Text(
    "换用 {count} 种测算口径，未满足需求都增加（{low:.0%}–{high:.0%}），方向一致。",
    "Under all {count} ways of measuring unmet demand grows, by {low:.0%}–{high:.0%}.",
)
_EITHER = Text(
    "换用 {count} 种测算口径，结果从减少 {low:.0%} 到增加 {high:.0%} 不等，方向不一致，不宜据此决定。",
    "Under {count} ways of measuring the outcome lies between {low:.0%} less and {high:.0%} more: the "
    "direction is not certain, and no ground for a decision.",
)
_NO_CHANGE = Text(
    "换用 {count} 种测算口径，未满足需求都几乎不变。",
    "Under all {count} ways of measuring unmet demand hardly changes.",
)
