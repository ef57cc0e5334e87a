"""重点关注事项 on the overview and as a worklist; 同比 and 环比 with their verdicts."""

from __future__ import annotations

import csv
import io
import re
import threading
import time
from pathlib import Path

import pytest

from analytics.comparison import change, signals
from analytics.core.selection import CITY, Scope, Selection
from analytics.store import open_store
from analytics.store.snapshot import Snapshot
from dashboard import ahead, attention, context
from dashboard.context import Context
from dashboard.parts import changed, concerns, worklist_file
from dashboard.verdicts import Change, changes_of, periods_before
from tests.dashboard.conftest import Screen, words_on


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages wait for the list, which a server computes ahead."""
    monkeypatch.setattr(attention, "PATIENCE_SECONDS", 60.0)


def reader(**filters: tuple[str, ...]) -> Context:
    data = context.current_data()
    assert data is not None
    return Context("zh", CITY, Selection.of("last12", **filters), data)


@pytest.mark.usefixtures("patient")
def test_the_overview_lists_a_few_with_their_state_and_leads_to_all(screen: Screen) -> None:
    shown = words_on(screen("overview"))
    assert "重点关注事项" in shown
    assert shown.count("待核实") == 3
    assert re.search(r'href="worklist\?[^"]*period=last12', shown)
    assert re.search(r"查看全部 \d+ 项", shown)


def test_the_overview_does_not_wait_for_the_list(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention, "listed", lambda *_, **__: None)
    shown = words_on(screen("overview"))
    assert "正在计算，数秒后自动显示。" in shown
    assert "服务量" in shown


def test_the_worklist_holds_what_the_command_line_lists(screen: Screen, example_folder: Path) -> None:
    shown = words_on(screen("worklist"))
    found = signals(open_store(example_folder).snapshot(), scope=CITY)
    standing = [each for each in found if each.state != "gone"]
    assert f"共 {len(standing)} 项" in shown
    for each in [each for each in standing if each.state == "new"][:20]:
        assert each.sentence.zh in shown


def test_the_worklist_leads_from_last_months_items_to_this_months(
    screen: Screen, example_folder: Path
) -> None:
    shown = words_on(screen("worklist"))
    found = signals(open_store(example_folder).snapshot(), scope=CITY)
    before = signals(open_store(example_folder).snapshot(), scope=CITY, month="2026-09")
    table = shown.split("<caption>与上月相比，变了什么")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)[1:]
    cells = [[int(cell) for cell in re.findall(r">(\d+)</td>", row)] for row in rows]
    assert all(last + new - gone == now for last, new, gone, now in cells)
    assert sum(row[3] for row in cells) == sum(each.state != "gone" for each in found)
    assert sum(row[0] for row in cells) == sum(each.state != "gone" for each in before)


def test_the_worklist_heeds_place_kind_and_state(screen: Screen, example_folder: Path) -> None:
    found = signals(open_store(example_folder).snapshot(), scope=CITY)
    district = next(
        each.district for each in found if each.kind == "not_reported" and each.state == "continuing"
    )
    assert district is not None
    shown = words_on(screen("worklist", district=district, kind="not_reported", state="continuing"))
    wanted = [
        each
        for each in found
        if (each.kind, each.state, each.district) == ("not_reported", "continuing", district)
    ]
    others = [
        each for each in found if each.unit not in {one.unit for one in found if one.district == district}
    ]
    assert f"共 {len(wanted)} 项" in shown
    assert all(each.sentence.zh in shown for each in wanted)
    assert not any(each.sentence.zh in shown for each in others)


def test_a_link_leads_to_the_page_with_period_and_place(screen: Screen, example_folder: Path) -> None:
    screen("worklist")
    found = signals(open_store(example_folder).snapshot(), scope=CITY)
    one = next(each for each in found if each.measure == "expert_answered_in_time_rate")
    address = concerns.address_of(one)
    assert address.startswith("experts?")
    assert f"institution={one.unit}" in address
    assert "period=20" in address


def test_the_file_holds_every_value_with_its_denominator(screen: Screen, example_folder: Path) -> None:
    screen("worklist")
    found = signals(open_store(example_folder).snapshot(), scope=CITY)
    text = worklist_file.maker(reader(), found, "2026-10")().decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    head = next(place for place, row in enumerate(rows) if row[0] == "状态")
    assert any("内部资料" in row[0] for row in rows[:head])
    assert any("示例数据" in row[0] for row in rows[:head])
    assert len(rows) - head - 1 == len(found)
    column = rows[head].index("分母（统计量）")
    assert [int(row[column]) for row in rows[head + 1 :]] == [each.n for each in found]


def test_a_reader_of_one_district_gets_the_own_list(example_folder: Path) -> None:
    snapshot = open_store(example_folder).snapshot()
    found = signals(snapshot, scope=Scope("district", "110108"))
    assert found
    assert {each.district for each in found} == {"110108"}


@pytest.mark.usefixtures("serve")
def test_a_list_is_computed_once_for_all_readers(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    screen("catalogue")
    asked: list[str] = []
    monkeypatch.setattr(attention, "signals", lambda *_, month, **__: asked.append(month) or [])
    attention._lists.clear()
    for _ in range(3):
        assert attention.listed(reader(), patience=30) == []
    attention._lists.clear()
    assert asked == ["2026-10"]


def test_a_list_that_failed_is_tried_again(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    screen("catalogue")
    attention._lists.clear()

    def fails(*_: object, **__: object) -> list[object]:
        raise OSError("no disk")

    monkeypatch.setattr(attention, "signals", fails)
    with pytest.raises(OSError, match="no disk"):
        attention.listed(reader(), patience=30)
    monkeypatch.setattr(attention, "signals", lambda *_, **__: [])
    assert attention.listed(reader(), patience=30) == []
    attention._lists.clear()


def test_a_new_snapshot_is_prepared_before_anybody_asks(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen("catalogue")
    attention._lists.clear()
    monkeypatch.setattr(attention, "signals", lambda *_, **__: [])
    version = ahead.current_other_than("")
    with ahead.kept_ready(attention.ask):
        deadline = time.monotonic() + 10
        while not attention._lists and time.monotonic() < deadline:
            time.sleep(0.01)
    assert [key[0] for key in attention._lists] == [version]
    # The same snapshot is not asked for again.
    assert ahead.current_other_than(version) is None
    attention._lists.clear()


def test_what_takes_long_is_asked_for_after_the_first_screens_and_a_fault_ends_nothing(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    screen("catalogue")
    monkeypatch.setattr(ahead, "_LATER_SECONDS", 0.0)
    monkeypatch.setattr(ahead, "_LOOK_EVERY_SECONDS", 0.01)
    asked: list[str] = []

    def failing(snapshot: Snapshot) -> None:
        asked.append("first")
        raise RuntimeError("lost")

    with ahead.kept_ready(failing, lambda _: asked.append("second"), lambda _: asked.append("third")):
        deadline = time.monotonic() + 10
        while "third" not in asked and time.monotonic() < deadline:
            time.sleep(0.01)
    assert asked == ["first", "second", "third"]
    assert "could not be prepared" in caplog.text


def test_the_watch_ends_with_the_server(screen: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    screen("catalogue")
    monkeypatch.setattr(attention, "signals", lambda *_, **__: [])
    with ahead.kept_ready(attention.ask):
        assert any(thread.name == "ahead" for thread in threading.enumerate())
    assert not any(thread.name == "ahead" for thread in threading.enumerate())
    attention._lists.clear()


@pytest.mark.parametrize(
    "key",
    ["services", "clients_served", "satisfaction_rate", "response_days", "expert_answered_in_time_rate"],
)
@pytest.mark.parametrize("period", ["last12", "2026Q3"])
def test_cards_say_of_a_change_what_the_command_line_says(
    screen: Screen, example_folder: Path, key: str, period: str
) -> None:
    screen("catalogue")
    ctx = reader()
    ctx = Context("zh", CITY, Selection(period), ctx.data)
    from dashboard.parts import cards

    (card,) = cards.answered(ctx, [key], ctx.measures(cards.ask(ctx, [key])))
    expected = change(
        open_store(example_folder).snapshot(), key, scope=CITY, selection=Selection(period)
    ).rows[0]
    assert set(card.changes) == set(periods_before(ctx))
    for name, found in card.changes.items():
        wanted = expected[f"{name}_before"]
        assert (str(found.before), found.size, found.verdict) == (
            wanted["period"],
            wanted["change"],
            wanted["verdict"]["zh"],
        )


def test_twelve_months_have_one_comparison_and_a_quarter_two(screen: Screen) -> None:
    shown = words_on(screen("overview"))
    assert "同比" in shown
    assert "环比" not in shown
    assert "环比" in words_on(screen("overview", period="2026Q3"))


def test_a_change_on_a_card_tells_interval_and_period_on_hover(screen: Screen) -> None:
    shown = words_on(screen("overview"))
    assert re.search(r"95% 区间 [−+]?[\d.]+% 至 [−+]?[\d.]+%）?，与 2024 年 11 月—2025 年 10 月 相比", shown)
    assert "正常波动" in shown or "显著变化" in shown


def test_without_a_year_before_nothing_is_called_a_change(screen: Screen) -> None:
    shown = words_on(screen("overview", period="2023"))
    assert "无上年同期数据" in shown
    assert "正常波动" not in shown


def test_a_marked_change_is_said_with_its_reason(screen: Screen) -> None:
    screen("catalogue")
    ctx = reader()
    measure = ctx.declaration("services")
    made = Change(ctx.period.shifted(-12), 1.2, (1.1, None), "显著变化", is_marked=True)
    said = changed.said_in_full(ctx, measure, "year", made)
    assert "+20.0%" in said
    assert "无上限" in said
    assert "控制图在本期内有同方向的信号" in said
    assert "marked" in changed.line(ctx, measure, "year", made)


def test_no_answers_make_no_changes(screen: Screen) -> None:
    screen("catalogue")
    ctx = reader()
    (months,) = ctx.measures([context.Asked("services", ("month",))])
    assert changes_of(ctx, months, {}, months) == {}
