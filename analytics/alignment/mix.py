"""Four numbers that say whether a mix of services fits a base of clients; arrays in, figures out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from analytics.stats.arrays import Flags, Floats
from analytics.stats.concentration import MixDifference, jensen_shannon_test
from analytics.stats.intervals import wilson_interval
from analytics.stats.ratios import ratio_interval

# A gap is told where even the upper limit of observed over expected stays below this.
GAP_BELOW = 0.8
# With so many expected and none observed, chance is below 2.5 %: the exact upper limit is below 1.
NONE_OF = 3.7


@dataclass(frozen=True, slots=True)
class Mix:
    """How services by industry compare with the clients there are.

    Attributes
    ----------
    services, priority_services : int
        Services with a known industry, and those of priority industries.
    share, interval : float, (float, float)
        Share of priority industries among services, with its 95 % Wilson interval.
    expected_share : float
        Share of priority industries among clients.
    observed, expected, ratio, lower, upper : array, shape (industries,)
        Services of each industry; what the clients let expect; their ratio with the exact Poisson interval.
    lower_by_client, upper_by_client : array, shape (industries,)
        The ratio's interval when services come in clusters, a client's several at once.
    dispersion : float
        Variance over mean of services a client, at least 1.
    is_gap : array of bool, shape (industries,)
        Priority industries that are served clearly less than expected: upper limit below .8, or none served
        with ``E`` of 3.7 or more.
    is_firm : array of bool, shape (industries,)
        Gaps that hold by client as well, and among the area's own clients.
    difference : MixDifference
        Jensen–Shannon divergence in bits, with the 95 % point when only chance makes the mixes differ.
    """

    services: int
    priority_services: int
    share: float
    interval: tuple[float, float]
    expected_share: float
    observed: Floats
    expected: Floats
    ratio: Floats
    lower: Floats
    upper: Floats
    lower_by_client: Floats
    upper_by_client: Floats
    dispersion: float
    is_gap: Flags
    is_firm: Flags
    difference: MixDifference

    @property
    def gap_points(self) -> float:
        """Share less expected share, in percentage points."""
        return 100 * (self.share - self.expected_share)


def mix_of(
    services: ArrayLike,
    clients: ArrayLike,
    is_priority: ArrayLike,
    *,
    at_home: ArrayLike | None = None,
    dispersion: float = 1.0,
    seed: int = 0,
) -> Mix:
    """Hold services by industry against clients by industry.

    Expected services of an industry are ``E = Σ services · clients / Σ clients``: each client is as likely to
    be served. Cosine similarity is not used: it hides gaps in small industries.

    Parameters
    ----------
    services, clients : array_like of int, shape (industries,)
        Counts by industry.
    is_priority : array_like of bool, shape (industries,)
        Industries on the area's list in Appendix D.
    at_home : array_like of int, shape (industries,), optional
        Those of the services that went to the area's own clients; all of them when left out. A firm gap
        shows in these too: clients from other areas, with other industries, can make one by themselves.
    dispersion : float
        Variance over mean of services a client (:func:`dispersion_of`); 1 where each service is evidence by
        itself.
    seed : int
        Of the simulated null of the divergence.

    Returns
    -------
    Mix
        NaN in whatever has no services or no clients.

    Raises
    ------
    ValueError
        If a count is negative or not whole, or shapes differ.

    References
    ----------
    Wilson (1927); Garwood (1936) for the exact Poisson interval; Lin (1991) for the divergence; Fay and Feuer
    (1997), Statistics in Medicine 16, 791-801, for the interval of a sum of clusters.
    """
    observed, base = np.asarray(services, float), np.asarray(clients, float)
    priority = np.asarray(is_priority, bool)
    if observed.shape != base.shape or observed.shape != priority.shape:
        raise ValueError("services, clients and is_priority must have one entry an industry each")
    total, of_clients = observed.sum(), base.sum()
    chosen = observed[priority].sum()
    low, high = wilson_interval(chosen, total)
    expected = total * base / of_clients if of_clients else np.full(observed.shape, np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.where(expected > 0, observed / expected, np.nan)
    known = np.nan_to_num(expected, nan=0.0)
    _, lower, upper = ratio_interval(observed, known)
    low_clustered, high_clustered = _clustered(observed, known, dispersion)
    own = observed if at_home is None else np.asarray(at_home, float)
    expected_own = known * own.sum() / total if total else known
    is_gap = priority & (known > 0) & _is_short(observed, known)
    is_firm = is_gap & _is_short(observed, known, dispersion) & _is_short(own, expected_own, dispersion)
    return Mix(
        int(total),
        int(chosen),
        float(chosen / total) if total else float("nan"),
        (float(low), float(high)),
        float(base[priority].sum() / of_clients) if of_clients else float("nan"),
        observed,
        expected,
        ratio,
        np.asarray(lower, float),
        np.asarray(upper, float),
        low_clustered,
        high_clustered,
        dispersion,
        is_gap,
        is_firm,
        jensen_shannon_test(observed, base, seed=seed, dispersion=dispersion),
    )


def _is_short(observed: Floats, expected: Floats, dispersion: float = 1.0) -> Flags:
    """Say where services are clearly fewer than expected, ``dispersion`` of them being one piece."""
    _, _, upper = ratio_interval(observed, expected)
    if dispersion > 1.0:
        _, upper = _clustered(observed, expected, dispersion)
    none = (observed == 0) & (expected >= NONE_OF * dispersion)
    return np.asarray((upper < GAP_BELOW) | none)


def _clustered(observed: Floats, expected: Floats, dispersion: float) -> tuple[Floats, Floats]:
    """Return the interval of a ratio whose count varies ``dispersion`` times as much as a Poisson count."""
    # SciPy takes long to import, and most commands need none of it.
    from scipy.special import gammaincinv

    pieces = observed / dispersion
    with np.errstate(invalid="ignore", divide="ignore"):
        low = dispersion * np.where(pieces > 0, gammaincinv(np.maximum(pieces, 1e-9), 0.025), 0.0) / expected
        high = dispersion * gammaincinv(pieces + 1, 0.975) / expected
    return np.where(expected > 0, low, 0.0), np.where(expected > 0, high, np.inf)


def dispersion_of(services: ArrayLike, clients: ArrayLike, *, base: int, unnamed: int = 0) -> float:
    """Return the variance of services a client over their mean, at least 1.

    If each service fell upon some client by chance alone, counts a client would be Poisson and the answer 1.
    Where some come again and again, counts of an industry vary more: by this factor.

    Parameters
    ----------
    services, clients : array_like of int, shape (kinds,)
        Kinds of clients: how many services each had, and how many clients there are of that kind.
    base : int
        Clients there are, those who never came included.
    unnamed : int
        Services without a client's number; each counts as a client of its own.

    References
    ----------
    Fisher (1950), Biometrics 6, 17-24: the index of dispersion.
    """
    each, number = np.asarray(services, float), np.asarray(clients, float)
    named = float((each * number).sum())
    if not named + unnamed:
        return 1.0
    spread = float((each**2 * number).sum()) - named**2 / max(base, number.sum(), 1.0)
    return float(max(1.0, (spread + unnamed) / (named + unnamed)))


def client_bootstrap(
    of_priority: ArrayLike,
    of_all: ArrayLike,
    clients: ArrayLike,
    *,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> tuple[float, float]:
    """Return the percentile interval of a priority share when clients, not services, are drawn anew.

    A client that comes twenty times is one piece of evidence: Wilson's interval is then too narrow.

    Parameters
    ----------
    of_priority, of_all, clients : array_like of int, shape (kinds,)
        Kinds of clients: services of priority industries and of all that each had, and how many there are.
    level, draws, seed : float, int, int
        Of the interval; the same seed gives the same answer.

    Returns
    -------
    tuple of float
        NaN without services.

    References
    ----------
    Efron and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; drawing clusters: Davison and
    Hinkley (1997), section 3.8.
    """
    part, whole = np.asarray(of_priority, float), np.asarray(of_all, float)
    number = np.asarray(clients, float)
    if not (whole * number).sum():
        return float("nan"), float("nan")
    drawn = np.random.default_rng(seed).multinomial(int(number.sum()), number / number.sum(), size=draws)
    over = drawn @ whole
    shares = (drawn @ part)[over > 0] / over[over > 0]
    tail = (1 - level) / 2
    low, high = np.quantile(shares, [tail, 1 - tail])
    return float(low), float(high)
