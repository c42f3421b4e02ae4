"""Exact intervals of counts and shares: they hold for few events, where approximations do not.

Limits are found by halving, to about twelve digits.
"""

from collections.abc import Callable
from math import exp, fsum, inf, lgamma, log, log1p, sqrt

LEVEL = 0.95
_HALVINGS = 100


def poisson_interval(count: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of the mean of a Poisson count, as (low, high).

    Source: F. Garwood, Fiducial limits for the Poisson distribution (1936).
    """
    tail = (1 - level) / 2
    most = count + 10 * sqrt(count + 1) + 30
    low = 0.0 if count == 0 else _root(lambda mean: poisson_below(count - 1, mean) - (1 - tail), 0.0, most)
    return low, _root(lambda mean: poisson_below(count, mean) - tail, 0.0, most)


def binomial_interval(successes: int, of: int, *, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share, as (low, high) between 0 and 1; `of` is at least 1.

    Source: C. J. Clopper, E. S. Pearson, The use of confidence or fiducial limits (1934); NIST/SEMATECH 7.2.4.1.
    """
    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else _root(lambda p: binomial_below(successes - 1, of, p) - (1 - tail), 0.0, 1.0)
    high = 1.0 if successes == of else _root(lambda p: binomial_below(successes, of, p) - tail, 0.0, 1.0)
    return low, high


def rate_ratio_interval(
    count: int, length: float, other: int, other_length: float, *, level: float = LEVEL
) -> tuple[float, float]:
    """The interval of the rate `count / length` as a multiple of the rate `other / other_length`, as (low, high).

    Given their sum, the first count is binomial. The high end is infinite where the other count is 0; at least one
    count is not.
    Source: J. Przyborowski, H. Wilenski, Homogeneity of results in testing samples from Poisson series (1940).
    """
    low, high = (_odds(share) * other_length / length for share in binomial_interval(count, count + other, level=level))
    return low, high


def poisson_below(count: int, mean: float) -> float:
    """The probability of at most `count` events where `mean` are expected."""
    if mean <= 0:
        return 1.0
    return min(1.0, fsum(exp(number * log(mean) - mean - lgamma(number + 1)) for number in range(count + 1)))


def binomial_below(successes: int, of: int, share: float) -> float:
    """The probability of at most that many successes of `of`, each with this probability."""
    if not 0 < share < 1:
        return 1.0 if share <= 0 or successes >= of else 0.0
    ways = lgamma(of + 1)
    terms = (
        ways - lgamma(number + 1) - lgamma(of - number + 1) + number * log(share) + (of - number) * log1p(-share)
        for number in range(successes + 1)
    )
    return min(1.0, fsum(exp(term) for term in terms))


def _odds(share: float) -> float:
    return inf if share >= 1 else share / (1 - share)


def _root(falls: Callable[[float], float], low: float, high: float) -> float:
    """Where a falling function passes 0 between two places."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if falls(middle) > 0 else (low, middle)
    return (low + high) / 2
