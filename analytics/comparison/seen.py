"""Statistical signals as a reader may see them: none on small counts, figures rounded as measures are."""

from __future__ import annotations

from dataclasses import replace

from analytics.comparison.screening import Found
from analytics.core.selection import Scope
from analytics.core.settings import settings
from analytics.measures import registry
from analytics.measures.result import Figures
from analytics.measures.suppress import COARSE_SHARE, counts_of, is_small, limit_for, round_to, rounded
from analytics.stats.intervals import wilson_interval


def as_seen(found: Found, scope: Scope) -> Found | None:
    """Return what a reader of ``scope`` may see of what stands out, ``None`` where that is nothing.

    Tests are made on exact counts for everybody: rounded ones would make signals of their own. Of shares of
    clients or ratings, readers who may not see records get rounded figures, and nothing where few are
    concerned or where rounding leaves no difference to show.
    """
    limit = limit_for(scope, registry.get(found.measure), settings())
    if not limit:
        return found
    figure = Figures(round(found.value * found.n), found.n)
    shown = rounded(figure, limit)
    n = round(shown.denominator or 0)
    if not n or any(is_small(count, limit) for count in counts_of(figure)):
        return None
    value, expected = (shown.numerator or 0) / n, round_to(found.expected, COARSE_SHARE)
    if (value < expected) != (found.value < found.expected):
        return None
    low, high = found.interval
    if found.kind == "funnel":
        low, high = (float(bound) for bound in wilson_interval(round(shown.numerator or 0), n))
    else:
        low, high = round_to(low, COARSE_SHARE), round_to(high, COARSE_SHARE)
    return replace(found, value=value, expected=expected, interval=(low, high), n=n)
