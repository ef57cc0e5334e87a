"""How often intervals hold, how often clean units are flagged, what planted ones are found, and how fast.

Run ``python tests/benchmarks/bench_statistics.py [--seeds 20]``; prints what docs/methods.md quotes.
All data are drawn here from fixed seeds (示例数据); times are processor
seconds, best of three.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import binom

from analytics.stats.beta_binomial import fit_beta_prior
from analytics.stats.change import proportion_change, rate_change
from analytics.stats.control_chart import xmr_chart
from analytics.stats.funnel import log_mean_funnel, proportion_funnel, ratio_funnel
from analytics.stats.gamma_poisson import fit_gamma_prior
from analytics.stats.intervals import wilson_interval
from analytics.stats.multiple import benjamini_hochberg
from analytics.stats.normal_normal import fit_normal_prior
from analytics.stats.proportions import exact_interval, proportion_interval
from analytics.stats.ranks import rank_units
from analytics.stats.ratios import standardise
from analytics.stats.season import seasonal_index
from analytics.stats.trend import theil_sen

STATIONS = 190
WEAK = 12
SEASON = np.array([0.95, 0.6, 1.05, 1.45, 1.0, 1.0, 0.95, 0.95, 1.0, 0.9, 1.05, 1.1])


def city(
    rng: np.random.Generator, *, spread: float, weak: int = 0, drop: float = 0.0
) -> tuple[np.ndarray, ...]:
    """Return satisfied and rated per station, which are weak, and true shares about 85 %."""
    rated = rng.integers(10, 240, STATIONS)
    concentration = 0.85 * 0.15 / spread**2 - 1.0 if spread else 0.0
    shares = (
        rng.beta(0.85 * concentration, 0.15 * concentration, STATIONS) if spread else np.full(STATIONS, 0.85)
    )
    planted = np.arange(STATIONS) < weak
    shares = np.where(planted, shares - drop, shares)
    return rng.binomial(rated, np.clip(shares, 0, 1)), rated, planted, shares


def coverage() -> None:
    """Print least and mean coverage of 95 % intervals over true shares from 1 % to 99 %, by enumeration."""
    print("\ncoverage of 95 % intervals, least / mean, by trials")
    shares = np.linspace(0.01, 0.99, 197)
    for method in ("wilson", "exact", "jeffreys"):
        row = []
        for n in (10, 30, 100, 300):
            x = np.arange(n + 1)
            _, lower, upper = proportion_interval(x, np.full(n + 1, n), method=method)
            held = [binom.pmf(x, n, p)[(lower <= p) & (p <= upper)].sum() for p in shares]
            row.append(f"{n}: {min(held):.3f} / {np.mean(held):.3f}")
        print(f"  {method:9}", "   ".join(row))


def funnels(seeds: range) -> None:
    """Print how many of 190 stations without anything planted lie outside, by method and true spread."""
    print("\nclean city of 190: stations outside 95 % / 99.8 % limits, mean of the seeds (nominal 9.5 / 0.4)")
    for spread in (0.0, 0.02, 0.04):
        for method in ("tails", "normal", "arcsine"):
            for consistent in (False, True):
                zones = []
                for seed in seeds:
                    x, n, _, _ = city(np.random.default_rng(seed), spread=spread)
                    zones.append(proportion_funnel(x, n, method=method, consistent=consistent).zone)
                outside = np.abs(np.array(zones))
                print(
                    f"  spread {spread:.2f}  {method:8} {'consistent' if consistent else 'published':10}",
                    f"{(outside >= 1).sum() / len(zones):5.1f} / {(outside == 2).sum() / len(zones):4.1f}",
                )


def f1(flagged: np.ndarray, planted: np.ndarray) -> float:
    """Return the harmonic mean of precision and recall."""
    both = (flagged & planted).sum()
    return 2.0 * both / (flagged.sum() + planted.sum())


def shrinkage(seeds: range) -> None:
    """Print what is found of planted stations and falsely in a clean city, and how often intervals hold."""
    for drop in (0.12, 0.2):
        print(f"\n{WEAK} of {STATIONS} weak by {drop:.0%} points, spread .03: F1 (flagged if none is)")
        for trim in (0.0, 0.1):
            runs = [shrunk(np.random.default_rng(seed), drop, trim) for seed in seeds]
            for name in runs[0]:
                found, alarms = np.mean([run[name] for run in runs], axis=0)
                print(f"  trim {trim:.1f}  {name:26} {found:.2f} ({alarms:.2f})")


def shrunk(rng: np.random.Generator, drop: float, trim: float) -> dict[str, tuple[float, float]]:
    """Return for each rule its F1 in a city with weak stations, and its flags in one without."""
    x, n, planted, _ = city(rng, spread=0.03, weak=WEAK, drop=drop)
    clean_x, clean_n, _, shares = city(rng, spread=0.03)
    prior, clean = fit_beta_prior(x, n, trim=trim), fit_beta_prior(clean_x, clean_n, trim=trim)
    posterior, calm = prior.posterior(x, n), clean.posterior(clean_x, clean_n)
    rules = {}
    for margin in (0.0, 0.03, 0.05, 0.08):
        flagged = posterior.probability_below(prior.mean - margin) > 0.9
        alarms = float((calm.probability_below(clean.mean - margin) > 0.9).sum())
        rules[f"P(p < mean − {margin:.2f}) > .9"] = (f1(flagged, planted), alarms)
    zone = proportion_funnel(x, n, consistent=True).zone
    quiet = proportion_funnel(clean_x, clean_n, consistent=True).zone
    for limit, name in ((-1, "below the 95 % limit"), (-2, "below the 99.8 % limit")):
        rules[name] = (f1(zone <= limit, planted), float((quiet <= limit).sum()))
    lower, upper = calm.interval(level=0.9)
    rules["90 % interval holds (clean)"] = (float(np.mean((lower <= shares) & (shares <= upper))), 0.0)
    sds = [np.sqrt(p.mean * (1.0 - p.mean) / (p.concentration + 1.0)) for p in (prior, clean)]
    rules["prior sd (clean city's)"] = (float(sds[0]), float(sds[1]))
    return rules


def charts(seeds: range) -> None:
    """Print the share of stations that signal in six months, calm and after a fall by 40 %."""
    print(
        "\nXmR charts of 30 months of counts (15 to 120 a month), last 6 judged: false signals, falls found"
    )
    labels = np.arange(30) % 12
    told: dict[str, list[tuple[bool, bool]]] = {}
    for seed in seeds:
        rng = np.random.default_rng(seed)
        level = rng.uniform(15, 120, 60)[:, None] * np.ones(30)
        fallen = np.where(np.arange(30) >= 24, 0.6 * level, level)
        calm, fell = rng.poisson(level * SEASON[labels]), rng.poisson(fallen * SEASON[labels])
        pooled = seasonal_index(calm[:, :24].sum(axis=0), labels[:24])
        for row, low in zip(calm, fell, strict=True):
            own = seasonal_index(row[:24], labels[:24])
            for name, index in (("pooled index", pooled), ("own index", own), ("no index", None)):
                pair = (signals(row, labels, index), signals(low, labels, index))
                told.setdefault(name, []).append(pair)
        for row, low in zip(rng.poisson(level), rng.poisson(fallen), strict=True):
            told.setdefault("data without season", []).append((signals(row, labels), signals(low, labels)))
    for name, pairs in told.items():
        false, found = np.mean(pairs, axis=0)
        print(f"  {name:22} {false:.3f}  {found:.3f}")


def signals(row: np.ndarray, labels: np.ndarray, index: dict[int, float] | None = None) -> bool:
    """Return whether any of the last six months signals once the season is divided out."""
    divisor = 1.0 if index is None else np.array([max(index[int(label)], 0.05) for label in labels])
    return bool(xmr_chart(row / divisor, judged=6).any_signal.any())


def speed() -> None:
    """Print processor seconds for 10,000 units."""
    print("\n10,000 units, processor seconds")
    for name, call in questions():
        times = []
        for _ in range(3):
            start = time.process_time()
            call()
            times.append(time.process_time() - start)
        print(f"  {name:40} {min(times):7.3f}")


def questions() -> Iterator[tuple[str, Callable[[], object]]]:
    """Yield a name and a call a method family."""
    rng = np.random.default_rng(0)
    n = rng.integers(1, 400, 10_000)
    x = rng.binomial(n, rng.beta(85, 15, n.size))
    e = rng.uniform(0.1, 100, n.size)
    o = rng.poisson(e * rng.gamma(10, 0.1, n.size))
    y, s = rng.normal(1, 0.5, n.size), rng.uniform(0.1, 0.5, n.size)
    draws = fit_beta_prior(x, n).posterior(x, n).draws(1000, seed=0)
    cells = rng.integers(0, [10_000, 40], (200_000, 2)).T
    yield "wilson_interval", lambda: wilson_interval(x, n)
    yield "exact_interval", lambda: exact_interval(x, n)
    for method in ("tails", "normal", "arcsine"):
        yield f"proportion_funnel {method}", lambda method=method: proportion_funnel(x, n, method=method)
    for method in ("exact", "tails"):
        yield f"ratio_funnel {method}", lambda method=method: ratio_funnel(o, e, method=method)
    yield "log_mean_funnel", lambda: log_mean_funnel(y, s)
    for method in ("marginal", "moments"):
        yield f"fit_beta_prior {method}, trimmed", lambda method=method: fit_beta_prior(x, n, method=method)
        yield f"fit_gamma_prior {method}, trimmed", lambda method=method: fit_gamma_prior(o, e, method=method)
    yield "fit_normal_prior reml, trimmed", lambda: fit_normal_prior(y, s)
    yield "rank_units, 1,000 draws", lambda: rank_units(draws)
    yield "standardise, 200,000 cells", lambda: standardise(*cells, o[cells[0]], np.full(200_000, 300.0))
    yield "benjamini_hochberg", lambda: benjamini_hochberg(rng.uniform(size=10_000))
    yield "proportion_change", lambda: proportion_change(x, n, x, n)
    yield "rate_change", lambda: rate_change(o, o)
    yield "theil_sen, 24 points", lambda: theil_sen(rng.normal(size=(10_000, 24)))
    table = rng.normal(size=(10_000, 30))
    yield "xmr_chart, 30 points, one by one", lambda: [xmr_chart(row, judged=6) for row in table]


def main() -> None:
    """Print every table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    seeds = range(parser.parse_args().seeds)
    coverage()
    funnels(seeds)
    shrinkage(seeds)
    charts(seeds)
    speed()


if __name__ == "__main__":
    main()
