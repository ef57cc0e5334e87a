"""Second ways of computing what the project computes: plain loops over Python numbers, nothing shared."""

import math


def binomial_pmf(k, n, p):
    if p in (0.0, 1.0):
        return float(k == (n if p else 0))
    log = math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
    return math.exp(log + k * math.log(p) + (n - k) * math.log1p(-p))


def binomial_upto(k, n, p):
    return math.fsum(binomial_pmf(i, n, p) for i in range(k + 1))


def poisson_upto(k, mean):
    return math.fsum(math.exp(i * math.log(mean) - mean - math.lgamma(i + 1)) for i in range(k + 1))


def beta_binomial_upto(k, n, a, b):
    def log_beta(p, q):
        return math.lgamma(p) + math.lgamma(q) - math.lgamma(p + q)

    return math.fsum(
        math.comb(n, i) * math.exp(log_beta(i + a, n - i + b) - log_beta(a, b)) for i in range(k + 1)
    )


def negative_binomial_upto(k, shape, share):
    return math.fsum(
        math.exp(
            math.lgamma(shape + i) - math.lgamma(shape) - math.lgamma(i + 1)
            + shape * math.log(share) + i * math.log1p(-share)
        )
        for i in range(k + 1)
    )  # fmt: skip


def root(function, low, high):
    """Bisect: nothing to get wrong."""
    below = function(low) <= 0
    for _ in range(100):
        middle = (low + high) / 2
        if (function(middle) <= 0) == below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def quantile(values, share):
    """Type 7."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def median(values):
    return quantile(values, 0.5)
