"""Fitting a prior without the units it is meant to judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from analytics.stats.arrays import Flags, Floats

Prior = TypeVar("Prior")

# No more than this share of units may be called extreme: beyond, the rest are no prior for them.
MOST_TRIMMED = 0.2
MOST_ROUNDS = 10
# Fewer units than this say nothing of who among them is extreme.
FEWEST = 5


def least_extreme(tail: Floats, trim: float) -> Flags:
    """Return who stays, shape (units,): whose tail is at least ``trim``, and the 80 % least extreme."""
    allowed = int(MOST_TRIMMED * tail.size)
    dropped = np.zeros(tail.shape, dtype=bool)
    # A stable order: of units alike, the first goes first, whatever the machine.
    dropped[np.argsort(tail, kind="stable")[:allowed]] = True
    return ~(dropped & (tail < trim))


def trimmed_fit(
    fit: Callable[[Flags], Prior], staying: Callable[[Prior], Flags], counted: Flags, *, trim: float
) -> Prior:
    """Fit to the counted units, leave out who is extreme under the fit, and fit again until nobody changes.

    ``fit`` takes a mask of units, ``staying`` gives the mask of units that are not extreme. Ends after
    10 rounds where units keep changing places.
    """
    kept = counted
    prior = fit(kept)
    if trim == 0.0 or counted.sum() < FEWEST:
        return prior
    for _ in range(MOST_ROUNDS):
        now = counted & staying(prior)
        if np.array_equal(now, kept):
            break
        kept = now
        prior = fit(kept)
    return prior
