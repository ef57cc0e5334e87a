"""What a comparison's rows show of a standing: plain figures, rounded for those who may not see all."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import Any

from analytics.comparison.standing import Standing
from analytics.measures.suppress import COARSE_SHARE, round_to
from analytics.stats.arrays import Floats

ZONES = {0: "in", 1: "beyond_95", 2: "beyond_99.8"}
Plain = dict[str, list[Any]]


def in_plain(standing: Standing) -> Plain:
    """Return what rows show of a standing, one list each, ``None`` where a figure is not finite.

    All at once: asking each of some thousand figures by itself took longer than computing them.
    """
    names = ("expected_value", "ratio", "shrunk")
    found: Plain = {name: _listed(getattr(standing, name)) for name in names}
    found["ratio_interval"] = _pairs(standing.ratio_lower, standing.ratio_upper)
    found["shrunk_interval"] = _pairs(standing.shrunk_lower, standing.shrunk_upper)
    for level, name in enumerate(("95", "99.8")):
        found[name] = _pairs(standing.limits_lower[level], standing.limits_upper[level])
    return found | {"zone": [int(zone) for zone in standing.zone]}


def put(row: dict[str, Any], plain: Plain, i: int, kind: str) -> None:
    """Fill in what is said of the unit ``i`` of a standing; ``row`` holds its ``n`` already."""
    zone, value = plain["zone"][i], plain["expected_value"][i]
    # Shares are expected per case: so many of n.
    events = value * row["n"] if kind == "proportion" and value is not None else value
    row |= {
        "expected": events,
        "expected_value": value,
        "ratio": plain["ratio"][i],
        "ratio_interval": plain["ratio_interval"][i],
        "funnel_zone": ZONES[abs(zone)],
        "funnel_side": None if zone == 0 else "low" if zone < 0 else "high",
        "funnel_limits": {"95": plain["95"][i], "99.8": plain["99.8"][i]},
        "shrunk_value": plain["shrunk"][i],
        "shrunk_interval": plain["shrunk_interval"][i],
    }


def _listed(values: Floats) -> list[float | None]:
    return [value if isfinite(value) else None for value in values.tolist()]


def _pairs(low: Floats, high: Floats) -> list[list[float | None] | None]:
    pairs = zip(_listed(low), _listed(high), strict=True)
    return [None if pair == (None, None) else list(pair) for pair in pairs]


def make_coarse(rows: Iterable[dict[str, Any]]) -> None:
    """Round what is computed of other units' shares: to the last digit it would tell their counts."""
    for row in rows:
        for name in ("expected_value", "ratio", "shrunk_value"):
            row[name] = _coarse(row[name])
        for name in ("ratio_interval", "shrunk_interval"):
            row[name] = _coarse_pair(row[name])
        if row["funnel_limits"] is not None:
            row["funnel_limits"] = {key: _coarse_pair(pair) for key, pair in row["funnel_limits"].items()}
        if row["expected_value"] is not None:
            row["expected"] = row["expected_value"] * row["n"]


def _coarse(value: float | None) -> float | None:
    return None if value is None else round(round_to(value, COARSE_SHARE), 10)


def _coarse_pair(pair: list[float | None] | None) -> list[float | None] | None:
    return None if pair is None else [_coarse(part) for part in pair]
