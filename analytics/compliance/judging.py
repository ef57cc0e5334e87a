"""What is found for each clause at one institution on one day, from what was counted and declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple, get_args

from analytics.compliance.cell import Source, measurable
from analytics.compliance.declare import AllOf, Case, Rule
from analytics.compliance.declared import Declared
from analytics.compliance.rows import ALL_ASSIGNMENTS
from analytics.compliance.rules import rules
from analytics.compliance.tallies import Counts
from analytics.compliance.verdict import Status, Verdict
from analytics.standard.clauses import ClauseText

# A declared status as other clauses see it that sum it up.
_OF_STATUS: dict[Status, Verdict] = {status: Verdict(status) for status in get_args(Status)}
_BOUND = {"city_centre": ("市级",), "district_centre": ("区级",), "workstation": ("工作站",)}


@dataclass(frozen=True)
class Inputs:
    """All that is read before anything is judged; ``counts`` and ``pools`` have a place for each day."""

    institutions: list[Mapping[str, Any]]
    counts: Counts
    lists: dict[str, list[Mapping[str, Any]]]
    declared: dict[tuple[str, str], list[Declared]]
    pools: list[dict[str, dict[str, tuple[float, float]]]]
    # In force, by clause.
    thresholds: Mapping[str, float | None]


class Found(NamedTuple):
    """What is found for a clause."""

    clause: str
    status: Status
    source: Source
    computed: Verdict | None
    declared: Declared | None


def judged(row: Mapping[str, Any], end: date, place: int, inputs: Inputs) -> list[Found]:
    """Judge all clauses of one institution on the day at ``place``; those that sum others up come last."""
    institution_id = row["institution_id"]
    verdicts: dict[str, Verdict] = {}
    case = Case(
        as_of=end,
        institution=row,
        counts=inputs.counts.at(institution_id, place),
        lists=[one for one in inputs.lists.get(institution_id, ()) if one["published_on"] <= end],
        verdicts=verdicts,
        pool=inputs.pools[place].get(institution_id, {}),
    )
    all_found = []
    for clause, rule in _in_order():
        declared = _in_force(inputs.declared.get((institution_id, clause.number)), end)
        found = _judged(clause, rule, case, declared, inputs.thresholds.get(clause.number))
        computed = found.computed if found.source == "computed" else None
        verdicts[clause.number] = computed or _OF_STATUS[found.status]
        all_found.append(found)
    return all_found


def _judged(
    clause: ClauseText, rule: Rule | None, case: Case, declared: Declared | None, threshold: float | None
) -> Found:
    if not _binds(clause, rule, case, declared):
        return Found(clause.number, "not_applicable", "none", None, declared)
    computed = rule.form.judge(case, threshold) if rule is not None else None
    if computed is not None and computed.status != "no_evidence":
        return Found(clause.number, computed.status, "computed", computed, declared)
    if declared is not None:
        return Found(clause.number, declared.status, "declared", computed, declared)
    return Found(clause.number, "no_evidence", "none", computed, None)


def _binds(clause: ClauseText, rule: Rule | None, case: Case, declared: Declared | None) -> bool:
    """Say whether a clause asks anything of this institution."""
    if clause.binds == "expert":
        # Whom no expert works for, and who manages none, has nothing to answer for.
        if declared is not None:
            return True
        if rule is None or not rule.form.tallies:
            return bool(case.pool)
        return any(case.count(tally) for tally in (ALL_ASSIGNMENTS, *rule.form.tallies))
    return clause.binds == "all" or case.institution["tier"] in _BOUND.get(clause.binds, ())


def _in_force(checks: list[Declared] | None, end: date) -> Declared | None:
    if not checks:
        return None
    return next((check for check in reversed(checks) if check.checked_on <= end), None)


@lru_cache(maxsize=1)
def _in_order() -> tuple[tuple[ClauseText, Rule | None], ...]:
    """Return clauses with their rules, those that sum others up last."""
    known = rules()
    pairs = [(clause, known.get(clause.number)) for clause in measurable()]
    return tuple(sorted(pairs, key=lambda pair: pair[1] is not None and isinstance(pair[1].form, AllOf)))
