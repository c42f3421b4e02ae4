"""One incident inside one transaction: its history, its agreement, and all that follows from a new fact.

Every service that changes an incident goes through here, so that facts, projections, timers and messages are written
together or not at all. `record` appends; `settle` recomputes everything that follows and is called after the last
`record`. What the incident has beside its history (clocks, timers, its note and its live nudge) is read once, when it
is first needed, and kept: whoever changes it does so here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cached_property

from sla_engine.domain.agreements.agreement import Agreement
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.outcomes import Readings
from sla_engine.domain.clocks.reading import Reading, readings
from sla_engine.domain.escalation.decide import reply_key
from sla_engine.domain.escalation.decision import Decision, settled
from sla_engine.domain.escalation.next_timers import TimerKey, next_timers
from sla_engine.domain.escalation.placement import VisibleMessage
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.errors import BeforeOpening
from sla_engine.domain.incidents.events import Event, Opened, Reprocessed
from sla_engine.domain.incidents.history import SLACK, Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.domain.incidents.reasons import PauseReason
from sla_engine.domain.time.errors import InTheFuture
from sla_engine.domain.upkeep.duties import Duty
from sla_engine.services.agreements.book import AgreementBook
from sla_engine.services.unit_of_work.idempotency import current_request
from sla_engine.services.unit_of_work.note_request import update_note_request
from sla_engine.storage import events, incidents, nudges
from sla_engine.storage.clocks import IncidentClocks
from sla_engine.storage.database import Session
from sla_engine.storage.nudges import NudgeRecord
from sla_engine.storage.prompts import IncidentPrompts
from sla_engine.storage.timers import IncidentTimers

CLOCK_SKEW = timedelta(minutes=2)
"""How far ahead of us another system's clock may be before its facts are refused; up to there they happen now."""


class IncidentWork:
    """An incident that is worked on in one transaction; `now` is SLA time.

    `asked_at` is when what somebody asks happens: a request that was kept while the database was busy is carried out
    after the sweep has noticed misses, and stops the clocks at its own time all the same.
    `source` is where its new facts come from (Slack, or an intake by its name), `received_at` the real time at which
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
        received_at: datetime | None = None,
        prompts: IncidentPrompts | None = None,
    ) -> None:
        self.session = session
        self.source = source
        self.received_at = received_at
        self.incident = record
        self.agreements = agreements
        self.msp = msp
        self._request = current_request()
        self._is_new = is_new
        self._last_hash: str | None = None
        self.prompts = prompts or IncidentPrompts(session, record.id)
        self._read_from: tuple[int, Terms] | None = None
        self._readings: Readings = {}
        self.history, self._names = ([], set()) if is_new else events.history_and_keys(session, record.id)
        self.terms = self._terms_now()
        # Whoever waited for the incident took `now` before the others were done: it never lies behind their facts.
        self.now = max((now, *(entry.recorded_at for entry in self.history)))
        # A miss that was noticed since somebody asked is nobody's fact: it does not move the instant they asked at.
        self.asked_at = max((now, *(entry.recorded_at for entry in self.history if entry.by)))

    @cached_property
    def clocks(self) -> IncidentClocks:
        """Its clocks, as stored and measured since."""
        return IncidentClocks(self.session, self.incident.id, is_new=self._is_new)

    @cached_property
    def timers(self) -> IncidentTimers:
        """Its timers: when each of its duties is looked at next."""
        return IncidentTimers(self.session, self.incident.id)

    @property
    def key(self) -> str:
        """The incident's key."""
        return self.incident.key

    @property
    def agreement(self) -> Agreement:
        """The version of its agreement that counts now."""
        return self.terms.at(self.now).agreement

    def record(self, event: Event, *, by: str, at: datetime | None = None, unique_key: str | None = None) -> bool:
        """Append a fact; False (and nothing happens) when `unique_key` was recorded before.

        `at` is when it happened, for facts that are reported late; default now.
        Raises: InTheFuture, BeforeOpening.
        """
        happened = at or self.now
        if unique_key is None and by:
            # The first thing a person's request records carries its name; `UnitOfWork` refuses a second run.
            unique_key, self._request = self._request, None
        return self.record_all([self._new_fact(event, by=by, at=happened, unique_key=unique_key)]) == 1

    def _new_fact(self, event: Event, *, by: str, at: datetime, unique_key: str | None) -> NewFact:
        """A fact with its source; one that nobody did (`by` is empty) follows from other facts and has none."""
        fact = NewFact(event=event, at=at, by=by, unique_key=unique_key)
        return replace(fact, source=self.source, received_at=self.received_at) if by else fact

    def record_all(self, facts: Sequence[NewFact]) -> int:
        """Append those of these facts that were not recorded before; returns how many were new.

        Raises: InTheFuture, BeforeOpening.
        """
        for fact in facts:
            self._check_instant(fact.event, fact.at)
        new = self._unrecorded(facts)
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

    def readings(self) -> Readings:
        """The readings of every clock now."""
        read_from = (len(self.history), self.terms)
        if self._read_from != read_from:
            self._read_from, self._readings = read_from, readings(self.history, self.terms, now=self.now)
        return self._readings

    def reading(self, metric: MetricName) -> Reading | None:
        """The reading of one clock now; None when nothing was promised for it."""
        measured = self.readings().get(metric)
        return measured[-1] if measured else None

    def settle(self) -> None:
        """Write all that follows from the facts: breaches, clocks, timers, the request for a note."""
        self.apply(settled(self.situation(), now=self.now))

    def situation(self) -> Situation:
        """The incident as it stands in this transaction, with all that a decision about it depends on."""
        until = self.incident.pause_until
        has_outlived = until is not None and until <= self.now
        return Situation(
            incident=self.incident,
            history=tuple(self.history),
            terms=self.terms,
            msp=self.msp,
            clocks={key: clock.on_record for key, clock in self.clocks.records().items()},
            announced_reply=announced_reply(self.session, self.prompts.nudges, self.key, self.history, self.terms),
            pause_timer=self.timers.due(Duty.PAUSE, self.key) if has_outlived else None,
            in_channel=live_message(self.prompts.nudge_at(direct=False)),
            to_owner=live_message(self.prompts.nudge_at(direct=True)),
        )

    def apply(self, decision: Decision) -> None:
        """Write what was decided, except its messages: facts, clocks, timers, the request for a note."""
        self.record_all(decision.facts)
        self.clocks.measure(decision.readings, now=self.now)
        for metric, cycle in decision.nudged:
            self.clocks.mark_nudged(metric, cycle, at=self.now)
        if not self.incident.replayed:
            update_note_request(
                self.prompts,
                self.timers,
                self.incident,
                decision.readings,
                history=self.history,
                msp=self.msp,
                now=self.now,
            )
        self._store(decision.timers)

    def store(self) -> None:
        """Write the clocks as measured last, the timers that follow from them, and the incident's state."""
        self._store(next_timers(self.situation(), self.readings(), now=self.now))

    def _store(self, dues: Mapping[TimerKey, datetime | None]) -> None:
        if not self.incident.replayed:
            for (duty, subject), due in dues.items():
                self.timers.set(duty, subject, due)
            self.timers.write()
        self.clocks.write()
        incidents.save(self.session, self.incident, last_hash=self._head())

    def _head(self) -> str | None:
        """The hash of the newest fact."""
        if self._last_hash is None:
            self._last_hash = incidents.last_hash(self.session, self.incident.id)
        return self._last_hash

    def _unrecorded(self, facts: Sequence[NewFact]) -> list[NewFact]:
        """The facts without a unique key, and the first of each key that was not recorded before."""
        recorded = self._names | self._recorded_elsewhere(facts)
        new = []
        for fact in facts:
            if fact.unique_key is None:
                new.append(fact)
            elif fact.unique_key not in recorded:
                new.append(fact)
                recorded.add(fact.unique_key)
        return new

    def _terms_now(self) -> Terms:
        newest = None if self._is_new else self.prompts.newest.agreement
        return self.agreements.terms(self.session, self.incident, self.history, newest=newest)

    def _recorded_elsewhere(self, facts: Sequence[NewFact]) -> set[str]:
        """The unique keys among these that any incident has recorded; a new incident asks for none."""
        own = f"{self.key}:"  # a key that begins with the incident's was recorded here or nowhere
        named = [fact.unique_key for fact in facts if fact.unique_key and not fact.unique_key.startswith(own)]
        return set() if self._is_new else events.known_among(self.session, named)

    def _check_instant(self, event: Event, happened: datetime) -> None:
        if happened > self.now + CLOCK_SKEW:
            raise InTheFuture(type(event).__name__, happened)
        if self.history and happened < self.incident.opened_at and not isinstance(event, Opened):
            raise BeforeOpening(self.key, happened, self.incident.opened_at)


def announced_reply(
    session: Session, live: Sequence[NudgeRecord], incident_key: str, history: Sequence[Entry], terms: Terms
) -> int | None:
    """The number of the customer's reply in a pause that goes on, if a nudge, live or replaced, tells of it."""
    pause = held_pauses(history, terms.reply_ends_pause).get(PauseReason.CUSTOMER)
    if pause is None or pause.answer is None:
        return None
    number = pause.answer.seq
    if any(nudge.shown.announced_reply == number for nudge in live):
        return number
    return number if nudges.posted(session, f"nudge:{reply_key(incident_key, number)}") else None


def live_message(nudge: NudgeRecord | None) -> VisibleMessage | None:
    """A live nudge as the decision about the next one needs it."""
    if nudge is None:
        return None
    shown = nudge.shown
    return VisibleMessage(told=frozenset((*shown.told, *shown.mention)), posted_at=shown.posted_at)
