"""For each area: four numbers, its industries one by one, its gaps, its stations and published lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analytics.alignment.counts import Counted, counted
from analytics.alignment.mix import Mix, client_bootstrap, dispersion_of, mix_of
from analytics.alignment.stations import focus_by_area, lists_by_year, stations_off_focus
from analytics.core.errors import UserError
from analytics.core.numbers import finite
from analytics.core.selection import Scope, Selection
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.measures.evaluate import EVER, asked_period
from analytics.measures.suppress import count_limit, is_small, round_to
from analytics.standard.districts import districts, priority_keys
from analytics.standard.industries import industries
from analytics.store.snapshot import Snapshot


@dataclass(frozen=True)
class Alignment:
    """Whether services follow priority industries.

    ``areas`` in the standard's order; ``gaps`` by size, the largest first, with ``reasons``; ``stations``
    whose declared focus is none of their area's industries; ``lists`` of special services by year and area.
    docs/methods.md names the keys.
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

    Raises
    ------
    UserError
        When the selection filters by industry: industries are what is compared.
    """
    asked = selection or Selection()
    if asked.get("industry"):
        raise UserError(
            Text(
                zh="产业对接比较的就是各个产业，不能再按产业筛选。",
                en="Alignment compares industries: it cannot be filtered by one.",
            ),
            Text(
                zh="去掉产业筛选；各产业的数字见 --format json 的 industries。",
                en="Leave the filter out; each industry stands under ‘industries’ in --format json.",
            ),
        )
    period = EVER if asked.period == "all" else asked_period(snapshot, asked.period)
    found = counted(snapshot, selection=asked, scope=scope, period=period, by_client=by_client)
    seen = [area.code for area in districts() if scope.kind != "district" or area.code == scope.code]
    if asked.get("district") and not by_client:
        seen = [code for code in seen if code in asked.get("district")]
    limit = count_limit(scope, settings())
    areas = [_area(code, _as_seen(found, code, limit)) for code in seen]
    foci = None if scope.kind == "institution" else focus_by_area(snapshot, scope=scope)
    gaps = [
        one | {"reasons": _reasons(one, foci)}
        for area in areas
        for one in area["industries"]
        if one["is_gap"]
    ]
    gaps.sort(key=lambda one: one["observed"] - one["expected"])
    meta = {
        "scope": str(scope),
        "period": asked.period,
        "by": "client_district" if by_client else "district",
        "base": "clients" if found.clients_are_listed else "served_clients",
        "clients_hidden_below": limit,
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


def _as_seen(found: Counted, area: str, limit: int) -> Counted:
    """Return what was counted with an area's clients as a reader may see them.

    Who may not see records gets no number of clients below ``limit`` and all others in its multiples, and
    whatever is expected rests on these: nothing that is shown tells more.
    """
    if not limit:
        return found
    shown = {
        industry: 0 if is_small(clients, limit) else int(round_to(clients, limit))
        for industry, clients in found.clients.get(area, {}).items()
    }
    return replace(found, clients={**found.clients, area: shown})


def _area(code: str, found: Counted) -> dict[str, Any]:
    keys = [industry.key for industry in industries()]
    priority = set(priority_keys().get(code, ()))
    services = [found.services.get(code, {}).get(key, 0) for key in keys]
    clients = [found.clients.get(code, {}).get(key, 0) for key in keys]
    kinds = found.kinds.get(code, [])
    dispersion = _dispersion(kinds, sum(clients))
    at_home = [found.at_home.get(code, {}).get(key, 0) for key in keys]
    is_priority = [key in priority for key in keys]
    mix = mix_of(services, clients, is_priority, at_home=at_home, dispersion=dispersion)
    few = 0 < mix.services < settings().rate_hidden_below
    part, whole, number = _columns(kinds)
    figures = {
        "district": code,
        "services": mix.services,
        # Their industries are those of other areas: they are no part of the base that is held against.
        "to_other_areas": mix.services - sum(at_home),
        "unknown": found.unknown.get(code, 0),
        "clients": int(sum(clients)),
        "masked": few,
        **_shares(mix, client_bootstrap(part, whole, number), few=few),
    }
    rows = [_industry(code, key, place, mix, key in priority, found) for place, key in enumerate(keys)]
    shown = [row for row in rows if row["is_priority"] or row["observed"] or row["expected"]]
    return figures | {"industries": [_hidden(row) for row in shown] if few else shown}


def _dispersion(kinds: list[tuple[int, int, int, bool]], base: int) -> float:
    named = [(whole, number) for _, whole, number, is_named in kinds if is_named]
    unnamed = sum(number for _, _, number, is_named in kinds if not is_named)
    return dispersion_of(
        [whole for whole, _ in named], [number for _, number in named], base=base, unnamed=unnamed
    )


def _hidden(row: dict[str, Any]) -> dict[str, Any]:
    """Take the figures out of an industry where an area has too few services: they would give its share."""
    kept = ("district", "industry", "is_priority", "clients")
    return {name: row[name] if name in kept else None for name in row} | {
        "is_gap": False,
        "is_firm": False,
        "neighbours_only": False,
        "masked": True,
    }


def _reasons(gap: dict[str, Any], foci: dict[str, set[str]] | None) -> list[str]:
    """Return what stands beside a gap and may explain it, for somebody to look into."""
    own, others = gap["by_own"], gap["by_others"]
    told = {
        "none_served": gap["observed"] == 0,
        "neighbours_only": gap["neighbours_only"],
        "mostly_elsewhere": 0 < own < others,
        "not_firm": not gap["is_firm"],
        "no_focus": foci is not None and gap["industry"] not in foci.get(gap["district"], set()),
    }
    return [name for name, holds in told.items() if holds] or ["few_came"]


def _shares(mix: Mix, by_clients: tuple[float, float], *, few: bool) -> dict[str, Any]:
    names = (
        "priority_services", "share", "interval", "interval_by_client", "expected_share", "gap_points",
        "divergence", "divergence_critical", "divergence_p", "dispersion",
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
        mix.dispersion,
    )
    return dict(zip(names, values, strict=True))


def _industry(area: str, key: str, place: int, mix: Mix, is_priority: bool, found: Counted) -> dict[str, Any]:
    own, others = found.elsewhere.get(area, {}).get(key, (0, 0))
    expected = float(mix.expected[place])
    by_client = float(mix.lower_by_client[place]), float(mix.upper_by_client[place])
    return {
        "district": area,
        "industry": key,
        "is_priority": is_priority,
        "observed": int(mix.observed[place]),
        "expected": finite(expected),
        "clients": found.clients.get(area, {}).get(key, 0),
        "ratio": finite(float(mix.ratio[place])),
        "interval": _pair((float(mix.lower[place]), float(mix.upper[place]))) if expected > 0 else None,
        "interval_by_client": _pair(by_client) if expected > 0 else None,
        "is_gap": bool(mix.is_gap[place]),
        "is_firm": bool(mix.is_firm[place]),
        # Services to the area's clients of this industry, by its own institutions and by others.
        "by_own": own,
        "by_others": others,
        "neighbours_only": is_priority and own == 0 and others > 0,
        "masked": False,
    }


def _columns(kinds: list[tuple[int, int, int, bool]]) -> tuple[Any, Any, Any]:
    table = np.asarray(kinds or [(0, 0, 0, False)], float)
    return table[:, 0], table[:, 1], table[:, 2]


def _pair(bounds: tuple[float, float]) -> list[float | None] | None:
    low, high = (finite(bound) for bound in bounds)
    return None if low is None and high is None else [low, high]
