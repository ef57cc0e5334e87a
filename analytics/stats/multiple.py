"""Many tests at once: which findings to believe when a whole city is searched."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Flags, Floats, finite


def benjamini_hochberg(p_values: ArrayLike, *, level: float = 0.05) -> tuple[Flags, Floats]:
    """Return which hypotheses to reject so that the false ones among them are few, and adjusted p-values.

    With ``p(1) <= … <= p(m)`` rejects the first ``k``, the largest with ``p(k) <= k·q/m``. The
    adjusted value is ``min over j >= i of m·p(j)/j``, at most 1: the level at which it is just rejected.
    The expected share of false rejections is at most ``q`` for independent or positively dependent tests.

    Parameters
    ----------
    p_values : array_like of float, shape (m,)
        In [0, 1], in any order.
    level : float
        ``q``, the false discovery rate, in (0, 1).

    Returns
    -------
    rejected : ndarray of bool, shape (m,)
    adjusted : ndarray of float, shape (m,)

    Raises
    ------
    ValueError
        If a p-value is NaN or outside [0, 1], they are not one row, or the level is outside (0, 1).

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Statist. Soc. B 57, 289-300 (example: section 4).

    Examples
    --------
    >>> rejected, adjusted = benjamini_hochberg([0.01, 0.04, 0.03, 0.2])
    >>> rejected.tolist(), adjusted.round(3).tolist()
    ([True, False, False, False], [0.04, 0.053, 0.053, 0.2])
    """
    p = finite(p_values, "p-values")
    if p.ndim != 1 or np.any((p < 0) | (p > 1)):
        raise ValueError("p-values must be one row of numbers from 0 to 1")
    if not 0.0 < level < 1.0:
        raise ValueError(f"a false discovery rate lies between 0 and 1, not at {level}")
    order = np.argsort(p, kind="stable")
    places = np.arange(1, p.size + 1)
    sorted_p = p[order]
    # By the rule itself, not by adjusted <= level: m·p/k may round past a level that p <= k·q/m meets.
    passing = np.flatnonzero(sorted_p <= places * level / max(p.size, 1))
    rejected = np.zeros(p.size, dtype=bool)
    rejected[order[: passing[-1] + 1 if passing.size else 0]] = True
    adjusted = np.empty(p.size)
    # p times m/j, not m·p over j: the factor is exactly 1 for the last, so no value falls below its p.
    scaled = sorted_p * (p.size / places)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return rejected, adjusted
