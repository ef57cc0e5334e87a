"""Where to open next: maximal covering to proven optimality, and what a change of stations would do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Thread
from time import monotonic

import numpy as np
from numpy.typing import ArrayLike

from analytics.spatial.best_sites import Progress, Search
from analytics.stats.arrays import Floats, Integers, amounts

# The solver tells its bound only when it ends, and finds most answers at once: after a short run the search
# by branch and bound, quick where sites overlap much and the solver is slow, has its half of the time.
_FIRST_SLICE_S = 3.0
# While it runs, in a thread of its own, this often is told how long and asked whether to stop.
_LOOK_EVERY_S = 0.25


@dataclass(frozen=True)
class Siting:
    """Sites to open.

    Attributes
    ----------
    sites : ndarray of int, shape (k or fewer,)
        Candidates in the order to open them in: each adds most to those before it.
    gains : ndarray of float, shape (k or fewer,)
        Weight newly covered by the 1st … kth; their sum is the cover of all.
    covered, bound : float
        Weight covered, and what no choice of k can exceed.
    proven : bool
        Whether the choice is proven optimal. If not, it is the best found before the stop.
    method : {"milp", "branch and bound", "greedy"}
        Which search the choice comes from; "greedy" is an answer without guarantee but 63 % of the best.
    """

    sites: Integers
    gains: Floats
    covered: float
    bound: float
    proven: bool
    method: str


def maximal_covering(
    covers: ArrayLike,
    weight: ArrayLike,
    k: int,
    *,
    already: ArrayLike | None = None,
    seconds: float = 60.0,
    tell: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> Siting:
    """Choose k candidates that cover most weight beyond what existing stations cover.

    ``max Σ w_i·y_i`` with ``y_i ≤ Σ_j a_ij·x_j``, ``Σ x_j = k``, x binary, y in [0, 1] (Church and ReVelle
    1974), by HiGHS through `scipy.optimize.milp`. Points with the same candidates are one row.

    Parameters
    ----------
    covers : array_like of bool, shape (points, candidates)
        Whether a station at the candidate would reach the point.
    weight : array_like of float, shape (points,)
        What covering the point is worth (unmet demand), at least 0.
    k : int
        Stations to open, at least 1. Candidates that add nothing are left out: fewer than k may come back.
    already : array_like of bool, shape (points,), optional
        Points that existing stations cover, which stay: they gain nothing more.
    seconds : float
        Time limit; the best choice so far comes back when it is over.
    tell, stop : callable, optional
        Called about four times a second during the search; ``stop`` ends it by returning True: the best
        choice so far comes back at once. (The solver's thread, which cannot be broken off, ends with its
        time limit.)

    References
    ----------
    Church and ReVelle (1974), Papers of the Regional Science Association 32, 101-118; Nemhauser, Wolsey
    and Fisher (1978), Mathematical Programming 14, 265-294 (greedy).
    """
    table, worth = np.asarray(covers, dtype=bool), amounts(weight, "weights").copy()
    if table.ndim != 2 or table.shape[0] != worth.size or k < 1:
        raise ValueError("covers must be points by candidates with a weight a point, and k at least 1")
    if already is not None:
        worth[np.asarray(already, dtype=bool)] = 0.0
    greedy = _greedy(table, worth, k)
    rows, sums = _merged(table, worth)
    reachable = float(sums.sum())
    if greedy.covered >= reachable * (1.0 - 1e-12) or greedy.sites.size < k or k == 1:
        # All is covered, or nothing adds more, or the single best was chosen: no choice is better.
        return Siting(greedy.sites, greedy.gains, greedy.covered, greedy.covered, True, "greedy")
    return _searched(table, worth, (rows, sums), greedy, seconds=seconds, tell=tell, stop=stop)


def _searched(
    table: np.ndarray,
    worth: Floats,
    merged: tuple[np.ndarray, Floats],
    greedy: Siting,
    *,
    seconds: float,
    tell: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
) -> Siting:
    rows, sums = merged
    begun, best, bound, k = monotonic(), greedy, float(sums.sum()), greedy.sites.size

    def is_stopped() -> bool:
        if tell is not None:
            tell(Progress(monotonic() - begun, best.covered, bound))
        return stop is not None and stop()

    def left() -> float:
        return seconds - (monotonic() - begun)

    def tell_on(progress: Progress) -> None:
        if tell is not None:
            tell(Progress(monotonic() - begun, max(best.covered, progress.best), min(bound, progress.bound)))

    for turn, most_s in (("milp", _FIRST_SLICE_S), ("branch and bound", 0.5 * seconds), ("milp", seconds)):
        if left() <= 0 or is_stopped():
            break
        if turn == "milp":
            found = _watched(rows, sums, k, min(most_s, left()), is_stopped)
        else:
            search = Search(rows * sums[:, None], k, min(most_s, left()), tell_on, stop)
            proven = search.run()
            found = search.best, search.lower if proven else search.bound, proven
        if found is None:
            break
        sites, upper, is_proven = found
        bound = min(bound, upper)
        if sites is not None:
            told = _in_order(table, worth, sites)
            if told.covered > best.covered or is_proven:
                best = replace(told, bound=bound, proven=is_proven, method=turn)
        if is_proven:
            return replace(best, bound=best.covered)
    return replace(best, bound=bound, proven=False)


def _watched(
    rows: np.ndarray, sums: Floats, k: int, seconds: float, is_stopped: Callable[[], bool]
) -> tuple[Integers | None, float, bool] | None:
    """Return what `_solve` finds, or None as soon as somebody stops it."""
    answers: list[tuple[Integers | None, float, bool]] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(_solve(rows, sums, k, seconds))
        except BaseException as fault:  # noqa: BLE001 - raised again where it is waited for
            faults.append(fault)

    thread = Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_LOOK_EVERY_S)
        if thread.is_alive() and is_stopped():
            return None
    if faults:
        raise faults[0]
    return answers[0]


def _merged(table: np.ndarray, worth: Floats) -> tuple[np.ndarray, Floats]:
    """Return the distinct rows that some candidate covers, with the sum of their weights."""
    useful = (worth > 0) & table.any(axis=1)
    if not useful.any():
        return table[:0], worth[:0]
    packed, row_of = np.unique(np.packbits(table[useful], axis=1), axis=0, return_inverse=True)
    rows = np.unpackbits(packed, axis=1, count=table.shape[1]).astype(bool)
    return rows, np.bincount(row_of.ravel(), weights=worth[useful]).astype(np.float64)


def _solve(rows: np.ndarray, sums: Floats, k: int, seconds: float) -> tuple[Integers | None, float, bool]:
    """Return the best sites found in the time (None if none), an upper bound, and whether it is proven."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_matrix, hstack, identity, vstack

    points, candidates = rows.shape
    scaled = sums / sums.sum()
    only_if_covered = hstack([csr_matrix(-rows.astype(np.float64)), identity(points)])
    chosen = csr_matrix(np.concatenate([np.ones(candidates), np.zeros(points)])[None, :])
    found = milp(
        np.concatenate([np.zeros(candidates), -scaled]),
        integrality=np.concatenate([np.ones(candidates), np.zeros(points)]),
        bounds=Bounds(0.0, 1.0),
        constraints=LinearConstraint(
            vstack([only_if_covered, chosen], format="csr"), -np.inf, np.append(np.zeros(points), k)
        ),
        options={"time_limit": max(seconds, 0.05), "mip_rel_gap": 0.0},
    )
    bound = getattr(found, "mip_dual_bound", None)
    upper = float(sums.sum()) if bound is None else min(1.0, -float(bound)) * float(sums.sum())
    sites = None if found.x is None else np.flatnonzero(found.x[:candidates] > 0.5)
    return sites, upper, found.status == 0


def _greedy(table: np.ndarray, worth: Floats, k: int) -> Siting:
    """Open, one after another, the candidate that adds most."""
    return _chosen(table, worth, np.arange(table.shape[1]), k)


def _in_order(table: np.ndarray, worth: Floats, sites: Integers) -> Siting:
    return _chosen(table, worth, sites, sites.size)


def _chosen(table: np.ndarray, worth: Floats, among: Integers, k: int) -> Siting:
    left, picked, gains = worth.copy(), [], []
    columns = table[:, among].astype(np.float64)
    for _ in range(min(k, among.size)):
        added = left @ columns
        best = int(np.argmax(added))
        if added[best] <= 0.0:
            break
        picked.append(int(among[best]))
        gains.append(float(added[best]))
        left = np.where(table[:, among[best]], 0.0, left)
    total = float(sum(gains))
    return Siting(
        np.array(picked, dtype=np.int64), np.array(gains), total, float(worth.sum()), False, "greedy"
    )
