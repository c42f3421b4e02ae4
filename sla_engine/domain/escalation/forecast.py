"""Every nudge an incident will cause if nobody acts: the sweep's own decisions, made one after another in advance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sla_engine.domain.agreements.ladders import Recipient, Rung
from sla_engine.domain.agreements.metrics import MetricName
from sla_engine.domain.clocks.reading import Reading, current
from sla_engine.domain.escalation.decide import decide
from sla_engine.domain.escalation.decision import Decision, settled
from sla_engine.domain.escalation.escalation_step import EscalationStep
from sla_engine.domain.escalation.known_repeats import after_known_repeats
from sla_engine.domain.escalation.next_timers import clock_timer
from sla_engine.domain.escalation.nudges import NudgeCause, Occasion, called, lacks_owner, unassigned
from sla_engine.domain.escalation.situation import Situation
from sla_engine.domain.incidents.history import Entry
from sla_engine.domain.upkeep.duties import Duty

FORESEEN_FOR = timedelta(days=14)
"""How far ahead nudges are foreseen."""

MOST_INSTANTS = 2000
"""A forecast ends after this many instants at the latest: two weeks of repeats every ten minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenStep:
    """One rung of one clock in a nudge; repeat 0 is the rung itself, 1 its first repeat."""

    metric: MetricName
    cycle: int
    rung: Rung
    repeat: int
    breached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeseenNudge:
    """One message that will be posted at `at` (UTC): why, to whom (Slack ids), and where.

    `channel` is None for a direct message.
    """

    at: datetime
    cause: NudgeCause
    to: tuple[str, ...]
    channel: str | None
    steps: tuple[ForeseenStep, ...] = ()

    @property
    def news(self) -> tuple[ForeseenStep, ...]:
        """The steps worth mentioning: rungs and their first repeats; all of them where there is nothing else."""
        return tuple(step for step in self.steps if step.repeat <= 1) or self.steps


def opening(situation: Situation, *, now: datetime) -> tuple[tuple[ForeseenNudge, ...], Situation]:
    """The nudge posted as soon as an incident opens, and the situation then: only the most urgent need somebody."""
    if not lacks_owner(situation.incident):
        return (), situation
    nudge = unassigned(situation.incident)
    addressees = called(nudge, situation.incident, situation.history, msp=situation.msp, now=now)
    return (_foreseen(nudge, situation, at=now),), situation.posted(nudge, addressees, now=now)


def forecast(situation: Situation, facts: Sequence[Entry], *, start: datetime) -> tuple[ForeseenNudge, ...]:
    """The nudges that will be posted within two weeks of `start` if nothing happens but these facts, oldest first.

    `situation` is the incident before them; they are all that happened and will happen, in the order of recording.
    What would only be edited into a message that is there notifies nobody and is left out. A repeat is foreseen if it
    is the first or notifies other people than the one before it, and the reminders of a pause that has outlived its end
    only once.
    """
    news = _News()
    return tuple(
        _foreseen(decision.nudge, decision.situation, at=decision.now)
        for decision in _Course(situation, facts, news).decisions(start)
        if decision.nudge is not None
        if news.remember(decision.nudge, decision.situation) and decision.is_new_message
    )


class _News:
    """The nudges foreseen so far, so that only what is new is foreseen."""

    def __init__(self) -> None:
        self._notified: dict[tuple[MetricName, int, int], tuple[Recipient, ...]] = {}
        self._outlived: set[datetime | None] = set()

    def remember(self, nudge: Occasion, situation: Situation) -> bool:
        """Remember a nudge; True when it is worth foreseeing."""
        if nudge.cause is NudgeCause.PAUSE_OUTLIVED:
            is_first = not self.knows_pause(situation)
            self._outlived.add(situation.incident.pause_until)
            return is_first
        if nudge.cause not in _OF_LADDERS:
            return True
        new_steps = [self._remember_step(reading, step) for reading, step in nudge.steps]
        return any(new_steps)

    def knows_pause(self, situation: Situation) -> bool:
        """Whether it was foreseen that this pause outlives its end."""
        return situation.incident.pause_until in self._outlived

    def is_news(self, reading: Reading, step: EscalationStep) -> bool:
        """Whether a step is a rung, its first repeat, or a repeat that notifies others than the one before it."""
        return step.repeat <= 1 or self._notified.get((reading.metric, reading.cycle, step.number)) != step.tell

    def _remember_step(self, reading: Reading, step: EscalationStep) -> bool:
        """Remember whom a step notifies; True where it is news."""
        is_news = self.is_news(reading, step)
        self._notified[reading.metric, reading.cycle, step.number] = step.tell
        return is_news


_OF_LADDERS = frozenset({NudgeCause.AT_RISK, NudgeCause.BREACH, NudgeCause.REPEAT})


class _Course:
    """The decisions about one incident from one instant to the next."""

    def __init__(self, situation: Situation, facts: Sequence[Entry], news: _News) -> None:
        self.situation = situation
        self.to_come = list(facts)
        self.news = news

    def decisions(self, start: datetime) -> Iterator[Decision]:
        """Decide whenever a timer is due, until nothing new can come."""
        now: datetime | None = start
        for _ in range(MOST_INSTANTS):
            if now is None or now > start + FORESEEN_FOR:
                return
            decision = self._with_facts(now)
            while due := decision.due:
                decision = decide(decision.situation, now=now, duties=due)
                if decision.nudge is None:
                    break
                yield decision
            self.situation = decision.armed
            now = self._next_instant(decision)
            if now is not None:
                decision = self._after_known_repeats(decision, until=start + FORESEEN_FOR)
                self.situation = decision.situation
                now = self._next_instant(decision)

    def _with_facts(self, now: datetime) -> Decision:
        """The decision that follows from the facts up to `now` alone."""
        happened = [entry for entry in self.to_come if entry.at <= now]
        self.to_come = [entry for entry in self.to_come if entry.at > now]
        return settled(self.situation.after(happened), now=now)

    def _after_known_repeats(self, decision: Decision, *, until: datetime) -> Decision:
        """The decision once the repeats that say nothing new are posted, up to a fact to come or another timer."""
        clocks = {f"{decision.situation.incident.key}:{metric}" for metric in MetricName}
        timers = {at for (_, subject), at in decision.timers.items() if subject not in clocks}
        ahead = [at for at in (*timers, *(entry.at for entry in self.to_come)) if at is not None and at > decision.now]
        situation, now = after_known_repeats(
            self.situation,
            decision.readings,
            after=decision.now,
            until=min([*ahead, until]),
            is_news=self.news.is_news,
        )
        return replace(decision, situation=situation, now=now)

    def _next_instant(self, decision: Decision) -> datetime | None:
        """The next instant that can bring something new; None when only repeats like those before are left."""
        running = [reading for reading in current(decision.readings) if reading.running_since is not None]
        repeats_only = not self._brings_news(decision)
        if repeats_only and all(_repeats_are_alike(decision.situation, reading) for reading in running):
            return None
        instants = [*decision.timers.values(), *(entry.at for entry in self.to_come)]
        return min((at for at in instants if at is not None and at > decision.now), default=None)

    def _brings_news(self, decision: Decision) -> bool:
        """Whether anything but a repeat is still to come."""
        if self.to_come:
            return True
        situation, now = decision.situation, decision.now
        ahead = [key for key, at in decision.timers.items() if at is not None and at > now]
        others = {duty for (duty, subject) in ahead if duty is not Duty.CLOCK or subject.endswith(":target")}
        if self.news.knows_pause(situation):
            others.discard(Duty.PAUSE)
        if others:
            return True
        rungs = [clock_timer(situation, reading, now=now, with_repeats=False) for reading in current(decision.readings)]
        return any(at is not None and at > now for at in rungs)


def _repeats_are_alike(situation: Situation, reading: Reading) -> bool:
    """Whether each further repeat of this clock would notify the same people as the one before it."""
    ladder, place = situation.terms.ladder(reading.metric), situation.place(reading)
    repeat = None if place.repeating is None else ladder.rungs[place.repeating].repeat
    return repeat is None or place.repeats_done > (repeat.up_after or 0) * len(ladder.rungs)


def _foreseen(nudge: Occasion, situation: Situation, *, at: datetime) -> ForeseenNudge:
    """The nudge with the people it calls: the owner, the dispatcher on duty at that instant, the manager."""
    addressees = called(nudge, situation.incident, situation.history, msp=situation.msp, now=at)
    return ForeseenNudge(
        at=at,
        cause=nudge.cause,
        to=addressees.people,
        channel=situation.msp.dispatcher_channel if addressees.owner_alone is None else None,
        steps=tuple(_foreseen_step(reading, step) for reading, step in nudge.steps),
    )


def _foreseen_step(reading: Reading, step: EscalationStep) -> ForeseenStep:
    return ForeseenStep(
        metric=reading.metric,
        cycle=reading.cycle,
        rung=step.rung,
        repeat=step.repeat,
        breached=reading.breached,
    )
