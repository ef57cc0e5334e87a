"""Those who are served: enterprises, institutes, persons; none of them exists."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.standard.districts import districts, priority_keys
from analytics.standard.industries import industries
from sample_data.plan import NOTHING, Plan

SERVICES_A_CLIENT = 4.3
CLIENT_TYPES = {
    "小微企业": 0.46, "中型企业": 0.16, "大型企业": 0.06, "个体工商户": 0.06, "高校院所": 0.08,
    "行业组织": 0.03, "个人": 0.12, "政府及其他": 0.03,
}  # fmt: skip
KEY_TAGS = {
    "专精特新": 0.06, "走出去": 0.02, "国家知识产权示范企业": 0.008, "国家知识产权优势企业": 0.015,
    "省市级重点示范": 0.01, "重点人才所在企业": 0.01, "首次海外涉诉": 0.003, "“零”知识产权科技型企业": 0.02,
}  # fmt: skip
_FIRMS = ("小微企业", "中型企业", "大型企业")
_IN_PRIORITY_INDUSTRY = 0.55
_HOME, _OUTSIDE = 0.88, 0.035


def client_pool(plan: Plan, network: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return clients and, for each institution, where its own begin in that list.

    The second result has one entry more than there are institutions, so that institution ``i``
    holds the clients ``starts[i]`` to ``starts[i + 1]``, those that came first at the front.
    """
    rng = plan.rng("clients")
    share = network["volume"].where(~network["monthly_only"], 0.0).to_numpy()
    sizes = np.maximum(3, np.round(plan.rows / SERVICES_A_CLIENT * share / share.sum())).astype(int)
    starts = np.append(0, np.cumsum(sizes))
    home = np.repeat(np.arange(len(network)), sizes)
    pool = pd.DataFrame({"home": home})
    pool["client_type"] = rng.choice(list(CLIENT_TYPES), len(home), p=list(CLIENT_TYPES.values()))
    pool["district"] = _districts(network["area"].to_numpy()[home], rng)
    pool["industry"] = _industries(pool, rng)
    _name(pool)
    _place(pool, network, rng)
    _describe(pool, plan, starts, rng)
    return pool, starts


def industry_weights(area: str) -> np.ndarray:
    """Return how probable each industry is among an area's clients, in the order of ``industries()``."""
    keys = [industry.key for industry in industries()]
    weights = np.full(len(keys), (1 - _IN_PRIORITY_INDUSTRY) / len(keys))
    chosen = priority_keys().get(area, ())
    for rank, key in enumerate(chosen):
        # The first named industries are the larger ones.
        weights[keys.index(key)] += (
            _IN_PRIORITY_INDUSTRY * (len(chosen) - rank) * 2 / (len(chosen) * (len(chosen) + 1))
        )
    return np.asarray(weights / weights.sum())


def _districts(home_area: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    codes = np.array([d.code for d in districts()])
    size = len(home_area)
    elsewhere = codes[rng.integers(0, len(codes), size)]
    draw = rng.random(size)
    found = np.where((draw < _HOME) & (home_area != "all"), home_area, elsewhere)
    return np.where(draw > 1 - _OUTSIDE, "outside", found)


def _industries(pool: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    keys = np.array([industry.key for industry in industries()])
    found = np.empty(len(pool), dtype=object)
    for area, rows in pool.groupby("district").indices.items():
        found[rows] = rng.choice(keys, len(rows), p=industry_weights(str(area)))
    without = pool["client_type"].isin(("个人", "政府及其他")) & (rng.random(len(pool)) < 0.8)
    found[without.to_numpy()] = None
    return found


def _name(pool: pd.DataFrame) -> None:
    person = pool["client_type"].eq("个人").to_numpy()
    number = np.where(person, np.cumsum(person), np.cumsum(~person))
    pool["client_id"] = [f"{'GR' if p else 'KH'}{n:06d}" for p, n in zip(person, number, strict=True)]
    pool["name"] = [f"示例{'个人' if p else '企业'}{n:05d}" for p, n in zip(person, number, strict=True)]


def _place(pool: pd.DataFrame, network: pd.DataFrame, rng: np.random.Generator) -> None:
    home = pool["home"].to_numpy()
    near = (pool["district"].to_numpy() == network["area"].to_numpy()[home]) & (rng.random(len(pool)) < 0.75)
    # Within some 2 km of the institution: a client stays on the land of its district, or close by.
    for axis, scale in (("lon", 0.008), ("lat", 0.006)):
        value = network[axis].to_numpy()[home] + rng.normal(0, scale, len(pool))
        pool[axis] = np.where(near, value.round(5), np.nan)
    pool["datum"] = None
    # Some are copied from Chinese map services.
    pool.loc[np.flatnonzero(near)[::40], "datum"] = "GCJ02"
    pool["township"] = np.where(near, network["township"].to_numpy()[home], NOTHING)


def _describe(pool: pd.DataFrame, plan: Plan, starts: np.ndarray, rng: np.random.Generator) -> None:
    size = len(pool)
    firms = pool["client_type"].isin(_FIRMS).to_numpy()
    marks = {tag: firms & (rng.random(size) < share) for tag, share in KEY_TAGS.items()}
    tags = np.full(size, "", dtype=object)
    for tag, marked in marks.items():
        tags[marked] = tags[marked] + "、" + tag
    pool["key_tags"] = [text[1:] or None for text in tags]
    months = (plan.last_day - plan.first_day).days
    place = (np.arange(size) - starts[pool["home"]]) / np.diff(starts)[pool["home"]]
    registered = np.datetime64(plan.first_day, "m") + (place * months).astype("timedelta64[D]")
    pool["registered_on"] = registered.astype("datetime64[m]")
    pool["list_year"] = np.where(tags != "", pd.Series(registered).dt.year, NOTHING)
