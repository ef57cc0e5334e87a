"""What ledgers contradict in each other is the same whatever the order in which they come."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from analytics.core.settings import Settings
from analytics.ingest.cross_check import findings
from analytics.ingest.read_batch import read_batch
from analytics.store.batch import Contradictions
from analytics.store.engines import duckdb
from analytics.store.load import load_batch, withdraw_batch
from analytics.store.schema import FILES, LEDGERS, OPEN_FINDINGS, metadata
from tests.conftest import examples
from tests.ingest.conftest import TODAY, services

LEDGER_FILES = {
    "机构一.csv": "机构编号,机构名称,机构层级,所属区域,设立日期,撤销日期\n"
    "S1,示例甲站,工作站,海淀,2026-01-01,2026-06-30\n",
    "机构二.csv": "机构编号,机构名称,机构层级,所属区域,设立日期\nS2,示例乙站,工作站,朝阳,2026-02-01\n",
    "服务对象.csv": "服务对象编号,类型,所属区域\nC1,小微企业,海淀\n",
    "专家.csv": "专家编号,备案日期\nE1,2026-01-05\n",
    "服务.csv": services(
        "R1,S1,B02,2026-03-05,C1,E1",
        "R2,S1,B02,2025-12-31,C9,E9",
        "R3,S1,B01,2026-07-01,,E1",
        "R4,S2,B02,2026-03-05,C8,",
        "R5,S2,B02,2026-01-31,C1,E8",
        "R6,S3,B02,2026-03-05,C7,E7",
        "R7,示例乙站,B02,2026-03-06,C9,",
        more="服务对象编号,志愿服务专家编号",
    ),
    "月报.csv": "机构编号,月份,服务事项,服务方式,服务件次\n"
    "S1,2026-03,,,3\nS1,2026-04,,,5\nS1,2026-04,B01,,2\nS1,2026-04,B02,,2\nS1,2025-11,,,4\n"
    "S2,2026-03,B01,,1\nS2,2026-03,B02,,3\nS3,2026-03,,,4\n",
    "派单.csv": "派单编号,专家编号,机构编号,通知时间\nP1,E1,S1,2026-03-01\nP2,E9,S2,2026-01-01\n",
    "目标.csv": "指标,范围,年度,目标值\nservices,S3,2026,10\nservices,S2,2026,10\nservices,全市,2026,10\n",
}
NAMES = tuple(LEDGER_FILES)

Step = tuple[str, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("ledgers")
    for name, text in LEDGER_FILES.items():
        (made / name).write_text(text, encoding="utf-8")
    return made


class Ledgers:
    """A store within one file, written to as import commands do, without copies of snapshots."""

    def __init__(self, connection: Connection, folder: Path, settings: Settings | None = None) -> None:
        self.connection, self.folder, self.settings = connection, folder, settings or Settings()

    def bring(self, *names: str) -> tuple[int, Contradictions]:
        """Import files in one command; return the batch and what it told."""
        listed = LEDGERS["institutions"].current.c
        known = [tuple(row) for row in self.connection.execute(select(listed.institution_id, listed.name))]
        batch = read_batch(
            [self.folder / name for name in names],
            known_institutions=known,
            settings=self.settings,
            salt=b"salt",
            today=TODAY,
        )
        told: list[Contradictions] = []

        def check(connection: Connection, batch_id: int) -> Contradictions:
            told.append(findings(connection, batch_id, self.settings))
            return told[-1]

        batch_id, self.outcomes = load_batch(self.connection, batch, self.settings, check)
        return batch_id, told[0]

    def withdraw(self, batch_id: int) -> None:
        withdraw_batch(self.connection, batch_id, self.settings)

    def open(self) -> set[tuple[Any, ...]]:
        """Return the open findings, rows by file and place."""
        found: set[tuple[Any, ...]] = set()
        for kind, ledger in LEDGERS.items():
            rows, o = ledger.rows, OPEN_FINDINGS.c
            source = OPEN_FINDINGS.join(rows, rows.c.version_id == o.version_id).join(
                FILES, FILES.c.file_id == rows.c.file_id
            )
            shown = (o.code, o.value, o.detail, o.institution_id, o.month, FILES.c.name, rows.c.source_row)
            chosen = select(*shown).select_from(source).where(o.kind == kind)
            made = [(kind, *row) for row in self.connection.execute(chosen)]
            assert len(made) == len(set(made))
            found |= set(made)
        return found

    def facts(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the current facts of each kind without the numbers that the order gives them."""
        made = {}
        for kind, ledger in LEDGERS.items():
            columns = [c for c in ledger.current.c if c.name not in ("version_id", "batch_id")]
            made[kind] = sorted(map(tuple, self.connection.execute(select(*columns))), key=repr)
        return made


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory, folder: Path) -> Any:
    opened = []

    def fresh(settings: Settings | None = None) -> Ledgers:
        path = tmp_path_factory.mktemp("store") / "s.duckdb"
        engine = duckdb.open_writer(path)
        metadata.create_all(engine)
        opened.append((engine, engine.connect()))
        return Ledgers(opened[-1][1], folder, settings)

    yield fresh
    for engine, connection in opened:
        connection.close()
        engine.dispose()


@pytest.fixture(scope="module")
def at_once(stores: Any) -> Ledgers:
    ledgers: Ledgers = stores()
    ledgers.bring(*NAMES)
    return ledgers


def test_all_contradictions_of_the_ledgers_are_open(at_once: Ledgers) -> None:
    found = {(code, file, row) for _, code, _, _, _, _, file, row in at_once.open()}
    assert found == {
        ("E601", "服务.csv", 3),
        ("E601", "服务.csv", 5),
        ("E601", "服务.csv", 8),
        ("E602", "服务.csv", 3),
        ("E602", "服务.csv", 6),
        ("E602", "派单.csv", 3),
        ("E603", "服务.csv", 3),
        ("E603", "服务.csv", 4),
        ("E603", "服务.csv", 6),
        ("E603", "月报.csv", 6),
        ("E603", "派单.csv", 3),
        ("E604", "月报.csv", 2),
        ("E604", "月报.csv", 7),
        ("E605", "月报.csv", 3),
        ("E606", "服务.csv", 7),
        ("E606", "月报.csv", 9),
        ("E606", "目标.csv", 2),
    }


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Step, ...], Step]:
    """Draw commands that bring every file once, in any order and grouping, and files that came too early."""
    order = draw(st.permutations(NAMES))
    steps: list[Step] = []
    while order:
        size = draw(st.integers(2, 5))
        steps.append(tuple(order[:size]))
        order = order[size:]
    return tuple(steps), draw(st.sets(st.sampled_from(NAMES), max_size=3).map(tuple))


@pytest.mark.slow
@examples(2, database=None)
@given(history=histories())
def test_any_order_of_files_ends_with_the_same_facts_and_findings(
    history: tuple[tuple[Step, ...], Step], stores: Any, at_once: Ledgers
) -> None:
    steps, early = history
    ledgers: Ledgers = stores()
    # What came early is withdrawn in between and comes again in its turn.
    early_batch = ledgers.bring(*early)[0] if early else None
    for number, step in enumerate(steps):
        ledgers.bring(*step)
        if early_batch is not None and number == len(steps) // 2:
            ledgers.withdraw(early_batch)
    assert ledgers.open() == at_once.open()
    assert ledgers.facts() == at_once.facts()


LISTS = ("机构一.csv", "机构二.csv", "服务对象.csv", "专家.csv")


def test_new_findings_about_earlier_rows_name_their_file_and_batch(stores: Any) -> None:
    ledgers: Ledgers = stores()
    ledgers.bring("机构一.csv", "机构二.csv", "服务.csv")
    _, told = ledgers.bring("服务对象.csv")
    assert {
        (p.code, p.file_no, p.earlier and (p.earlier.batch_id, p.earlier.file)) for p in told.problems
    } == {("E601", -1, (1, "服务.csv"))}
    assert [(p.sheet, p.source_row, p.column, p.value) for p in told.problems] == [
        ("", 3, "服务对象编号", "C9"),
        ("", 5, "服务对象编号", "C8"),
        ("", 8, "服务对象编号", "C9"),
    ]


def test_a_report_tells_only_what_is_new_and_counts_what_is_settled(stores: Any, folder: Path) -> None:
    ledgers: Ledgers = stores()
    _, first = ledgers.bring("机构一.csv", "服务.csv")
    assert [(p.code, p.source_row, p.value) for p in first.problems if p.code == "E606"] == [
        ("E606", 5, "S2"),
        ("E606", 6, "S2"),
        ("E606", 7, "S3"),
        ("E606", 8, "示例乙站"),
    ]
    _, again = ledgers.bring("服务.csv")
    assert (again.problems, again.resolved) == ([], 0)
    _, listed = ledgers.bring("机构二.csv")
    assert listed.resolved == 3
    # Rows that count from now on are judged from now on.
    assert [(p.code, p.source_row) for p in listed.problems] == [("E603", 6)]


def test_a_correction_that_breaks_the_same_rule_settles_nothing(stores: Any, folder: Path) -> None:
    head = "记录编号,机构编号,服务事项,受理时间,服务对象编号\n"
    for name, client in (("错.csv", "C9"), ("还错.csv", "C8"), ("对.csv", "C1")):
        (folder / name).write_text(f"{head}R1,S1,B02,2026-03-05,{client}\n", encoding="utf-8")
    ledgers: Ledgers = stores()
    ledgers.bring("机构一.csv", "服务对象.csv", "错.csv")
    _, still = ledgers.bring("还错.csv")
    assert ([p.value for p in still.problems], still.resolved) == (["C8"], 0)
    _, good = ledgers.bring("对.csv")
    assert (good.problems, good.resolved) == ([], 1)
    assert ledgers.open() == set()


TURNING = Settings(rule_severity={"E601": "reject", "E603": "reject"})


def test_rows_turned_away_do_not_count_and_are_rejected_where_they_came(stores: Any) -> None:
    ledgers: Ledgers = stores(TURNING)
    _, told = ledgers.bring(*LISTS, "服务.csv")
    (outcome,) = (o for o in ledgers.outcomes if o.kind == "services")
    assert (outcome.data_rows, outcome.loaded, outcome.waiting, outcome.rejected) == (7, 1, 1, 5)
    assert [(row.source_row, row.reasons) for row in told.rejected] == [
        (3, ("E601", "E602", "E603")),
        (4, ("E603",)),
        (5, ("E601",)),
        (6, ("E602", "E603")),
        (8, ("E601",)),
    ]
    assert {p.code: p.severity for p in told.problems} == {
        "E601": "reject",
        "E602": "finding",
        "E603": "reject",
        "E606": "finding",
    }
    assert [row[0] for row in ledgers.facts()["services"]] == ["R1"]


def test_each_row_turned_away_is_told_with_its_reason(stores: Any, folder: Path) -> None:
    rows = [f"T{n},S1,B02,2026-03-05,X{n}" for n in range(250)]
    (folder / "多.csv").write_text(services(*rows, more="服务对象编号"), encoding="utf-8")
    ledgers: Ledgers = stores(TURNING)
    _, told = ledgers.bring(*LISTS, "多.csv")
    assert len(told.rejected) == 250
    assert [p.source_row for p in told.problems if p.code == "E601"] == list(range(2, 252))


def test_a_row_turned_away_counts_as_soon_as_nothing_speaks_against_it(stores: Any, folder: Path) -> None:
    ledgers: Ledgers = stores(TURNING)
    ledgers.bring(*LISTS, "服务.csv")
    (folder / "更多对象.csv").write_text("服务对象编号,类型,所属区域\nC8,小微企业,海淀\n", encoding="utf-8")
    batch_id, _ = ledgers.bring("更多对象.csv")
    assert {row[0] for row in ledgers.facts()["services"]} == {"R1", "R4"}
    ledgers.withdraw(batch_id)
    assert {row[0] for row in ledgers.facts()["services"]} == {"R1"}
    ledgers.settings = Settings()
    ledgers.bring("专家.csv")
    assert len(ledgers.facts()["services"]) == 6


def test_rows_that_an_earlier_command_counted_are_turned_away_by_a_later_list(stores: Any) -> None:
    ledgers: Ledgers = stores(TURNING)
    ledgers.bring("机构一.csv", "机构二.csv", "服务.csv")
    assert {row[0] for row in ledgers.facts()["services"]} == {"R1", "R4", "R7"}
    _, told = ledgers.bring("服务对象.csv")
    assert told.rejected == []
    assert {(p.severity, p.earlier is not None) for p in told.problems} == {("reject", True)}
    assert {row[0] for row in ledgers.facts()["services"]} == {"R1"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7])
def test_what_is_turned_away_does_not_depend_on_the_order_either(stores: Any, seed: int) -> None:
    together: Ledgers = stores(TURNING)
    together.bring(*NAMES)
    ledgers: Ledgers = stores(TURNING)
    order = random.Random(seed).sample(NAMES, len(NAMES))
    for first, second in zip(order[::2], order[1::2], strict=True):
        ledgers.bring(first, second)
    assert ledgers.open() == together.open()
    assert ledgers.facts() == together.facts()
