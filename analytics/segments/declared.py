"""Peer groups as declared: the types stations state themselves, where these are big enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

LEAST = 15
# Where fewer stations state a type, groups are better found in what stations are.
LEAST_STATED = 0.5
OTHERS = "其他"


def declared_groups(types: Sequence[str | None], *, least: int = LEAST) -> list[str] | None:
    """Return each station's group by its declared type, or None where types do not serve.

    Types of fewer than ``least`` stations, and stations without, become one group of others. None where
    fewer than half state a type or no type is big enough.
    """
    counts = Counter(name for name in types if name)
    big = {name for name, count in counts.items() if count >= least}
    if not big or sum(counts.values()) < LEAST_STATED * len(types):
        return None
    return [name if name in big else OTHERS for name in types]
