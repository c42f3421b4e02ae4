"""The evidence for a suggestion: what SLA notes gave as reasons, the procedures there are, and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.incidents.priorities import Priority
from sla_engine.domain.incidents.reasons import Attribution, BreachReason, NextStep
from sla_engine.domain.time.reach import WorkingTime

USUAL_BUSINESS_DAY = timedelta(hours=8)
"""Open time of a business day where the MSP's calendar does not say how long one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEvidence:
    """What one SLA note says, with its incident; nothing is written while `written_at` is None.

    `sops` are the numbers of the procedures linked to the incident, `followed` of those that somebody used on it.
    """

    incident_id: int
    incident_key: str
    customer: str
    service: str | None
    title: str
    priority: Priority
    reason: BreachReason | None
    attribution: Attribution | None
    author: str | None
    wanted_at: datetime
    written_at: datetime | None
    is_returned: bool = False
    sops: frozenset[str] = frozenset()
    followed: frozenset[str] = frozenset()

    @property
    def at(self) -> datetime:
        """The instant at which it was written; while it is missing, that at which it was wanted."""
        return self.written_at or self.wanted_at

    def is_late(self, calendar: WorkingTime, *, at: datetime) -> bool:
        """Whether it came more than a business day of `calendar` after it was wanted, or is missing that long."""
        until = at if self.written_at is None else min(self.written_at, at)
        return calendar.elapsed(self.wanted_at, until) > (calendar.business_day or USUAL_BUSINESS_DAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSop:
    """A procedure as the evidence needs it; `published_at`, when it was written or last changed, may be unknown.

    `known_since` is when its writing was decided on; None of one that was there before. Empty `customers`, `services`
    and `reasons` say nothing about what it is for; `linked` are the notes of the incidents that it is linked to.
    """

    number: str
    title: str
    known_since: datetime | None = None
    published_at: datetime | None = None
    is_being_written: bool = False
    customers: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    reasons: frozenset[BreachReason] = frozenset()
    linked: tuple[NoteEvidence, ...] = ()

    @property
    def name(self) -> str:
        """Its number and title."""
        return f"{self.number} {self.title}".rstrip()

    def as_of(self, at: datetime) -> "KnownSop":
        """The same at an instant: one that was published later was being written or changed then."""
        is_later = self.published_at is not None and self.published_at > at
        return replace(self, published_at=None, is_being_written=True) if is_later else self


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision that somebody made after an incident's note."""

    incident_id: int
    step: NextStep
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a suggestion is made from."""

    notes: Sequence[NoteEvidence]
    sops: Sequence[KnownSop] = ()
    decisions: Sequence[Decided] = ()

    def as_of(self, at: datetime) -> "Evidence":
        """The evidence as it stood at an instant, as far as a note that was changed since still says."""
        return Evidence(
            notes=[note for note in self.notes if note.wanted_at <= at],
            sops=[sop.as_of(at) for sop in self.sops if sop.known_since is None or sop.known_since <= at],
            decisions=[decided for decided in self.decisions if decided.at <= at],
        )

    def without_decision_on(self, incident_id: int) -> "Evidence":
        """The evidence as it is without what was decided after one incident."""
        return Evidence(
            notes=self.notes,
            sops=[sop for sop in self.sops if incident_id not in {note.incident_id for note in sop.linked}],
            decisions=[decided for decided in self.decisions if decided.incident_id != incident_id],
        )
