"""One clause at one institution, and the clauses that have a status."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from analytics.compliance.declared import Declared
from analytics.compliance.verdict import Status, Verdict
from analytics.standard.clauses import ClauseText, clauses, clauses_by_number

Source = Literal["computed", "declared", "none"]


class Cell(NamedTuple):
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
    history : str
        A letter for the day and the end of each month before, the latest first: ``m`` met, ``p`` partly,
        ``n`` not met, ``a`` not applicable, ``e`` no evidence, ``r`` on record, ``-`` not open.
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
    history: str


@lru_cache(maxsize=1)
def measurable() -> tuple[ClauseText, ...]:
    """Return the clauses that have a status: indicators and those that a document must show."""
    return tuple(clause for clause in clauses() if clause.kind != "definition")


def level_of(clause: str) -> str:
    """Return the level of a clause: ``shall``, ``should`` and so on."""
    return clauses_by_number()[clause].level
