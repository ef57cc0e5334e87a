"""The reader's name of a code, and the members of each closed dimension in the standard's order."""

from __future__ import annotations

from functools import lru_cache

from analytics.core.text import Language, Text
from analytics.standard.catalogues import catalogues
from analytics.standard.clauses import clauses
from analytics.standard.courses import courses
from analytics.standard.districts import CITYWIDE, OUTSIDE, all_districts, districts
from analytics.standard.industries import industries
from analytics.standard.services import all_services, services

NOT_RECORDED = Text(zh="未填", en="Not recorded")
_QUARTERS_ZH = ("一", "二", "三", "四")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def members(dimension: str) -> tuple[str, ...]:
    """Return the codes of a closed dimension in the standard's order; empty for an open one.

    ``district`` is the 17 areas and ``all`` (city tier), ``client_district`` the 17 areas and
    ``outside``, ``service`` the 20 services without sub-services.
    """
    return _members().get(dimension, ())


def name_of(dimension: str, code: str | None, language: Language, *, short: bool = False) -> str:
    """Return the reader's name of ``code``; ``short`` asks for the form that charts use.

    ``None`` is a value not recorded. A code without a catalogue name (institutions, topics,
    townships, anything unknown) is returned as it is, so that a page can always say something.
    """
    if code is None:
        return NOT_RECORDED.get(language)
    if dimension in ("year", "quarter", "month"):
        return _period_name(code, language)
    name = (_short_names() if short else _names()).get((_catalogue_of(dimension), code))
    return code if name is None else name.get(language)


def _catalogue_of(dimension: str) -> str:
    return {"client_district": "district", "topic": "service"}.get(dimension, dimension)


def _period_name(code: str, language: Language) -> str:
    year, rest = code[:4], code[4:]
    if rest.startswith("Q") and rest[1:] in ("1", "2", "3", "4"):
        return f"{year}年{_QUARTERS_ZH[int(rest[1]) - 1]}季度" if language == "zh" else f"{year} {rest}"
    if rest.startswith("-") and rest[1:].isdecimal() and 1 <= int(rest[1:]) <= 12:
        month = int(rest[1:])
        return f"{year}年{month}月" if language == "zh" else f"{_MONTHS_EN[month - 1]} {year}"
    return f"{code}年" if language == "zh" and code.isdecimal() else code


@lru_cache(maxsize=1)
def _members() -> dict[str, tuple[str, ...]]:
    areas = tuple(district.code for district in districts())
    lists = {dimension: tuple(m.code for m in found) for dimension, found in catalogues().items()}
    return lists | {
        "district": (*areas, CITYWIDE),
        "client_district": (*areas, OUTSIDE),
        "service": tuple(service.code for service in services()),
        "industry": tuple(industry.key for industry in industries()),
        "course": tuple(course.code for course in courses()),
    }


@lru_cache(maxsize=1)
def _names() -> dict[tuple[str, str], Text]:
    names = {(m.dimension, m.code): m.name for found in catalogues().values() for m in found}
    names |= {("district", district.code): district.name for district in all_districts()}
    names |= {("service", service.code): service.name for service in all_services()}
    names |= {("industry", industry.key): industry.name for industry in industries()}
    names |= {("clause", clause.number): clause.title for clause in clauses()}
    return names | {("course", course.code): course.name for course in courses()}


@lru_cache(maxsize=1)
def _short_names() -> dict[tuple[str, str], Text]:
    names = _names() | {("district", district.code): district.short_name for district in all_districts()}
    names |= {("service", service.code): service.short_name for service in all_services()}
    return names | {("industry", industry.key): industry.short_name for industry in industries()}
