"""志愿服务专家: answers in time, load, fields against demand, what is on file, what is overdue."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from analytics.core.selection import CITY, Scope, Selection
from analytics.core.settings import Settings
from analytics.measures import evaluate
from analytics.measures.experts import experts
from analytics.store import open_store
from analytics.store.load import load_batch
from analytics.store.snapshot import Snapshot
from dashboard.context import Answer
from dashboard.parts.experts import _edges, loads_of
from tests.dashboard.conftest import Screen, words_on
from tests.store.rows import batch, institutions, services, sheet

NOTIFIED = datetime(2026, 3, 2, 9)


def assignment(number: int, expert: str, days: int | None) -> dict[str, object]:
    return {
        "assignment_id": f"P{number:03}",
        "expert_id": expert,
        "institution_id": "A",
        "form": "咨询",
        "month": "2026-03",
        "quarter": "2026Q1",
        "year": "2026",
        "notified_at": NOTIFIED,
        "responded_at": None if days is None else NOTIFIED + timedelta(days=days),
    }


def expert(number: int, *, fields: str | None, left: date | None = None) -> dict[str, object]:
    return {
        "expert_id": f"E{number:02}",
        "district": "110108",
        "licences": "专利代理师" if number % 2 else None,
        "experience_years": 2.0 + number,
        "fields": fields,
        "is_recommended": number != 3,
        "registered_on": date(2025, 1, 1),
        "left_on": left,
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make twelve experts and fourteen assignments: four late, three of them never answered."""
    folder = tmp_path_factory.mktemp("experts") / "store"
    store = open_store(folder)
    listed = [expert(n, fields="B02、ai" if n < 3 else None) for n in range(1, 12)]
    listed.append(expert(12, fields="B03", left=date(2025, 6, 1)))
    sent = [assignment(n, f"E{1 + n % 5:02}", 1) for n in range(10)]
    sent += [assignment(10, "E01", 12), *(assignment(n, "E77", None) for n in (11, 12, 13))]
    # The last day of the ledger, so that what is open is also due.
    sent.append({**assignment(14, "E02", 0), "notified_at": datetime(2026, 3, 30, 9),
                 "responded_at": datetime(2026, 3, 30, 10)})  # fmt: skip
    asked = [
        {"record_id": str(n), "institution_id": "A", "service": service, "expert_id": who,
         "received_at": datetime(2026, 3, 31, 9)}
        for n, (service, who) in enumerate([("B02", "E01"), ("B02", None), ("B05", None)] * 5)
    ]  # fmt: skip
    with store.writing() as connection:
        sheets = (
            institutions("A"),
            services(*asked),
            sheet("experts", listed, key=("expert_id",)),
            sheet("assignments", sent, key=("assignment_id",)),
        )
        load_batch(connection, batch(*sheets, is_sample=True), Settings())
    return folder


@pytest.fixture(scope="module")
def snapshot(folder: Path) -> Snapshot:
    return open_store(folder).snapshot()


def value(snapshot: Snapshot, key: str, **asked: object) -> dict[object, object]:
    found = evaluate(snapshot, key, scope=CITY, selection=Selection("2026-03"), **asked)  # type: ignore[arg-type]
    return {
        row[found.meta["by"][0]] if found.meta["by"] else row.get("quantile"): row["value"]
        for row in found.rows
    }


def test_answers_are_counted_by_days_and_by_hand(snapshot: Snapshot) -> None:
    by_days = value(snapshot, "expert_assignments", by=("answer_days",))
    assert by_days == {"0": 1, "1": 10, "10": 1, None: 3}
    assert value(snapshot, "expert_overdue") == {None: 3}
    assert value(snapshot, "expert_answer_days") == {0.5: 1.0, 0.9: 1.0}
    assert value(snapshot, "expert_answered_in_time_rate")[None] == pytest.approx(11 / 15)
    assert value(snapshot, "expert_supported_rate")[None] == pytest.approx(5 / 15)
    assert value(snapshot, "expert_overdue", by=("expert",))["E77"] == 3


def test_the_list_holds_who_was_on_it_in_the_period(snapshot: Snapshot) -> None:
    march = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
    rows = experts(snapshot, scope=CITY, **march)
    assert [row["expert_id"] for row in rows] == [f"E{n:02}" for n in range(1, 12)]
    assert rows[0]["fields"] == ("B02", "ai")
    assert rows[1]["licences"] == ()
    assert experts(snapshot, scope=Scope("district", "110101"), **march) == []
    assert experts(snapshot, scope=Scope("institution", "A"), **march) == []
    whole = experts(snapshot, scope=CITY, first=date(2025, 1, 1), last=date(2026, 3, 31))
    assert len(whole) == 12


def test_the_page_says_what_a_hand_count_gives(screen: Screen, folder: Path) -> None:
    shown = words_on(screen("experts", folder=folder, period="2026-03"))
    assert "逾期未响应 3 次" in shown
    assert "73.3%" in shown
    assert "日历日" in shown
    # Eleven on the list; five of them and one unknown had work.
    assert "名录内 11 名；本期有派单的 6 名（其中不在名录的 1 名），共 15 次" in shown
    assert "90.9%" in shown
    assert "10 / 11 名" in shown
    assert "没有专家把它列为擅长领域的 1 项：" in shown
    assert "E77" in shown
    assert re.search(r"尚无推荐材料的 1 名（编号）</summary><[^>]*>E03<", shown)


def test_working_days_are_a_setting_that_the_page_tells(
    screen: Screen, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analytics.core.settings import settings

    file = tmp_path / "settings.toml"
    file.write_text('expert_answer_days = "working"\n', encoding="utf-8")
    monkeypatch.setenv("IPDASH_SETTINGS", str(file))
    settings.cache_clear()
    try:
        assert "2 个工作日内" in words_on(screen("experts", folder=folder, period="2026-03"))
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_too_few_experts_have_no_share(screen: Screen, folder: Path) -> None:
    shown = words_on(screen("experts", folder=folder, period="2026-03"))
    assert "有专利代理师资格（8.1.b，优先条件）：填写的只有 6 名，不显示比例；未填 5 名" in shown


def test_without_a_list_the_page_says_what_to_import(screen: Screen) -> None:
    shown = words_on(screen("experts"))
    assert "本期没有专家名录" in shown
    assert "逾期未响应" in shown


def test_loads_hold_those_without_work_and_those_not_listed(snapshot: Snapshot) -> None:
    answer = Answer(
        None, {}, [{"expert": "E9", "value": 4}, {"expert": None, "value": 2}], ("expert",), Selection()
    )
    assert loads_of(answer, [{"expert_id": "E1"}]) == {"E1": 0, "E9": 4}


def test_bins_of_load_hold_every_number_once() -> None:
    for most in (0, 1, 7, 8, 9, 40, 1000):
        edges = _edges(most)
        assert len(edges) <= 9
        for number in range(most + 1):
            assert sum(low <= number <= high for low, high in edges) == 1
