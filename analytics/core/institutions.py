"""Which institution a ledger means when it gives a number, a number without its zeros, or a name."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Match:
    """Exactly one institution, or candidates when several could be meant, or neither."""

    institution_id: str | None = None
    candidates: tuple[str, ...] = ()


class InstitutionIndex:
    """Finds institutions by number or name on a list of ``(institution_id, name)``.

    A number counts whatever its case and width; one that lost its leading zeros counts when it is
    unique without them; a name counts when exactly one institution bears it. A part of a name is
    never taken: the institutions that contain it are offered as candidates.
    """

    def __init__(self, institutions: Iterable[tuple[str, str]]) -> None:
        self._ids: dict[str, str] = {}
        self._bare: dict[str, set[str]] = defaultdict(set)
        self._names: dict[str, set[str]] = defaultdict(set)
        # Number and name in one cell: 002 示例海淀站, 示例海淀站（002）.
        self._both: dict[str, set[str]] = defaultdict(set)
        for institution_id, name in institutions:
            key = folded(institution_id)
            self._ids[key] = institution_id
            self._bare[key.lstrip("0")].add(institution_id)
            self._names[folded(name)].add(institution_id)
            for both in (institution_id + name, name + institution_id) if name else ():
                self._both[_letters(both)].add(institution_id)

    def __len__(self) -> int:
        return len(self._ids)

    def match(self, ref: str) -> Match:
        """Return the institution meant by ``ref``."""
        key = folded(ref)
        if key in self._ids:
            return Match(self._ids[key])
        for found in (self._bare.get(key.lstrip("0"), set()), self._names.get(key, set())):
            if len(found) == 1:
                return Match(next(iter(found)))
            if found:
                return Match(candidates=tuple(sorted(found)))
        if not _looks_like_a_name(key):
            return Match()
        both = self._both.get(_letters(ref), set())
        if len(both) == 1:
            return Match(next(iter(both)))
        within = {i for name, ids in self._names.items() if key in name or name in key for i in ids}
        return Match(candidates=tuple(sorted(within)[:8]))


def folded(text: str) -> str:
    """Fold width, case and spaces, so that spellings of one number or name compare equal."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def _letters(text: str) -> str:
    return "".join(sign for sign in folded(text) if sign.isalnum())


def _looks_like_a_name(key: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in key)
