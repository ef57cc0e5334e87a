"""The clause that a ledger names: its number as people write it, number and title together, or the title."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from analytics.standard.clauses import clauses, clauses_by_number, is_clause
from analytics.standard.spelling import Resolution, Spellings, collect

_NUMBER = re.compile(
    r"(?:本?(?:标准|规范|规程)|clause)?\s*第?\s*"
    r"(?P<number>[1-9]\d?(?:\s*\.\s*\d{1,2})*)\s*\.?\s*(?:条款|条|款|节|章)?\s*"
    r"[.,、\-—_]?\s*第?\s*[(\[]?\s*(?P<item>[a-z](?![a-z]))?\s*[)\]]?\s*(?:列项|条|款|项|目)?\s*",
    re.IGNORECASE,
)
_APPENDIX = re.compile(
    r"(?:附录|appendix|annex)\s*[(]?\s*(?P<letter>[a-z])\s*[)]?\s*(?P<rest>.*)", re.IGNORECASE
)
_ITEM = re.compile(r"[a-z]\s*\)?(?:项|款)?", re.IGNORECASE)
_BETWEEN = " :,;、—-/《》()[]"
_CANDIDATES = 8


def resolve_clause(text: str) -> Resolution:
    """Return the clause that ``text`` names, e.g. ``7.4.3.1.a`` for 第7.4.3.1条a）项.

    A number that only heads other clauses is ambiguous among these; a title counts when exactly
    one clause bears it, and must not contradict a number beside it.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    appendix = _APPENDIX.fullmatch(plain)
    if appendix is not None:
        return _numbered(f"附录{appendix['letter'].upper()}", appendix["rest"])
    match = _NUMBER.match(plain)
    if match is None:
        return _titles().resolve(plain)
    number = re.sub(r"\s", "", match["number"])
    if match["item"]:
        number = f"{number}.{match['item'].lower()}"
    return _numbered(number, plain[match.end() :])


def _numbered(number: str, rest: str) -> Resolution:
    """Return the clause of that number; ``rest`` is what stands behind it: its title, or other words."""
    if number in clauses_by_number():
        if _ITEM.fullmatch(rest.strip(_BETWEEN)):
            # 6.1.2 a)、b): a second item of the same clause.
            stem, _, last = number.rpartition(".")
            second = f"{stem if last.isalpha() else number}.{rest.strip(_BETWEEN)[0].lower()}"
            return Resolution(candidates=(number, second), problem="several")
        also = _also_named(rest)
        if also and also != number:
            is_list = _NUMBER.match(rest.lstrip(_BETWEEN)) is not None
            return Resolution(candidates=(number, also), problem="several" if is_list else "ambiguous")
        # Words of the clause's own sentence may stand behind its number, more letters of it may not.
        sound = not rest or rest[0] in _BETWEEN or not rest[0].isascii()
        return Resolution(number) if sound else Resolution(candidates=(number,), problem="unknown")
    if is_clause(number):
        return Resolution(candidates=_below(number), problem="ambiguous")
    return Resolution(candidates=_above(number), problem="unknown")


def _also_named(rest: str) -> str | None:
    """Return the clause that the words behind a number name exactly, by title or by another number."""
    words = rest.strip(_BETWEEN)
    if not words:
        return None
    if _NUMBER.fullmatch(words):
        return resolve_clause(words).code
    return _titles().resolve(words).code


def _below(number: str) -> tuple[str, ...]:
    return tuple(c.number for c in clauses() if c.number.startswith(number + "."))[:_CANDIDATES]


def _above(number: str) -> tuple[str, ...]:
    """Return the nearest clause that the number would belong to, if there is one."""
    while "." in number:
        number = number.rpartition(".")[0]
        if number in clauses_by_number():
            return (number,)
    return ()


@lru_cache(maxsize=1)
def _titles() -> Spellings:
    return collect({clause.number: (clause.title.zh, clause.title.en) for clause in clauses()}, codes={})
