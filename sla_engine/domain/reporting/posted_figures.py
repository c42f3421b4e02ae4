"""Compares a week's figures as its digest posted them with the figures of that week by the facts now."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

CAUSES_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekCounts:
    """The targets and incidents of a week: met, of all that were decided in it."""

    targets_met: int
    targets_of: int
    incidents_met: int
    incidents_of: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedSince:
    """What was recorded about an incident of a week after the week was posted: `INC-1203`, `reopened`."""

    incident_key: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedWeek:
    """A posted week whose figures differ now, because of facts recorded later or of changed rules.

    `since` are those facts, where they are known.
    """

    week: str
    posted_at: datetime
    was: WeekCounts
    now: WeekCounts
    since: tuple[RecordedSince, ...] = ()

    @property
    def words(self) -> str:
        """The differences and their causes: `was 92.1 % (105 of 114), now 91.2 % (104 of 114): INC-1203 reopened`."""
        differences = "; ".join(_difference(self.was, self.now))
        causes = [f"{fact.incident_key} {fact.what}" for fact in self.since[:CAUSES_NAMED]]
        more = len(self.since) - len(causes)
        causes += [f"{more} more"] if more else []
        return f"{differences}: {', '.join(causes)}" if causes else differences


def _difference(was: WeekCounts, now: WeekCounts) -> Iterator[str]:
    if (was.targets_met, was.targets_of) != (now.targets_met, now.targets_of):
        yield f"was {_of(was.targets_met, was.targets_of)}, now {_of(now.targets_met, now.targets_of)}"
    if (was.incidents_met, was.incidents_of) != (now.incidents_met, now.incidents_of):
        before, after = _of(was.incidents_met, was.incidents_of), _of(now.incidents_met, now.incidents_of)
        yield f"incidents without a miss were {before}, now {after}"


def _of(met: int, of: int) -> str:
    """The share with one decimal, cut rather than rounded, and the counts."""
    return f"{1000 * met // of / 10:.1f} % ({met} of {of})" if of else "none"
