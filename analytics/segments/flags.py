"""Stations that differ from their peers beyond chance: satisfaction, response times, volume."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from analytics.segments.usual import angles, chance_of_so_few, usual
from analytics.segments.volume import expected_volume
from analytics.stats.arrays import Flags, Floats, finite, trials_and_successes, whole_counts
from analytics.stats.beta_binomial import fit_beta_prior
from analytics.stats.gamma_poisson import fit_gamma_prior
from analytics.stats.intervals import poisson_interval

# Fewer stations do not tell what is usual among them: they are held against all stations.
LEAST_PEERS = 15
LEAST_RATED = 10
LEAST_ANSWERED = 10
WATCH_POINTS, CONFIRMED_POINTS = 0.05, 0.08
CERTAINTY = 0.9
# The 95 % and 99.8 % limits on the bad side, halved: a station is judged by two signals (Bonferroni).
WATCH_LEVEL, CONFIRMED_LEVEL = 0.0125, 0.0005
VOLUME_TAIL = 0.025


@dataclass(frozen=True)
class Signal:
    """One signal of every station; arrays of shape (stations,), NaN where a station is not judged.

    Attributes
    ----------
    judged : ndarray of bool
        Whether there is enough to judge by.
    watch, confirmed : ndarray of bool
        Never both: a station is confirmed, to be watched, or neither.
    observed, expected : ndarray of float
        What the station shows, and what its peers let expect.
    lower, upper : ndarray of float
        Interval of the station's own true value.
    n : ndarray of int
        Records it rests on.
    """

    judged: Flags
    watch: Flags
    confirmed: Flags
    observed: Floats
    expected: Floats
    lower: Floats
    upper: Floats
    n: np.ndarray

    @property
    def flagged(self) -> Flags:
        """Confirmed or to be watched."""
        return self.watch | self.confirmed


def satisfaction_signal(
    satisfied: ArrayLike,
    rated: ArrayLike,
    peers: ArrayLike | None = None,
    *,
    judged: ArrayLike | None = None,
) -> Signal:
    """Judge shares of satisfied ratings by empirical Bayes and by what ordinary peers show by chance.

    A beta prior is fitted to all judged stations of a peer group. To watch: the chance that
    the true share lies more than 5 points below the peers' mean exceeds .9, or an ordinary peer (`usual`)
    would have so few satisfied with a chance below 1.25 %. Confirmed: 8 points, or a chance below .05 %. The
    first finds what matters, the second what few ratings hide from it (docs/methods.md has both measured).

    Parameters
    ----------
    satisfied, rated : array_like of int, shape (stations,)
        Fewer than 10 rated are not judged.
    peers : array_like of int, shape (stations,), optional
        Peer group; groups of fewer than 15 judged stations are held against all.
    judged : array_like of bool, shape (stations,), optional
        False for stations not to be judged, such as those open for less than a year.
    """
    x, n = trials_and_successes(satisfied, rated)
    chosen = _judged(judged, n >= LEAST_RATED)
    found = _empty(chosen, n)
    who = np.flatnonzero(chosen)
    chance = np.ones(n.shape)
    ordinary = usual(*angles(x[who], n[who]), _labels(peers, chosen)[who], better=1)
    chance[who] = chance_of_so_few(x[who], n[who], ordinary)
    for members, shaping in _groups(peers, chosen):
        prior = fit_beta_prior(x[shaping], n[shaping], trim=0.0)
        posterior = prior.posterior(x[members], n[members])
        below = [
            (posterior.probability_below(prior.mean - points) > CERTAINTY) | (chance[members] < level)
            for points, level in ((WATCH_POINTS, WATCH_LEVEL), (CONFIRMED_POINTS, CONFIRMED_LEVEL))
        ]
        found.observed[members], found.expected[members] = x[members] / n[members], prior.mean
        found.lower[members], found.upper[members] = posterior.interval()
        found.watch[members], found.confirmed[members] = below[0] & ~below[1], below[1]
    return found


def response_signal(
    answered: ArrayLike,
    log_sums: ArrayLike,
    log_squares: ArrayLike,
    peers: ArrayLike | None = None,
    *,
    judged: ArrayLike | None = None,
) -> Signal:
    """Judge response times by geometric means against what ordinary peers show by chance.

    One standard deviation of logarithms pooled over stations, a centre for each peer group, one variance
    between ordinary stations (`usual`). To watch: an ordinary peer would be so slow with a chance below
    1.25 %; confirmed: below .05 %. Fast stations are not flagged.

    Parameters
    ----------
    answered : array_like of int, shape (stations,)
        Records with both times; fewer than 10 are not judged.
    log_sums, log_squares : array_like of float, shape (stations,)
        Sums of the logarithms of a station's times, and of their squares.
    peers, judged
        As for `satisfaction_signal`.
    """
    n, sums, squares = whole_counts(answered), finite(log_sums), finite(log_squares)
    chosen = _judged(judged, n >= LEAST_ANSWERED)
    found = _empty(chosen, n)
    within = float(np.sum(np.maximum(squares[chosen] - sums[chosen] ** 2 / n[chosen], 0.0)))
    freedom = float(np.sum(n[chosen] - 1.0)) if chosen.any() else 0.0
    if not chosen.any() or within <= 0.0:
        return found
    mean = np.divide(sums, n, out=np.zeros(n.shape), where=n > 0)
    error = np.sqrt(within / freedom / np.maximum(n, 1.0))
    who = np.flatnonzero(chosen)
    ordinary = usual(mean[who], error[who] ** 2, _labels(peers, chosen)[who], better=-1)
    spread = np.sqrt(error[who] ** 2 + ordinary.between + ordinary.doubt)
    chance = ndtr((ordinary.centre - mean[who]) / spread)
    found.observed[who], found.expected[who] = np.exp(mean[who]), np.exp(ordinary.centre)
    found.lower[who], found.upper[who] = (np.exp(mean[who] + sign * 1.96 * error[who]) for sign in (-1, 1))
    found.confirmed[who] = chance < CONFIRMED_LEVEL
    found.watch[who] = (chance < WATCH_LEVEL) & ~found.confirmed[who]
    return found


def volume_signal(
    services: ArrayLike,
    capacity: ArrayLike,
    demand: ArrayLike,
    *,
    judged: ArrayLike | None = None,
) -> Signal:
    """Judge volumes against what capacity and the demand in reach let expect; to watch at most.

    Expected from `expected_volume`; a station is to be watched when the mid-p chance of as few services
    is below .025 under a negative binomial fitted to all. Much demand may go elsewhere for good
    reasons: this is a question to ask, not a finding, and flags about one clean station in twelve.

    Parameters
    ----------
    services : array_like of int, shape (stations,)
        Services of the period.
    capacity, demand : array_like of float, shape (stations,)
        What a station can do, and the demand it shares in; above 0 for those judged.
    """
    o = whole_counts(services)
    supply, wanted = finite(capacity), finite(demand)
    chosen = _judged(judged, (supply > 0) & (wanted > 0))
    found = _empty(chosen, o)
    who = np.flatnonzero(chosen)
    if who.size < LEAST_PEERS or o[who].sum() == 0:
        return _empty(np.zeros(o.shape, dtype=bool), o)
    expected = expected_volume(o[who], np.column_stack([np.log(supply[who]), np.log(wanted[who])]))
    prior = fit_gamma_prior(o[who], expected)
    found.observed[who], found.expected[who] = o[who], expected * prior.mean
    found.lower[who], found.upper[who] = poisson_interval(o[who])
    found.watch[who] = prior.lower_tail(o[who], expected) < VOLUME_TAIL
    return found


def leading(signals: dict[str, Signal]) -> list[str]:
    """Return each station's weightiest signal: the first confirmed, else watched, else judged, else ""."""
    count = next(iter(signals.values())).n.size
    names = [""] * count
    for field in ("judged", "watch", "confirmed"):
        for name, signal in reversed(signals.items()):
            for station in np.flatnonzero(getattr(signal, field)):
                names[station] = name
    return names


def _judged(judged: ArrayLike | None, enough: Flags) -> Flags:
    if judged is None:
        return enough
    asked = np.asarray(judged, dtype=bool)
    if asked.shape != enough.shape:
        raise ValueError("judged must say yes or no for each station")
    chosen: Flags = asked & enough
    return chosen


def _labels(peers: ArrayLike | None, chosen: Flags) -> np.ndarray:
    label = np.zeros(chosen.size, dtype=np.int64) if peers is None else np.asarray(peers)
    if label.shape != chosen.shape:
        raise ValueError("peers must name a group for each station")
    return label


def _groups(peers: ArrayLike | None, chosen: Flags) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return, for each group, its judged members and those who say what is usual among them."""
    everyone = np.flatnonzero(chosen)
    label = _labels(peers, chosen)
    own = [np.flatnonzero(chosen & (label == group)) for group in np.unique(label[chosen])]
    return [(members, members if members.size >= LEAST_PEERS else everyone) for members in own]


def _empty(chosen: Flags, n: Floats) -> Signal:
    no, nothing = np.zeros(chosen.shape, dtype=bool), np.full(chosen.shape, np.nan)
    copies = {f.name: nothing.copy() for f in fields(Signal)[3:7]}
    return Signal(chosen, no.copy(), no.copy(), n=n.astype(np.int64), **copies)
