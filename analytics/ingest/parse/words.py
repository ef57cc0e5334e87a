"""Cells of closed vocabularies: yes and no, ratings, allowed values, lists; and codes and plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from analytics.ingest.parse.cells import Bad, is_nothing, plain, shown
from analytics.ingest.rules import BAD_BOOL, BAD_RATING, NOT_ALLOWED, ROUNDED_CODE, UNKNOWN_ENTRY

_YES = frozenset(
    ["是", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "t", "1", "对", "真", "属实", "已报道", "已"]
)
_NO = frozenset(
    [
        "否",
        "无",
        "没有",
        "×",
        "✗",
        "✘",
        "x",
        "n",
        "no",
        "false",
        "f",
        "0",
        "错",
        "假",
        "不是",
        "不属实",
        "未报道",
        "未",
    ]
)
_UNANSWERED = frozenset({"", "/", "-", "--", "—", "——", "n/a", "暂无", "null", "nan"})
_NOT_RATED = frozenset({"未评价", "未评", "未评分", "没有评价", "无评价"})
_RATINGS = {"非常满意": 5, "满意": 4, "基本满意": 3, "不满意": 2, "非常不满意": 1}
_ROUNDED = re.compile(r"\d(?:\.\d+)?E\+\d\d+", re.IGNORECASE)
_LEVEL = re.compile(r"([1-5])(?:\.0+)?\s*[分星级]?")
# Entries of a list; the longest that any catalogue allows has 20.
_MOST_ENTRIES = 300
_BETWEEN = re.compile(r"[、,;|/\n]+")
_IGNORED = re.compile(r"[\s“”\"'‘’()\[\]]")


class Entries(NamedTuple):
    """The entries of a list and those that are not allowed."""

    good: tuple[str, ...]
    bad: tuple[str, ...]


def parse_bool(text: str) -> bool | Bad | None:
    """Read yes or no; 无 is no here, as 有 is yes."""
    cell = plain(text).casefold()
    if cell in _UNANSWERED:
        return None
    if cell.removesuffix(".0") in _YES:
        return True
    return False if cell.removesuffix(".0") in _NO else Bad(BAD_BOOL)


def parse_rating(text: str) -> int | Bad | None:
    """Read a level of satisfaction, 5 being the best."""
    if is_nothing(text):
        return None
    cell = plain(text).replace(" ", "")
    if cell in _NOT_RATED:
        return None
    if cell in _RATINGS:
        return _RATINGS[cell]
    match = _LEVEL.fullmatch(cell)
    return int(match[1]) if match else Bad(BAD_RATING)


def parse_code(text: str) -> str | Bad | None:
    """Read a number or name that identifies: text, whatever its digits."""
    if is_nothing(text):
        return None
    code = plain(text).removeprefix("'")
    return Bad(ROUNDED_CODE) if _ROUNDED.fullmatch(code) else code


def parse_text(text: str) -> str | Bad | None:
    """Keep a text as written, without spaces around it."""
    return None if is_nothing(text) else shown(text).strip()


def parse_choice(text: str, *, values: Sequence[str]) -> str | Bad | None:
    """Read one of ``values``, whatever its width, case, spaces and quotation marks."""
    if is_nothing(text):
        return None
    found = _folded(tuple(values)).get(fold_choice(text))
    return Bad(NOT_ALLOWED, {"detail": "、".join(values)}) if found is None else found


def parse_list(
    text: str, *, values: Sequence[str] = (), code_of: Callable[[str], str | None] | None = None
) -> Entries | None:
    """Read entries separated by 、，；/ or line breaks.

    With ``values`` only these are good; ``code_of`` replaces an entry by its code where it has one.
    """
    if is_nothing(text):
        return None
    known = _folded(tuple(values))
    whole = known.get(fold_choice(text)) or (code_of(plain(text)) if code_of else None)
    if whole:
        return Entries((whole,), ())
    good: dict[str, None] = {}
    bad: list[str] = []
    entries = _entries(text, code_of)
    if len(entries) > _MOST_ENTRIES:
        return Entries((), (text,))
    for entry in entries:
        kept = known.get(fold_choice(entry)) if values else (code_of(entry) if code_of else None) or entry
        if kept is None:
            bad.append(entry)
        else:
            good[kept] = None
    return Entries(tuple(good), tuple(bad))


def _entries(text: str, code_of: Callable[[str], str | None] | None) -> list[str]:
    """Split a list; two parts that only together have a code are one entry (转让、许可服务)."""
    lines = "\n".join(plain(line) for line in text.splitlines())
    parts = [part.strip() for part in _BETWEEN.split(lines) if part.strip()]
    if code_of is None or len(parts) > _MOST_ENTRIES:
        return parts
    entries: list[str] = []
    for part in parts:
        joined = f"{entries[-1]}、{part}" if entries else part
        if entries and code_of(entries[-1]) is None and code_of(part) is None and code_of(joined):
            entries[-1] = joined
        else:
            entries.append(part)
    return entries


def unknown_entries(entries: str) -> Bad:
    """Return what is wrong with a list that holds ``entries`` besides known ones."""
    return Bad(UNKNOWN_ENTRY, {"detail": entries})


def fold_choice(text: str) -> str:
    """Fold what does not tell values apart: width, case, spaces, quotation marks, brackets."""
    return _IGNORED.sub("", plain(text)).casefold()


@lru_cache(maxsize=64)
def _folded(values: tuple[str, ...]) -> dict[str, str]:
    return {fold_choice(value): value for value in values}
