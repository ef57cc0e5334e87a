"""Control charts of single values (XmR): what a month may be by its own usual variation, and signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Flags, Floats, finite

# Mean moving range of two normal values over their standard deviation, to the digits that tables give.
D2 = 1.128
RANGE_FACTOR = 3.267
RULES = ("outside", "one_side", "run", "outer_third")


@dataclass(frozen=True)
class ControlChart:
    """A series against its limits.

    Attributes
    ----------
    centre, lower, upper : float
        Mean of the baseline and ``mean ± 3·(mean moving range)/1.128`` (that is 2.66 mean ranges).
    sigma : float
        A third of the way from centre to limit.
    range_mean, range_upper : float
        Mean moving range and its upper limit (3.267 of it).
    signals : ndarray of bool, shape (4, points)
        One row a rule, in the order of ``RULES``; True at the point that completes the pattern, at judged
        points only.
    judged : ndarray of bool, shape (points,)
        Which points may signal.
    """

    centre: float
    lower: float
    upper: float
    sigma: float
    range_mean: float
    range_upper: float
    signals: Flags
    judged: Flags

    @property
    def any_signal(self) -> Flags:
        """Points at which at least one rule signals, shape (points,)."""
        return np.asarray(self.signals.any(axis=0), dtype=np.bool_)


def xmr_chart(
    values: ArrayLike,
    *,
    baseline: ArrayLike | None = None,
    judged: int | None = None,
    lowest: float | None = None,
    highest: float | None = None,
    length: int = 7,
) -> ControlChart:
    """Chart a series against its own baseline and apply the four rules.

    1. outside: a point beyond a limit. 2. one_side: ``length`` points in a row above, or below, the
    centre (a point on it ends the row). 3. run: ``length`` points in a row, each higher, or each lower,
    than the one before. 4. outer_third: two of three points in a row in or beyond the outer third on the same
    side, more than two thirds of the way to the limit.

    Rows may begin in the baseline; they signal at the judged point that completes them.

    Parameters
    ----------
    values : array_like of float, shape (points,)
        In order of time, finite; divided by a seasonal index first where there is a season. Leave gaps out.
    baseline : array_like of bool, shape (points,), optional
        The points that mean and moving ranges are taken from, frozen. If not given: all that are not
        judged, or all points where all are judged. Ranges span neighbours of the baseline only.
    judged : int, optional
        How many last points may signal; all if not given.
    lowest, highest : float, optional
        What the quantity cannot be below or above (0, 1): limits stop there.
    length : int
        Of rules 2 and 3; at least 3.

    Returns
    -------
    ControlChart
        With fewer than two points in the baseline: NaN limits and no signals. Where the baseline never
        varies the limits meet at its mean and every other value is outside.

    Raises
    ------
    ValueError
        If a value is not finite, shapes differ, or an option is outside its range.

    References
    ----------
    Wheeler and Chambers (1992), Understanding Statistical Process Control, 2nd ed.; NIST/SEMATECH e-Handbook
    of Statistical Methods, 6.3.2.2 (limits); NHS England, Making Data Count (rules).

    Examples
    --------
    >>> chart = xmr_chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    >>> round(chart.lower, 4), round(chart.centre, 2), round(chart.upper, 4)
    (45.8159, 50.81, 55.8041)
    """
    x = finite(values)
    if x.ndim != 1:
        raise ValueError("values must be one row in order of time")
    if length < 3:
        raise ValueError(f"a row of points is at least 3 long, not {length}")
    last = _last_points(x.size, judged)
    base = _baseline(baseline, last)
    centre, moving = _centre_and_range(x, base)
    sigma = moving / D2
    lower, upper = centre - 3.0 * sigma, centre + 3.0 * sigma
    lower = lower if lowest is None else max(lower, lowest)
    upper = upper if highest is None else min(upper, highest)
    # Rounding must not put a point of a series that never varies beside a centre or limit that it is on.
    slack = 1e-12 * float(np.abs(x).max(initial=0.0))
    signals = np.array(
        [
            (x > upper + slack) | (x < lower - slack),
            _rows_of(x > centre + slack, length) | _rows_of(x < centre - slack, length),
            _monotone(x, length),
            _two_of_three(x > centre + 2.0 * sigma + slack) | _two_of_three(x < centre - 2.0 * sigma - slack),
        ]
    )
    return ControlChart(
        centre, lower, upper, sigma, moving, RANGE_FACTOR * moving, signals & last & np.isfinite(centre), last
    )


def _last_points(size: int, judged: int | None) -> Flags:
    if judged is not None and judged < 0:
        raise ValueError(f"the number of judged points is at least 0, not {judged}")
    return np.arange(size) >= (0 if judged is None else size - judged)


def _baseline(baseline: ArrayLike | None, last: Flags) -> Flags:
    if baseline is None:
        return np.ones(last.shape, dtype=bool) if last.all() else ~last
    chosen = np.asarray(baseline, dtype=bool)
    if chosen.shape != last.shape:
        raise ValueError("the baseline must say yes or no for each point")
    return chosen


def _centre_and_range(x: Floats, base: Flags) -> tuple[float, float]:
    neighbours = base[1:] & base[:-1]
    if not neighbours.any():
        return float("nan"), float("nan")
    return float(x[base].mean()), float(np.abs(np.diff(x))[neighbours].mean())


def _rows_of(true: Flags, length: int) -> Flags:
    """Return where the last ``length`` points, this one included, are all true."""
    ends = np.zeros(true.shape, dtype=bool)
    if true.size >= length:
        count = np.concatenate([[0], np.cumsum(true)])
        ends[length - 1 :] = count[length:] - count[:-length] == length
    return ends


def _monotone(x: Floats, length: int) -> Flags:
    steps = np.diff(x)
    ends = np.zeros(x.shape, dtype=bool)
    ends[1:] = _rows_of(steps > 0, length - 1) | _rows_of(steps < 0, length - 1)
    return ends


def _two_of_three(far: Flags) -> Flags:
    """Return where this point is far out and so is one of the two before it."""
    ends = np.zeros(far.shape, dtype=bool)
    ends[1:] |= far[1:] & far[:-1]
    ends[2:] |= far[2:] & far[:-2]
    return ends
