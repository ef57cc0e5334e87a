"""Service records: who was served when, with what, how."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sample_data.clients import CLIENT_TYPES
from sample_data.days import day_weights, is_ip_week
from sample_data.offer import draw_channels, draw_ip_types, draw_services, draw_topics
from sample_data.plan import NOTHING, Plan
from sample_data.planted import INDUSTRY_GAPS
from sample_data.progress import add_ratings, add_results, add_steps

_ANONYMOUS = 0.09
_OWN_CLIENT = 0.86


def service_records(
    plan: Plan, network: pd.DataFrame, pool: pd.DataFrame, starts: np.ndarray, experts: pd.DataFrame
) -> pd.DataFrame:
    """Return ``plan.rows`` records, one a row, sorted by institution and time.

    Columns are those of the ledger, times as ``datetime64[m]``; ``institution`` is the row of
    ``network`` that gave the service.
    """
    rng = plan.rng("services")
    institution, day = _when(plan, network, rng)
    frame = pd.DataFrame({"institution": institution})
    frame["received_at"] = _office_time(np.datetime64(plan.first_day, "m"), day, rng)
    frame = frame.sort_values(["institution", "received_at"], kind="stable", ignore_index=True)
    institution = frame["institution"].to_numpy()
    since = frame["received_at"].to_numpy() - np.datetime64(plan.first_day, "m")
    years = since.astype("timedelta64[D]").astype(float) / 365.25
    frame["institution_id"] = network["institution_id"].to_numpy()[institution]
    frame["record_id"] = _record_ids(frame)
    _add_what(frame, years, len(network), rng)
    _add_whom(frame, years / 5, pool, starts, rng, plan.rng("industry gaps"))
    _add_expert(frame, experts, rng)
    add_steps(frame, plan, network)
    add_results(frame, plan)
    add_ratings(frame, plan, network)
    return frame


def _when(plan: Plan, network: pd.DataFrame, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw institution and day of each record, both as indices."""
    days = np.array(plan.days, dtype="datetime64[D]")
    opened = network["opened_on"].to_numpy()[:, None]
    closed = network["closed_on"].to_numpy()[:, None]
    is_open = (days >= opened) & (np.isnat(closed) | (days <= closed))
    # A new station takes about half a year to become known.
    age = (days - opened).astype("timedelta64[D]").astype(float) / 180
    ramp = np.where(network["is_late"].to_numpy()[:, None], np.clip(age, 0.15, 1.0), 1.0)
    month = days.astype("datetime64[M]").astype(int) - days[0].astype("datetime64[M]").astype(int)
    luck = rng.lognormal(0, 0.08, (len(network), int(month.max()) + 1))[:, month]
    volume = np.where(network["monthly_only"], 0.0, network["volume"])[:, None]
    weights = (volume * is_open * ramp * luck * day_weights(plan)).ravel()
    bounds = np.cumsum(weights)
    found = np.searchsorted(bounds / bounds[-1], rng.random(plan.rows), side="right")
    return found // len(days), found % len(days)


def _office_time(first: np.datetime64, day: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    morning = rng.random(len(day)) < 0.55
    hour = np.where(morning, rng.normal(10.3, 0.8, len(day)), rng.normal(15.0, 1.1, len(day)))
    minutes = (np.clip(hour, 8.5, 17.9) * 60).astype("timedelta64[m]")
    return np.asarray(first + day.astype("timedelta64[D]") + minutes)


def _record_ids(frame: pd.DataFrame) -> list[str]:
    month = frame["received_at"].to_numpy().astype("datetime64[M]")
    number = frame.groupby([frame["institution"], month]).cumcount() + 1
    names = np.datetime_as_string(month)
    return [f"FW{m[:4]}{m[5:]}-{n:04d}" for m, n in zip(names, number, strict=True)]


def _add_what(frame: pd.DataFrame, years: np.ndarray, count: int, rng: np.random.Generator) -> None:
    institution, size = frame["institution"].to_numpy(), len(frame)
    service = draw_services(institution, count, rng)
    dates = frame["received_at"].to_numpy().astype("datetime64[D]")
    publicity = np.isin(dates, [d for d in np.unique(dates) if is_ip_week(d.item())])
    service[publicity & (rng.random(size) < 0.3)] = "B11"
    frame["service"] = service
    frame["channel"] = draw_channels(institution, service, years, count, rng)
    frame["topic"], frame["ip_type"] = draw_topics(service, rng), draw_ip_types(service, rng)
    event = frame["channel"].eq("活动").to_numpy()
    persons = np.where(
        event, rng.integers(5, 60, size), 1 + (rng.random(size) < 0.12) * rng.integers(1, 4, size)
    )
    frame["persons_served"] = np.where(rng.random(size) < 0.12, np.nan, persons)
    frame["is_overseas"] = np.where(rng.random(size) < 0.5, rng.random(size) < 0.08, NOTHING)
    frame["is_confidential"] = np.where(rng.random(size) < 0.012, True, NOTHING)


def _add_whom(
    frame: pd.DataFrame,
    passed: np.ndarray,
    pool: pd.DataFrame,
    starts: np.ndarray,
    rng: np.random.Generator,
    gap_rng: np.random.Generator,
) -> None:
    """Choose clients: mostly an institution's own, some again and again, new ones as time passes."""
    size = len(frame)
    home = np.where(
        rng.random(size) < _OWN_CLIENT, frame["institution"], rng.permutation(frame["institution"])
    )
    held = starts[home + 1] - starts[home]
    known = np.maximum(1, held * (0.3 + 0.7 * passed))
    client = starts[home] + (known * rng.random(size) ** 1.35).astype(int)
    client = _without_left_out(client, starts[home], known, pool, gap_rng)
    anonymous = rng.random(size) < _ANONYMOUS
    guess = rng.choice(list(CLIENT_TYPES), size, p=list(CLIENT_TYPES.values()))
    frame["client_id"] = np.where(anonymous, NOTHING, pool["client_id"].to_numpy(dtype=object)[client])
    frame["client_type"] = np.where(anonymous, guess, pool["client_type"].to_numpy(dtype=object)[client])
    told = {"industry": ("industry", 0.65), "client_district": ("district", 0.85)}
    for column, (source, share) in told.items():
        value = pool[source].to_numpy(dtype=object)[client]
        frame[column] = np.where(rng.random(size) < share, value, NOTHING)


def _without_left_out(
    client: np.ndarray, first: np.ndarray, known: np.ndarray, pool: pd.DataFrame, rng: np.random.Generator
) -> np.ndarray:
    """Put others of the same institution in the place of clients whose industry is planted as left out."""
    kept = np.ones(len(pool))
    for gap in INDUSTRY_GAPS:
        kept[(pool["district"].eq(gap.area) & pool["industry"].eq(gap.industry)).to_numpy()] = gap.kept
    client = client.copy()
    turned = np.flatnonzero(rng.random(len(client)) > kept[client])
    # An institution may have few others: what is still of such an industry after some tries stays.
    for _ in range(8):
        client[turned] = first[turned] + (known[turned] * rng.random(len(turned)) ** 1.35).astype(int)
        turned = turned[kept[client[turned]] < 1]
    return client


def _add_expert(frame: pd.DataFrame, experts: pd.DataFrame, rng: np.random.Generator) -> None:
    size = len(frame)
    standing = experts[experts["left_on"].isna()]
    chosen = standing["expert_id"].to_numpy(dtype=object)[rng.integers(0, len(standing), size)]
    began = standing.set_index("expert_id")["registered_on"].reindex(chosen).to_numpy()
    by_expert = (rng.random(size) < 0.05) & (began <= frame["received_at"].to_numpy())
    frame["expert_id"] = np.where(by_expert, chosen, NOTHING)
