"""Attainment: k of n with its uncertainty, and durations as median and ninth decile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil, sqrt
from statistics import NormalDist
from statistics import median as middle

Z_95 = NormalDist().inv_cdf(0.975)
"""Standard deviations on either side that hold 95 % of a normal distribution."""

FEWEST_TO_RANK = 5
"""Customers with fewer outcomes are not ranked."""


@dataclass(frozen=True, slots=True)
class Attainment:
    """The attainment: `met` of `of` outcomes; shares run from 0 to 1 and are None without any outcome."""

    met: int
    of: int

    @property
    def missed(self) -> int:
        """The number of misses."""
        return self.of - self.met

    @property
    def share(self) -> float | None:
        """Met as a share of all."""
        return self.met / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the share."""
        return wilson(self.met, self.of) if self.of else None

    @property
    def rankable(self) -> bool:
        """Whether there are enough outcomes to compare the share with others'."""
        return self.of >= FEWEST_TO_RANK

    def __add__(self, other: "Attainment") -> "Attainment":
        return Attainment(self.met + other.met, self.of + other.of)


def wilson(met: int, of: int, *, z: float = Z_95) -> tuple[float, float]:
    """Wilson's score interval of a share, as (low, high) between 0 and 1; `of` is at least 1.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference (1927).
    """
    share = met / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z / (1 + z * z / of) * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, centre - reach), min(1.0, centre + reach)


def mean_share(weeks: Sequence[Attainment]) -> float | None:
    """The mean of the weeks' shares; weeks without outcomes are left out, None when all are."""
    shares = [week.share for week in weeks if week.share is not None]
    return sum(shares) / len(shares) if shares else None


def median(durations: Sequence[timedelta]) -> timedelta | None:
    """The median duration; None without any."""
    if not durations:
        return None
    return timedelta(seconds=middle(duration.total_seconds() for duration in durations))


def p90(durations: Sequence[timedelta]) -> timedelta | None:
    """The smallest duration that nine in ten do not exceed; None without any."""
    if not durations:
        return None
    return sorted(durations)[ceil(len(durations) * 9 / 10) - 1]
