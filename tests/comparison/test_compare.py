"""Comparison by hand-computed examples, against a slow second way, and without saying what is hidden."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime

import pytest
from scipy.stats import beta, chi2

from analytics.comparison import compare
from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, services, sheet

FIGURES = (
    "value",
    "n",
    "observed",
    "interval",
    "expected",
    "expected_value",
    "ratio",
    "ratio_interval",
    "funnel_zone",
    "funnel_side",
    "funnel_limits",
    "shrunk_value",
    "shrunk_interval",
    "rank_interval",
    "p_top_quarter",
    "p_bottom_quarter",
)


def rated(station: str, service: str, good: int, bad: int, **more: object) -> list[dict]:
    return [
        {
            "record_id": f"{station}{service}{n}",
            "institution_id": station,
            "service": service,
            "channel": "窗口",
            "client_type": "小微企业",
            "rating": 5 if n < good else 1,
            "received_at": datetime(2026, 3, 2, 9),
            **more,
        }
        for n in range(good + bad)
    ]


# A does the easy service, B the hard one, equally well; C is young; D has too few.
ROWS = [
    *rated("A", "B01", 90, 10),
    *rated("A", "B02", 10, 10),
    *rated("B", "B01", 18, 2),
    *rated("B", "B02", 50, 50),
    *rated("C", "B01", 9, 11),
    *rated("D", "B02", 6, 3),
]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("compare") / "store")
    lists = sheet(
        "institutions",
        [
            {
                "institution_id": code,
                "name": f"示例{code}站",
                "tier": "工作站",
                "district": district,
                "opened_on": opened,
                "annual_capacity": capacity,
            }
            for code, district, opened, capacity in (
                ("D", "110108", date(2020, 1, 1), None),
                ("A", "110108", date(2020, 1, 1), 300.0),
                ("B", "110101", date(2020, 1, 1), 100.0),
                ("C", "110105", date(2025, 9, 1), None),
            )
        ],
        key=("institution_id",),
    )
    with store.writing() as connection:
        load_batch(connection, batch(lists, services(*ROWS)), Settings())
    return store.snapshot()


def rows_of(snapshot, measure, unit="institution", scope=CITY, **more):
    answer = compare(
        snapshot, measure, unit, scope=scope, selection=more.pop("selection", Selection()), **more
    )
    return {row[unit]: row for row in answer.rows}, answer.meta


def test_expectation_is_the_citys_rate_of_each_stratum_by_hand(snapshot):
    rows, meta = rows_of(snapshot, "satisfaction_rate")
    # City: B01 117 of 140, B02 66 of 129.
    easy, hard = 117 / 140, 66 / 129
    assert rows["A"]["expected"] == pytest.approx(100 * easy + 20 * hard)
    assert rows["B"]["expected"] == pytest.approx(20 * easy + 100 * hard)
    assert rows["A"]["ratio"] == pytest.approx(100 / rows["A"]["expected"])
    assert rows["A"]["ratio_interval"][0] == pytest.approx(
        beta.ppf(0.025, 100, 21) * 120 / rows["A"]["expected"]
    )
    assert meta["expected_from"] == "city_rates"
    assert meta["adjusted_for"] == ["service", "channel", "client_type"]
    # Raw shares are far apart, against their own mix they are alike.
    assert rows["A"]["value"] - rows["B"]["value"] > 0.25
    assert rows["A"]["funnel_zone"] == rows["B"]["funnel_zone"] == "in"


def test_rows_stand_in_the_standards_order_never_by_rank(snapshot):
    answer = compare(snapshot, "satisfaction_rate", "institution", scope=CITY)
    assert [row["institution"] for row in answer.rows] == ["B", "C", "A", "D"]
    districts = [row["district"] for row in compare(snapshot, "satisfaction_rate", scope=CITY).rows]
    assert len(districts) == 18
    assert districts[-1] == "all"


def test_the_young_are_shown_but_not_judged(snapshot):
    row = rows_of(snapshot, "satisfaction_rate")[0]["C"]
    assert row["value"] == pytest.approx(9 / 20)
    assert (row["judged"], row["funnel_zone"], row["rank_interval"]) == (False, None, None)
    assert "一年" in row["reason"]["zh"]


def test_what_is_masked_is_masked_in_every_figure(snapshot):
    row = rows_of(snapshot, "satisfaction_rate")[0]["D"]
    assert row["masked"]
    assert all(row[name] is None for name in FIGURES)
    assert (row["judged"], row["institution"]) == (False, "D")


def test_shrunk_values_lie_between_value_and_expectation(snapshot):
    for row in rows_of(snapshot, "satisfaction_rate")[0].values():
        if not row["masked"]:
            low, high = sorted((row["value"], row["expected_value"]))
            assert low - 1e-9 <= row["shrunk_value"] <= high + 1e-9


def test_volumes_are_expected_by_capacity_where_it_is_declared(snapshot):
    rows, meta = rows_of(snapshot, "services")
    assert meta["expected_from"] == "annual_capacity"
    # 240 services of the two that declare 300 and 100.
    assert rows["A"]["expected"] == pytest.approx(180.0)
    assert rows["A"]["ratio_interval"] == pytest.approx(
        [chi2.ppf(0.025, 240) / 360, chi2.ppf(0.975, 242) / 360]
    )
    assert rows["D"]["expected"] is None
    assert not rows["D"]["judged"]
    narrowed = rows_of(snapshot, "services", selection=Selection.of("all", channel="窗口"))[1]
    assert narrowed["expected_from"] is None


def test_kinds_without_an_expectation_come_with_their_values_and_say_so(snapshot):
    rows, meta = rows_of(snapshot, "result_amount")
    assert meta["expected_from"] is None
    assert "依据" in meta["expected_note"]["zh"]
    assert all(row["ratio"] is None and not row["judged"] for row in rows.values())


def test_filters_of_place_choose_rows_and_leave_the_yardstick(snapshot):
    whole, _ = rows_of(snapshot, "satisfaction_rate")
    part, _ = rows_of(snapshot, "satisfaction_rate", selection=Selection.of("all", district="110108"))
    assert part == {code: whole[code] for code in ("A", "D")}
    own, _ = rows_of(snapshot, "services", scope=Scope("institution", "B"))
    assert own == {"B": rows_of(snapshot, "services")[0]["B"]}


def test_nobody_gets_at_other_districts_through_filters(snapshot):
    narrow = Selection.of("all", institution=("A", "B"))
    with pytest.raises(UserError):
        compare(snapshot, "satisfaction_rate", scope=Scope("district", "110108"), selection=narrow)
    with pytest.raises(UserError):
        compare(snapshot, "satisfaction_rate", scope=Scope("district", "110108"), by_client=True)
    with pytest.raises(UserError):
        compare(snapshot, "satisfaction_rate", scope=Scope("institution", "A"))


def test_readers_who_may_not_see_records_get_nothing_small(snapshot):
    rows, _ = rows_of(snapshot, "satisfaction_rate", scope=Scope("city", audience="public"))
    # 9 good of 20 rated: fewer than ten.
    assert all(rows["C"][name] is None for name in FIGURES)
    assert rows["A"]["n"] % 10 == 0


@pytest.mark.parametrize("choice", [{"unit": "street"}, {"peers": "best"}, {"by_client": True}])
def test_choices_that_make_no_sense_are_told(snapshot, choice):
    asked = {"unit": "institution", "scope": CITY} | choice
    with pytest.raises(UserError):
        compare(snapshot, "satisfaction_rate", **asked)


def test_answers_are_plain_json(snapshot):
    for measure in ("satisfaction_rate", "response_days", "services", "complaints", "reporting_rate"):
        answer = compare(snapshot, measure, "institution", scope=CITY).as_dict()
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer


def test_expected_events_agree_with_a_slow_second_way(small_store):
    snapshot = open_store(small_store).snapshot()
    selection = Selection.of("all", service=("B01", "B02", "B03"))
    rows, _ = rows_of(snapshot, "answered_in_time_rate", selection=selection)
    expected = _by_hand(snapshot)
    compared = [row for row in rows.values() if row["expected"] is not None]
    assert compared
    for row in compared:
        assert row["expected"] == pytest.approx(expected[row["institution"]])


def _by_hand(snapshot) -> dict[str, float]:
    """Return expected answers in time by a loop over the records, one at a time."""
    from sqlalchemy import select

    from analytics.measures.evaluate import bound_values
    from analytics.measures.registry import get
    from analytics.store.schema import SERVICES

    table, measure = SERVICES.current.c, get("answered_in_time_rate")
    statement = select(
        table.institution_id,
        table.service,
        table.channel,
        table.client_type,
        measure.numerator.label("good"),
    ).where(measure.denominator, table.service.in_(("B01", "B02", "B03")))
    with snapshot.connect() as connection:
        records = connection.execute(statement, bound_values(snapshot)).all()
    seen, good = defaultdict(int), defaultdict(int)
    for _, *stratum, answered in records:
        seen[tuple(stratum)] += 1
        good[tuple(stratum)] += bool(answered)
    totals: dict[str, float] = defaultdict(float)
    for institution, *stratum, _ in records:
        totals[institution] += good[tuple(stratum)] / seen[tuple(stratum)]
    return totals
