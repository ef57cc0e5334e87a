"""Finding the one code that a spelling stands for, or saying why there is not exactly one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Problem = Literal["ambiguous", "several", "unknown"]
# What stands between two values of one cell, and around a second name in brackets.
_SEPARATORS = re.compile(r"[、,;/|+&()\[\]\n]|和|与|及|\s-\s")
_WHOLE_NUMBER = re.compile(r"^(\d+)\.0+$")


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a text stands for.

    ``code`` is set when it is exactly one; else ``problem`` says why not: ``ambiguous`` (fits
    ``candidates``), ``several`` (names all ``candidates`` at once) or ``unknown``, where
    ``candidates`` may still hold one near name, to be shown and never taken.
    """

    code: str | None = None
    candidates: tuple[str, ...] = ()
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Spellings:
    """The codes of one catalogue and all spellings of each.

    ``order`` holds the codes in the catalogue's order, ``codes`` their accepted forms, ``names``
    the codes by spelling reduced to its letters and digits. ``code_pattern`` finds a code that
    stands beside a name; ``None`` where codes never do.
    """

    order: tuple[str, ...]
    codes: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    code_pattern: re.Pattern[str] | None

    def with_names(self, more: Mapping[str, frozenset[str]]) -> Spellings:
        """Return the same catalogue with further ``names`` beside its own, which win."""
        return replace(self, names={**more, **self.names})

    def resolve(self, text: str) -> Resolution:
        """Return the one code of ``text``, or the candidates, in the catalogue's order."""
        plain = unicodedata.normalize("NFKC", text).strip()
        letters = letters_of(plain)
        if not letters:
            return Resolution(problem="unknown")
        found = self._exact(plain) or self._code_beside_name(plain) or self._parts(plain)
        return found or self._fragment(letters)

    def code_of(self, text: str) -> str | None:
        """Return the one code of ``text``; candidates are not looked for, which takes most of the time."""
        plain = unicodedata.normalize("NFKC", text).strip()
        found = self._exact(plain) or self._code_beside_name(plain) or self._parts(plain)
        return None if found is None else found.code

    def _exact(self, plain: str) -> Resolution | None:
        # Spreadsheets hand whole numbers over as 110108.0.
        compact = _WHOLE_NUMBER.sub(r"\1", "".join(plain.split()).casefold())
        code = self.codes.get(compact)
        if code is not None:
            return Resolution(code)
        fitting = self.names.get(letters_of(plain), frozenset())
        if len(fitting) == 1:
            return Resolution(next(iter(fitting)))
        return self._ambiguous(fitting) if fitting else None

    def _code_beside_name(self, plain: str) -> Resolution | None:
        """Read ``B02 业务办理咨询``; a code and a name that disagree are ambiguous."""
        if self.code_pattern is None:
            return None
        written = {match.group().casefold() for match in self.code_pattern.finditer(plain)}
        codes = {self.codes[form] for form in written if form in self.codes}
        if len(codes) > 1:
            return Resolution(candidates=self._sorted(codes), problem="several")
        if not codes or len(written) > 1:
            return None
        code = next(iter(codes))
        rest = letters_of(self.code_pattern.sub(" ", plain))
        fitting = self.names.get(rest) or self._fitting(rest)
        if not rest or code in fitting:
            return Resolution(code)
        return self._ambiguous({code, *fitting}) if fitting else self._near({code})

    def _parts(self, plain: str) -> Resolution | None:
        """Read several values, or one value and its other name in brackets."""
        parts = parts_of(plain)
        if len(parts) < 2:
            return None
        exact = [self._exact(part) for part in parts]
        codes = {found.code for found in exact if found is not None and found.code is not None}
        if len(codes) > 1:
            return Resolution(candidates=self._sorted(codes), problem="several")
        whole = all(found is not None and found.code is not None for found in exact)
        return Resolution(next(iter(codes))) if whole else None

    def _fragment(self, letters: str) -> Resolution:
        fitting = self._fitting(letters)
        return self._ambiguous(fitting) if len(fitting) > 1 else self._near(fitting)

    def _fitting(self, letters: str) -> set[str]:
        """Return the codes with a spelling that holds ``letters`` or, longer than one sign, lies in it."""
        return {
            code
            for name, codes in self.names.items()
            if letters and (letters in name or (len(name) > 1 and name in letters))
            for code in codes
        }

    def _ambiguous(self, codes: Iterable[str]) -> Resolution:
        return Resolution(candidates=self._sorted(codes), problem="ambiguous")

    def _near(self, codes: Iterable[str]) -> Resolution:
        return Resolution(candidates=self._sorted(codes), problem="unknown")

    def _sorted(self, codes: Iterable[str]) -> tuple[str, ...]:
        wanted = set(codes)
        return tuple(code for code in self.order if code in wanted)


def letters_of(text: str) -> str:
    """Reduce a text to its letters, digits and Chinese signs, in one width and case."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).casefold() if sign.isalnum())


def parts_of(text: str) -> list[str]:
    """Split a text where one value may end and another begin, or at brackets."""
    return [part for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)) if letters_of(part)]


def collect(
    spellings: Mapping[str, Iterable[str]],
    *,
    codes: Mapping[str, str],
    code_pattern: str | None = None,
) -> Spellings:
    """Build the index of a catalogue from the spellings of each code.

    ``codes`` maps every accepted form of a code, in lower case, to the code.
    """
    names: dict[str, set[str]] = {}
    for code, texts in spellings.items():
        for text in texts:
            names.setdefault(letters_of(text), set()).add(code)
    return Spellings(
        order=tuple(spellings),
        codes=codes,
        names={name: frozenset(found) for name, found in names.items()},
        code_pattern=None if code_pattern is None else re.compile(code_pattern, re.IGNORECASE),
    )
