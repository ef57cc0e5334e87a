"""Volunteer experts and their assignments (chapter 8)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.standard.districts import districts, priority_industries
from sample_data.days import day_weights
from sample_data.network import open_by_month
from sample_data.offer import SERVICE_WEIGHTS
from sample_data.plan import NOTHING, UNKNOWN_TIME, Plan

_EMPLOYERS = ("专利代理机构", "律师事务所", "高校院所", "企业", "行业组织")
_LICENCES = ("专利代理师", "律师", "知识产权师", "其他")
_FORMS = ("咨询", "一对一", "培训", "轮值", "进企业进园区")


def experts(plan: Plan) -> pd.DataFrame:
    """Return about 120 experts, the columns of their ledger."""
    rng, size = plan.rng("experts"), max(24, round(120 * plan.stations / 190))
    codes = np.array([d.code for d in districts()], dtype=object)
    first = np.datetime64(plan.first_day, "m")
    frame = pd.DataFrame({"expert_id": [f"ZJ-{n:04d}" for n in range(1, size + 1)]})
    frame["district"] = np.where(rng.random(size) < 0.9, codes[rng.integers(0, len(codes), size)], NOTHING)
    frame["employer_type"] = rng.choice(_EMPLOYERS, size)
    frame["licences"] = [
        "、".join(sorted(rng.choice(_LICENCES, rng.integers(1, 3), replace=False))) for _ in range(size)
    ]
    frame["experience_years"] = rng.integers(3, 31, size).astype(float)
    frame["fields"] = [_fields(rng) for _ in range(size)]
    frame["is_recommended"] = rng.random(size) < 0.85
    began = first + rng.integers(-500, 900, size).astype("timedelta64[D]")
    # Half are there from the beginning, so that early assignments find someone.
    began[: size // 2] = first - rng.integers(30, 500, size // 2).astype("timedelta64[D]")
    frame["registered_on"] = began.astype("datetime64[m]")
    frame["left_on"], frame["leave_reason"] = UNKNOWN_TIME, None
    gone = rng.choice(np.arange(size // 2, size), max(2, size // 15), replace=False)
    frame.loc[gone, "left_on"] = (
        began[gone] + rng.integers(200, 800, len(gone)).astype("timedelta64[D]")
    ).astype("datetime64[m]")
    frame.loc[gone, "leave_reason"] = ["除名" if n == 0 else "自愿" for n in range(len(gone))]
    return frame


def assignments(plan: Plan, network: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return assignments of standing experts to open institutions, most answered within two days."""
    rng, size = plan.rng("assignments"), plan.part(0.02, at_least=150)
    weights = day_weights(plan)
    day = np.sort(rng.choice(len(weights), size, p=weights / weights.sum()))
    notified = np.datetime64(plan.first_day, "m") + day.astype("timedelta64[D]")
    notified = notified + rng.integers(9 * 60, 17 * 60, size).astype("timedelta64[m]")
    frame = pd.DataFrame({"assignment_id": [f"PD-{n:05d}" for n in range(1, size + 1)]})
    frame["expert_id"] = _standing(known, notified, rng)
    frame["institution_id"] = _open_institutions(plan, network, notified, rng)
    frame["form"] = rng.choice(_FORMS, size, p=[0.45, 0.2, 0.15, 0.12, 0.08])
    frame["notified_at"] = notified
    responded = notified + (rng.lognormal(-0.5, 0.8, size) * 24 * 60).astype("timedelta64[m]")
    end = np.datetime64(plan.last_day, "m")
    answered = (rng.random(size) < 0.96) & (responded <= end)
    frame["responded_at"] = np.where(answered, responded, UNKNOWN_TIME)
    served = responded.astype("datetime64[D]") + rng.integers(0, 12, size).astype("timedelta64[D]")
    gave = answered & (rng.random(size) < 0.95) & (served <= end)
    frame["served_on"] = np.where(gave, served.astype("datetime64[m]"), UNKNOWN_TIME)
    feedback = served + rng.integers(0, 15, size).astype("timedelta64[D]")
    wrote = gave & (rng.random(size) < 0.84) & (feedback <= end)
    frame["feedback_on"] = np.where(wrote, feedback.astype("datetime64[m]"), UNKNOWN_TIME)
    return frame


def _fields(rng: np.random.Generator) -> str:
    services = [code for code in SERVICE_WEIGHTS if "." not in code]
    terms = sorted({i.printed_term for i in priority_industries()})
    chosen = [*rng.choice(services, 2, replace=False), *rng.choice(terms, 1)]
    return "、".join(str(field) for field in chosen)


def _standing(known: pd.DataFrame, when: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    began, left = known["registered_on"].to_numpy(), known["left_on"].to_numpy()
    stands = (began <= when[:, None]) & (np.isnat(left) | (left > when[:, None]))
    row = np.argmax(np.where(stands, rng.random(stands.shape), -1.0), axis=1)
    return np.asarray(known["expert_id"].to_numpy(dtype=object)[row])


def _open_institutions(
    plan: Plan, network: pd.DataFrame, when: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    is_open = open_by_month(network, plan)
    opened = network["opened_on"].to_numpy().astype("datetime64[D]")
    month = when.astype("datetime64[M]").astype(int) - np.datetime64(plan.first_day, "M").astype(int)
    allowed = is_open[:, month].T & (opened <= when[:, None])
    weight = np.where(allowed, network["volume"].to_numpy() * rng.random(allowed.shape), -1.0)
    return np.asarray(network["institution_id"].to_numpy(dtype=object)[np.argmax(weight, axis=1)])
