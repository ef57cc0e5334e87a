"""The status of every clause at every institution, on a day and at the ends of the months before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import select

from analytics.compliance.cell import Cell, level_of, measurable
from analytics.compliance.declared import declared_statuses, published_lists
from analytics.compliance.judging import Found, Inputs, judged
from analytics.compliance.kept import keep_cells, kept_cells
from analytics.compliance.pool import pools
from analytics.compliance.rules import check_thresholds, rules
from analytics.compliance.tallies import count
from analytics.compliance.verdict import JUDGED, STATUSES, Status
from analytics.core.open_days import is_open
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.measures.within import open_within, seen_by
from analytics.store.schema import INSTITUTIONS
from analytics.store.snapshot import Snapshot

__all__ = ["Cell", "ClauseTable", "clause_table", "measurable", "trend_of"]

TREND_MONTHS = 12
_LIST_FIELDS = (
    "institution_id", "name", "tier", "category", "district", "township", "operator_type",
    "operator_founded_on", "operator_is_legal_person", "co_builders", "opened_on", "closed_on", "phone",
    "oversight_phone", "focus_industries", "head_is_operator_head", "staff_full_time", "staff_part_time",
    "liaison_count", "qualified_staff_count", "pre_post_trained_count", "has_search_database",
    "has_online_platform", "open_hours_per_week", "annual_capacity",
)  # fmt: skip
# A status in one letter, and the letter of a day on which the institution was not open.
_LETTERS: dict[str, str] = dict(zip(STATUSES, "mpnaer", strict=True))
_STATUS_OF: dict[str, Status] = {letter: status for status, letter in _LETTERS.items()}  # type: ignore[misc]
_CLOSED = "-"


@dataclass(frozen=True)
class ClauseTable:
    """All cells, and the institutions they are of.

    ``days`` are the day asked for and the ends of the months before, the latest first: what a cell's
    ``history`` has a letter for each of.
    """

    as_of: date
    days: tuple[date, ...]
    institutions: tuple[Mapping[str, Any], ...]
    cells: tuple[Cell, ...]
    # Of institutions that closed before the day: they count in the months in which they were open.
    former: tuple[tuple[str, str], ...] = ()

    @cached_property
    def trend(self) -> dict[str, dict[str, tuple[int, int]]]:
        """Month -> level -> (met, judged), over all cells and those of institutions closed since."""
        return trend_of(self.cells, self.days, self.former)


def trend_of(
    cells: Iterable[Cell], days: Sequence[date], former: Iterable[tuple[str, str]] = ()
) -> dict[str, dict[str, tuple[int, int]]]:
    """Return month -> level -> (met, judged) of some cells; ``former`` are more (clause, history)."""
    histories = Counter((cell.clause, cell.history) for cell in cells) + Counter(former)
    sums: list[dict[str, tuple[int, int]]] = [{} for _ in days]
    for (clause, history), times in histories.items():
        level = level_of(clause)
        for place, letter in enumerate(history):
            status = _STATUS_OF.get(letter)
            if status in JUDGED:
                met, all_judged = sums[place].get(level, (0, 0))
                sums[place][level] = (met + times * (status == "met"), all_judged + times)
    return {end.isoformat()[:7]: found for end, found in sorted(zip(days, sums, strict=True), key=_by_day)}


def _by_day(item: tuple[date, Any]) -> date:
    return item[0]


def clause_table(
    snapshot: Snapshot, *, scope: Scope, as_of: date | None = None, months: int = TREND_MONTHS
) -> ClauseTable:
    """Return every clause's status at every institution open on ``as_of``.

    What was computed before, by whatever process, is read from beside the snapshot.

    Parameters
    ----------
    scope : Scope
        Who asks: a district or institution sees its own rows alone. Figures are not yet masked: that
        is done where they are shown (:func:`analytics.compliance.answers.figure_of`).
    as_of : date, optional
        The day; the last day of data by default. What came to be known later is left out.
    months : int
        Ends of months before that are looked at for trend and ``since``.

    Raises
    ------
    UserError
        When the settings name a threshold that the text does not leave open.
    """
    day = as_of or date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    check_thresholds()
    days = _ends(day, months)
    found = kept_cells(snapshot, scope, days)
    if found is None:
        found = _computed(snapshot, scope, days)
        keep_cells(snapshot, scope, days, found)
    cells, former = found
    return ClauseTable(day, days, tuple(_institutions(snapshot, scope, day, day)), cells, former)


def _computed(
    snapshot: Snapshot, scope: Scope, days: tuple[date, ...]
) -> tuple[tuple[Cell, ...], tuple[tuple[str, str], ...]]:
    """Judge everything; return the cells of institutions open on the day, and histories of the others."""
    inputs = _read(snapshot, scope, days)
    cells: list[Cell] = []
    former: list[tuple[str, str]] = []
    for row in inputs.institutions:
        letters: list[dict[str, str]] = []
        latest: list[Found] = []
        for place, end in enumerate(days):
            is_there = is_open(row["opened_on"], row["closed_on"], end)
            found = judged(row, end, place, inputs) if is_there else []
            letters.append({one.clause: _LETTERS[one.status] for one in found})
            latest = found if place == 0 else latest
        histories = {
            clause.number: "".join(of.get(clause.number, _CLOSED) for of in letters)
            for clause in measurable()
        }
        cells += [_cell(row["institution_id"], one, histories[one.clause], days) for one in latest]
        former += [] if latest else list(histories.items())
    return tuple(cells), tuple(former)


def _read(snapshot: Snapshot, scope: Scope, days: Sequence[date]) -> Inputs:
    listed = _institutions(snapshot, scope, days[-1], days[0])
    tallies = dict.fromkeys(tally for rule in rules().values() for tally in rule.form.tallies)
    return Inputs(
        listed,
        count(snapshot, tuple(tallies), scope=scope, ends=days),
        published_lists(snapshot, scope=scope, as_of=days[0]),
        declared_statuses(snapshot, scope=scope, as_of=days[0]),
        [pools(snapshot, listed, scope=scope, as_of=end) for end in days],
        {number: rule.threshold for number, rule in rules().items()},
    )


def _institutions(snapshot: Snapshot, scope: Scope, first: date, last: date) -> list[Mapping[str, Any]]:
    table = INSTITUTIONS.current.c
    conditions = [*open_within(table, first, last), *seen_by(scope, table)]
    statement = select(*(table[name] for name in _LIST_FIELDS)).where(*conditions)
    return list(snapshot.rows(statement.order_by(table.institution_id)))


def _cell(institution_id: str, found: Found, history: str, days: Sequence[date]) -> Cell:
    run = len(history) - len(history.lstrip(history[0]))
    return Cell(
        institution_id,
        found.clause,
        found.status,
        found.source,
        found.computed,
        found.declared,
        _contradicts(found),
        days[run - 1].isoformat()[:7],
        run == len(days),
        history,
    )


def _contradicts(found: Found) -> bool:
    """Say whether a declaration denies what the ledgers show, or claims what they deny."""
    if found.source != "computed" or found.declared is None or found.computed is None:
        return False
    said, shown = found.declared.status, found.computed.status
    if shown == "recorded":
        # Work on record is no judgement, but it was not "not applicable".
        return said == "not_applicable"
    return said != shown


def _ends(day: date, months: int) -> tuple[date, ...]:
    """Return ``day`` and the last days of the ``months`` months before it."""
    number = month_number(day.isoformat()[:7])
    firsts = (date.fromisoformat(f"{month_code(number - back)}-01") for back in range(months))
    return (day, *(first - timedelta(days=1) for first in firsts))
