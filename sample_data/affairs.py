"""Complaints, activities and yearly targets."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.standard.districts import districts
from sample_data.days import day_weights
from sample_data.network import CITY_CENTRE
from sample_data.plan import NOTHING, UNKNOWN_TIME, Plan

COURSES = 13
_CATEGORIES = {"收费": 0.1, "推介有偿服务": 0.08, "态度": 0.22, "时限": 0.38, "保密": 0.04, "其他": 0.18}
_KINDS = {
    "培训": 0.42, "集中宣传": 0.08, "日常宣传": 0.18, "惠企对接": 0.1, "走访": 0.12, "业务指导": 0.06,
    "调研": 0.03, "其他": 0.01,
}  # fmt: skip
# Occasions with the days on which they are kept here: month, first day, last day.
_OCCASIONS = {
    "4.26宣传周": (4, 20, 26),
    "中国品牌日": (5, 8, 12),
    "双创周": (9, 15, 21),
    "专利周": (11, 10, 16),
}
_TARGET_MEASURES = {
    "services": 0.0, "服务对象数": 0.0, "满意率": 0.95, "专家2日内响应率": 0.9, "trainings": 0.0,
    "rating_response_rate": 0.65,
}  # fmt: skip


def complaints(plan: Plan, services: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """Return complaints, each about an institution that had given a service shortly before."""
    rng, size = plan.rng("complaints"), plan.part(0.0006, at_least=16)
    weight = np.where(network["weakness"].to_numpy()[services["institution"]] != "", 3.0, 1.0)
    row = np.sort(rng.choice(len(services), size, replace=False, p=weight / weight.sum()))
    end = np.datetime64(plan.last_day, "m")
    about = services.iloc[row].sort_values("received_at", kind="stable", ignore_index=True)
    received = np.minimum(
        about["received_at"].to_numpy() + rng.integers(1, 15, size).astype("timedelta64[D]"), end
    )
    order = np.argsort(received, kind="stable")
    about, received = about.iloc[order].reset_index(drop=True), received[order]
    frame = pd.DataFrame({"complaint_id": [f"TS-{n:04d}" for n in range(1, size + 1)]})
    frame["institution_id"], frame["expert_id"] = about["institution_id"], about["expert_id"]
    frame["received_at"] = received.astype("datetime64[m]")
    frame["category"] = rng.choice(list(_CATEGORIES), size, p=list(_CATEGORIES.values()))
    closed = received + rng.integers(2, 30, size).astype("timedelta64[D]")
    done = closed <= end
    upheld = rng.random(size) < 0.4
    frame["is_upheld"] = np.where(done, upheld, NOTHING)
    frame["closed_at"] = np.where(done, closed, UNKNOWN_TIME)
    improved = closed + rng.integers(3, 40, size).astype("timedelta64[D]")
    mended = done & upheld & (improved <= end) & (rng.random(size) < 0.8)
    frame["improvement"] = np.where(mended, "已完善内部流程（示例）", NOTHING)
    improved_on = np.where(mended, improved, UNKNOWN_TIME).astype("datetime64[D]")
    frame["improved_on"] = improved_on.astype("datetime64[m]")
    return frame


def activities(plan: Plan, network: pd.DataFrame) -> pd.DataFrame:
    """Return trainings on the 13 courses, publicity on its occasions, visits and guidance."""
    rng, size = plan.rng("activities"), plan.part(0.015, at_least=220)
    weights = day_weights(plan)
    day = np.sort(rng.choice(len(weights), size, p=weights / weights.sum()))
    frame = pd.DataFrame({"activity_id": [f"HD-{n:05d}" for n in range(1, size + 1)]})
    kind = rng.choice(np.array(list(_KINDS), dtype=object), size, p=list(_KINDS.values()))
    held, occasion = _on_occasions(plan, day, kind == "集中宣传", rng)
    frame["institution_id"] = _hosts(network, held, rng)
    frame["kind"], frame["held_on"], frame["occasion"] = kind, held.astype("datetime64[m]"), occasion
    training = kind == "培训"
    frame["course"] = np.where(training, rng.integers(1, COURSES + 1, size).astype(str), NOTHING)
    frame["mode"] = rng.choice(["线下", "线上", "混合"], size, p=[0.6, 0.25, 0.15])
    crowd = np.isin(kind, ("走访", "业务指导", "调研"))
    attendees = np.where(crowd, rng.integers(2, 12, size), np.round(rng.lognormal(3.6, 0.6, size)))
    frame["attendees"] = attendees
    returned = np.round(attendees * rng.uniform(0.3, 0.95, size))
    surveyed = training & (rng.random(size) < 0.75)
    frame["survey_returned"] = np.where(surveyed, returned, np.nan)
    frame["survey_satisfied"] = np.where(surveyed, np.round(returned * rng.beta(30, 2, size)), np.nan)
    frame["co_host"] = np.where(rng.random(size) < 0.2, "示例行业协会", NOTHING)
    frame["is_reported"] = np.where(rng.random(size) < 0.7, rng.random(size) < 0.3, NOTHING)
    return frame


def targets(plan: Plan, network: pd.DataFrame, services: pd.DataFrame) -> pd.DataFrame:
    """Return targets of the last two years for the city, its areas and a few stations."""
    year = int(plan.until[:4])
    scopes = ["全市", *(d.name.zh for d in districts())]
    scopes += list(network.loc[network["tier"] == "工作站", "institution_id"].iloc[:4])
    rows = [
        (measure, scope, y, _target(measure, rate, scope, y - year, network, services))
        for y in (year - 1, year)
        for scope in scopes
        for measure, rate in _TARGET_MEASURES.items()
        if scope in ("全市", "海淀区") or measure in ("services", "满意率")
    ]
    return pd.DataFrame(rows, columns=["measure", "scope", "year", "target"])


def _target(
    measure: str, rate: float, scope: str, later: int, network: pd.DataFrame, services: pd.DataFrame
) -> float:
    if rate:
        return rate
    names = {d.name.zh: d.code for d in districts()}
    area = network["area"].to_numpy()[services["institution"]]
    chosen = (area == names[scope]) if scope in names else np.ones(len(services), dtype=bool)
    if scope not in ("全市", *names):
        chosen = (services["institution_id"] == scope).to_numpy()
    # The network grows: its last years lie above the mean of five, and a target is near what is reached.
    yearly = float(chosen.sum()) / 5 * (1.45 + 0.15 * later)
    share = {"services": 1.0, "服务对象数": 0.5, "trainings": 0.0064}[measure]
    return float(max(1, round(yearly * share)))


def _on_occasions(
    plan: Plan, day: np.ndarray, publicity: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    held = np.array(plan.days, dtype="datetime64[D]")[day]
    occasion = np.full(len(day), None, dtype=object)
    names = list(_OCCASIONS)
    for row in np.flatnonzero(publicity):
        name = names[rng.choice(4, p=[0.55, 0.15, 0.15, 0.15])]
        month, first, last = _OCCASIONS[name]
        year = int(held[row].astype(object).year)
        moved = date(year, month, int(rng.integers(first, last + 1)))
        if plan.first_day <= moved <= plan.last_day:
            held[row], occasion[row] = np.datetime64(moved), name
    return held, occasion


def _hosts(network: pd.DataFrame, held: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    opened = network["opened_on"].to_numpy().astype("datetime64[D]")
    closed = network["closed_on"].to_numpy().astype("datetime64[D]")
    allowed = (opened <= held[:, None]) & (np.isnat(closed) | (closed >= held[:, None]))
    weight = np.where(allowed, np.sqrt(network["volume"].to_numpy()) * rng.random(allowed.shape), -1.0)
    ids = network["institution_id"].to_numpy(dtype=object)
    assert ids[0] == CITY_CENTRE
    return np.asarray(ids[np.argmax(weight, axis=1)])
