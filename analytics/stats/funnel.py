"""Limits around a target within which units of a given size differ by chance, and who lies outside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analytics.stats.arrays import (
    Flags,
    Floats,
    Integers,
    amounts,
    expectations,
    finite,
    normal_quantile,
    one_of,
    positive,
    rows_of_units,
    share_within,
    trials_and_successes,
    whole_counts,
)
from analytics.stats.dispersion import Dispersion, additive_dispersion
from analytics.stats.limits import RATIO_METHODS, binomial_limits, ratio_limits

LEVELS = (0.95, 0.998)
PROPORTION_METHODS = ("tails", "normal", "arcsine")


@dataclass(frozen=True)
class Funnel:
    """Units against their limits.

    Attributes
    ----------
    value : ndarray of float, shape (units,)
        What is plotted; NaN where a unit has nothing.
    target : float
        The line that limits stand around.
    lower, upper : ndarray of float, shape (levels, units)
        Limits, in the unit of ``value``, widest level last.
    zone : ndarray of int, shape (units,)
        0 within all limits, −1 / +1 below / above the first level's, −2 / +2 the second's.
    z : ndarray of float, shape (units,)
        Distance from the target in standard errors that include τ²; NaN where there is no value.
    p_value : ndarray of float, shape (units,)
        Two-sided, from ``z`` by the normal approximation; 1 where there is no value.
    dispersion : Dispersion
        What units differ by beyond chance, on the scale of the method.
    """

    value: Floats
    target: float
    lower: Floats
    upper: Floats
    zone: Integers
    z: Floats
    p_value: Floats
    dispersion: Dispersion


def proportion_funnel(
    successes: ArrayLike,
    trials: ArrayLike,
    *,
    target: float | None = None,
    levels: tuple[float, ...] = LEVELS,
    method: str = "tails",
    winsor: float = 0.1,
    consistent: bool = False,
    tau2: float | None = None,
    judged: ArrayLike | None = None,
) -> Funnel:
    """Return the funnel of proportions.

    "normal" is ``θ ± z·sqrt(θ(1 − θ)/n + τ²)``; "arcsine" the same for ``asin(sqrt(p))``
    with variance ``1/4n``, turned back; "tails" inverts the binomial tails (with
    the continuous beta form of the distribution, so that limits are smooth) and stretches
    their distance from the target by ``sqrt(1 + τ²/s²)``. "tails" flags, without over-dispersion, at
    most as many in each tail as the level says; "normal" flags too many low values of small units near 1.

    Parameters
    ----------
    successes, trials : array_like of int, shape (units,)
        Counts per unit.
    target : float, optional
        θ in [0, 1]; the pooled proportion of the judged units if not given.
    levels : tuple of float
        Two-sided levels, rising.
    method : {"tails", "normal", "arcsine"}
        How limits are drawn.
    winsor, consistent
        As for `additive_dispersion`.
    tau2 : float, optional
        Variance between units (of the proportion, or of its arcsine root); 0 leaves over-dispersion
        out. Estimated from the judged units if not given.
    judged : array_like of bool, shape (units,), optional
        Who shapes target and τ². All units get limits.

    Returns
    -------
    Funnel
        Where a unit has no trials: value and z NaN, limits 0 and 1, zone 0.

    Raises
    ------
    ValueError
        If a count is impossible, shapes differ, or an option lies outside its range.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202, section 3 and appendices A.1 and A.3.
    """
    x, n = trials_and_successes(successes, trials)
    rows_of_units("successes and trials", x, n)
    one_of(method, PROPORTION_METHODS, "method")
    counted = n > 0
    shaping = _judged(judged, counted)
    theta = _share_target(target, x[shaping], n[shaping])
    value = np.divide(x, n, out=np.full(n.shape, np.nan), where=counted)
    size = np.where(counted, n, 1.0)
    if method == "arcsine":
        scale = _Scale(0.5 / np.sqrt(size), there=_asin_root, back=_sin_squared, highest=1.0)
    else:
        scale = _Scale(np.sqrt(theta * (1.0 - theta) / size), highest=1.0)
    base = None if method != "tails" else lambda level: binomial_limits(size, theta, level=level)
    return _drawn(_Units(value, theta, shaping), scale, _Options(levels, winsor, consistent, tau2), base)


def ratio_funnel(
    observed: ArrayLike,
    expected: ArrayLike,
    *,
    levels: tuple[float, ...] = LEVELS,
    method: str = "exact",
    winsor: float = 0.1,
    consistent: bool = False,
    tau2: float | None = None,
    judged: ArrayLike | None = None,
) -> Funnel:
    """Return the funnel of ratios O/E around 1.

    The limits of `ratio_limits`, wider by τ². "sqrt" adds τ² to the variance ``1/4E`` of the
    root and turns back; "normal" adds it to ``1/E``; "exact" and "tails" stretch the distance from 1
    by ``sqrt(1 + τ²·E)``.

    Parameters
    ----------
    observed : array_like of int, shape (units,)
        Events counted.
    expected : array_like of float, shape (units,)
        Events expected, at least 0.
    levels, winsor, consistent, tau2, judged
        As for `proportion_funnel`.
    method : {"exact", "tails", "normal", "sqrt"}
        As for `ratio_limits`.

    Returns
    -------
    Funnel
        Where nothing is expected: value and z NaN, limits 0 and infinity, zone 0.

    Raises
    ------
    ValueError
        If a count is impossible, an expectation negative, shapes differ, or an option lies outside its range.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202; Spiegelhalter (2005), Quality
    and Safety in Health Care 14, 347-351 (over-dispersion).
    """
    o, e = whole_counts(observed), expectations(expected)
    rows_of_units("observed and expected", o, e)
    one_of(method, RATIO_METHODS, "method")
    counted = e > 0
    shaping = _judged(judged, counted)
    size = np.where(counted, e, 1.0)
    value = np.where(counted, o / size, np.nan)
    if method == "sqrt":
        scale = _Scale(0.5 / np.sqrt(size), there=np.sqrt, back=np.square)
    else:
        scale = _Scale(1.0 / np.sqrt(size))
    exact = method in ("exact", "tails")
    base = None if not exact else lambda level: ratio_limits(size, level=level, method=method)
    return _drawn(_Units(value, 1.0, shaping), scale, _Options(levels, winsor, consistent, tau2), base)


def log_mean_funnel(
    log_means: ArrayLike,
    errors: ArrayLike,
    *,
    target: float | None = None,
    levels: tuple[float, ...] = LEVELS,
    winsor: float = 0.1,
    consistent: bool = False,
    tau2: float | None = None,
    judged: ArrayLike | None = None,
) -> Funnel:
    """Return the funnel of geometric means, such as of response times.

    ``exp(θ ± z·sqrt(s² + τ²))`` on the means ``y`` of logarithms: times are skewed, their logarithms hardly.

    Parameters
    ----------
    log_means : array_like of float, shape (units,)
        Mean of the logarithms of a unit's values. Zeros need a constant added first (half a day), said so.
    errors : array_like of float, shape (units,)
        Standard error of each, above 0; `pooled_errors` gives them from standard deviations and counts.
    target : float, optional
        θ as a geometric mean, in the unit of the values; by default that of the judged
        units weighted by ``1/s²`` (with `pooled_errors`: of all their values).
    levels, winsor, consistent, judged
        As for `proportion_funnel`.
    tau2 : float, optional
        Variance between units of the logarithms.

    Returns
    -------
    Funnel
        Values, target and limits in the unit of the values themselves.

    Raises
    ------
    ValueError
        If a mean is not finite, an error not above 0, shapes differ, or an option lies outside its range.

    References
    ----------
    Spiegelhalter (2005), Statistics in Medicine 24, 1185-1202.
    """
    y, s = finite(log_means, "log means"), positive(errors, "standard errors")
    rows_of_units("log means and errors", y, s)
    shaping = _judged(judged, np.ones(y.shape, dtype=bool))
    if target is None:
        weights = np.where(shaping, s**-2.0, 0.0)
        centre = float(np.sum(weights * y) / np.sum(weights)) if shaping.any() else np.nan
    else:
        centre = float(np.log(positive(target, "target")))
    units = _Units(np.exp(y), float(np.exp(centre)), shaping)
    return _drawn(units, _Scale(s, there=np.log, back=np.exp), _Options(levels, winsor, consistent, tau2))


def _as_it_is(values: Floats) -> Floats:
    return values


def _asin_root(values: Floats) -> Floats:
    roots: Floats = np.arcsin(np.sqrt(values))
    return roots


def _sin_squared(angles: Floats) -> Floats:
    squares: Floats = np.sin(np.clip(angles, 0.0, np.pi / 2.0)) ** 2
    return squares


@dataclass(frozen=True)
class _Units:
    value: Floats
    target: float
    shaping: Flags


@dataclass(frozen=True)
class _Scale:
    """Where a value is as good as normal: its standard errors there, the way there and back."""

    errors: Floats
    there: Callable[[Floats], Floats] = _as_it_is
    back: Callable[[Floats], Floats] = _as_it_is
    highest: float = np.inf


@dataclass(frozen=True)
class _Options:
    levels: tuple[float, ...]
    winsor: float
    consistent: bool
    tau2: float | None


def _drawn(
    units: _Units,
    scale: _Scale,
    options: _Options,
    base: Callable[[float], tuple[Floats, Floats]] | None = None,
) -> Funnel:
    """Score the units, estimate what they differ by beyond chance, and draw limits as wide as that."""
    if any(later <= earlier for earlier, later in pairwise(options.levels)):
        raise ValueError("levels must rise")
    known = np.isfinite(units.value)
    centre = float(scale.there(np.full(1, units.target))[0])
    # Where the target is 0 or 1 a proportion has no error: whoever is on it differs by nothing.
    certain = scale.errors > 0
    errors = np.where(certain, scale.errors, 1.0)
    naive = np.where(
        known, (scale.there(np.where(known, units.value, units.target)) - centre) / errors, np.nan
    )
    shaping = units.shaping & certain
    dispersion = _dispersion(naive[shaping], errors[shaping], options)
    wider = np.sqrt(1.0 + dispersion.tau2 / errors**2)
    limits = [
        _limits(units, scale, centre, wider, level, None if base is None else base(level))
        for level in options.levels
    ]
    lower = np.array([np.where(known, low, 0.0) for low, _ in limits])
    upper = np.array([np.where(known, high, scale.highest) for _, high in limits])
    z = naive / wider
    p_value = 2.0 * ndtr(-np.abs(np.nan_to_num(z)))
    zone = _zone(units.value, lower, upper)
    return Funnel(units.value, units.target, lower, upper, zone, z, p_value, dispersion)


def _limits(
    units: _Units,
    scale: _Scale,
    centre: float,
    wider: Floats,
    level: float,
    base: tuple[Floats, Floats] | None,
) -> tuple[Floats, Floats]:
    if base is None:
        half = normal_quantile(level) * scale.errors * wider
        low, high = scale.back(np.maximum(centre - half, _floor(scale))), scale.back(centre + half)
    else:
        low, high = (units.target + (bound - units.target) * wider for bound in base)
    return np.maximum(low, 0.0), np.minimum(high, scale.highest)


def _floor(scale: _Scale) -> float:
    # Squaring would turn a root below 0 into a limit above it; logarithms go as low as they like.
    return -np.inf if scale.back is np.exp else 0.0


def _zone(value: Floats, lower: Floats, upper: Floats) -> Integers:
    compared = np.where(np.isfinite(value), value, 0.5 * (lower[0] + np.minimum(upper[0], 2.0)))
    zones: Integers = np.sum(compared > upper, axis=0) - np.sum(compared < lower, axis=0)
    return np.where(np.isfinite(value), zones, 0)


def _dispersion(z: Floats, errors: Floats, options: _Options) -> Dispersion:
    found = additive_dispersion(z, errors, winsor=options.winsor, consistent=options.consistent)
    if options.tau2 is None:
        return found
    return Dispersion(found.phi, float(amounts(options.tau2, "tau2")), found.units)


def _judged(judged: ArrayLike | None, counted: Flags) -> Flags:
    if judged is None:
        return counted
    chosen = np.asarray(judged, dtype=bool)
    if chosen.shape != counted.shape:
        raise ValueError("judged must say yes or no for each unit")
    shaping: Flags = chosen & counted
    return shaping


def _share_target(target: float | None, x: Floats, n: Floats) -> float:
    if target is None:
        return float(x.sum() / n.sum()) if n.size else float("nan")
    return share_within(target, "the target", below=1.0 + 1e-12)
