"""What every statistic asks of its arrays, and the words in which it refuses them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


# An expectation below this is the dust of sums in floating point, not something expected.
NOTHING = 1e-9


def whole_counts(values: ArrayLike, name: str = "counts") -> Floats:
    """Return counts as floats; ValueError unless all are whole numbers from 0 on."""
    counts = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(counts)) or np.any(counts < 0) or np.any(counts != np.floor(counts)):
        raise ValueError(f"{name} must be whole numbers from 0 on")
    return counts


def finite(values: ArrayLike, name: str = "values") -> Floats:
    """Return values as floats; ValueError where one is NaN or infinite."""
    numbers = np.asarray(values, dtype=np.float64)
    if not np.all(np.isfinite(numbers)):
        raise ValueError(f"{name} must be finite numbers, without NaN")
    return numbers


def amounts(values: ArrayLike, name: str = "amounts") -> Floats:
    """Return amounts as floats; ValueError unless all are finite and at least 0."""
    numbers = finite(values, name)
    if np.any(numbers < 0):
        raise ValueError(f"{name} must not be negative")
    return numbers


def expectations(values: ArrayLike) -> Floats:
    """Return expected counts as floats, 0 where below 1e-9; ValueError unless finite and at least 0."""
    numbers = amounts(values, "expected counts")
    return np.where(numbers < NOTHING, 0.0, numbers)


def positive(values: ArrayLike, name: str = "values") -> Floats:
    """Return values as floats; ValueError unless all are finite and above 0."""
    numbers = finite(values, name)
    if np.any(numbers <= 0):
        raise ValueError(f"{name} must be above 0")
    return numbers


def trials_and_successes(successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
    """Return both as floats of one shape; ValueError where a count is impossible or exceeds its trials."""
    x, n = np.broadcast_arrays(whole_counts(successes), whole_counts(trials))
    if np.any(x > n):
        raise ValueError("successes exceed trials")
    return x, n


def rows_of_units(name: str, *arrays: Floats) -> None:
    """Refuse, by ValueError, what is not one row with a figure for each unit."""
    if any(array.ndim != 1 for array in arrays) or len({array.shape for array in arrays}) > 1:
        raise ValueError(f"{name} must be rows of the same length, one figure a unit")


def tail_of(level: float) -> float:
    """Return the chance left in each tail by a two-sided level in (0, 1); ValueError outside."""
    if not 0.0 < level < 1.0:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    return (1.0 - level) / 2.0


def normal_quantile(level: float) -> float:
    """Return z so that a standard normal lies within ±z with chance ``level``."""
    from statistics import NormalDist

    return NormalDist().inv_cdf(1.0 - tail_of(level))


def one_of(choice: str, choices: tuple[str, ...], name: str) -> str:
    """Return the choice; ValueError that names the choices where it is none of them."""
    if choice not in choices:
        raise ValueError(f"{name} is one of {', '.join(choices)}, not {choice}")
    return choice


def share_within(share: float, name: str, *, below: float) -> float:
    """Return a share from 0 on and below a limit; ValueError outside."""
    if not 0.0 <= share < below:
        raise ValueError(f"{name} lies from 0 to below {below}, not at {share}")
    return share
