"""Hide small counts of clients and ratings from readers who may not see the records behind them.

Who may see records sees every count. For others, with a limit ``k`` (5 inside the bureau, 10 in public
figures, both settings):

1. *primary*: a count of clients or rated services with 0 < n < k is hidden, and every rate one of whose
   counts, numerator, denominator or what is between them, is so small;
2. *secondary*: where a row or column of a table hides one cell only, its total would give that away, so
   the smallest other cell is hidden too;
3. *rounding*: what is shown is rounded to multiples of k, shares in steps that no difference of two shares
   over the same base can undercut. Whoever subtracts two totals, the answers to two filters or two shares,
   gets a multiple of k or a step, and never the hidden number between 0 and k;
4. *yardsticks*: what is computed of other units' counts, as the share that the city's rates let expect of a
   unit, is rounded, and takes no stratum of which the whole, or what lies outside the unit, is small, nor one
   in which a few cases would show in the rounded share. This holds for readers of one district or
   institution too: of the others they may not see the records.

Rounding is the third step because no choice of hidden cells protects against every pair of filters that a
reader may choose: the next question may always be the one that tells. And because many rounded sums tell
what one does not, a question with several parts is answered by the sum of its rounded parts
(:mod:`analytics.measures.parts`). Hundepool et al. (2012), Statistical
Disclosure Control, chapters 4 and 5, on suppression, rounding and differencing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from analytics.core.selection import Scope
from analytics.core.settings import Settings
from analytics.measures.declare import Measure
from analytics.measures.result import Figures, Key

# What is computed of other units' shares is rounded to this.
COARSE_SHARE = 0.01
# Round steps of shares, the finest first.
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)


def limit_for(scope: Scope, measure: Measure, settings: Settings) -> int:
    """Return the limit k under which counts are hidden from a reader, 0 where nothing is."""
    return count_limit(scope, settings) if measure.counts_persons else 0


def count_limit(scope: Scope, settings: Settings) -> int:
    """Return the limit k for counts of persons and of cases a reader may not see the records of."""
    if scope.audience == "records":
        return 0
    if scope.audience == "bureau":
        return settings.count_hidden_below_bureau
    return settings.count_hidden_below_public


def yardstick_limit(scope: Scope, measure: Measure, settings: Settings) -> int:
    """Return the limit k that protects other units' counts in what is computed of them, 0 where nothing is.

    Readers of the whole city who may see records may see all of them; readers of a district or an
    institution see the others as the bureau at large does.
    """
    if scope.kind == "city" or scope.audience != "records":
        return limit_for(scope, measure, settings)
    return limit_for(Scope("city", None, "bureau"), measure, settings)


def share_step(over: float, limit: int) -> float:
    """Return the step that shares over ``over`` are rounded to: at least ``limit - 1`` of the whole.

    A step of one hundredth of 200 is 2: two shares, such as the satisfied and the well satisfied, would
    tell how many lie between them to one or two, though so few are hidden.
    """
    return next((step for step in _STEPS if step * over >= limit - 1), _STEPS[-1])


def is_small(count: float, limit: int) -> bool:
    """Say whether a count is one that must be hidden."""
    return 0 < count < limit


def hidden_keys(figures: dict[Key, Figures], limit: int, least_base: int = 0) -> set[Key]:
    """Return the groups that must not be shown: those too small, and those that would tell of them.

    ``least_base`` is how many a rate must be over to be shown to anybody.
    """
    hidden = {
        key
        for key, figure in figures.items()
        if _is_small(figure, limit) or 0 < (figure.denominator or 0) < least_base
    }
    while more := _telling(figures, hidden):
        hidden |= more
    return hidden


def rounded(figure: Figures, limit: int) -> Figures:
    """Return a figure as it may be shown: counts in multiples of the limit, shares in round steps."""
    if figure.denominator is None:
        return Figures(round_to(figure.numerator or 0, limit), None)
    over = round_to(figure.denominator, limit)
    if not figure.denominator or not over:
        return Figures(0, 0)
    step = share_step(over, limit)
    share = min(max(round_to((figure.numerator or 0) / figure.denominator, step), 0.0), 1.0)
    return Figures(share * over, over)


def round_to(value: float, step: float) -> float:
    """Return a value rounded to a multiple of ``step``."""
    # Halves go up: Python's own rounding to even would send 5 in steps of 10 to nothing.
    return (value / step + 0.5) // 1 * step


def _is_small(figure: Figures, limit: int) -> bool:
    return any(is_small(count, limit) for count in counts_of(figure))


def counts_of(figure: Figures) -> tuple[float, ...]:
    """Return the counts that a figure tells of: of a share also those who are not in it."""
    numerator = figure.numerator or 0
    if figure.denominator is None:
        return (numerator,)
    return (numerator, figure.denominator, figure.denominator - numerator)


def size_of(figure: Figures) -> float:
    """Return how many a figure rests on."""
    return (figure.numerator if figure.denominator is None else figure.denominator) or 0


def _telling(figures: dict[Key, Figures], hidden: set[Key]) -> set[Key]:
    """Return, for each row and column with a single hidden group, the smallest other that holds something."""
    more: set[Key] = set()
    for line in _lines(figures):
        if sum(key in hidden for key in line) != 1:
            continue
        others = [key for key in line if key not in hidden and size_of(figures[key]) > 0]
        if others:
            more.add(min(others, key=lambda key: (size_of(figures[key]), _sortable(key))))
    return more


def _lines(keys: Iterable[Key]) -> Iterable[Sequence[Key]]:
    """Return the groups that differ in one dimension only: what a reader could add up to a total."""
    lines: dict[tuple[int, Key], list[Key]] = defaultdict(list)
    for key in keys:
        for place in range(len(key)):
            lines[place, key[:place] + key[place + 1 :]].append(key)
    return lines.values()


def _sortable(key: Key) -> tuple[str, ...]:
    return tuple(code or "" for code in key)
