"""The effect of a procedure: the misses a week before it was published and since, and whether chance explains it.

A miss here is an incident that missed a target, at its first one: several missed targets of one incident are no
evidence of each other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import isinf

from sla_engine.domain.reporting.exact_intervals import poisson_interval, rate_ratio_interval

WEEK = timedelta(days=7)
WEEKS_BEFORE = 12
"""At most so many weeks before the publication are compared with."""
WEEKS_NEEDED = 4
"""Whole weeks on either side before anything is said."""

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


class Verdict(StrEnum):
    """What can be said about a procedure's effect."""

    HELPED = "helped"
    MAY_BE_CHANCE = "may_be_chance"
    NO_FEWER = "no_fewer"
    TOO_EARLY = "too_early"
    UNKNOWN_BEFORE = "unknown_before"
    NOTHING_BEFORE = "nothing_before"


_VERDICTS: Mapping[Verdict, str] = {
    Verdict.HELPED: "It helped.",
    Verdict.MAY_BE_CHANCE: "Fewer, but that may be chance.",
    Verdict.NO_FEWER: "No fewer.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredEffect:
    """Misses before a procedure was published and since, in whole weeks on either side."""

    before: int
    weeks_before: int
    since: int
    weeks_since: int

    @property
    def verdict(self) -> Verdict:
        """What can be said: it helped where the 95 % interval of the ratio of the two rates lies below 1."""
        if self.weeks_since < WEEKS_NEEDED:
            return Verdict.TOO_EARLY
        if self.weeks_before < WEEKS_NEEDED:
            return Verdict.UNKNOWN_BEFORE
        if not self.before:
            return Verdict.NOTHING_BEFORE if not self.since else Verdict.NO_FEWER
        if self.since * self.weeks_before >= self.before * self.weeks_since:
            return Verdict.NO_FEWER
        _, high = self._ratio
        return Verdict.HELPED if high < 1 else Verdict.MAY_BE_CHANCE

    @property
    def sentence(self) -> str:
        """The effect in a sentence or two, without the procedure's name."""
        match self.verdict:
            case Verdict.TOO_EARLY:
                return f"too early to tell ({self.weeks_since} of {WEEKS_NEEDED} weeks)."
            case Verdict.UNKNOWN_BEFORE:
                return f"nothing to compare with ({self.weeks_before} of {WEEKS_NEEDED} weeks before it)."
            case Verdict.NOTHING_BEFORE:
                before, since = _weeks(self.weeks_before), _weeks(self.weeks_since)
                return f"no misses in the {before} before, none in the {since} since."
            case verdict:
                return f"{self._rates} {_VERDICTS[verdict]}"

    @property
    def is_comparable(self) -> bool:
        """Whether the rates before and since can be compared."""
        return self.verdict in _VERDICTS

    @property
    def interval_sentence(self) -> str:
        """The counts with their 95 % intervals; empty where nothing can be compared."""
        if not self.is_comparable:
            return ""
        parts = (_side("Before", self.before, self.weeks_before), _side("since", self.since, self.weeks_since))
        return f"{'; '.join(parts)}. {self._ratio_sentence}"

    @property
    def _rates(self) -> str:
        before, since = self.before / self.weeks_before, self.since / self.weeks_since
        return f"{before:.1f} misses a week before, {since:.1f} in the {_weeks(self.weeks_since)} since."

    @property
    def _ratio(self) -> tuple[float, float]:
        return rate_ratio_interval(self.since, self.weeks_since, self.before, self.weeks_before)

    @property
    def _ratio_sentence(self) -> str:
        low, high = self._ratio
        top = "any number" if isinf(high) else f"{high:.2f}"
        return f"The rate since is {low:.2f} to {top} times the one before (95 %, exact)."


def effect(
    missed_at: Iterable[datetime], *, published_at: datetime, known_from: datetime, now: datetime
) -> MeasuredEffect:
    """The effect of a procedure at an instant; `known_from` is when our records begin.

    Only whole weeks from the publication on, in either direction, are counted.
    """
    weeks_before = min(WEEKS_BEFORE, max(0, (published_at - known_from) // WEEK))
    weeks_since = max(0, (now - published_at) // WEEK)
    begin, end = published_at - weeks_before * WEEK, published_at + weeks_since * WEEK
    counted = [at for at in missed_at if begin <= at < end]
    before = sum(at < published_at for at in counted)
    return MeasuredEffect(
        before=before, weeks_before=weeks_before, since=len(counted) - before, weeks_since=weeks_since
    )


def _side(label: str, count: int, weeks: int) -> str:
    low, high = (limit / weeks for limit in poisson_interval(count))
    misses = "1 miss" if count == 1 else f"{count} misses"
    return f"{label}: {misses} in {_weeks(weeks)}, {count / weeks:.1f} a week ({low:.1f} to {high:.1f})"


def _weeks(count: int) -> str:
    number = _WORDS[count] if count < len(_WORDS) else str(count)
    return f"{number} week{'' if count == 1 else 's'}"
