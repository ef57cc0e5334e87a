"""Codes of what ledgers and readers write: services, areas, industries, courses, values of closed lists.

A full name, an official short name, a code, or code and name together stand for one code;
a fragment never does, however few names it fits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from analytics.standard.catalogues import catalogue
from analytics.standard.courses import Course, courses
from analytics.standard.districts import OUTSIDE, District, all_districts, districts_by_code
from analytics.standard.industries import Industry, industries
from analytics.standard.services import Service, all_services
from analytics.standard.spelling import Resolution, Spellings, collect, letters_of, parts_of

# Townships of Beijing are named 河北镇, 河南寨镇, 山东庄镇: what follows tells them from provinces.
_TOWNSHIP_SIGNS = "镇寨庄村乡街路"
# What ledgers write behind an industry's name without saying more.
_ENDINGS = ("业", "产业", "行业", "领域", "产业领域", "行业领域")


def resolve_service(text: str) -> Resolution:
    """Return the service or sub-service that ``text`` names, e.g. ``B02`` for 业务办理咨询."""
    return _services().resolve(text)


def resolve_area(text: str) -> Resolution:
    """Return the area that ``text`` names: a division code, ``BDA``, ``all`` or ``outside``."""
    found = _areas().resolve(text)
    if found.code is None and found.problem != "several" and _is_elsewhere(text):
        return Resolution(OUTSIDE)
    return found


def resolve_industry(text: str) -> Resolution:
    """Return the industry key that ``text`` names, e.g. ``ai`` for 人工智能产业."""
    return _industries().resolve(text)


def industries_with(synonyms: Iterable[tuple[str, str]]) -> Spellings:
    """Return the spellings of the industries with a bureau's own beside them.

    ``synonyms`` are (spelling, industry key). The standard's table wins where it knows a spelling; a
    bureau's own may settle what that leaves open: a fragment, or a cell that names several.
    """
    added: dict[str, list[str]] = {}
    for spelling, key in synonyms:
        added.setdefault(key, []).append(spelling)
    own = {key: [form for name in names for form in _with_endings(name)] for key, names in added.items()}
    return _industries().with_names(collect(own, codes={}).names)


def resolve_course(text: str) -> Resolution:
    """Return the course of Appendix B that ``text`` names: its number, its name or one of its items."""
    return _courses().resolve(text)


def resolve_member(dimension: str, text: str) -> Resolution:
    """Return the value of a closed list that ``text`` names; ``KeyError`` when there is no such list."""
    return _list(dimension).resolve(text)


def _is_elsewhere(text: str) -> bool:
    letters = letters_of(text)
    if any(_areas().resolve(part).code not in (None, OUTSIDE) for part in parts_of(text)):
        return False
    for prefix in districts_by_code()[OUTSIDE].prefixes:
        rest = letters.removeprefix(prefix)
        if rest != letters and rest[:1] not in tuple(_TOWNSHIP_SIGNS):
            return True
    return False


@lru_cache(maxsize=1)
def _services() -> Spellings:
    found = all_services()
    codes = {service.code.casefold(): service.code for service in found}
    codes |= {_without_zero(service.code).casefold(): service.code for service in found}
    return collect(
        {service.code: tuple(_service_spellings(service)) for service in found},
        codes=codes,
        code_pattern=r"(?<![A-Za-z0-9])[BT]\d{1,2}(?:\.\d)?(?![\d.]*\d)",
    )


def _without_zero(code: str) -> str:
    return code[0] + code[1:].lstrip("0")


def _service_spellings(service: Service) -> Iterator[str]:
    yield service.name.en
    yield service.short_name.en
    for name in (service.name.zh, service.short_name.zh, *service.aliases):
        yield name
        stem = name.removeprefix("知识产权").removesuffix("服务")
        for prefix in ("", "知识产权"):
            yield prefix + stem
            yield prefix + stem + "服务"


@lru_cache(maxsize=1)
def _areas() -> Spellings:
    codes: dict[str, str] = {}
    for district in all_districts():
        own = (district.code, *(alias for alias in district.aliases if alias.isdecimal()))
        for code in own:
            # Statistical division codes carry the six digits with three or six zeros behind.
            forms = (code, code + "000", code + "000000") if code.isdecimal() else (code,)
            codes |= {form.casefold(): district.code for form in forms}
    return collect(
        {district.code: tuple(_area_spellings(district)) for district in all_districts()},
        codes=codes,
        code_pattern=r"(?<![A-Za-z0-9])(?:\d{6}(?:000){0,2}|BDA)(?![A-Za-z0-9])",
    )


def _area_spellings(district: District) -> Iterator[str]:
    aliases = (alias for alias in district.aliases if not alias.isdecimal())
    names = (district.name.zh, district.short_name.zh, *aliases)
    yield from (*names, *district.prefixes, district.name.en)
    if district.kind == "district":
        for name in names:
            yield from ("北京" + name, "北京市" + name)
        yield from (district.name.en + suffix for suffix in (" District", " District, Beijing", ", Beijing"))


@lru_cache(maxsize=1)
def _industries() -> Spellings:
    return collect(
        {industry.key: tuple(_industry_spellings(industry)) for industry in industries()},
        codes={industry.key: industry.key for industry in industries()},
    )


def _industry_spellings(industry: Industry) -> Iterator[str]:
    yield industry.name.en
    for name in (industry.name.zh, industry.short_name.zh, *industry.synonyms):
        yield from _with_endings(name)


def _with_endings(name: str) -> Iterator[str]:
    """Yield a name and the forms that say no more: 人工智能产业, 人工智能领域, 人工智能产业领域."""
    yield name
    stem = name.removesuffix("领域").removesuffix("产业").removesuffix("行业")
    yield from (stem + ending for ending in _ENDINGS)
    # Two signs alone (文化, 数字) are a fragment unless the table lists them.
    if len(stem) > 2:
        yield stem


@lru_cache(maxsize=1)
def _courses() -> Spellings:
    codes: dict[str, str] = {}
    for course in courses():
        forms = (
            course.code,
            f"C{course.order}",
            f"{course.order}",
            f"{course.order:02d}",
            f"{course.order}.0",
        )
        codes |= {
            form.casefold(): course.code for form in (*forms, f"第{course.order}门", f"课程{course.order}")
        }
    return collect(
        {course.code: tuple(_course_spellings(course)) for course in courses()},
        codes=codes,
        code_pattern=r"(?<![A-Za-z0-9.])C?\d{1,2}(?![A-Za-z0-9])",
    )


def _course_spellings(course: Course) -> Iterator[str]:
    yield course.name.en
    yield from (course.name.zh + suffix for suffix in ("", "课程", "培训", "培训课程", "专题培训"))
    for item in course.items:
        yield from (item.zh, item.en, unicodedata.normalize("NFKC", item.zh).partition("(")[0])


@cache
def _list(dimension: str) -> Spellings:
    found = catalogue(dimension)
    return collect(
        {member.code: (member.name.zh, member.name.en) for member in found},
        codes={member.code.casefold(): member.code for member in found},
    )
