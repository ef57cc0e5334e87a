"""Observed against expected: standardised ratios, their intervals, and indirect standardisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import (
    Floats,
    Integers,
    amounts,
    expectations,
    finite,
    one_of,
    rows_of_units,
    whole_counts,
)
from analytics.stats.intervals import poisson_interval, wilson_interval


def ratio_interval(
    observed: ArrayLike, expected: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return the standardised ratio O/E with its exact Poisson interval.

    The interval of the Poisson count ``O`` (Garwood) over ``E``, which is
    taken as known: ``χ²(α, 2O)/2E`` to ``χ²(1 − α, 2O + 2)/2E``, ``α = (1 − level)/2``.

    Parameters
    ----------
    observed : array_like of int, shape (n,) or scalar
        Events counted.
    expected : array_like of float, shape (n,) or scalar
        Events expected, at least 0; below 1e-9 counts as nothing.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    ratio, lower, upper : ndarray of float, shape (n,)
        Pure numbers, 1 = as expected. Where nothing is expected: NaN, 0 and infinity.

    Raises
    ------
    ValueError
        If a count is impossible, an expectation negative or not finite, or the level outside (0, 1).

    References
    ----------
    Ulm (1990), American Journal of Epidemiology 131, 373-375.

    Examples
    --------
    >>> [float(part.round(4)) for part in ratio_interval(10, 48)]
    [0.2083, 0.0999, 0.3831]
    """
    o, e = np.broadcast_arrays(whole_counts(observed), expectations(expected))
    low, high = poisson_interval(o, level=level)
    ratio, lower, upper = (
        np.divide(part, e, out=np.full(e.shape, otherwise), where=e > 0)
        for part, otherwise in ((o, np.nan), (low, 0.0), (high, np.inf))
    )
    return ratio, lower, upper


@dataclass(frozen=True)
class Standardised:
    """Each unit against what it would have at the reference rates of its own mix; all of shape (units,).

    ``adjusted`` is the ratio times the reference's overall rate, for reading
    on the measure's own scale; it compares a unit with the reference, never two units with each other.
    """

    observed: Floats
    expected: Floats
    exposure: Floats
    ratio: Floats
    lower: Floats
    upper: Floats
    adjusted: Floats


def standardise(
    units: ArrayLike,
    strata: ArrayLike,
    events: ArrayLike,
    exposure: ArrayLike,
    *,
    n_units: int | None = None,
    rates: ArrayLike | None = None,
    kind: str = "poisson",
    level: float = 0.95,
) -> Standardised:
    """Standardise indirectly: what each unit has, over what its mix of strata leads one to expect.

    ``E_i = Σ_s n_is·r_s`` with ``r_s`` the rate of stratum ``s`` over all units
    together (or as given), ``SR_i = O_i/E_i``.

    Parameters
    ----------
    units, strata : array_like of int, shape (cells,)
        Which unit and which stratum a cell belongs to, numbered from 0. Several
        cells may share both.
    events : array_like of int, shape (cells,)
        Events (satisfied clients, services) in the cell.
    exposure : array_like of float, shape (cells,)
        What they came from (rated services, clients), at least 0.
    n_units : int, optional
        Number of units, where the last ones may have no cell.
    rates : array_like of float, shape (strata,), optional
        Reference rates from elsewhere, events per exposure.
    kind : {"poisson", "binomial"}
        "poisson": rare events, interval of `ratio_interval`. "binomial": events are a part of
        the exposure (satisfaction), Wilson's interval of ``O/n`` times ``n/E``; much narrower at high shares.
    level : float
        Confidence level, in (0, 1).

    Returns
    -------
    Standardised
        Observed, expected, exposure, ratio, bounds, adjusted rate, each of shape (units,).
        Where nothing is expected: ratio and adjusted NaN, bounds 0 and infinity.

    Raises
    ------
    ValueError
        If shapes differ, an index is negative or not whole, a count is impossible, events exceed
        the exposure of a "binomial" cell, or there are fewer rates than strata.

    References
    ----------
    Breslow and Day (1987), Statistical Methods in Cancer Research II, section 2.3.
    """
    unit, stratum = _indices(units, "units"), _indices(strata, "strata")
    o, n = whole_counts(events, "events"), amounts(exposure, "exposure")
    rows_of_units("units, strata, events and exposure", unit.astype(float), stratum.astype(float), o, n)
    if one_of(kind, ("poisson", "binomial"), "kind") == "binomial" and np.any(o > n):
        raise ValueError("events exceed exposure")
    size = _size(unit, n_units)
    rate = _stratum_rates(stratum, o, n, rates)
    observed, expected, total = (_totals(unit, part, size) for part in (o, n * rate[stratum], n))
    ratio, lower, upper = _ratio_bounds(observed, expected, total, kind=kind, level=level)
    overall = expected.sum() / total.sum() if total.sum() > 0 else np.nan
    return Standardised(observed, expected, total, ratio, lower, upper, ratio * overall)


def _ratio_bounds(
    observed: Floats, expected: Floats, exposure: Floats, *, kind: str, level: float
) -> tuple[Floats, Floats, Floats]:
    if kind == "poisson":
        return ratio_interval(observed, expected, level=level)
    low, high = wilson_interval(observed, whole_counts(exposure, "exposure"), level=level)
    expected = expectations(expected)
    known = expected > 0
    ratio, lower, upper = (
        np.divide(part, expected, out=np.full(expected.shape, otherwise), where=known)
        for part, otherwise in ((observed, np.nan), (low * exposure, 0.0), (high * exposure, np.inf))
    )
    return ratio, lower, upper


def _stratum_rates(stratum: Integers, o: Floats, n: Floats, rates: ArrayLike | None) -> Floats:
    if rates is not None:
        given = amounts(rates, "rates")
        if stratum.size and stratum.max() >= given.size:
            raise ValueError("a stratum has no reference rate")
        return given
    events, exposure = _totals(stratum, o, 0), _totals(stratum, n, 0)
    if np.any((exposure == 0) & (events > 0)):
        raise ValueError("a stratum has events but no exposure")
    return np.divide(events, exposure, out=np.zeros(exposure.shape), where=exposure > 0)


def _totals(index: Integers, weights: Floats, size: int) -> Floats:
    return np.bincount(index, weights=weights, minlength=size).astype(np.float64)


def _indices(values: ArrayLike, name: str) -> Integers:
    return whole_counts(finite(values, name), name).astype(np.int64)


def _size(unit: Integers, n_units: int | None) -> int:
    size = int(unit.max()) + 1 if unit.size else 0
    if n_units is not None and n_units < size:
        raise ValueError(f"a unit is numbered {size - 1}, but there are only {n_units}")
    return n_units if n_units is not None else size
