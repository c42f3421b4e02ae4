"""A decision about one incident: what to record, what to post, and when to look next. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sla_engine.domain.clocks.outcomes import ClockKey, Readings, corrections, new_breaches
from sla_engine.domain.clocks.reading import current, readings
from sla_engine.domain.escalation.ladder_steps import rung_facts
from sla_engine.domain.escalation.looks import Look, looks
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion, called
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.new_fact import NewFact
from sla_engine.domain.upkeep.duties import Duty

_OF_PAUSES = frozenset({NudgeCause.CUSTOMER_ANSWERED, NudgeCause.PAUSE_OUTLIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became due of an incident at `now` (UTC), and the situation once that is done.

    `facts` are to be recorded in their order, `nudge` is to be posted, and `asked` are the people to ask about their
    promise in a message of their own. `readings` are the clocks at `now`.
    """

    situation: Situation
    readings: Readings
    now: datetime
    facts: tuple[NewFact, ...] = ()
    nudge: Occasion | None = None
    asked: tuple[str, ...] = ()

    @property
    def looks(self) -> Mapping[Look, datetime | None]:
        """When each duty is looked at next; None: not before something happens."""
        return looks(self.situation, self.readings, now=self.now)

    @property
    def due(self) -> frozenset[Duty]:
        """The duties to look at once more at this instant, since one message is posted at a time."""
        return frozenset(duty for (duty, _), at in self.looks.items() if at is not None and at <= self.now)

    @property
    def armed(self) -> Situation:
        """The situation once it is set when to look next."""
        return replace(self.situation, pause_look=self.looks[Duty.PAUSE, self.situation.incident.key])

    @property
    def nudged(self) -> tuple[ClockKey, ...]:
        """The clocks whose repeats count from now on, because they were spoken of."""
        return tuple(key for key, clock in self.situation.clocks.items() if clock.nudged_at == self.now)

    def recording(self, facts: Sequence[NewFact]) -> "Decision":
        """The same with these facts as well; none of them moves a clock."""
        return replace(self, facts=(*self.facts, *facts), situation=self.situation.recording(facts, now=self.now))

    def saying(self, nudge: Occasion) -> "Decision":
        """The same with this nudge, and the rungs it speaks for recorded.

        What the dispatcher channel reads is the last word on every clock that was announced: repeats count from it.
        """
        said = replace(self.recording(rung_facts(self.situation, nudge.steps, now=self.now)), nudge=nudge)
        situation, spoken = said.situation, [reading for reading, _ in nudge.steps]
        is_private = (
            called(nudge, situation.incident, situation.history, msp=situation.msp, now=self.now).owner_alone
            is not None
        )
        if not is_private and nudge.cause not in _OF_PAUSES:
            alive = (reading for reading in current(self.readings) if not reading.is_over)
            spoken += [reading for reading in alive if situation.place(reading).said]
        return replace(said, situation=situation.nudged(spoken, now=self.now))


def settled(situation: Situation, *, now: datetime) -> Decision:
    """What follows from the facts alone: breaches that are not on record yet, and corrections of those that are."""
    found = readings(situation.history, situation.terms, now=now)
    decision = Decision(situation=situation, readings=found, now=now)
    facts = new_breaches(situation.incident.key, situation.history, found)
    if not situation.incident.replayed:
        facts += corrections(situation.clocks, found, situation.history[-1], now=now)
    decision = decision.recording(facts)
    return replace(decision, situation=decision.situation.measured(found))
