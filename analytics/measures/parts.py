"""Answer readers without records from parts, so that questions which overlap tell no more than their parts.

A rounded answer hides a small number from one subtraction, not from many: with the sums of all pairs of 17
districts, or of all runs of 12 months, linear programming finds most numbers below 5 exactly, for each sum
says on which side of a border it lies. So what names several values of a filter, or an odd run of months, is
the sum of what is shown of each value and of each calendar year, quarter or month: who adds and subtracts
such answers only gets back the parts. Dinur and Nissim (2003), Revealing information while preserving
privacy, on what many answers tell together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analytics.core.periods import Period, month_code, month_number, quarter_of
from analytics.core.selection import Selection
from analytics.measures.declare import Measure
from analytics.measures.result import Figures, Key
from analytics.measures.suppress import round_to

# Runs of so many months are answered as one: pages compare them, and too few of them overlap to tell.
_WHOLE_RUNS = (1, 3, 6, 12)
# A client may bear several tags: the parts would count it several times.
_NOT_ADDED = ("key_tag",)
# Nobody asks for more months than this one by one: all there ever was is one question.
_LONGEST = 1200
# Its multiples less their whole parts lie evenly between 0 and 1.
_GOLDEN = 0.6180339887498949


@dataclass(frozen=True, slots=True)
class Parts:
    """What an answer is added up from: values of ``filters``, and ``blocks`` of months (month → block)."""

    filters: tuple[str, ...]
    blocks: Mapping[str, str]

    @property
    def by(self) -> tuple[str, ...]:
        """The dimensions that tell the parts apart, after those of the question."""
        return (*self.filters, "month") if self.blocks else self.filters


def parts_of(by: Sequence[str], selection: Selection, period: Period) -> Parts | None:
    """Return the parts of a question, ``None`` where it has but one."""
    several = tuple(
        name
        for name, codes in selection.filters
        if len(codes) > 1 and name not in by and name not in _NOT_ADDED
    )
    blocks = {} if "month" in by else _blocks(period)
    return Parts(several, blocks) if several or blocks else None


def can_add(measure: Measure) -> bool:
    """Say whether a measure's parts add up: different clients of two months may be the same."""
    return measure.kind in ("count", "proportion")


def added(fine: Mapping[Key, Figures], width: int, parts: Parts, limit: int) -> dict[Key, Figures]:
    """Return figures by the first ``width`` codes, each the sum of its parts as a reader may see them.

    ``fine`` holds exact figures by those codes and then by those of :attr:`Parts.by`.
    """
    cells: dict[tuple[Key, Key], Figures] = defaultdict(Figures)
    for key, figure in fine.items():
        part = key[width:]
        if parts.blocks:
            part = (*part[:-1], parts.blocks.get(part[-1] or ""))
        _add(cells[key[:width], part], figure)
    shown: dict[Key, Figures] = defaultdict(Figures)
    for (whole, _), figure in cells.items():
        _add(shown[whole], _rounded(figure, limit))
    return dict(shown)


def _rounded(figure: Figures, limit: int) -> Figures:
    """Return a part in multiples of the limit.

    Of a share the smaller side, mostly below the limit, is rounded at an offset that moves with the whole:
    rounded to the nearest it would be none in nearly all parts, and their sum too low. The same records have
    the same offset however they are asked for.
    """
    if figure.denominator is None:
        return Figures(round_to(figure.numerator or 0, limit))
    over, part = figure.denominator, figure.numerator or 0
    few, is_part = min((part, True), (over - part, False))
    whole = round_to(over, limit)
    offset = int(over * _GOLDEN % 1.0 * limit)
    few = min((few + offset) // limit * limit, whole)
    return Figures(few if is_part else whole - few, whole)


def _add(to: Figures, more: Figures) -> None:
    to.numerator = (to.numerator or 0) + (more.numerator or 0)
    if more.denominator is not None:
        to.denominator = (to.denominator or 0) + more.denominator


def _blocks(period: Period) -> dict[str, str]:
    """Return each month's year, quarter or itself: the largest that lies within an odd run of months."""
    first, last = month_number(period.first_month), month_number(period.last_month)
    if last - first + 1 in _WHOLE_RUNS or last - first >= _LONGEST:
        return {}
    blocks: dict[str, str] = {}
    while first <= last:
        length, name = _largest(first, last)
        blocks |= {month_code(first + turn): name for turn in range(length)}
        first += length
    return blocks if len(set(blocks.values())) > 1 else {}


def _largest(first: int, last: int) -> tuple[int, str]:
    month = month_code(first)
    if first % 12 == 0 and first + 11 <= last:
        return 12, month[:4]
    if first % 3 == 0 and first + 2 <= last:
        return 3, quarter_of(month)
    return 1, month
