"""How many misses a goal allows, and how many there are: whole numbers and fractions, nothing is rounded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import dropwhile
from math import floor

from sla_engine.domain.agreements.goals import GoalPeriod
from sla_engine.domain.reporting.attainment import Attainment

WEEKS_FOR_FORECAST = 8
"""What is still to come in a period is expected to come as it did in so many weeks before."""

_WEEK_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalStanding:
    """How a goal stands: `missed` so far of those the goal allows in the whole period, on `day` of `days` of it."""

    period: GoalPeriod
    missed: int
    allowed: int
    day: int
    days: int

    @property
    def is_broken(self) -> bool:
        """Whether more were missed than the goal allows."""
        return self.missed > self.allowed

    @property
    def is_one_miss_away(self) -> bool:
        """Whether the next miss breaks the goal."""
        return self.missed == self.allowed

    @property
    def burn_rate(self) -> Fraction | None:
        """How fast misses are used up: 1 is exactly as fast as the goal allows, None where it allows none."""
        return Fraction(self.missed * self.days, self.allowed * self.day) if self.allowed else None


def meets(goal: Fraction, attainment: Attainment) -> bool:
    """Whether what was kept is at least the goal's share."""
    return attainment.met >= goal * attainment.of


def allowed_misses(goal: Fraction, count: Fraction) -> int:
    """The most misses of so many outcomes that still meet the goal: 95 % of 200 allows 10."""
    return floor((1 - goal) * count)


def expected_count(so_far: int, weeks: Sequence[int], *, days_left: int) -> Fraction:
    """The number of outcomes to expect in a period: those so far, and for each day left the mean of the last weeks.

    `weeks` are the numbers of the last eight weeks, oldest first; those before the first outcome of all are left out.
    """
    recent = list(dropwhile(lambda count: not count, weeks[-WEEKS_FOR_FORECAST:]))
    return so_far + (Fraction(sum(recent) * days_left, len(recent) * _WEEK_DAYS) if recent else Fraction(0))


def standing(
    goal: Fraction,
    shortest: GoalPeriod,
    *,
    day: date,
    so_far: Mapping[GoalPeriod, Attainment],
    weeks: Sequence[int],
) -> GoalStanding | None:
    """How a goal stands at the end of a day, over the shortest period in which it allows a miss.

    Without one, even in a year, there are too few to set a goal by: None. A goal of 100 % never allows a miss, and is
    counted over the shortest period.
    """
    period: GoalPeriod | None = shortest
    while period is not None:
        first, after = period.around(day)
        counted = so_far.get(period, Attainment(0, 0))
        allowed = allowed_misses(goal, expected_count(counted.of, weeks, days_left=(after - day).days - 1))
        if allowed or goal == 1:
            return GoalStanding(
                period=period,
                missed=counted.missed,
                allowed=allowed,
                day=(day - first).days + 1,
                days=(after - first).days,
            )
        period = period.longer
    return None
