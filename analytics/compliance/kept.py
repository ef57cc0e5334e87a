"""The table of statuses between one process and the next: packed beside the snapshot it is of.

What is kept is found again only by whoever asks the same: the same snapshot, reader's area, days, settings
and rules, of which the source is part of the name. It holds institutions' numbers, statuses, figures and what
was declared, nothing of clients; figures are masked where they are shown, so one table serves all readers of
an area.
"""

from __future__ import annotations

import gc
import hashlib
import json
from array import array
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from analytics.compliance.cell import Cell
from analytics.compliance.declared import Declared
from analytics.compliance.verdict import Verdict
from analytics.core.selection import Scope
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.store.beside import keep, kept
from analytics.store.snapshot import Snapshot

Packed = tuple[tuple[Cell, ...], tuple[tuple[str, str], ...]]
# Days and areas that readers of one snapshot look at; each takes about a megabyte.
_MOST = 40
# The places of a cell's values in their lists: whole numbers of four bytes, in so many columns.
_PLACES, _COLUMNS = "i", 5
# Whatever of the program may change a status: the rules, what they count, and the standard's tables.
_ROOT = Path(__file__).parents[1]
_PARTS = ("compliance", "core", "measures", "standard")


def kept_cells(snapshot: Snapshot, scope: Scope, days: Sequence[date]) -> Packed | None:
    """Return the cells that were kept, and histories of institutions closed since; ``None`` if none were."""
    if snapshot.folder is None:
        return None
    found = kept(snapshot.folder, snapshot.version, _name(scope, days))
    if found is None:
        return None
    told, _, places = found.partition(b"\n")
    with _uncollected():
        return _unpacked(json.loads(told), array(_PLACES, places))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the garbage collector from looking through 44,000 new cells again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def keep_cells(snapshot: Snapshot, scope: Scope, days: Sequence[date], cells: Packed) -> None:
    """Keep what was computed, where the folder lets us."""
    if snapshot.folder is None:
        return
    told, places = _packed(*cells)
    # JSON knows no line breaks within, so that the first one ends it.
    content = json.dumps(told, separators=(",", ":")).encode() + b"\n" + places.tobytes()
    keep(snapshot.folder, snapshot.version, _name(scope, days), content, most=_MOST)


def _name(scope: Scope, days: Sequence[date]) -> str:
    """Return a name that differs where an answer may differ."""
    told = [scope.kind, scope.code, *(day.isoformat() for day in days), settings().model_dump_json(), _code()]
    return f"clauses-{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]}"


@lru_cache(maxsize=1)
def _code() -> str:
    """Return a hash of all that computes a status."""
    digest = hashlib.sha256()
    for part in _PARTS:
        for path in sorted((_ROOT / part).rglob("*")):
            if path.suffix in (".py", ".csv"):
                digest.update(path.relative_to(_ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


class _Pool:
    """Distinct values, each known by its place."""

    def __init__(self) -> None:
        self.places: dict[Hashable, int] = {}

    def place(self, value: Hashable) -> int:
        return self.places.setdefault(value, len(self.places))


def _packed(cells: Sequence[Cell], former: Sequence[tuple[str, str]]) -> tuple[dict[str, Any], array[int]]:
    """Return lists of distinct values, few as they are, and the cells as places in them, column by column."""
    pools = {name: _Pool() for name in ("institution", "clause", "computed", "declared", "rest")}
    rows = [
        (
            pools["institution"].place(cell.institution_id),
            pools["clause"].place(cell.clause),
            pools["computed"].place(cell.computed),
            pools["declared"].place(cell.declared),
            pools["rest"].place((cell.status, cell.source, *cell[6:])),
        )
        for cell in cells
    ]
    told = {
        "institution": list(pools["institution"].places),
        "clause": list(pools["clause"].places),
        "computed": [_verdict_told(value) for value in pools["computed"].places],
        "declared": [_declared_told(value) for value in pools["declared"].places],
        "rest": list(pools["rest"].places),
        "former": list(former),
    }
    return told, array(_PLACES, (place for column in zip(*rows, strict=True) for place in column))


def _verdict_told(verdict: Any) -> list[Any] | None:
    return None if verdict is None else [*verdict[:3], verdict.because.zh, verdict.because.en]


def _declared_told(declared: Any) -> list[Any] | None:
    if declared is None:
        return None
    return [declared.status, declared.checked_on.isoformat(), declared.checked_by, declared.evidence]


def _unpacked(told: dict[str, Any], places: array[int]) -> Packed:
    computed = [
        None if one is None else Verdict(one[0], one[1], one[2], Text(zh=one[3], en=one[4]))
        for one in told["computed"]
    ]
    declared = [
        None if one is None else Declared(one[0], date.fromisoformat(one[1]), one[2], one[3])
        for one in told["declared"]
    ]
    cells = _cells(told, places, computed, declared)
    return cells, tuple((number, history) for number, history in told["former"])


def _cells(
    told: dict[str, Any],
    places: array[int],
    computed: list[Verdict | None],
    declared: list[Declared | None],
) -> tuple[Cell, ...]:
    """Return the cells; columns are put together without a step of Python for each of 44,000 cells."""
    if not places:
        return ()
    each = len(places) // _COLUMNS
    columns = [places[start : start + each].tolist() for start in range(0, len(places), each)]
    institutions, numbers, verdicts, declarations, rests = columns
    statuses, sources, *tails = zip(*told["rest"], strict=True)
    values = (
        map(told["institution"].__getitem__, institutions),
        map(told["clause"].__getitem__, numbers),
        map(statuses.__getitem__, rests),
        map(sources.__getitem__, rests),
        map(computed.__getitem__, verdicts),
        map(declared.__getitem__, declarations),
        *(map(tail.__getitem__, rests) for tail in tails),
    )
    return tuple(map(Cell._make, zip(*values, strict=True)))
