"""The status of every clause at every institution, on a day and at the ends of the months before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import select

from analytics.compliance.declare import AllOf, Case, Rule
from analytics.compliance.declared import Declared, declared_statuses, published_lists
from analytics.compliance.pool import Pooled, pools
from analytics.compliance.rows import ALL_ASSIGNMENTS
from analytics.compliance.rules import rules
from analytics.compliance.tallies import WINDOW_MONTHS, Counts, count
from analytics.compliance.verdict import JUDGED, Status, Verdict
from analytics.core.open_days import is_open
from analytics.core.periods import month_code, month_number
from analytics.core.selection import Scope
from analytics.measures.within import open_within, seen_by
from analytics.standard.clauses import ClauseText, clauses
from analytics.store.schema import INSTITUTIONS
from analytics.store.snapshot import Snapshot

Source = Literal["computed", "declared", "none"]
TREND_MONTHS = 12
_BOUND = {"city_centre": ("市级",), "district_centre": ("区级",), "workstation": ("工作站",)}
_LIST_FIELDS = (
    "institution_id", "name", "tier", "category", "district", "township", "operator_type",
    "operator_founded_on", "operator_is_legal_person", "co_builders", "opened_on", "closed_on", "phone",
    "oversight_phone", "focus_industries", "head_is_operator_head", "staff_full_time", "staff_part_time",
    "liaison_count", "qualified_staff_count", "pre_post_trained_count", "has_search_database",
    "has_online_platform", "open_hours_per_week", "annual_capacity",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """One clause at one institution.

    Attributes
    ----------
    status, source : str
        The status in force and where it comes from: computed beats declared.
    computed : Verdict or None
        What the ledgers say; None where no rule can tell.
    declared : Declared or None
        The declaration in force.
    is_contradicted : bool
        Whether ledgers and declaration say different things.
    since : str
        First month (``YYYY-MM``) of an unbroken run of this status, as far back as was looked.
    since_is_open : bool
        Whether it may have been so before that month already.
    """

    institution_id: str
    clause: str
    status: Status
    source: Source
    computed: Verdict | None
    declared: Declared | None
    is_contradicted: bool
    since: str
    since_is_open: bool


@dataclass(frozen=True)
class ClauseTable:
    """All cells, the institutions they are of, and how many were met at the ends of months."""

    as_of: date
    institutions: tuple[Mapping[str, Any], ...]
    cells: tuple[Cell, ...]
    # Month -> level -> (met, judged): cells of that level with a judgement.
    trend: dict[str, dict[str, tuple[int, int]]]


@dataclass(frozen=True)
class _Inputs:
    institutions: list[Mapping[str, Any]]
    counts: Counts
    lists: dict[str, list[Mapping[str, Any]]]
    declared: dict[tuple[str, str], list[Declared]]
    pools: list[dict[str, dict[str, tuple[float, float]]]]


def measurable() -> tuple[ClauseText, ...]:
    """Return the clauses that have a status: indicators and those that a document must show."""
    return tuple(clause for clause in clauses() if clause.kind != "definition")


def clause_table(
    snapshot: Snapshot, *, scope: Scope, as_of: date | None = None, months: int = TREND_MONTHS
) -> ClauseTable:
    """Return every clause's status at every institution open on ``as_of``.

    Parameters
    ----------
    scope : Scope
        Who asks: a district or institution sees its own rows alone.
    as_of : date, optional
        The day; the last day of data by default. Facts of later days are left out.
    months : int
        Ends of months before that are looked at for trend and ``since``.
    """
    day = as_of or date.fromisoformat(snapshot.about.get("data_until") or "1970-01-01")
    days = _ends(day, months)
    inputs = _read(snapshot, scope, days)
    statuses: dict[tuple[str, str], list[Status | None]] = {}
    latest: dict[tuple[str, str], _Found] = {}
    for back, end in enumerate(days):
        for row in inputs.institutions:
            if not is_open(row["opened_on"], row["closed_on"], end):
                continue
            for found in _of_institution(row, end, back, inputs):
                key = (row["institution_id"], found.clause)
                statuses.setdefault(key, [None] * len(days))[back] = found.status
                if back == 0:
                    latest[key] = found
    opened = tuple(row for row in inputs.institutions if is_open(row["opened_on"], row["closed_on"], day))
    cells = tuple(_cell(key, found, statuses[key], days) for key, found in latest.items())
    return ClauseTable(day, opened, cells, _trend(statuses, days))


@dataclass(frozen=True, slots=True)
class _Found:
    clause: str
    status: Status
    source: Source
    computed: Verdict | None
    declared: Declared | None


def _read(snapshot: Snapshot, scope: Scope, days: Sequence[date]) -> _Inputs:
    day = days[0]
    listed = _institutions(snapshot, scope, days[-1], day)
    tallies = dict.fromkeys(tally for rule in rules().values() for tally in rule.form.tallies)
    counts = count(snapshot, tuple(tallies), scope=scope, as_of=day, months=WINDOW_MONTHS + len(days) - 1)
    return _Inputs(
        listed,
        counts,
        published_lists(snapshot, scope=scope, as_of=day),
        declared_statuses(snapshot, scope=scope, as_of=day),
        [pools(snapshot, listed, scope=scope, as_of=end) for end in days],
    )


def _institutions(snapshot: Snapshot, scope: Scope, first: date, last: date) -> list[Mapping[str, Any]]:
    table = INSTITUTIONS.current.c
    conditions = [*open_within(table, first, last), *seen_by(scope, table)]
    statement = select(*(table[name] for name in _LIST_FIELDS)).where(*conditions)
    return list(snapshot.rows(statement.order_by(table.institution_id)))


def _of_institution(row: Mapping[str, Any], end: date, back: int, inputs: _Inputs) -> Iterable[_Found]:
    """Judge all clauses of one institution; those that sum others up come last."""
    institution_id = row["institution_id"]
    verdicts: dict[str, Verdict] = {}
    case = Case(
        as_of=end,
        institution=row,
        counts=inputs.counts.at(institution_id, back),
        lists=[one for one in inputs.lists.get(institution_id, ()) if one["published_on"] <= end],
        verdicts=verdicts,
        pool=inputs.pools[back].get(institution_id, {}),
    )
    known = rules()
    for clause in _in_order():
        declared = _in_force(inputs.declared.get((institution_id, clause.number)), end)
        found = _judged(clause, known.get(clause.number), case, declared)
        verdicts[clause.number] = Verdict(
            found.status,
            found.computed.numerator if found.computed else None,
            found.computed.denominator if found.computed else None,
        )
        yield found


def _judged(clause: ClauseText, rule: Rule | None, case: Case, declared: Declared | None) -> _Found:
    if not _binds(clause, rule, case, declared):
        return _Found(clause.number, "not_applicable", "none", None, declared)
    computed = rule.form.judge(case, rule.threshold) if rule is not None else None
    if computed is not None and computed.status != "no_evidence":
        return _Found(clause.number, computed.status, "computed", computed, declared)
    if declared is not None:
        return _Found(clause.number, declared.status, "declared", computed, declared)
    return _Found(clause.number, "no_evidence", "none", computed, None)


def _binds(clause: ClauseText, rule: Rule | None, case: Case, declared: Declared | None) -> bool:
    """Say whether a clause asks anything of this institution."""
    if clause.binds == "expert":
        # Whom no expert works for, and who manages none, has nothing to answer for.
        if declared is not None:
            return True
        if rule is None or isinstance(rule.form, Pooled):
            return bool(case.pool)
        return any(case.count(tally) for tally in (ALL_ASSIGNMENTS, *rule.form.tallies))
    return clause.binds == "all" or case.institution["tier"] in _BOUND.get(clause.binds, ())


def _in_force(checks: list[Declared] | None, end: date) -> Declared | None:
    if not checks:
        return None
    return next((check for check in reversed(checks) if check.checked_on <= end), None)


_ORDERED: list[ClauseText] = []


def _in_order() -> list[ClauseText]:
    if not _ORDERED:
        known = rules()

        def sums_up(clause: ClauseText) -> bool:
            return clause.number in known and isinstance(known[clause.number].form, AllOf)

        _ORDERED.extend(sorted(measurable(), key=sums_up))
    return _ORDERED


def _cell(
    key: tuple[str, str], found: _Found, statuses: Sequence[Status | None], days: Sequence[date]
) -> Cell:
    run = next((n for n, status in enumerate(statuses) if status != found.status), len(statuses))
    return Cell(
        key[0],
        key[1],
        found.status,
        found.source,
        found.computed,
        found.declared,
        _contradicts(found),
        days[run - 1].isoformat()[:7],
        run == len(statuses),
    )


def _contradicts(found: _Found) -> bool:
    """Say whether a declaration denies what the ledgers show, or claims what they deny."""
    if found.source != "computed" or found.declared is None or found.computed is None:
        return False
    said, shown = found.declared.status, found.computed.status
    if shown == "recorded":
        # Work on record is no judgement, but it was not "not applicable".
        return said == "not_applicable"
    return said != shown


def _trend(
    statuses: Mapping[tuple[str, str], Sequence[Status | None]], days: Sequence[date]
) -> dict[str, dict[str, tuple[int, int]]]:
    level = {clause.number: clause.level for clause in measurable()}
    found: dict[str, dict[str, tuple[int, int]]] = {}
    for back, end in enumerate(days):
        sums: dict[str, tuple[int, int]] = {}
        for (_, clause), run in statuses.items():
            if run[back] in JUDGED:
                met, judged = sums.get(level[clause], (0, 0))
                sums[level[clause]] = (met + (run[back] == "met"), judged + 1)
        found[end.isoformat()[:7]] = sums
    return dict(sorted(found.items()))


def _ends(day: date, months: int) -> list[date]:
    """Return ``day`` and the last days of the ``months`` months before it."""
    number = month_number(day.isoformat()[:7])
    firsts = (date.fromisoformat(f"{month_code(number - back)}-01") for back in range(months))
    return [day, *(first - timedelta(days=1) for first in firsts)]
