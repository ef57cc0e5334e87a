"""Several measures in shared scans give what each gives alone; expectations against a slow second way."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest

from analytics.comparison import compare, compare_many
from analytics.core.selection import CITY, Selection
from analytics.core.settings import Settings
from analytics.measures import registry
from analytics.measures.sums import adjusted_for
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, services, sheet

MEASURES = ("services", "satisfaction_rate", "response_days", "online_share", "complaints", "clients_served")
DAYS = {"B01": 0.6, "B02": 4.0}
STATIONS = [f"S{n:02}" for n in range(12)]


def records():
    """Return services of stations that differ in their mix and nothing else; S00 is three times slower."""
    chance = random.Random(5)
    rows = []
    for place, station in enumerate(STATIONS):
        for n in range(60):
            service = "B01" if chance.random() < (place + 1) / 13 else "B02"
            channel = "线上" if chance.random() < (0.8 if service == "B01" else 0.2) else "窗口"
            days = DAYS[service] * chance.lognormvariate(0.0, 0.4) * (3.0 if place == 0 else 1.0)
            rows.append({
                "record_id": f"{station}{n}", "institution_id": station, "service": service,
                "channel": channel, "client_type": "小微企业", "rating": 5 if chance.random() < 0.8 else 1,
                "received_at": datetime(2026, 3, 2, 9),
                "responded_at": datetime(2026, 3, 2, 9) + timedelta(days=days) if n else None,
                "response_days": days if n else None,
            })  # fmt: skip
    return rows


ROWS = records()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("reading") / "store")
    listed = [
        {
            "institution_id": code, "name": f"示例{code}站", "tier": "工作站", "district": "110108",
            "opened_on": date(2020, 1, 1), "annual_capacity": 100.0 + place,
        }
        for place, code in enumerate(STATIONS)
    ]  # fmt: skip
    lists = sheet("institutions", listed, key=("institution_id",))
    with store.writing() as connection:
        load_batch(connection, batch(lists, services(*ROWS)), Settings())
    return store.snapshot()


def settled(value):
    """Round figures: a database adds in any order, and the last digit is chance."""
    if isinstance(value, dict):
        return {name: settled(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [settled(part) for part in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


@pytest.mark.parametrize("unit", ["district", "institution"])
def test_measures_compared_at_once_say_what_each_says_alone(snapshot, unit):
    selection = Selection.of("2026", service="B01")
    for chosen in (Selection("2026"), selection):
        keys = [key for key in MEASURES if not chosen.filters or "service" in registry.get(key).dimensions]
        together = compare_many(snapshot, keys, unit, scope=CITY, selection=chosen)
        for key, found in zip(keys, together, strict=True):
            alone = compare(snapshot, key, unit, scope=CITY, selection=chosen)
            assert settled(found.as_dict()) == settled(alone.as_dict())
            assert settled(found.curves) == settled(alone.curves)


def test_less_than_full_lacks_only_ranks_and_shrunk_shares(snapshot):
    full = compare_many(snapshot, MEASURES, "institution", scope=CITY)
    short = compare_many(snapshot, MEASURES, "institution", scope=CITY, in_full=False)
    left_out = {"rank_interval", "p_top_quarter", "p_bottom_quarter", "shrunk_value", "shrunk_interval"}
    for one, other in zip(full, short, strict=True):
        for row, plain in zip(one.rows, other.rows, strict=True):
            assert settled({**row, **dict.fromkeys(left_out)}) == settled(
                {**plain, **dict.fromkeys(left_out)}
            )
            assert plain["rank_interval"] is None
    share = next(found for found in short if found.measure.key == "satisfaction_rate")
    assert all(row["shrunk_value"] is None for row in share.rows)


def test_without_medians_all_else_of_days_is_told(snapshot):
    (full,) = compare_many(snapshot, ["response_days"], "institution", scope=CITY)
    (short,) = compare_many(snapshot, ["response_days"], "institution", scope=CITY, with_medians=False)
    left_out = dict.fromkeys(("value", "interval"))
    assert all(row["value"] is not None for row in full.rows)
    for row, plain in zip(full.rows, short.rows, strict=True):
        assert settled({**row, **left_out}) == settled(plain)


def test_days_are_expected_by_mean_logarithms_of_the_mix(snapshot):
    logs = defaultdict(list)
    own = defaultdict(list)
    for row in ROWS:
        if row["response_days"] is not None:
            cell = row["service"], row["channel"]
            logs[cell].append(math.log(row["response_days"] + 0.5))
            own[row["institution_id"]].append((cell, math.log(row["response_days"] + 0.5)))
    city = {cell: sum(values) / len(values) for cell, values in logs.items()}
    rows = {row["institution"]: row for row in _rows(snapshot, "response_days")}
    for station, values in own.items():
        expected = sum(city[cell] for cell, _ in values) / len(values)
        mean = sum(value for _, value in values) / len(values)
        assert rows[station]["n"] == len(values) == 59
        assert rows[station]["expected_value"] == pytest.approx(math.exp(expected) - 0.5)
        assert rows[station]["ratio"] == pytest.approx(math.exp(mean - expected))
    assert rows["S00"]["funnel_zone"] == "beyond_99.8"
    assert rows["S00"]["funnel_side"] == "high"
    assert all(rows[station]["funnel_zone"] == "in" for station in STATIONS[1:])


def test_a_share_given_online_is_not_expected_from_the_channels_themselves(snapshot):
    assert adjusted_for(registry.get("online_share"), "institution") == ("service", "client_type")
    assert adjusted_for(registry.get("satisfaction_rate"), "institution") == (
        "service",
        "channel",
        "client_type",
    )
    online = defaultdict(list)
    for row in ROWS:
        online[row["service"]].append(row["channel"] == "线上")
    rate = {service: sum(values) / len(values) for service, values in online.items()}
    for row in _rows(snapshot, "online_share"):
        mix = [r["service"] for r in ROWS if r["institution_id"] == row["institution"]]
        assert row["expected"] == pytest.approx(sum(rate[service] for service in mix))
    assert any(abs(row["ratio"] - 1.0) > 0.02 for row in _rows(snapshot, "online_share"))


def _rows(snapshot, key):
    return compare(snapshot, key, "institution", scope=CITY).rows
