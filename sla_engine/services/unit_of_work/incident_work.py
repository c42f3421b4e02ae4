"""One incident inside one transaction: its history, its agreement, and all that follows from a new fact.

Every service that changes an incident goes through here, so that facts, projections, timers and messages are written
together or not at all. `record` appends; `settle` recomputes everything that follows and must be called last. What the
incident has beside its history (clocks, timers, its note and its live nudge) is read once, when it is first needed, and
kept: whoever changes it does so here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from sla_engine.domain.agreements.agreement import Agreement, Subject
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.version_impact import next_target_change
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.reading import ClockState, Reading, current, readings
from sla_engine.domain.errors import BeforeOpening, InTheFuture
from sla_engine.domain.escalation.ladder_position import LadderPlace, next_look, place_of
from sla_engine.domain.incidents.events import (
    SLACK,
    Entry,
    Event,
    Opened,
    Reprocessed,
)
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.domain.incidents.promises import promise_look
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.note_owing import keep_note
from sla_engine.services.unit_of_work.outcomes import corrections, new_breaches
from sla_engine.storage import events, incidents, nudges
from sla_engine.storage.clocks import IncidentClocks, Measured
from sla_engine.storage.database import Session
from sla_engine.storage.events import NewFact
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.timers import Duty, IncidentTimers

CLOCK_SKEW = timedelta(minutes=2)
"""How far ahead of us another system's clock may be before its facts are refused; up to there they happen now."""


class Case:
    """An incident opened for work; `now` is SLA time.

    `source` is who tells what somebody does here (Slack, or an intake by its name), `told_at` the real time at which
    an intake's delivery came in.
    """

    def __init__(
        self,
        session: Session,
        record: Incident,
        *,
        agreements: AgreementBook,
        msp: Msp,
        now: datetime,
        is_new: bool = False,
        source: str = SLACK,
        told_at: datetime | None = None,
        prompts: IncidentPrompts | None = None,
    ) -> None:
        self.session = session
        self.source = source
        self.told_at = told_at
        self.incident = record
        self.agreements = agreements
        self.msp = msp
        self._request = current_request()
        self._is_new = is_new
        self._last_hash: str | None = None
        self.prompts = prompts or IncidentPrompts(session, record.id)
        self._outcomes: list[NewFact] = []
        self._read_from: tuple[int, Terms] | None = None
        self._readings: Measured = {}
        self.history, self._names = ([], set()) if is_new else events.history_and_names(session, record.id)
        self.terms = self._terms_now()
        # Whoever waited for the incident took `now` before the others were done: it never lies behind their facts.
        self.now = max((now, *(entry.recorded_at for entry in self.history)))

    @cached_property
    def clocks(self) -> IncidentClocks:
        """Its clocks, as stored and measured since."""
        return IncidentClocks(self.session, self.incident.id, is_new=self._is_new)

    @cached_property
    def timers(self) -> IncidentTimers:
        """When each of its duties is looked at next."""
        return IncidentTimers(self.session, self.incident.id)

    @property
    def key(self) -> str:
        """The incident's key."""
        return self.incident.key

    @property
    def agreement(self) -> Agreement:
        """The version that counts now."""
        return self.terms.at(self.now).agreement

    def record(self, event: Event, *, by: str, at: datetime | None = None, unique_key: str | None = None) -> bool:
        """Append a fact; False (and nothing happens) when `unique_key` was recorded before.

        `at` is when it happened, for facts that are told late; default now.
        Raises: InTheFuture, BeforeOpening.
        """
        happened = at or self.now
        if unique_key is None and by:
            # The first thing a person's request records carries its name; a second run of it is refused at the door.
            unique_key, self._request = self._request, None
        return self.record_all([self._told(event, by=by, at=happened, unique_key=unique_key)]) == 1

    def _told(self, event: Event, *, by: str, at: datetime, unique_key: str | None) -> NewFact:
        """What nobody did follows from other facts and has no source."""
        fact = NewFact(event=event, at=at, by=by, unique_key=unique_key)
        return replace(fact, source=self.source, told_at=self.told_at) if by else fact

    def record_all(self, facts: Sequence[NewFact]) -> int:
        """Append several facts at once, for other systems that tell many; answers how many were new.

        Raises: InTheFuture, BeforeOpening.
        """
        outcomes, self._outcomes = self._outcomes, []
        return self._append([*outcomes, *facts]) - len(outcomes)

    def _append(self, facts: Sequence[NewFact]) -> int:
        for fact in facts:
            self._check_instant(fact.event, fact.at)
        new = self._unknown(facts)
        if not new:
            return 0
        entries, self._last_hash = events.append(
            self.session,
            incident_id=self.incident.id,
            facts=[replace(fact, at=min(fact.at, self.now)) for fact in new],
            recorded_at=self.now,
            previous_hash=self._head(),
        )
        self.history.extend(entries)
        self._names.update(fact.unique_key for fact in new if fact.unique_key is not None)
        if any(isinstance(fact.event, Opened | Reprocessed) for fact in new):
            self.terms = self._terms_now()
        self.incident = incident_after(self.incident, self.history, reply_ends_pause=self.terms.reply_ends_pause)
        return len(new)

    def readings(self) -> Measured:
        """Every clock now."""
        read_from = (len(self.history), self.terms)
        if self._read_from != read_from:
            self._read_from, self._readings = read_from, readings(self.history, self.terms, now=self.now)
        return self._readings

    def reading(self, metric: MetricName) -> Reading | None:
        """One clock now; None when nothing was promised for it."""
        measured = self.readings().get(metric)
        return measured[-1] if measured else None

    def settle(self) -> None:
        """Write all that follows from the facts: breaches, clocks, timers, the note that is owed."""
        self.follow()
        self.store()

    def follow(self) -> None:
        """Measure the clocks anew, and keep what follows from them ready to be recorded; `store` writes everything.

        For a look in which more is recorded before that: breaches go with the facts that come next, in one statement.
        """
        measured, cause = self.readings(), self.history[-1]
        self._outcomes = list(new_breaches(self.key, self.history, measured))
        corrected = list(self._corrections(measured, cause))
        if corrected:  # these say which rungs are to be said anew
            self.record_all(corrected)
        self.clocks.measure(measured, now=self.now)
        if not self.incident.replayed:
            keep_note(
                self.prompts, self.timers, self.incident, measured, history=self.history, msp=self.msp, now=self.now
            )

    def store(self) -> None:
        """Write the clocks as they were measured last, when to look at them next, and where the incident stands."""
        self.record_all(())
        if not self.incident.replayed:
            self._arm()
            self.timers.write()
        self.clocks.write()
        incidents.save(self.session, self.incident, last_hash=self._head())

    def _head(self) -> str | None:
        """The hash of the newest fact."""
        if self._last_hash is None:
            self._last_hash = incidents.last_hash(self.session, self.incident.id)
        return self._last_hash

    def place(self, reading: Reading) -> LadderPlace:
        """How far up its ladder this clock was announced."""
        nudged_at = self.clocks.last_nudged_at(reading.metric, reading.cycle)
        return place_of(self.history, reading, self.terms.ladder(reading.metric), last_nudged_at=nudged_at)

    def untold_answer(self) -> Entry | None:
        """The customer's answer in a pause that goes on, as long as nobody was nudged because of it."""
        if PauseReason.CUSTOMER not in self.incident.paused_for or self.incident.customer_waits_since is None:
            return None
        answer = held_pauses(self.history, self.terms.reply_ends_pause)[PauseReason.CUSTOMER].answer
        if answer is None or nudges.posted(self.session, f"nudge:{self.answer_key(answer)}"):
            return None
        return answer

    def answer_key(self, answer: Entry) -> str:
        """The name under which a customer's answer is spoken of, once."""
        return f"{self.key}:answered:{answer.seq}"

    def _unknown(self, facts: Sequence[NewFact]) -> list[NewFact]:
        keys = self._names | self._known_elsewhere(facts)
        new = []
        for fact in facts:
            if fact.unique_key is None or fact.unique_key not in keys:
                new.append(fact)
                keys.add(fact.unique_key or "")
        return new

    def _terms_now(self) -> Terms:
        newest = None if self._is_new else self.prompts.newest.agreement
        return self.agreements.terms(self.session, self.incident, self.history, newest=newest)

    def _known_elsewhere(self, facts: Sequence[NewFact]) -> set[str]:
        """Which of these were recorded, perhaps on another incident; one created a moment ago can have none."""
        own = f"{self.key}:"  # what is named after the incident was recorded here or nowhere
        named = [fact.unique_key for fact in facts if fact.unique_key and not fact.unique_key.startswith(own)]
        return set() if self._is_new else events.known_among(self.session, named)

    def _check_instant(self, event: Event, happened: datetime) -> None:
        if happened > self.now + CLOCK_SKEW:
            raise InTheFuture(type(event).__name__, happened)
        if self.history and happened < self.incident.opened_at:
            raise BeforeOpening(self.key, happened, self.incident.opened_at)

    def _corrections(self, measured: Measured, cause: Entry) -> Iterator[NewFact]:
        if self._is_new or self.incident.replayed:
            return iter(())
        return corrections(self.clocks.records(), measured, cause, now=self.now)

    def _arm(self) -> None:
        """Set when the sweep looks at each clock, pause and promise next."""
        looks: dict[tuple[Duty, str], datetime | None] = {
            (Duty.CLOCK, f"{self.key}:{metric}"): None
            for metric in MetricName  # also one that is measured no more
        }
        for reading in current(self.readings()):
            looks[Duty.CLOCK, f"{self.key}:{reading.metric}"] = self._next_look(reading)
        if len(self.terms.versions) > 1:
            looks[Duty.CLOCK, f"{self.key}:target"] = self._next_target()
        for (duty, subject), due in (looks | self._promise_look() | self._pause_look()).items():
            self.timers.set(duty, subject, due)

    def _next_look(self, reading: Reading) -> datetime | None:
        if reading.state is not ClockState.RUNNING:
            return None
        return next_look(
            reading,
            self.terms.ladder(reading.metric),
            self.place(reading),
            acknowledged=self.incident.acknowledged_by is not None,
            snoozed_until=self.incident.snoozed_until,
            zone=self.msp.calendar.tz,
            now=self.now,
        )

    def _next_target(self) -> datetime | None:
        """When a version that is known to come changes a target; also while every clock rests."""
        incident = self.incident
        subject = Subject(priority=incident.priority, site=incident.site or "", service=incident.service or "")
        return next_target_change(self.terms, subject, after=self.now) if incident.is_open else None

    def _promise_look(self) -> dict[tuple[Duty, str], datetime | None]:
        """Nobody is asked about a promise once it is resolved: a resolution told late may lie before the promise."""
        incident = self.incident
        look = promise_look(incident.promise, incident.promise_asked_at) if incident.is_open else None
        return {(Duty.PROMISE, self.key): look}

    def _pause_look(self) -> dict[tuple[Duty, str], datetime | None]:
        """A pause that has outlived its `until` is looked at by its own duty, which re-arms itself."""
        incident = self.incident
        if not incident.is_open:
            return {(Duty.PAUSE, self.key): None}
        if self.untold_answer() is not None:
            return {(Duty.PAUSE, self.key): self.now}
        if incident.pause_until is None or incident.pause_until > self.now:
            return {(Duty.PAUSE, self.key): incident.pause_until}
        return {}
