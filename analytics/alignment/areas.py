"""For each area: four numbers, its industries one by one, its gaps, its stations and published lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analytics.alignment.counts import Counted, counted
from analytics.alignment.mix import Mix, client_bootstrap, mix_of
from analytics.alignment.stations import lists_by_year, stations_off_focus
from analytics.core.numbers import finite
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.measures.evaluate import EVER, asked_period
from analytics.standard.districts import districts, priority_keys
from analytics.standard.industries import industries
from analytics.store.snapshot import Snapshot


@dataclass(frozen=True)
class Alignment:
    """Whether services follow priority industries.

    ``areas`` in the standard's order; ``gaps`` by size, the largest first; ``stations`` whose declared focus
    is none of their area's industries; ``lists`` of special services by year and area. docs/methods.md names
    the keys.
    """

    meta: dict[str, Any]
    areas: list[dict[str, Any]]
    gaps: list[dict[str, Any]]
    stations: list[dict[str, Any]]
    lists: list[dict[str, Any]]

    def as_dict(self) -> dict[str, Any]:
        """Return what ``ipdash alignment --format json`` prints."""
        return {
            "meta": self.meta,
            "districts": self.areas,
            "gaps": self.gaps,
            "stations": self.stations,
            "lists": self.lists,
        }


def alignment(
    snapshot: Snapshot,
    *,
    scope: Scope,
    selection: Selection | None = None,
    by_client: bool = False,
) -> Alignment:
    """Hold the services of each area's institutions (or to its clients) against the clients there are.

    Parameters
    ----------
    selection : Selection, optional
        Period and filters of the service records; all of them by default.
    by_client : bool
        Areas of the clients served, not of the institutions that served them.
    """
    asked = selection or Selection()
    period = EVER if asked.period == "all" else asked_period(snapshot, asked.period)
    found = counted(snapshot, selection=asked, scope=scope, period=period, by_client=by_client)
    seen = [area.code for area in districts() if scope.kind != "district" or area.code == scope.code]
    if asked.get("district") and not by_client:
        seen = [code for code in seen if code in asked.get("district")]
    areas = [_area(code, found) for code in seen]
    gaps = [one for area in areas for one in area["industries"] if one["is_gap"]]
    gaps.sort(key=lambda one: one["observed"] - one["expected"])
    meta = {
        "scope": str(scope),
        "period": asked.period,
        "by": "client_district" if by_client else "district",
        "base": "clients" if found.clients_are_listed else "served_clients",
        "data_version": snapshot.version,
        "data_until": snapshot.about.get("data_until"),
        "sample_data": snapshot.is_sample,
    }
    return Alignment(
        meta,
        areas,
        gaps,
        stations_off_focus(snapshot, scope=scope),
        lists_by_year(snapshot, scope=scope),
    )


def _area(code: str, found: Counted) -> dict[str, Any]:
    keys = [industry.key for industry in industries()]
    priority = set(priority_keys().get(code, ()))
    services = [found.services.get(code, {}).get(key, 0) for key in keys]
    clients = [found.clients.get(code, {}).get(key, 0) for key in keys]
    mix = mix_of(services, clients, [key in priority for key in keys])
    few = 0 < mix.services < settings().rate_hidden_below
    part, whole, number = _columns(found.kinds.get(code, []))
    figures = {
        "district": code,
        "services": mix.services,
        "unknown": found.unknown.get(code, 0),
        "clients": int(sum(clients)),
        "masked": few,
        **_shares(mix, client_bootstrap(part, whole, number), few=few),
    }
    rows = [_industry(code, key, place, mix, key in priority, found) for place, key in enumerate(keys)]
    shown = [row for row in rows if row["is_priority"] or row["observed"] or row["expected"]]
    return figures | {"industries": shown}


def _shares(mix: Mix, by_clients: tuple[float, float], *, few: bool) -> dict[str, Any]:
    names = (
        "priority_services", "share", "interval", "interval_by_client", "expected_share", "gap_points",
        "divergence", "divergence_critical", "divergence_p",
    )  # fmt: skip
    if few:
        return dict.fromkeys(names)
    values = (
        mix.priority_services,
        finite(mix.share),
        _pair(mix.interval),
        _pair(by_clients),
        finite(mix.expected_share),
        finite(mix.gap_points),
        finite(mix.difference.divergence),
        finite(mix.difference.critical),
        finite(mix.difference.p_value),
    )
    return dict(zip(names, values, strict=True))


def _industry(area: str, key: str, place: int, mix: Mix, is_priority: bool, found: Counted) -> dict[str, Any]:
    own, others = found.elsewhere.get(area, {}).get(key, (0, 0))
    expected = float(mix.expected[place])
    return {
        "district": area,
        "industry": key,
        "is_priority": is_priority,
        "observed": int(mix.observed[place]),
        "expected": finite(expected),
        "clients": found.clients.get(area, {}).get(key, 0),
        "ratio": finite(float(mix.ratio[place])),
        "interval": _pair((float(mix.lower[place]), float(mix.upper[place]))) if expected > 0 else None,
        "is_gap": bool(mix.is_gap[place]),
        # Services to the area's clients of this industry, by its own institutions and by others.
        "by_own": own,
        "by_others": others,
        "neighbours_only": is_priority and own == 0 and others > 0,
    }


def _columns(kinds: list[tuple[int, int, int]]) -> tuple[Any, Any, Any]:
    table = np.asarray(kinds or [(0, 0, 0)], float)
    return table[:, 0], table[:, 1], table[:, 2]


def _pair(bounds: tuple[float, float]) -> list[float | None] | None:
    low, high = (finite(bound) for bound in bounds)
    return None if low is None and high is None else [low, high]
