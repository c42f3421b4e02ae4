"""XmR: whether a week is like those before it, by the mean of their shares and how much they differ from each other.

Source: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, Individuals Control Charts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from sla_engine.domain.reporting.attainment import Attainment

FEWEST_WEEKS = 12
MOST_WEEKS = 26
"""Nothing is said by fewer weeks, and none before the last so many is looked at."""

REACH = Fraction(266, 100)
"""Three standard deviations are 3 / 1.128 = 2.66 mean moving ranges of neighbours."""

_HUNDRED = 100


class WeekVerdict(StrEnum):
    """What a week is beside the weeks before it."""

    ORDINARY = "ordinary"
    UNUSUALLY_BAD = "unusually_bad"
    UNUSUALLY_GOOD = "unusually_good"


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """The mean, and the limits between which ordinary values lie."""

    mean: Fraction
    lower: Fraction
    upper: Fraction

    def verdict(self, value: Fraction) -> WeekVerdict:
        """What a value is; one that is exactly on a limit is ordinary."""
        if value < self.lower:
            return WeekVerdict.UNUSUALLY_BAD
        return WeekVerdict.UNUSUALLY_GOOD if value > self.upper else WeekVerdict.ORDINARY


def limits_of(values: Sequence[Fraction]) -> ControlLimits:
    """The limits by at least two values in their order: mean ± 2.66 × mean moving range."""
    mean = sum(values, Fraction(0)) / len(values)
    ranges = [abs(later - earlier) for earlier, later in pairwise(values)]
    reach = REACH * sum(ranges, Fraction(0)) / len(ranges)
    return ControlLimits(mean, mean - reach, mean + reach)


def percent_of(week: Attainment) -> Fraction:
    """The exact percentage of a week with outcomes."""
    return Fraction(_HUNDRED * week.met, week.of)


def control_limits(weeks: Sequence[Attainment]) -> ControlLimits | None:
    """The limits (percent, cut to 0 to 100) by the weeks before, oldest first; None by fewer than twelve.

    Only the last 26 weeks count, and of them those with an outcome.
    """
    shares = [percent_of(week) for week in weeks[-MOST_WEEKS:] if week.of]
    if len(shares) < FEWEST_WEEKS:
        return None
    limits = limits_of(shares)
    return ControlLimits(limits.mean, max(Fraction(0), limits.lower), min(Fraction(_HUNDRED), limits.upper))
