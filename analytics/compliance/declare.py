"""The declaration of a clause's rule: what is counted or looked at, and what makes the clause met.

A rule is data. :mod:`analytics.compliance.tallies` counts what all rules name in one statement a ledger;
a rule's form then judges one institution from those counts, its row on the list, and its published lists.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement

from analytics.compliance.verdict import (
    NOTHING,
    Status,
    Verdict,
    of_conditions,
    of_items,
    of_none,
    of_share,
)
from analytics.core.settings import settings
from analytics.core.text import Text
from analytics.standard.clauses import clauses_by_number
from analytics.store.schema import Ledger

NO_NOTE = Text(zh="", en="")


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Rows of a ledger that hold a condition, or the sum of a number over them.

    ``counted`` is a condition, or a number that each row adds. Two tallies are equal when they are the same
    object: rules share one by naming it.
    """

    ledger: Ledger
    counted: ColumnElement[Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One institution on one day: all that a form may look at.

    Attributes
    ----------
    institution : mapping
        Its row on the list.
    counts : mapping
        The sum of each tally over the twelve months that end with the day.
    lists : sequence of mapping
        What it published, by that day.
    verdicts : mapping
        What was found for other clauses, declared ones included; filled for forms that build on others.
    pool : mapping
        Figures of the volunteer experts it manages, as (part, whole); see :mod:`analytics.compliance.pool`.
    """

    as_of: date
    institution: Mapping[str, Any]
    counts: Mapping[Tally, float]
    lists: Sequence[Mapping[str, Any]] = ()
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    pool: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def count(self, tally: Tally) -> float:
        """Return the sum of a tally."""
        return self.counts.get(tally, 0.0)


class Form(ABC):
    """How a rule judges; most count nothing, or nothing that is a share of cases."""

    __slots__ = ()

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """What must be counted for it; of a share, the part first."""
        return ()

    @property
    def is_rate(self) -> bool:
        """Whether its figure is a share of cases, uncertain where these are few."""
        return False

    @abstractmethod
    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """Say what the ledgers say of one institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one clause is computed.

    Attributes
    ----------
    clause : str
        The clause's number; its level, who it binds, its threshold's basis and period are the standard's.
    asks : Text
        What is counted or looked at, for readers.
    form : Form
        How counts become a verdict.
    at_least : float, optional
        The share or number from which the clause is met; None where the text sets none. A setting may
        replace it where the text leaves it open (``clause_thresholds``).
    fields : tuple of str
        Ledger columns it rests on, as ``kind.column``.
    note : Text
        What a reader must know of it: a local choice, a weak link.
    """

    clause: str
    asks: Text
    form: Form
    fields: tuple[str, ...]
    at_least: float | None = None
    note: Text = NO_NOTE

    @property
    def threshold(self) -> float | None:
        """The threshold in force: the setting's where the clause leaves it open, else the declared one."""
        return settings().clause_thresholds.get(self.clause, self.at_least)

    @property
    def is_open(self) -> bool:
        """Whether the text leaves the threshold open, so that a setting may say it."""
        return clauses_by_number()[self.clause].threshold_basis == "open"


@dataclass(frozen=True, slots=True)
class Counted(Form):
    """Work on record: a number of rows. With a threshold, met from that number on.

    ``also`` is what other ledgers hold of the same work: monthly totals of who keeps no records.
    """

    tally: Tally
    also: tuple[Tally, ...] = ()

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """What is added up."""
        return (self.tally, *self.also)

    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """A count is never "met" for being above zero, unless the clause sets the number."""
        count = sum(case.count(tally) for tally in self.tallies)
        if not count:
            return NOTHING
        if threshold is None:
            return Verdict("recorded", count)
        return Verdict("met" if count >= threshold else "partly_met", count, None)


@dataclass(frozen=True, slots=True)
class Share(Form):
    """Rows that do, over rows that should; ``also`` is what monthly totals add to both sides."""

    part: Tally
    whole: Tally
    also: tuple[Tally, Tally] | None = None

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """Both sides."""
        return (self.part, self.whole, *(self.also or ()))

    @property
    def is_rate(self) -> bool:
        """A share of cases."""
        return True

    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """Judge the share: sums first, division last."""
        part, whole = case.count(self.part), case.count(self.whole)
        if self.also is not None:
            part, whole = part + case.count(self.also[0]), whole + case.count(self.also[1])
        return of_share(part, whole, threshold)


@dataclass(frozen=True, slots=True)
class NoneOf(Form):
    """What must not occur among the rows there are."""

    bad: Tally
    over: Tally

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """Both sides."""
        return (self.bad, self.over)

    def judge(self, case: Case, _threshold: float | None, /) -> Verdict:
        """Judge the absence."""
        return of_none(case.count(self.bad), case.count(self.over))


@dataclass(frozen=True, slots=True)
class Kinds(Form):
    """How many of several kinds of work are on record at least once.

    Without a threshold the number is only shown; with ``all_asked`` every kind is asked for. ``also`` has a
    tally a kind of what another ledger holds of it.
    """

    members: tuple[Tally, ...]
    all_asked: bool = False
    also: tuple[Tally, ...] = ()

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """A tally or two a kind."""
        return (*self.members, *self.also)

    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """Count the kinds."""
        other = self.also or self.members
        held = sum(
            1 for one, two in zip(self.members, other, strict=True) if case.count(one) or case.count(two)
        )
        if not held:
            return NOTHING
        if not self.all_asked:
            return Verdict("recorded", held, len(self.members))
        return of_share(held, len(self.members), 1.0 if threshold is None else threshold)


@dataclass(frozen=True, slots=True)
class Conditions(Form):
    """Conditions of the institution's own row that must all hold; None where the list does not tell."""

    conditions: tuple[Callable[[Mapping[str, Any]], bool | None], ...]

    def judge(self, case: Case, _threshold: float | None, /) -> Verdict:
        """Judge the conditions."""
        return of_conditions([condition(case.institution) for condition in self.conditions])


@dataclass(frozen=True, slots=True)
class Numbered(Form):
    """A number on the institution's own row, as large as the clause asks; or over another number there."""

    number: Callable[[Mapping[str, Any]], float | None]
    over: Callable[[Mapping[str, Any]], float | None] | None = None

    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """Judge the number, or the share."""
        number = self.number(case.institution)
        if number is None:
            return NOTHING
        if self.over is not None:
            whole = self.over(case.institution)
            return of_share(min(number, whole), whole, threshold) if whole else NOTHING
        if threshold is None:
            return Verdict("recorded", number) if number else NOTHING
        return Verdict("met" if number >= threshold else "not_met", number)


@dataclass(frozen=True, slots=True)
class Published(Form):
    """What the institution's published lists say on the day."""

    look: Callable[[Case], Verdict]

    def judge(self, case: Case, _threshold: float | None, /) -> Verdict:
        """Look at the lists."""
        return self.look(case)


@dataclass(frozen=True, slots=True)
class Either(Form):
    """The first form that finds something to say."""

    forms: tuple[Form, ...]

    @property
    def tallies(self) -> tuple[Tally, ...]:
        """All that any of them counts."""
        return tuple(tally for form in self.forms for tally in form.tallies)

    @property
    def is_rate(self) -> bool:
        """Where any of them is."""
        return any(form.is_rate for form in self.forms)

    def judge(self, case: Case, threshold: float | None, /) -> Verdict:
        """Ask one after the other."""
        for form in self.forms:
            verdict = form.judge(case, threshold)
            if verdict.status != "no_evidence":
                return verdict
        return NOTHING


@dataclass(frozen=True, slots=True)
class AllOf(Form):
    """A clause that sums up its items: each is met, on record, missing, or not known.

    With ``silence_is_missing`` an item of which nothing is known is not done, once any other is; but for
    those ``if_called_for``, which nobody asks for where nothing is known of them.
    """

    items: tuple[str, ...]
    silence_is_missing: bool = False
    if_called_for: tuple[str, ...] = ()

    def judge(self, case: Case, _threshold: float | None, /) -> Verdict:
        """Add the items up; an item that does not apply is not asked for."""
        found = {item: case.verdicts.get(item, NOTHING).status for item in self.items}
        asked = [status for item, status in found.items() if not self._is_spared(item, status)]
        held = sum(1 for status in asked if status in ("met", "recorded"))
        half = sum(1 for status in asked if status == "partly_met")
        missing = sum(1 for status in asked if status == "not_met")
        if self.silence_is_missing and held + half:
            missing = len(asked) - held - half
        if half and held + missing + half == len(asked):
            return Verdict("partly_met", held, len(asked))
        return of_items(held, missing, len(asked)) if asked else Verdict("not_applicable")

    def _is_spared(self, item: str, status: Status) -> bool:
        return status == "not_applicable" or (status == "no_evidence" and item in self.if_called_for)
