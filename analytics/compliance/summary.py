"""Sums over clause statuses: by chapter and level, by clause, by area; and how far stations are built up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analytics.compliance.statuses import Cell
from analytics.core.text import Text
from analytics.standard.clauses import clauses_by_number

CHAPTERS: dict[str, Text] = {
    "4": Text(zh="4 基本原则", en="4 Principles"),
    "5": Text(zh="5 服务主体", en="5 Institutions"),
    "6.1": Text(zh="6.1 基础服务", en="6.1 Basic services"),
    "6.2": Text(zh="6.2 特色服务", en="6.2 Special services"),
    "7.1": Text(zh="7.1 工作站设立", en="7.1 Setting up stations"),
    "7.2": Text(zh="7.2 标志和公示", en="7.2 Signs and notices"),
    "7.3": Text(zh="7.3 工作站服务", en="7.3 Work of stations"),
    "7.4": Text(zh="7.4 工作站管理", en="7.4 Running stations"),
    "8": Text(zh="8 志愿服务专家", en="8 Volunteer experts"),
    "9": Text(zh="9 评价与改进", en="9 Evaluation and improvement"),
    "附录": Text(zh="附录", en="Appendices"),
}
# The services that the standard says institutions shall give.
_REQUIRED = tuple(f"6.1.{number}" for number in range(2, 13))


@dataclass(frozen=True, slots=True)
class Tallied:
    """How many cells have each status."""

    met: int = 0
    partly_met: int = 0
    not_met: int = 0
    recorded: int = 0
    no_evidence: int = 0
    not_applicable: int = 0

    @property
    def judged(self) -> int:
        """Cells with a judgement: the denominator of a share met."""
        return self.met + self.partly_met + self.not_met

    @property
    def share(self) -> float | None:
        """Share met among the judged; None where nothing is judged."""
        return self.met / self.judged if self.judged else None


@dataclass(frozen=True, slots=True)
class Step:
    """How far a station is built up: steps taken of four, and what comes next."""

    institution_id: str
    taken: int
    missing: tuple[str, ...]


def chapter_of(clause: str) -> str:
    """Return the key of :data:`CHAPTERS` that a clause stands in."""
    if clause.startswith("附录"):
        return "附录"
    chapter, _, rest = clause.partition(".")
    two = f"{chapter}.{rest.partition('.')[0]}"
    return two if two in CHAPTERS else chapter


def tallied(cells: Iterable[Cell]) -> Tallied:
    """Count cells by status."""
    counts = Counter[str](cell.status for cell in cells)
    return Tallied(**counts)


def grouped(cells: Iterable[Cell], key: Any) -> dict[Any, Tallied]:
    """Count cells by status in groups: ``key`` names a cell's group."""
    groups: dict[Any, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[key(cell)].append(cell)
    return {name: tallied(members) for name, members in groups.items()}


def by_chapter(cells: Iterable[Cell]) -> dict[tuple[str, str], Tallied]:
    """Count by chapter and level, in the standard's order."""
    level = clauses_by_number()
    found = grouped(cells, lambda cell: (chapter_of(cell.clause), level[cell.clause].level))
    order = list(CHAPTERS)
    return dict(sorted(found.items(), key=lambda item: order.index(item[0][0])))


def most_missing(cells: Iterable[Cell], *, levels: Sequence[str] = ()) -> list[tuple[str, Tallied]]:
    """Return clauses that some institution fails, the most widely missed first."""
    known = clauses_by_number()
    chosen = [cell for cell in cells if not levels or known[cell.clause].level in levels]
    found = grouped(chosen, lambda cell: cell.clause)
    missed = [(clause, sums) for clause, sums in found.items() if sums.not_met + sums.partly_met]
    return sorted(missed, key=lambda item: (-item[1].not_met, -item[1].partly_met, item[0]))


def building_up(cells: Iterable[Cell], stations: Sequence[Mapping[str, Any]]) -> list[Step]:
    """Return how far each station is built up, by number.

    1 set up; 2 its set-up meets the 应 clauses of 7.1 and 7.2 and every month was reported; 3 it has also
    given every service that 应 be given; 4 its special services also follow Appendix D. ``missing`` names
    the clauses that keep it from the next step: no grade, a list of what to do.
    """
    of_station: dict[str, dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        of_station[cell.institution_id][cell.clause] = cell
    return [
        _step(row["institution_id"], of_station[row["institution_id"]])
        for row in stations
        if row["tier"] == "工作站"
    ]


def _step(institution_id: str, cells: Mapping[str, Cell]) -> Step:
    for taken, missing in enumerate((_of_set_up(cells), _of_services(cells), _of_focus(cells)), start=1):
        if missing:
            return Step(institution_id, taken, tuple(missing))
    return Step(institution_id, 4, ())


def _of_set_up(cells: Mapping[str, Cell]) -> list[str]:
    known = clauses_by_number()
    asked = [
        number for number in cells if number.startswith(("7.1.", "7.2.")) and known[number].level == "shall"
    ]
    missing = [number for number in asked if cells[number].status in ("not_met", "partly_met", "no_evidence")]
    reported = cells.get("7.4.3.4")
    verdict = None if reported is None else reported.computed
    if verdict is None or verdict.numerator != verdict.denominator or not verdict.denominator:
        missing.append("7.4.3.4")
    return missing


def _of_services(cells: Mapping[str, Cell]) -> list[str]:
    return [
        number
        for number in _REQUIRED
        if number in cells and cells[number].status in ("no_evidence", "not_met")
    ]


def _of_focus(cells: Mapping[str, Cell]) -> list[str]:
    focus, served = cells.get("7.1.1.3"), cells.get("7.3.3.1")
    missing = [] if focus is not None and focus.status == "met" else ["7.1.1.3"]
    verdict = None if served is None else served.computed
    if verdict is None or not verdict.numerator:
        missing.append("7.3.3.1")
    return missing


def contradictions(cells: Iterable[Cell]) -> list[Cell]:
    """Return cells whose declaration the ledgers contradict."""
    return [cell for cell in cells if cell.is_contradicted]
