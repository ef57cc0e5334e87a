"""What became of each service: answered, completed, referred, followed up, rated."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.days import worked
from sample_data.offer import PROMISED_DAYS
from sample_data.plan import NOTHING, UNKNOWN_TIME, Plan
from sample_data.planted import EXTRA_BAD, TIMES_SLOWER

_DAY = 24 * 60
_MISSING_RATING = 0.40
_SOURCES = {"主动": 0.6, "回访": 0.3, "默认": 0.1}
# Chances of 非常不满意 … 非常满意 where nothing is wrong.
_LEVELS = np.array([0.012, 0.03, 0.085, 0.263, 0.61])
_RESULTS = {
    "B05": (("专利申请", "商标申请"), 0.3),
    "B13": (("融资",), 0.25),
    "B14": (("转让", "许可"), 0.3),
    "B15": (("登记",), 0.35),
    "B04": (("维权成功",), 0.12),
    "B07": (("维权成功", "其他"), 0.12),
}
_WITH_AMOUNT = {"融资": 5.6, "转让": 3.6, "许可": 3.2}
_REFERRED_TO = (
    "示例律师事务所",
    "示例银行",
    "示例公证机构",
    "北京市知识产权公共服务中心（示例）",
    "示例调解组织",
)


def add_steps(frame: pd.DataFrame, plan: Plan, network: pd.DataFrame) -> None:
    """Add answer, promise, outcome, completion, referral and follow-up; nothing later than the plan's end."""
    rng, size = plan.rng("steps"), len(frame)
    responded = _respond(frame, plan, network, rng)
    frame["responded_at"] = _known(responded, rng.random(size) < 0.9, plan)
    promised = np.array([PROMISED_DAYS.get(code[:3], 1) for code in frame["service"]], dtype=float)
    frame["promised_days"] = np.where(rng.random(size) < 0.62, promised, np.nan)
    took = promised * 0.38 * rng.lognormal(0, 0.75, size) * _DAY
    at_once = np.isin(frame["channel"], ("电话", "活动")) & (rng.random(size) < 0.7)
    took = np.where(at_once, rng.integers(5, 60, size), took)
    completed = _workday_time(responded + took.astype("timedelta64[m]"), responded, plan)
    referable = np.where(np.isin(frame["service"], ("B06", "B07", "B13", "B04")), 0.16, 0.05)
    draw = rng.random(size)
    outcome = np.where(draw < referable, "转介", np.where(draw > 0.975, "终止", "办结")).astype(object)
    unfinished = completed > _end(plan)
    outcome[unfinished] = "办理中"
    outcome[(rng.random(size) < 0.07) & ~unfinished] = None
    frame["outcome"] = outcome
    done = (outcome == "办结") & ~unfinished
    frame["completed_at"] = _known(completed, done & (rng.random(size) < 0.93), plan)
    _refer(frame, completed, rng, plan)


def add_results(frame: pd.DataFrame, plan: Plan) -> None:
    """Add what a service led to, with amounts in 万元, and fees with their basis."""
    rng, size = plan.rng("results"), len(frame)
    kind, amount = np.full(size, None, dtype=object), np.full(size, np.nan)
    for code, (kinds, chance) in _RESULTS.items():
        rows = np.flatnonzero(
            (frame["service"] == code) & (frame["outcome"] == "办结") & (rng.random(size) < chance)
        )
        kind[rows] = rng.choice(np.array(kinds, dtype=object), len(rows))
    for name, log_amount in _WITH_AMOUNT.items():
        rows = np.flatnonzero(kind == name)
        amount[rows] = rng.lognormal(log_amount, 0.9, len(rows)).round(1)
    frame["result_kind"], frame["result_amount_10k_yuan"] = kind, amount
    charged = np.isin(frame["service"], ("B08", "B09", "T01", "T02")) & (rng.random(size) < 0.03)
    stray = rng.random(size) < 0.0006
    fee = np.where(rng.random(size) < 0.3, 0.0, np.nan)
    frame["fee_yuan"] = np.where(charged | stray, rng.integers(1, 20, size) * 100.0, fee)
    frame["fee_basis"] = np.where(charged, "低成本收费标准（示例）", NOTHING)
    frame["note"] = np.where(rng.random(size) < 0.02, "已电话告知", NOTHING)


def add_ratings(frame: pd.DataFrame, plan: Plan, network: pd.DataFrame) -> None:
    """Add ratings 1 to 5 with their source and time, and what was done about bad ones."""
    rng, size = plan.rng("ratings"), len(frame)
    institution = frame["institution"].to_numpy()
    tilt = rng.normal(0, 0.22, len(network))[institution]
    bounds = np.cumsum(_LEVELS)[:-1]
    # A shift on the logit scale keeps the levels in order.
    logit = np.log(bounds / (1 - bounds)) - tilt[:, None]
    draw = rng.random(size)
    rating = 1.0 + (draw[:, None] > 1 / (1 + np.exp(-logit))).sum(axis=1)
    weak = (network["weakness"] == "satisfaction").to_numpy()[institution]
    spoilt = weak & (rating >= 3) & (rng.random(size) < EXTRA_BAD / 0.95)
    rating[spoilt] = rng.choice([1.0, 2.0, 2.0], int(spoilt.sum()))
    source = rng.choice(np.array(list(_SOURCES), dtype=object), size, p=list(_SOURCES.values()))
    rating[source == "默认"] = 5.0
    base = frame["completed_at"].fillna(frame["received_at"]).to_numpy()
    rated = base + (rng.exponential(1.5, size) * _DAY).astype("timedelta64[m]")
    has = (rng.random(size) >= _MISSING_RATING) & (rated <= _end(plan))
    frame["rating"] = np.where(has, rating, np.nan)
    frame["rating_source"] = np.where(has, source, NOTHING)
    frame["rated_at"] = np.where(has & (rng.random(size) < 0.8), rated, UNKNOWN_TIME)
    _mend(frame, rated, has & (rating <= 2), plan, rng)


def _mend(
    frame: pd.DataFrame, rated: np.ndarray, bad: np.ndarray, plan: Plan, rng: np.random.Generator
) -> None:
    size = len(frame)
    contacted = rated + (rng.gamma(1.6, 2.0, size) * _DAY).astype("timedelta64[m]")
    resolved = contacted + (rng.gamma(2.0, 5.0, size) * _DAY).astype("timedelta64[m]")
    answered = bad & (rng.random(size) < 0.86)
    frame["bad_rating_contacted_at"] = _known(contacted, answered, plan)
    frame["bad_rating_resolved_at"] = _known(resolved, answered & (rng.random(size) < 0.75), plan)


def _respond(frame: pd.DataFrame, plan: Plan, network: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    institution, size = frame["institution"].to_numpy(), len(frame)
    usual = 0.28 * rng.lognormal(0, 0.22, len(network))
    usual = usual * np.where(network["weakness"] == "response", TIMES_SLOWER, 1.0)
    lag = usual[institution] * rng.lognormal(0, 0.85, size) * _DAY
    received = frame["received_at"].to_numpy()
    return _workday_time(received + lag.astype("timedelta64[m]"), received, plan)


def _workday_time(times: np.ndarray, not_before: np.ndarray, plan: Plan) -> np.ndarray:
    """Move times that fall on a day off or outside 9–18 h into working hours, never before ``not_before``."""
    # pandas keeps seconds; minutes are counted here.
    times, not_before = times.astype("datetime64[m]"), not_before.astype("datetime64[m]")
    works = np.append(worked(plan), np.ones(400, dtype=bool))
    following = np.minimum.accumulate(np.where(works, np.arange(len(works)), len(works))[::-1])[::-1]
    first = np.datetime64(plan.first_day, "D")
    index = (times.astype("datetime64[D]") - first).astype(int)
    same_day = times.astype("datetime64[D]") == not_before.astype("datetime64[D]")
    day = np.where(same_day, index, following[np.minimum(index, len(following) - 1)])
    minute = (times - times.astype("datetime64[D]")).astype(int)
    # What would fall into the night is spread over the working hours that are left, by its own minute.
    opens = np.where(same_day, (not_before - not_before.astype("datetime64[D]")).astype(int), 540)
    left = np.maximum(1090 - opens, 10)
    minute = np.where((minute < 540) | (minute > 1080), opens + minute * 7 % left, minute)
    moved = first + day.astype("timedelta64[D]") + minute.astype("timedelta64[m]")
    return np.asarray(np.maximum(moved.astype("datetime64[m]"), not_before))


def _refer(frame: pd.DataFrame, completed: np.ndarray, rng: np.random.Generator, plan: Plan) -> None:
    size = len(frame)
    referred = (frame["outcome"] == "转介").to_numpy()
    places = np.array(_REFERRED_TO, dtype=object)[rng.integers(0, len(_REFERRED_TO), size)]
    frame["referred_to"] = np.where(referred & (rng.random(size) < 0.9), places, NOTHING)
    later = completed + (rng.gamma(2.0, 4.0, size) * _DAY).astype("timedelta64[m]")
    frame["referral_followed_up_at"] = _known(later, referred & (rng.random(size) < 0.6), plan)
    done = (frame["outcome"] == "办结").to_numpy()
    frame["followed_up_at"] = _known(later, done & (rng.random(size) < 0.35), plan)


def _known(times: np.ndarray, mask: np.ndarray, plan: Plan) -> np.ndarray:
    return np.where(mask & (times <= _end(plan)), times, UNKNOWN_TIME)


def _end(plan: Plan) -> np.datetime64:
    return np.datetime64(plan.last_day, "m") + np.timedelta64(_DAY - 1, "m")
