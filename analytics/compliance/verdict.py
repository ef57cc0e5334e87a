"""What can be said of a clause at one institution, and how counts become such a saying."""

from __future__ import annotations

from typing import Literal, NamedTuple

from analytics.core.text import Text

Status = Literal["met", "partly_met", "not_met", "not_applicable", "no_evidence", "recorded"]
STATUSES: dict[str, Text] = {
    "met": Text(zh="符合", en="Met"),
    "partly_met": Text(zh="部分符合", en="Partly met"),
    "not_met": Text(zh="不符合", en="Not met"),
    "not_applicable": Text(zh="不适用", en="Not applicable"),
    "no_evidence": Text(zh="暂无依据", en="No evidence"),
    "recorded": Text(zh="有记录", en="On record"),
}
# What a 规范自查 ledger says, in the words of the ledger.
DECLARED: dict[str, Status] = {
    "符合": "met",
    "部分符合": "partly_met",
    "不符合": "not_met",
    "不适用": "not_applicable",
}
NO_REASON = Text(zh="", en="")
JUDGED: frozenset[str] = frozenset({"met", "partly_met", "not_met"})


class Verdict(NamedTuple):
    """What the ledgers say of one clause.

    Attributes
    ----------
    status : Status
        ``recorded`` where the text sets no threshold: the work is on record, with its figure.
    numerator, denominator : float or None
        The figure: cases that do, out of cases there are; items held, out of items asked.
    because : Text
        What was found, in one plain phrase; empty where the figure says it.
    """

    status: Status
    numerator: float | None = None
    denominator: float | None = None
    because: Text = NO_REASON

    @property
    def value(self) -> float | None:
        """The share where there is a denominator, else the count."""
        if self.numerator is None or self.denominator is None:
            return self.numerator
        return self.numerator / self.denominator if self.denominator else None


NOTHING = Verdict("no_evidence")


def of_share(part: float, whole: float, at_least: float | None) -> Verdict:
    """Judge a share: met from ``at_least`` on, partly above 0; without a threshold it is on record."""
    if not whole:
        return NOTHING
    if at_least is None:
        return Verdict("recorded", part, whole)
    # A share of whole numbers: 9 of 10 must reach .9 whatever the last bit says.
    if part >= at_least * whole - 1e-9:
        return Verdict("met", part, whole)
    return Verdict("partly_met" if part else "not_met", part, whole)


def of_none(bad: float, over: float) -> Verdict:
    """Judge what must not occur: met when none of the ``over`` cases is bad."""
    if not over:
        return NOTHING
    return Verdict("not_met" if bad else "met", over - bad, over)


def of_items(held: int, missing: int, asked: int) -> Verdict:
    """Judge a list of items: all held, some, or none; what is neither held nor missing is unknown."""
    if held >= asked:
        return Verdict("met", held, asked)
    if not missing:
        return Verdict("no_evidence", held, asked)
    if held:
        return Verdict("partly_met", held, asked)
    return Verdict("not_met", 0, asked) if missing >= asked else Verdict("no_evidence", 0, asked)


def of_conditions(conditions: list[bool | None]) -> Verdict:
    """Judge conditions that must all hold: one that fails is enough to fail, one unknown leaves it open."""
    held = sum(1 for condition in conditions if condition)
    if any(condition is False for condition in conditions):
        return Verdict("not_met", held, len(conditions))
    if any(condition is None for condition in conditions):
        return Verdict("no_evidence", held, len(conditions)) if held else NOTHING
    return Verdict("met", held, len(conditions))
