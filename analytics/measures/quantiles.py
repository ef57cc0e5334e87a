"""Quantiles of groups with their distribution-free intervals, from sorted values inside the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Integer, case, cast, func, literal, select

from analytics.core.periods import Period
from analytics.core.selection import Scope, Selection
from analytics.measures.declare import Measure
from analytics.measures.plan import count_statement, quantile_statement
from analytics.measures.result import Figures, Key
from analytics.stats.intervals import quantile_ranks
from analytics.store.engines.functions import element_at


def quantile_figures(
    connection: Connection,
    measure: Measure,
    by: tuple[str, ...],
    selection: Selection,
    scope: Scope,
    period: Period,
    *,
    level: float,
    sizes: Sequence[int] | None = None,
) -> dict[Key, Figures]:
    """Return each group's quantiles (linear between order statistics, type 7) with their intervals.

    The ranks of an interval depend on a group's size only: they are computed exactly here and handed
    back to the database, which keeps the values. ``sizes`` of the groups are asked for where not known.
    """
    if sizes is None:
        counts = connection.execute(count_statement(measure, by, selection, scope, period)).all()
        sizes = [int(row[-1]) for row in counts]
    sizes = sorted(set(sizes) - {0})
    if not sizes:
        return {}
    groups = quantile_statement(measure, by, selection, scope, period).subquery("groups")
    columns = [groups.c[f"by_{name}"] for name in by]
    values = [column for p in measure.quantiles for column in _columns(groups, p, sizes, level)]
    figures = {}
    for row in connection.execute(select(*columns, groups.c.n, *values)):
        key, n, rest = tuple(row[: len(by)]), int(row[len(by)]), row[len(by) + 1 :]
        found = tuple((p, *rest[3 * i : 3 * i + 3]) for i, p in enumerate(measure.quantiles))
        figures[key] = Figures(numerator=None, denominator=n, quantiles=found)
    return figures


def _columns(groups: Any, p: float, sizes: list[int], level: float) -> list[Any]:
    """Return value, lower and upper of one quantile as columns."""
    lower, upper = quantile_ranks(np.array(sizes), p, level=level)
    place = (groups.c.n - 1) * literal(p)
    below = cast(func.floor(place), Integer)
    first = element_at(groups.c.sorted, below + 1)
    second = element_at(groups.c.sorted, cast(func.ceil(place), Integer) + 1)
    value = first + (place - below) * (second - first)
    bounds = [
        element_at(groups.c.sorted, case(*_ranks(groups, sizes, ranks), else_=1)) for ranks in (lower, upper)
    ]
    return [value, *bounds]


def _ranks(groups: Any, sizes: list[int], ranks: Any) -> list[Any]:
    return [(groups.c.n == size, int(rank)) for size, rank in zip(sizes, ranks, strict=True)]
