"""Versions of an agreement as they count for an incident: the past stays as it was, the rest follows.

A version counts from the instant it takes effect, but never for time that had passed when it was applied. Ladders are
those of the version the incident was opened under. Only an approved reprocessing lets versions reach back.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sla_engine.domain.agreements.agreement import Agreement, Subject, Target, TargetChoice
from sla_engine.domain.agreements.ladders import Ladder
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.incidents.events import Reprocessed
from sla_engine.domain.incidents.history import Entry, opening
from sla_engine.domain.time.calendar import Calendar
from sla_engine.domain.time.versioned_calendar import SplicedCalendar, spliced

_INSTANT = timedelta(microseconds=1)
START_OF_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppliedVersion:
    """One applied version of a customer's agreement: its number, when it takes effect, when it was applied (UTC)."""

    number: int
    effective: datetime
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class Governing:
    """From `since` on (UTC) this version counts for the incident, until the next one does."""

    since: datetime
    number: int
    agreement: Agreement


@dataclass(frozen=True, slots=True, kw_only=True)
class Promised:
    """A promise: the target that holds, its longer form while the incident waits, the rules that lost, the version."""

    target: Target
    waiting: Target | None
    losers: tuple[Target, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Terms:
    """The versions that count for one incident, oldest first; the first one counts from the beginning."""

    versions: tuple[Governing, ...]
    opening: Agreement
    _promised: dict[tuple[MetricName, Subject, int], Promised | None] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, agreement: Agreement, *, number: int = 0) -> "Terms":
        """One version that counts for ever."""
        return cls((Governing(START_OF_TIME, number, agreement),), agreement)

    @property
    def latest(self) -> Agreement:
        """The version that counts last."""
        return self.versions[-1].agreement

    def at(self, at: datetime) -> Governing:
        """The version that counts at an instant."""
        return self.versions[self._index(at)]

    def reply_ends_pause(self, at: datetime) -> bool:
        """Whether a customer's reply at this instant ends a pause for the customer."""
        return self.at(at).agreement.reply_ends_pause

    def changes(self, *, after: datetime) -> Iterator[datetime]:
        """The instants later than `after` at which another version takes effect, oldest first."""
        return (version.since for version in self.versions[1:] if version.since > after)

    def promised(self, metric: MetricName, subject: Subject, *, at: datetime) -> Promised | None:
        """The promise of the version at `at`; its target counts earlier and later time on the calendars of their day.

        None when that version promises nothing.
        """
        key = (metric, subject, self._index(at))
        try:
            return self._promised[key]
        except KeyError:
            promise = self._promised[key] = self._find(*key)
            return promise

    def ladder(self, metric: MetricName) -> Ladder:
        """The ladder the incident was opened with; an edit never changes a running ladder."""
        return self.opening.ladder(metric)

    def _index(self, at: datetime) -> int:
        if len(self.versions) == 1:
            return 0
        return max((n for n, version in enumerate(self.versions) if version.since <= at), default=0)

    def _find(self, metric: MetricName, subject: Subject, index: int) -> Promised | None:
        version = self.versions[index]
        choice = version.agreement.choose(metric, subject)
        if choice is None:
            return None
        calendar = self._calendar(choice, metric, subject)
        target = choice.target if calendar == choice.target.calendar else choice.target.on(calendar)
        waiting = None if target.waiting is None else target.lasting(target.waiting)
        return Promised(target=target, waiting=waiting, losers=choice.losers, version=version.number)

    def _calendar(self, choice: TargetChoice, metric: MetricName, subject: Subject) -> Calendar | SplicedCalendar:
        """The calendars of all versions one after another; where one promised nothing, `choice`'s counts."""
        if len(self.versions) == 1:
            return choice.target.calendar
        choices = ((version.since, version.agreement.choose(metric, subject) or choice) for version in self.versions)
        return spliced([(since, _plain(chosen.target.calendar)) for since, chosen in choices])


def _plain(calendar: Calendar | SplicedCalendar) -> Calendar:
    return calendar.latest if isinstance(calendar, SplicedCalendar) else calendar


def governed(
    history: Sequence[Entry], *, opened_under: int, versions: Sequence[AppliedVersion]
) -> tuple[tuple[datetime, int], ...]:
    """The versions that count for an incident: (instant, number), oldest first, the first from the start of time.

    `opened_under` is the version the incident was opened with, `versions` are all of its customer's.
    """
    opened = opening(history)
    if opened is None or len(versions) <= 1:
        return ((START_OF_TIME, opened_under),)
    timeline = _Timeline(opened, opened_under, versions, [e for e in history if isinstance(e.event, Reprocessed)])
    spans: list[tuple[datetime, int]] = []
    for since in timeline.seams():
        number = timeline.number_at(since)
        if not spans or spans[-1][1] != number:
            spans.append((since if spans else START_OF_TIME, number))
    return tuple(spans)


def terms_of(spans: Sequence[tuple[datetime, int]], *, opened_under: int, read: Callable[[int], Agreement]) -> Terms:
    """The terms of an incident, given the versions that count for it; `read` loads a version by its number."""
    return Terms(tuple(Governing(since, number, read(number)) for since, number in spans), read(opened_under))


class _Timeline:
    """The version that counts at an instant, by when each was applied and what was reprocessed since."""

    def __init__(
        self, opened: Entry, opened_under: int, versions: Sequence[AppliedVersion], reprocessed: Sequence[Entry]
    ) -> None:
        self.opened = opened
        self.opened_under = opened_under
        self.versions = versions
        self.reprocessed = [
            (entry.event.since, entry.at, entry.recorded_at)
            for entry in reprocessed
            if isinstance(entry.event, Reprocessed)
        ]

    def seams(self) -> list[datetime]:
        """Every instant at which another version could begin to count, from the opening on."""
        seams = {self.begins(version) for version in self.versions}
        if self.reprocessed:
            seams |= {version.effective for version in self.versions}
        for since, until, _ in self.reprocessed:
            seams |= {since, until}
        return [self.opened.at, *sorted(at for at in seams if at > self.opened.at)]

    def begins(self, version: AppliedVersion) -> datetime:
        """The instant from which a version counts: its own date, but not before it was applied after the opening."""
        if version.applied_at > self.opened.recorded_at:
            return max(version.effective, version.applied_at)
        return self.after_opening if self.was_overlooked(version) else version.effective

    def was_overlooked(self, version: AppliedVersion) -> bool:
        """Whether it should have counted at the opening, but was being stored in the very moment of it."""
        under = next((other for other in self.versions if other.number == self.opened_under), None)
        if under is None or version.number <= under.number:
            return False
        return under.effective <= version.effective <= self.opened.at

    @property
    def after_opening(self) -> datetime:
        """The first instant after the opening that is distinct from it."""
        return max(self.opened.recorded_at, self.opened.at + _INSTANT)

    def number_at(self, at: datetime) -> int:
        """The version whose effective date is the latest among those that count at `at`; the newest of equals."""
        known = [version for version in self.versions if self._counts(version, at)]
        if not known or not self._is_known(at):
            return self.opened_under
        return max(known, key=lambda version: (version.effective, version.number)).number

    def _counts(self, version: AppliedVersion, at: datetime) -> bool:
        if self.begins(version) <= at:
            return True
        return version.effective <= at and any(
            since <= at < until and version.applied_at <= known for since, until, known in self.reprocessed
        )

    def _is_known(self, at: datetime) -> bool:
        """At the opening the incident's own version counts, unless a reprocessing reaches back to it."""
        return at > self.opened.at or any(since <= at < until for since, until, _ in self.reprocessed)
