"""Codes have readers' names, and closed dimensions their members in the standard's order."""

import subprocess
import sys

import pytest

from analytics.core.selection import DIMENSIONS
from analytics.core.text import LANGUAGES
from analytics.standard.catalogues import catalogues
from analytics.standard.names import members, name_of

OPEN = {"year", "quarter", "month", "institution", "topic", "township"}


@pytest.mark.parametrize("dimension", sorted(set(DIMENSIONS) - OPEN))
def test_every_member_of_a_closed_dimension_has_a_name_in_both_languages(dimension):
    codes = members(dimension)
    assert codes
    for code in codes:
        for short in (False, True):
            assert name_of(dimension, code, "zh", short=short)
            english = name_of(dimension, code, "en", short=short)
            assert english
            assert not any("\u4e00" <= sign <= "\u9fff" for sign in english)


@pytest.mark.parametrize("dimension", sorted(OPEN))
def test_open_dimensions_have_no_members(dimension):
    assert members(dimension) == ()


def test_members_of_areas_and_services_are_complete():
    assert members("district")[-2:] == ("BDA", "all")
    assert members("client_district")[-2:] == ("BDA", "outside")
    assert len(members("district")) == len(members("client_district")) == 18
    assert len(members("service")) == 20
    assert members("service_group") == ("basic", "special")
    assert members("tier") == ("市级", "区级", "工作站")
    assert members("rating") == ("5", "4", "3", "2", "1")


@pytest.mark.parametrize(
    ("dimension", "code", "zh", "en"),
    [
        ("month", "2026-03", "2026年3月", "Mar 2026"),
        ("quarter", "2026Q3", "2026年三季度", "2026 Q3"),
        ("year", "2026", "2026年", "2026"),
        ("district", "110108", "海淀区", "Haidian"),
        ("district", "all", "全市", "Citywide"),
        ("client_district", "outside", "京外", "Outside Beijing"),
        ("service", "B08", "知识产权信息查询检索服务", "IP information search"),
        ("topic", "T03.1", "开展数字技术专项服务", "Digital-technology special service"),
        ("topic", "商标驳回", "商标驳回", "商标驳回"),
        ("institution", "HD003", "HD003", "HD003"),
        ("channel", None, "未填", "Not recorded"),
        ("month", None, "未填", "Not recorded"),
        ("month", "2026-13", "2026-13", "2026-13"),
        ("district", "999999", "999999", "999999"),
    ],
)
def test_names_read_as_people_write_them(dimension, code, zh, en):
    assert name_of(dimension, code, "zh") == zh
    assert name_of(dimension, code, "en") == en


def test_short_names_are_those_of_charts():
    assert name_of("service", "B02", "zh", short=True) == "业务办理咨询"
    assert name_of("district", "110108", "zh", short=True) == "海淀"


def test_no_two_members_of_a_list_share_a_name():
    for dimension, found in catalogues().items():
        for language in LANGUAGES:
            names = [member.name.get(language) for member in found]
            assert len(set(names)) == len(names), dimension


def test_loading_the_standard_brings_in_no_heavy_library():
    heavy = {"pandas", "numpy", "pydantic", "streamlit", "sqlalchemy", "duckdb"}
    code = (
        "import sys; from analytics.standard import resolve, names, clauses, platforms; "
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
