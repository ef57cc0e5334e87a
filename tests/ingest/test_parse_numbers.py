"""Numbers with separators, widths and units, and what contradicts a column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.ingest.parse.cells import NUMBER_MARK, Bad
from analytics.ingest.parse.numbers import UNITS, as_whole, parse_number, unit_factor


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("3", "persons", 3),
        ("3人", "persons", 3),
        ("３ 人次", "persons", 3),
        ("1,234", "", 1234),
        ("1，234.5", "", 1234.5),
        ("１２", "", 12),
        (".5", "", 0.5),
        (NUMBER_MARK + "3.5", "", 3.5),
        ("-2", "", -2),
        ("12件", "cases", 12),
        ("5家", "clients", 5),
        ("2天", "days", 2),
        ("3个工作日", "days", 3),
        ("15 分钟", "days", 15 / 1440),
        ("36小时", "days", 1.5),
        ("5000元", "10k_yuan", 0.5),
        ("5000元", "yuan", 5000),
        ("1.2万元", "yuan", 12000),
        ("1.2万", "10k_yuan", 1.2),
        ("¥5,000", "10k_yuan", 0.5),
        ("2亿元", "10k_yuan", 20000),
        ("40小时", "hours", 40),
        ("90分钟", "hours", 1.5),
        ("2026年", "year", 2026),
        ("95%", "share", 0.95),
        ("116.31°", "degrees", 116.31),
    ],
)
def test_a_number_is_read_in_the_unit_of_its_column(text: str, unit: str, value: float) -> None:
    assert parse_number(text, unit=unit) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("text", "unit", "code"),
    [
        ("15 分钟", "persons", "E405"),
        ("3天", "persons", "E405"),
        ("5%", "", "E405"),
        ("三", "persons", "E404"),
        ("1,23", "", "E404"),
        ("约5", "", "E404"),
        ("3-5", "", "E404"),
        ("3、5", "", "E404"),
        ("1.2.3", "", "E404"),
        ("x", "", "E404"),
        ("5只", "persons", "E405"),
    ],
)
def test_what_is_no_number_or_bears_a_foreign_unit_is_bad(text: str, unit: str, code: str) -> None:
    found = parse_number(text, unit=unit)
    assert isinstance(found, Bad)
    assert found.rule.code == code


def test_bounds_and_whole_numbers_are_held() -> None:
    below, broken = parse_number("-1", minimum=0), as_whole(parse_number("3.5"))
    assert isinstance(below, Bad)
    assert isinstance(broken, Bad)
    assert (below.rule.code, broken.rule.code) == ("E406", "E407")
    assert as_whole(parse_number("3.0人", unit="persons")) == 3


def test_a_unit_in_the_heading_is_that_of_cells_without_one() -> None:
    factor = unit_factor("10k_yuan", "元")
    assert factor is not None
    assert parse_number("5000", unit="10k_yuan", heading_factor=factor) == 0.5
    assert parse_number("1万元", unit="10k_yuan", heading_factor=factor) == 1
    assert unit_factor("days", "元") is None


@pytest.mark.parametrize("text", ["", "/", "-", "—", "无", "暂无", "N/A"])
def test_words_for_nothing_are_nothing(text: str) -> None:
    assert parse_number(text) is None


@given(
    st.integers(-(10**12), 10**12), st.sampled_from(["{}", "{:,}", " {} "]), st.sampled_from(sorted(UNITS))
)
def test_whole_numbers_survive_being_written(number: int, form: str, unit: str) -> None:
    assert parse_number(form.format(number), unit=unit) == number
