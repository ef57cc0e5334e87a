"""Names resolve to one code, to candidates or to nothing, and never by guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.standard import resolve
from analytics.standard.districts import priority_industries
from analytics.standard.industries import industries
from analytics.standard.resolve import (
    resolve_area,
    resolve_course,
    resolve_industry,
    resolve_member,
    resolve_service,
)
from analytics.standard.services import all_services


@pytest.mark.parametrize(
    "text",
    [
        "B02",
        "b02",
        "B2",
        "Ｂ０２",
        " B 02 ",
        "知识产权业务办理咨询服务",
        "业务办理咨询",
        "业务办理咨询服务",
        "知识产权业务办理咨询",
        "业务 办理\n咨询",
        "B02 知识产权业务办理咨询服务",
        "B02-业务办理咨询",
        "B02业务办理咨询",
        "业务办理咨询（B02）",
        "B02：业务办理咨询",
        "B02 咨询",
        "IP business-handling consultation",
        "B02、业务办理咨询",
    ],
)
def test_every_spelling_of_a_service_is_that_service(text):
    assert resolve_service(text).code == "B02"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("转让、许可", "B14"),
        ("知识产权转让、许可服务", "B14"),
        ("金融服务", "B13"),
        ("重点企业服务", "T02"),
        ("区域重点企业的精准服务", "T02"),
        ("重点产业服务", "T01"),
        ("数字经济领域服务", "T03"),
        ("T3.1", "T03.1"),
        ("开展数字技术专项服务", "T03.1"),
        ("其他新领域新业态服务", "T04"),
        ("专利预审及优先审查对接", "B06"),
        ("风险防控", "B03"),
        ("数据知识产权登记引导", "B15"),
    ],
)
def test_official_names_with_inner_separators_and_short_forms_resolve(text, code):
    assert resolve_service(text).code == code


@pytest.mark.parametrize(
    ("text", "problem", "candidates"),
    [
        ("信息", "ambiguous", ("B08", "B09", "T03.4")),
        ("B01、B02", "several", ("B01", "B02")),
        ("B02 B01", "several", ("B01", "B02")),
        ("维权援助；政策宣贯", "several", ("B01", "B04")),
        ("B13、转让、许可", "ambiguous", ("B13", "B14")),
        ("B02 信息", "ambiguous", ("B02", "B08", "B09", "T03.4")),
        ("B02 政策宣贯", "ambiguous", ("B01", "B02")),
        ("培训", "unknown", ("B10",)),
        ("B17", "unknown", ()),
        ("B020", "unknown", ()),
        ("理发", "unknown", ()),
        ("  ", "unknown", ()),
        ("——", "unknown", ()),
    ],
)
def test_a_service_that_is_not_exactly_one_gets_no_code(text, problem, candidates):
    found = resolve_service(text)
    assert (found.code, found.problem, found.candidates) == (None, problem, candidates)


@pytest.mark.parametrize(
    "text",
    [
        "海淀",
        "海淀区",
        "北京市海淀区",
        "北京海淀",
        "110108",
        "110108000000",
        "１１０１０８",
        "110108.0",
        "Haidian",
        "HAIDIAN DISTRICT",
        "110108 海淀区",
        "海淀区（110108）",
        "北京市 海淀区",
    ],
)
def test_every_spelling_of_a_district_is_that_district(text):
    assert resolve_area(text).code == "110108"


@pytest.mark.parametrize(
    "text",
    [
        "BDA",
        "bda",
        "经开区",
        "北京经开区",
        "亦庄",
        "北京亦庄",
        "北京经济技术开发区",
        "经济技术开发区",
        "E-Town",
        "Beijing E-Town",
        "经开区（亦庄）",
    ],
)
def test_every_spelling_of_the_development_area_is_its_own_code(text):
    assert resolve_area(text).code == "BDA"


@pytest.mark.parametrize(
    "text",
    [
        "京外",
        "外省市",
        "外地",
        "河北省廊坊市",
        "河北廊坊",
        "天津",
        "上海市长宁区",
        "辽宁省朝阳市",
        "外省市（河北）",
        "香港特别行政区",
    ],
)
def test_places_elsewhere_are_outside_beijing(text):
    assert resolve_area(text).code == "outside"


@pytest.mark.parametrize("text", ["全市", "北京市", "all", "Citywide"])
def test_the_whole_city_has_its_own_code(text):
    assert resolve_area(text).code == "all"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("河北镇", "unknown"),
        ("河南寨镇", "unknown"),
        ("山东庄镇", "unknown"),
        ("开发区", "unknown"),
        ("海淀区中关村街道", "unknown"),
        ("朝阳市", "unknown"),
        ("山", "ambiguous"),
        ("海淀、朝阳", "several"),
        ("大兴（亦庄）", "several"),
        ("河北省、海淀区", "ambiguous"),
        ("110199", "unknown"),
        ("石家庄", "unknown"),
    ],
)
def test_an_area_that_is_not_exactly_one_gets_no_code(text, problem):
    found = resolve_area(text)
    assert (found.code, found.problem) == (None, problem)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("AI", "ai"),
        ("人工智能产业", "ai"),
        ("人工智能（AI）", "ai"),
        ("新一代信息技术产业", "new_gen_it"),
        ("医药健康", "biopharma"),
        ("大健康", "biopharma"),
        ("集成电路", "semiconductor"),
        ("无人机", "low_altitude"),
        ("新能源汽车", "nev"),
        ("新能源", "green_energy"),
        ("大数据、数据要素与区块链", "data_blockchain"),
        ("low_altitude", "low_altitude"),
    ],
)
def test_common_spellings_of_industries_resolve(text, key):
    assert resolve_industry(text).code == key


def test_an_industry_that_is_not_exactly_one_gets_no_code():
    assert resolve_industry("人工智能、大数据").problem == "several"
    assert resolve_industry("信息").candidates == ("new_gen_it", "cybersecurity", "software_info")
    assert resolve_industry("文化").problem == "ambiguous"
    assert resolve_industry("养殖").problem == "unknown"


def test_every_printed_term_of_appendix_d_resolves_to_its_key():
    wrong = [e for e in priority_industries() if resolve_industry(e.printed_term).code != e.industry]
    assert wrong == []


def test_no_spelling_stands_for_two_codes():
    for index in (resolve._services(), resolve._areas(), resolve._industries(), resolve._courses()):
        assert {name: codes for name, codes in index.names.items() if len(codes) > 1} == {}


def test_every_name_and_code_resolves_to_itself():
    for service in all_services():
        for text in (
            service.code,
            service.name.zh,
            service.name.en,
            service.short_name.zh,
            service.short_name.en,
        ):
            assert resolve_service(text).code == service.code, text
        assert resolve_service(f"{service.code} {service.name.zh}").code == service.code
    for industry in industries():
        for text in (industry.key, industry.name.zh, industry.name.en, *industry.synonyms):
            assert resolve_industry(text).code == industry.key, text


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1", "C01"),
        ("01", "C01"),
        ("c1", "C01"),
        ("13.0", "C13"),
        ("第3门", "C03"),
        ("知识产权基础知识", "C01"),
        ("1.知识产权基础知识", "C01"),
        ("13、专利检索与信息分析", "C13"),
        ("专利挖掘与布局课程", "C12"),
        ("专利检索策略", "C13"),
    ],
)
def test_courses_resolve_by_number_name_and_item(text, code):
    assert resolve_course(text).code == code


def test_a_course_that_is_not_exactly_one_gets_no_code():
    assert resolve_course("14").problem == "unknown"
    assert resolve_course("1、2").candidates == ("C01", "C02")
    assert resolve_course("专利").problem == "ambiguous"
    assert resolve_course("1 专利挖掘与布局").candidates == ("C01", "C12")


def test_values_of_closed_lists_resolve_in_both_languages():
    assert resolve_member("channel", " 线 上 ").code == "线上"
    assert resolve_member("channel", "Online").code == "线上"
    assert resolve_member("rating", "满意").code == "4"
    assert resolve_member("rating", "５").code == "5"
    assert resolve_member("key_tag", "零知识产权科技型企业").code == "“零”知识产权科技型企业"
    assert resolve_member("channel", "微信").problem == "unknown"
    with pytest.raises(KeyError):
        resolve_member("nothing", "x")


@given(st.text(max_size=30))
def test_any_text_gives_a_code_or_a_problem_and_never_both(text):
    for function in (resolve_service, resolve_area, resolve_industry, resolve_course):
        found = function(text)
        assert (found.code is None) == (found.problem is not None)
        assert found.code is None or found.candidates == ()
