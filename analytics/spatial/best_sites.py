"""The best k sites by branch and bound with Lagrangean bounds: for covering and for shortest ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

import numpy as np

from analytics.stats.arrays import Floats, Integers

_EXACT = 1e-9
_ROOT_STEPS, _NODE_STEPS = 400, 60
# A step that brought no better bound so often is too long.
_PATIENCE = 12
_LOOK_EVERY_S = 0.25


@dataclass(frozen=True)
class Progress:
    """How far the search is: seconds spent, the best cover so far, and what no choice can exceed."""

    seconds: float
    best: float
    bound: float


@dataclass(frozen=True)
class _Node:
    """A part of the choices: sites that are opened in it, sites it may open, its bound, and prices."""

    opened: tuple[int, ...]
    allowed: Integers
    upper: float
    prices: Floats


class Search:
    """Depth-first branch and bound for ``max Σ_i max_{j open} saved_ij`` with k open.

    A bound prices each point's use of one site instead of forcing it: for prices ``u ≥ 0`` no choice
    exceeds ``Σ u_i`` plus the k largest ``Σ_i max(0, saved_ij − u_i)``; the prices come by subgradient
    steps. Begun from a greedy choice improved by exchanges (Teitz and Bart 1968).

    Parameters
    ----------
    saved : ndarray of float, shape (points, sites)
        What a point gains from a site, at least 0; every site is of use to some point.
    k : int
        Sites to open, from 1 to as many as there are.
    seconds, tell, stop
        As for `siting.maximal_covering`.

    Attributes
    ----------
    best : ndarray of int, shape (k,)
        The best choice so far; ``lower`` is its worth.
    bound : float
        What no choice exceeds.
    is_improved : bool
        Whether the search found better than what it began from.

    References
    ----------
    Cornuéjols, Fisher and Nemhauser (1977), Management Science 23, 789-810.
    """

    def __init__(
        self,
        saved: Floats,
        k: int,
        seconds: float,
        tell: Callable[[Progress], None] | None,
        stop: Callable[[], bool] | None,
    ) -> None:
        self.saved, self.k = saved, k
        self._seconds, self._tell, self._stop = seconds, tell, stop
        self._begun = self._looked = monotonic()
        self.best = _exchanged(saved, _greedy(saved, k))
        self.lower = float(saved[:, self.best].max(axis=1).sum())
        self.bound = float(saved.max(axis=1).sum())
        self.is_improved = False

    def run(self) -> bool:
        """Search until the best is proven (True), or time or the reader ends it (False)."""
        every = np.arange(self.saved.shape[1])
        stack = [_Node((), every, self.bound, 0.5 * self.saved.max(axis=1))]
        if self._is_over(now=True):
            return False
        while stack:
            node = stack.pop()
            if node.upper <= self._needed():
                continue
            children = self._branched(node)
            if children is None:
                return False
            stack.extend(children)
            self.bound = max([self.lower, *(left.upper for left in stack)])
        return True

    def _branched(self, node: _Node) -> list[_Node] | None:
        """Return the parts of a node that may hold a better choice, the likelier last; None if ended."""
        opened, held = node.opened, self._held(node.opened)
        still = self.k - len(opened)
        base = float(held.sum())
        allowed = np.setdiff1d(node.allowed, opened)
        if still == 0 or allowed.size <= still:
            self._try([*opened, *allowed[:still]])
            return []
        left = np.maximum(self.saved[:, allowed] - held[:, None], 0.0)
        if still == 1:
            self._try([*opened, int(allowed[np.argmax(left.sum(axis=0))])])
            return []
        found = self._priced(left, allowed, opened, base, still, node)
        if found is None:
            return None
        upper, worth, prices = found
        if upper <= self._needed():
            return []
        order = np.argsort(-worth, kind="stable")
        last, next_one = worth[order[still - 1]], worth[order[still]]
        out = upper + worth - last <= self._needed()
        out[order[:still]] = False
        surely = [
            int(allowed[place])
            for place in order[:still]
            if upper - worth[place] + next_one <= self._needed()
        ]
        kept = allowed[~out]
        if surely:
            return [_Node((*opened, *surely), kept, upper, prices)]
        first = int(allowed[order[0]])
        return [
            _Node(opened, kept[kept != first], upper, prices),
            _Node((*opened, first), kept, upper, prices),
        ]

    def _priced(
        self, left: Floats, allowed: Integers, opened: tuple[int, ...], base: float, still: int, node: _Node
    ) -> tuple[float, Floats, Floats] | None:
        """Return the lowest bound over prices found, what each site is worth at these, and the prices."""
        prices, length, waited = np.minimum(node.prices, left.max(axis=1)), 2.0, 0
        least: tuple[float, Floats, Floats] = (np.inf, np.empty(0), prices)
        over, buffer = np.empty(left.shape, dtype=bool), np.empty(left.shape)
        for step in range(_NODE_STEPS if node.opened or allowed.size < self.saved.shape[1] else _ROOT_STEPS):
            if self._is_over():
                return None
            np.subtract(left, prices[:, None], out=buffer)
            np.greater(buffer, 0.0, out=over)
            worth = np.maximum(buffer, 0.0, out=buffer).sum(axis=0)
            chosen = np.argpartition(-worth, still - 1)[:still]
            upper = base + float(prices.sum() + worth[chosen].sum())
            if upper < least[0] - 1e-7 * abs(upper):
                waited = 0
            else:
                waited += 1
            if upper < least[0]:
                least = (upper, worth, prices)
            if step % 10 == 0:
                self._try([*opened, *allowed[chosen]])
            if least[0] <= self._needed():
                break
            if waited >= _PATIENCE:
                length, waited = 0.5 * length, 0
                if length < 1e-3:
                    break
            slope = 1.0 - over[:, chosen].sum(axis=1)
            steep = float(slope @ slope)
            if steep == 0.0:
                break
            prices = np.maximum(0.0, prices - length * (upper - self.lower) / steep * slope)
        return least

    def _try(self, sites: list[int]) -> None:
        value = float(self.saved[:, sites].max(axis=1).sum())
        if value > self.lower * (1.0 + 1e-12):
            self.best, self.lower, self.is_improved = np.array(sites, dtype=np.int64), value, True

    def _held(self, opened: tuple[int, ...]) -> Floats:
        if not opened:
            return np.zeros(self.saved.shape[0])
        most: Floats = self.saved[:, list(opened)].max(axis=1)
        return most

    def _needed(self) -> float:
        """Return the bound above which a part of the choices is worth searching."""
        return self.lower * (1.0 + _EXACT)

    def _is_over(self, *, now: bool = False) -> bool:
        moment = monotonic()
        if moment - self._begun >= self._seconds:
            return True
        if not now and moment - self._looked < _LOOK_EVERY_S:
            return False
        self._looked = moment
        if self._tell is not None:
            self._tell(Progress(moment - self._begun, self.lower, self.bound))
        return self._stop is not None and self._stop()


def _greedy(saved: Floats, k: int) -> Integers:
    held, picked = np.zeros(saved.shape[0]), []
    for _ in range(k):
        best = int(np.argmax(np.maximum(saved - held[:, None], 0.0).sum(axis=0)))
        picked.append(best)
        held = np.maximum(held, saved[:, best])
    return np.array(picked, dtype=np.int64)


def _exchanged(saved: Floats, sites: Integers) -> Integers:
    """Exchange one site for another as long as that saves more."""
    chosen, value = list(map(int, sites)), float(saved[:, sites].max(axis=1).sum())
    is_better = True
    while is_better:
        is_better = False
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            held = saved[:, others].max(axis=1, initial=0.0)
            added = np.maximum(saved - held[:, None], 0.0).sum(axis=0)
            best = int(np.argmax(added))
            now = float(held.sum() + added[best])
            if now > value * (1.0 + 1e-12):
                chosen[place], value, is_better = best, now, True
    return np.array(chosen, dtype=np.int64)
