"""Monthly totals (月报汇总) of stations that hold nothing finer, and a few that report both."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.days import day_weights
from sample_data.network import open_by_month
from sample_data.offer import CHANNELS, SERVICE_WEIGHTS
from sample_data.plan import MONTHS, Plan

_LEVELS = [0.61, 0.263, 0.085, 0.03, 0.012]
# How a station breaks its totals down: by service and channel, by service, or not at all.
_GRAINS = (("service", "channel"), ("service",), ())
_DOUBLE_MONTHS = 3


def monthly_totals(plan: Plan, network: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Return totals, one row an institution, month and (where told) service and channel."""
    rng = plan.rng("monthly")
    is_open = open_by_month(network, plan)
    months = np.arange(np.datetime64(plan.period.first_month), np.datetime64(plan.until) + 1)
    season = _month_weights(plan)
    parts = []
    for order, row in enumerate(np.flatnonzero(network["monthly_only"])):
        expected = plan.rows * float(network["volume"].iloc[row]) * season * 0.9
        counts = np.where(is_open[row], np.maximum(1, rng.poisson(expected)), 0)
        parts.append(
            _station(str(network["institution_id"].iloc[row]), months, counts, _GRAINS[order % 3], rng)
        )
    parts.append(_double(network, services, months))
    return pd.concat(parts, ignore_index=True)


def _month_weights(plan: Plan) -> np.ndarray:
    month = np.array(plan.days, dtype="datetime64[M]").astype(int)
    weights = np.bincount(month - month[0], weights=day_weights(plan), minlength=MONTHS)
    return np.asarray(weights / weights.sum())


def _station(
    institution_id: str,
    months: np.ndarray,
    counts: np.ndarray,
    grain: tuple[str, ...],
    rng: np.random.Generator,
) -> pd.DataFrame:
    month = np.repeat(months, counts)
    weights = np.array([w for code, w in SERVICE_WEIGHTS.items() if "." not in code])
    codes = [code for code in SERVICE_WEIGHTS if "." not in code]
    frame = pd.DataFrame({"month": month.astype("datetime64[m]")})
    frame["service"] = rng.choice(codes, len(month), p=weights / weights.sum()) if "service" in grain else ""
    frame["channel"] = rng.choice(CHANNELS, len(month)) if "channel" in grain else ""
    level = rng.choice([5, 4, 3, 2, 1], len(month), p=_LEVELS)
    level[rng.random(len(month)) < 0.45] = 0
    for number in (5, 4, 3, 2, 1):
        frame[f"rating_{number}"] = (level == number).astype(int)
    frame["rated"], frame["services"] = (level > 0).astype(int), 1
    frame["persons_served"] = 1 + (rng.random(len(month)) < 0.15) * rng.integers(1, 20, len(month))
    totals = frame.groupby(["month", "service", "channel"], as_index=False).sum()
    totals["clients"] = np.ceil(totals["services"] * 0.8).astype(int)
    totals.insert(0, "institution_id", institution_id)
    return totals


def _double(network: pd.DataFrame, services: pd.DataFrame, months: np.ndarray) -> pd.DataFrame:
    """Return totals of a station that keeps records too, one month of them two short."""
    row = int(services["institution"].value_counts().index[1])
    mine = services[services["institution"] == row]
    month = mine["received_at"].to_numpy().astype("datetime64[M]")
    last = months[-_DOUBLE_MONTHS:]
    counts = [int((month == m).sum()) for m in last]
    frame = pd.DataFrame(
        {"institution_id": network["institution_id"].iloc[row], "month": last.astype("datetime64[m]")}
    )
    frame["service"], frame["channel"] = "", ""
    frame["services"] = [max(1, count - 2) if n == 0 else count for n, count in enumerate(counts)]
    return frame
