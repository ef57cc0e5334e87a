"""Every measure against a slow second implementation, from ledger files to figures."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from analytics.core.errors import UserError
from analytics.core.selection import CITY, DIMENSIONS, Scope, Selection
from analytics.measures import evaluate, registry
from analytics.store import open_store
from tests.commands import ipdash
from tests.conftest import IS_DEEP
from tests.measures.ledger_files import write
from tests.measures.ledgers_at_random import UNLISTED, Maker
from tests.measures.oracle import CATALOGUES, Answer, Oracle
from tests.measures.oracle_days import quarter, working_days_after
from tests.measures.oracle_measures import MEASURES, TIME, Figures, quantile

SEEDS = tuple(range(1, 16)) if IS_DEEP else (1, 2)
DRAWS = 1000 if IS_DEEP else 250


@dataclass
class World:
    """One set of ledgers, imported by the product and known to the oracle."""

    seed: int
    ledgers: dict[str, Any]
    oracle: Oracle
    snapshot: Any
    report: dict[str, Any]

    def differences(
        self,
        measure: str,
        by: tuple[str, ...] = (),
        period: str = "all",
        filters: dict[str, list[Any]] | None = None,
        scope: Scope = CITY,
    ) -> list[str]:
        """Return what the product says differently, each with the question that shows it."""
        filters = filters or {}
        selection = Selection.of(period=period, **filters)
        found = evaluate(self.snapshot, measure, by=by, selection=selection, scope=scope)
        asked = dict(filters)
        if scope.code is not None:
            own = [code for code in [scope.code] if code in asked.get(scope.kind, [code])]
            asked[scope.kind] = own
        answer = self.oracle.ask(measure, by, period, asked)
        if scope.code is not None:
            answer.must_show = set() if by else answer.must_show
        question = f"seed {self.seed}: {measure} by {by} in {period} where {filters} for {scope}"
        allowed = _Allowed(by, set(self.oracle.months(period)), asked)
        return [f"{question}: {what}" for what in compare(answer, found.rows, measure, allowed)]


@dataclass
class _Allowed:
    """Which groups may appear with nothing in them."""

    by: tuple[str, ...]
    months: set[str]
    filters: dict[str, list[Any]]

    def holds(self, key: tuple[Any, ...]) -> bool:
        group = dict(zip(self.by, key, strict=False))
        if any(code not in self.filters.get(d, [code]) for d, code in group.items()):
            return False
        times = [{"month": m, "quarter": quarter(m), "year": m[:4]} for m in self.months]
        asked = {d: code for d, code in group.items() if d in TIME}
        return not asked or any(asked.items() <= moment.items() for moment in times)


def compare(answer: Answer, rows: list[dict[str, Any]], measure: str, allowed: _Allowed) -> Iterator[str]:
    """Yield each difference between the oracle's answer and the product's rows."""
    kind = MEASURES[measure].kind
    names = (*allowed.by, "quantile") if kind == "quantile" else allowed.by
    found = {tuple(row[name] for name in names): row for row in rows}
    if len(found) != len(rows):
        yield "a group appears twice"
    for key, row in found.items():
        expected = answer.groups.get(key, MEASURES[measure].figures_of_nothing(key))
        if key not in answer.groups and not allowed.holds(key):
            yield f"{key} does not belong"
        yield from (f"{key}: {what}" for what in _differ(expected, row, kind))
    for key, expected in answer.groups.items():
        if key not in found and (key in answer.must_show or not expected.is_empty):
            yield f"{key} is missing: {expected}"


def _differ(expected: Figures, row: dict[str, Any], kind: str) -> Iterator[str]:
    if row["masked"] != expected.masked:
        yield f"masked is {row['masked']}, not {expected.masked}: {row} against {expected}"
        return
    names = ["value", "denominator"] if kind == "quantile" else ["value", "numerator", "denominator"]
    if kind in ("proportion", "quantile"):
        names += ["lower", "upper"]
    for name in names:
        wanted, got = getattr(expected, name), row[name]
        if not _same(wanted, got) and not (expected.is_empty and not got and not wanted):
            yield f"{name} is {got}, not {wanted}"


def _same(wanted: float | None, got: float | None) -> bool:
    if wanted is None or got is None:
        return wanted is got
    return math.isclose(wanted, got, rel_tol=1e-9, abs_tol=1e-7)


@pytest.fixture(scope="module", params=SEEDS)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Ledgers at random, written to files and imported by the command that everyone uses."""
    folder = tmp_path_factory.mktemp("ledgers")
    store = tmp_path_factory.mktemp("store")
    ledgers = Maker(request.param).make()
    write(ledgers, folder, request.param)
    report = _import(folder, store)
    return World(request.param, ledgers, Oracle(ledgers), open_store(str(store)).snapshot(), report)


def _import(folder: Path, store: Path) -> dict[str, Any]:
    done = ipdash(store, "import", folder, "--json")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _first(found: list[str]) -> str:
    return "\n".join([f"{len(found)} differences", *found[:8]])


def test_every_row_loads_or_waits_for_its_institution(world):
    kinds = [frame for kind, frame in world.ledgers.items() if "institution_id" in frame]
    waiting = sum(int((frame["institution_id"] == UNLISTED).sum()) for frame in kinds)
    rows = sum(len(frame) for frame in world.ledgers.values())
    assert waiting > 0
    assert {name: world.report[name] for name in ("data_rows", "loaded", "waiting", "rejected")} == {
        "data_rows": rows,
        "loaded": rows - waiting,
        "waiting": waiting,
        "rejected": 0,
    }


def test_every_declared_measure_has_a_second_implementation():
    assert set(MEASURES) == {measure.key for measure in registry.all_measures()}


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_agrees_on_the_whole_and_on_each_dimension(world, measure):
    found = world.differences(measure)
    for dimension in MEASURES[measure].dimensions:
        found += world.differences(measure, (dimension,))
    assert not found, _first(found)


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_a_dimension_that_a_fact_lacks_is_an_error(world, measure):
    for dimension in set(DIMENSIONS) - set(MEASURES[measure].dimensions):
        with pytest.raises(UserError):
            evaluate(world.snapshot, measure, by=(dimension,), selection=Selection(), scope=CITY)
        with pytest.raises(UserError):
            evaluate(
                world.snapshot, measure, by=(), selection=Selection.of(**{dimension: ["B01"]}), scope=CITY
            )


def test_random_questions_get_the_same_answers(world):
    random = Random(world.seed)
    found: list[str] = []
    for _ in range(DRAWS):
        found += world.differences(*draw(random, world.oracle))
    assert not found, _first(found)


def test_a_scope_shows_what_a_filter_on_it_shows(world):
    random = Random(world.seed)
    scopes = [Scope("district", "110108"), Scope("district", "BDA"), Scope("institution", "W01")]
    found: list[str] = []
    for _ in range(60):
        found += world.differences(*draw(random, world.oracle), scope=random.choice(scopes))
    assert not found, _first(found)


def test_the_answer_says_how_far_data_reach_and_what_rests_on_totals(world):
    meta = evaluate(world.snapshot, "services", by=(), selection=Selection(), scope=CITY).meta
    oracle = world.oracle
    totals = float(oracle.totals(set())["services"].sum())
    assert meta["data_until"] == oracle.data_until.isoformat()
    assert meta["totals_share"] == pytest.approx(totals / (totals + len(oracle.services)))
    assert 0 < meta["totals_share"] < 1


def test_the_second_implementation_knows_the_days_off_of_autumn_2025():
    # 1 to 8 October off, Saturday 11 October worked (State Council's arrangement for 2025).
    assert working_days_after(date(2025, 9, 30), 1) == date(2025, 10, 9)
    assert working_days_after(date(2025, 10, 9), 2) == date(2025, 10, 11)
    assert working_days_after(date(2025, 10, 1), 0) == date(2025, 10, 1)


def test_the_second_implementation_interpolates_quantiles_linearly():
    assert quantile([0, 10, 20, 40], 0.5).value == 15
    assert quantile([0, 10, 20, 40], 0.9).value == pytest.approx(34)


def draw(random: Random, oracle: Oracle) -> tuple[str, tuple[str, ...], str, dict[str, list[Any]]]:
    """Return a random measure, grouping, period and filters that go together."""
    measure = random.choice(sorted(MEASURES))
    dimensions = MEASURES[measure].dimensions
    by = tuple(random.sample(dimensions, random.choice([0, 1, 1, 2, 2, 2, 3])))
    chosen = random.sample(dimensions, random.choice([0, 0, 1, 1, 2]))
    filters = {dimension: _codes(random, oracle, dimension) for dimension in chosen}
    return measure, by, random.choice(_periods(oracle)), filters


def _codes(random: Random, oracle: Oracle, dimension: str) -> list[Any]:
    if dimension == "key_tag":
        seen = {tag for tags in oracle.services["key_tag"] for tag in tags}
    else:
        seen = set(oracle.services[dimension])
    if dimension in ("district", "tier", "institution", "operator_type", "township"):
        column = "institution_id" if dimension == "institution" else dimension
        seen |= set(oracle.institutions[column])
    codes = sorted(seen | set(CATALOGUES.get(dimension, ())), key=lambda code: (code is None, code or ""))
    return random.sample(codes, min(len(codes), random.choice([1, 2, 3])))


def _periods(oracle: Oracle) -> list[str]:
    middle, last = oracle.months("all")[7], oracle.last_month
    year = last[:4]
    before, after = f"{int(year) - 4}", f"{int(year) + 2}-01"
    spans = [f"{middle}..{last}", f"{quarter(middle)}..{year}", f"{before}..{middle}"]
    return ["all", "all", "last12", "last12", year, quarter(last), last, middle, *spans, before, after]
