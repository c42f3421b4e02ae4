"""Everything a decision about one incident depends on: facts, terms, people, and what was announced before."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.agreements.msp import Msp
from sla_engine.domain.agreements.versions import Terms
from sla_engine.domain.clocks.outcomes import ClockKey, ClockOnRecord, Readings
from sla_engine.domain.clocks.reading import Reading
from sla_engine.domain.escalation.ladder_position import LadderPlace, place_of
from sla_engine.domain.escalation.nudges import Occasion
from sla_engine.domain.escalation.placement import NO_MESSAGE, QUIET_AFTER_POST, VisibleMessage, is_new_message
from sla_engine.domain.escalation.recipients import Addressees
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.incidents.incident import Incident
from sla_engine.domain.incidents.incident_state import incident_after
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.incidents.pauses import held_pauses
from sla_engine.domain.incidents.reasons import PauseReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """An incident with its whole history, as it stands after the last fact.

    `announced_reply` is the number of the customer's reply that was announced last, `pause_timer` when somebody is
    reminded of the pause (UTC), `in_channel` and `to_owner` the messages about it that are there: all of these are
    known from what was posted, not from the facts.
    """

    incident: Incident
    history: tuple[Entry, ...]
    terms: Terms
    msp: Msp
    clocks: Mapping[ClockKey, ClockOnRecord]
    announced_reply: int | None = None
    pause_timer: datetime | None = None
    in_channel: VisibleMessage | None = None
    to_owner: VisibleMessage | None = None

    @property
    def repeats_from(self) -> datetime | None:
        """The instant before which no repeat is due: the end of a snooze, or a few minutes after the last message."""
        posts = [live.posted_at for live in (self.in_channel, self.to_owner) if live is not None]
        quiet_until = [at + QUIET_AFTER_POST for at in posts if at is not None]
        snoozed_until = self.incident.snoozed_until
        return max([*quiet_until, *([] if snoozed_until is None else [snoozed_until])], default=None)

    def posted(self, nudge: Occasion, addressees: Addressees, *, now: datetime) -> "Situation":
        """The situation once a new message about this nudge is there."""
        is_direct = addressees.owner_alone is not None
        before = self.to_owner if is_direct else self.in_channel
        if not is_new_message(nudge, addressees, live=before):
            return self
        live = (before or NO_MESSAGE).reposted(addressees.people, at=now)
        return replace(self, to_owner=live) if is_direct else replace(self, in_channel=live)

    def recording(self, facts: Sequence[NewFact], *, now: datetime) -> "Situation":
        """The situation once these facts, which follow from others, are recorded at `now`."""
        last = max((entry.seq for entry in self.history), default=0)
        numbered = enumerate(facts, start=last + 1)
        return self.after(
            [Entry(event=fact.event, at=min(fact.at, now), seq=seq, recorded_at=now) for seq, fact in numbered]
        )

    def after(self, entries: Sequence[Entry]) -> "Situation":
        """The situation once these are part of its history."""
        if not entries:
            return self
        history = (*self.history, *entries)
        incident = incident_after(self.incident, history, reply_ends_pause=self.terms.reply_ends_pause)
        return replace(self, history=history, incident=incident)

    def measured(self, readings: Readings) -> "Situation":
        """The situation once the clocks are stored as they read; one that is no longer measured is dropped."""
        clocks = {}
        for reading in (reading for measured in readings.values() for reading in measured):
            key = reading.metric, reading.cycle
            nudged_at = self.clocks[key].nudged_at if key in self.clocks else None
            clocks[key] = ClockOnRecord(
                breached_at=reading.breached_at, stopped_at=reading.stopped_at, nudged_at=nudged_at
            )
        return replace(self, clocks=clocks)

    def nudged(self, readings: Iterable[Reading], *, now: datetime) -> "Situation":
        """The situation once these clocks were announced: their repeats count from `now`."""
        announced = {
            (reading.metric, reading.cycle): replace(self.clocks[reading.metric, reading.cycle], nudged_at=now)
            for reading in readings
        }
        return replace(self, clocks={**self.clocks, **announced})

    def place(self, reading: Reading) -> LadderPlace:
        """The place of a clock on its ladder."""
        nudged_at = self.clocks[reading.metric, reading.cycle].nudged_at
        return place_of(self.history, reading, self.terms.ladder(reading.metric), last_nudged_at=nudged_at)

    def unannounced_reply(self) -> Entry | None:
        """The customer's reply in a pause that goes on, as long as it was not announced."""
        incident = self.incident
        if PauseReason.CUSTOMER not in incident.paused_for or incident.customer_waits_since is None:
            return None
        pause = held_pauses(self.history, self.terms.reply_ends_pause).get(PauseReason.CUSTOMER)
        reply = None if pause is None else pause.answer
        return None if reply is None or reply.seq == self.announced_reply else reply
