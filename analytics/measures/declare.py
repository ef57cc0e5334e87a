"""What a measure is: one declaration says what is counted over what; the planner says how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, String, bindparam, func

from analytics.core.text import Clause, Text
from analytics.measures.facts import Fact

Kind = Literal["count", "sum", "distinct", "proportion", "quantile"]

SHARE = Text(zh="%", en="%")
NO_CAVEATS = Text(zh="", en="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What monthly totals add to a measure, from rows of 月报汇总.

    Attributes
    ----------
    numerator, denominator : ColumnElement
        Number a row adds; the denominator only for proportions.
    where : ColumnElement, optional
        Rows that carry what is needed; others were not collected and stay out.
    needs_channel : bool
        Whether only rows by channel can tell.
    """

    numerator: ColumnElement[Any]
    denominator: ColumnElement[Any] | None = None
    where: ColumnElement[bool] | None = None
    needs_channel: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One measure: its words, its place in the standard and what it counts.

    Attributes
    ----------
    key : str
        Stored identifier, equal to the file's name; never changes its meaning.
    kind : Kind
        ``count`` (rows or a sum of whole numbers), ``sum``, ``distinct``, ``proportion`` or ``quantile``;
        it fixes the roll-up and the interval.
    numerator : ColumnElement
        A condition (rows that count; ``true()`` for all), a number each row adds, or the column whose
        distinct values or quantiles are taken.
    denominator : ColumnElement, optional
        Condition of the rows a proportion is over.
    where : ColumnElement, optional
        Rows the measure looks at at all.
    counts_persons : bool
        Whether it counts clients or rated services: small numbers of these could point to somebody, and
        are hidden from readers who may not see the records (:mod:`analytics.measures.suppress`).
    """

    key: str
    kind: Kind
    name: Text
    definition: Text
    unit: Text
    clauses: tuple[Clause, ...]
    fact: Fact
    numerator: ColumnElement[Any]
    denominator: ColumnElement[bool] | None = None
    where: ColumnElement[bool] | None = None
    totals: Totals | None = None
    quantiles: tuple[float, ...] = ()
    higher_is_better: bool | None = None
    counts_persons: bool = False
    caveats: Text = NO_CAVEATS

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions the measure can be cut and filtered by."""
        return tuple(self.fact.columns)

    @property
    def unit_code(self) -> str:
        """The unit in data: shares are fractions."""
        return "share" if self.kind == "proportion" else self.unit.en


# Names that statements leave open until a question is asked.
SETTINGS_USED: set[str] = set()
ABOUT_USED: set[str] = set()


def setting(name: str) -> ColumnElement[int]:
    """Return the number that the settings hold under ``name``, filled in when a question is asked."""
    SETTINGS_USED.add(name)
    return bindparam(f"setting_{name}", type_=Integer())


def setting_text(name: str) -> ColumnElement[str]:
    """Return the word that the settings hold under ``name``."""
    SETTINGS_USED.add(name)
    return bindparam(f"setting_{name}", type_=String())


def about(name: str) -> ColumnElement[int]:
    """Return a number known about the snapshot, such as the last day of a ledger's data."""
    ABOUT_USED.add(name)
    return bindparam(f"about_{name}", type_=Integer())


def within_workdays(
    *,
    start_day: ColumnElement[int],
    start_worked_until: ColumnElement[int],
    end_day: ColumnElement[int],
    end_next_worked: ColumnElement[int],
    days: ColumnElement[Any],
) -> ColumnElement[bool]:
    """Say whether the end came at latest on the ``days``-th working day after the start.

    See :func:`analytics.core.workdays.workday_calendar` for why two ordinals suffice.
    """
    return (end_day <= start_day) | (end_next_worked <= start_worked_until + func.floor(days))
