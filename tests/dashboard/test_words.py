"""Words of the screen: complete in both languages, numbers and dates as each language writes them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from analytics.core.periods import Period
from dashboard.words import WordsError, all_words, formats, paired, placeholders, say

ROOT = Path(__file__).parent.parent.parent / "dashboard"
ASKED = re.compile(r"""(?:\bsay|\bctx\.say|\bword)\(\s*"([a-z_]+\.[a-z_0-9]+)\"""")


def test_a_key_in_one_language_only_is_refused() -> None:
    with pytest.raises(WordsError, match=r"a\.b"):
        paired({"a.b": "甲"}, {})


def test_an_empty_word_is_refused() -> None:
    with pytest.raises(WordsError, match="empty"):
        paired({"a": " "}, {"a": "x"})


def test_differing_placeholders_are_refused() -> None:
    with pytest.raises(WordsError, match="placeholders"):
        paired({"a": "{n} 家"}, {"a": "{count} clients"})


def test_every_word_that_the_code_asks_for_exists() -> None:
    asked = {key for file in ROOT.rglob("*.py") for key in ASKED.findall(file.read_text(encoding="utf-8"))}
    assert len(asked) > 60
    assert asked <= all_words().keys()


def test_every_dimension_of_every_measure_has_a_name() -> None:
    from analytics.measures import registry

    named = {name for measure in registry.all_measures() for name in measure.dimensions}
    assert {f"dimension.{name}" for name in named} <= all_words().keys()


def test_every_kind_of_measure_is_explained() -> None:
    from analytics.measures import registry

    assert {f"catalogue.kind_{measure.kind}" for measure in registry.all_measures()} <= all_words().keys()


def test_words_are_filled() -> None:
    assert say("verdict.year", "zh", change="+6.1%") == "同比 +6.1%"
    assert placeholders("{a} and {b}") == {"a", "b"}


def test_seventeen_districts_are_never_said() -> None:
    assert not [
        key for key, text in all_words().items() if re.search(r"17 ?个?区|漏斗|盲区|达标|办件", text.zh)
    ]


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (formats.number(1234567, "zh"), "1,234,567"),
        (formats.number(0.126, "en", 2), "0.13"),
        (formats.number(None, "zh"), "—"),
        (formats.percent(0.9425, "zh"), "94.2%"),
        (formats.signed(6.12, "zh"), "+6.1"),
        (formats.signed(-0.3, "en"), "−0.3"),
        (formats.signed(-0.04, "en"), "0.0"),
        (formats.day("2026-10-31", "zh"), "2026-10-31"),
        (formats.day("2026-10-31", "en"), "31 Oct 2026"),
        (formats.month("2026-03", "zh"), "2026 年 3 月"),
        (formats.month("2026-03", "en"), "Mar 2026"),
        (formats.quarter("2026Q3", "zh"), "2026 年第 3 季度"),
        (formats.quarter("2026Q3", "en"), "Q3 2026"),
        (formats.span(Period("2026-01", "2026-01"), "zh"), "2026 年 1 月"),
        (formats.span(Period("2025-11", "2026-10"), "en"), "Nov 2025 – Oct 2026"),
        (formats.listed(["甲", "乙", "丙"], "zh"), "甲、乙、丙"),
        (formats.listed(["a", "b", "c"], "en"), "a, b and c"),
        (formats.listed(["a"], "en"), "a"),
    ],
)
def test_numbers_and_dates_are_written_as_readers_do(made: str, expected: str) -> None:
    assert made == expected
