"""A decision about one incident: what to record, what to post, and when each timer is due next. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.clocks.outcomes import ClockKey, Readings, corrections, new_breaches
from sla_engine.domain.clocks.reading import current, readings
from sla_engine.domain.escalation.ladder_steps import rung_facts
from sla_engine.domain.escalation.next_timers import TimerKey, next_timers
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion, called
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.upkeep.duties import Duty

_OF_PAUSES = frozenset({NudgeCause.CUSTOMER_ANSWERED, NudgeCause.PAUSE_OUTLIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything that became due of an incident at `now` (UTC), and the situation once that is done.

    `facts` are to be recorded in their order, `nudge` is to be posted (or edited into the message that is there, unless
    `is_new_message`), and `asked` are the people to ask about their promise in a message of their own beside it.
    `readings` are the clocks at `now`.
    """

    situation: Situation
    readings: Readings
    now: datetime
    facts: tuple[NewFact, ...] = ()
    nudge: Occasion | None = None
    is_new_message: bool = False
    asked: tuple[str, ...] = ()

    @property
    def timers(self) -> Mapping[TimerKey, datetime | None]:
        """Each timer with the instant at which it is due; None: not before something happens."""
        return next_timers(self.situation, self.readings, now=self.now)

    @property
    def due(self) -> frozenset[Duty]:
        """The duties still due at this instant, since one message is posted at a time."""
        return frozenset(duty for (duty, _), at in self.timers.items() if at is not None and at <= self.now)

    @property
    def armed(self) -> Situation:
        """The situation once the timers are set."""
        return replace(self.situation, pause_timer=self.timers[Duty.PAUSE, self.situation.incident.key])

    @property
    def nudged(self) -> tuple[ClockKey, ...]:
        """The clocks whose repeats count from now on, because they were announced."""
        return tuple(key for key, clock in self.situation.clocks.items() if clock.nudged_at == self.now)

    def recording(self, facts: Sequence[NewFact]) -> "Decision":
        """The same with these facts as well; none of them moves a clock."""
        return replace(self, facts=(*self.facts, *facts), situation=self.situation.recording(facts, now=self.now))

    def posting(self, nudge: Occasion) -> "Decision":
        """The same with this nudge, and the rungs it announces recorded.

        A new message in the dispatcher channel restarts the wait for repeats of every clock that was announced there.
        """
        decision = replace(self.recording(rung_facts(self.situation, nudge.steps, now=self.now)), nudge=nudge)
        situation, announced = decision.situation, [reading for reading, _ in nudge.steps]
        addressees = called(nudge, situation.incident, situation.history, msp=situation.msp, now=self.now)
        posted = situation.posted(nudge, addressees, now=self.now)
        if posted.in_channel is not situation.in_channel and nudge.cause not in _OF_PAUSES:
            alive = (reading for reading in current(self.readings) if not reading.is_over)
            announced += [reading for reading in alive if situation.place(reading).announced]
        is_new = posted is not situation
        return replace(decision, situation=posted.nudged(announced, now=self.now), is_new_message=is_new)


def settled(situation: Situation, *, now: datetime) -> Decision:
    """Record what follows from the facts alone: breaches not on record yet, and corrections of those that are."""
    clocks = readings(situation.history, situation.terms, now=now)
    decision = Decision(situation=situation, readings=clocks, now=now)
    facts = new_breaches(situation.incident.key, situation.history, clocks)
    if not situation.incident.replayed:
        facts += corrections(situation.clocks, clocks, situation.history[-1], now=now)
    decision = decision.recording(facts)
    return replace(decision, situation=decision.situation.measured(clocks))
