"""Every measure says what it is, in both languages, and where the standard asks for it."""

import importlib
import pkgutil

import pytest

from analytics.core.selection import CITY, DIMENSIONS, Selection
from analytics.core.settings import Settings
from analytics.measures import declared, evaluate, registry
from analytics.standard.clauses import is_clause
from analytics.store import open_store
from analytics.store.load import load_batch
from tests.store.rows import batch, institutions, services

MEASURES = registry.all_measures()


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.key)
def test_a_measure_has_name_definition_and_unit_in_both_languages(measure):
    for text in (measure.name, measure.definition, measure.unit):
        assert text.zh.strip()
        assert text.en.strip()
    assert bool(measure.caveats.zh) == bool(measure.caveats.en)
    assert not any("\u4e00" <= c <= "\u9fff" for c in measure.name.en)


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.key)
def test_a_measure_cites_clauses_that_exist(measure):
    assert measure.clauses
    assert [clause.number for clause in measure.clauses if not is_clause(clause.number)] == []


def test_a_measures_key_is_its_files_name():
    for module in pkgutil.iter_modules(declared.__path__):
        assert importlib.import_module(f"{declared.__name__}.{module.name}").MEASURE.key == module.name


def test_names_are_unique_so_that_targets_can_name_measures():
    for language in ("zh", "en"):
        names = [measure.name.get(language) for measure in MEASURES]
        assert len(names) == len(set(names))
    for measure in MEASURES:
        assert registry.by_name(measure.name.zh) is measure


def test_service_measures_know_every_dimension():
    assert set(DIMENSIONS) <= set(registry.get("services").dimensions)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("store"))
    rows = [{"record_id": str(n), "institution_id": "S1", "rating": 5 - n % 3} for n in range(30)]
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1"), services(*rows)), Settings())
    return store.snapshot()


@pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.key)
def test_every_measure_answers_as_the_json_promises(measure, snapshot):
    result = evaluate(snapshot, measure.key, by=("month",), selection=Selection(), scope=CITY)
    promised = {"month", "value", "numerator", "denominator", "lower", "upper", "masked"}
    assert result.rows
    for row in result.rows:
        assert set(row) - {"quantile"} == promised
    assert {"measure", "unit", "period", "by", "selection", "scope", "data_version"} <= set(result.meta)


def test_a_count_carries_its_exact_poisson_interval_when_asked(snapshot):
    plain = evaluate(snapshot, "services", scope=CITY).rows[0]
    asked = evaluate(snapshot, "services", scope=CITY, with_interval=True).rows[0]
    assert plain["lower"] is None
    # Exact limits of a count of 30 (Garwood 1936): 20.24 and 42.83.
    assert (round(asked["lower"], 2), round(asked["upper"], 2)) == (20.24, 42.83)


def test_a_rate_over_fewer_than_ten_is_masked_and_keeps_its_key(snapshot):
    by_level = evaluate(
        snapshot, "satisfaction_rate", by=("institution",), selection=Selection.of("2026-03"), scope=CITY
    )
    assert by_level.rows[0]["masked"] is False


def test_few_ratings_are_masked(tmp_path):
    store = open_store(tmp_path)
    rows = [{"record_id": str(n), "institution_id": "S1", "rating": 5} for n in range(9)]
    with store.writing() as connection:
        load_batch(connection, batch(institutions("S1"), services(*rows)), Settings())
    (row,) = evaluate(store.snapshot(), "satisfaction_rate", by=("institution",), scope=CITY).rows
    assert row == {
        "institution": "S1",
        "value": None,
        "numerator": None,
        "denominator": None,
        "lower": None,
        "upper": None,
        "masked": True,
    }
