"""What is computed of other units' counts does not tell what is hidden of them, however it is asked for."""

from __future__ import annotations

import json
from datetime import date, datetime

import numpy as np
import pytest

from analytics.comparison import compare, control_chart
from analytics.comparison.screening import Found
from analytics.comparison.seen import as_seen
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import evaluate
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, services, sheet

BUREAU, PUBLIC = Scope("city", None, "bureau"), Scope("city", None, "public")
HAIDIAN = Scope("district", "110108")
_STATIONS = {f"S{n:02}": ("110108", "110105", "110101", "110102")[n % 4] for n in range(16)}


def _rows():
    """Return services of 16 stations: 60 of B01 each, rated by most; of B05 at the door few, fewer rated."""
    rows = []
    for place, station in enumerate(_STATIONS):
        rows += [_row(station, "B01", n, 5 if n % 9 else 2, "窗口") for n in range(60)]
        # In the whole city 3 of 64 are rated, and 1 of the 38 ratings of B06 is bad: at one station each.
        rows += [_row(station, "B05", n, 5 if place == 1 and n < 3 else None, "上门") for n in range(4)]
        count = {0: 12, 1: 26}.get(place, 0)
        rows += [_row(station, "B06", n, 1 if place == 1 and n == 0 else 4, "电话") for n in range(count)]
    return rows


def _row(station, service, n, rating, channel):
    return {
        "record_id": f"{station}{service}{n}",
        "institution_id": station,
        "service": service,
        "channel": channel,
        "client_type": "小微企业",
        "rating": rating,
        "received_at": datetime(2026, 1 + n % 6, 2, 9),
    }


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("small") / "store")
    listed = [
        {
            "institution_id": code,
            "name": f"示例{code}站",
            "tier": "工作站",
            "district": district,
            "opened_on": date(2020, 1, 1),
        }
        for code, district in _STATIONS.items()
    ]
    with store.writing() as connection:
        lists = sheet("institutions", listed, key=("institution_id",))
        load_batch(connection, batch(lists, services(*_rows())), Settings())
    return store.snapshot()


def rows_of(snapshot, measure, scope, unit="institution", **filters):
    selection = Selection.of("all", **filters)
    return {row[unit]: row for row in compare(snapshot, measure, unit, scope=scope, selection=selection).rows}


def numbers_in(value):
    """Return every number in plain data."""
    if isinstance(value, dict):
        return [number for part in value.values() for number in numbers_in(part)]
    if isinstance(value, list):
        return [number for part in value for number in numbers_in(part)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


@pytest.mark.parametrize("scope", [BUREAU, PUBLIC], ids=str)
def test_expected_ratings_do_not_tell_how_few_the_city_has(snapshot, scope):
    narrow = {"service": "B05", "channel": "上门"}
    asked = Selection.of("all", **narrow)
    assert evaluate(snapshot, "ratings", scope=scope, selection=asked).rows[0]["masked"]
    seen = rows_of(snapshot, "ratings", CITY, **narrow)
    assert seen["S02"]["expected"] == pytest.approx(4 * 3 / 64)  # who may see records may know
    for row in rows_of(snapshot, "ratings", scope, **narrow).values():
        assert not row["expected"]
        assert row["ratio"] is None or not np.isfinite(row["ratio"]) or row["ratio"] == 0


@pytest.mark.parametrize("scope", [BUREAU, PUBLIC], ids=str)
def test_an_expected_share_does_not_tell_of_the_few_bad_ratings_elsewhere(snapshot, scope):
    # S00 has 12 good ratings and may be shown; S01's single bad one is hidden, and the city's total with it.
    asked = Selection.of("all", service="B06")
    assert evaluate(snapshot, "satisfaction_rate", scope=scope, selection=asked).rows[0]["masked"]
    assert rows_of(snapshot, "satisfaction_rate", CITY, service="B06")["S00"]["expected_value"] == (
        pytest.approx(37 / 38)
    )
    rows = rows_of(snapshot, "satisfaction_rate", scope, service="B06")
    assert rows["S01"]["masked"]
    assert rows["S00"]["expected_value"] is None
    assert rows["S00"]["shrunk_value"] is None


def test_a_district_does_not_learn_another_districts_few_bad_ratings(snapshot):
    rows = rows_of(snapshot, "satisfaction_rate", HAIDIAN, service="B06")
    # Its own twelve ratings it may see, and that they are all good.
    assert (rows["S00"]["value"], rows["S00"]["n"]) == (1.0, 12)
    assert rows["S00"]["expected_value"] is None
    assert rows["S00"]["ratio"] is None
    own = rows_of(snapshot, "satisfaction_rate", HAIDIAN, "district", service="B06")
    assert set(own) == {"110108"}
    assert own["110108"]["expected_value"] is None


@pytest.mark.parametrize("scope", [HAIDIAN, Scope("institution", "S00"), BUREAU], ids=str)
def test_what_is_computed_of_others_is_rounded_and_near(snapshot, scope):
    """Not to the last digit, which tells a quotient's counts, and near enough to compare with."""
    row = rows_of(snapshot, "satisfaction_rate", scope)["S00"]
    exact = rows_of(snapshot, "satisfaction_rate", CITY)["S00"]
    for name in ("expected_value", "ratio", "shrunk_value"):
        assert row[name] * 100 == pytest.approx(round(row[name] * 100))
        assert row[name] == pytest.approx(exact[name], abs=0.05)
    assert row["funnel_zone"] == exact["funnel_zone"]


def test_few_others_shape_no_limits_for_a_reader_who_may_not_see_them(snapshot):
    # Only S00 and S01 have ratings of B06; with 16 stations of B01 there are others enough.
    narrow = rows_of(snapshot, "rating_response_rate", HAIDIAN, service="B06")
    assert not any(row["judged"] for row in narrow.values())
    assert all(
        row["funnel_limits"] is None or not numbers_in(row["rank_interval"]) for row in narrow.values()
    )
    wide = rows_of(snapshot, "satisfaction_rate", HAIDIAN, service="B01")
    assert all(row["judged"] for row in wide.values())


def test_no_pair_of_filters_in_comparisons_subtracts_to_a_hidden_count(snapshot):
    """Take expected ratings with and without the few of B05: in steps of five, or not at all."""
    for scope, limit in ((BUREAU, 5), (PUBLIC, 10)):
        with_few = rows_of(snapshot, "ratings", scope, service=("B01", "B05"))
        without = rows_of(snapshot, "ratings", scope, service="B01")
        for code, row in with_few.items():
            if row["expected"] is not None and without[code]["expected"] is not None:
                apart = row["expected"] - without[code]["expected"]
                assert apart % limit == pytest.approx(0) or apart % limit == pytest.approx(limit)


def test_a_season_does_not_tell_the_citys_few_ratings_by_month(snapshot):
    asked = Selection.of("all", service="B05")
    charts = [
        control_chart(snapshot, key, scope=PUBLIC, selection=asked, month="2026-05")
        for key in ("ratings", "services")
    ]
    assert charts[0].meta["season"] == charts[1].meta["season"]
    assert all(month["n"] in (None, 0) or month["n"] % 10 == 0 for month in charts[0].rows[0]["months"])


def test_a_chart_of_several_services_adds_up_what_is_shown_of_each(snapshot):
    # In January 7 ratings are of B06 and 1 is of B05: 8 would be shown as 10, and tell of that one.
    one, both = (
        control_chart(snapshot, "ratings", scope=BUREAU, selection=asked, month="2026-05").rows[0]["months"]
        for asked in (Selection.of("all", service="B06"), Selection.of("all", service=("B05", "B06")))
    )
    assert [month["n"] for month in one] == [month["n"] for month in both]
    assert one[0]["n"] == 5


@pytest.mark.parametrize(
    "measure", ["ratings", "satisfaction_rate", "rating_response_rate", "bad_rating_rate"]
)
def test_a_masked_row_of_a_comparison_holds_no_number_at_all(snapshot, measure):
    masked = 0
    for scope in (BUREAU, PUBLIC):
        for service in ("B05", "B06"):
            for row in rows_of(snapshot, measure, scope, service=service).values():
                if row["masked"]:
                    masked += 1
                    assert numbers_in({key: value for key, value in row.items() if key != "name"}) == []
    assert masked > 0


def test_what_is_hidden_stands_nowhere_in_the_json(snapshot):
    """Of a station with 3 ratings of 60 services no key of the answer carries the 3 or the quotient."""
    for scope in (BUREAU, PUBLIC):
        answer = compare(
            snapshot, "ratings", "institution", scope=scope, selection=Selection.of("all", service="B05")
        ).as_dict()
        assert 3 not in numbers_in(json.loads(json.dumps(answer["rows"])))


def standing_out(value, n, kind="funnel"):
    return Found(kind, "satisfaction_rate", "S00", 0.001, value, 0.953, (0.7, 0.9), n, 12, "2026-05")


def test_signals_are_found_on_exact_counts_and_shown_rounded_without_the_small_ones():
    exact = standing_out(0.813, 278)
    assert as_seen(exact, CITY) == exact
    assert as_seen(exact, HAIDIAN) == exact  # of its own stations a district sees the records
    for scope, limit in ((BUREAU, 5), (PUBLIC, 10)):
        shown = as_seen(exact, scope)
        assert shown.n % limit == 0
        assert shown.value == pytest.approx(0.813, abs=0.03)
        assert shown.interval[0] < shown.value < shown.interval[1] < shown.expected == pytest.approx(0.95)
        # 3 bad ratings of 30 are few; 24 of 25 rounded is no lower than what is expected.
        assert as_seen(standing_out(0.9, 30), scope) is None
        assert as_seen(standing_out(0.96, 25), scope) is None
        chart = as_seen(standing_out(0.8, 100, "control_chart"), scope)
        assert chart.interval == pytest.approx((0.7, 0.9))
