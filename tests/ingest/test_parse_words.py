"""Yes and no, ratings, allowed values, lists, codes, names, and numbers of persons."""

from __future__ import annotations

import pytest

from analytics.ingest.parse.cells import NUMBER_MARK, Bad
from analytics.ingest.parse.names import industry_or_service, means_all, parse_area, parse_service
from analytics.ingest.parse.words import (
    Entries,
    parse_bool,
    parse_choice,
    parse_code,
    parse_list,
    parse_rating,
    parse_text,
)
from analytics.ingest.personal import is_personal_number, masked
from analytics.ingest.secrets import is_marked


@pytest.mark.parametrize(
    "text", ["是", "有", "√", "✓", "Y", "y", "Yes", "TRUE", "1", NUMBER_MARK + "1", " 是 ", "Ｙ"]
)
def test_yes_is_read_in_every_spelling(text: str) -> None:
    assert parse_bool(text) is True


@pytest.mark.parametrize("text", ["否", "无", "×", "N", "no", "FALSE", "0", NUMBER_MARK + "0", "没有"])
def test_no_is_read_in_every_spelling_and_nothing_is_neither(text: str) -> None:
    assert parse_bool(text) is False
    assert parse_bool("/") is None


def test_maybe_is_neither_yes_nor_no() -> None:
    assert isinstance(parse_bool("可能"), Bad)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("非常满意", 5),
        ("满意", 4),
        ("基本满意", 3),
        ("不满意", 2),
        ("非常不满意", 1),
        ("5", 5),
        ("4分", 4),
        (NUMBER_MARK + "3", 3),
    ],
)
def test_ratings_are_words_or_levels(text: str, level: int) -> None:
    assert parse_rating(text) == level


@pytest.mark.parametrize("text", ["6", "0", "4.5", "好", "很满意"])
def test_other_ratings_are_bad(text: str) -> None:
    assert isinstance(parse_rating(text), Bad)


def test_allowed_values_fold_width_and_quotation_marks_and_nothing_else() -> None:
    assert parse_choice("现 场", values=("现场",)) == "现场"
    assert (
        parse_choice('"零"知识产权科技型企业', values=("“零”知识产权科技型企业",)) == "“零”知识产权科技型企业"
    )
    assert isinstance(parse_choice("现场服务", values=("现场",)), Bad)


def test_lists_are_split_and_name_what_is_not_allowed() -> None:
    assert parse_list("专利代理师、律师；其他", values=("专利代理师", "律师", "其他")) == Entries(
        ("专利代理师", "律师", "其他"), ()
    )
    assert parse_list("律师,会计", values=("律师",)) == Entries(("律师",), ("会计",))
    assert parse_list("甲\n乙") == Entries(("甲", "乙"), ())


def test_an_entry_that_holds_a_separator_itself_stays_whole() -> None:
    assert parse_list("人工智能、知识产权转让、许可服务", code_of=industry_or_service) == Entries(
        ("ai", "B14"), ()
    )


def test_record_numbers_are_text_and_keep_their_zeros() -> None:
    assert parse_code("04001") == "04001"
    assert parse_code(NUMBER_MARK + "4001") == "4001"
    assert parse_code("'04001") == "04001"
    assert parse_code("ＦＷ０１") == "FW01"
    assert parse_text(" 原文，照录 ") == "原文，照录"


@pytest.mark.parametrize(
    "text", ["海淀", "海淀区", "北京市海淀区", "110108", "110108000000", NUMBER_MARK + "110108", "Haidian"]
)
def test_one_district_has_many_names(text: str) -> None:
    assert parse_area(text) == "110108"


def test_places_elsewhere_and_the_whole_city_count_only_where_allowed() -> None:
    assert parse_area("河北省廊坊市", also=("outside",)) == "outside"
    assert parse_area("全市", also=("all",)) == "all"
    assert isinstance(parse_area("河北省廊坊市"), Bad)
    assert isinstance(parse_area("全市", also=("outside",)), Bad)


def test_a_service_is_one_and_never_a_guess() -> None:
    for text in ("B02", "b02", "知识产权业务办理咨询服务", "业务办理咨询", "B02 业务办理咨询"):
        assert parse_service(text) == "B02"
    several, fragment = parse_service("B01、B02"), parse_service("指导")
    assert isinstance(several, Bad)
    assert isinstance(fragment, Bad)
    assert (several.rule.code, fragment.rule.code) == ("E412", "E411")
    assert means_all("合计")
    assert not means_all("业务办理咨询")


@pytest.mark.parametrize(
    "text",
    [
        "涉密",
        "秘密",
        "机密★",
        "绝密★10年",
        "★机密",
        "机密级",
        "2026年台账（机密）",
        "【秘密】",
        "密级：机密",
        "(秘密★长期)",
    ],
)
def test_classification_marks_are_seen(text: str) -> None:
    assert is_marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "商业秘密",
        "国家秘密",
        "非涉密",
        "不涉密",
        "内部",
        "密云区",
        "保密要求",
        "涉及商业秘密保护（培训）",
        "（非涉密）",
    ],
)
def test_ordinary_words_are_no_marks(text: str) -> None:
    assert not is_marked(text)


@pytest.mark.parametrize(
    "text",
    [
        "110101199003070011",
        "11010119900307001X",
        "110101900307001",
        "13800138000",
        "138-0013-8000",
        "+86 13800138000",
        "010-62345678",
        "01062345678",
        "0312-2345678",
        NUMBER_MARK + "13800138000",
    ],
)
def test_numbers_of_persons_are_known_by_their_form(text: str) -> None:
    assert is_personal_number(text)
    assert "*" in masked(text)
    assert text[5:] not in masked(text)


@pytest.mark.parametrize(
    "text", ["C000123", "91110108MA01234567", "0000000123", "20260305", "110101199013070011", "12345678901"]
)
def test_other_numbers_are_clients(text: str) -> None:
    assert not is_personal_number(text)
