"""Dates, moments and months: every spelling of the ledgers' paper, and what is refused."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ingest.parse.cells import NUMBER_MARK, Bad
from analytics.ingest.parse.dates import Moment, parse_day, parse_moment, parse_month

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05",
        "2026/3/5",
        "2026.3.5",
        "20260305",
        "2026年3月5日",
        "２０２６年３月５日",
        " 2026-3-5 ",
        "2026 年 3 月 5 日",
        "2026年3月5号",
        "2026年3月5日（周四）",
        "46086",
        NUMBER_MARK + "46086",
        NUMBER_MARK + "20260305",
    ],
)
def test_a_day_is_read_in_every_spelling_and_keeps_its_precision(text: str) -> None:
    assert parse_moment(text, today=TODAY) == Moment(datetime(2026, 3, 5), is_date=True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-05 14:30",
        "2026-03-05T14:30:00",
        "2026年3月5日 14:30",
        "2026年3月5日14时30分",
        "2026/3/5 下午2:30",
        "2026-03-05 2:30 PM",
        "2026年3月5日 下午2点半",
        "20260305 14:30",
        "202603051430",
        "20260305143000",
        "2026-03-05T06:30:00Z",
        "2026-03-05T14:30:00+08:00",
        "2026-03-05 １４：３０",
        "2026-03-05 14:30:00.250",
    ],
)
def test_a_time_of_day_is_read_in_every_spelling(text: str) -> None:
    assert parse_moment(text, today=TODAY) == Moment(datetime(2026, 3, 5, 14, 30), is_date=False)


@pytest.mark.parametrize(
    "text",
    [
        "3/5/2026",
        "5-3-2026",
        "26-3-5",
        "26年3月5日",
        "3月5日",
        "2026-13-01",
        "2026-02-30",
        "2026-03",
        "2026.3",
        "2026-03/05",
        "2026年3-5",
        "99999",
        "12345",
        "上午",
        "2026-03-05 25:00",
        "2026-03-05 14",
        "去年",
        "2026",
        "1026-03-05",
    ],
)
def test_what_is_no_date_is_never_guessed(text: str) -> None:
    found = parse_moment(text, today=TODAY)
    assert isinstance(found, Bad)
    assert found.rule.code == "E402"


def test_a_date_after_today_is_a_bad_value_and_today_is_not() -> None:
    later = parse_day("2026-11-23", today=TODAY)
    assert isinstance(later, Bad)
    assert later.rule.code == "E403"
    assert parse_day("2026-11-22 23:59", today=TODAY) == TODAY


@pytest.mark.parametrize("text", ["", "/", "-", "—", "无", "暂无", "N/A", "n/a", "　"])
def test_words_for_nothing_are_nothing(text: str) -> None:
    assert parse_moment(text, today=TODAY) is None
    assert parse_month(text, today=TODAY) is None


@pytest.mark.parametrize(
    "text",
    [
        "2026-01",
        "2026年1月",
        "2026年01月份",
        "202601",
        "2026.1",
        "2026/1",
        "2026-01-15",
        "46023",
        NUMBER_MARK + "202601",
    ],
)
def test_a_month_is_read_in_every_spelling(text: str) -> None:
    assert parse_month(text, today=TODAY) == "2026-01"


@pytest.mark.parametrize("text", [NUMBER_MARK + "2026.1", "2026-13", "1月", "2026", "26-01"])
def test_the_number_2026_1_and_other_doubtful_months_are_bad(text: str) -> None:
    found = parse_month(text, today=TODAY)
    assert isinstance(found, Bad)
    assert found.rule.code == "E415"


def test_the_text_2026_10_is_october() -> None:
    assert parse_month("2026.10", today=TODAY) == "2026-10"


FORMS = [
    "%Y-%m-%d %H:%M:%S",
    "%Y/%m/%d %H:%M:%S",
    "%Y.%m.%d %H:%M:%S",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y%m%d%H%M%S",
]


@given(st.datetimes(datetime(1990, 1, 1), datetime(2026, 11, 22)), st.sampled_from(FORMS))
def test_a_moment_survives_being_written_in_any_form(at: datetime, form: str) -> None:
    at = at.replace(microsecond=0)
    assert parse_moment(at.strftime(form), today=TODAY) == Moment(at, is_date=False)


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("上午12:10", 0),
        ("上午 12:10:00", 0),
        ("凌晨12:10", 0),
        ("凌晨1:10", 1),
        ("中午11:10", 11),
        ("中午12:10", 12),
        ("中午1:10", 13),
        ("下午0:10", 12),
        ("下午12:10", 12),
        ("晚上8:10", 20),
        ("晚上20:10", 20),
    ],
)
def test_a_half_of_the_day_tells_the_hour(text: str, hour: int) -> None:
    assert parse_moment(f"2026/3/5 {text}", today=TODAY) == Moment(datetime(2026, 3, 5, hour, 10), False)


@pytest.mark.parametrize("text", ["上午12点", "早上12:10", "中午8:10", "晚上12:10", "晚上0:30", "晚上1点"])
def test_noon_or_midnight_is_never_guessed(text: str) -> None:
    assert isinstance(parse_moment(f"2026年3月5日{text}", today=TODAY), Bad)
