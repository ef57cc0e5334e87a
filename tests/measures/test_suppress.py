"""Small counts of clients and ratings cannot be found out by readers who may not see records."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import settings as chosen
from hypothesis import strategies as st

from analytics.core.errors import UserError
from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import evaluate, registry
from analytics.measures.result import Figures
from analytics.measures.suppress import hidden_keys, limit_for, rounded, share_step
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, institutions, services

BUREAU, PUBLIC = Scope("city", audience="bureau"), Scope("city", audience="public")
LIMITS = {"bureau": 5, "public": 10}
SENSITIVE = sorted(measure.key for measure in registry.all_measures() if measure.counts_persons)
CHANNELS = ("窗口", "电话", "线上", "上门")
# Distinct and rated services by station and channel: some cells small, some lines with one small cell only.
_SIZES = {"S1": (40, 3, 22, 0), "S2": (31, 17, 2, 4), "S3": (12, 26, 35, 90), "S4": (1, 0, 0, 0)}


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    random = Random(5)
    rows = [
        {
            "record_id": f"{station}-{channel}-{n}",
            "institution_id": station,
            "channel": channel,
            "client_id": f"C{random.randrange(400)}",
            "rated_level": None,
            "rating": random.choice([5, 5, 4, 4, 3, 2, 1]),
            "received_at": datetime(2026, 1 + n % 6, 3, 10),
        }
        for station, sizes in _SIZES.items()
        for channel, size in zip(CHANNELS, sizes, strict=True)
        for n in range(size)
    ]
    rows = [{name: value for name, value in row.items() if name != "rated_level"} for row in rows]
    store = open_store(tmp_path_factory.mktemp("suppress") / "store")
    with store.writing() as connection:
        load_batch(connection, batch(institutions(*_SIZES), services(*rows)), Settings())
    return store.snapshot()


def cells(snapshot, measure, scope, by=(), **filters):
    rows = evaluate(snapshot, measure, scope=scope, by=by, selection=Selection.of("all", **filters)).rows
    return {tuple(row[name] for name in by): row for row in rows}


def test_the_measures_that_count_clients_or_ratings_say_so():
    assert SENSITIVE == [
        "bad_rating_followed_up_rate",
        "bad_rating_rate",
        "clients_served",
        "new_clients",
        "rating_response_rate",
        "ratings",
        "satisfaction_rate",
        "well_satisfied_rate",
    ]


@pytest.mark.parametrize("scope", [BUREAU, PUBLIC], ids=["bureau", "public"])
@pytest.mark.parametrize("measure", SENSITIVE)
def test_what_is_small_is_hidden_and_nothing_of_it_is_in_the_row(snapshot, measure, scope):
    limit = LIMITS[scope.audience]
    by = ("institution", "channel")
    open_rows, shown = cells(snapshot, measure, CITY, by), cells(snapshot, measure, scope, by)
    assert open_rows.keys() == shown.keys()
    small = 0
    for key, row in open_rows.items():
        counts = [row["numerator"] or 0]
        if row["denominator"]:
            counts += [row["denominator"], row["denominator"] - row["numerator"]]
        if row["masked"] or any(0 < count < limit for count in counts):
            small += 1
            assert shown[key]["masked"]
            figures = ("value", "numerator", "denominator", "lower", "upper")
            assert all(shown[key][name] is None for name in figures)
    assert small > 0


@pytest.mark.parametrize("scope", [BUREAU, PUBLIC], ids=["bureau", "public"])
@pytest.mark.parametrize("measure", ["ratings", "clients_served", "new_clients"])
def test_no_total_less_what_is_shown_beside_it_is_a_hidden_cell(snapshot, measure, scope):
    for by in (("institution",), ("channel",), ("institution", "channel"), ("channel", "month")):
        shown = cells(snapshot, measure, scope, by)
        hidden = {key for key, row in shown.items() if row["masked"]}
        truth = cells(snapshot, measure, CITY, by)
        for place, name in enumerate(by):
            for code in {key[place] for key in shown}:
                line = [key for key in shown if key[place] == code]
                unseen = [key for key in line if key in hidden]
                total = cells(snapshot, measure, scope, (), **{name: [code]})[()]
                if len(unseen) != 1 or total["masked"]:
                    continue
                rest = total["value"] - sum(shown[key]["value"] for key in line if key not in hidden)
                assert rest != truth[unseen[0]]["value"]


@pytest.mark.parametrize("scope", [BUREAU, PUBLIC], ids=["bureau", "public"])
@pytest.mark.parametrize("measure", ["ratings", "clients_served"])
def test_no_pair_of_filters_subtracts_to_a_hidden_cell(snapshot, measure, scope):
    limit = LIMITS[scope.audience]
    truth = cells(snapshot, measure, CITY, ("institution", "channel"))
    answers = {}
    for stations in subsets(_SIZES):
        for channels in subsets(CHANNELS):
            row = cells(snapshot, measure, scope, (), institution=stations, channel=channels)[()]
            if not row["masked"]:
                answers[stations, channels] = row["value"]
    tried = 0
    for (one, first), (two, second) in combinations(answers, 2):
        apart = {(s, c) for s in one for c in first} ^ {(s, c) for s in two for c in second}
        if len(apart) == 1 and 0 < truth.get(next(iter(apart)), {"value": 0})["value"] < limit:
            tried += 1
            difference = abs(answers[one, first] - answers[two, second])
            assert difference % limit == 0
            assert difference != truth[next(iter(apart))]["value"]
    assert tried > 0


def subsets(codes):
    codes = tuple(codes)
    return [chosen for size in range(1, len(codes) + 1) for chosen in combinations(codes, size)]


def test_who_may_see_records_sees_every_count_and_the_bureau_its_own_limit(snapshot):
    by = ("institution", "channel")
    assert not any(row["masked"] for row in cells(snapshot, "ratings", CITY, by).values())
    hidden = [
        sum(row["masked"] for row in cells(snapshot, "ratings", s, by).values()) for s in (BUREAU, PUBLIC)
    ]
    assert 0 < hidden[0] <= hidden[1]
    services_seen = cells(snapshot, "services", PUBLIC, by)
    assert services_seen == cells(snapshot, "services", CITY, by)


def test_an_answer_says_below_what_it_hides_and_how_it_rounds(snapshot):
    assert evaluate(snapshot, "ratings", scope=PUBLIC).meta["hidden_below"] == 10
    assert evaluate(snapshot, "ratings", scope=BUREAU).meta["rounded_to"] == 5
    assert "hidden_below" not in evaluate(snapshot, "ratings", scope=CITY).meta
    assert evaluate(snapshot, "ratings", scope=PUBLIC).meta["scope"] == "city@public"


def test_limits_are_settings():
    settings = Settings(count_hidden_below_bureau=3, count_hidden_below_public=20)
    measure = registry.get("ratings")
    assert [limit_for(s, measure, settings) for s in (CITY, BUREAU, PUBLIC)] == [0, 3, 20]


def test_a_scope_carries_its_reader_through_text():
    for text in (
        "city",
        "city@bureau",
        "district:110108@public",
        "institution:A@B",
        "institution:A@B@public",
    ):
        assert str(Scope.parse(text)) == text
    assert Scope.parse("institution:A@B").code == "A@B"
    assert Scope.parse("city@records") == CITY
    for text in ("", "@public", "planet@public", "district:@public", "city@"):
        with pytest.raises(UserError):
            Scope.parse(text)


_TABLES = st.dictionaries(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz")), st.integers(0, 30), min_size=1
)


@given(_TABLES, st.sampled_from([3, 5, 10]))
@chosen(derandomize=True, deadline=None)
def test_no_line_of_a_table_hides_one_cell_only_while_another_could_cover_it(table, limit):
    figures = {key: Figures(count, None) for key, count in table.items()}
    hidden = hidden_keys(figures, limit)
    assert {key for key, count in table.items() if 0 < count < limit} <= hidden
    for place in (0, 1):
        for code in {key[place] for key in table}:
            line = [key for key in table if key[place] == code]
            inside = [key for key in line if key in hidden]
            assert len(inside) != 1 or all(table[key] == 0 for key in line if key not in hidden)


@given(st.integers(10, 400), st.sampled_from([5, 10]), st.data())
@chosen(derandomize=True, deadline=None)
def test_two_shares_over_the_same_ratings_do_not_tell_how_few_lie_between_them(over, limit, data):
    # The satisfied less the well satisfied are those who said 基本满意: hidden where they are few.
    few = data.draw(st.integers(1, min(limit - 1, over)))
    satisfied = data.draw(st.integers(few, over))
    shown = [rounded(Figures(part, over), limit) for part in (satisfied, satisfied - few)]
    difference = shown[0].numerator / shown[0].denominator - shown[1].numerator / shown[1].denominator
    step = share_step(shown[0].denominator, limit)
    # What the two steps leave open reaches from none to the limit, or as far as a step of one half does.
    low, high = (difference - step) * over, (difference + step) * over
    assert low <= few <= high
    assert high - low >= min(2 * (limit - 1) * 0.95 - 1, over) - 1e-9


@given(st.integers(0, 5000), st.integers(0, 5000), st.sampled_from([5, 10]))
@chosen(derandomize=True, deadline=None)
def test_rounding_is_near_keeps_shares_shares_and_never_shows_a_count_below_the_limit(one, two, limit):
    low, high = sorted((one, two))
    count = rounded(Figures(high, None), limit).numerator
    assert count % limit == 0
    assert abs(count - high) <= limit / 2
    share = rounded(Figures(low, high), limit)
    assert 0 <= share.numerator <= share.denominator
    if high >= 100 * limit:
        assert abs(share.numerator / share.denominator - low / high) <= 0.0051
