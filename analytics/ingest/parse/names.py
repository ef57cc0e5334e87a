"""Names and codes of the standard's catalogues in cells: one code, or why not."""

from __future__ import annotations

import re
from collections.abc import Callable

from analytics.core.text import Text
from analytics.ingest.parse.cells import Bad, is_nothing, plain
from analytics.ingest.rules import AMBIGUOUS_NAME, SEVERAL_NAMES, UNKNOWN_NAME
from analytics.standard.clause_numbers import resolve_clause
from analytics.standard.names import name_of
from analytics.standard.resolve import (
    resolve_area,
    resolve_course,
    resolve_industry,
    resolve_service,
)
from analytics.standard.spelling import Resolution, Spellings

# Characters of a name; the longest of the standard has 60.
_LONGEST = 500
_ALL_SERVICES = re.compile(
    r"(?:全部|所有|合计|总计|不限|all)(?:服务|服务事项|事项|方式|渠道)?", re.IGNORECASE
)


def parse_service(text: str) -> str | Bad | None:
    """Read a service or sub-service."""
    return None if is_nothing(text) else _code(text, resolve_service, "service")


def parse_area(text: str, *, also: tuple[str, ...] = ()) -> str | Bad | None:
    """Read an area; ``also`` says what is allowed beside the 17 areas (``all``, ``outside``)."""
    if is_nothing(text):
        return None
    found = _code(text, resolve_area, "district")
    if found in ("all", "outside") and found not in also:
        return Bad(UNKNOWN_NAME, {"near": Text("", "")})
    return found


def parse_industry(text: str, *, synonyms: Spellings | None = None) -> str | Bad | None:
    """Read an industry.

    What only ``synonyms`` of the bureau know is not read: it stays as written, and what it means is judged
    again at each publish, for a synonym may be withdrawn.
    """
    if is_nothing(text):
        return None
    found = _code(text, resolve_industry, "industry")
    known = synonyms is not None and isinstance(found, Bad) and len(text) <= _LONGEST
    return None if known and synonyms and synonyms.code_of(plain(text)) else found


def parse_course(text: str) -> str | Bad | None:
    """Read a course of Appendix B."""
    return None if is_nothing(text) else _code(text, resolve_course, "course")


def parse_clause(text: str) -> str | Bad | None:
    """Read a clause of the standard by its number, its title or both."""
    return None if is_nothing(text) else _code(text, resolve_clause, "clause")


def means_all(text: str) -> bool:
    """Say whether a cell of a monthly total stands for all services or channels."""
    return _ALL_SERVICES.fullmatch(plain(text).replace(" ", "")) is not None


def industry_or_service(entry: str) -> str | None:
    """Return the code of an entry that names exactly one service or industry."""
    if len(entry) > _LONGEST:
        return None
    return resolve_service(entry).code or resolve_industry(entry).code


def industry_code(entry: str) -> str | None:
    """Return the key of an entry that names exactly one industry."""
    return resolve_industry(entry).code if len(entry) <= _LONGEST else None


def _code(text: str, resolve: Callable[[str], Resolution], dimension: str) -> str | Bad:
    # A name that long is none, and to look for known ones within it takes time.
    found = resolve(plain(text)) if len(text) <= _LONGEST else Resolution(problem="unknown")
    if found.code is not None:
        return found.code
    listed = Text(
        zh="、".join(f"{name_of(dimension, code, 'zh')}（{code}）" for code in found.candidates[:8]),
        en=", ".join(f"{name_of(dimension, code, 'en')} ({code})" for code in found.candidates[:8]),
    )
    if found.problem == "several":
        return Bad(SEVERAL_NAMES, {"detail": listed})
    if found.problem == "ambiguous":
        return Bad(AMBIGUOUS_NAME, {"detail": listed})
    near = Text(f"（相近：{listed.zh}）", f" (near: {listed.en})") if found.candidates else Text("", "")
    return Bad(UNKNOWN_NAME, {"near": near})
